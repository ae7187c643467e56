"""The adaptive loop: look at the pool, add the steepest operators, optimize all parameters, and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

import runtime
from chemistry.adapt.cnot_decomposition import CnotTally
from chemistry.adapt.determinant_space import DeterminantSpace
from chemistry.adapt.growing_circuit import GrowingCircuit
from chemistry.adapt.limits import Limits
from chemistry.adapt.pool_gradients import Pool, PoolGradients
from chemistry.adapt.pools import POOLS, PoolName, PoolOperator, operator_pool
from chemistry.adapt.record import AdaptResult, AdaptStatus, AdaptStep
from chemistry.adapt.recycled_bfgs import RecycledBFGS, bordered
from chemistry.adapt.selection import next_addition
from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import Excitation, is_allowed
from chemistry.problem import ElectronicProblem, check_problem
from runtime import Minimum

_OWN_TOLERANCE = 1e-2  # of the pool's: how small the gradients of the circuit's own parameters are made
_SMALLEST_TOLERANCE = 1e-8  # hartree per radian; smaller gradients drown in rounding
_NO_GAIN = 1e-10  # hartree; an operator that lowers the energy by less is taken back
_MOST_EVALUATIONS = 2000  # of one optimization


def adapt_vqe(
    problem: ElectronicProblem,
    pool: PoolName | Sequence[PoolOperator] = "fermionic",
    *,
    batch: bool = False,
    start: AdaptResult | ExcitationCircuit | None = None,
    gradient_tolerance: float = 1e-3,
    energy_tolerance: float | None = None,
    target_energy: float | None = None,
    max_operators: int = 500,
    max_evaluations: int | None = None,
    time_limit: float | None = None,
    callback: Callable[[AdaptStep], None] | None = None,
) -> AdaptResult:
    """Grow a circuit by the operators along which the energy falls most steeply, optimizing all parameters each time.

    The gradients of the whole pool come from one application of the Hamiltonian to the state. Each optimization starts
    from the parameters and the inverse Hessian of the one before, with new parameters at zero, so the energy never
    rises. An operator that turns out to gain nothing is taken back, and another tried.

    Grimsley, Economou, Barnes and Mayhall, Nature Communications 10, 3007 (2019); the pools: see `operator_pool`.

    Args:
        problem: The electronic problem.
        pool: "fermionic", "qubit" or "coupled-exchange", or operators of one's own.
        batch: Add operators that act on different wires together, which makes circuits shallower in fewer steps.
        start: An earlier result, of another pool or a neighbouring geometry, or any circuit of excitations to begin
            with; None: the reference determinant.
        gradient_tolerance: Converged when no gradient of the pool exceeds it, hartree per radian.
        energy_tolerance: Stop when three steps in a row each lower the energy by less, hartree.
        target_energy: Stop when the energy is no higher, hartree.
        max_operators: Parameters that the circuit may have.
        max_evaluations: Of energy and gradient, for the whole run.
        time_limit: Seconds; looked at between evaluations.
        callback: Called with each step.

    Returns:
        The circuit with its energy, how the growth ended, and every step.

    Raises:
        ValueError: If there is no such pool, a limit is not positive, or an operator or the start does not fit the
            problem.
        DoesNotFitError: If the determinants would not fit in memory; a `ValueError`.
    """
    check_problem(problem, "adapt_vqe")
    limits = Limits(
        n_electrons=problem.n_electrons,
        gradient_tolerance=gradient_tolerance,
        energy_tolerance=energy_tolerance,
        target_energy=target_energy,
        max_operators=max_operators,
        max_evaluations=max_evaluations,
        time_limit=time_limit,
    )
    pool_name = pool if isinstance(pool, str) else "own"
    operators = operator_pool(problem, pool) if isinstance(pool, str) else _own_pool(problem, pool)
    ansatz = _starting_circuit(problem, pool_name, start)
    space = DeterminantSpace(problem)
    growth = _Growth(Pool(operators, space), GrowingCircuit(space), ansatz, limits, callback)
    status = growth.run(batch=batch)
    return AdaptResult(
        pool=pool_name,
        energy=growth.energy,
        status=status,
        steps=tuple(growth.steps),
        ansatz=growth.ansatz,
        program=runtime.compile(growth.ansatz, problem.hamiltonian),
        n_evaluations=growth.n_evaluations,
        seconds=limits.seconds_used(),
        problem=problem,
    )


def _own_pool(problem: ElectronicProblem, operators: Sequence[PoolOperator]) -> list[PoolOperator]:
    for operator in operators:
        if not isinstance(operator, PoolOperator):
            raise ValueError(
                f"A pool is one of {', '.join(map(repr, POOLS))} or a list of PoolOperator, got {operator!r}."
            )
        _refuse_forbidden(problem, operator.excitations, f"The pool's operator {operator.name}")
    return list(operators)


def _refuse_forbidden(problem: ElectronicProblem, excitations: Sequence[Excitation], what: str) -> None:
    """Refuse excitations that lead out of the reference's electrons and symmetry, or have wires that are not there."""
    for excitation in excitations:
        wires = excitation.sources + excitation.targets
        there = len(set(wires)) == len(wires) and all(0 <= w < problem.n_wires for w in wires)
        ascending = sorted(excitation.sources) + sorted(excitation.targets) == list(wires)
        if not there or not ascending or not is_allowed(problem, excitation.sources, excitation.targets):
            raise ValueError(
                f"{what} moves electrons from wires {excitation.sources} to {excitation.targets}, which are not in"
                f" ascending order among {problem.n_wires}, or S_z or the point group {problem.point_group} forbid it:"
                " leave it out."
            )


