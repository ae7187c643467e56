"""k products of unitary pair coupled cluster with generalised singles and doubles."""

from __future__ import annotations

from itertools import combinations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import circuit_of_groups, displaced_layers, orbital_rotation, pair_exchange
from chemistry.ansatz.layers import check_layers
from chemistry.problem import ElectronicProblem


def k_upccgsd(problem: ElectronicProblem, *, k: int = 3, seed: int = 7) -> ExcitationCircuit:
    """K times: pairs of electrons exchanged between any two orbitals, then rotations between any two orbitals.

    Both keep S^2, and the number of gates grows with the square of the orbitals only. What pairs cannot describe in one
    set of orbitals, the next product describes in orbitals that the rotations have turned; that takes the rotations
    that point-group symmetry forbids, so none is left out, and the start displaces all of them a little.

    Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311 (2019).

    Args:
        problem: The electronic problem.
        k: How many products; each has parameters of its own.
        seed: Of the displacement.

    Returns:
        The ansatz, starting from MP2 amplitudes of the pairs.

    Raises:
        ValueError: If there is not at least one product.
    """
    check_layers(k, "products")
    orbitals = list(combinations(range(problem.n_orbitals), 2))
    once = [group for gates in (pair_exchange, orbital_rotation) for p, q in orbitals for group in gates(problem, p, q)]
    return circuit_of_groups(
        problem, once * k, name=f"{k}-UpCCGSD", initial_params=displaced_layers(problem, once, layers=k, seed=seed)
    )
