"""Markets, portfolios and their frontiers.

Import from here: `Market` reads prices, returns or moments and says what it assumed; `market.portfolio` poses the
choice of a fixed number of assets with equal weights as a `Portfolio`, a binary problem that `optimization.qaoa` and
the classical solvers of `optimization.baselines` take; `efficient_frontier` certifies frontiers with bounded weights.
Returns are simple returns, means are arithmetic; moments read from dated tables are per year.
"""

from finance.frontier import efficient_frontier
from finance.market import Market
from finance.portfolio import Portfolio

__all__ = ["Market", "Portfolio", "efficient_frontier"]
