"""Minimisation with the whole inverse Hessian, for circuits whose parameters are few and nearly redundant.

A repeated cluster operator can produce the same state in many ways, so its energy has valleys that are almost flat. The
limited memory of L-BFGS rescales its whole Hessian at every step and creeps along them: on N2/STO-3G it is still going
after 3,000 evaluations where BFGS has converged after about 700. The matrix costs n_params^2 numbers, nothing here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from runtime import Minimum, Status

MOST_PARAMETERS = 2000  # a matrix of 32 MB; beyond, the limited memory of runtime.minimize


class _StopError(Exception):
    def __init__(self, status: Status) -> None:
        self.status = status


def minimize_bfgs(
    value_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    *,
    gradient_tolerance: float,
    max_evaluations: int,
    time_limit: float | None = None,
    callback: Callable[[int, float], None] | None = None,
) -> Minimum:
    """Minimise by Broyden, Fletcher, Goldfarb and Shanno's method, with the same statuses as `runtime.minimize`.

    Args:
        value_and_grad: The function and its gradient.
        start: Shape (n_params,).
        gradient_tolerance: Converged when no component of the gradient exceeds it.
        max_evaluations: Of value and gradient.
        time_limit: Seconds.
        callback: Called with the number of evaluations and the value after each.
    """
    from scipy.optimize import minimize

    deadline = None if time_limit is None else time.monotonic() + time_limit
    trace: list[float] = []
    best: tuple[float, np.ndarray, float] = (np.inf, np.array(start, dtype=np.float64), np.inf)

    def evaluate(params: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal best
        value, gradient = value_and_grad(params)
        norm = float(np.abs(gradient).max(initial=0.0))
        trace.append(float(value))
        if value < best[0]:
            best = float(value), params.copy(), norm
        if callback is not None:
            callback(len(trace), float(value))
        if norm <= gradient_tolerance:
            best = float(value), params.copy(), norm
            raise _StopError(Status.CONVERGED)
        if len(trace) >= max_evaluations:
            raise _StopError(Status.EVALUATION_LIMIT)
        if deadline is not None and time.monotonic() > deadline:
            raise _StopError(Status.TIME_LIMIT)
        return value, gradient

    status = Status.STALLED
    try:
        # Where the line search gives up on rounding, a fresh Hessian from the best point often still descends.
        for _ in range(3):
            before = best[0]
            minimize(evaluate, best[1], jac=True, method="BFGS", options={"gtol": 0.0, "maxiter": max_evaluations})
            if not best[0] < before - 1e-12:
                break
    except _StopError as stop:
        status = stop.status
    return Minimum(
        parameters=best[1],
        value=best[0],
        status=status,
        n_evaluations=len(trace),
        gradient_norm=best[2],
        trace=tuple(trace),
    )
