"""Merging commuting Pauli rotations that conserve only together.

A hop arrives from PennyLane's `qaoa.xy_mixer`, or from a UCC circuit written in Pauli rotations, as neighbouring
rotations about XX and YY. Each alone reaches everything; their product couples 01 with 10 and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from runtime.circuit.actions import Action, Rotation, Term
from runtime.circuit.affine import Affine


def merge_rotations(actions: Iterable[Action]) -> list[Action]:
    """Join each Pauli rotation to an earlier one with the same flip that it can be moved next to."""
    merged: list[Action] = []
    for action in actions:
        if not (isinstance(action, Rotation) and action.mergeable and _join(merged, action)):
            merged.append(action)
    return merged


def _join(earlier: list[Action], rotation: Rotation) -> bool:
    for i in range(len(earlier) - 1, -1, -1):
        other = earlier[i]
        if not (isinstance(other, Rotation) and other.mergeable and _commute(other, rotation)):
            return False
        ratio = ratio_of(rotation.angle, other.angle) if other.flip == rotation.flip else None
        if ratio is not None:
            added = tuple(replace(t, coefficient=ratio * t.coefficient) for t in rotation.terms)
            earlier[i] = replace(other, terms=other.terms + added)
            return True
    return False


def _commute(a: Rotation, b: Rotation) -> bool:
    """Whether all Pauli words of two rotations commute."""
    return all(_words_commute(a.flip, s, b.flip, t) for s in a.terms for t in b.terms)


def _words_commute(flip_a: int, a: Term, flip_b: int, b: Term) -> bool:
    return ((flip_a & b.parity).bit_count() + (flip_b & a.parity).bit_count()) % 2 == 0


def ratio_of(angle: Affine, unit: Affine) -> float | None:
    """The number r with angle = r * unit, or None if there is none."""
    if angle.coefficients.keys() != unit.coefficients.keys():
        return None
    pairs = [(c, unit.coefficients[i]) for i, c in angle.coefficients.items()]
    pairs.append((angle.constant, unit.constant))
    ratios = {complex(a / b).real for a, b in pairs if b != 0}
    if len(ratios) != 1 or any(b == 0 and a != 0 for a, b in pairs):
        return None
    return ratios.pop()
