"""The device: which engine runs a circuit, and its values and derivatives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml
from pennylane.devices import Device, ExecutionConfig
from pennylane.devices.modifiers import simulator_tracking, single_tape_support
from pennylane.devices.preprocess import validate_device_wires
from pennylane.math import Interface
from pennylane.measurements import ExpectationMP

from runtime.device.lightning import Lightning, Prepare
from runtime.device.measuring import exact_results, needs_all_amplitudes
from runtime.device.products import jacobian, jacobian_vector, times_tangents, vector_jacobian
from runtime.device.rewriting import (
    Restore,
    deferred,
    one_by_one,
    only,
    refuse_unnoticed,
    with_fixed_constants,
    with_single_terms,
)
from runtime.device.sampling import sampled_results
from runtime.memory import refuse_dense, refuse_measured

if TYPE_CHECKING:
    from runtime.device.planning import Planner
    from runtime.device.recorded_circuit import RecordedCircuit

REVERSE_ONLY = (Interface.AUTOGRAD, Interface.TORCH)


@simulator_tracking
@single_tape_support
class SectorDevice(Device):
    """Runs circuits on the basis states they can reach, and hands large ones without structure to lightning.qubit.

    Supports everything that lightning.qubit does; derivatives of expectation values come from the adjoint method on
    either engine, those by the coefficients of observables from their terms. `engine_counts` says how many executions
    each engine has run. A device can be copied, pickled and shared by threads; a copy goes on with the same random
    numbers.

    Args:
        wires: number of wires, or their labels; None takes them from each circuit.
        seed: for shots, as for `numpy.random.default_rng`; "global" draws it from `numpy.random`, whose own seed then
            makes samples repeat.
    """

    name = "kaname.sector"

    def __init__(self, wires: Any = None, *, shots: Any = None, seed: Any = "global") -> None:
        super().__init__(wires=wires, shots=shots)
        drawn = np.random.randint(2**31 - 1) if isinstance(seed, str) and seed == "global" else seed  # noqa: NPY002
        self._rng = np.random.default_rng(drawn)
        self._lightning = Lightning(self.wires, self.name)
        self.engine_counts: Counter[str] = Counter()

    @cached_property
    def planner(self) -> Planner:
        """What decides on engines; made, and the engine loaded, when the first circuit comes."""
        from runtime.device.planning import Planner

        return Planner(self.wires, self.name)

    def setup_execution_config(
        self, config: ExecutionConfig | None = None, circuit: qml.tape.QuantumScript | None = None
    ) -> ExecutionConfig:
        """The configuration with adjoint derivatives of our own where they are asked for.

        One observable's gradient comes with its value; of several, only the combination that is asked for.
        """
        config = config or ExecutionConfig()
        if config.gradient_method == "device":
            config = replace(config, gradient_method="adjoint")
        if config.gradient_method in ("adjoint", "best"):
            # JAX would lose its forward mode; PennyLane's default is False, so that is taken for no wish.
            several = circuit is not None and len(circuit.measurements) > 1 and config.interface in REVERSE_ONLY
            config = replace(config, use_device_jacobian_product=several or bool(config.use_device_jacobian_product))
        with self._lightning.renamed():
            return self._lightning.device.setup_execution_config(config, circuit)

    def preprocess_transforms(self, execution_config: ExecutionConfig | None = None) -> qml.CompilePipeline:
        """Leave circuits alone that run in a sector; prepare the others for lightning.qubit."""
        pipeline = qml.CompilePipeline()
        pipeline.add_transform(validate_device_wires, self.wires, name=self.name)
        pipeline.add_transform(one_by_one)
        config = execution_config or ExecutionConfig()
        lightning = self._lightning.preparation(config)
        pipeline.add_transform(_prepare_for_engine, device=self, config=config, lightning=lightning)
        return pipeline

    def supports_derivatives(
        self, execution_config: ExecutionConfig | None = None, circuit: qml.tape.QuantumScript | None = None
    ) -> bool:
        """Whether the adjoint method applies: to exact expectation values."""
        if execution_config is not None and execution_config.gradient_method not in ("adjoint", "best", "device"):
            return False
        if circuit is None:
            return True
        if circuit.shots or not all(isinstance(m, ExpectationMP) for m in circuit.measurements):
            return False
        circuit = one_by_one(circuit)[0][0]
        circuit, _ = deferred(circuit, execution_config or ExecutionConfig())
        circuit, _ = with_single_terms(with_fixed_constants(circuit))
        plan = self.planner.prepared(circuit)
        if plan.recorded is None:
            plan.refuse_only_native()
        return plan.is_differentiable or self._lightning.supports_derivatives(_adjoint(execution_config), plan.tape)

    def execute(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, ...]:
        """Run a batch of circuits."""
        results = []
        for tape in circuits:
            recorded = self._counted(self.planner.plan(tape).recorded)
            if recorded is None:
                results += self._lightning.device.execute((tape,), execution_config or ExecutionConfig())
            elif tape.shots:
                results.append(sampled_results(recorded, tape, self._rng))
            else:
                results.append(exact_results(recorded, tape))
        return tuple(results)

    def compute_derivatives(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, ...]:
        """Jacobians of expectation values by the trainable parameters."""
        return self._with_jacobians(circuits, execution_config)[1]

    def execute_and_compute_derivatives(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Values and Jacobians from one pass over each circuit."""
        return self._with_jacobians(circuits, execution_config)

    def _with_jacobians(
        self, circuits: Sequence[qml.tape.QuantumScript], config: ExecutionConfig | None
    ) -> tuple[Any, Any]:
        results, jacobians = [], []
        for tape in circuits:
            recorded = self._for_derivatives(tape)
            if recorded is None:
                [value], [rows] = self._lightning.device.execute_and_compute_derivatives((tape,), _adjoint(config))
            else:
                value, rows = jacobian(recorded, tape)
            results.append(value)
            jacobians.append(rows)
        return tuple(results), tuple(jacobians)

    def compute_vjp(
        self,
        circuits: Sequence[qml.tape.QuantumScript],
        cotangents: Sequence[Any],
        execution_config: ExecutionConfig | None = None,
    ) -> tuple[Any, ...]:
        """Cotangents times Jacobians: one adjoint pass for each circuit, however many observables it measures."""
        return self._with_vjps(circuits, cotangents, execution_config)[1]

    def execute_and_compute_vjp(
        self,
        circuits: Sequence[qml.tape.QuantumScript],
        cotangents: Sequence[Any],
        execution_config: ExecutionConfig | None = None,
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Values, and cotangents times Jacobians; cotangents may carry a batch axis behind that of the observables."""
        return self._with_vjps(circuits, cotangents, execution_config)

    def _with_vjps(
        self, circuits: Sequence[qml.tape.QuantumScript], cotangents: Sequence[Any], config: ExecutionConfig | None
    ) -> tuple[Any, Any]:
        results, products = [], []
        for tape, cotangent in zip(circuits, cotangents, strict=True):
            recorded = self._for_derivatives(tape)
            if recorded is None:
                [value] = self._lightning.device.execute((tape,), _adjoint(config))
                [product] = self._lightning.device.compute_vjp((tape,), (cotangent,), _adjoint(config))
            else:
                value, product = vector_jacobian(recorded, tape, cotangent)
            results.append(value)
            products.append(product)
        return tuple(results), tuple(products)

    def compute_jvp(
        self,
        circuits: Sequence[qml.tape.QuantumScript],
        tangents: Sequence[Any],
        execution_config: ExecutionConfig | None = None,
    ) -> tuple[Any, ...]:
        """Jacobians times tangents, in forward mode: one pass for each circuit, however many parameters it has."""
        return self._with_jvps(circuits, tangents, execution_config)[1]

    def execute_and_compute_jvp(
        self,
        circuits: Sequence[qml.tape.QuantumScript],
        tangents: Sequence[Any],
        execution_config: ExecutionConfig | None = None,
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Values, and Jacobians times tangents."""
        return self._with_jvps(circuits, tangents, execution_config)

    def _with_jvps(
        self, circuits: Sequence[qml.tape.QuantumScript], tangents: Sequence[Any], config: ExecutionConfig | None
    ) -> tuple[Any, Any]:
        results, products = [], []
        for tape, tangent in zip(circuits, tangents, strict=True):
            recorded = self._for_derivatives(tape)
            if recorded is None:
                [value], [rows] = self._lightning.device.execute_and_compute_derivatives((tape,), _adjoint(config))
                product = times_tangents(rows, tape, tangent)
            else:
                value, product = jacobian_vector(recorded, tape, tangent)
            results.append(value)
            products.append(product)
        return tuple(results), tuple(products)

    def _for_derivatives(self, tape: qml.tape.QuantumScript) -> RecordedCircuit | None:
        recorded = self.planner.plan(tape).recorded
        can = recorded is not None and recorded.can_differentiate(tape.trainable_params)
        return self._counted(recorded if can else None)

    def _counted(self, recorded: RecordedCircuit | None) -> RecordedCircuit | None:
        self.engine_counts["lightning.qubit" if recorded is None else "sector"] += 1
        return recorded


def _adjoint(config: ExecutionConfig | None) -> ExecutionConfig:
    return replace(config or ExecutionConfig(), gradient_method="adjoint")


@qml.transform
def _prepare_for_engine(
    tape: qml.tape.QuantumScript, device: SectorDevice, config: ExecutionConfig, lightning: Prepare
) -> tuple[Sequence[qml.tape.QuantumScript], Callable[[Any], Any]]:
    tape, restore = deferred(tape, config)
    summed: Restore = only
    if config.use_device_gradient and not tape.shots:
        tape, summed = with_single_terms(with_fixed_constants(tape))
    plan = device.planner.prepared(tape)
    refuse_unnoticed(plan.tape, config)
    # What a tape calls trainable is settled only after preprocessing; its numbers say it now.
    if plan.recorded is not None and (not config.use_device_gradient or bool(tape.shots) or plan.is_differentiable):
        return (plan.tape,), lambda results: restore((summed(results),))
    plan.refuse_only_native()
    n_wires = len(plan.tape.wires if device.wires is None else device.wires)
    if needs_all_amplitudes(plan.tape):
        refuse_measured(n_wires)
    refuse_dense(n_wires)
    tapes, gathered = lightning(plan.tape)
    return tapes, lambda results: restore((summed((gathered(results),)),))
