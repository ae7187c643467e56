"""Which determinant to begin from, where several self-consistent fields lie close together.

Where bonds break, each field has its own number of electron pairs in each irrep, and the lowest may be of the wrong
kind: water pulled apart symmetrically ends in a closed shell with an empty lone pair, 96 millihartree from what
excitations can mend. So the fields with one pair, or one unpaired electron, in another irrep are solved too, within the
active orbitals, and those that come close are told apart by what becomes of them once the spins of a pair may separate:
an unrestricted field describes separated atoms almost exactly, and only with the right electrons in each irrep.

Rotating active orbitals among themselves changes no exact energy: the choice decides where a circuit begins, not what
it could at best reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from chemistry.active_field import solve_active_field, spin_broken_energy
from chemistry.orbital_rotation import determinant_energy
from chemistry.problem import ElectronicProblem

_WORTH_SOLVING = 0.8  # hartree above the field it comes from, before its orbitals relax
_CLOSE = 0.15  # hartree above the lowest field
_BETTER = 1e-6  # hartree


@dataclass(frozen=True)
class Occupation:
    """How many orbitals of each irrep are doubly and singly occupied."""

    pairs: tuple[int, ...]
    unpaired: tuple[int, ...]

    @property
    def electrons(self) -> list[tuple[int, int]]:
        """Electrons of spin up and of spin down, by irrep."""
        return [(pairs + unpaired, pairs) for pairs, unpaired in zip(self.pairs, self.unpaired, strict=True)]

    def neighbours(self, sizes: tuple[int, ...]) -> Iterator[Occupation]:
        """With a pair or an unpaired electron in another irrep, or a pair and an unpaired electron exchanged."""
        for out, into in permutations(range(len(sizes)), 2):
            for moved_pairs, moved_unpaired in ((1, 0), (0, 1), (1, -1)):
                pairs, unpaired = list(self.pairs), list(self.unpaired)
                pairs[out] -= moved_pairs
                pairs[into] += moved_pairs
                unpaired[out] -= moved_unpaired
                unpaired[into] += moved_unpaired
                counts = zip(pairs, unpaired, sizes, strict=True)
                if all(p >= 0 and u >= 0 and p + u <= size for p, u, size in counts):
                    yield Occupation(tuple(pairs), tuple(unpaired))


def with_best_reference(problem: ElectronicProblem) -> ElectronicProblem:
    """The same problem over the orbitals of the self-consistent field that is the best to begin from.

    Args:
        problem: Over orbitals that both spins share, of which the reference occupies the first.

    Returns:
        The problem as it was where no other field comes close, or where there is no symmetry to tell fields apart by.
    """
    labels = sorted(set(problem.irreps.tolist()))
    sizes = tuple(int((problem.irreps == label).sum()) for label in labels)
    fields = {_occupation(problem, labels): problem}
    waiting = list(fields)
    while waiting:
        origin = waiting.pop()
        for occupation in origin.neighbours(sizes):
            if occupation in fields or _promotion_energy(fields[origin], occupation, labels) > _WORTH_SOLVING:
                continue
            field = solve_active_field(fields[origin], dict(zip(labels, occupation.electrons, strict=True)))
            if field is not None:
                fields[occupation] = field
                if field.reference_energy < fields[origin].reference_energy + _CLOSE:
                    waiting.append(occupation)
    lowest = min(field.reference_energy for field in fields.values())
    close = [field for field in fields.values() if field.reference_energy <= lowest + _CLOSE]
    if len(close) == 1:
        return close[0]
    # The orbitals as given keep their place against others that are only as good.
    return min(close, key=lambda field: spin_broken_energy(field) - _BETTER * (field is problem))


def _occupation(problem: ElectronicProblem, labels: list[int]) -> Occupation:
    pairs = problem.irreps[: problem.n_beta].tolist()
    unpaired = problem.irreps[problem.n_beta : problem.n_alpha].tolist()
    return Occupation(tuple(map(pairs.count, labels)), tuple(map(unpaired.count, labels)))


def _promotion_energy(problem: ElectronicProblem, occupation: Occupation, labels: list[int]) -> float:
    """What it costs in hartree to occupy the lowest orbitals of each irrep so, before they relax."""
    occupied: tuple[list[int], list[int]] = [], []
    for label, electrons in zip(labels, occupation.electrons, strict=True):
        members = np.flatnonzero(problem.irreps == label)
        members = members[np.argsort(problem.orbital_energies[members], kind="stable")]
        for spin, count in zip(occupied, electrons, strict=True):
            spin += members[:count].tolist()
    return determinant_energy(problem, *occupied) - problem.reference_energy
