"""The exact singlet-triplet gap of a small active space: the whole Hamiltonian diagonalised, no state missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from chemistry.excited_states.determinant_vector import DeterminantVector
from chemistry.excited_states.requirements import check_shared_orbitals
from chemistry.excited_states.singlet_triplet import SingletTripletGap
from chemistry.excited_states.state import Found, described

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

MOST_DETERMINANTS = 5000  # a dense matrix of 200 MB; (8,8) has 4,900
_FIRST_STATES = 60  # the lowest, which are nearly always enough
_SAME_ENERGY = 1e-8  # hartree, within which states of different spin are told apart by S^2


def exact_singlet_triplet_gap(problem: ElectronicProblem) -> SingletTripletGap:
    """The two lowest singlets and the lowest triplet by dense diagonalisation over all determinants.

    Unlike an iteration from a few guesses it cannot miss a state: every eigenvalue of the matrix is below, among or
    above those returned. In an active space it is CASCI.

    Args:
        problem: The electronic problem, with as many electrons of spin up as down.

    Raises:
        ValueError: If there is no triplet, or there are more than 5,000 determinants.
    """
    check_shared_orbitals(problem)
    n, pairs = problem.n_orbitals, problem.n_alpha
    if problem.n_beta != pairs or not 0 < pairs < n:
        raise ValueError(
            "An exact singlet-triplet gap needs as many electrons of spin up as down and an empty orbital, but there"
            f" are {problem.n_alpha} and {problem.n_beta} electrons in {n} orbitals."
        )
    if comb(n, pairs) ** 2 > MOST_DETERMINANTS:
        raise ValueError(
            f"The exact gap is computed for up to {MOST_DETERMINANTS:,} determinants, but ({2 * pairs},{n}) has"
            f" {comb(n, pairs) ** 2:,}: take a smaller active space."
        )
    singlets: list[Found] = []
    triplets: list[Found] = []
    for energy, multiplicity, vector in _states(problem):
        found = Found(vector=vector, energy=energy, converged=True, status="Exact, by dense diagonalisation.")
        if multiplicity in (1, 3):
            (singlets if multiplicity == 1 else triplets).append(found)
        if len(singlets) > 1 and triplets:
            break
    s0, s1 = described(problem, singlets[:2])
    (t1,) = described(problem, triplets[:1])
    status = "Exact, by dense diagonalisation."
    if t1.energy < s0.energy:
        status += " The ground state is the triplet."
    t1 = replace(t1, excitation_energy=t1.energy - s0.energy, oscillator_strength=0.0)
    return SingletTripletGap(s0=s0, s1=s1, t1=t1, status=status)


def _states(problem: ElectronicProblem) -> Iterator[tuple[float, int, DeterminantVector]]:
    """Energies in hartree, multiplicities and vectors of all states of S_z = 0, lowest first."""
    from pyscf.fci import direct_spin1
    from scipy.linalg import eigh

    n, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    shape = (comb(n, electrons[0]), comb(n, electrons[1]))
    dimension = shape[0] * shape[1]
    # With as many determinants asked for as there are, this is the matrix over all of them, in their own order.
    places, matrix = direct_spin1.pspace(problem.one_body, problem.two_body, n, electrons, np=dimension)
    ordered = np.empty_like(matrix)
    ordered[np.ix_(places, places)] = matrix
    counts = [min(_FIRST_STATES, dimension)] + ([dimension] if dimension > _FIRST_STATES else [])
    given = 0
    for count in counts:
        energies, columns = eigh(ordered, subset_by_index=(0, count - 1))
        energies += problem.constant
        levels = np.split(np.arange(count), 1 + np.flatnonzero(np.diff(energies) > _SAME_ENERGY))
        if count < dimension:
            levels = levels[:-1]  # the last one may go on
        for level in levels:
            if level[0] < given:
                continue
            for multiplicity, column in _of_pure_spin(columns[:, level].T.reshape(-1, *shape), n, electrons):
                yield float(energies[level].mean()), multiplicity, DeterminantVector(n, {electrons: column})
            given = int(level[-1]) + 1


def _of_pure_spin(vectors: np.ndarray, n_orbitals: int, electrons: tuple[int, int]) -> Iterator[tuple[int, np.ndarray]]:
    """Multiplicities and vectors of one level's states, which a diagonalisation may have mixed."""
    from pyscf.fci import spin_op

    images = np.array([spin_op.contract_ss(vector, n_orbitals, electrons) for vector in vectors])
    matrix = np.tensordot(vectors, images, axes=((1, 2), (1, 2)))
    values, mixtures = np.linalg.eigh(0.5 * (matrix + matrix.T))
    for value, mixture in zip(values.tolist(), mixtures.T, strict=True):
        multiplicity = round(float(np.sqrt(4.0 * max(value, 0.0) + 1.0)))
        yield multiplicity, np.tensordot(mixture, vectors, axes=1)
