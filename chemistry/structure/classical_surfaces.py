"""The surfaces of Hartree-Fock and CASSCF, to set beside that of a circuit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.orbital_optimization.environment import ElectricField
from chemistry.orbital_optimization.orbital_optimized_vqe import without_symmetry
from chemistry.orbital_optimization.orbital_space import OrbitalSpace, orbital_space
from chemistry.structure.surface import (
    SurfacePoint,
    checked_positions,
    dipole_of,
    moved_mol,
    on_few_threads,
    positions_of,
)

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

_ENERGY_TOLERANCE = 1e-11  # hartree
_GRADIENT_TOLERANCE = 1e-6  # hartree per radian
_VECTOR_TOLERANCE = 1e-14  # hartree, of the energy of the configurations' vector


class HartreeFockSurface:
    """Restricted Hartree-Fock at any geometry, each begun from the orbitals of the nearest one before.

    Args:
        molecule: Where the surface begins.
    """

    def __init__(self, molecule: Molecule) -> None:
        self._molecule = molecule
        self._known: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def molecule(self) -> Molecule:
        """At the geometry where the surface begins."""
        return self._molecule

    @on_few_threads
    def point(self, positions: Any, *, field: Sequence[float] | None = None) -> SurfacePoint:
        """See `Surface.point`.

        Raises:
            ValueError: If the positions or the field are not as wanted.
        """
        from pyscf import scf

        positions = checked_positions(self._molecule, positions)
        if not self._known:
            mean_field = self._molecule.mean_field
            self._known.append((positions_of(self._molecule), mean_field.scf.make_rdm1()))
        mol = moved_mol(self._molecule.mean_field.scf.mol, positions)
        solver = scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)
        solver.conv_tol, solver.conv_tol_grad, solver.max_cycle = _ENERGY_TOLERANCE, 1e-7, 200
        nuclear = _put_into_field(solver, mol, field)
        solver.kernel(np.asarray(_nearest(self._known, positions)))
        density = solver.make_rdm1()
        if field is None and solver.converged:
            self._known.append((positions, density))
        total = density if density.ndim == 2 else density.sum(axis=0)
        return _point(positions, solver, solver.nuc_grad_method().kernel(), total, nuclear, field)


class CasscfSurface:
    """PySCF's CASSCF at any geometry, each begun from the orbitals of the nearest one before.

    Args:
        molecule: Where the surface begins.
        active_space: As for `Molecule.problem`.
        orbitals: Where the first search begins, such as those of a circuit's result, shape (n_basis_functions,
            n_orbitals); None: Hartree-Fock's. From symmetric orbitals PySCF may stop at a saddle point.
    """

    def __init__(self, molecule: Molecule, *, active_space: Any, orbitals: np.ndarray | None = None) -> None:
        self._molecule = molecule
        self._problem = molecule.problem(active_space=active_space)
        space = orbital_space(without_symmetry(self._problem))
        if orbitals is not None:
            if np.shape(orbitals) != space.coefficients.shape:
                raise ValueError(
                    f"The orbitals of {molecule.formula} have shape {space.coefficients.shape}, "
                    f"got {np.shape(orbitals)}."
                )
            space = replace(space, coefficients=np.asarray(orbitals, dtype=np.float64))
        self._known: list[tuple[np.ndarray, tuple[OrbitalSpace, Any]]] = [(positions_of(molecule), (space, None))]

    @property
    def molecule(self) -> Molecule:
        """At the geometry where the surface begins."""
        return self._molecule

    @on_few_threads
    def point(self, positions: Any, *, field: Sequence[float] | None = None) -> SurfacePoint:
        """See `Surface.point`.

        Raises:
            ValueError: If the positions or the field are not as wanted.
        """
        from pyscf import mcscf, scf

        positions = checked_positions(self._molecule, positions)
        space, vector = _nearest(self._known, positions)
        mol = moved_mol(self._molecule.mean_field.scf.mol, positions)
        mean_field = scf.RHF(mol)
        nuclear = _put_into_field(mean_field, mol, field)
        electrons = (self._problem.n_alpha, self._problem.n_beta)
        solver: Any = mcscf.CASSCF(mean_field, space.n_active, electrons, ncore=space.n_frozen)
        spin = 0.5 * (electrons[0] - electrons[1])
        solver.fix_spin_(ss=spin * (spin + 1))
        solver.conv_tol, solver.conv_tol_grad, solver.max_cycle_macro = _ENERGY_TOLERANCE, _GRADIENT_TOLERANCE, 200
        # A vector known to 1e-10 hartree is known to 1e-5, and the orbitals' gradient no better than that.
        solver.fcisolver.conv_tol = _VECTOR_TOLERANCE
        solver.kernel(space.moved_to(mol.intor("int1e_ovlp")).coefficients, vector)
        if field is None and solver.converged:
            if len(self._known) == 1 and vector is None:
                self._known.clear()  # where the search began is no solution
            self._known.append((positions, (replace(space, coefficients=np.asarray(solver.mo_coeff)), solver.ci)))
        return _point(positions, solver, solver.nuc_grad_method().kernel(), solver.make_rdm1(), nuclear, field)


def _nearest(known: list[tuple[np.ndarray, Any]], positions: np.ndarray) -> Any:
    return min(known, key=lambda pair: float(np.linalg.norm(pair[0] - positions)))[1]


def _put_into_field(solver: Any, mol: Any, field: Sequence[float] | None) -> float:
    """Add the field to a mean field's one-electron integrals, and return the energy of the nuclei in it."""
    if field is None:
        return 0.0
    energy, potential = ElectricField(field).around(mol).energy_and_potential(np.zeros((mol.nao, mol.nao)))
    hcore = solver.get_hcore() + potential
    solver.get_hcore = lambda *_: hcore
    return energy


def _point(
    positions: np.ndarray, solver: Any, gradient: np.ndarray, density: np.ndarray, nuclear: float, field: Any
) -> SurfacePoint:
    mol = solver.mol
    if field is not None:
        gradient = gradient + ElectricField(field).around(mol).nuclear_gradient(density)
    return SurfacePoint(
        positions=positions,
        energy=float(solver.e_tot) + nuclear,
        gradient=np.asarray(gradient),
        dipole=dipole_of(mol, density),
        converged=bool(solver.converged),
    )
