"""Measured bitstrings, each kept once with its count."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from optimization.alternating import QaoaProblem


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Distinct bitstrings with how often each was seen, its objective and whether it is feasible; best first.

    Infeasible bitstrings come last, whatever their objective.
    """

    bitstrings: np.ndarray  # shape: (n_distinct, n_variables), uint8
    counts: np.ndarray  # shape: (n_distinct,), int64
    objectives: np.ndarray  # shape: (n_distinct,), the problem's unit and sense
    feasible: np.ndarray  # shape: (n_distinct,), bool

    @classmethod
    def from_shots(cls, shots: np.ndarray, problem: "QaoaProblem") -> Self:
        """Gather shots, (n_shots, n_variables), and evaluate each distinct bitstring once."""
        shots = np.ascontiguousarray(shots, dtype=np.uint8)
        if shots.ndim != 2 or not len(shots):
            raise ValueError(f"Samples need shots of shape (n_shots, n_variables), but have shape {shots.shape}.")
        # Packed rows compare as byte strings, far faster than np.unique along an axis.
        packed = np.packbits(shots, axis=1)
        keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        _, first, counts = np.unique(keys, return_index=True, return_counts=True)
        bitstrings = shots[first]
        objectives = np.asarray(problem.objective(bitstrings), dtype=np.float64)
        feasible = problem.is_feasible(bitstrings)
        cost = objectives if problem.sense == "minimize" else -objectives
        order = np.lexsort((cost, ~feasible))
        return cls(
            bitstrings=bitstrings[order], counts=counts[order], objectives=objectives[order], feasible=feasible[order]
        )

    @property
    def n_shots(self) -> int:
        """The number of shots, repetitions included."""
        return int(self.counts.sum())

    @property
    def feasible_rate(self) -> float:
        """The share of shots that are feasible."""
        return float(self.counts[self.feasible].sum() / self.n_shots)

    @property
    def best(self) -> tuple[np.ndarray, float] | None:
        """The best feasible bitstring and its objective; None if no shot is feasible."""
        return (self.bitstrings[0], float(self.objectives[0])) if self.feasible[0] else None
