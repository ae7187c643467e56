"""Circuits as lightning.qubit's adjoint method counts their parameters.

It finds a parameter by the number of numbers before it. Of an operation that it has no kernel for, under whatever
adjoints and controls, it counts no numbers where PennyLane counts all of them, so that every later gradient is that of
another gate, or zero, or an error. Here such an operation is passed as its matrix if its numbers are fixed, and as the
gates that it consists of if they are not; what lightning.qubit differentiates rightly is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.dependence import has_loose_numbers, is_gate
from runtime.circuit.tracing import plain, with_data
from runtime.circuit.writing_out import cannot_be_differentiated, parts_of

MAX_WIRES = 6  # of a matrix
# Gates of one angle that have a kernel, which serves their adjoints and controlled forms as well.
ONE_ANGLE = (
    qml.RX | qml.RY | qml.RZ | qml.PhaseShift | qml.GlobalPhase | qml.MultiRZ | qml.IsingXX | qml.IsingXY | qml.IsingYY
    | qml.IsingZZ | qml.PSWAP | qml.SingleExcitation | qml.SingleExcitationMinus | qml.SingleExcitationPlus
    | qml.DoubleExcitation | qml.DoubleExcitationMinus | qml.DoubleExcitationPlus | qml.CRX | qml.CRY | qml.CRZ
    | qml.ControlledPhaseShift
)  # fmt: skip
LAYERS = qml.ops.Adjoint | qml.ops.Controlled
TAKEN_PLAIN = (qml.Rot, qml.QubitUnitary, qml.StatePrep, qml.BasisState)


def counted_rightly(operator: Any, follows: Callable[[Any], bool]) -> list[Any]:
    """What to pass to lightning.qubit for an operation, in order.

    Args:
        operator: A PennyLane operation; anything else, such as a measurement, is left as it is.
        follows: Whether a number is open: `dependence.depends` or `dependence.is_open`.

    Raises:
        ValueError: If an operation's number may be differentiated and it consists of no gates that could be.
    """
    if not is_gate(operator):
        return [operator]
    with qml.QueuingManager.stop_recording():
        operator = _flattened(operator)
    opened = any(follows(d) for d in operator.data) or has_loose_numbers(operator, follows)
    if _is_counted(operator, opened=opened):
        return [operator]
    with qml.QueuingManager.stop_recording():
        if not opened and 0 < len(operator.wires) <= MAX_WIRES and operator.has_matrix:
            return [qml.QubitUnitary(np.asarray(qml.matrix(plain(operator)), dtype=complex), wires=operator.wires)]
        parts = parts_of(operator)
    if parts is not None:
        return [gate for part in parts for gate in counted_rightly(part, follows)]
    if opened:
        raise ValueError(cannot_be_differentiated(operator))
    return [operator]


def _flattened(operator: Any) -> Any:
    """One gate under one control, as lightning.qubit has no name for what is nested; an angle takes the adjoints."""
    base, is_adjoint = operator, False
    wires: list[Any] = []
    values: list[bool] = []
    while not isinstance(base, ONE_ANGLE) and isinstance(base, LAYERS):
        if isinstance(base, qml.ops.Adjoint):
            is_adjoint = not is_adjoint
        else:
            wires, values = [*wires, *base.control_wires], [*values, *base.control_values]
        base = base.base
    if base is operator or (base.data and not isinstance(base, ONE_ANGLE)):
        return operator
    if is_adjoint:
        base = with_data(base, [-base.data[0]]) if base.data else qml.adjoint(base)
    return qml.ctrl(base, control=wires, control_values=values) if wires else base


def _is_counted(operator: Any, *, opened: bool) -> bool:
    if not operator.data and not opened:
        return _is_taken_without_numbers(operator)
    base = operator
    while not isinstance(base, ONE_ANGLE) and isinstance(base, LAYERS):
        base = base.base
    if isinstance(base, ONE_ANGLE):
        return bool(len(base.wires)) or base is operator  # a phase on no wires has no kernel for its adjoint
    return type(operator) in TAKEN_PLAIN and not (opened and not isinstance(operator, qml.Rot))


def _is_taken_without_numbers(operator: Any) -> bool:
    """Whether it neither decomposes an operation, whose parts may have numbers, nor counts one that is not there."""
    from pennylane_lightning.lightning_qubit.lightning_qubit import stopping_condition
    from pennylane_lightning.lightning_qubit_ops import StateVectorC128

    if not stopping_condition(operator):
        return False
    base, controlled = operator, False
    while isinstance(base, LAYERS):
        controlled = controlled or isinstance(base, qml.ops.Controlled)
        base = base.base
    # Of a controlled operation without a kernel it makes a matrix, and counts a number for that.
    return hasattr(StateVectorC128, operator.name) or not controlled or hasattr(StateVectorC128, base.name)
