"""The sector engine as a PennyLane device: `qml.device("kaname.sector", wires=n)`."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.devices import Device, ExecutionConfig
from pennylane.devices.modifiers import simulator_tracking, single_tape_support
from pennylane.devices.preprocess import decompose, validate_device_wires
from pennylane.devices.qubit import measure
from pennylane.measurements import (
    CountsMP,
    ExpectationMP,
    ProbabilityMP,
    SampleMP,
    StateMeasurement,
    VarianceMP,
)

from runtime.circuit.structure import NoStructureError
from runtime.recorded import RecordedCircuit

MAX_CACHED = 64
MAX_DENSE_WIRES = 24  # measurements that need all amplitudes are taken from a full vector up to here


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
        self._circuits: OrderedDict[Hashable, RecordedCircuit | None] = OrderedDict()
        self.engine_counts: Counter[str] = Counter()

    def setup_execution_config(
        self, config: ExecutionConfig | None = None, circuit: qml.tape.QuantumScript | None = None
    ) -> ExecutionConfig:
        """The configuration with adjoint derivatives of our own where they are asked for."""
        config = config or ExecutionConfig()
        if config.gradient_method == "device":
            config = replace(config, gradient_method="adjoint")
        return self._lightning.setup_execution_config(config, circuit)

    def preprocess_transforms(self, execution_config: ExecutionConfig | None = None) -> qml.CompilePipeline:
        """Leave circuits alone that run in a sector; prepare the others for lightning.qubit."""
        config = execution_config or ExecutionConfig()
        pipeline = qml.CompilePipeline()
        pipeline.add_transform(validate_device_wires, self.wires, name=self.name)
        pipeline.add_transform(qml.transforms.broadcast_expand)
        pipeline.add_transform(decompose, stopping_condition=_is_a_gate, skip_initial_state_prep=True, name=self.name)
        pipeline.add_transform(_prepare_for_engine, device=self, config=config)
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
        config = replace(execution_config or ExecutionConfig(), gradient_method="adjoint")
        return self._lightning.supports_derivatives(config, circuit) or self._differentiable(circuit) is not None

    def execute(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, ...]:
        """Run a batch of circuits."""
        results = []
        for tape in circuits:
            recorded = self.recorded(tape)
            self._count(recorded)
            if recorded is None:
                results.append(self._lightning.execute((tape,), execution_config or ExecutionConfig())[0])
            elif tape.shots:
                results.append(self._measured(recorded, tape))
            else:
                results.append(_unwrapped([self._exact(recorded, tape, m) for m in tape.measurements]))
        return tuple(results)

    def compute_derivatives(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, ...]:
        """Jacobians of expectation values by the trainable parameters."""
        return self.execute_and_compute_derivatives(circuits, execution_config)[1]

    def execute_and_compute_derivatives(
        self, circuits: Sequence[qml.tape.QuantumScript], execution_config: ExecutionConfig | None = None
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Values and Jacobians from one pass over each circuit."""
        results, jacobians = [], []
        for tape in circuits:
            recorded = self._differentiable(tape)
            self._count(recorded)
            if recorded is None:
                config = replace(execution_config or ExecutionConfig(), gradient_method="adjoint")
                [result], [jacobian] = self._lightning.execute_and_compute_derivatives((tape,), config)
            else:
                values, rows = recorded.values_and_slopes(tape)
                result = _unwrapped([np.float64(v) for v in values])
                jacobian = _unwrapped([_unwrapped([np.float64(s) for s in row]) for row in rows])
            results.append(result)
            jacobians.append(jacobian)
        return tuple(results), tuple(jacobians)

    def recorded(self, tape: qml.tape.QuantumScript) -> RecordedCircuit | None:
        """The circuit compiled for the sector engine, or None if that cannot run it."""
        if not _is_measurable(tape):
            return None
        wires = tuple(self.wires) if self.wires is not None else tuple(tape.wires)
        key = (wires, RecordedCircuit.structure_of(tape))
        if key not in self._circuits:
            try:
                self._circuits[key] = RecordedCircuit(tape, wires)
            except NoStructureError:
                self._circuits[key] = None
            if len(self._circuits) > MAX_CACHED:
                self._circuits.popitem(last=False)
        self._circuits.move_to_end(key)
        recorded = self._circuits[key]
        return recorded if recorded is not None and recorded.can_restrict(tape) else None

    def _differentiable(self, tape: qml.tape.QuantumScript) -> RecordedCircuit | None:
        recorded = self.recorded(tape)
        return recorded if recorded is not None and recorded.can_differentiate(tape.trainable_params) else None

    def _count(self, recorded: RecordedCircuit | None) -> None:
        self.engine_counts["lightning.qubit" if recorded is None else "sector"] += 1

    @staticmethod
    def _exact(recorded: RecordedCircuit, tape: qml.tape.QuantumScript, measurement: Any) -> Any:
        if isinstance(measurement, ExpectationMP):
            return np.float64(recorded.expectation(tape, measurement.obs))
        if isinstance(measurement, ProbabilityMP) and measurement.obs is None:
            return recorded.marginal(tape, measurement.wires or qml.wires.Wires(recorded.wires))
        state = recorded.dense_state(tape).reshape((2,) * len(recorded.wires))
        positions = {w: i for i, w in enumerate(recorded.wires)}
        return measure(qml.map_wires(measurement, positions), state)

    def _measured(self, recorded: RecordedCircuit, tape: qml.tape.QuantumScript) -> Any:
        samples = recorded.sample(tape, tape.shots.total_shots, self._rng)
        order = qml.wires.Wires(recorded.wires)
        results = [
            _unwrapped([m.process_samples(samples[low:high], order) for m in tape.measurements])
            for low, high in tape.shots.bins()
        ]
        return tuple(results) if tape.shots.has_partitioned_shots else results[0]


