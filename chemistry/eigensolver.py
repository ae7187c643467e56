"""The variational quantum eigensolver: the lowest energy that an ansatz reaches, with how the search ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import runtime
from chemistry.ansatz.energy_curvatures import energy_curvatures
from chemistry.ansatz.excitation_circuit import Ansatz
from chemistry.problem import ElectronicProblem
from chemistry.states.energy_variance import energy_variance
from runtime import Minimum, Status
from runtime.minimization import BFGS, LBFGS

if TYPE_CHECKING:
    from chemistry.hartree_fock.reference_choice import ReferenceChoice
    from runtime import Program
    from runtime.minimization.method import Method

_MOST_DENSE_PARAMETERS = 2000  # an inverse Hessian of 32 MB; beyond it, the method of limited memory
_STRONGLY_CORRELATED = 0.5  # weight of the largest determinant in the state
_TRIALS, _TRIAL = 2, 500  # further starts in that case, and the evaluations after which only the best goes on
_PERTURBATION = 0.05  # radians, of each parameter in a further start
_RESOLVED = 1e-3  # hartree^2, the variance of a state near an eigenstate


@dataclass(frozen=True, kw_only=True)
class VqeResult:
    """The best of all starts."""

    energy: float  # hartree, nuclear repulsion included
    parameters: np.ndarray = field(repr=False)  # shape: (n_params,)
    status: Status  # of the start that won
    n_evaluations: int  # of energy and gradient, over all starts
    gradient_norm: float  # hartree per radian, largest component
    initial_energy: float  # hartree, of the untrained ansatz
    start_energies: tuple[float, ...]  # hartree, where each start ended, and each further repetition
    trace: tuple[float, ...] = field(repr=False)  # hartree, the winning start's energy at each evaluation
    ansatz: Ansatz = field(repr=False)
    program: Program = field(repr=False)  # for its sector, resources and state
    problem: ElectronicProblem = field(repr=False)
    compile_seconds: float
    optimize_seconds: float
    reference_choice: ReferenceChoice | None = field(default=None, repr=False)  # None: a circuit was given

    @cached_property
    def spin_squared(self) -> float | None:
        """<S^2> of the state, computed when it is first asked for; None for a model of spins."""
        if not isinstance(self.problem, ElectronicProblem):
            return None
        from chemistry.states.quantum_numbers import expected_quantum_numbers

        return expected_quantum_numbers(self.program, self.parameters, problem=self.problem).spin_squared

    @cached_property
    def variance(self) -> float | None:
        """<H^2> - <H>^2 of the state in hartree^2, computed when it is first asked for; None if that is too much work.

        Some eigenvalue lies within its square root of the energy (Weinstein, Proc. Natl. Acad. Sci. 20, 529 (1934)).
        """
        if not isinstance(self.problem, ElectronicProblem):
            return float(self.program.variance(self.parameters))
        return energy_variance(self.problem, self.program, self.parameters)

    @property
    def is_near_eigenstate(self) -> bool | None:
        """Whether the variance is below 0.001 hartree^2; None where it is not known.

        A search that has converged in a local minimum, or a circuit that cannot make the state, is not: its energy may
        be millihartrees above the lowest, though its gradient is zero.
        """
        return None if self.variance is None else self.variance < _RESOLVED

    @property
    def keeps_spin(self) -> bool:
        """Whether <S^2> is within 0.1 of that of the problem's unpaired electrons.

        Coupled cluster conserves S_z, not S^2: where a state of another spin is lower, a search may end in it, or in a
        mixture, far below the lowest state of the spin asked for.
        """
        from chemistry.states.quantum_numbers import has_spin_asked_for

        return self.spin_squared is None or has_spin_asked_for(self.problem, self.spin_squared)


def vqe(
    problem: ElectronicProblem,
    ansatz: Ansatz | None = None,
    *,
    seed: int = 7,
    n_starts: int | None = None,
    initial_params: np.ndarray | None = None,
    method: Method | None = None,
    gradient_tolerance: float = 1e-5,
    max_evaluations: int = 6000,
    time_limit: float | None = None,
    callback: Callable[[int, float], None] | None = None,
) -> VqeResult:
    """Minimize an ansatz's energy on exact (adjoint) gradients.

    A repeated cluster operator makes the same state in many ways, so its energy has valleys that are almost flat; the
    whole inverse Hessian is kept where it is affordable, since the limited memory of L-BFGS creeps along them.

    A local minimum of the default ansatz is left by one repetition more, from where the last search ended, while the
    state is not near an eigenstate: C2 (STO-3G, frozen core, 1.7 angstrom) ends 5.3 millihartree high with four
    repetitions, and 0.2 with seven.

    The first start is the ansatz's own, MP2 amplitudes for coupled cluster; further ones displace it at random.

    Peruzzo et al., Nature Communications 5, 4213 (2014).

    Args:
        problem: The electronic problem.
        ansatz: What to train; None: the suite's default, `repeated_uccsd`, from the Hartree-Fock solution that serves
            it best. That search is the `reference_choice` of the result; to make it once for several circuits, call
            `chemistry.choose_reference` and pass its `problem` on.
        seed: Of the random displacements.
        n_starts: How many starts to make. None: one; a second where it does not converge; and two short trials where
            no determinant holds more than half of the state, for then there are other minima nearby. A trial that is
            ahead goes on.
        initial_params: The first start in place of the ansatz's own, shape (n_params,), such as the parameters of a
            neighbouring geometry.
        method: Of `runtime.minimize`. None: quasi-Newton from the curvatures that orbital energies give. The natural
            gradient, `runtime.minimization.NaturalGradient(damping=1e-4)`, takes far fewer evaluations, each with a
            metric, where parameters are far from independent: products of paired excitations, tiles, Jastrow factors.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        max_evaluations: Of energy and gradient, for each start.
        time_limit: Seconds for all starts; the best so far is returned.
        callback: Called with the number of evaluations of the current start and the energy after each.

    Returns:
        The best of all starts. A result that did not converge says so in its status, one that left the spin of the
        problem's unpaired electrons in `keeps_spin`.

    Raises:
        ValueError: If something else than a problem and a circuit is given, a limit is not positive, the start has the
            wrong shape, the ansatz begins with other electrons than the problem's, a model of spins comes without one,
            or the circuit would not fit in memory.
    """
    if (n_starts is not None and n_starts < 1) or max_evaluations < 1 or (time_limit is not None and time_limit <= 0):
        raise ValueError(
            "n_starts, max_evaluations and time_limit must be positive, "
            f"but {n_starts}, {max_evaluations} and {time_limit} were given."
        )
    _check_kinds(problem, ansatz)
    choice: ReferenceChoice | None = None
    grows = False
    if ansatz is None:
        if not isinstance(problem, ElectronicProblem):
            raise ValueError(
                f"The default ansatz is coupled cluster for electrons, but a {type(problem).__name__} was given: give "
                "an ansatz with it, for spins such as exchange_circuit(model)."
            )
        from chemistry.ansatz.repeated_uccsd import repeated_uccsd
        from chemistry.hartree_fock.reference_choice import choose_reference

        if initial_params is None:  # parameters belong to the orbitals that they were found for
            choice = choose_reference(problem)
            problem = choice.problem
        grows = initial_params is None and n_starts is None
        ansatz = repeated_uccsd(problem)
    first = np.asarray(ansatz.initial_params if initial_params is None else initial_params, dtype=np.float64)
    if first.shape != (ansatz.n_params,):
        raise ValueError(f"{ansatz.name} takes {ansatz.n_params} parameters, but the start has shape {first.shape}.")
    began = time.perf_counter()
    deadline = None if time_limit is None else time.monotonic() + time_limit
    program = runtime.compile(ansatz, problem.hamiltonian)
    compiled = time.perf_counter()
    own_method = method
    if method is None:
        quasi_newton = BFGS if ansatz.n_params <= _MOST_DENSE_PARAMETERS else LBFGS
        method = quasi_newton(curvatures=energy_curvatures(problem, ansatz))
    rng = np.random.default_rng(seed)

    def search(start: np.ndarray, most: int = max_evaluations) -> Minimum:
        remaining = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
        return runtime.minimize(
            program,
            start,
            method=method,
            gradient_tolerance=gradient_tolerance,
            max_evaluations=most,
            time_limit=remaining,
            callback=callback,
        )

    def displaced() -> np.ndarray:
        return first + rng.normal(scale=_PERTURBATION, size=first.shape)

    minima = [search(first)]
    if ansatz.n_params and n_starts is None:
        if not minima[0].status.converged:
            minima.append(search(displaced()))
        elif program.probabilities(minima[0].parameters).max() < _STRONGLY_CORRELATED:
            minima += [search(displaced(), min(_TRIAL, max_evaluations)) for _ in range(_TRIALS)]
            ahead = int(np.argmin([minimum.value for minimum in minima]))
            if not minima[ahead].status.converged:
                minima[ahead] = _continued(minima[ahead], search(minima[ahead].parameters))
    elif ansatz.n_params:
        for _ in range((n_starts or 1) - 1):
            if deadline is None or time.monotonic() < deadline:
                minima.append(search(displaced()))
    best = min(minima, key=lambda minimum: minimum.value)
    result = VqeResult(
        energy=best.value,
        parameters=best.parameters,
        status=best.status,
        n_evaluations=sum(minimum.n_evaluations for minimum in minima),
        gradient_norm=best.gradient_norm,
        initial_energy=minima[0].trace[0],
        start_energies=tuple(minimum.value for minimum in minima),
        trace=best.trace,
        ansatz=ansatz,
        program=program,
        problem=problem,
        compile_seconds=compiled - began,
        optimize_seconds=time.perf_counter() - compiled,
        reference_choice=choice,
    )
    return _grown(result, own_method, gradient_tolerance, max_evaluations, deadline, callback) if grows else result


def _grown(
    result: VqeResult,
    own_method: Method | None,
    gradient_tolerance: float,
    max_evaluations: int,
    deadline: float | None,
    callback: Callable[[int, float], None] | None,
) -> VqeResult:
    """Further repetitions of the default ansatz, one by one, while the state is not near an eigenstate."""
    from chemistry.ansatz.repeated_uccsd import longer_uccsd

    while result.status.converged and result.is_near_eigenstate is False:
        remaining = None if deadline is None else deadline - time.monotonic()
        ansatz = longer_uccsd(result.problem, result.ansatz)
        if ansatz is None or (remaining is not None and remaining <= 0):
            break
        more = vqe(
            result.problem,
            ansatz,
            initial_params=np.concatenate([result.parameters, np.zeros(ansatz.n_params - len(result.parameters))]),
            n_starts=1,
            method=own_method,
            gradient_tolerance=gradient_tolerance,
            max_evaluations=max_evaluations,
            time_limit=remaining,
            callback=callback,
        )
        result = replace(
            more,
            n_evaluations=result.n_evaluations + more.n_evaluations,
            initial_energy=result.initial_energy,
            start_energies=(*result.start_energies, *more.start_energies),
            trace=result.trace + more.trace,
            compile_seconds=result.compile_seconds + more.compile_seconds,
            optimize_seconds=result.optimize_seconds + more.optimize_seconds,
            reference_choice=result.reference_choice,
        )
    return result


def _check_kinds(problem: Any, ansatz: Any) -> None:
    """Refuse what is easily taken for a problem or a circuit."""
    if not hasattr(problem, "hamiltonian"):
        hint = ": give its problem()" if hasattr(problem, "problem") else ""
        raise ValueError(f"vqe takes an electronic problem, but a {type(problem).__name__} was given{hint}.")
    if ansatz is not None and not hasattr(ansatz, "n_params"):
        name = getattr(ansatz, "__name__", type(ansatz).__name__)
        hint = f": call it, as in {name}(problem)" if callable(ansatz) else ""
        raise ValueError(f"The ansatz is a circuit with n_params and initial_params, but {name} was given{hint}.")
    begins = getattr(ansatz, "reference_occupation", None)
    wanted = getattr(problem, "reference_occupation", None)
    if begins is not None and wanted is not None and not np.array_equal(begins, wanted):
        raise ValueError(
            f"{ansatz.name} begins with wires {np.flatnonzero(begins).tolist()} occupied, the problem's reference with "
            f"{np.flatnonzero(wanted).tolist()}: make the ansatz from this problem."
        )
    sites = getattr(ansatz, "one_body", None)
    if sites is not None and not np.allclose(sites, problem.one_body):
        raise ValueError(
            f"{ansatz.name} acts on a lattice's sites, but the problem is over other orbitals: give that of "
            "model.problem(reference='sites')."
        )


def _continued(trial: Minimum, rest: Minimum) -> Minimum:
    """A trial and its continuation as one search."""
    return replace(rest, n_evaluations=trial.n_evaluations + rest.n_evaluations, trace=trial.trace + rest.trace)
