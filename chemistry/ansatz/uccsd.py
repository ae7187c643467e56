"""Unitary coupled cluster with singles and doubles, in its factorised form."""

from __future__ import annotations

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import reference_excitations, starting_amplitude
from chemistry.problem import ElectronicProblem


def uccsd(problem: ElectronicProblem) -> ExcitationCircuit:
    """One gate and one parameter per excitation that symmetry allows: doubles first, then singles.

    Doubles first, because singles after them relax the orbitals of the correlated state; before them they would act on
    the Hartree-Fock determinant, which by Brillouin's theorem they cannot improve.

    Peruzzo et al., Nature Communications 5, 4213 (2014); the factorised form: Evangelista, Chan and Scuseria, J. Chem.
    Phys. 151, 244112 (2019).

    Args:
        problem: The electronic problem.

    Returns:
        The ansatz, starting from MP2 amplitudes.
    """
    singles, doubles = reference_excitations(problem)
    excitations = (*doubles, *singles)
    return ExcitationCircuit(
        name="UCCSD",
        reference_occupation=problem.reference_occupation,
        excitations=excitations,
        parameter_of=tuple(range(len(excitations))),
        factors=(1.0,) * len(excitations),
        initial_params=np.array([starting_amplitude(problem, excitation) for excitation in excitations]),
    )
