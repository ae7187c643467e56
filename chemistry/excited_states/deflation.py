"""Variational quantum deflation: one state after another, each kept away from those below it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

import runtime
from chemistry.excited_states.configurations import Configuration, StartedFrom
from chemistry.excited_states.determinant_vector import DeterminantVector
from chemistry.excited_states.generalised_circuit import circuit_for, determinants_by_irrep
from chemistry.excited_states.penalties import KnownState, PenalisedHamiltonian
from chemistry.excited_states.ranking import ranked_configurations
from chemistry.excited_states.requirements import check_shared_orbitals, check_states, check_structure
from chemistry.excited_states.state import ExcitedStates, Found, described
from runtime.minimization import BFGS, LBFGS

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.problem import ElectronicProblem
    from runtime.objectives import Objective
    from runtime.sector_program import SectorProgram

_MOST_DENSE_PARAMETERS = 2000  # an inverse Hessian of 32 MB; beyond it, the method of limited memory
_SAFE_GAP = 0.5  # hartree, by which a penalised state lies above where the search begins
_RELAXATION = 0.3  # hartree; an irrep whose lowest state seems this far above those needed is left out
_DISPLACEMENT = 0.03  # radians, of each parameter at the start: a point that is stationary by symmetry alone is left
_ORTHOGONAL = 1e-3  # the weight of states below up to which a state is counted as apart from them
_SAME = 0.5  # the weight of states below from which a minimum is one of them
_SPIN_MISSED = 0.5  # in S^2: a minimum so far from the spin that is wanted is another state


def vqd(
    problem: ElectronicProblem,
    ansatz: Ansatz | None = None,
    *,
    n_states: int = 4,
    multiplicity: int | None = None,
    n_starts: int = 2,
    seed: int = 7,
    gradient_tolerance: float = 1e-5,
    max_evaluations: int = 4000,
    time_limit: float | None = None,
) -> ExcitedStates:
    """The lowest states by variational quantum deflation, on exact gradients.

    State k minimizes <H> + sum_j w_j |<j|psi>|^2 over the states j found before, with each w_j large enough to lift j
    above where the search begins. A circuit that conserves symmetry never leaves the irrep that it starts in, so every
    irrep with a low configuration is searched, from its lowest configurations of each spin; the lowest minimum of all
    irreps is the next state.

    Higgott, Wang and Brierley, Quantum 3, 156 (2019); penalties on spin: Kuroiwa and Nakagawa, Phys. Rev. Research 3,
    013197 (2021).

    Args:
        problem: The electronic problem; all states have its numbers of electrons of either spin.
        ansatz: A circuit that begins with `qml.BasisState`; None: generalised singles and doubles,
            repeated where one round has fewer parameters than a state of the largest irrep asks for.
        n_states: How many states, the lowest included; fewer are returned where no more are found.
        multiplicity: 2 S + 1 of all states, held by a penalty on S^2; None: any.
        n_starts: How many configurations of each spin a search starts from; the best minimum is taken.
        seed: Of the small displacements of the starts.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        max_evaluations: Of energy and gradient, for each start.
        time_limit: Seconds, for all searches; the states found until then are returned, and the first in any case.

    Returns:
        The states, lowest first, with what is known of each. One whose search did not converge says so.

    Raises:
        ValueError: If a number is not positive, there are no states of the multiplicity, both spins have orbitals of
            their own, or the ansatz has another beginning or no structure that the runtime can use.
    """
    check_shared_orbitals(problem)
    check_states(problem, n_states, multiplicity)
    if n_starts < 1 or max_evaluations < 1 or (time_limit is not None and time_limit <= 0):
        raise ValueError(
            "n_starts, max_evaluations and time_limit must be positive,"
            f" but {n_starts}, {max_evaluations} and {time_limit} were given."
        )
    search = _Search(
        problem=problem,
        circuit=_default_circuit(problem) if ansatz is None else ansatz,
        multiplicity=multiplicity,
        n_starts=n_starts,
        gradient_tolerance=gradient_tolerance,
        max_evaluations=max_evaluations,
        deadline=None if time_limit is None else time.monotonic() + time_limit,
        rng=np.random.default_rng(seed),
    )
    starts = _starts_by_irrep(problem, n_states, multiplicity)
    found: list[_Minimum] = []
    candidates: dict[int, _Minimum | None] = {}
    while len(found) < n_states and not (found and search.is_over):
        for irrep, configurations_ in starts.items():
            if irrep not in candidates:
                candidates[irrep] = search.lowest_beyond(found, configurations_)
        ready = {irrep: candidate for irrep, candidate in candidates.items() if candidate is not None}
        if not ready:
            break
        best = min(ready, key=lambda irrep: ready[irrep].energy)
        found.append(ready[best])
        # A circuit that mixes irreps may have come to the same state from several.
        candidates = {
            irrep: other
            for irrep, other in candidates.items()
            if irrep != best and (other is None or other.weight_of([ready[best]]) < _ORTHOGONAL)
        }
    missing = "" if len(found) == n_states else f" Of the {n_states} that were wanted, no others were found."
    if search.is_over:
        missing += " The time limit was reached first."
    return ExcitedStates(
        method="VQD",
        states=described(problem, [minimum.found() for minimum in found]),
        n_params=search.circuit.n_params,
        n_evaluations=search.n_evaluations,
        status=f"{len(found)} states, {sum(m.converged for m in found)} of them converged.{missing}",
    )


def _default_circuit(problem: ElectronicProblem) -> Ansatz:
    """A circuit for one state of the irrep that has most determinants."""
    dimension_of = determinants_by_irrep(problem)
    return circuit_for(problem, {max(dimension_of, key=lambda irrep: dimension_of[irrep]): 1})


def _starts_by_irrep(
    problem: ElectronicProblem, n_states: int, multiplicity: int | None
) -> dict[int, list[Configuration]]:
    """Configurations that may lead to one of the lowest states, by irrep, lowest first."""
    ranked = ranked_configurations(problem, multiplicity)
    highest = ranked[min(n_states, len(ranked)) - 1].state_energy + _RELAXATION
    by_irrep: dict[int, list[Configuration]] = {}
    lowest: dict[int, float] = {}
    for one in ranked:
        by_irrep.setdefault(one.configuration.irrep, []).append(one.configuration)
        lowest.setdefault(one.configuration.irrep, one.state_energy)
    return {irrep: members for irrep, members in by_irrep.items() if lowest[irrep] <= highest}


@dataclass(frozen=True, eq=False, kw_only=True)
class _Minimum:
    """Where a search ended."""

    sector: object
    amplitudes: np.ndarray  # shape: (dimension,)
    vector: DeterminantVector
    energy: float  # hartree, without penalties
    converged: bool
    status: str

    def weight_of(self, others: Sequence[_Minimum]) -> float:
        """The weight that other states, orthogonal among themselves, have in this one."""
        return float(sum(abs(other.vector.dot(self.vector)) ** 2 for other in others))

    def found(self) -> Found:
        return Found(vector=self.vector, energy=self.energy, converged=self.converged, status=self.status)


@dataclass(kw_only=True)
class _Search:
    """Minimizations of one circuit from any configuration, away from any states."""

    problem: ElectronicProblem
    circuit: Ansatz
    multiplicity: int | None
    n_starts: int
    gradient_tolerance: float
    max_evaluations: int
    deadline: float | None  # of time.monotonic()
    rng: np.random.Generator
    n_evaluations: int = field(default=0, init=False)
    programs: dict[Configuration, tuple[SectorProgram, Objective]] = field(default_factory=dict, init=False)
    prepared: dict[Configuration, DeterminantVector] = field(default_factory=dict, init=False)

    @property
    def is_over(self) -> bool:
        """Whether the time limit has been reached."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def lowest_beyond(self, known: Sequence[_Minimum], starts: Sequence[Configuration]) -> _Minimum | None:
        """The lowest minimum from the first suitable starts, or None if all end in known states or other spins."""
        minima: list[_Minimum] = []
        for start in self._unused(known, starts):
            if minima and self.is_over:
                break
            minimum = self._minimized(start, known)
            if minimum is not None:
                minima.append(minimum)
        return min(minima, key=lambda minimum: minimum.energy, default=None)

    def _unused(self, known: Sequence[_Minimum], starts: Sequence[Configuration]) -> list[Configuration]:
        """The first starts of each spin that are not mostly in the states known."""
        chosen: list[Configuration] = []
        for start in starts:
            alike = sum(start.multiplicity == other.multiplicity for other in chosen)
            if alike < self.n_starts and self._weight_in(known, start) < _SAME:
                chosen.append(start)
        return chosen

    def _weight_in(self, known: Sequence[_Minimum], start: Configuration) -> float:
        if not known:
            return 0.0
        if start not in self.prepared:
            program = runtime.compile(lambda _: start.prepare(), self.problem.hamiltonian, n_params=0)
            self.prepared[start] = DeterminantVector.of_program(program, [])
        return float(sum(abs(self.prepared[start].dot(state.vector)) ** 2 for state in known))

    def _program(self, start: Configuration) -> tuple[SectorProgram, Objective]:
        """The circuit from a start, compiled once, and the energy on its sector."""
        if start not in self.programs:
            program = runtime.compile(StartedFrom(ansatz=self.circuit, configuration=start), self.problem.hamiltonian)
            self.programs[start] = (
                check_structure(program, "Deflation"),
                self.problem.hamiltonian.sector_objective(program.sector),
            )
        return self.programs[start]

    def _minimized(self, start: Configuration, known: Sequence[_Minimum]) -> _Minimum | None:
        plain, energy = self._program(start)
        observable = PenalisedHamiltonian(self.problem, _penalties(start, known), self.multiplicity)
        program = plain.with_objectives([observable], [observable.added_to(energy, plain.sector)])

        def penalised(params: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = program.value_and_grad(params)
            return float(value[0]), gradient[0]

        # The ansatz's own start belongs to the reference determinant; from another one a circuit begins at rest.
        is_reference = start.occupation == tuple(self.problem.reference_occupation.tolist())
        centre = self.circuit.initial_params if is_reference else np.zeros(self.circuit.n_params)
        method = BFGS if self.circuit.n_params <= _MOST_DENSE_PARAMETERS else LBFGS
        minimum = runtime.minimize(
            penalised,
            centre + self.rng.normal(scale=_DISPLACEMENT, size=self.circuit.n_params),
            method=method(),
            gradient_tolerance=self.gradient_tolerance,
            max_evaluations=self.max_evaluations,
            time_limit=None if self.deadline is None else max(self.deadline - time.monotonic(), 1e-3),
        )
        self.n_evaluations += minimum.n_evaluations
        reached = _Minimum(
            sector=plain.sector,
            amplitudes=plain.state(minimum.parameters),
            vector=DeterminantVector.of_program(plain, minimum.parameters).normalised(),
            energy=float(plain.expval(minimum.parameters)),
            converged=minimum.status.converged,
            status=minimum.status.value,
        )
        return self._judged(reached, known)

    def _judged(self, reached: _Minimum, known: Sequence[_Minimum]) -> _Minimum | None:
        """The minimum with what must be said of it, or None if it is a known state or has another spin."""
        shared = reached.weight_of(known)
        if shared > _SAME:
            return None
        if self.multiplicity is not None:
            wanted = 0.25 * (self.multiplicity**2 - 1)
            if abs(reached.vector.quantum_numbers().spin_squared - wanted) > _SPIN_MISSED:
                return None
        if shared > _ORTHOGONAL:
            sentence = f"The circuit cannot keep it apart from lower states: their weight is {shared:.3f}."
            return replace(reached, converged=False, status=f"{reached.status} {sentence}")
        return reached


def _penalties(start: Configuration, known: Sequence[_Minimum]) -> list[KnownState]:
    return [
        KnownState(state.sector, state.amplitudes, penalty=2.0 * max(start.energy - state.energy, 0.0) + _SAFE_GAP)
        for state in known
    ]
