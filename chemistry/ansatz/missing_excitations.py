"""Excitations without which coupled cluster would not reach every determinant of its electrons, spin and symmetry.

Excitations from occupied to empty orbitals, applied again and again, conserve more than those three numbers where few
of them are allowed by symmetry. In singlet O2 they take one determinant to 21 of 33, and stay 2 to 8 millihartree above
the lowest state however often they are repeated. Generalised excitations, between any orbitals, lead on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chemistry.ansatz.excitation_groups import Group
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension

_LARGEST_LISTED = 20_000  # determinants; whether larger sectors are reached is not looked at


def missing_excitations(problem: ElectronicProblem, groups: Sequence[Group]) -> list[Group]:
    """Generalised excitations that complete what a cluster operator reaches, as few as are found one by one.

    Args:
        problem: The electronic problem.
        groups: The cluster operator.
    """
    dimension = sector_dimension(problem)
    if dimension > _LARGEST_LISTED:
        return []
    hops = [_masks(group) for group in groups]
    reached = _reach(_key(problem.reference_occupation), hops)
    if len(reached) == dimension:
        return []
    from chemistry.ansatz.uccgsd import generalised_groups

    added: list[Group] = []
    for candidate in generalised_groups(problem):
        masks = _masks(candidate)
        if set(_neighbours(reached, masks).tolist()) <= set(reached.tolist()):
            continue
        added.append(candidate)
        hops.append(masks)
        reached = _reach(_key(problem.reference_occupation), hops)
        if len(reached) == dimension:
            break
    return added


Masks = list[tuple[int, int]]  # of each gate: the wires it empties and those it fills


def _masks(group: Group) -> Masks:
    return [(sum(1 << w for w in gate.sources), sum(1 << w for w in gate.targets)) for gate, _ in group]


def _key(occupation: np.ndarray) -> int:
    return sum(1 << wire for wire in np.flatnonzero(occupation).tolist())


def _neighbours(keys: np.ndarray, masks: Masks) -> np.ndarray:
    """Where the gates take the determinants, in either direction."""
    found = []
    for one, other in masks:
        for sources, targets in ((one, other), (other, one)):
            movable = keys[(keys & np.uint64(sources | targets)) == np.uint64(sources)]
            found.append(movable ^ np.uint64(sources | targets))
    return np.unique(np.concatenate(found)) if found else keys[:0]


def _reach(start: int, hops: Sequence[Masks]) -> np.ndarray:
    """All determinants that the gates lead to from one, ascending."""
    masks = [mask for group in hops for mask in group]
    reached = front = np.array([start], dtype=np.uint64)
    while len(front):
        front = np.setdiff1d(_neighbours(front, masks), reached, assume_unique=True)
        reached = np.union1d(reached, front)
    return reached
