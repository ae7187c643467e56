"""One minimiser for the suite."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

import numpy as np

from runtime.program import Program

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


# SciPy's own tests of convergence are switched off: ours is the gradient, and ours the limits.
SCIPY_OPTIONS: dict[str, tuple[str, dict[str, float]]] = {
    "L-BFGS": ("L-BFGS-B", {"gtol": 0.0, "ftol": 0.0, "maxiter": 10**9, "maxfun": 10**9, "maxcor": 20}),
    "BFGS": ("BFGS", {"gtol": 0.0, "xrtol": 0.0, "maxiter": 10**9}),
}
FRESH_STARTS = 3


class Status(Enum):
    """How a minimisation ended."""

    CONVERGED = "The gradient is smaller than asked for."
    STALLED = "The line search can make no more progress in floating-point arithmetic, and the gradient is not small."
    EVALUATION_LIMIT = "The limit on evaluations was reached first."
    TIME_LIMIT = "The time limit was reached first."
    COMPLETED = "All iterations of a stochastic method were made; it has no test of convergence."

    @property
    def converged(self) -> bool:
        """Whether the result is a stationary point to the tolerance asked for."""
        return self is Status.CONVERGED


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """The best point that a minimisation visited."""

    parameters: np.ndarray  # shape: (n_params,)
    value: float
    status: Status
    n_evaluations: int
    gradient_norm: float  # largest component; nan for methods without gradients
    trace: tuple[float, ...] = field(repr=False)  # the value at each evaluation


class _StopError(Exception):
    def __init__(self, status: Status) -> None:
        self.status = status


def minimize(
    program: Program | Objective,
    start: Any,
    *,
    method: Literal["L-BFGS", "BFGS", "SPSA"] = "L-BFGS",
    seed: int = 7,
    gradient_tolerance: float = 1e-5,
    max_evaluations: int = 2000,
    time_limit: float | None = None,
    callback: Callable[[int, float], None] | None = None,
) -> Minimum:
    """Minimise a program's value.

    Args:
        program: a program, or for methods with gradients a function that returns value and gradient.
        start: initial parameters, shape (n_params,).
        method: "L-BFGS" on exact gradients (Liu & Nocedal 1989); "BFGS", which keeps the whole inverse Hessian,
            n_params^2 numbers, and does not creep along the flat valleys of redundant parameters; "SPSA" on estimates
            with the program's machine's shots (Spall, IEEE Trans. Aerosp. Electron. Syst. 34, 817 (1998)).
        seed: of SPSA's directions and shots; the others use no random numbers.
        gradient_tolerance: converged when no component of the gradient exceeds this.
        max_evaluations: of value and gradient, or of estimates.
        time_limit: seconds; the best point so far is returned when they are over.
        callback: called with the number of evaluations and the value after each.

    Returns:
        The best point visited, with the status as data: a run that did not converge says so.

    Raises:
        ValueError: if the method is unknown, a limit is not positive, or the start has the wrong shape.
    """
    first = np.array(start, dtype=np.float64)
    if first.ndim != 1 or not np.isfinite(first).all():
        raise ValueError(f"The start must be a vector of finite numbers, got shape {first.shape}.")
    if max_evaluations < 1 or (time_limit is not None and time_limit <= 0):
        raise ValueError(f"Limits must be positive, got max_evaluations={max_evaluations}, time_limit={time_limit}.")
    log = _Log(callback, max_evaluations, time_limit, gradient_tolerance)
    if method in SCIPY_OPTIONS:
        function = program.value_and_grad if isinstance(program, Program) else program
        return _quasi_newton(function, first, method, gradient_tolerance, log)
    if method == "SPSA":
        if not isinstance(program, Program):
            raise ValueError("SPSA minimises a program's estimates: give it a runtime.Program.")
        return _spsa(program, first, seed, log)
    raise ValueError(f"There is no method {method!r}: choose 'L-BFGS', 'BFGS' or 'SPSA'.")


class _Log:
    """Counts evaluations, keeps the best, and stops at the limits."""

    def __init__(
        self, callback: Callable[[int, float], None] | None, limit: int, time_limit: float | None, tolerance: float
    ) -> None:
        self.callback = callback
        self.tolerance = tolerance
        self.limit = limit
        self.deadline = None if time_limit is None else time.monotonic() + time_limit
        self.values: list[float] = []
        self.best: tuple[float, np.ndarray, float] = (np.inf, np.zeros(0), np.nan)

    def enter(self, params: np.ndarray, value: float, norm: float) -> None:
        """Record one evaluation."""
        self.values.append(float(value))
        if value < self.best[0] or norm <= self.tolerance:
            self.best = (float(value), params.copy(), norm)
        if self.callback is not None:
            self.callback(len(self.values), float(value))
        if len(self.values) >= self.limit:
            raise _StopError(Status.EVALUATION_LIMIT)
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise _StopError(Status.TIME_LIMIT)

    def result(self, status: Status) -> Minimum:
        """The minimum found."""
        value, params, norm = self.best
        return Minimum(
            parameters=params,
            value=value,
            status=status,
            n_evaluations=len(self.values),
            gradient_norm=norm,
            trace=tuple(self.values),
        )


def _quasi_newton(function: Objective, start: np.ndarray, method: str, tolerance: float, log: _Log) -> Minimum:
    from scipy.optimize import minimize as scipy_minimize
    from threadpoolctl import threadpool_limits

    def evaluate(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = function(params)
        norm = float(np.abs(gradient).max(initial=0.0))
        log.enter(params, value, norm)
        if norm <= tolerance:
            raise _StopError(Status.CONVERGED)
        return value, gradient

    name, options = SCIPY_OPTIONS[method]
    status = Status.STALLED
    point = start
    try:
        # The line search may give up on rounding alone; a fresh start from the best point then often still descends.
        for _ in range(FRESH_STARTS):
            before = log.best[0]
            # A few hundred parameters are too few to share between threads, which would wait on one another.
            with threadpool_limits(1, user_api="blas"):
                scipy_minimize(evaluate, point, jac=True, method=name, options=options)
            if not log.best[0] < before - 1e-13 * max(1.0, abs(before)):
                break
            point = log.best[1]
    except _StopError as stop:
        status = stop.status
    return log.result(status)


def _spsa(program: Program, start: np.ndarray, seed: int, log: _Log) -> Minimum:
    """Spall's standard gains: a_k = a / (k + 1 + A)^0.602, c_k = c / (k + 1)^0.101, a set from the first slopes."""
    rng = np.random.default_rng(seed)
    steps = max(1, (log.limit - 1) // 2)
    stability, c = 0.1 * steps, 0.1

    def measured(params: np.ndarray) -> float:
        value = program.estimate(params, seed=int(rng.integers(2**31))).value
        log.enter(params, value, np.nan)
        return value

    params = start.copy()
    status = Status.COMPLETED
    try:
        slopes = []
        for _ in range(min(5, steps)):
            direction = rng.choice([-1.0, 1.0], len(params))
            slopes.append(abs(measured(params + c * direction) - measured(params - c * direction)) / (2 * c))
        a = 0.1 * (stability + 1) ** 0.602 / max(float(np.median(slopes)), 1e-12)
        for k in range(steps - len(slopes)):
            width = c / (k + 1) ** 0.101
            direction = rng.choice([-1.0, 1.0], len(params))
            slope = (measured(params + width * direction) - measured(params - width * direction)) / (2 * width)
            params = params - a / (k + 1 + stability) ** 0.602 * slope * direction
        measured(params)
    except _StopError as stop:
        status = Status.COMPLETED if stop.status is Status.EVALUATION_LIMIT else stop.status
    # A single noisy low reading is not the best point: the mean of the last iterates is where the method ended.
    value = program.estimate(params, seed=int(rng.integers(2**31))).value
    return Minimum(
        parameters=params,
        value=value,
        status=status,
        n_evaluations=len(log.values) + 1,
        gradient_norm=float("nan"),
        trace=(*log.values, value),
    )
