"""L-BFGS and BFGS: Newton's method with a Hessian learnt from the gradients on the way."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from runtime.minimization.line_search import ROUNDING, line_search
from runtime.minimization.outcome import Status

if TYPE_CHECKING:
    from runtime.minimization.evaluations import Evaluations
    from runtime.minimization.method import State

FIRST_STEP = 1.0  # bound on the length of the first step, radians
IDLE_ITERATIONS = 20  # without a lower value or a smaller gradient, beyond rounding


class _InverseHessian(Protocol):
    """A positive definite approximation of the inverse Hessian."""

    @property
    def informed(self) -> bool: ...
    def apply(self, gradient: np.ndarray) -> np.ndarray: ...
    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None: ...
    def forget(self) -> None: ...
    def state(self) -> State: ...


@dataclass(frozen=True)
class LBFGS:
    """The method of limited memory (Liu & Nocedal, Math. Program. 45, 503 (1989)).

    Attributes:
        memory: pairs of steps and gradient changes that are kept, 16 * memory * n_params bytes.
    """

    memory: int = 20
    needs = "value_and_grad"

    def __post_init__(self) -> None:
        if self.memory < 1:
            raise ValueError(f"The memory of L-BFGS must hold at least one pair, got memory={self.memory}.")

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`."""
        return _iterations(evaluations, start, _Recent(len(start), self.memory, saved), saved)


@dataclass(frozen=True)
class BFGS:
    """The method that keeps the whole inverse Hessian, 8 * n_params^2 bytes (Nocedal & Wright, chapter 6).

    It does not creep along the flat valleys of redundant parameters, as limited memory does.
    """

    needs = "value_and_grad"

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`.

        Raises:
            DoesNotFitError: if the inverse Hessian would not fit in memory.
        """
        return _iterations(evaluations, start, _Whole(len(start), saved), saved)


def _iterations(
    evaluations: Evaluations, start: np.ndarray, hessian: _InverseHessian, saved: State | None
) -> Generator[State, None, Status]:
    from runtime.minimization.evaluations import Point

    if saved is None:
        point = evaluations.point(start)
        lowest, smallest, idle = point.value, float(np.abs(point.gradient).max()), 0
    else:
        point = Point(saved["parameters"], float(saved["value"]), saved["gradient"])
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
        norm = float(np.abs(point.gradient).max())
        idle = 0 if point.value < lowest - ROUNDING * abs(lowest) or norm < 0.9 * smallest else idle + 1
        lowest, smallest = min(lowest, point.value), min(smallest, norm)
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


class _Recent:
    """The last pairs, in a ring."""

    def __init__(self, n_params: int, memory: int, saved: State | None) -> None:
        if saved is None:
            self.steps, self.changes = np.zeros((memory, n_params)), np.zeros((memory, n_params))
            self.products = np.ones(memory)
            self.newest, self.count = memory - 1, 0
        else:
            self.steps, self.changes, self.products = saved["steps"], saved["changes"], saved["products"]
            self.newest, self.count = int(saved["newest"]), int(saved["count"])

    @property
    def informed(self) -> bool:
        return self.count > 0

    def apply(self, gradient: np.ndarray) -> np.ndarray:
        from runtime.kernels.inverse_hessian import apply_recent

        return apply_recent(gradient, self.steps, self.changes, self.products, self.newest, self.count)

    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None:
        memory = len(self.products)
        self.newest = (self.newest + 1) % memory
        self.count = min(self.count + 1, memory)
        self.steps[self.newest], self.changes[self.newest], self.products[self.newest] = step, change, product

    def forget(self) -> None:
        self.count = 0

    def state(self) -> State:
        return {
            "steps": self.steps,
            "changes": self.changes,
            "products": self.products,
            "newest": self.newest,
            "count": self.count,
        }


class _Whole:
    """The whole matrix; at first the identity, scaled by the first pair before it is updated.

    The scale is s.s / s.y, the longer of Barzilai & Borwein's. Nocedal & Wright's s.y / y.y (eq. 6.20) is as good where
    the curvatures are alike, but it holds flat directions back, and the matrix is slow to unlearn that.
    """

    def __init__(self, n_params: int, saved: State | None) -> None:
        from runtime.memory import DoesNotFitError, available_bytes, human

        needed, free = 8 * n_params**2, available_bytes()
        if needed > free:
            raise DoesNotFitError(
                f"BFGS keeps {n_params:,}^2 numbers, {human(needed)}, where {human(free)} are free: use 'L-BFGS'."
            )
        self.inverse = np.eye(n_params) if saved is None else saved["inverse"]
        self.informed: bool = saved is not None and bool(saved["informed"])

    def apply(self, gradient: np.ndarray) -> np.ndarray:
        from runtime.kernels.inverse_hessian import multiply

        return multiply(self.inverse, gradient)

    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None:
        from runtime.kernels.inverse_hessian import update

        if not self.informed:
            self.inverse *= float(step @ step) / product
        update(self.inverse, step, change, product)
        self.informed = True

    def forget(self) -> None:
        self.inverse = np.eye(len(self.inverse))  # a new one: the old belongs to the state that was yielded
        self.informed = False

    def state(self) -> State:
        return {"inverse": self.inverse, "informed": self.informed}
