"""Circuits whose angles are not affine in their parameters: the structure from one run, the angles from every call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.circuit.affine import Affine
from runtime.circuit.structure import NoStructureError
from runtime.circuit.tracing import Circuit, Trace, angle_positions, depends, record, with_data

N_PROBES = 3  # points at which angles must agree to be taken for the same
AGREEMENT = 1e-13


def trace_with_evaluated_angles(circuit: Circuit, n_params: int, reason: Exception) -> Trace:
    """Record a circuit at random parameters, each of its distinct angles left open.

    Angles that agree at several random points are one angle: two Pauli rotations that conserve only together would
    otherwise not be seen to turn by the same. Every evaluation checks that they still agree.

    Args:
        circuit: applies PennyLane operations, given an array of `n_params` parameters.
        n_params: the number of parameters.
        reason: why symbolic tracing failed.

    Raises:
        ValueError: if the circuit cannot be run at all; later, if its gates or equal angles depend on parameter values.
    """
    probes = np.random.default_rng(0).normal(size=(N_PROBES, n_params))
    runs = [_recorded(circuit, probe, reason) for probe in probes]
    example, free = runs[0]
    structure = [_signature(o) for o in example]
    sources, kinds = _distinct([_values(operators, free) for operators, _ in runs])
    operators = []
    k = 0
    for operator, places in zip(example, free, strict=True):
        data = [_plain(d) for d in operator.data]
        for i in places:
            data[i] = Affine({int(kinds[k]): 1.0})
            k += 1
        try:
            operators.append(with_data(operator, data) if data else operator)
        except NoStructureError as without:
            return Trace(tuple(example), (), n_params, 0, None, str(without))

    def angles(params: Any) -> Any:
        from autograd import make_vjp
        from autograd import numpy as anp

        if not depends(params):  # followed by autograd, arrays of parameters are written out as they were at first
            return make_vjp(angles)(params)[1]
        now = record(circuit, params)
        if [_signature(o) for o in now] != structure:
            raise ValueError(
                "The gates of a circuit must not depend on the values of its parameters, and here they do:"
                " compile one program for each structure."
            )
        scalars = [o.data[i] for o, places in zip(now, free, strict=True) for i in places]
        values = np.array([float(_plain(s)) for s in scalars])
        if np.abs(values - values[sources][kinds]).max(initial=0.0) > AGREEMENT * (1 + np.abs(values).max(initial=0.0)):
            raise ValueError(
                "Angles that agreed at three random points differ here, so they are not the same function of the"
                " parameters: give the gates that turn by them separate parameters."
            )
        return anp.array([scalars[i] for i in sources]) if scalars else anp.zeros(0)

    return Trace(tuple(operators), (), n_params, len(sources), angles)


def _recorded(circuit: Circuit, probe: np.ndarray, reason: Exception) -> tuple[list[Any], list[list[int]]]:
    """The operators of one run, and which of their data are angles that depend on the parameters."""
    from autograd import make_vjp
    from autograd import numpy as anp

    recorded: list[Any] = []
    free: list[list[int]] = []

    def look(params: Any) -> Any:
        recorded.extend(record(circuit, params))
        free.extend([i for i in angle_positions(o) if depends(o.data[i])] for o in recorded)
        return anp.sum(params)

    try:
        make_vjp(look)(probe)
    except IndexError as error:
        raise ValueError(f"The circuit asks for more parameters than n_params={len(probe)}: {error}.") from error
    except Exception as error:
        error.add_note(f"(An earlier attempt to trace the circuit symbolically failed, too: {reason})")
        raise
    return recorded, free


def _values(operators: Sequence[Any], free: Sequence[Sequence[int]]) -> np.ndarray:
    if len(operators) != len(free):
        return np.zeros(0)  # the gates depend on the parameters; the first evaluation says so
    return np.array([float(_plain(o.data[i])) for o, places in zip(operators, free, strict=True) for i in places])


def _distinct(runs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Which angles to evaluate, and for every angle which of those it is."""
    count = len(runs[0])
    if not count or any(len(r) != count for r in runs):
        return np.arange(count), np.arange(count)
    table = np.round(np.stack(runs, axis=1), 12)
    _, sources, kinds = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return sources, kinds.reshape(-1)


def _plain(datum: Any) -> Any:
    """A number or array without autograd's wrapping."""
    from autograd.tracer import getval, isbox

    while isbox(datum):
        datum = getval(datum)
    return datum


def _signature(operator: Any) -> tuple[Any, ...]:
    return operator.name, tuple(operator.wires), len(operator.data)