def _starting_circuit(
    problem: ElectronicProblem, pool: str, start: AdaptResult | ExcitationCircuit | None
) -> ExcitationCircuit:
    """The circuit to begin with, under the name of what it will become."""
    name = f"ADAPT, {pool} pool"
    if start is None:
        return ExcitationCircuit(
            name=name,
            reference_occupation=problem.reference_occupation,
            excitations=(),
            parameter_of=(),
            factors=(),
            initial_params=np.zeros(0),
        )
    circuit = start.ansatz if isinstance(start, AdaptResult) else start
    if not isinstance(circuit, ExcitationCircuit):
        raise ValueError(
            f"A run starts from an earlier result or a circuit of excitations such as `uccsd(problem)`, got {start!r}."
        )
    if not np.array_equal(circuit.reference_occupation, problem.reference_occupation):
        raise ValueError(
            f"The start has {int(circuit.reference_occupation.sum())} electrons on {len(circuit.reference_occupation)}"
            f" wires and the problem {problem.n_electrons} on {problem.n_wires}, or other spins: give one of the same"
            " electrons and orbitals."
        )
    _refuse_forbidden(problem, circuit.excitations, "The start")
    return replace(circuit, name=name)


class _Growth:
    """A circuit while it grows.

    Args:
        pool: The pool.
        empty: The reference determinant on the space of the pool.
        ansatz: The circuit to begin with.
        limits: When to stop.
        callback: Called with each step.
    """

    def __init__(
        self,
        pool: Pool,
        empty: GrowingCircuit,
        ansatz: ExcitationCircuit,
        limits: Limits,
        callback: Callable[[AdaptStep], None] | None,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._callback = callback
        self._circuit = empty.extended(ansatz.excitations, ansatz.parameter_of, ansatz.factors, ansatz.n_params)
        self._tally = CnotTally(ansatz)
        self._inverse: np.ndarray | None = None
        self._own_gradient = 0.0
        self._n_recorded = 0  # evaluations up to the last step
        self._recorded_at = 0.0  # seconds
        self.ansatz = ansatz
        self.energy, _ = self._circuit.value_and_grad(ansatz.initial_params)
        self.n_evaluations = 1
        self.steps: list[AdaptStep] = []
        if ansatz.n_params:
            self._take(self._circuit, ansatz, *self._minimized(self._circuit, ansatz.initial_params, None))

    def run(self, *, batch: bool) -> AdaptStatus:
        """Grow until something ends it."""
        gradients = self._recorded((), ())
        if not self._pool.operators:
            return AdaptStatus.EMPTY_POOL
        barred: frozenset[int] = frozenset()
        while (status := self._limits.ended(self.steps, self.n_evaluations)) is None:
            tolerance = self._limits.gradient_tolerance
            addition = next_addition(self._pool, gradients, tolerance, batch=batch, barred=barred)
            addition = addition.first(self._limits.max_operators - self.ansatz.n_params)
            if not addition.operators:
                return AdaptStatus.STALLED
            if self._gains_by(addition.operators):
                barred = frozenset()
                gradients = self._recorded(tuple(o.name for o in addition.operators), addition.gradients)
            else:
                barred |= addition.from_pool
        return status

    def _gains_by(self, operators: Sequence[PoolOperator]) -> bool:
        """Append operators and optimize; False, with everything as before, if the energy falls by next to nothing."""
        old = self.ansatz
        excitations = [e for operator in operators for e in operator.excitations]
        factors = [factor for operator in operators for factor in operator.factors]
        numbers = [old.n_params + i for i, operator in enumerate(operators) for _ in operator.excitations]
        grown = replace(
            old,
            excitations=(*old.excitations, *excitations),
            parameter_of=(*old.parameter_of, *numbers),
            factors=(*old.factors, *factors),
            initial_params=np.append(old.initial_params, np.zeros(len(operators))),
        )
        circuit = self._circuit.extended(excitations, numbers, factors, grown.n_params)
        inverse = None if self._inverse is None else bordered(self._inverse, len(operators))
        minimum, inverse = self._minimized(circuit, grown.initial_params, inverse)
        if self.energy - minimum.value < _NO_GAIN:
            return False
        for excitation, number, factor in zip(excitations, numbers, factors, strict=True):
            self._tally.add(excitation, number, factor)
        self._take(circuit, grown, minimum, inverse)
        return True

    def _minimized(
        self, circuit: GrowingCircuit, start: np.ndarray, inverse: np.ndarray | None
    ) -> tuple[Minimum, np.ndarray | None]:
        """Optimize all parameters within what is left of the limits."""
        method = RecycledBFGS(inverse)
        evaluations, seconds = self._limits.max_evaluations, self._limits.seconds_left()
        minimum = runtime.minimize(
            circuit,
            start,
            method=method,
            gradient_tolerance=max(_OWN_TOLERANCE * self._limits.gradient_tolerance, _SMALLEST_TOLERANCE),
            max_evaluations=_MOST_EVALUATIONS if evaluations is None else max(1, evaluations - self.n_evaluations),
            time_limit=None if seconds is None else max(seconds, 1e-3),
        )
        self.n_evaluations += minimum.n_evaluations
        return minimum, method.inverse

    def _take(
        self, circuit: GrowingCircuit, ansatz: ExcitationCircuit, minimum: Minimum, inverse: np.ndarray | None
    ) -> None:
        self._circuit, self._inverse = circuit, inverse
        self.ansatz = replace(ansatz, initial_params=minimum.parameters)
        self.energy, self._own_gradient = minimum.value, minimum.gradient_norm

    def _recorded(self, operators: tuple[str, ...], slopes: tuple[float, ...]) -> PoolGradients:
        """Note the present state as a step, and look at the pool from it."""
        gradients = self._pool.gradients(self._circuit.state(self.ansatz.initial_params))
        seconds = self._limits.seconds_used()
        step = AdaptStep(
            number=len(self.steps),
            operators=operators,
            gradients=slopes,
            energy=self.energy,
            largest_gradient=gradients.largest,
            own_gradient=self._own_gradient,
            variance=gradients.variance,
            n_params=self.ansatz.n_params,
            n_evaluations=self.n_evaluations - self._n_recorded,
            n_cnots=self._tally.n_cnots,
            depth=self._tally.depth,
            seconds=seconds - self._recorded_at,
            parameters=self.ansatz.initial_params,
        )
        self._n_recorded, self._recorded_at = self.n_evaluations, seconds
        self.steps.append(step)
        if self._callback is not None:
            self._callback(step)
        return gradients
