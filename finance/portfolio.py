"""The choice of a fixed number of assets at equal weights, as a binary problem."""

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from optimization.binary_problem import BinaryProblem
from optimization.feasible_set import Group

if TYPE_CHECKING:
    from finance.market import Market


@dataclass(frozen=True, kw_only=True, eq=False)
class Portfolio(BinaryProblem):
    """Maximize mu.w - risk_aversion * w.Sigma.w with w = x / n_chosen and n_chosen assets held.

    Everything of `BinaryProblem` holds: bit i says whether asset i is held.
    """

    expected_returns: np.ndarray  # shape: (n_assets,)
    covariance: np.ndarray  # shape: (n_assets, n_assets)
    n_chosen: int
    risk_aversion: float

    def expected_return(self, bitstrings: np.ndarray) -> np.ndarray:
        """Expected return of each portfolio, (..., n_assets) -> (...), in the market's period."""
        return self._weights(bitstrings) @ self.expected_returns

    def variance(self, bitstrings: np.ndarray) -> np.ndarray:
        """Variance of the return of each portfolio, (..., n_assets) -> (...), in the market's period."""
        weights = self._weights(bitstrings)
        return np.einsum("...i,...i->...", weights @ self.covariance, weights)

    def _weights(self, bitstrings: np.ndarray) -> np.ndarray:
        return self._checked(bitstrings).astype(np.float64) / self.n_chosen


def pose(market: "Market", *, n_chosen: int, risk_aversion: float) -> Portfolio:
    """Pose the portfolio problem of a market; see `Market.portfolio`.

    Raises:
        ValueError: If n_chosen is not between 1 and the number of assets, or risk_aversion is negative or not finite.
    """
    if isinstance(n_chosen, bool) or not isinstance(n_chosen, Integral) or not 1 <= n_chosen <= market.n_assets:
        raise ValueError(
            f"n_chosen needs a whole number from 1 to the {market.n_assets} assets there are, but is {n_chosen!r}."
        )
    if not (np.isfinite(risk_aversion) and risk_aversion >= 0):
        raise ValueError(f"risk_aversion needs a number of zero or more, but is {risk_aversion!r}.")
    count, aversion = int(n_chosen), float(risk_aversion)
    return Portfolio.from_matrix(
        -aversion * market.covariance / count**2,
        linear=market.expected_returns / count,
        sense="maximize",
        groups=(Group(tuple(range(market.n_assets)), count, "held assets"),),
        names=market.names,
        unit="per year",
        expected_returns=market.expected_returns,
        covariance=market.covariance,
        n_chosen=count,
        risk_aversion=aversion,
    )
