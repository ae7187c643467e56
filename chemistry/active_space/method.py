"""What a method that selects active orbitals gives, in the form in which an electronic problem is built over them.

Every method divides the mean field's doubly occupied orbitals into frozen and active ones and its empty orbitals into
active ones and the rest, and keeps the singly occupied ones, so the reference determinant and its energy stay those of
Hartree-Fock. Within each division orbitals are free: they are made eigenvectors of the Fock operator there
(semicanonical), so that their energies mean something and MP2 amplitudes can be taken from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from chemistry.active_space.window import ActiveSpace
from chemistry.hartree_fock.point_groups import subgroup_that_allows

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.molecule import Molecule
    from chemistry.problem import ElectronicProblem

# A projector's elements between orbitals of different irreps are zero where the space has the molecule's symmetry.
_SYMMETRY_NOISE = 1e-6


@runtime_checkable
class ActiveSpaceMethod(Protocol):
    """A way of selecting active orbitals."""

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons; nothing is solved where they are given."""

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves, from the molecule's mean field."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SelectedOrbitals:
    """Frozen and active orbitals; the reference determinant occupies the first of the active ones."""

    frozen: np.ndarray  # shape: (n_basis_functions, n_frozen), doubly occupied
    active: np.ndarray  # shape: (n_basis_functions, n_orbitals)
    n_alpha: int
    n_beta: int
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree
    irreps: np.ndarray  # shape: (n_orbitals,), numbers whose product is their exclusive or
    irrep_names: tuple[str, ...]  # one per orbital
    point_group: str  # the molecule's, or what the space leaves of it

    @property
    def space(self) -> ActiveSpace:
        """How many there are."""
        return ActiveSpace(
            n_frozen=self.frozen.shape[1],
            n_orbitals=self.active.shape[1],
            n_alpha=self.n_alpha,
            n_beta=self.n_beta,
        )

    def problem(self, mean_field: MeanField) -> ElectronicProblem:
        """The electronic problem over these orbitals.

        Args:
            mean_field: That from which they were selected.
        """
        from chemistry.problem import problem_in_orbitals

        return problem_in_orbitals(
            mean_field,
            frozen=self.frozen,
            active=self.active,
            n_alpha=self.n_alpha,
            n_beta=self.n_beta,
            orbital_energies=self.orbital_energies,
            irreps=self.irreps,
            irrep_names=self.irrep_names,
            point_group=self.point_group,
        )


@dataclass(frozen=True)
class Occupied:
    """Which orbitals of a mean field the reference determinant occupies twice, once and not at all."""

    doubly: slice
    singly: slice
    empty: slice


def occupied(mean_field: MeanField) -> Occupied:
    """The mean field's doubly occupied, singly occupied and empty orbitals, which come in this order."""
    n_doubly = int((mean_field.occupations == 2).sum())
    n_occupied = int((mean_field.occupations > 0).sum())
    return Occupied(slice(0, n_doubly), slice(n_doubly, n_occupied), slice(n_occupied, len(mean_field.occupations)))


def selected_orbitals(mean_field: MeanField, doubly: np.ndarray, empty: np.ndarray) -> SelectedOrbitals:
    """Build active orbitals from spaces of doubly occupied and of empty ones, and all singly occupied ones.

    Args:
        mean_field: The Hartree-Fock solution; the part of its point group that the spaces keep is used.
        doubly: The active doubly occupied space: orthonormal columns over the mean field's doubly occupied orbitals.
        empty: The same over its empty orbitals.
    """
    groups = occupied(mean_field)
    n_singly = groups.singly.stop - groups.singly.start
    spaces = [
        (groups.doubly, np.eye(len(doubly)) - doubly @ doubly.T),
        (groups.doubly, doubly @ doubly.T),
        (groups.singly, np.eye(n_singly)),
        (groups.empty, empty @ empty.T),
    ]
    coupled = set().union(*(_coupled_irreps(projector, mean_field.irreps[group]) for group, projector in spaces))
    group_left = subgroup_that_allows(mean_field.point_group, coupled)
    irreps = np.array(group_left.label_of)[mean_field.irreps]
    frozen, *active = (_of_irreps(mean_field, group, projector, irreps[group]) for group, projector in spaces)
    coefficients, energies, labels = (list(part) for part in zip(*active, strict=True))
    wanted, found = [doubly.shape[1], n_singly, empty.shape[1]], [part.shape[1] for part in coefficients]
    if found != wanted:
        raise ArithmeticError(f"Spaces of {wanted} orbitals came out with {found}: their columns are not orthonormal.")
    return SelectedOrbitals(
        frozen=frozen[0],
        active=np.hstack(coefficients),
        n_alpha=doubly.shape[1] + n_singly,
        n_beta=doubly.shape[1],
        orbital_energies=np.concatenate(energies),
        irreps=np.concatenate(labels),
        irrep_names=tuple(group_left.irrep_names[label] for label in np.concatenate(labels).tolist()),
        point_group=group_left.name,
    )


def _coupled_irreps(projector: np.ndarray, irreps: np.ndarray) -> set[int]:
    """The products of irreps that a space mixes; none where it has the molecule's symmetry."""
    first, second = np.nonzero(np.abs(projector) > _SYMMETRY_NOISE)
    return set((irreps[first] ^ irreps[second]).tolist()) - {0}


def _of_irreps(
    mean_field: MeanField, group: slice, projector: np.ndarray, irreps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A space's semicanonical orbitals, their energies in hartree and their irreps, by energy."""
    parts = []
    for label in np.unique(irreps):
        members = np.flatnonzero(irreps == label)
        weights, vectors = np.linalg.eigh(projector[np.ix_(members, members)])
        basis = np.zeros((len(projector), int((weights > 0.5).sum())))
        basis[members] = vectors[:, weights > 0.5]
        columns, energies = semicanonical(mean_field, group, basis)
        parts.append((columns, energies, np.full(len(energies), label)))
    columns = np.hstack([np.zeros((len(projector), 0)), *(part[0] for part in parts)])
    energies = np.concatenate([np.zeros(0), *(part[1] for part in parts)])
    labels = np.concatenate([np.zeros(0, dtype=np.int64), *(part[2] for part in parts)])
    order = np.lexsort((labels, np.round(energies, 5)))
    return mean_field.coefficients[:, group] @ columns[:, order], energies[order], labels[order]


def semicanonical(mean_field: MeanField, group: slice, basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvectors of the Fock operator within a space of one irrep, the same on every run, and their energies.

    Args:
        mean_field: The Hartree-Fock solution.
        group: Its orbitals of one occupation, among which the Fock operator is diagonal, in open shells too.
        basis: Orthonormal columns over the group.

    Returns:
        Columns over the group, and their energies in hartree, ascending.
    """
    from chemistry.hartree_fock.canonical_orbitals import canonical_orbitals

    energies, rotation = np.linalg.eigh(basis.T @ (mean_field.orbital_energies[group, None] * basis))
    columns = basis @ rotation
    coefficients = mean_field.coefficients[:, group]
    mol = mean_field.scf.mol
    alike = np.zeros(len(energies))
    fixed, energies, *_ = canonical_orbitals(mol, coefficients @ columns, energies, alike, alike)
    # The same rotations and signs over the group, without a detour over the basis functions' overlaps.
    return np.linalg.lstsq(coefficients, fixed, rcond=None)[0], energies
