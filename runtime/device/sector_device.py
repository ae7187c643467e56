"""The device: which engine runs a circuit, and its values and derivatives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pennylane as qml
from pennylane.devices import Device, ExecutionConfig
from pennylane.devices.modifiers import simulator_tracking, single_tape_support
from pennylane.devices.preprocess import decompose, validate_device_wires
from pennylane.math import Interface
from pennylane.measurements import ExpectationMP

from runtime.circuit.for_lightning import counted_rightly
from runtime.circuit.held_evolution import HeldEvolution
from runtime.circuit.recognition import PREPARATIONS
from runtime.circuit.structure import NoStructureError
from runtime.circuit.structure_key import structure_key
from runtime.device.fixed_gates import with_fixed_gates
from runtime.device.measuring import exact_results, is_measurable, sampled_results
from runtime.device.products import jacobian, jacobian_vector, times_tangents, vector_jacobian
from runtime.device.recorded_circuit import RecordedCircuit
from runtime.device.remembered import Remembered, RememberedByIdentity
from runtime.memory import refuse_dense

MAX_CIRCUITS = 64
MAX_TAPES = 16
REVERSE_ONLY = (Interface.AUTOGRAD, Interface.TORCH)


class Plan(NamedTuple):
    """A tape in which templates of arrays are written out, and its sector, or None if it goes to lightning.qubit."""

    tape: qml.tape.QuantumScript
    recorded: RecordedCircuit | None


@simulator_tracking
@single_tape_support
class SectorDevice(Device):
    """Runs circuits on the basis states they can reach, and hands those without structure to lightning.qubit.

    Supports everything that lightning.qubit does; derivatives of expectation values come from the adjoint method on
    either engine. `engine_counts` says how many executions each engine has run.

    Args:
        wires: number of wires, or their labels; None takes them from each circuit.
        seed: for shots.
    """

    name = "kaname.sector"

    def __init__(self, wires: Any = None, *, shots: Any = None, seed: Any = None) -> None:
        super().__init__(wires=wires, shots=shots)
        self._rng = np.random.default_rng(seed)
        self._lightning = qml.device("lightning.qubit", wires=wires)
        self._circuits: Remembered[RecordedCircuit | None] = Remembered(MAX_CIRCUITS)
        self._plans: RememberedByIdentity[Plan] = RememberedByIdentity(MAX_TAPES)
        self.engine_counts: Counter[str] = Counter()

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
        return self._lightning.setup_execution_config(config, circuit)

    def preprocess_transforms(self, execution_config: ExecutionConfig | None = None) -> qml.CompilePipeline:
        """Leave circuits alone that run in a sector; prepare the others for lightning.qubit."""
        pipeline = qml.CompilePipeline()
        pipeline.add_transform(validate_device_wires, self.wires, name=self.name)
        pipeline.add_transform(qml.transforms.broadcast_expand)
        pipeline.add_transform(_prepare_for_engine, device=self, config=execution_config or ExecutionConfig())
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
        if circuit.batch_size is None and self.differentiable(self.prepared(circuit)):
            return True
        return self._lightning.supports_derivatives(_adjoint(execution_config), circuit)

    def execute(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, ...]:
        """Run a batch of circuits."""
        results = []
        for tape in circuits:
            recorded = self._counted(self.plan(tape).recorded)
            if recorded is None:
                results += self._lightning.execute((tape,), execution_config or ExecutionConfig())
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
                [value], [rows] = self._lightning.execute_and_compute_derivatives((tape,), _adjoint(config))
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
                [value] = self._lightning.execute((tape,), _adjoint(config))
                [product] = self._lightning.compute_vjp((tape,), (cotangent,), _adjoint(config))
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
                [value], [rows] = self._lightning.execute_and_compute_derivatives((tape,), _adjoint(config))
                product = times_tangents(rows, tape, tangent)
            else:
                value, product = jacobian_vector(recorded, tape, tangent)
            results.append(value)
            products.append(product)
        return tuple(results), tuple(products)

    def plan(self, tape: qml.tape.QuantumScript) -> Plan:
        """The engine for a circuit; remembered for the latest tapes and for the latest structures."""
        return self._plans.get(tape, lambda: self._planned(tape))

    def prepared(self, tape: qml.tape.QuantumScript) -> Plan:
        """The engine for a circuit whose tape may still be rewritten, with its numbers as the caller gave them."""
        if any(HeldEvolution.held(o) is not o for o in tape.operations):
            tape = tape.copy(operations=[HeldEvolution.held(o) for o in tape.operations])
        plan = self.plan(tape)
        if plan.recorded is None:
            fixed = with_fixed_gates(plan.tape)
            again = plan if fixed is None else self.plan(fixed)
            plan = plan if again.recorded is None else again
        return plan

    def _planned(self, tape: qml.tape.QuantumScript) -> Plan:
        written = _written_out(tape, self.name)
        wires = tuple(self.wires) if self.wires is not None else tuple(written.wires)
        if not is_measurable(written, len(wires)):
            return Plan(written, None)

        def compiled() -> RecordedCircuit | None:
            try:
                return RecordedCircuit(written, wires)
            except NoStructureError:
                return None

        recorded = self._circuits.get((wires, structure_key(written.operations)), compiled)
        return Plan(written, recorded if recorded is not None and recorded.can_restrict(written) else None)

    @staticmethod
    def differentiable(plan: Plan) -> bool:
        """Whether all that its numbers call trainable is an angle of the sector engine."""
        if plan.recorded is None:
            return False
        return plan.recorded.can_differentiate(
            qml.math.get_trainable_indices(plan.tape.get_parameters(trainable_only=False))
        )

    def _for_derivatives(self, tape: qml.tape.QuantumScript) -> RecordedCircuit | None:
        recorded = self.plan(tape).recorded
        can = recorded is not None and recorded.can_differentiate(tape.trainable_params)
        return self._counted(recorded if can else None)

    def _counted(self, recorded: RecordedCircuit | None) -> RecordedCircuit | None:
        self.engine_counts["lightning.qubit" if recorded is None else "sector"] += 1
        return recorded


def _adjoint(config: ExecutionConfig | None) -> ExecutionConfig:
    return replace(config or ExecutionConfig(), gradient_method="adjoint")


def _written_out(tape: qml.tape.QuantumScript, name: str) -> qml.tape.QuantumScript:
    """The tape with templates that take arrays of parameters decomposed."""
    if all(_is_a_gate(o) for o in tape.operations):
        return tape
    [written], _ = decompose(tape, stopping_condition=_is_a_gate, skip_initial_state_prep=True, name=name)
    return written


def _is_a_gate(operator: Any) -> bool:
    """Whether an operator's numbers are angles or a matrix; templates that take arrays are written out first."""
    if not isinstance(operator, qml.operation.Operator):
        return True  # a measurement
    if isinstance(operator, PREPARATIONS) or all(np.ndim(d) == 0 for d in operator.data):
        return True
    return operator.has_matrix or not operator.has_decomposition


@qml.transform
def _prepare_for_engine(
    tape: qml.tape.QuantumScript, device: SectorDevice, config: ExecutionConfig
) -> tuple[Sequence[qml.tape.QuantumScript], Callable[[Any], Any]]:
    plan = device.prepared(tape)
    # What a tape calls trainable is settled only after preprocessing; its numbers say it now.
    ours = plan.recorded is not None and (
        not config.use_device_gradient or bool(tape.shots) or device.differentiable(plan)
    )
    if ours:
        return (plan.tape,), lambda results: results[0]
    refuse_dense(len(plan.tape.wires if device.wires is None else device.wires))
    written = plan.tape.copy(operations=[counted_rightly(o) for o in plan.tape.operations])
    tapes, restore = device._lightning.preprocess_transforms(config)((written,))
    return tapes, lambda results: restore(results)[0]
