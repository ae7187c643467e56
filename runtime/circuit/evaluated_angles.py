"""Circuits whose angles are not affine in their parameters: the structure from one run, the angles from every call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.circuit.affine import Affine
from runtime.circuit.dependence import angle_positions, depends, unboxed
from runtime.circuit.structure import UnfollowedError
from runtime.circuit.structure_key import followed_key
from runtime.circuit.tracing import Circuit, Trace, record, with_data
from runtime.circuit.writing_out import Kinds

SPREADS = (3.0, 1.0, 0.3)  # of the probes: wide, as angles that are folded agree with others near zero
Recording = tuple[list[Any], list[list[int]]]  # operators, and which of the data of each depend on the parameters
N_PROBES = 6  # points at which angles must agree to be taken for the same
QUARTER_TO = 1e-9
AGREEMENT = 1e-10  # of angles that are the same function, computed in different ways


def trace_with_evaluated_angles(circuit: Circuit, n_params: int, reason: Exception, also: Kinds = ()) -> Trace:
    """Record a circuit at random parameters, each of its distinct angles left open.

    Angles that agree at several random points are one angle: two Pauli rotations that conserve only together would
    otherwise not be seen to turn by the same. Every evaluation checks that they still agree.

    Args:
        circuit: applies PennyLane operations, given an array of `n_params` parameters.
        n_params: the number of parameters.
        reason: why symbolic tracing failed.
        also: kinds of operators that are written out in any case, see `writing_out`.

    Raises:
        ValueError: if the circuit cannot be run at all, or its gates or fixed numbers depend on parameter values;
            later, if equal angles do.
    """
    runs = _runs(circuit, n_params, reason, also)
    example, free = runs[0]
    structure = followed_key(example)
    for other, _ in runs[1:]:
        _refuse_changes(structure, followed_key(other))
    sources, kinds = _distinct([_values(operators, free) for operators, _ in runs])
    operators = []
    k = 0
    for operator, places in zip(example, free, strict=True):
        data = [unboxed(d) for d in operator.data]
        for i in places:
            data[i] = Affine({int(kinds[k]): 1.0})
            k += 1
        try:
            operators.append(with_data(operator, data) if places else operator)
        except UnfollowedError as without:
            return Trace(tuple(example), (), n_params, 0, None, without)

    def angles(params: Any) -> Any:
        from autograd import make_vjp
        from autograd import numpy as anp

        if not depends(params):  # followed by autograd, arrays of parameters are written out as they were at first
            return make_vjp(angles)(params)[1]
        now = record(circuit, params, also)
        _refuse_changes(structure, followed_key(now))
        scalars = [o.data[i] for o, places in zip(now, free, strict=True) for i in places]
        values = np.array([float(unboxed(s)) for s in scalars])
        if np.abs(values - values[sources][kinds]).max(initial=0.0) > AGREEMENT * (1 + np.abs(values).max(initial=0.0)):
            raise ValueError(
                "Angles that agreed at several random points differ here, so they are not the same function of the"
                " parameters: give the gates that turn by them separate parameters."
            )
        return anp.array([scalars[i] for i in sources]) if scalars else anp.zeros(0)

    return Trace(tuple(operators), (), n_params, len(sources), angles)


def _runs(circuit: Circuit, n_params: int, reason: Exception, also: Kinds) -> list[Recording]:
    """What `_recorded` finds at random points, the widest spread of them at which the circuit can be run."""
    probes = np.random.default_rng(0).normal(size=(N_PROBES, n_params))
    for spread in SPREADS[:-1]:
        try:
            return [_recorded(circuit, spread * probe, reason, also) for probe in probes]
        except ValueError:  # numbers of some templates must be small
            continue
    return [_recorded(circuit, SPREADS[-1] * probe, reason, also) for probe in probes]


def _recorded(circuit: Circuit, probe: np.ndarray, reason: Exception, also: Kinds) -> Recording:
    """The operators of one run, and which of their data are angles that depend on the parameters."""
    from autograd import make_vjp
    from autograd import numpy as anp

    recorded: list[Any] = []
    free: list[list[int]] = []

    def look(params: Any) -> Any:
        recorded.extend(record(circuit, params, also))
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


def _refuse_changes(structure: Sequence[tuple[Any, ...]], now: Sequence[tuple[Any, ...]]) -> None:
    """Refuse gates, and numbers that are not followed as angles, that change with the parameters."""
    if [key[0] for key in now] != [key[0] for key in structure]:
        raise ValueError(
            "The gates of a circuit must not depend on the values of its parameters, and here they do:"
            " compile one program for each structure."
        )
    for one, other in zip(structure, now, strict=True):
        if one != other:
            name, wires = one[0]
            raise ValueError(
                f"A number of {name} on wires {list(wires)} changes with the parameters, or from one run to the next,"
                " in a way that automatic differentiation cannot follow: compute it from the parameters with qml.math"
                " or pennylane.numpy, keep it fixed, or give random operations a seed."
            )


def _values(operators: Sequence[Any], free: Sequence[Sequence[int]]) -> np.ndarray:
    if len(operators) != len(free):
        return np.zeros(0)  # the gates depend on the parameters; the first evaluation says so
    return np.array([float(unboxed(o.data[i])) for o, places in zip(operators, free, strict=True) for i in places])


def _distinct(runs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Which angles to evaluate, and for every angle which of those it is."""
    count = len(runs[0])
    if not count or any(len(r) != count for r in runs):
        return np.arange(count), np.arange(count)
    table = np.round(np.stack(runs, axis=1), 12)
    # Quarter turns at random points are no accident: such angles jump, and may jump apart elsewhere.
    quarters = table / (np.pi / 2)
    jumps = (np.abs(quarters - np.round(quarters)) < QUARTER_TO).any(axis=1)
    table = np.column_stack([table, np.where(jumps, np.arange(1, count + 1), 0)])
    _, sources, kinds = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return sources, kinds.reshape(-1)
