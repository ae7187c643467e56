"""The singlet-triplet gap by each of the excited-state methods, told alike so that they can be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from chemistry.excited_states.deflation import vqd
from chemistry.excited_states.generalised_circuit import circuit_for, determinants_by_irrep
from chemistry.excited_states.linear_response import qeom
from chemistry.excited_states.singlet_triplet import SingletTripletGap
from chemistry.excited_states.subspace_search import ssvqe

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.excited_states.state import ElectronicState
    from chemistry.problem import ElectronicProblem

_RESPONDING = 40  # states asked of the response, of all spins


@dataclass(frozen=True, kw_only=True)
class MethodGap:
    """A gap, and what it took."""

    gap: SingletTripletGap
    ansatz: Ansatz  # the circuit of the singlets; for a response that of the ground state
    n_evaluations: int  # of energy and gradient, for all states


def gap_by_deflation(problem: ElectronicProblem, *, seed: int = 7, time_limit: float | None = None) -> MethodGap:
    """S0 and S1 by `vqd` among the singlets, T1 by `vqd` among the triplets.

    Args:
        problem: With as many electrons of spin up as down.
        seed: Of the starts.
        time_limit: Seconds, for the singlets and again for the triplet.

    Raises:
        ValueError: If there are not two singlets and a triplet.
    """
    ansatz = _circuit(problem, 1)
    singlets = vqd(problem, ansatz, n_states=2, multiplicity=1, seed=seed, time_limit=time_limit)
    triplets = vqd(problem, ansatz, n_states=1, multiplicity=3, seed=seed, time_limit=time_limit)
    gap = _gap(singlets.states, triplets.states)
    return MethodGap(gap=gap, ansatz=ansatz, n_evaluations=singlets.n_evaluations + triplets.n_evaluations)


def gap_by_subspace_search(
    problem: ElectronicProblem, *, trained: bool = True, seed: int = 7, time_limit: float | None = None
) -> MethodGap:
    """S0 and S1 by `ssvqe` from one set of parameters, T1 from another.

    Args:
        problem: With as many electrons of spin up as down.
        trained: False leaves all parameters at zero: the configurations that training starts from, mixed by the
            Hamiltonian between them, which is what the circuit has to improve on.
        seed: Of the start.
        time_limit: Seconds, for the singlets and again for the triplet.

    Raises:
        ValueError: If there are not two singlets and a triplet.
    """
    ansatz = _circuit(problem, 2)
    start = None if trained else np.zeros(ansatz.n_params)
    singlets, triplets = (
        ssvqe(
            problem,
            ansatz,
            n_states=n_states,
            multiplicity=multiplicity,
            initial_params=start,
            max_evaluations=4000 if trained else 1,
            seed=seed,
            time_limit=time_limit,
        )
        for n_states, multiplicity in ((2, 1), (1, 3))
    )
    gap = _gap(singlets.states, triplets.states)
    return MethodGap(gap=gap, ansatz=ansatz, n_evaluations=singlets.n_evaluations + triplets.n_evaluations)


def gap_by_response(problem: ElectronicProblem, *, seed: int = 7, time_limit: float | None = None) -> MethodGap:
    """S1 and T1 by `qeom` from the ground state of `vqe` with its default circuit.

    Args:
        problem: With as many electrons of spin up as down.
        seed: Of the ground state's starts.
        time_limit: Seconds, for the ground state.

    Raises:
        ValueError: If there are not two singlets and a triplet.
    """
    from chemistry.eigensolver import vqe

    ground = vqe(problem, seed=seed, time_limit=time_limit)
    found = qeom(problem, ground, n_states=_RESPONDING)
    gap = _gap(found.of_multiplicity(1), found.of_multiplicity(3))
    return MethodGap(gap=gap, ansatz=ground.ansatz, n_evaluations=found.n_evaluations)


def _circuit(problem: ElectronicProblem, n_states: int) -> Ansatz:
    """Generalised singles and doubles for so many states of the largest irrep."""
    dimension_of = determinants_by_irrep(problem)
    return circuit_for(problem, {max(dimension_of, key=lambda irrep: dimension_of[irrep]): n_states})


def _gap(singlets: Sequence[ElectronicState], triplets: Sequence[ElectronicState]) -> SingletTripletGap:
    """The three states, from singlets and triplets in ascending order."""
    if len(singlets) < 2 or not triplets:
        raise ValueError(
            f"A gap needs two singlets and a triplet, but {len(singlets)} and {len(triplets)} were found: take a larger"
            " active space."
        )
    s0, s1, t1 = singlets[0], singlets[1], triplets[0]
    t1 = replace(t1, excitation_energy=t1.energy - s0.energy, oscillator_strength=0.0)
    named = (("S0", s0), ("T1", t1), ("S1", s1))
    doubts = [f"{name}: {state.status}" for name, state in named if not state.converged]
    return SingletTripletGap(
        s0=s0, s1=s1, t1=t1, status=" ".join([f"{3 - len(doubts)} of 3 states converged.", *doubts])
    )
