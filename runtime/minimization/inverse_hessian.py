"""What quasi-Newton methods know of the inverse Hessian: the last pairs, or the whole matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from runtime.minimization.method import State


class InverseHessian(Protocol):
    """A positive definite approximation of the inverse Hessian."""

    @property
    def informed(self) -> bool:
        """Whether it has seen a pair."""

    def apply(self, gradient: np.ndarray) -> np.ndarray:
        """The product with a gradient, shape (n_params,)."""

    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None:
        """Take in a step, the change of the gradient along it, and their product, which is positive."""

    def forget(self) -> None:
        """Start again; states that were given out stay as they are."""

    def state(self) -> State:
        """All of it, as arrays and numbers."""


class Recent:
    """The last pairs, in a ring."""

    def __init__(self, scales: np.ndarray, memory: int, saved: State | None) -> None:
        if saved is None:
            self.scales = scales
            self.steps, self.changes = np.zeros((memory, len(scales))), np.zeros((memory, len(scales)))
            self.products = np.ones(memory)
            self.newest, self.count = memory - 1, 0
        else:
            self.scales = saved["scales"]
            self.steps, self.changes, self.products = saved["steps"], saved["changes"], saved["products"]
            self.newest, self.count = int(saved["newest"]), int(saved["count"])

    @property
    def informed(self) -> bool:
        """See `InverseHessian.informed`."""
        return self.count > 0

    def apply(self, gradient: np.ndarray) -> np.ndarray:
        """See `InverseHessian.apply`."""
        from runtime.kernels.inverse_hessian import apply_recent

        return apply_recent(gradient, self.scales, self.steps, self.changes, self.products, self.newest, self.count)

    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None:
        """See `InverseHessian.learn`."""
        memory = len(self.products)
        self.newest = (self.newest + 1) % memory
        self.count = min(self.count + 1, memory)
        self.steps[self.newest], self.changes[self.newest], self.products[self.newest] = step, change, product

    def forget(self) -> None:
        """See `InverseHessian.forget`."""
        self.count = 0

    def state(self) -> State:
        """See `InverseHessian.state`."""
        return {
            "scales": self.scales,
            "steps": self.steps,
            "changes": self.changes,
            "products": self.products,
            "newest": self.newest,
            "count": self.count,
        }


class Whole:
    """The whole matrix; at first diagonal, scaled by the first pair before it is updated.

    The scale is s.s / s.y in units of the diagonal, the longer of Barzilai & Borwein's. Nocedal & Wright's s.y / y.y
    (eq. 6.20) is as good where the curvatures are alike, but it holds flat directions back, and the matrix is slow to
    unlearn that.
    """

    def __init__(self, scales: np.ndarray, saved: State | None) -> None:
        from runtime.memory import DoesNotFitError, available_bytes, human

        n_params = len(scales)
        needed, free = 8 * n_params**2, available_bytes()
        if needed > free:
            raise DoesNotFitError(
                f"BFGS keeps {n_params:,}^2 numbers, {human(needed)}, where {human(free)} are free: use 'L-BFGS'."
            )
        self.scales = scales if saved is None else saved["scales"]
        self.inverse = np.diag(scales) if saved is None else saved["inverse"]
        self.informed: bool = saved is not None and bool(saved["informed"])

    def apply(self, gradient: np.ndarray) -> np.ndarray:
        """See `InverseHessian.apply`."""
        from runtime.kernels.inverse_hessian import multiply

        return multiply(self.inverse, gradient)

    def learn(self, step: np.ndarray, change: np.ndarray, product: float) -> None:
        """See `InverseHessian.learn`."""
        from runtime.kernels.inverse_hessian import update

        if not self.informed:
            self.inverse *= float(step @ (step / self.scales)) / product
        update(self.inverse, step, change, product)
        self.informed = True

    def forget(self) -> None:
        """See `InverseHessian.forget`."""
        self.inverse = np.diag(self.scales)  # a new one: the old belongs to the state that was yielded
        self.informed = False

    def state(self) -> State:
        """See `InverseHessian.state`."""
        return {"scales": self.scales, "inverse": self.inverse, "informed": self.informed}
