"""L-BFGS and BFGS: Newton's method with a Hessian learnt from the gradients on the way."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runtime.minimization.evaluations import Evaluations, Point
from runtime.minimization.inverse_hessian import InverseHessian, Recent, Whole
from runtime.minimization.line_search import ROUNDING, line_search
from runtime.minimization.outcome import Status

if TYPE_CHECKING:
    from runtime.minimization.method import State

FIRST_STEP = 1.0  # bound on the length of the first step, radians
IDLE_ITERATIONS = 20  # without a lower value or a smaller gradient, beyond rounding


@dataclass(frozen=True)
class LBFGS:
    """The method of limited memory (Liu & Nocedal, Math. Program. 45, 503 (1989)).

    Attributes:
        memory: pairs of steps and gradient changes that are kept, 16 * memory * n_params bytes.
        curvatures: estimates of the Hessian's diagonal where the search starts, shape (n_params,), positive, if there
            are any; their ratios alone matter once the search has begun.
    """

    memory: int = 20
    curvatures: np.ndarray | None = field(default=None, repr=False, compare=False)
    needs = "value_and_grad"

    def __post_init__(self) -> None:
        _check_curvatures(self.curvatures)
        if self.memory < 1:
            raise ValueError(f"The memory of L-BFGS must hold at least one pair, got memory={self.memory}.")

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`."""
        return _iterations(evaluations, start, Recent(_scales(self.curvatures, len(start)), self.memory, saved), saved)


@dataclass(frozen=True)
class BFGS:
    """The method that keeps the whole inverse Hessian, 8 * n_params^2 bytes (Nocedal & Wright, chapter 6).

    It does not creep along the flat valleys of redundant parameters, as limited memory does.

    Attributes:
        curvatures: as for `LBFGS`.
    """

    curvatures: np.ndarray | None = field(default=None, repr=False, compare=False)
    needs = "value_and_grad"

    def __post_init__(self) -> None:
        _check_curvatures(self.curvatures)

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`.

        Raises:
            DoesNotFitError: if the inverse Hessian would not fit in memory.
        """
        return _iterations(evaluations, start, Whole(_scales(self.curvatures, len(start)), saved), saved)


def _iterations(
    evaluations: Evaluations, start: np.ndarray, hessian: InverseHessian, saved: State | None
) -> Generator[State, None, Status]:
    if saved is None:
        point = evaluations.point(start)
        lowest, smallest, idle = point.value, point.gradient_norm, 0
    else:
        point = Point.saved_in(saved)
        lowest, smallest, idle = float(saved["lowest"]), float(saved["smallest"]), int(saved["idle"])
    while idle < IDLE_ITERATIONS:
        direction = -hessian.apply(point.gradient)
        step = 1.0 if hessian.informed else min(1.0, FIRST_STEP / float(np.linalg.norm(direction)))
        found = line_search(evaluations, point, direction, step) if point.gradient @ direction < 0 else None
        if found is None:
            if not hessian.informed:
                return Status.STALLED
            # What was learnt far away or from rounding may mislead here; the plain gradient often still descends.
            hessian.forget()
            continue
        reached = found[1]
        move, change = reached.parameters - point.parameters, reached.gradient - point.gradient
        product = float(move @ change)
        if product > np.finfo(np.float64).eps * float(change @ change):
            hessian.learn(move, change, product)
        point = reached
        better = point.value < lowest - ROUNDING * abs(lowest) or point.gradient_norm < 0.9 * smallest
        idle = 0 if better else idle + 1
        lowest, smallest = min(lowest, point.value), min(smallest, point.gradient_norm)
        yield {
            "parameters": point.parameters,
            "value": point.value,
            "gradient": point.gradient,
            "lowest": lowest,
            "smallest": smallest,
            "idle": idle,
            **hessian.state(),
        }
    return Status.STALLED


def _check_curvatures(curvatures: np.ndarray | None) -> None:
    if curvatures is not None and not (np.isfinite(curvatures).all() and (np.asarray(curvatures) > 0).all()):
        raise ValueError(
            "Curvatures must be positive and finite: raise those that are not to the smallest you believe."
        )


def _scales(curvatures: np.ndarray | None, n_params: int) -> np.ndarray:
    """The diagonal of the first inverse Hessian, shape (n_params,)."""
    if curvatures is None:
        return np.ones(n_params)
    if np.shape(curvatures) != (n_params,):
        raise ValueError(f"Curvatures must have the shape of the start, ({n_params},), got {np.shape(curvatures)}.")
    return 1.0 / np.asarray(curvatures, dtype=np.float64)
