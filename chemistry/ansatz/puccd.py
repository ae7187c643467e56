"""Unitary pair coupled cluster with doubles."""

from __future__ import annotations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import circuit_of_groups, pair_exchange, starting_amplitudes
from chemistry.problem import ElectronicProblem


def puccd(problem: ElectronicProblem) -> ExcitationCircuit:
    """Pairs of electrons move from doubly occupied to empty orbitals; the pairs are hard-core bosons.

    The state holds the determinants without a broken pair, and no others: it is for correlation within bonds, in
    orbitals that fit, as orbital optimization makes them. Singly occupied orbitals stay as they are. The gates have no
    Jordan-Wigner strings, and the circuit reaches one state per distribution of the pairs.

    Elfving et al., Phys. Rev. A 103, 032605 (2021); O'Brien et al., Nature Physics 19, 1787 (2023).

    Args:
        problem: The electronic problem.

    Returns:
        The ansatz, starting from MP2 amplitudes.
    """
    n_pairs, n_occupied = sorted((problem.n_alpha, problem.n_beta))
    groups = [
        group
        for i in range(n_pairs)
        for a in range(n_occupied, problem.n_orbitals)
        for group in pair_exchange(problem, i, a)
    ]
    return circuit_of_groups(problem, groups, name="pUCCD", initial_params=starting_amplitudes(problem, groups))
