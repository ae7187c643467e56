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
        traced = _trace_numerically(circuit, n_params, reason)
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
    if not any(np.ndim(d) > 0 and _depends(d) for d in getattr(operator, "data", ())):
        return [operator]
    with qml.QueuingManager.stop_recording():
        return [o for part in operator.decomposition() for o in _written_out(part)]


def _depends(datum: Any) -> bool:
    """Whether an array depends on the parameters: it holds symbols, or autograd follows it."""
    from autograd.tracer import isbox

    return isbox(datum) or (isinstance(datum, np.ndarray) and datum.dtype == object)


def ordered_wires(operators: Sequence[Any], extra: Sequence[Hashable] = ()) -> tuple[Hashable, ...]:
    """All wires that occur: in numerical order if they are integers, else in order of appearance."""
    wires = list(dict.fromkeys([w for o in operators for w in o.wires] + list(extra)))
    return tuple(sorted(wires)) if all(isinstance(w, int) for w in wires) else tuple(wires)


def scalar_positions(operator: Any) -> list[int]:
    """Which of an operator's data are single numbers, hence angles."""
    return [i for i, d in enumerate(operator.data) if np.ndim(d) == 0]


def with_data(operator: Any, data: Sequence[Any]) -> Any:
    """The same operator with other data, off any queue.

    Raises:
        NoStructureError: if the operator cannot hold symbols.
    """
    try:
        with qml.QueuingManager.stop_recording():
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


def _trace_numerically(circuit: Circuit, n_params: int, reason: Exception) -> Trace:
    """Angles that are not affine: the circuit's structure from one run, its angles evaluated at every call."""
    from autograd import make_vjp
    from autograd import numpy as anp

    recorded: list[Any] = []

    def look(params: Any) -> Any:
        recorded.extend(record(circuit, params))
        return anp.sum(params)

    try:
        make_vjp(look)(np.random.default_rng(0).uniform(0.1, 1.0, n_params))
    except IndexError as error:
        raise ValueError(f"The circuit asks for more parameters than n_params={n_params}: {error}.") from error
    except Exception as error:
        error.add_note(f"(An earlier attempt to trace the circuit symbolically failed, too: {reason})")
        raise
    example = recorded
    structure = [_signature(o) for o in example]
    operators = []
    n_angles = 0
    for operator in example:
        data = list(operator.data)
        for i in scalar_positions(operator):
            data[i] = Affine({n_angles: 1.0})
            n_angles += 1
        try:
            operators.append(with_data(operator, data) if scalar_positions(operator) else operator)
        except NoStructureError as without:
            return Trace(tuple(example), (), n_params, 0, None, str(without))

    def angles(params: Any) -> Any:
        now = record(circuit, params)
        if [_signature(o) for o in now] != structure:
            raise ValueError(
                "The gates of a circuit must not depend on the values of its parameters, and here they do:"
                " compile one program for each structure."
            )
        scalars = [o.data[i] for o in now for i in scalar_positions(o)]
        return anp.array(scalars) if scalars else anp.zeros(0)

    return Trace(tuple(operators), (), n_params, n_angles, angles)


def _signature(operator: Any) -> tuple[Any, ...]:
    return operator.name, tuple(operator.wires), len(operator.data)
