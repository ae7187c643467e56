"""What a classical solver of binary problems returns."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimization.samples import Samples


class SolverStatus(Enum):
    """How a solver ended, in words."""

    OPTIMAL = "Proved optimal."
    FINISHED = "Ran to its end; nothing is proved about the result."
    TIME_LIMIT = "Stopped at the time limit with the best found so far."


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The best bitstring a solver found, its objective recomputed from the problem, and what is proved about it.

    `bound` is the best objective that is not excluded (equal to `objective` when proved optimal); None where the method
    proves nothing. `n_optima` is how many bitstrings are as good as the optimum, where all were looked at, None
    elsewhere. `n_evaluations` counts objectives or objective differences evaluated, None where the solver does not say.
    `samples` are all the reads of a method that makes several.
    """

    method: str
    bitstring: np.ndarray  # shape: (n_variables,), uint8
    objective: float
    status: SolverStatus
    seconds: float
    bound: float | None = None
    n_evaluations: int | None = None
    n_optima: int | None = None
    samples: "Samples | None" = None

    @property
    def certified(self) -> bool:
        """Whether the bitstring is proved optimal."""
        return self.status is SolverStatus.OPTIMAL
