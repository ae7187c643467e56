"""How many basis states a circuit reaches at least, without listing them."""

from __future__ import annotations

from collections.abc import Iterable

from runtime.circuit.actions import Action, Mixing, Permutation, Rotation


def least_reach(actions: Iterable[Action]) -> int:
    """A lower bound on the reached states, as a power of two: log2 of it.

    A gate that flips the same wires in every basis state (a Pauli rotation, a Hadamard) doubles the set, unless it is
    the product of earlier ones: between two permutations, the bound is the rank over GF(2) of such flips.
    """
    best = 0
    rows: dict[int, int] = {}  # leading bit -> flip with that leading bit: an echelon form
    for action in actions:
        if isinstance(action, Permutation):
            if any(c.flip for c in action.cases):
                rows = {}
            continue
        flip = action.flip if isinstance(action, Rotation | Mixing) and _is_unconditional(action) else 0
        while flip and flip.bit_length() in rows:
            flip ^= rows[flip.bit_length()]
        if flip:
            rows[flip.bit_length()] = flip
            best = max(best, len(rows))
    return best


def _is_unconditional(action: Rotation | Mixing) -> bool:
    if isinstance(action, Mixing):
        return action.mask == action.flip and action.flip.bit_count() == 1
    return len(action.terms) == 1 and action.terms[0].mask == 0 and not action.guarded
