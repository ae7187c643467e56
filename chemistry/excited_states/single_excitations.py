"""Configuration interaction of single excitations: the simplest classical excited states, in a window or at large.

The lowest singlet and the lowest triplet of CIS, which is time-dependent Hartree-Fock in the Tamm-Dancoff
approximation (TDA): in an active space with that space's integrals, and over all orbitals of a molecule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.excited_states.requirements import check_shared_orbitals
from chemistry.excited_states.state import HARTREE_IN_EV
from chemistry.excited_states.transition_dipole import oscillator_strength, position_integrals

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.problem import ElectronicProblem

_STATES = 3  # of each spin, so that the lowest is not missed
_FITTED = 100  # basis functions from which two-electron integrals are fitted, which costs about a millielectronvolt


@dataclass(frozen=True, kw_only=True)
class SinglesGap:
    """The lowest singlet and triplet of single excitations, above a closed-shell reference determinant."""

    s1_excitation: float  # hartree
    t1_excitation: float  # hartree; below zero where the reference is unstable towards triplets
    oscillator_strength: float | None  # of the singlet, in the length gauge; None where the orbitals are unknown
    converged: bool

    @property
    def s1_t1_ev(self) -> float:
        """E(S1) - E(T1) in electronvolts."""
        return (self.s1_excitation - self.t1_excitation) * HARTREE_IN_EV


def singles_gap(problem: ElectronicProblem) -> SinglesGap:
    """CIS in the problem's orbitals, both spins diagonalised densely.

    Foresman, Head-Gordon, Pople and Frisch, J. Phys. Chem. 96, 135 (1992).

    Args:
        problem: With a closed-shell reference determinant and an empty orbital.

    Raises:
        ValueError: If it has another reference.
    """
    from chemistry.problem import reference_fock

    check_shared_orbitals(problem)
    n, pairs = problem.n_orbitals, problem.n_alpha
    if problem.n_beta != pairs or not 0 < pairs < n:
        raise ValueError(
            "Single excitations of a closed shell need as many electrons of spin up as down and an empty orbital, but"
            f" there are {problem.n_alpha} and {problem.n_beta} electrons in {n} orbitals."
        )
    fock = reference_fock(problem.one_body, problem.two_body, pairs, pairs)
    full, empty = slice(0, pairs), slice(pairs, n)
    steps = np.einsum("ab,ij->iajb", fock[empty, empty], np.eye(pairs))
    steps -= np.einsum("ij,ab->iajb", fock[full, full], np.eye(n - pairs))
    coulomb = problem.two_body[full, full, empty, empty].transpose(0, 2, 1, 3)  # (ij|ab)
    exchange = problem.two_body[full, empty, full, empty]  # (ia|jb)
    size = pairs * (n - pairs)
    triplets = np.linalg.eigvalsh((steps - coulomb).reshape(size, size))
    singlets, columns = np.linalg.eigh((steps - coulomb + 2.0 * exchange).reshape(size, size))
    positions = position_integrals(problem)
    strength = None
    if positions is not None:
        amplitudes = columns[:, 0].reshape(pairs, n - pairs)
        dipole = -np.sqrt(2.0) * np.einsum("xia,ia->x", positions[:, full, empty], amplitudes)
        strength = oscillator_strength(float(singlets[0]), dipole)
    return SinglesGap(
        s1_excitation=float(singlets[0]),
        t1_excitation=float(triplets[0]),
        oscillator_strength=strength,
        converged=True,
    )


def whole_molecule_singles_gap(mean_field: MeanField) -> SinglesGap:
    """CIS over all orbitals of a molecule, by PySCF's iteration; of a large one with density-fitted integrals.

    Args:
        mean_field: Closed-shell Hartree-Fock.

    Raises:
        ValueError: If the field has unpaired electrons.
    """
    from pyscf import tdscf

    solver: Any = mean_field.scf
    if solver.mol.spin:
        raise ValueError(
            f"Single excitations of a closed shell need a molecule without unpaired electrons, but it has"
            f" {solver.mol.spin}: set its spin to 0."
        )
    solver = solver.undo_soscf() if hasattr(solver, "undo_soscf") else solver
    if solver.mol.nao > _FITTED:
        solver = solver.density_fit()
    rotations = int(np.count_nonzero(mean_field.occupations > 0) * np.count_nonzero(mean_field.occupations == 0))
    found = {}
    for singlet in (True, False):
        one = tdscf.TDA(solver)
        one.singlet, one.nstates = singlet, min(_STATES, rotations)
        one.kernel()
        lowest = int(np.argmin(one.e))
        found[singlet] = one, lowest
    singlet, first = found[True]
    triplet, lowest = found[False]
    return SinglesGap(
        s1_excitation=float(singlet.e[first]),
        t1_excitation=float(triplet.e[lowest]),
        oscillator_strength=float(singlet.oscillator_strength()[first]),
        converged=bool(np.all(singlet.converged[first]) and np.all(triplet.converged[lowest])),
    )
