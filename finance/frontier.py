"""The efficient frontier of portfolios that hold a fixed number of assets within weight bounds."""

from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finance.moments import check_moments

if TYPE_CHECKING:
    import pandas

# SCIP proves a variance to this relative gap; its own tolerance on constraints is 1e-6 on numbers of order one.
RELATIVE_GAP = 1e-6
SLACK = 1e-5  # by which a returned weight may miss a constraint


def efficient_frontier(
    expected_returns: np.ndarray,
    covariance: np.ndarray,
    *,
    n_chosen: int,
    weight_bounds: tuple[float, float] = (0.01, 1.0),
    points: int = 50,
    method: Literal["exact"] = "exact",
    names: tuple[str, ...] = (),
    time_limit: float | None = None,
) -> "pandas.DataFrame":
    """Minimize variance for returns from that of the least variance to the highest there is (Chang et al. 2000).

    For each return r: min w.Sigma.w subject to mu.w >= r, sum w = 1, exactly n_chosen assets held, each weight within
    its bounds. Each point is a mixed-integer quadratic programme, solved by SCIP; what it returns is checked, and the
    variance is recomputed from the weights.

    Args:
        expected_returns: (n_assets,), per any period.
        covariance: (n_assets, n_assets), per the same period.
        n_chosen: How many assets are held.
        weight_bounds: Smallest and largest weight of a held asset.
        points: How many returns, equally spaced.
        method: "exact".
        names: Distinct names of the assets.
        time_limit: Seconds for the whole frontier; points that end early are not certified.

    Returns:
        A frame with a row for each point: expected_return, variance, certified, bound (proved lower bound of the
        variance), and the weight of each asset by name. A point without any portfolio found in time holds NaN.

    Raises:
        ValueError: On moments or options that describe no portfolio.
    """
    import pandas as pd

    mu, sigma, labels = check_moments(expected_returns, covariance, names)
    _check_options(len(mu), n_chosen, weight_bounds, points, method)
    started = perf_counter()
    rows: list[dict[str, Any]] = []
    targets: list[float | None] = [None]
    while targets:
        target = targets.pop(0)
        # The first programme asks for no return; it ends where the frontier begins, and the others follow from it.
        left = None if time_limit is None else max(time_limit - (perf_counter() - started), 0.0)
        share = None if left is None else left / (points - len(rows))
        weights, bound, certified = _least_variance(mu, sigma, n_chosen, weight_bounds, target, share)
        if target is None:
            lowest = float(mu @ weights) if np.all(np.isfinite(weights)) else float(mu.min())
            targets = list(np.linspace(lowest, _highest_return(mu, n_chosen, weight_bounds), points)[1:])
        rows.append(
            {
                "expected_return": float(mu @ weights),
                "variance": float(weights @ sigma @ weights),
                "certified": certified,
                "bound": bound,
                **dict(zip(labels, weights, strict=True)),
            }
        )
    return pd.DataFrame(rows)


def _check_options(n_assets: int, n_chosen: int, weight_bounds: tuple[float, float], points: int, method: str) -> None:
    low, high = weight_bounds
    if not 1 <= n_chosen <= n_assets:
        raise ValueError(f"n_chosen needs a whole number from 1 to the {n_assets} assets there are, but is {n_chosen}.")
    if not 0 <= low <= high <= 1:
        raise ValueError(f"weight_bounds need 0 <= smallest <= largest <= 1, but are {weight_bounds}.")
    if not n_chosen * low <= 1 + 1e-12 or not n_chosen * high >= 1 - 1e-12:
        raise ValueError(
            f"Weights of {n_chosen} assets between {low:g} and {high:g} cannot sum to 1: they sum to between "
            f"{n_chosen * low:g} and {n_chosen * high:g}."
        )
    if points < 2:
        raise ValueError(f"points needs at least 2, but is {points}.")
    if method != "exact":
        raise ValueError(f"method must be 'exact', but is {method!r}.")


def _highest_return(mu: np.ndarray, n_chosen: int, weight_bounds: tuple[float, float]) -> float:
    """Hold the best assets at the least weight, and give what is left to the very best."""
    low, high = weight_bounds
    best = np.sort(mu)[::-1][:n_chosen]
    weights = np.full(n_chosen, low)
    for i in range(n_chosen):
        weights[i] += min(high - low, 1.0 - weights.sum())
    return float(best @ weights)


def _least_variance(
    mu: np.ndarray,
    sigma: np.ndarray,
    n_chosen: int,
    weight_bounds: tuple[float, float],
    target: float | None,
    time_limit: float | None,
) -> tuple[np.ndarray, float, bool]:
    """Solve one point: weights, proved lower bound of the variance, and whether they meet."""
    from pyscipopt import Model, quicksum

    n_assets = len(mu)
    scale = float(np.mean(np.diag(sigma))) or 1.0  # SCIP's tolerances are absolute, variances small
    span = float(np.abs(mu).max()) or 1.0
    model = Model()
    model.hideOutput()
    model.setParam("limits/gap", RELATIVE_GAP / 10)
    model.setParam("parallel/maxnthreads", 1)
    if time_limit is not None:
        model.setParam("limits/time", time_limit)
    weights = [model.addVar(lb=0.0, ub=weight_bounds[1]) for _ in range(n_assets)]
    held = [model.addVar(vtype="B") for _ in range(n_assets)]
    for weight, bit in zip(weights, held, strict=True):
        model.addCons(weight >= weight_bounds[0] * bit)
        model.addCons(weight <= weight_bounds[1] * bit)
    model.addCons(quicksum(held) == n_chosen)
    model.addCons(quicksum(weights) == 1)
    if target is not None:
        model.addCons(quicksum(mu[i] / span * weights[i] for i in range(n_assets)) >= target / span)
    variance = model.addVar(lb=0.0)
    terms = [(1.0 if i == j else 2.0, i, j) for i in range(n_assets) for j in range(i, n_assets)]
    model.addCons(quicksum(f * sigma[i, j] / scale * weights[i] * weights[j] for f, i, j in terms) <= variance)
    model.setObjective(variance, "minimize")
    model.optimize()

    bound = max(scale * float(model.getDualbound()), 0.0)
    if model.getNSols() == 0:
        return np.full(n_assets, np.nan), bound, False
    found = np.array([model.getVal(weight) for weight in weights])
    chosen = np.array([model.getVal(bit) > 0.5 for bit in held])
    found = np.where(chosen, np.clip(found, *weight_bounds), 0.0)
    found /= found.sum()
    outside = np.any(found[chosen] < weight_bounds[0] - SLACK) or np.any(found > weight_bounds[1] + SLACK)
    short = target is not None and float(mu @ found) < target - SLACK * span
    if chosen.sum() != n_chosen or outside or short:
        raise RuntimeError("SCIP returned weights that break a constraint; please report this problem.")
    reached = float(found @ sigma @ found)
    return (
        found,
        min(bound, reached),
        model.getStatus() in ("optimal", "gaplimit")
        and (reached - bound <= 10 * RELATIVE_GAP * scale + RELATIVE_GAP * reached),
    )
