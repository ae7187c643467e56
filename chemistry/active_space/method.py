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

from chemistry.active_space.phases import with_fixed_phases
from chemistry.active_space.window import ActiveSpace

if TYPE_CHECKING:
    from chemistry.mean_field import MeanField
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
    irreps: np.ndarray | None  # shape: (n_orbitals,); None where the space breaks the molecule's symmetry
    irrep_names: tuple[str, ...]  # one per orbital, none where the space breaks the molecule's symmetry

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
        mean_field: The Hartree-Fock solution.
        doubly: The active doubly occupied space: orthonormal columns over the mean field's doubly occupied orbitals.
        empty: The same over its empty orbitals.
    """
    groups = occupied(mean_field)
    spaces = [
        (groups.doubly, np.eye(len(doubly)) - doubly @ doubly.T, len(doubly) - doubly.shape[1]),
        (groups.doubly, doubly @ doubly.T, doubly.shape[1]),
        (groups.singly, np.eye(groups.singly.stop - groups.singly.start), groups.singly.stop - groups.singly.start),
        (groups.empty, empty @ empty.T, empty.shape[1]),
    ]
    symmetric = all(_keeps_symmetry(projector, mean_field.irreps[group]) for group, projector, _ in spaces)
    parts = [_semicanonical(mean_field, *space, symmetric=symmetric) for space in spaces]
    frozen, active = parts[0][0], np.hstack([coefficients for coefficients, _, _ in parts[1:]])
    irreps = np.concatenate([labels for _, _, labels in parts[1:]])
    names = dict(zip(mean_field.irreps.tolist(), mean_field.irrep_names, strict=True))
    n_doubly, n_singly = doubly.shape[1], groups.singly.stop - groups.singly.start
    return SelectedOrbitals(
        frozen=frozen,
        active=active,
        n_alpha=n_doubly + n_singly,
        n_beta=n_doubly,
        orbital_energies=np.concatenate([energies for _, energies, _ in parts[1:]]),
        irreps=irreps if symmetric else None,
        irrep_names=tuple(names[label] for label in irreps.tolist()) if symmetric else (),
    )


def _keeps_symmetry(projector: np.ndarray, irreps: np.ndarray) -> bool:
    crossing = irreps[:, None] != irreps[None, :]
    return bool(np.abs(projector[crossing]).max(initial=0.0) < _SYMMETRY_NOISE)


def _semicanonical(
    mean_field: MeanField, group: slice, projector: np.ndarray, dimension: int, *, symmetric: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A space's eigenvectors of the Fock operator, their energies in hartree and their irreps, by energy."""
    irreps = mean_field.irreps[group] if symmetric else np.zeros(len(projector), dtype=np.int64)
    # Within a group the Fock operator is diagonal over the mean field's own orbitals, open shells included.
    fock = mean_field.orbital_energies[group]
    columns, energies, labels = [np.zeros((len(projector), 0))], [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    for label in sorted(set(irreps.tolist())):
        members = np.flatnonzero(irreps == label)
        weights, vectors = np.linalg.eigh(projector[np.ix_(members, members)])
        basis = vectors[:, weights > 0.5]
        values, rotation = np.linalg.eigh(basis.T @ (fock[members, None] * basis))
        embedded = np.zeros((len(projector), len(values)))
        embedded[members] = basis @ rotation
        columns.append(embedded)
        energies.append(values)
        labels.append(np.full(len(values), label))
    rotated, values, found = np.hstack(columns), np.concatenate(energies), np.concatenate(labels)
    if len(values) != dimension:
        raise ArithmeticError(f"A space of {dimension} orbitals came out with {len(values)}: its columns are mixed.")
    order = np.lexsort((found, np.round(values, 5)))
    values, found = values[order], found[order]
    coefficients = mean_field.coefficients[:, group] @ rotated[:, order]
    return with_fixed_phases(coefficients, values, found, mean_field.scf.mol), values, found
