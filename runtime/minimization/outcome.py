"""What a minimization gives: the best point, and how the search ended, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np


class Status(Enum):
    """How a minimization ended."""

    CONVERGED = "The gradient is smaller than asked for."
    STALLED = "The line search can make no more progress in floating-point arithmetic, and the gradient is not small."
    EVALUATION_LIMIT = "The limit on evaluations was reached first."
    TIME_LIMIT = "The time limit was reached first."
    COMPLETED = "All iterations of a stochastic method were made; it has no test of convergence."
    NOT_FINITE = "A value or gradient was not a finite number; the best point before it is kept."

    @property
    def converged(self) -> bool:
        """Whether the result is a stationary point to the tolerance asked for."""
        return self is Status.CONVERGED


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """The best point that a minimization visited; of a stochastic method, the point where it ended."""

    parameters: np.ndarray  # shape: (n_params,)
    value: float
    status: Status  # of the start that won
    n_evaluations: int  # over all starts
    n_iterations: int  # over all starts; the natural gradient takes a metric in each
    gradient_norm: float  # largest component; nan for methods without gradients
    trace: tuple[float, ...] = field(repr=False)  # the value at each evaluation of the start that won
    starts: tuple[Minimum, ...] = field(default=(), repr=False)  # what each gave, in order; empty for a single start
