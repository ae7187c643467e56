"""PySCF's mean field over a problem's integrals, from which its correlated methods start."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import comb
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from chemistry.hartree_fock.self_consistency import converged_field
from chemistry.integrals.spin_integrals import BetaIntegrals
from chemistry.problem import ElectronicProblem, check_problem
from chemistry.threads import one_thread_if

SMALL_DIMENSION = 200_000  # determinants up to which one thread and many vectors are kept

P = ParamSpec("P")
R = TypeVar("R")


def n_determinants(problem: ElectronicProblem) -> int:
    """The number of determinants with the problem's electrons of each spin, of any symmetry."""
    return comb(problem.n_orbitals, problem.n_alpha) * comb(problem.n_orbitals, problem.n_beta)


def on_few_threads(
    solve: Callable[Concatenate[ElectronicProblem, P], R],
) -> Callable[Concatenate[ElectronicProblem, P], R]:
    """Solve a small problem on one thread: more would spend their time waiting for each other.

    What is no electronic problem is refused first.
    """

    @wraps(solve)
    def solved(problem: ElectronicProblem, *args: P.args, **kwargs: P.kwargs) -> R:
        check_problem(problem, solve.__name__)
        with one_thread_if(n_determinants(problem) <= SMALL_DIMENSION):
            return solve(problem, *args, **kwargs)

    return solved


def silent_mole() -> Any:
    """A PySCF molecule without atoms that prints nothing and is content with memory as it is."""
    from pyscf import gto

    mol = gto.M(verbose=0)
    mol.max_memory = 100_000
    return mol


def pyscf_reference(problem: ElectronicProblem) -> Any:
    """A PySCF mean field over the problem's integrals: restricted for a closed shell, unrestricted otherwise."""
    from pyscf import ao2mo, scf

    problem = problem.canonical or problem

    mol = silent_mole()
    mol.nelectron = problem.n_electrons
    mol.spin = problem.n_alpha - problem.n_beta
    mol.incore_anyway = True
    n_orbitals = problem.n_orbitals
    if problem.beta is not None:
        return _unrestricted_reference(problem, problem.beta, mol)
    mol.nao = n_orbitals
    # The classes themselves: for one electron `scf.UHF` gives a solver that counts the constant twice.
    solver = scf.hf.RHF(mol) if mol.spin == 0 else scf.uhf.UHF(mol)
    solver.get_hcore = lambda *_: problem.one_body
    solver.get_ovlp = lambda *_: np.eye(n_orbitals)
    solver.energy_nuc = lambda *_: problem.constant
    solver._eri = ao2mo.restore(8, problem.two_body, n_orbitals)
    occupation = np.zeros((2, n_orbitals))
    occupation[0, : problem.n_alpha] = 1
    occupation[1, : problem.n_beta] = 1
    density = np.array([np.diag(row) for row in occupation])
    return converged_field(solver, density.sum(axis=0) if mol.spin == 0 else density)


def _unrestricted_reference(problem: ElectronicProblem, beta: BetaIntegrals, mol: Any) -> Any:
    """A PySCF mean field whose basis is the orbitals of spin up, then those of spin down, that never mix."""
    from pyscf import ao2mo, scf

    n = problem.n_orbitals
    up, down = slice(0, n), slice(n, 2 * n)
    bare = np.zeros((2 * n, 2 * n))
    bare[up, up], bare[down, down] = problem.one_body, beta.one_body
    repulsion = np.zeros((2 * n,) * 4)
    repulsion[up, up, up, up], repulsion[down, down, down, down] = problem.two_body, beta.two_body
    repulsion[up, up, down, down], repulsion[down, down, up, up] = beta.mixed, beta.mixed.transpose(2, 3, 0, 1)

    def eigenvectors(focks: Any, *_: Any, **__: Any) -> tuple[np.ndarray, np.ndarray]:
        energies, orbitals = np.empty((2, n)), np.zeros((2, 2 * n, n))
        for spin, here in enumerate((up, down)):
            energies[spin], orbitals[spin, here] = np.linalg.eigh(focks[spin][here, here])
        return energies, orbitals

    mol.nao = 2 * n
    solver = scf.uhf.UHF(mol)
    solver.get_hcore = lambda *_: bare
    solver.get_ovlp = lambda *_: np.eye(2 * n)
    solver.energy_nuc = lambda *_: problem.constant
    solver.eig = eigenvectors
    solver._eri = ao2mo.restore(8, repulsion, 2 * n)
    solver.conv_tol, solver.max_cycle = 1e-11, 200
    occupation = np.zeros((2, 2 * n))
    occupation[0, : problem.n_alpha] = 1
    occupation[1, n : n + problem.n_beta] = 1
    solver.kernel(np.array([np.diag(row) for row in occupation]))
    return solver
