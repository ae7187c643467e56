"""Analytic nuclear gradients of energies that are stationary in circuit and orbitals.

No response is needed there: the gradient is that of the integrals, contracted with the density matrices and, for the
orthonormality of the orbitals, with the generalised Fock matrix. PySCF's gradient of a CASSCF does just that, whatever
the density matrices come from (Taylor, J. Comput. Chem. 5, 589 (1984)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from chemistry.orbital_optimization.orbital_energy import OrbitalSolution
    from chemistry.orbital_optimization.orbital_optimized_vqe import OrbitalOptimizedResult


def nuclear_gradient(result: OrbitalOptimizedResult) -> np.ndarray:
    """The derivative of the energy by the positions of the nuclei; of the mean energy where there are several states.

    Its error is of the first order in what the search left of the gradient (`result.gradient_norm`).

    Args:
        result: Of `oo_vqe`.

    Returns:
        Shape (n_atoms, 3), hartree/bohr.
    """
    return gradient_of(result.solution)


def gradient_of(solution: OrbitalSolution) -> np.ndarray:
    """See `nuclear_gradient`."""
    from pyscf import mcscf, scf

    space, mol = solution.space, solution.mol.copy()
    mol.symmetry = False
    electrons = mol.nelectron - 2 * space.n_frozen
    driver: Any = mcscf.CASSCF(scf.RHF(mol), space.n_active, electrons, ncore=space.n_frozen)
    driver.verbose = 0
    driver.mo_coeff = space.coefficients
    driver.ci = solution
    driver.fcisolver = _Densities()
    hcore = driver.get_hcore()
    for environment in solution.environments:
        hcore = hcore + environment.energy_and_potential(solution.density)[1]
    driver.get_hcore = lambda *_: hcore
    gradient = np.asarray(driver.nuc_grad_method().kernel())
    for environment in solution.environments:
        gradient = gradient + environment.nuclear_gradient(solution.density)
    return gradient


class _Densities:
    """What PySCF's gradient asks of a CI solver."""

    def make_rdm12(self, solution: OrbitalSolution, *_: Any) -> tuple[np.ndarray, np.ndarray]:
        return solution.one_body_density, solution.two_body_density
