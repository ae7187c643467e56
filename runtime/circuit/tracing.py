"""Recording a circuit once, with affine numbers in place of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine, NotAffineError
from runtime.circuit.structure import NoStructureError

Circuit = Callable[[Any], Any]
COEFFICIENTS_BESIDE_TIME = qml.ApproxTimeEvolution | qml.TrotterProduct | qml.CommutingEvolution
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
    obstacle: str | None = None  # why the sector engine cannot take the circuit, if tracing showed that already


def trace(circuit: Circuit, n_params: int, extra_wires: Sequence[Hashable] = ()) -> Trace:
    """Run `circuit` once and record it.

    Args:
        circuit: applies PennyLane operations, given an array of `n_params` parameters.
        n_params: the number of parameters.
        extra_wires: wires that an observable needs besides the circuit's own.

    Raises:
        ValueError: if the circuit measures or applies a channel.
    """
    symbols = np.empty(n_params, dtype=object)
    symbols[:] = [Affine({i: 1.0}) for i in range(n_params)]
    try:
        operators = record(circuit, symbols)
    except UNTRACEABLE as reason:
        from runtime.circuit.evaluated_angles import trace_with_evaluated_angles

        traced = trace_with_evaluated_angles(circuit, n_params, reason)
    else:
        traced = Trace(tuple(operators), (), n_params, n_params)
    _refuse_non_unitary(traced.operators)
    return replace(traced, wires=ordered_wires(traced.operators, extra_wires))


def record(circuit: Circuit, parameters: Any) -> list[Any]:
    """The operations that `circuit` queues, templates that take arrays of parameters written out."""
    with qml.queuing.AnnotatedQueue() as queue:
        circuit(parameters)
    return [o for queued in qml.tape.QuantumScript.from_queue(queue).operations for o in _written_out(queued)]


def _written_out(operator: Any) -> list[Any]:
    """An operator, or its decomposition if its parameters enter by more than angles."""
    data = getattr(operator, "data", ())
    angles = angle_positions(operator) if data else []
    if not any(depends(d) for i, d in enumerate(data) if i not in angles):
        return [operator]
    if isinstance(operator, qml.DiagonalQubitUnitary):
        return _phase_by_phase(operator)
    if isinstance(operator, qml.QubitUnitary | qml.ControlledQubitUnitary):
        raise ValueError(
            f"A matrix that depends on the parameters, of {operator.name} on wires {operator.wires.tolist()}, cannot be"
            " differentiated: write it as rotations, or as qml.evolve of its generator."
        )
    if not operator.has_decomposition:
        return [operator]
    with qml.QueuingManager.stop_recording():
        return [o for part in operator.decomposition() for o in _written_out(part)]


def _phase_by_phase(operator: Any) -> list[Any]:
    """A diagonal unitary as one controlled phase for each basis state of its wires."""
    phases = qml.math.angle(operator.data[0])
    patterns = np.arange(len(phases))[:, None] >> np.arange(len(operator.wires) - 1, -1, -1) & 1
    with qml.QueuingManager.stop_recording():
        return [
            qml.ctrl(qml.GlobalPhase(-phases[i]), control=operator.wires, control_values=[bool(b) for b in bits])
            for i, bits in enumerate(patterns)
        ]


def depends(datum: Any) -> bool:
    """Whether a number or an array depends on the parameters: it is or holds a symbol, or autograd follows it."""
    from autograd.tracer import isbox

    return isbox(datum) or isinstance(datum, Affine) or (isinstance(datum, np.ndarray) and datum.dtype == object)


def ordered_wires(operators: Sequence[Any], extra: Sequence[Hashable] = ()) -> tuple[Hashable, ...]:
    """All wires that occur: in numerical order if they are integers, else in order of appearance."""
    wires = list(dict.fromkeys([w for o in operators for w in o.wires] + list(extra)))
    return tuple(sorted(wires)) if all(isinstance(w, int) for w in wires) else tuple(wires)


def angle_positions(operator: Any) -> list[int]:
    """Which of an operator's data are angles: single numbers, the coefficients of a Hamiltonian apart."""
    if isinstance(operator, qml.ops.Exp):
        # The coefficient of a plain exponential is a complex number; a symbol is checked for being imaginary later on.
        return [0] if isinstance(operator, qml.ops.Evolution) or isinstance(operator.data[0], Affine) else []
    if isinstance(operator, COEFFICIENTS_BESIDE_TIME):
        return [0 if isinstance(operator, qml.CommutingEvolution) else len(operator.data) - 1]
    if isinstance(operator, qml.ops.SymbolicOp) and len(operator.data) == len(operator.base.data):
        return angle_positions(operator.base)
    return [i for i, d in enumerate(operator.data) if np.ndim(d) == 0]


def with_data(operator: Any, data: Sequence[Any]) -> Any:
    """The same operator with other data, off any queue.

    Raises:
        NoStructureError: if the operator cannot hold symbols.
    """
    try:
        with qml.QueuingManager.stop_recording():
            if isinstance(operator, qml.ops.Evolution):
                return qml.ops.Evolution(operator.base, *data)  # PennyLane looks for the base's coefficients among data
            return qml.ops.functions.bind_new_parameters(operator, data)
    except UNTRACEABLE as reason:
        raise NoStructureError(f"{operator.name} cannot be traced: {reason}") from reason


def _refuse_non_unitary(operators: Sequence[Any]) -> None:
    for operator in operators:
        if isinstance(operator, qml.operation.Channel) or type(operator).__name__ in (
            "MidMeasureMP",
            "MidMeasure",
            "Conditional",
            "PauliMeasure",
        ):
            raise ValueError(
                f"A program needs a circuit of unitary operations, got {operator.name}:"
                " run circuits that measure or are noisy through a QNode on default.qubit or default.mixed."
            )
