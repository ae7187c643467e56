"""Merging commuting Pauli rotations that conserve only together.

A hop arrives from PennyLane's `qaoa.xy_mixer`, or from a UCC circuit written in Pauli rotations, as rotations about XX
and YY. Each alone reaches everything; their product couples 01 with 10 and nothing else. They need not be neighbours:
it is enough that one can be moved to the other past what lies between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from runtime.circuit.actions import Action, Rotation
from runtime.circuit.affine import Affine
from runtime.circuit.commuting import commute

MAX_DISTANCE = 256  # actions between two rotations that may be joined; more would make compilation quadratic
ROUNDING = 1e-14


def merge_rotations(actions: Iterable[Action]) -> list[Action]:
    """Join each Pauli rotation to an earlier one that flips the same wires and can be brought next to it."""
    merged: list[Action] = []
    seen: set[tuple[int, frozenset[int]]] = set()  # flips and parameters of earlier rotations
    for action in actions:
        if isinstance(action, Rotation) and action.mergeable:
            key = action.flip, frozenset(action.angle.coefficients)
            if key in seen and _join(merged, action):
                continue
            seen.add(key)
        merged.append(action)
    return merged


def _join(earlier: list[Action], rotation: Rotation) -> bool:
    movable = True  # whether the rotation commutes with all that has been passed
    for i in range(len(earlier) - 1, max(-1, len(earlier) - 1 - MAX_DISTANCE), -1):
        other = earlier[i]
        joined = _joined(other, rotation)
        if joined is not None and movable:
            earlier[i] = joined
            return True
        if joined is not None and all(commute(other, between) for between in earlier[i + 1 :]):
            earlier[i:] = [*earlier[i + 1 :], joined]
            return True
        movable = movable and commute(other, rotation)
    return False


def _joined(other: Action, rotation: Rotation) -> Rotation | None:
    """One rotation for two that commute, flip the same wires and turn by multiples of the same angle."""
    if not (isinstance(other, Rotation) and other.mergeable and other.flip == rotation.flip):
        return None
    ratio = ratio_of(rotation.angle, other.angle)
    if ratio is None or not commute(other, rotation):
        return None
    added = tuple(replace(t, coefficient=ratio * t.coefficient) for t in rotation.terms)
    return replace(other, terms=other.terms + added)


def ratio_of(angle: Affine, unit: Affine) -> float | None:
    """The number r with angle = r * unit, or None if there is none."""
    if angle.coefficients.keys() != unit.coefficients.keys():
        return None
    pairs = [(c, unit.coefficients[i]) for i, c in angle.coefficients.items()]
    pairs.append((angle.constant, unit.constant))
    divisible = [(a, b) for a, b in pairs if b != 0]
    if not divisible:
        return None
    ratio = complex(divisible[0][0] / divisible[0][1]).real
    return ratio if all(abs(a - ratio * b) <= ROUNDING * abs(a) for a, b in pairs) else None
