"""Unitary coupled cluster with generalised singles and doubles."""

from __future__ import annotations

from itertools import combinations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import (
    Group,
    circuit_of_groups,
    movable,
    starting_amplitudes,
    with_spin_partners,
)
from chemistry.excitations import Excitation, is_allowed, reference_excitations
from chemistry.problem import ElectronicProblem


def uccgsd(problem: ElectronicProblem) -> ExcitationCircuit:
    """Singles and doubles between any spin orbitals, occupied or not, as far as symmetry allows them.

    The doubles and then the singles of UCCSD act first; all others then take the excited determinants further, so that
    higher excitations become independent of the doubles. In a closed shell an excitation and its spin-flipped partner
    share an amplitude. The number of gates grows with the fourth power of the orbitals.

    Nooijen, Phys. Rev. Lett. 84, 2108 (2000); Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311
    (2019).

    Args:
        problem: The electronic problem.

    Returns:
        The ansatz, starting from MP2 amplitudes.
    """
    singles, doubles = reference_excitations(problem)
    groups = movable(problem, with_spin_partners(problem, [*doubles, *singles])) + generalised_groups(problem)
    return circuit_of_groups(problem, groups, name="UCCGSD", initial_params=starting_amplitudes(problem, groups))


def generalised_groups(problem: ElectronicProblem) -> list[Group]:
    """Doubles and then singles between any spin orbitals that UCCSD does not have, one group per parameter."""
    singles, doubles = reference_excitations(problem)
    known = {*singles, *doubles}
    others = [e for e in (*_between(problem, 2), *_between(problem, 1)) if e not in known]
    return movable(problem, with_spin_partners(problem, others))


def _between(problem: ElectronicProblem, n_electrons: int) -> list[Excitation]:
    """Each two disjoint sets of wires once, from the one with more electrons in the reference to the other."""
    occupied = problem.reference_occupation
    found = []
    for lower, upper in combinations(combinations(range(problem.n_wires), n_electrons), 2):
        if set(lower).isdisjoint(upper) and is_allowed(problem, lower, upper):
            upwards = occupied[list(lower)].sum() >= occupied[list(upper)].sum()
            found.append(Excitation(lower, upper) if upwards else Excitation(upper, lower))
    return found
