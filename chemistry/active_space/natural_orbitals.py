"""Active orbitals from the natural orbitals of second-order perturbation theory.

Natural orbitals with occupations far from 2 and 0 are those that electrons leave and enter when they correlate (Jensen,
Jørgensen, Ågren and Olsen, J. Chem. Phys. 88, 3834 (1988)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.method import SelectedOrbitals, occupied, selected_orbitals, semicanonical
from chemistry.active_space.perturbed_density import perturbed_density
from chemistry.active_space.window import ActiveSpace, window_around_gap

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.molecule import Molecule

DEFAULT_THRESHOLD = 0.02  # electrons
_SAME_OCCUPATION = 1e-6  # electrons


@dataclass(frozen=True)
class NaturalOrbitals:
    """MP2 natural orbitals: so many around the gap by occupation, or those whose occupation is far from 2 and 0.

    The density is summed over both spins, unrelaxed, and diagonalised within the doubly occupied and within the empty
    orbitals of each irrep. For a closed shell it has no other elements; an open shell keeps its restricted Hartree-Fock
    determinant that way. Inner shells are left out of the perturbation theory, but for those whose electrons are asked
    for.

    Args:
        n_electrons: Electrons to treat; the others stay in the orbitals with occupations nearest to 2.
        n_orbitals: Orbitals to treat.
        threshold: Instead of the two: treat orbitals with occupations from `threshold` to `2 - threshold`. 0.02 where
            nothing is given.

    Raises:
        ValueError: If only one of the two is given, or a threshold with them or out of range.
    """

    n_electrons: int | None = None
    n_orbitals: int | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if (self.n_electrons is None) != (self.n_orbitals is None):
            raise ValueError("Natural orbitals are chosen by electrons and orbitals, as in NaturalOrbitals(6, 6).")
        if self.n_electrons is not None and self.threshold is not None:
            raise ValueError("Natural orbitals are chosen by how many they are or by a threshold, not by both.")
        if self.threshold is not None and not 0 < self.threshold < 1:
            raise ValueError(
                f"The threshold of natural occupations is between 0 and 1, as in 0.02, but {self.threshold} was given."
            )

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons; solved only where a threshold decides.

        Raises:
            ValueError: If the molecule does not have so many, or none is that far from 2 and 0.
        """
        if self.n_electrons is None or self.n_orbitals is None:
            return molecule.selected_orbitals(self).space
        n_alpha, n_beta = molecule._mole.nelec
        return window_around_gap(
            self.n_electrons, self.n_orbitals, n_alpha=n_alpha, n_beta=n_beta, n_orbitals=molecule._mole.nao
        )

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves."""
        n_core = n_core_uncorrelated(molecule)
        if self.n_electrons is not None:
            n_core = min(n_core, self.count(molecule).n_frozen)
        natural = natural_orbitals(molecule.mean_field, n_core=n_core)
        if self.n_electrons is None:
            n_doubly, n_empty = self._beyond_threshold(natural)
        else:
            space = self.count(molecule)
            n_doubly, n_empty = space.n_beta, space.n_orbitals - space.n_alpha
        return selected_orbitals(molecule.mean_field, natural.doubly[:, :n_doubly], natural.empty[:, :n_empty])

    def _beyond_threshold(self, natural: NaturalOccupations) -> tuple[int, int]:
        threshold = DEFAULT_THRESHOLD if self.threshold is None else self.threshold
        n_doubly = int((natural.of_doubly <= 2 - threshold).sum())
        n_empty = int((natural.of_empty >= threshold).sum())
        if max(n_doubly, n_empty) == 0 or (natural.n_singly == 0 and min(n_doubly, n_empty) == 0):
            farthest = max([0.0, *(2 - natural.of_doubly[:1]), *natural.of_empty[:1]])
            raise ValueError(
                f"Too few natural orbitals have occupations between {threshold:g} and {2 - threshold:g}: the farthest "
                f"from 2 and 0 is {farthest:.4f} away, so lower the threshold or give electrons and orbitals."
            )
        return n_doubly, n_empty


@dataclass(frozen=True, eq=False, kw_only=True)
class NaturalOccupations:
    """Natural orbitals over the mean field's own, those with occupations farthest from 2 and 0 first."""

    doubly: np.ndarray  # shape: (n_doubly,) * 2, columns over the doubly occupied orbitals
    of_doubly: np.ndarray  # shape: (n_doubly,), occupations, ascending
    doubly_irreps: np.ndarray  # shape: (n_doubly,)
    empty: np.ndarray  # shape: (n_empty,) * 2, columns over the empty orbitals
    of_empty: np.ndarray  # shape: (n_empty,), occupations, descending
    empty_irreps: np.ndarray  # shape: (n_empty,)
    n_singly: int


