"""Singlet-triplet gaps: the lowest singlets and the lowest triplet, each found among states of its own spin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chemistry.excited_states.deflation import vqd
from chemistry.excited_states.requirements import check_shared_orbitals
from chemistry.excited_states.state import HARTREE_IN_EV, ElectronicState

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.problem import ElectronicProblem


@dataclass(frozen=True, kw_only=True)
class SingletTripletGap:
    """The two lowest singlets and the lowest triplet in the same orbitals.

    Excitation energies, transition dipoles and oscillator strengths of the singlets are from S0.
    """

    s0: ElectronicState
    s1: ElectronicState | None  # None where there is no second singlet
    t1: ElectronicState
    status: str  # one or two sentences

    @property
    def s1_t1(self) -> float | None:
        """E(S1) - E(T1) in hartree: what a thermally activated emitter must overcome."""
        return None if self.s1 is None else self.s1.energy - self.t1.energy

    @property
    def s1_t1_ev(self) -> float | None:
        """E(S1) - E(T1) in electronvolts."""
        return None if self.s1_t1 is None else self.s1_t1 * HARTREE_IN_EV

    @property
    def t1_s0(self) -> float:
        """E(T1) - E(S0) in hartree; below zero where the ground state is a triplet."""
        return self.t1.energy - self.s0.energy

    @property
    def t1_s0_ev(self) -> float:
        """E(T1) - E(S0) in electronvolts."""
        return self.t1_s0 * HARTREE_IN_EV

    @property
    def converged(self) -> bool:
        """Whether all of the states are."""
        return self.s0.converged and self.t1.converged and (self.s1 is None or self.s1.converged)


def singlet_triplet_gap(
    problem: ElectronicProblem,
    ansatz: Callable[[ElectronicProblem], Ansatz] | None = None,
    *,
    seed: int = 7,
    n_starts: int = 2,
    max_evaluations: int = 4000,
    time_limit: float | None = None,
) -> SingletTripletGap:
    """The lowest singlets and the lowest triplet by variational quantum deflation, all irreps searched.

    Singlets are states with as many electrons of spin up as down, held by a penalty on S^2; the triplet has two more of
    spin up, where no singlet is. Vertical: all states are in the problem's orbitals and geometry.

    Args:
        problem: The electronic problem, with an even number of electrons; that of a triplet reference serves as well.
        ansatz: Makes the circuit for a problem, such as `uccsd`; it is asked for the singlets and for the triplet.
            None: that of `vqd`.
        seed: Of the small displacements of the starts.
        n_starts: How many configurations of each spin a search starts from.
        max_evaluations: Of energy and gradient, for each start.
        time_limit: Seconds, for the singlets and again for the triplet.

    Raises:
        ValueError: If there is no triplet: the electrons are odd, or fill the orbitals, or none.
    """
    check_shared_orbitals(problem)
    pairs, odd = divmod(problem.n_electrons, 2)
    if odd or not 0 < pairs < problem.n_orbitals:
        raise ValueError(
            "A singlet-triplet gap needs an even number of electrons and an empty orbital for one of them, but there"
            f" are {problem.n_electrons} electrons in {problem.n_orbitals} orbitals."
        )
    singlet_problem = replace(problem, n_alpha=pairs, n_beta=pairs)
    triplet_problem = replace(problem, n_alpha=pairs + 1, n_beta=pairs - 1)
    found = [
        vqd(
            one,
            None if ansatz is None else ansatz(one),
            n_states=n_states,
            multiplicity=multiplicity,
            seed=seed,
            n_starts=n_starts,
            max_evaluations=max_evaluations,
            time_limit=time_limit,
        ).states
        for one, n_states, multiplicity in ((singlet_problem, 2, 1), (triplet_problem, 1, 3))
    ]
    singlets, triplets = found
    if not singlets or not triplets:
        missing = "singlet" if not singlets else "triplet"
        raise ArithmeticError(f"No {missing} was found: the ansatz reaches none from any of its configurations.")
    s0, s1 = singlets[0], singlets[1] if len(singlets) > 1 else None
    t1 = replace(triplets[0], excitation_energy=triplets[0].energy - s0.energy, oscillator_strength=0.0)
    every = [state for state in (s0, s1, t1) if state is not None]
    sentences = [f"{sum(state.converged for state in every)} of {len(every)} states converged."]
    if t1.energy < s0.energy:
        sentences.append("The ground state is the triplet.")
    return SingletTripletGap(s0=s0, s1=s1, t1=t1, status=" ".join(sentences))
