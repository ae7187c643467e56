"""Recording a circuit once, with affine numbers in place of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine, NotAffineError
from runtime.circuit.dependence import depends, is_gate, kinds
from runtime.circuit.held_evolution import with_base
from runtime.circuit.structure import NoStructureError, UnfollowedError
from runtime.circuit.writing_out import Kinds, written_out

Circuit = Callable[[Any], Any]
# What PennyLane and autoray raise when arithmetic meets an `Affine` that it cannot take.
UNTRACEABLE = (NotAffineError, TypeError, AttributeError, ValueError, ImportError, IndexError)


@dataclass(frozen=True)
class Trace:
    """The operators of a circuit and how their angles follow from its parameters.

    Each scalar operator datum is an `Affine` over *angles*; angles are the parameters themselves where the circuit is
    affine in them, and otherwise the values of `angles(params)`, evaluated at each call.
    """

    operators: tuple[Any, ...]
    wires: tuple[Hashable, ...]
    n_params: int
    n_angles: int
    angles: Callable[[np.ndarray], Any] | None = None  # differentiable by autograd; None: the parameters themselves
    obstacle: NoStructureError | None = (
        None  # why the sector engine cannot take the circuit, if tracing showed that already
    )


def trace(circuit: Circuit, n_params: int, extra_wires: Sequence[Hashable] = (), also: Kinds = ()) -> Trace:
    """Run `circuit` once and record it.

    Args:
        circuit: applies PennyLane operations, given an array of `n_params` parameters.
        n_params: the number of parameters.
        extra_wires: wires that an observable needs besides the circuit's own.
        also: kinds of operators that are written out in any case, see `writing_out`.

    Raises:
        ValueError: if the circuit measures or applies a channel, or something depends on the parameters in a way that
            cannot be followed.
    """
    symbols = np.empty(n_params, dtype=object)
    symbols[:] = [Affine({i: 1.0}) for i in range(n_params)]
    try:
        operators = record(circuit, symbols, also)
    except UNTRACEABLE as reason:
        from runtime.circuit.evaluated_angles import trace_with_evaluated_angles

        traced = trace_with_evaluated_angles(circuit, n_params, reason, also)
    else:
        traced = Trace(tuple(operators), (), n_params, n_params)
    _refuse_non_unitary(traced.operators)
    return replace(traced, wires=ordered_wires(traced.operators, extra_wires))


def record(circuit: Circuit, parameters: Any, also: Kinds = ()) -> list[Any]:
    """The operations that `circuit` queues, written out until all that depends on the parameters is an angle.

    Args:
        circuit: Applies PennyLane operations, given an array of parameters.
        parameters: Symbols, or numbers that autograd may follow.
        also: Kinds of operators that are written out in any case, see `writing_out`.

    Raises:
        ValueError: If something depends on the parameters that is not the angle of a gate.
    """
    with qml.queuing.AnnotatedQueue() as queue:
        circuit(parameters)
    operations = qml.tape.QuantumScript.from_queue(queue).operations
    return [o for queued in operations for o in written_out(_with_plain_symbols(queued), depends, also)]


def _with_plain_symbols(operator: Any) -> Any:
    """An operator whose symbols are not wrapped in arrays without dimensions, as slices of arrays of symbols are."""
    data = getattr(operator, "data", ())
    if not any(isinstance(d, np.ndarray) and d.ndim == 0 and d.dtype == object for d in data):
        return operator
    return with_data(operator, [d.item() if isinstance(d, np.ndarray) and d.ndim == 0 else d for d in data])


def ordered_wires(operators: Sequence[Any], extra: Sequence[Hashable] = ()) -> tuple[Hashable, ...]:
    """All wires that occur: in numerical order if they are integers, else in order of appearance."""
    wires = list(dict.fromkeys([w for o in operators for w in o.wires] + list(extra)))
    return tuple(sorted(wires)) if all(isinstance(w, int) for w in wires) else tuple(wires)


def with_data(operator: Any, data: Sequence[Any]) -> Any:
    """The same operator with other data, off any queue.

    Raises:
        UnfollowedError: if the operator cannot hold symbols.
    """
    try:
        with qml.QueuingManager.stop_recording():
            return _bound(operator, data)
    except UNTRACEABLE as reason:
        raise UnfollowedError(f"{operator.name} cannot be traced: {reason}", kinds(operator)) from reason


def plain(operator: Any) -> Any:
    """The same operator with plain numbers: PennyLane computes other matrices for exponentials of trainable ones."""
    if not any(isinstance(d, qml.numpy.tensor) for d in operator.data):
        return operator
    return with_data(operator, [np.asarray(d)[()] for d in operator.data])


def _bound(operator: Any, data: Sequence[Any]) -> Any:
    if isinstance(operator, qml.ops.Evolution):
        return qml.ops.Evolution(operator.base, *data)  # PennyLane looks for the base's coefficients among the data
    if isinstance(operator, qml.ops.Adjoint) or type(operator) in (qml.ops.Controlled, qml.ops.ControlledOp):
        return with_base(operator, _bound(operator.base, data))
    if isinstance(operator, qml.ControlledQubitUnitary):  # PennyLane forgets on which values it is controlled
        return type(operator)(*data, wires=operator.wires, control_values=operator.control_values)
    if isinstance(operator, qml.ops.op_math.ChangeOpBasis):
        raise TypeError("PennyLane binds new numbers to its parts in the opposite order")
    if isinstance(operator, qml.ops.CompositeOp):
        numbers = iter(data)
        return type(operator)(*(_bound(o, list(islice(numbers, len(o.data)))) for o in operator.operands))
    return qml.ops.functions.bind_new_parameters(operator, data)


def _refuse_non_unitary(operators: Sequence[Any]) -> None:
    for operator in operators:
        if not is_gate(operator):
            raise ValueError(
                f"A program needs a circuit of unitary operations, got {operator.name}:"
                " run circuits that measure or are noisy through a QNode on default.qubit or default.mixed."
            )