def n_core_uncorrelated(molecule: Molecule) -> int:
    """Orbitals of the atoms' closed inner shells, unless they hold all electrons there are."""
    n_core = molecule._n_core
    return n_core if n_core < molecule._mole.nelec[0] else 0


def natural_orbitals(mean_field: MeanField, *, n_core: int) -> NaturalOccupations:
    """MP2 natural orbitals that keep the reference determinant and the irreps.

    Args:
        mean_field: The Hartree-Fock solution.
        n_core: The lowest so many orbitals stay doubly occupied.

    Raises:
        ValueError: If the amplitudes would not fit in memory, or diverge because occupied and empty orbitals meet.
    """
    density = perturbed_density(mean_field, n_core=n_core)
    groups = occupied(mean_field)
    # The lowest orbitals, which were left out, go last: they must not mix with others of occupation 2.
    core = np.arange(groups.doubly.stop) < n_core
    of_doubly, doubly, doubly_irreps = _diagonalised(mean_field, density, groups.doubly, apart=core)
    of_empty, empty, empty_irreps = _diagonalised(mean_field, density, groups.empty)
    return NaturalOccupations(
        doubly=doubly,
        of_doubly=of_doubly,
        doubly_irreps=doubly_irreps,
        empty=empty[:, ::-1],
        of_empty=of_empty[::-1],
        empty_irreps=empty_irreps[::-1],
        n_singly=groups.singly.stop - groups.singly.start,
    )


def _diagonalised(
    mean_field: MeanField, density: np.ndarray, group: slice, apart: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Occupations in ascending order, orbitals and irreps of a group's block of the density."""
    irreps, fock = mean_field.irreps[group], mean_field.orbital_energies[group]
    apart = np.zeros(len(irreps), dtype=bool) if apart is None else apart
    occupations, vectors = np.zeros(len(irreps)), np.zeros((len(irreps),) * 2)
    labels, places = np.zeros(len(irreps), dtype=np.int64), np.zeros(len(irreps))
    block = density[group, group]
    for label in sorted(set(irreps.tolist())):
        for members in (np.flatnonzero((irreps == label) & kind) for kind in (apart, ~apart)):
            values, rotation = np.linalg.eigh(block[np.ix_(members, members)])
            own = np.zeros((len(irreps), len(members)))
            own[members] = rotation
            for same in _equal(values):
                own[:, same] = semicanonical(mean_field, group, own[:, same])[0]
            occupations[members] = values
            vectors[:, members] = own
            labels[members] = label
            places[members] = fock @ own**2
    # Those that correlate equally are taken from the gap outwards: high occupied ones, low empty ones.
    order = np.lexsort((labels, -np.round(places, 5), np.round(occupations / _SAME_OCCUPATION), apart))
    return occupations[order], vectors[:, order], labels[order]


def _equal(values: np.ndarray) -> list[slice]:
    """Runs of two or more equal ones among ascending values."""
    ends = np.flatnonzero(np.diff(values) > _SAME_OCCUPATION) + 1
    starts = [0, *ends.tolist()]
    return [slice(a, b) for a, b in zip(starts, [*ends.tolist(), len(values)], strict=True) if b - a > 1]
