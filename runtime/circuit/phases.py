"""Fusing diagonal gates: neighbours that turn by multiples of the same angle are one phase, as are fixed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

import numpy as np

from runtime.circuit.actions import Action, Cost, Permutation, Rotation, Term
from runtime.circuit.affine import Affine
from runtime.circuit.merging import ratio_of


def fuse_phases(actions: Iterable[Action]) -> list[Action]:
    """Join each diagonal rotation to an earlier one with a proportional angle, if only diagonals lie between them."""
    fused: list[Action] = []
    phases: list[Rotation] = []  # of the current run of diagonals
    sums: list[dict[tuple[int, int, int], complex]] = []

    def flush() -> None:
        for rotation, terms in zip(phases, sums, strict=True):
            kept = tuple(Term(c, *key) for key, c in terms.items() if c)
            if kept:
                fused.append(replace(rotation, terms=kept))
        phases.clear()
        sums.clear()

    for action in map(_as_phase, actions):
        if isinstance(action, Cost):
            fused.append(action)
        elif not (isinstance(action, Rotation) and action.flip == 0):
            flush()
            fused.append(action)
        else:
            ratios = (ratio_of(action.angle, known.angle) for known in phases)
            place = next(((i, r) for i, r in enumerate(ratios) if r is not None), None)
            if place is None:
                phases.append(action)
                sums.append({})
                place = len(phases) - 1, 1.0
            i, ratio = place
            for t in action.terms:
                key = (t.mask, t.value, t.parity)
                sums[i][key] = sums[i].get(key, 0.0) + ratio * t.coefficient
    flush()
    return fused


def _as_phase(action: Action) -> Action:
    """A permutation that moves nothing, as the phase that it is."""
    if not isinstance(action, Permutation) or any(case.flip for case in action.cases):
        return action
    if any(not a.mask & b.mask & (a.value ^ b.value) for a, b in combinations(action.cases, 2)):
        return action  # of two cases that match the same state, the first counts: that is no sum
    terms = tuple(Term(float(np.angle(c.phase)), c.mask, c.value) for c in action.cases)
    return Rotation(Affine({}, 1.0), 0, terms)
