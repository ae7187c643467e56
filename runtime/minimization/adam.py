"""Adam: gradient descent with momentum and a step size for each parameter."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runtime.minimization.outcome import Status

if TYPE_CHECKING:
    from runtime.minimization.evaluations import Evaluations
    from runtime.minimization.method import State


@dataclass(frozen=True)
class Adam:
    """Kingma & Ba, ICLR 2015, arXiv:1412.6980, algorithm 1.

    Attributes:
        learning_rate: about the largest change of a parameter in one iteration, radians.
        momentum: decay of the mean of the gradient, beta_1.
        smoothing: decay of the mean of its square, beta_2.
    """

    learning_rate: float = 0.02
    momentum: float = 0.9
    smoothing: float = 0.999
    needs = "value_and_grad"

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < float("inf") or not (0 <= self.momentum < 1 and 0 <= self.smoothing < 1):
            raise ValueError(
                "Adam needs a positive learning rate and decays from 0 to below 1, got"
                f" learning_rate={self.learning_rate}, momentum={self.momentum}, smoothing={self.smoothing}."
            )

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`."""
        if saved is None:
            parameters, mean, square, done = start, np.zeros_like(start), np.zeros_like(start), 0
        else:
            parameters, mean, square, done = (saved[name] for name in ("parameters", "mean", "square", "done"))
        while True:
            gradient = evaluations.point(parameters).gradient
            done = int(done) + 1
            mean = self.momentum * mean + (1 - self.momentum) * gradient
            square = self.smoothing * square + (1 - self.smoothing) * gradient**2
            scale = np.sqrt(square / (1 - self.smoothing**done)) + 1e-8
            parameters = parameters - self.learning_rate * mean / (1 - self.momentum**done) / scale
            yield {"parameters": parameters, "mean": mean, "square": square, "done": done}
