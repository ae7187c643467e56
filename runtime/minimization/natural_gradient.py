"""The natural gradient: steepest descent in the space of states, not of parameters."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runtime.minimization.evaluations import Evaluations, Point
from runtime.minimization.line_search import line_search
from runtime.minimization.outcome import Status

if TYPE_CHECKING:
    from runtime.minimization.method import State


IMMOBILE = 1e-12  # of the largest diagonal element: below it a parameter is taken to move nothing
RELAXATION = 0.7  # of the step that would have been best along the last direction


@dataclass(frozen=True)
class NaturalGradient:
    """Descent along -(g + damping * diag g)^-1 grad / 2, with g the Fubini-Study metric and a line search.

    With g_ij = Re <d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi>, a step t along this direction is imaginary time t, in
    the inverse of the value's unit (McArdle et al., npj Quantum Inf. 5, 75 (2019)); the learning rate of Stokes et al.,
    Quantum 4, 269 (2020), who write g^-1 grad, is t / 2. The line search makes every step a descent. It first tries
    seven tenths of the step that would have been best along the direction before: relaxed so, steepest descent does not
    zigzag, and needs half the iterations (Raydan & Svaiter, Comput. Optim. Appl. 21, 155 (2002)).

    Convergence is linear, at a rate that the spectrum of the observable sets and the choice of parameters does not. A
    metric costs many times a gradient: for exact gradients L-BFGS needs less of both.

    Attributes:
        damping: regularisation of directions that hardly move the state; in units of the diagonal, as Marquardt does,
            so that the path does not depend on the scale of the parameters.
    """

    damping: float = 1e-3
    needs = "metric"

    def __post_init__(self) -> None:
        if not 0 < self.damping < float("inf"):
            raise ValueError(f"The damping of the natural gradient must be positive, got damping={self.damping}.")

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`."""
        if saved is None:
            point, step = evaluations.point(start), 1.0
        else:
            point, step = Point.saved_in(saved), float(saved["step"])
        while True:
            direction = -0.5 * self._solve(evaluations.metric(point.parameters), point.gradient)
            slope = float(point.gradient @ direction)
            found = line_search(evaluations, point, direction, step) if slope < 0 else None
            if found is None:
                return Status.STALLED
            step, point = found
            turned = 1 - float(point.gradient @ direction) / slope
            step = RELAXATION * step / turned if turned > 0 else step
            yield {"parameters": point.parameters, "value": point.value, "gradient": point.gradient, "step": step}

    def _solve(self, metric: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        diagonal = np.diagonal(metric)
        if not diagonal.any():  # a state that no parameter moves; the gradient is rounding
            return gradient
        floor = IMMOBILE * float(diagonal.max())
        return np.linalg.solve(metric + self.damping * np.diag(np.maximum(diagonal, floor)), gradient)