def _is_a_gate(operator: Any) -> bool:
    """Whether an operator's numbers are angles or a matrix; templates that take arrays are written out first."""
    return operator.has_matrix or not operator.has_decomposition or all(np.ndim(d) == 0 for d in operator.data)


def _is_measurable(tape: qml.tape.QuantumScript) -> bool:
    """Whether the sector engine can take all measurements of a circuit."""
    if any(not isinstance(o, qml.operation.Operator) or isinstance(o, qml.operation.Channel) for o in tape.operations):
        return False
    if tape.batch_size is not None or any(m.mv is not None for m in tape.measurements):
        return False
    if tape.shots:
        return all(
            isinstance(m, SampleMP | CountsMP | ProbabilityMP | ExpectationMP | VarianceMP)
            and (m.obs is None or _is_z_word(m.obs))
            for m in tape.measurements
        )
    few = len(tape.wires) <= MAX_DENSE_WIRES
    return all(isinstance(m, ExpectationMP) or (isinstance(m, StateMeasurement) and few) for m in tape.measurements)


def _is_z_word(observable: Any) -> bool:
    sentence = observable.pauli_rep
    return sentence is not None and len(sentence) == 1 and all(set(w.values()) <= {"Z"} for w in sentence)


def _unwrapped(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else tuple(items)


@qml.transform
def _prepare_for_engine(
    tape: qml.tape.QuantumScript, device: SectorDevice, config: ExecutionConfig
) -> tuple[Sequence[qml.tape.QuantumScript], Callable[[Any], Any]]:
    recorded = device.recorded(tape)
    if recorded is not None and config.use_device_gradient and not tape.shots:
        # What a tape calls trainable is settled only after preprocessing; its numbers say it now.
        trainable = qml.math.get_trainable_indices(tape.get_parameters(trainable_only=False))
        recorded = recorded if recorded.can_differentiate(trainable) else None
    if recorded is not None:
        return (tape,), lambda results: results[0]
    tapes, restore = device._lightning.preprocess_transforms(config)((tape,))
    return tapes, lambda results: restore(results)[0]
