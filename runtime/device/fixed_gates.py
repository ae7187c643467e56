"""Rotations by fixed quarter turns, written as fixed gates, so that the engine can see that they only relabel.

On the device every number of a tape is an angle left open, so that one compilation serves all parameters. A circuit
that conserves only because an angle is exactly pi, as in `qml.ParticleConservingU1`, would then seem to reach
everything. This is tried only where that happens, and only for numbers that are not trainable.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.tracing import plain
from runtime.circuit.writing_out import parts_of

QUARTER = np.pi / 2
ROUNDING = 1e-12
MAX_WIRES = 3


def with_fixed_gates(tape: qml.tape.QuantumScript) -> qml.tape.QuantumScript | None:
    """The tape with its fixed quarter turns written as matrices; None if it has none."""
    if not any(_quarter_turns(o) for o in tape.operations):
        return None
    operations = [part for o in tape.operations for part in _rewritten(o)]
    return tape.copy(operations=operations)


def _quarter_turns(operator: Any) -> bool:
    return (
        isinstance(operator, qml.operation.Operator)
        and len(operator.wires) <= MAX_WIRES
        and any(_is_quarter_turn(d) for d in operator.data)
    )


def _is_quarter_turn(datum: Any) -> bool:
    if np.ndim(datum) != 0 or np.iscomplexobj(datum) or qml.math.requires_grad(datum) or qml.math.is_abstract(datum):
        return False
    turns = float(qml.math.toarray(datum)) / QUARTER
    return abs(turns - round(turns)) < ROUNDING


def _rewritten(operator: Any) -> list[Any]:
    if not _quarter_turns(operator):
        return [operator]
    if all(_is_quarter_turn(d) for d in operator.data) and operator.has_matrix:
        with qml.QueuingManager.stop_recording():
            return [qml.QubitUnitary(np.asarray(qml.matrix(plain(operator)), dtype=complex), wires=operator.wires)]
    if len(operator.data) == 1:
        return [operator]
    with qml.QueuingManager.stop_recording():
        parts = _rotations(operator) if isinstance(operator, qml.Rot | qml.CRot) else parts_of(operator)
    if parts is None:
        return [operator]
    return [rewritten for part in parts for rewritten in _rewritten(part)]


def _rotations(operator: Any) -> list[Any]:
    """A Rot as its three rotations, a CRot as theirs under the same control: its own decomposition hides the pi."""
    phi, theta, omega = operator.data
    *control, wire = operator.wires
    rotations = [qml.RZ(phi, wire), qml.RY(theta, wire), qml.RZ(omega, wire)]
    return [qml.ctrl(r, control) for r in rotations] if control else rotations
