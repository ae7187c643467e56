"""Searches of functions that differ little, each of which begins with what the last has learned."""

from __future__ import annotations

import numpy as np

from runtime.minimization.evaluations import Evaluations, Function, StopSearch
from runtime.minimization.method import State
from runtime.minimization.outcome import Minimum, Status
from runtime.minimization.quasi_newton import BFGS


class ContinuedSearch:
    """BFGS that keeps its point and its inverse Hessian from one function to the next.

    Args:
        start: Where the first search begins, shape (n_params,).
        curvatures: Estimates of the first function's second derivatives, positive, shape (n_params,).
    """

    def __init__(self, start: np.ndarray, curvatures: np.ndarray) -> None:
        self._point = np.array(start, dtype=np.float64)
        self._method = BFGS(curvatures=curvatures)
        self._learned: State | None = None

    def minimize(
        self, function: Function, *, gradient_tolerance: float, max_evaluations: int, deadline: float | None = None
    ) -> Minimum:
        """Minimize a function from where the last one was minimal.

        Args:
            function: Gives value and gradient, shapes () and (n_params,).
            gradient_tolerance: Converged when no component of the gradient exceeds it.
            max_evaluations: Of value and gradient.
            deadline: Of `time.monotonic`; None: no limit.

        Raises:
            ValueError: If the value is not finite at the start.
        """
        evaluations = Evaluations(
            function,
            tolerance=gradient_tolerance,
            limit=max_evaluations,
            deadline=deadline,
            callback=None,
            before=0,
            start=self._point,
            seed=(0, 0),
        )
        n_iterations = 0
        try:
            saved = self._learned
            if saved is not None:
                here = evaluations.point(self._point)
                saved = {
                    **saved,
                    "parameters": here.parameters,
                    "value": here.value,
                    "gradient": here.gradient,
                    "lowest": here.value,
                    "smallest": here.gradient_norm,
                    "idle": 0,
                }
            iterations = self._method.iterations(evaluations, self._point, saved)
            while True:
                self._learned = next(iterations)
                n_iterations += 1
        except StopIteration as end:
            status: Status = end.value
        except StopSearch as stop:
            status = stop.status
        best = evaluations.best
        self._point = best.parameters
        return Minimum(
            parameters=best.parameters,
            value=best.value,
            status=status,
            n_evaluations=len(evaluations.trace),
            n_iterations=n_iterations,
            gradient_norm=best.gradient_norm,
            trace=tuple(evaluations.trace),
        )
