"""Which numbers of an operator depend on the parameters of a circuit, or may be asked for derivatives.

A number is *open* if it is a symbol of ours, if an interface (autograd, JAX, Torch) follows it, or if its value is not
known yet. Open numbers that are angles of gates are what the engine differentiates; any other must be written out as
angles, or refused. None may be taken for the value that it happens to have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine

COEFFICIENTS_BESIDE_TIME = qml.ApproxTimeEvolution | qml.TrotterProduct | qml.CommutingEvolution
WEIGHTED_SUMS = qml.ops.SProd | qml.ops.Sum | qml.ops.LinearCombination
# Controlled gates that have a name, which says on which values they are controlled.
NAMED_CONTROLLED = frozenset(
    {qml.CNOT, qml.CY, qml.CZ, qml.CH, qml.CSWAP, qml.CCZ, qml.Toffoli}
    | {qml.CRX, qml.CRY, qml.CRZ, qml.ControlledPhaseShift}
)
MEASUREMENTS = ("MidMeasureMP", "MidMeasure", "PauliMeasure")
PLAIN = str | int | float | complex | bool | None


def is_gate(operator: Any) -> bool:
    """Whether something is a unitary operation: not a measurement, what depends on one's outcome, or a channel."""
    kind: Any = type(operator)
    return _is_gate_type(kind)


@cache
def _is_gate_type(kind: Any) -> bool:
    no_gate = qml.operation.Channel | qml.ops.Conditional
    return issubclass(kind, qml.operation.Operator) and not (issubclass(kind, no_gate) or kind.__name__ in MEASUREMENTS)


def depends(datum: Any) -> bool:
    """Whether a number or an array depends on the parameters: it is or holds a symbol, or autograd follows it."""
    from autograd.tracer import isbox

    if isinstance(datum, np.ndarray) and datum.dtype == object:
        return any(depends(d) for d in datum.reshape(-1))
    return isinstance(datum, Affine) or isbox(datum)


def is_open(datum: Any) -> bool:
    """Whether a number or an array depends on parameters, or may be asked for derivatives, or has no value yet.

    An array of `pennylane.numpy` that autograd does not follow is a constant, whatever it says of itself.
    """
    if isinstance(datum, PLAIN):
        return False
    if isinstance(datum, np.ndarray):
        return depends(datum)
    return depends(datum) or bool(qml.math.requires_grad(datum)) or bool(qml.math.is_abstract(datum))


def unboxed(datum: Any) -> Any:
    """A number or an array without autograd's wrapping."""
    from autograd.tracer import getval, isbox

    while isbox(datum):
        datum = getval(datum)
    return datum


def value_of(datum: Any) -> np.ndarray | None:
    """The value of a number or an array that an interface may follow; None if there is none yet."""
    datum = unboxed(datum)
    return None if qml.math.is_abstract(datum) else np.asarray(qml.math.toarray(qml.math.unwrap([datum])[0]))


def angle_positions(operator: Any) -> list[int]:
    """Which of an operator's data are angles: single numbers, the coefficients of a Hamiltonian apart."""
    if isinstance(operator, qml.ops.Exp):
        # The coefficient of a plain exponential is a complex number; a symbol is checked for being imaginary later on.
        return [0] if isinstance(operator, qml.ops.Evolution) or isinstance(operator.data[0], Affine) else []
    if isinstance(operator, WEIGHTED_SUMS):
        return []
    if isinstance(operator, qml.ops.CompositeOp):
        starts = np.cumsum([0, *(len(part.data) for part in operator.operands)]).tolist()
        return [
            start + i for start, part in zip(starts, operator.operands, strict=False) for i in angle_positions(part)
        ]
    if isinstance(operator, COEFFICIENTS_BESIDE_TIME):
        return [0 if isinstance(operator, qml.CommutingEvolution) else len(operator.data) - 1]
    if isinstance(operator, qml.ops.SymbolicOp) and len(operator.data) == len(operator.base.data):
        return angle_positions(operator.base)
    return [i for i, d in enumerate(operator.data) if np.ndim(d) == 0]


def has_loose_numbers(operator: Any, follows: Callable[[Any], bool]) -> bool:
    """Whether an open number of an operator is not among its angles."""
    data = operator.data
    if data:
        angles = angle_positions(operator)
        if len(angles) < len(data) and any(follows(d) for i, d in enumerate(data) if i not in angles):
            return True
    if not operator.hyperparameters:
        return False
    known = {id(d) for d in data}
    return any(id(leaf) not in known and follows(leaf) for leaf in _leaves(operator.hyperparameters))


@cache
def plainness(kind: Any) -> str:
    """Whether operators of a type hold nothing but angles, as the common gates do.

    "named" for controlled gates with a name of their own, "plain" for others without hyperparameters, "adjoint" where
    the base decides, "" if the type does not say.
    """
    if kind in NAMED_CONTROLLED:
        return "named"
    if issubclass(kind, qml.ops.Adjoint):
        return "adjoint"
    if not kind.__module__.startswith("pennylane.ops.qubit."):
        return ""
    # Where a class does not say how many numbers it takes, or of which dimensions, these are properties.
    count, dimensions = getattr(kind, "num_params", None), getattr(kind, "ndim_params", None)
    single = count == 0 or (isinstance(count, int) and isinstance(dimensions, tuple) and not any(dimensions))
    return "plain" if single and not issubclass(kind, qml.operation.Channel) else ""


def innermost(operator: Any) -> Any:
    """What is inside adjoints, controls and powers."""
    while hasattr(operator, "base"):
        operator = operator.base
    return operator


def kinds(operator: Any) -> tuple[type, ...]:
    """The type of an operator, and of what is inside if it is an adjoint or controlled."""
    found = [type(operator)]
    while isinstance(operator, qml.ops.Adjoint | qml.ops.Controlled | qml.ops.Pow):
        operator = operator.base
        found.append(type(operator))
    return tuple(found)


def _leaves(value: Any) -> Iterator[Any]:
    """The numbers and arrays that a hyperparameter holds at any depth."""
    if isinstance(value, PLAIN | qml.wires.Wires):
        return
    if isinstance(value, qml.operation.Operator):
        yield from value.data
        yield from _leaves(value.hyperparameters)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, Affine) or hasattr(value, "dtype") or hasattr(value, "_value"):
        yield value
