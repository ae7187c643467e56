"""A self-consistent field within the active orbitals, with given numbers of electrons in each irrep.

Frozen electrons stay as they are and active orbitals are only rotated among themselves, so no exact energy changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chemistry.integrals.orbital_rotation import rotated_problem
from chemistry.problem import ElectronicProblem


def solve_active_field(
    problem: ElectronicProblem, electrons: Mapping[int, tuple[int, int]]
) -> ElectronicProblem | None:
    """The same problem over the orbitals of another restricted field.

    Args:
        problem: Over orbitals that both spins share.
        electrons: Those of spin up and of spin down, by irrep; not fewer up than down.

    Returns:
        The problem over its orbitals, ordered by occupation, energy and irrep; None if the field does not converge.
    """
    from pyscf.scf import hf_symm

    mol = _active_mole(problem)
    closed = mol.spin == 0
    solver = _with_integrals(hf_symm.SymAdaptedRHF(mol) if closed else hf_symm.SymAdaptedROHF(mol), problem)
    solver.irrep_nelec = {str(label): sum(counts) if closed else counts for label, counts in electrons.items()}
    occupations = np.zeros((2, problem.n_orbitals))
    for label, counts in electrons.items():
        members = np.flatnonzero(problem.irreps == label)
        members = members[np.argsort(problem.orbital_energies[members], kind="stable")]
        for spin, count in enumerate(counts):
            occupations[spin, members[:count]] = 1
    density = np.array([np.diag(row) for row in occupations])
    density = density.sum(axis=0) if closed else density
    try:
        solver.kernel(density)
    except (np.linalg.LinAlgError, AttributeError):
        # Extrapolation met a singular matrix, for which PySCF asks numpy by a name that it no longer has.
        solver.diis = False
        solver.kernel(density)
    if not solver.converged:
        irrep_nelec = solver.irrep_nelec
        solver = solver.newton()
        solver.irrep_nelec = irrep_nelec
        solver.kernel(solver.mo_coeff, solver.mo_occ)
    if not solver.converged:
        return None
    irreps = np.array([problem.irreps[np.argmax(np.abs(column))] for column in solver.mo_coeff.T])
    energies = np.asarray(solver.mo_energy)
    order = np.lexsort((irreps, np.round(energies, 5), -solver.mo_occ))
    return rotated_problem(
        problem, np.asarray(solver.mo_coeff)[:, order], irreps=irreps[order], orbital_energies=energies[order]
    )


def _active_mole(problem: ElectronicProblem) -> Any:
    """A PySCF molecule with no atoms, whose symmetry-adapted orbitals are the active ones."""
    from pyscf import gto

    class Mole(gto.Mole):
        """The second-order search labels orbitals by the overlap of a molecule's functions, of which this has none."""

        def intor_symmetric(self, *_: Any, **__: Any) -> np.ndarray:
            return np.eye(problem.n_orbitals)

    mol = Mole(verbose=0).build(dump_input=False, parse_arg=False)
    mol.nelectron, mol.spin = problem.n_electrons, problem.n_alpha - problem.n_beta
    mol.nao = problem.n_orbitals
    mol.incore_anyway = True
    mol.symmetry, mol.groupname = True, problem.point_group
    mol.irrep_id = sorted(set(problem.irreps.tolist()))
    mol.irrep_name = [str(label) for label in mol.irrep_id]
    mol.symm_orb = [np.eye(problem.n_orbitals)[:, problem.irreps == label] for label in mol.irrep_id]
    return mol


def _with_integrals(solver: Any, problem: ElectronicProblem) -> Any:
    from pyscf import ao2mo

    solver.get_hcore = lambda *_: problem.one_body
    solver.get_ovlp = lambda *_: np.eye(problem.n_orbitals)
    solver.energy_nuc = lambda *_: problem.constant
    solver._eri = ao2mo.restore(8, problem.two_body, problem.n_orbitals)
    solver.conv_tol, solver.max_cycle = 1e-11, 200
    return solver
