"""All orbitals of a molecule, frozen, active and empty, and which rotations between them change the energy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

_DEPENDENT = 1e-6  # singular values below this belong to functions that the occupied and active orbitals already span


@dataclass(frozen=True, eq=False, kw_only=True)
class OrbitalSpace:
    """Orthonormal orbitals in the order frozen, active, empty."""

    coefficients: np.ndarray  # shape: (n_basis_functions, n_orbitals)
    irreps: np.ndarray  # shape: (n_orbitals,); all zero: no symmetry is kept
    n_frozen: int
    n_active: int

    @property
    def n_orbitals(self) -> int:
        """Of all three kinds."""
        return self.coefficients.shape[1]

    @property
    def frozen(self) -> np.ndarray:
        """The doubly occupied orbitals, shape (n_basis_functions, n_frozen)."""
        return self.coefficients[:, : self.n_frozen]

    @property
    def active(self) -> np.ndarray:
        """Shape (n_basis_functions, n_active)."""
        return self.coefficients[:, self.n_frozen : self.n_frozen + self.n_active]

    def rotations(self) -> tuple[np.ndarray, np.ndarray]:
        """The pairs p > q of orbitals whose rotation may change the energy and keeps the point group.

        Rotations among frozen orbitals, and among empty ones, change nothing. Those among active orbitals change the
        energy of every ansatz that is not exact in its space.
        """
        p, q = np.tril_indices(self.n_orbitals, -1)
        first_empty = self.n_frozen + self.n_active
        matters = (p >= self.n_frozen) & (q < first_empty)
        kept = matters & (self.irreps[p] == self.irreps[q])
        return p[kept], q[kept]

    def rotated(self, unitary: np.ndarray) -> OrbitalSpace:
        """The orbitals that a unitary makes of these, in its columns."""
        return replace(self, coefficients=self.coefficients @ unitary)

    def without_symmetry(self) -> OrbitalSpace:
        """The same orbitals, free to mix across irreps."""
        return replace(self, irreps=np.zeros_like(self.irreps))

    def moved_to(self, overlap: np.ndarray) -> OrbitalSpace:
        """The same combinations of basis functions elsewhere, made orthonormal there by Löwdin's transformation.

        Args:
            overlap: Of the basis functions where they are now, shape (n_basis_functions,) * 2.
        """
        values, vectors = np.linalg.eigh(self.coefficients.T @ overlap @ self.coefficients)
        return replace(self, coefficients=self.coefficients @ (vectors / np.sqrt(values)) @ vectors.T)


def orbital_space(problem: ElectronicProblem, *, symmetric: bool = True) -> OrbitalSpace:
    """The orbitals of a problem, with the empty ones that it leaves out.

    Args:
        problem: Made from a molecule, so that it knows its orbitals.
        symmetric: Keep the problem's point group, if it has one.

    Raises:
        ValueError: If the problem does not know its orbitals, or has one set for each spin.
    """
    if problem.mean_field is None or problem.orbitals is None or problem.frozen_orbitals is None:
        raise ValueError(
            "Orbitals can be optimized for a problem that was made from a molecule, but this one is bare integrals: "
            "use Molecule(...).problem(...)."
        )
    if problem.beta is not None or np.ndim(problem.mean_field.coefficients) != 2:
        raise ValueError(
            "Orbitals are optimized for both spins together, but this problem has a set for each spin: "
            "start from a restricted reference."
        )
    from pyscf import symm

    mol = problem.mean_field.scf.mol
    occupied = np.hstack([problem.frozen_orbitals, problem.orbitals])
    overlap = mol.intor("int1e_ovlp")
    symmetric = symmetric and problem.point_group != "C1" and bool(mol.symmetry)
    blocks = zip(mol.irrep_id, mol.symm_orb, strict=True) if symmetric else [(0, np.eye(len(overlap)))]
    # Empty orbitals come out with the energies of the mean field, which is a good metric for their rotations.
    fock = _mean_fock(problem)
    columns, labels, energies = [], [], []
    for label, functions in blocks:
        empty = _complement(functions, occupied, overlap)
        values, vectors = np.linalg.eigh(empty.T @ fock @ empty)
        columns.append(empty @ vectors)
        energies.append(values)
        labels += [label] * len(values)
    order = np.argsort(np.concatenate(energies), kind="stable")
    empty = np.hstack(columns)[:, order]
    if symmetric:
        known = symm.label_orb_symm(mol, mol.irrep_id, mol.symm_orb, occupied)
        irreps = np.concatenate([known, np.array(labels, dtype=np.int64)[order]])
    else:
        irreps = np.zeros(occupied.shape[1] + len(order), dtype=np.int64)
    return OrbitalSpace(
        coefficients=np.hstack([occupied, empty]),
        irreps=irreps.astype(np.int64),
        n_frozen=problem.frozen_orbitals.shape[1],
        n_active=problem.n_orbitals,
    )


def _complement(functions: np.ndarray, occupied: np.ndarray, overlap: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what some functions span beyond the occupied and active orbitals."""
    values, vectors = np.linalg.eigh(functions.T @ overlap @ functions)
    orthonormal = functions @ (vectors / np.sqrt(values))
    _, singular, right = np.linalg.svd(occupied.T @ overlap @ orthonormal)
    return orthonormal @ right[int((singular > _DEPENDENT).sum()) :].T


def _mean_fock(problem: ElectronicProblem) -> np.ndarray:
    field: Any = problem.mean_field
    coefficients, energies = field.coefficients, field.orbital_energies
    overlap = field.scf.mol.intor("int1e_ovlp")
    projector = overlap @ coefficients
    return (projector * energies) @ projector.T
