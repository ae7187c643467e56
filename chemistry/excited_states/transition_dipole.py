"""How strongly light couples two states: transition dipoles in the length gauge, and oscillator strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chemistry.excited_states.determinant_vector import DeterminantVector
    from chemistry.problem import ElectronicProblem


def position_integrals(problem: ElectronicProblem) -> np.ndarray | None:
    """<p|r|q> over the active orbitals from the centre of nuclear charge, bohr, shape (3, n_orbitals, n_orbitals).

    None if the problem does not know its orbitals.
    """
    if problem.orbitals is None or problem.mean_field is None:
        return None
    mol = problem.mean_field.scf.mol
    charges = mol.atom_charges()
    with mol.with_common_origin(charges @ mol.atom_coords() / charges.sum()):
        integrals = mol.intor_symmetric("int1e_r", comp=3)
    return np.einsum("ip,xij,jq->xpq", problem.orbitals, integrals, problem.orbitals)


def transition_dipole(problem: ElectronicProblem, bra: DeterminantVector, ket: DeterminantVector) -> np.ndarray | None:
    """-<bra|r|ket> summed over electrons, in e bohr, shape (3,); None if the problem does not know its orbitals.

    Electrons of a frozen core contribute nothing between orthogonal states.
    """
    integrals = position_integrals(problem)
    if integrals is None:
        return None
    return -np.array([bra.dot(ket.times_one_body(component)) for component in integrals])


def oscillator_strength(excitation_energy: float, dipole: np.ndarray) -> float:
    """2/3 of the excitation energy (hartree) times the squared transition dipole (atomic units); without a unit."""
    return float(2.0 / 3.0 * excitation_energy * np.linalg.norm(dipole) ** 2)
