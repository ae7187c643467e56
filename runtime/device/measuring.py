"""Which measurements the sector engine takes, and what they give exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml
from pennylane.devices.qubit import measure
from pennylane.measurements import (
    ClassicalShadowMP,
    ExpectationMP,
    ProbabilityMP,
    SampleMeasurement,
    ShadowExpvalMP,
    StateMeasurement,
    VarianceMP,
)

from runtime.device.sampling import is_sampled

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
        return all(is_sampled(m) or (isinstance(m, FROM_ALL) and few) for m in tape.measurements)
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


def unwrapped(items: list[Any]) -> Any:
    """PennyLane's shape for the results of one circuit: a tuple, unless there is only one."""
    return items[0] if len(items) == 1 else tuple(items)


def _is_marginal(measurement: Any) -> bool:
    return (
        isinstance(measurement, ProbabilityMP)
        and measurement.obs is None
        and 0 < len(measurement.wires) <= MAX_DENSE_WIRES
    )
