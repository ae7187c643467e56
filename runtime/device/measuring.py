"""Which measurements the sector engine takes, and what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml
from pennylane.devices.qubit import measure
from pennylane.devices.qubit.sampling import measure_with_samples
from pennylane.measurements import (
    ClassicalShadowMP,
    CountsMP,
    ExpectationMP,
    ProbabilityMP,
    SampleMeasurement,
    SampleMP,
    ShadowExpvalMP,
    StateMeasurement,
    VarianceMP,
)

if TYPE_CHECKING:
    from runtime.device.recorded_circuit import RecordedCircuit

FROM_ALL = SampleMeasurement | ClassicalShadowMP | ShadowExpvalMP
MAX_DENSE_WIRES = 24  # measurements that need all amplitudes are taken from a full vector up to here


def is_measurable(tape: qml.tape.QuantumScript, n_wires: int) -> bool:
    """Whether the sector engine can take all measurements of a circuit of gates on so many wires, if it can run it."""
    if any(m.mv is not None for m in tape.measurements):
        return False
    few = n_wires <= MAX_DENSE_WIRES
    if tape.shots:
        return all(_is_sampled(m) or (isinstance(m, FROM_ALL) and few) for m in tape.measurements)
    return all(
        isinstance(m, ExpectationMP | VarianceMP) or _is_marginal(m) or (isinstance(m, StateMeasurement) and few)
        for m in tape.measurements
    )


def needs_all_amplitudes(tape: qml.tape.QuantumScript) -> bool:
    """Whether a measurement of a circuit without shots cannot be taken from the basis states that it reaches."""
    return not tape.shots and not all(
        isinstance(m, ExpectationMP | VarianceMP) or _is_marginal(m) for m in tape.measurements
    )


def exact_results(recorded: RecordedCircuit, tape: qml.tape.QuantumScript) -> Any:
    """What a circuit without shots gives, in PennyLane's shapes."""
    state = recorded.state(tape)
    dense: np.ndarray | None = None
    results: list[Any] = []
    for measurement in tape.measurements:
        if isinstance(measurement, ExpectationMP):
            results.append(np.float64(recorded.expectation(state, measurement.obs)))
        elif isinstance(measurement, VarianceMP):
            results.append(np.float64(recorded.variance(state, measurement.obs)))
        elif isinstance(measurement, ProbabilityMP) and measurement.obs is None:
            results.append(recorded.marginal(state, measurement.wires or qml.wires.Wires(recorded.wires)))
        else:
            dense = recorded.dense(state) if dense is None else dense
            positions = {w: i for i, w in enumerate(recorded.wires)}
            results.append(measure(qml.map_wires(measurement, positions), dense))
    return unwrapped(results)


def sampled_results(recorded: RecordedCircuit, tape: qml.tape.QuantumScript, rng: np.random.Generator) -> Any:
    """What a circuit with shots gives, in PennyLane's shapes.

    Samples of the computational basis are drawn from the sector; other bases need all amplitudes.
    """
    if not all(map(_is_sampled, tape.measurements)):
        return _sampled_from_all(recorded, tape, rng)
    samples = recorded.sample(recorded.state(tape), tape.shots.total_shots, rng)
    order = qml.wires.Wires(recorded.wires)
    results = [
        unwrapped([m.process_samples(samples[low:high], order) for m in tape.measurements])
        for low, high in tape.shots.bins()
    ]
    return tuple(results) if tape.shots.has_partitioned_shots else results[0]


def _sampled_from_all(recorded: RecordedCircuit, tape: qml.tape.QuantumScript, rng: np.random.Generator) -> Any:
    positions = {w: i for i, w in enumerate(recorded.wires)}
    everywhere = [
        m if m.wires or m.obs is not None else type(m)(wires=qml.wires.Wires(recorded.wires)) for m in tape.measurements
    ]
    measurements = [qml.map_wires(m, positions) for m in everywhere]
    results = measure_with_samples(measurements, recorded.dense(recorded.state(tape)), tape.shots, rng=rng)
    if tape.shots.has_partitioned_shots:
        return tuple(unwrapped(list(r)) for r in results)
    return unwrapped(list(results))


def unwrapped(items: list[Any]) -> Any:
    """PennyLane's shape for the results of one circuit: a tuple, unless there is only one."""
    return items[0] if len(items) == 1 else tuple(items)


def _is_marginal(measurement: Any) -> bool:
    return (
        isinstance(measurement, ProbabilityMP)
        and measurement.obs is None
        and 0 < len(measurement.wires) <= MAX_DENSE_WIRES
    )


def _is_sampled(measurement: Any) -> bool:
    """Whether a measurement is made from samples of the computational basis."""
    return isinstance(measurement, SampleMP | CountsMP | ProbabilityMP | ExpectationMP | VarianceMP) and (
        measurement.obs is None or _is_z_word(measurement.obs)
    )


def _is_z_word(observable: Any) -> bool:
    sentence = observable.pauli_rep
    return sentence is not None and len(sentence) == 1 and all(set(w.values()) <= {"Z"} for w in sentence)
