"""Rotations by fixed angles that do less than they seem to: nothing at all, or a permutation.

A `Rot(p, 0, q)` is diagonal and an `RX(pi)` only relabels; taken as general rotations, both would enlarge the sector.
"""

from __future__ import annotations

import math

from runtime.circuit.actions import Action, Case, Permutation, Rotation, Term
from runtime.circuit.affine import Affine

NEGLIGIBLE = 1e-12


def settled(action: Action) -> list[Action]:
    """The action itself, or the simpler ones that it is at its fixed angle."""
    if not isinstance(action, Rotation) or any(action.angle.coefficients.values()):
        return [action]
    angle = action.angle.real_constant
    if not math.isfinite(angle):
        return [action]
    if angle == 0:
        return []
    if action.flip == 0 or action.guarded or len(action.terms) != 1:
        return [action]
    [term] = action.terms
    if term.mask & action.flip or abs(math.cos(angle * abs(term.coefficient))) > NEGLIGIBLE:
        return [action]
    # On the states that match, exp(i a P) = i sin(a |c|) P / |c|: signs by parity, then one flip with one phase.
    phase = 1j * math.sin(angle * abs(term.coefficient)) * term.coefficient / abs(term.coefficient)
    signs = (Term(1.0, term.mask, term.value), Term(-1.0, term.mask, term.value, term.parity))
    flip = Permutation((Case(term.mask, term.value, action.flip, phase),))
    return [Rotation(Affine({}, math.pi / 2), 0, signs, origin=action.origin), flip] if term.parity else [flip]
