"""Coupled-cluster amplitudes in a problem's own orbitals, for circuits that start from them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chemistry.excitations import Excitation, starting_amplitude
from chemistry.problem import ElectronicProblem

_LARGEST = 1.0  # amplitudes beyond it are those of a calculation that broke down


@dataclass(frozen=True, kw_only=True)
class Amplitudes:
    """Singles and doubles of one reference, over all orbitals; what excites from empty or to occupied ones is zero."""

    singles: np.ndarray = field(repr=False)  # shape: (n_orbitals, n_orbitals), [a, i], the mean of both spins
    doubles: np.ndarray = field(repr=False)  # shape: (n_orbitals,) * 4, [a, i, b, j], i up to a and j down to b
    source: str  # "CCSD" or "MP2"


def coupled_cluster_amplitudes(problem: ElectronicProblem) -> Amplitudes:
    """CCSD's amplitudes; MP2's where its equations do not converge or have a solution with amplitudes above one.

    The orbitals are taken as they are: the equations hold for orbitals that are not canonical as well.
    """
    found = _ccsd(problem) if problem.n_beta and problem.n_alpha < problem.n_orbitals else None
    return _mp2(problem) if found is None else found


def _ccsd(problem: ElectronicProblem) -> Amplitudes | None:
    from pyscf import ao2mo, cc, gto, scf

    n, n_alpha, n_beta = problem.n_orbitals, problem.n_alpha, problem.n_beta
    molecule = gto.M(verbose=0)
    molecule.nelectron, molecule.spin, molecule.nao = n_alpha + n_beta, n_alpha - n_beta, n
    molecule.incore_anyway = True
    occupation = np.zeros((2, n))
    occupation[0, :n_alpha], occupation[1, :n_beta] = 1, 1
    field_ = scf.UHF(molecule)
    field_.get_hcore = lambda *_: problem.one_body
    field_.get_ovlp = lambda *_: np.eye(n)
    field_.energy_nuc = lambda *_: problem.constant
    field_._eri = ao2mo.restore(8, problem.two_body, n)
    field_.mo_coeff, field_.mo_occ = np.array([np.eye(n), np.eye(n)]), occupation
    field_.mo_energy = np.array([problem.orbital_energies] * 2)
    solver = cc.UCCSD(field_)
    solver.conv_tol, solver.max_cycle = 1e-8, 100
    solver.diis = n_alpha * (n - n_alpha) > solver.diis_space
    with np.errstate(all="ignore"):
        solver.kernel()
    if not solver.converged:
        return None
    up, down = solver.t1
    mixed = solver.t2[1]
    singles, doubles = np.zeros((n, n)), np.zeros((n, n, n, n))
    singles[n_alpha:, :n_alpha] += 0.5 * up.T
    singles[n_beta:, :n_beta] += 0.5 * down.T
    doubles[n_alpha:, :n_alpha, n_beta:, :n_beta] = mixed.transpose(2, 0, 3, 1)
    if not np.abs(doubles).max(initial=0.0) <= _LARGEST:  # not a number counts as too large
        return None
    return Amplitudes(singles=singles, doubles=doubles, source="CCSD")


def _mp2(problem: ElectronicProblem) -> Amplitudes:
    n = problem.n_orbitals
    doubles = np.zeros((n, n, n, n))
    for a in range(problem.n_alpha, n):
        for i in range(problem.n_alpha):
            for b in range(problem.n_beta, n):
                for j in range(problem.n_beta):
                    doubles[a, i, b, j] = _mixed(problem, i, j, a, b)
    return Amplitudes(singles=np.zeros((n, n)), doubles=doubles, source="MP2")


def _mixed(problem: ElectronicProblem, i: int, j: int, a: int, b: int) -> float:
    """The amplitude of a†_a↑ a†_b↓ a_j↓ a_i↑; the order of wires in an excitation may reverse the pairs."""
    sources, targets = (2 * i, 2 * j + 1), (2 * a, 2 * b + 1)
    sign = (-1 if sources[0] > sources[1] else 1) * (-1 if targets[0] > targets[1] else 1)
    low, high = sorted(sources), sorted(targets)
    return sign * starting_amplitude(problem, Excitation((low[0], low[1]), (high[0], high[1])))
