"""Unitary coupled cluster with singles and doubles, in its factorised form."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import circuit_of_groups, one_by_one, starting_amplitudes
from chemistry.ansatz.layers import check_layers, layered
from chemistry.excitations import reference_excitations
from chemistry.problem import ElectronicProblem

Order = Literal["doubles first", "singles first"]


def uccsd(problem: ElectronicProblem, *, order: Order = "doubles first", repetitions: int = 1) -> ExcitationCircuit:
    """One gate and one parameter per excitation that symmetry allows.

    Doubles first, because singles after them relax the orbitals of the correlated state; before them they would act on
    the Hartree-Fock determinant, which by Brillouin's theorem they cannot improve.

    Peruzzo et al., Nature Communications 5, 4213 (2014); the factorised form: Evangelista, Chan and Scuseria, J. Chem.
    Phys. 151, 244112 (2019).

    Args:
        problem: The electronic problem.
        order: Which gates act first.
        repetitions: How often the whole is applied, each time with parameters of its own.

    Returns:
        The ansatz; the first repetition starts from MP2 amplitudes, the others from zero.

    Raises:
        ValueError: If the order is another, or there is not at least one repetition.
    """
    if order not in get_args(Order):
        raise ValueError(f"The order is 'doubles first' or 'singles first', but {order!r} was given.")
    check_layers(repetitions, "repetitions")
    singles, doubles = reference_excitations(problem)
    once = one_by_one((*doubles, *singles) if order == "doubles first" else (*singles, *doubles))
    start = starting_amplitudes(problem, once)
    return circuit_of_groups(
        problem,
        once * repetitions,
        name="UCCSD" if repetitions == 1 else layered("UCCSD", repetitions, "repetition"),
        initial_params=np.concatenate([start, np.zeros((repetitions - 1) * len(once))]),
    )
