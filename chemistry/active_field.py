"""Self-consistent fields within the active orbitals, with given numbers of electrons in each irrep.

Frozen electrons stay as they are and active orbitals are only rotated among themselves, so no exact energy changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from chemistry.orbital_rotation import rotated_problem
from chemistry.problem import ElectronicProblem

_MOST_SIGNS = 6  # irreps whose orbitals are mixed with either sign: at most 32 starts


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
    solver.kernel(density.sum(axis=0) if closed else density)
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


def spin_broken_energy(problem: ElectronicProblem) -> float:
    """The lowest unrestricted energy in hartree with the reference's electrons of each spin in each irrep.

    Where bonds break, electrons of opposite spin gather on different atoms. Such fields are found from the orbitals
    around the gap of each irrep, mixed half and half and for spin down with the opposite sign: which sign puts spin up
    on the same atom in two irreps is not known beforehand, so all are tried.
    """
    labels = sorted(set(problem.irreps.tolist()))
    around = []
    for label in labels:
        members = np.flatnonzero(problem.irreps == label)
        occupied, empty = members[members < problem.n_beta], members[members >= problem.n_alpha]
        if len(occupied) and len(empty):
            around.append((occupied[-1], empty[0]))
    energies = [problem.reference_energy]
    for signs in product((1.0, -1.0), repeat=min(len(around), _MOST_SIGNS) - 1 if around else 0):
        spins = np.array([np.eye(problem.n_orbitals)] * 2)
        for (i, a), sign in zip(around, (1.0, *signs, *[1.0] * len(around)), strict=False):
            for coefficients, turn in zip(spins, (sign, -sign), strict=True):
                mixed = np.array([[1.0, turn], [-turn, 1.0]]) / np.sqrt(2.0)
                coefficients[:, [i, a]] = coefficients[:, [i, a]] @ mixed.T
        energies.append(_unrestricted_energy(problem, labels, spins))
    return min(energies)


def _unrestricted_energy(problem: ElectronicProblem, labels: list[int], spins: np.ndarray) -> float:
    from pyscf.scf import uhf_symm

    solver = _with_integrals(uhf_symm.SymAdaptedUHF(_active_mole(problem)), problem)
    counts = (problem.n_alpha, problem.n_beta)
    solver.irrep_nelec = {
        str(label): tuple(int((problem.irreps[:count] == label).sum()) for count in counts) for label in labels
    }
    solver.conv_tol = 1e-7
    occupied = [coefficients[:, :count] for coefficients, count in zip(spins, counts, strict=True)]
    solver.kernel(np.array([c @ c.T for c in occupied]))
    return float(solver.e_tot) if solver.converged else np.inf


def _active_mole(problem: ElectronicProblem) -> Any:
    """A PySCF molecule with no atoms, whose symmetry-adapted orbitals are the active ones."""
    from pyscf import gto

    mol = gto.M(verbose=0)
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
