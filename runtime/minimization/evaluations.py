"""The one place where a search calls its problem: evaluations are counted, recorded and limited here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from runtime.minimization.outcome import Status

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Differentiable(Protocol):
    """What has a value and a gradient; `runtime.Program` is one."""

    def value_and_grad(self, params: Any) -> tuple[Any, np.ndarray]:
        """The value, and the gradient of shape (n_params,)."""


class Point(NamedTuple):
    """Parameters with their value and gradient."""

    parameters: np.ndarray  # shape: (n_params,)
    value: float
    gradient: np.ndarray  # shape: (n_params,)
    gradient_norm: float  # largest component

    @classmethod
    def saved_in(cls, state: Mapping[str, Any]) -> Point:
        """The point that a method's state ends at."""
        gradient = state["gradient"]
        return cls(state["parameters"], float(state["value"]), gradient, float(np.abs(gradient).max(initial=0.0)))


class Best(NamedTuple):
    """The best point so far; replaced, never changed."""

    parameters: np.ndarray  # shape: (n_params,)
    value: float
    gradient_norm: float


class StopSearch(Exception):  # noqa: N818 - a signal from the limits to the driver, not an error
    """A search has reached its goal or a limit."""

    def __init__(self, status: Status) -> None:
        self.status = status


class Evaluations:
    """The evaluations of one start.

    Attributes:
        limit: how many may be made.
        trace: the value of each.
        seed: of all random numbers, and the number of the start.
        best: the best point; the start with an infinite value before the first.
        inside: whether the problem is being evaluated now, so that no state of the method is half renewed.
    """

    def __init__(
        self,
        program: Any,  # Differentiable | Function; what else a method needs of it was looked for before
        *,
        tolerance: float,
        limit: int,
        deadline: float | None,
        callback: Callable[[int, float], None] | None,
        before: int,
        start: np.ndarray,
        seed: tuple[int, int],
    ) -> None:
        self._program = program
        self._function: Function = getattr(program, "value_and_grad", program)
        self._tolerance = tolerance
        self._deadline = deadline
        self._callback = callback
        self._before = before
        self.limit = limit
        self.trace: list[float] = []
        self.seed = seed
        self.best = Best(start, math.inf, math.nan)
        self.inside = False

    def point(self, params: np.ndarray) -> Point:
        """Value and gradient.

        Raises:
            StopSearch: when the gradient is small enough, something is not finite, or a limit is reached.
            ValueError: if the first value is not finite, or is not one number with one gradient.
        """
        self.inside = True
        value, gradient = self._function(params)
        gradient = np.array(gradient, dtype=np.float64)  # a function may use its own array again
        if not self.trace:
            _check_kind(value, gradient, params)
        value = float(value)
        norm = float(np.abs(gradient).max(initial=0.0))
        if not math.isfinite(value + norm):
            self._refuse_at_start(value)
            self._record(value)
            raise StopSearch(Status.NOT_FINITE)
        if value < self.best.value or norm <= self._tolerance:
            self.best = Best(params, value, norm)
        self._record(value)
        if norm <= self._tolerance:
            raise StopSearch(Status.CONVERGED)
        self._check_limits()
        self.inside = False
        return Point(params, value, gradient, norm)

    def estimate(self, params: np.ndarray, seed: int) -> float:
        """The value as the program's machine measures it; raises as `point` does."""
        self.inside = True
        value = float(self._program.estimate(params, seed=seed).value)
        if not math.isfinite(value):
            self._refuse_at_start(value)
            self._record(value)
            raise StopSearch(Status.NOT_FINITE)
        self._record(value)
        self._check_limits()
        self.inside = False
        return value

    def metric(self, params: np.ndarray) -> np.ndarray:
        """The Fubini-Study metric, shape (n_params, n_params)."""
        self.inside = True
        metric = np.asarray(self._program.metric(params), dtype=np.float64)
        if metric.shape != (len(params), len(params)):
            raise ValueError(
                f"The metric of {len(params)} parameters must have the shape {(len(params), len(params))},"
                f" but the program gave {metric.shape}."
            )
        if not np.isfinite(metric).all():
            raise StopSearch(Status.NOT_FINITE)
        self._check_limits()
        self.inside = False
        return metric

    def _record(self, value: float) -> None:
        self.trace.append(value)
        if self._callback is not None:
            self._callback(self._before + len(self.trace), value)

    def _refuse_at_start(self, value: float) -> None:
        if not self.trace:
            raise ValueError(
                f"Value and gradient must be finite numbers at the start, but the value is {value}"
                f"{' and its gradient is not finite' if math.isfinite(value) else ''}: choose another start."
            )

    def _check_limits(self) -> None:
        if len(self.trace) >= self.limit:
            raise StopSearch(Status.EVALUATION_LIMIT)
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise StopSearch(Status.TIME_LIMIT)


def _check_kind(value: Any, gradient: np.ndarray, params: np.ndarray) -> None:
    if np.ndim(value) != 0:
        raise ValueError(
            f"One number is minimized, but the value has shape {np.shape(value)}: compile a program for one observable."
        )
    if gradient.shape != params.shape:
        raise ValueError(
            f"The gradient must have the shape of the parameters, {params.shape}, but it has shape {gradient.shape}."
        )
