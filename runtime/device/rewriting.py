"""Rewriting tapes so that PennyLane, and whoever follows their numbers, gets what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.devices import ExecutionConfig
from pennylane.math import Interface
from pennylane.measurements import ExpectationMP

from runtime.circuit.dependence import angle_positions, depends, is_gate, is_open
from runtime.circuit.tracing import with_data

Restore = Callable[[Any], Any]
Tapes = tuple[Sequence[qml.tape.QuantumScript], Restore]


@qml.transform
def one_by_one(tape: qml.tape.QuantumScript) -> Tapes:
    """A tape with batches of numbers as one tape for each set of them.

    `broadcast_expand` leaves operators such as `MultiRZ` behind that still say that they hold a batch, and whoever
    believes them expands them again.
    """
    if tape.batch_size is None:
        return (tape,), only
    tapes, together = qml.transforms.broadcast_expand(tape)
    return [t.copy(operations=[_renewed(o) for o in t.operations]) for t in tapes], together


def _renewed(operator: Any) -> Any:
    if getattr(operator, "batch_size", None) is None:
        return operator
    with qml.QueuingManager.stop_recording():
        return qml.pytrees.unflatten(*qml.pytrees.flatten(operator))


def deferred(tape: qml.tape.QuantumScript, config: ExecutionConfig) -> tuple[qml.tape.QuantumScript, Restore]:
    """A tape with its mid-circuit measurements at the end, where that is how they are to be taken."""
    if config.mcm_config.mcm_method != "deferred" or all(map(is_gate, tape.operations)):
        return tape, only
    [later], restore = qml.defer_measurements(tape, allow_postselect=False)
    return later, restore


def refuse_unnoticed(tape: qml.tape.QuantumScript, config: ExecutionConfig) -> None:
    """Refuse numbers that autograd follows where PennyLane expects plain ones: their derivatives would be lost.

    Raises:
        ValueError: With what to do.
    """
    if config.interface == Interface.NUMPY and any(depends(d) for o in tape.operations for d in o.data):
        raise ValueError(
            "A number of this circuit is followed by an interface that PennyLane did not notice, as it does not see the"
            " coefficients inside an operator like qml.evolve: name it, as in qml.QNode(..., interface='autograd')."
        )


def with_fixed_constants(tape: qml.tape.QuantumScript) -> qml.tape.QuantumScript:
    """A tape in which constant arrays and observables do not call themselves trainable.

    Arrays of `pennylane.numpy` do so by default; the device would be asked for derivatives that nobody wants.
    """
    operations = [_constant(o) if _has_constants(o) else o for o in tape.operations]
    measurements = [
        type(m)(obs=_constant(m.obs)) if m.obs is not None and any(map(_poses, m.obs.data)) else m
        for m in tape.measurements
    ]
    if all(map(is_, operations + measurements, tape.operations + tape.measurements)):
        return tape
    return tape.copy(operations=operations, measurements=measurements)


def _has_constants(operator: Any) -> bool:
    posing = [i for i, d in enumerate(operator.data) if _poses(d)]
    return bool(set(posing).difference(angle_positions(operator))) if posing else False


def _poses(datum: Any) -> bool:
    return isinstance(datum, qml.numpy.tensor) and datum.requires_grad


def _constant(operator: Any) -> Any:
    return with_data(operator, [np.asarray(d)[()] if _poses(d) else d for d in operator.data])


def with_single_terms(tape: qml.tape.QuantumScript) -> tuple[qml.tape.QuantumScript, Restore]:
    """A tape that measures the terms of observables whose coefficients may be differentiated, and what adds them up.

    The value is linear in the coefficients, so the derivative by them needs no derivative of the circuit.

    Raises:
        ValueError: If an observable has numbers that may be differentiated and are not coefficients.
    """
    if not _has_open_coefficients(tape):
        return tape, only
    [split], summed = qml.transforms.split_to_single_terms(tape)
    for measurement in split.measurements:
        if measurement.obs is not None and any(map(is_open, measurement.obs.data)):
            raise ValueError(
                f"The numbers of {measurement.obs.name} on wires {measurement.obs.wires.tolist()} cannot be"
                " differentiated: write the observable as a sum of operators with trainable coefficients, or mark its"
                " numbers as fixed."
            )
    return split, summed


def _has_open_coefficients(tape: qml.tape.QuantumScript) -> bool:
    measured = [m.obs for m in tape.measurements if isinstance(m, ExpectationMP) and m.obs is not None]
    return any(is_open(number) for observable in measured for number in observable.data)


def only(results: Any) -> Any:
    """The one result there is."""
    return results[0]
