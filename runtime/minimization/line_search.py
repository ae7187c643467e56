"""A step along a descent direction that the weak Wolfe conditions accept.

Bracketing and bisection as in Lewis & Overton, Math. Program. 141, 135 (2013), which ends for every function that is
bounded below, smooth or not. Within the bracket the secant of the slopes is tried first. Where the values differ by
rounding alone, the slopes decide: the approximate conditions of Hager & Zhang, SIAM J. Optim. 16, 170 (2005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from runtime.minimization.evaluations import Evaluations, Point

DECREASE, CURVATURE = 1e-4, 0.9  # of the Wolfe conditions, as Nocedal & Wright give them for quasi-Newton methods
APPROXIMATE_DECREASE = 0.1  # of Hager & Zhang's test on slopes
ROUNDING = 1e-13  # of a value, relative: what two evaluations at one point may differ by
MAX_TRIALS = 50
INTERPOLATIONS = 6  # trials before the bracket is halved instead


def line_search(
    evaluations: Evaluations, origin: Point, direction: np.ndarray, step: float
) -> tuple[float, Point] | None:
    """Find a step that decreases the value enough and is not too short.

    Args:
        evaluations: of the function.
        origin: where to start, with its value and gradient.
        direction: along which the value decreases, shape (n_params,).
        step: the first to try, in units of the direction.

    Returns:
        The step and the point it leads to; None if the function can no longer be decreased in this direction.
    """
    slope = float(origin.gradient @ direction)
    rounding = ROUNDING * abs(origin.value)
    short, short_slope = 0.0, slope
    shorter: tuple[float, Point] | None = None
    long, long_slope = float("inf"), 0.0
    for trial in range(MAX_TRIALS):
        reached = evaluations.point(origin.parameters + step * direction)
        reached_slope = float(reached.gradient @ direction)
        rise = reached.value - origin.value
        level = rise <= rounding and reached_slope <= (2 * APPROXIMATE_DECREASE - 1) * slope
        if rise > DECREASE * step * slope and not level:
            long, long_slope = step, reached_slope
        elif reached_slope < CURVATURE * slope:
            short, short_slope, shorter = step, reached_slope, (step, reached)
        else:
            return step, reached
        if long == float("inf"):
            step = _lengthened(short, short_slope, slope)
        else:
            width = long - short
            middle = short + 0.5 * width
            if trial < INTERPOLATIONS and long_slope > 0:
                secant = short - short_slope * width / (long_slope - short_slope)
                middle = min(max(secant, short + 0.1 * width), long - 0.1 * width)
            if not short < middle < long:
                break
            step = middle
    return shorter if shorter is not None and shorter[1].value < origin.value else None


def _lengthened(step: float, step_slope: float, slope: float) -> float:
    """Where the secant of the slopes at 0 and at the step vanishes, but two to ten times the step."""
    change = step_slope - slope
    return min(max(-slope * step / change, 2 * step), 10 * step) if change > 0 else 10 * step
