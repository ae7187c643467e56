"""The surface of coupled cluster with singles and doubles over all electrons, to set beside that of a circuit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

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


class CoupledClusterSurface:
    """CCSD at any geometry, each begun from the Hartree-Fock orbitals of the nearest one before.

    All electrons are correlated in all orbitals, over unrestricted orbitals where some are unpaired. The gradient is
    analytic (Scheiner, Scuseria, Rice, Lee and Schaefer, J. Chem. Phys. 87, 5361 (1987)). Dipole moments are those of
    the density without the orbitals' response to a field, as is usual: some hundredths of a debye.

    Args:
        molecule: Where the surface begins.

    Raises:
        ValueError: If there is only one electron, or no empty orbital.
    """

    def __init__(self, molecule: Molecule) -> None:
        space = molecule.active_space()
        if space.n_electrons < 2 or space.n_beta == space.n_orbitals:
            raise ValueError(
                f"Coupled cluster excites pairs of electrons into empty orbitals, but {molecule.formula} in "
                f"{molecule.basis_name} has {space.n_electrons} electrons in {space.n_orbitals} orbitals: "
                "Hartree-Fock is exact there."
            )
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
            ValueError: If the positions are not as wanted, or a field is given: it would need the orbitals' response.
        """
        from pyscf import cc, scf

        if field is not None:
            raise ValueError("Coupled cluster has no surface in an electric field here: use that of CASSCF.")
        positions = checked_positions(self._molecule, positions)
        own = self._molecule.mean_field.scf
        mol = moved_mol(own.mol, positions)
        reference: Any = scf.RHF(mol) if mol.spin == 0 else scf.UHF(mol)
        reference.conv_tol, reference.conv_tol_grad, reference.max_cycle = 1e-12, 1e-7, 200
        if not self._known:
            self._known.append((positions_of(self._molecule), own.make_rdm1()))
        reference.kernel(min(self._known, key=lambda pair: float(np.linalg.norm(pair[0] - positions)))[1])
        solver: Any = cc.CCSD(reference)
        solver.verbose, solver.max_cycle = 0, 200
        solver.conv_tol, solver.conv_tol_normt = 1e-10, 1e-8
        solver.kernel()
        solver.solve_lambda()
        density = np.asarray(solver.make_rdm1(ao_repr=True))
        density = density if density.ndim == 2 else density.sum(axis=0)
        gradient = np.asarray(solver.nuc_grad_method().kernel())
        converged = bool(reference.converged and solver.converged and solver.converged_lambda)
        if reference.converged:
            self._known.append((positions, reference.make_rdm1()))
        return SurfacePoint(
            positions=positions,
            energy=float(solver.e_tot),
            gradient=gradient,
            dipole=dipole_of(mol, density),
            converged=converged,
        )
