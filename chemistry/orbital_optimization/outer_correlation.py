"""Second-order perturbation theory on what a circuit makes: the correlation of the electrons outside its window.

Strongly contracted, with Dyall's Hamiltonian: Angeli, Cimiraglia, Evangelisti, Leininger and Malrieu,
J. Chem. Phys. 114, 10252 (2001). PySCF computes it from the circuit's amplitudes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.threads import SMALL_BASIS, one_thread_if

if TYPE_CHECKING:
    from chemistry.orbital_optimization.orbital_optimized_vqe import OrbitalOptimizedResult

_MOST_ACTIVE = 14  # orbitals: densities of four electrons over more do not fit


@dataclass(frozen=True, kw_only=True)
class PerturbedEnergy:
    """An energy with a second-order correction."""

    energy: float  # hartree
    correction: float  # hartree, of second order
    active_energy: float  # hartree, that of the circuit
    converged: bool  # whether the circuit's search was


def nevpt2(result: OrbitalOptimizedResult) -> PerturbedEnergy:
    """Correct the energy of an orbital-optimized circuit for the correlation of all other orbitals.

    Args:
        result: Of `oo_vqe` for one state and without surroundings.

    Raises:
        ValueError: If it is of several states or in surroundings, its state is not real, or its window has more than 14
            orbitals.
    """
    from pyscf import mcscf, mrpt

    solution, problem = result.solution, result.problem
    if len(solution.vectors) != 1 or solution.environments:
        raise ValueError(
            f"nevpt2 takes the result of oo_vqe for one state without surroundings, but this one has"
            f" {len(solution.vectors)} states and {len(solution.environments)} surroundings."
        )
    if problem.n_orbitals > _MOST_ACTIVE:
        raise ValueError(
            f"nevpt2 takes windows of up to {_MOST_ACTIVE} orbitals, but this one has {problem.n_orbitals}: choose a"
            " smaller active space."
        )
    vector = np.asarray(solution.vectors[0])
    if np.iscomplexobj(vector):
        raise ValueError("nevpt2 takes a state of real amplitudes, but the circuit's are complex: use another ansatz.")
    with one_thread_if(solution.mol.nao <= SMALL_BASIS):
        field: Any = _field(result)
        window: Any = mcscf.CASCI(
            field, problem.n_orbitals, (problem.n_alpha, problem.n_beta), ncore=solution.space.n_frozen
        )
        window.mo_coeff, window.ci, window.e_tot = result.orbitals, vector, result.energy
        window.verbose = 0
        correction = float(mrpt.NEVPT(window).run(verbose=0).e_corr)
    return PerturbedEnergy(
        energy=result.energy + correction,
        correction=correction,
        active_energy=result.energy,
        converged=result.status.converged,
    )


def _field(result: OrbitalOptimizedResult) -> Any:
    """A mean field of the molecule without its point group, which optimized orbitals need not have."""
    from pyscf import scf

    mol = result.solution.mol.copy()
    mol.symmetry = False
    field = scf.hf.RHF(mol) if mol.spin == 0 else scf.rohf.ROHF(mol)
    field.mo_coeff, field.converged = result.orbitals, True
    return field
