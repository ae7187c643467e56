"""What is known of an electronic state, and of the states that a method found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from chemistry.excited_states.determinant_vector import DeterminantVector
from chemistry.excited_states.transition_dipole import oscillator_strength, transition_dipole

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

HARTREE_IN_EV = 27.211386245988  # CODATA 2018
FAR = 0.1  # hartree, of a residual that calls for a word
_SAME_ENERGY = 1e-6  # hartree
_PURE_SPIN = 0.02  # in S^2: what a state may be off before it is said to mix spins


@dataclass(frozen=True, kw_only=True)
class ElectronicState:
    """One electronic state, with its quantum numbers and how strongly light leads to it from the ground state."""

    energy: float  # hartree, nuclear repulsion and frozen core included
    excitation_energy: float  # hartree, above the first state of the result
    n_electrons: float  # <N> of the active electrons
    spin_projection: float  # <S_z>, in units of hbar
    spin_squared: float  # <S^2>, in units of hbar^2
    irrep: str | None  # of the point group in use; None for a state that mixes several
    oscillator_strength: float | None  # from the first state; None where the orbitals are unknown
    transition_dipole: np.ndarray | None = field(repr=False)  # shape: (3,), atomic units (e bohr)
    residual: float  # hartree: |(H - energy) psi|; an exact energy lies at most this far away
    converged: bool
    status: str  # one or two sentences
    vector: DeterminantVector = field(repr=False)

    @property
    def multiplicity(self) -> int | None:
        """2 S + 1, or None if S^2 belongs to no spin."""
        nearest = round(float(np.sqrt(4.0 * self.spin_squared + 1.0)))
        return nearest if abs(self.spin_squared - 0.25 * (nearest**2 - 1)) <= _PURE_SPIN else None

    @property
    def excitation_ev(self) -> float:
        """The excitation energy in electronvolts."""
        return self.excitation_energy * HARTREE_IN_EV

    def density_matrices(self) -> DensityMatrices:
        """The state's reduced density matrices over the active orbitals, for its properties."""
        return self.vector.density_matrices()


@dataclass(frozen=True, kw_only=True)
class ExcitedStates:
    """The states that a method found, lowest first."""

    method: str
    states: tuple[ElectronicState, ...]
    n_params: int  # of the circuit
    n_evaluations: int  # of energy and gradient, in all
    status: str  # one sentence on the whole

    @property
    def energies(self) -> np.ndarray:
        """Hartree, shape (n_states,)."""
        return np.array([state.energy for state in self.states])

    @property
    def excitation_energies(self) -> np.ndarray:
        """Hartree above the first state, shape (n_states - 1,)."""
        return np.array([state.excitation_energy for state in self.states[1:]])

    @property
    def converged(self) -> bool:
        """Whether every state is."""
        return all(state.converged for state in self.states)

    def of_multiplicity(self, multiplicity: int) -> tuple[ElectronicState, ...]:
        """The states of one spin: 1 for singlets, 2 for doublets, 3 for triplets."""
        return tuple(state for state in self.states if state.multiplicity == multiplicity)

    def table(self) -> str:
        """The states as text, one per line."""
        lines = [" #  energy (Ha)    excitation (Ha)   (eV)     N   S_z   S²     2S+1  irrep  f"]
        for number, s in enumerate(self.states):
            doubt = "" if s.converged else "  not converged"
            strength = "-" if s.oscillator_strength is None else f"{s.oscillator_strength:.4f}"
            lines.append(
                f"{number:>2}  {s.energy:<13.6f}  {s.excitation_energy:<12.6f} {s.excitation_ev:>9.3f}"
                f"  {s.n_electrons:>4.1f}  {s.spin_projection:>4.1f}  {s.spin_squared:<5.3f}"
                f"  {s.multiplicity or '?':<4}  {s.irrep or 'mixed':<5}  {strength}{doubt}"
            )
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A state as a method leaves it, before it is described."""

    vector: DeterminantVector  # of length 1
    energy: float  # hartree
    converged: bool
    status: str
    transition_dipole: np.ndarray | None = None  # where the method has its own, which is better than the vectors'


def ascending(found: Sequence[Found]) -> list[Found]:
    """States by energy; those of the same energy stay in the order in which they were found."""
    return sorted(found, key=lambda one: round(one.energy / _SAME_ENERGY))


def described(problem: ElectronicProblem, found: Sequence[Found]) -> tuple[ElectronicState, ...]:
    """States in ascending order of energy, with what can be said of each; the first is the ground state."""
    ordered = ascending(found)
    ground = ordered[0]
    states = []
    for number, one in enumerate(ordered):
        gap = one.energy - ground.energy
        dipole = one.transition_dipole
        if dipole is None and number:
            dipole = transition_dipole(problem, ground.vector, one.vector)
        numbers = one.vector.quantum_numbers()
        label = one.vector.irrep(problem.irreps)
        image = one.vector.times_hamiltonian(problem)
        left = DeterminantVector.combined([image, one.vector], [1.0, -one.energy])
        state = ElectronicState(
            energy=one.energy,
            excitation_energy=gap,
            n_electrons=numbers.n_electrons,
            spin_projection=numbers.spin_projection,
            spin_squared=numbers.spin_squared,
            irrep=None if label is None else irrep_name(problem.point_group, label),
            oscillator_strength=None if dipole is None else oscillator_strength(gap, dipole),
            transition_dipole=dipole,
            residual=left.norm,
            converged=one.converged,
            status=one.status,
            vector=one.vector,
        )
        states.append(_with_doubts(state))
    return tuple(states)


def irrep_name(point_group: str, irrep: int) -> str:
    """The name of an irrep of one of the abelian groups."""
    from pyscf import symm

    return str(symm.irrep_id2name(point_group, irrep))


def _with_doubts(state: ElectronicState) -> ElectronicState:
    """The state with what speaks against it in its status."""
    status = state.status
    if state.multiplicity is None:
        status += f" Mixed spin: S² = {state.spin_squared:.3f} belongs to no multiplicity."
    if state.residual > FAR:
        status += f" Far from an eigenstate: its residual is {state.residual:.2f} hartree."
    return replace(state, status=status)
