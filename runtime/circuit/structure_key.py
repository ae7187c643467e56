"""What distinguishes circuits beyond the values of their angles, as something hashable.

Two circuits with equal keys reach the same basis states and lower to the same kernels. Keys are made at every execution
on the device, so an operator without extras costs a tuple and two look-ups, and arrays are never printed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from inspect import isfunction
from typing import Any

import numpy as np
import pennylane as qml
from autograd.tracer import isbox

from runtime.circuit.affine import Affine
from runtime.circuit.dependence import angle_positions, plainness
from runtime.circuit.held_evolution import HeldEvolution


def structure_key(operators: Iterable[Any]) -> Hashable:
    """The key of a list of operators whose angles are left open."""
    return tuple([plain_key(o) or _of_operator(o, open_angles=True) for o in operators])


def plain_key(operator: Any) -> tuple[Hashable, ...] | None:
    """The key of an operator whose type says that it holds nothing but angles; None for any other."""
    kind: Any = type(operator)
    which = plainness(kind)
    if which == "adjoint":
        base = plain_key(operator.base)
        return base and (kind, *base)
    if which == "named" or (which == "plain" and not operator.hyperparameters):
        return kind, operator.wires.labels, len(operator.data)
    return None


def traced_key(operators: Iterable[Any]) -> Hashable:
    """The key of a list of traced operators, in which each angle says how it follows from the parameters."""
    return tuple([_of_operator(o, open_angles=False) for o in operators])


def followed_key(operators: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Of each operator its name and wires, the number of its data, and all numbers that no one follows, by value.

    Functions among its hyperparameters may be others in each run.
    """
    return [
        (
            (o.name, o.wires.labels),
            len(o.data),
            tuple([_frozen(d, open_angles=False) for d in o.data]),
            _without_functions(_frozen(o.hyperparameters, open_angles=False)),
        )
        for o in operators
    ]


def _without_functions(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple([_without_functions(part) for part in key])
    return "function" if isfunction(key) else key


def _of_operator(operator: Any, *, open_angles: bool) -> Hashable:
    data = operator.data
    extras = operator.hyperparameters
    kind = type(operator)
    if not data:
        fixed: Hashable = 0
    elif open_angles:
        angles = angle_positions(operator)
        fixed = len(data) if len(angles) == len(data) else _frozen_data(data, angles)
    else:
        fixed = _frozen_data(data, ())
    if not extras:
        return kind, operator.wires.labels, fixed
    # The coefficients of what is exponentiated are no angles, although they may look like some.
    opened = open_angles and fixed == len(data) and not isinstance(operator, qml.ops.Exp | HeldEvolution)
    return kind, operator.wires.labels, fixed, _frozen(extras, open_angles=opened)


def _frozen_data(data: Any, angles: Iterable[int]) -> Hashable:
    """All data but the angles."""
    left_open = set(angles)
    return tuple([None if i in left_open else _frozen(d, open_angles=False) for i, d in enumerate(data)])


def _frozen(value: Any, *, open_angles: bool) -> Hashable:
    """A hyperparameter as something hashable that is equal only for equal values."""
    if isinstance(value, str | int | float | complex | bool | None):
        return value
    if isinstance(value, qml.wires.Wires):
        return value.labels
    if isinstance(value, qml.operation.Operator):
        return _of_operator(value, open_angles=open_angles)
    if isinstance(value, tuple | list):
        return tuple([_frozen(v, open_angles=open_angles) for v in value])
    if isinstance(value, Mapping):
        return tuple([(k, _frozen(v, open_angles=open_angles)) for k, v in value.items()])
    if isbox(value):
        return "followed"
    if isinstance(value, Affine):
        return tuple(value.coefficients.items()), value.constant
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value.shape, tuple([_frozen(v, open_angles=open_angles) for v in value.reshape(-1)])
    if hasattr(value, "dtype") or hasattr(value, "_value"):
        plain = np.asarray(qml.math.toarray(value))
        return plain.shape, plain.dtype.str, plain.tobytes()
    return _hashable(value)


def _hashable(value: Any) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value
