"""How good samples are: the probability of the optimum and quantiles of the gap, never only the best found.

On easy instances the best of a thousand uniform samples is close to the optimum, so the best sample says little about a
sampler. These figures are the same for a measured set of samples and for an exact distribution.
"""

from dataclasses import dataclass

import numpy as np

from optimization.alternating import QaoaProblem
from optimization.samples import Samples

LEVELS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
TOLERANCE = 1e-9  # a gap below this is the optimum: rounding of the objective is many times smaller


@dataclass(frozen=True, kw_only=True)
class SampleQuality:
    """Figures of a sampler against the best objective known. Infeasible outcomes have an infinite gap."""

    success_probability: float  # that one sample is the optimum
    feasible_rate: float
    expectation: float  # mean objective of the feasible outcomes
    best_gap: float
    mean_gap: float  # of the feasible outcomes
    gap_quantiles: tuple[float, ...]  # at LEVELS, over all outcomes

    def success_in(self, shots: int) -> float:
        """The probability that at least one of `shots` independent samples is the optimum."""
        return float(-np.expm1(shots * np.log1p(-min(self.success_probability, 1.0 - 1e-16))))


def sample_quality(samples: Samples, problem: QaoaProblem, *, best: float) -> SampleQuality:
    """Judge measured samples.

    Args:
        samples: What was measured.
        problem: The problem it was measured for, which defines the gap.
        best: The objective to measure against: certified, or the best known.
    """
    return _quality(samples.counts / samples.n_shots, samples.objectives, samples.feasible, problem, best)


def distribution_quality(
    probabilities: np.ndarray, bitstrings: np.ndarray, problem: QaoaProblem, *, best: float
) -> SampleQuality:
    """Judge an exact distribution.

    Args:
        probabilities: Probability of each bitstring, (m,).
        bitstrings: The bitstrings, (m, n_variables).
        problem: The problem, which defines the gap.
        best: The objective to measure against.
    """
    return _quality(probabilities, problem.objective(bitstrings), problem.is_feasible(bitstrings), problem, best)


def _quality(
    weights: np.ndarray, objectives: np.ndarray, feasible: np.ndarray, problem: QaoaProblem, best: float
) -> SampleQuality:
    gaps = np.full(len(weights), np.inf)
    gaps[feasible] = problem.gap(objectives[feasible], best)
    share = float(weights[feasible].sum())
    order = np.argsort(gaps)
    reached = np.cumsum(weights[order])
    # The smallest gap that at least this share of the outcomes does not exceed.
    positions = np.minimum(np.searchsorted(reached, np.array(LEVELS) * reached[-1]), len(order) - 1)
    return SampleQuality(
        success_probability=float(weights[gaps <= TOLERANCE].sum()),
        feasible_rate=share,
        expectation=float(weights[feasible] @ objectives[feasible] / share) if share else float("nan"),
        best_gap=float(gaps[weights > 0].min()),
        mean_gap=float(weights[feasible] @ gaps[feasible] / share) if share else float("inf"),
        gap_quantiles=tuple(float(gap) for gap in gaps[order][positions]),
    )
