"""How much work a heuristic does, counted in its own steps, so that a run does not depend on the computer's speed.

One unit of effort is about ten seconds of each method on the computer of the calibration (decision 16): iterations of
PyVRP, of which 0.19 ms were measured at 16 stops, 0.46 at 50 and 0.71 at 100; moves of annealing, 0.55 microseconds
each; subproblems of a sampled neighborhood search, a tenth of a second each with QAOA in four layers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_SECONDS = 10.0  # of one unit
_PYVRP_SECONDS, _PYVRP_SECONDS_PER_STOP = 1e-4, 6.5e-6  # of an iteration
_MOVE_SECONDS = 5.5e-7
_SUBPROBLEM_SECONDS = 0.1


@dataclass(frozen=True)
class Effort:
    """The steps that each heuristic may take, None for no limit; it may end earlier by its own rule."""

    pyvrp_iterations: int | None
    annealing_moves: int | None
    subproblems: int | None

    @classmethod
    def of(cls, units: float | None, n_stops: int) -> Effort:
        """The steps of some units of effort.

        Args:
            units: about ten seconds each; None: no limits.
            n_stops: of the problem.

        Raises:
            ValueError: if the units are not a positive number.
        """
        if units is None:
            return cls(pyvrp_iterations=None, annealing_moves=None, subproblems=None)
        if not (math.isfinite(units) and units > 0):
            raise ValueError(f"effort should be a positive number or None, got {units}.")
        seconds = units * _SECONDS
        return cls(
            pyvrp_iterations=math.ceil(seconds / (_PYVRP_SECONDS + _PYVRP_SECONDS_PER_STOP * n_stops)),
            annealing_moves=math.ceil(seconds / _MOVE_SECONDS),
            subproblems=math.ceil(seconds / _SUBPROBLEM_SECONDS),
        )
