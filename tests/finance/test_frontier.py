import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from finance import Market, efficient_frontier


def small_market(n_assets: int = 5) -> Market:
    rng = np.random.default_rng(4)
    factors = rng.normal(size=(n_assets, n_assets)) / 5
    return Market.from_moments(rng.uniform(0.02, 0.2, n_assets), factors @ factors.T)


def frontier_of(market: Market, **options: Any) -> pd.DataFrame:
    return efficient_frontier(market.expected_returns, market.covariance, names=market.names, **options)


def test_every_point_holds_its_constraints_and_its_certificate() -> None:
    market = small_market()
    frame = frontier_of(market, n_chosen=3, weight_bounds=(0.1, 0.6), points=6)
    weights = frame[list(market.names)].to_numpy()
    assert len(frame) == 6
    assert frame["certified"].all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert ((weights > 0).sum(axis=1) == 3).all()
    assert weights[weights > 0].min() >= 0.1 - 1e-5
    assert weights.max() <= 0.6 + 1e-5
    np.testing.assert_allclose(frame["expected_return"], weights @ market.expected_returns)
    np.testing.assert_allclose(frame["variance"], np.einsum("mi,ij,mj->m", weights, market.covariance, weights))
    assert (frame["bound"] <= frame["variance"] + 1e-12).all()
    assert (np.diff(frame["expected_return"]) > 0).all()
    assert (np.diff(frame["variance"]) > -1e-7).all()


def test_two_of_five_against_a_fine_grid_over_all_pairs() -> None:
    market = small_market()
    frame = frontier_of(market, n_chosen=2, weight_bounds=(0.2, 0.8), points=4)
    share = np.linspace(0.2, 0.8, 6001)
    best = np.full(4, np.inf)
    for i in range(5):
        for j in range(i):
            mean = share * market.expected_returns[i] + (1 - share) * market.expected_returns[j]
            sigma = market.covariance
            risk = share**2 * sigma[i, i] + (1 - share) ** 2 * sigma[j, j] + 2 * share * (1 - share) * sigma[i, j]
            for point, target in enumerate(frame["expected_return"]):
                reached = mean >= target - 1e-9
                best[point] = min(best[point], risk[reached].min(initial=np.inf))
    assert (frame["variance"] <= best * (1 + 1e-4)).all()
    np.testing.assert_allclose(frame["variance"], best, rtol=2e-3)


def test_no_time_leaves_points_uncertified() -> None:
    frame = frontier_of(small_market(), n_chosen=2, points=3, time_limit=0.0)
    assert len(frame) == 3
    assert not frame["certified"].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_chosen": 6}, "n_chosen needs a whole number from 1 to the 5 assets"),
        ({"n_chosen": 0}, "n_chosen needs a whole number"),
        ({"n_chosen": 2, "weight_bounds": (0.6, 1.0)}, "cannot sum to 1: they sum to between 1.2 and 2"),
        ({"n_chosen": 2, "weight_bounds": (0.0, 0.4)}, "cannot sum to 1: they sum to between 0 and 0.8"),
        ({"n_chosen": 2, "weight_bounds": (0.5, 0.1)}, "0 <= smallest <= largest <= 1"),
        ({"n_chosen": 2, "points": 1}, "points needs at least 2, but is 1"),
        ({"n_chosen": 2, "method": "annealing"}, "method must be 'exact'"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        frontier_of(small_market(), **options)


@pytest.mark.skipif("KANAME_DATA" not in os.environ, reason="KANAME_DATA does not name the folder of published data")
def test_all_assets_of_port1_lie_on_the_published_frontier() -> None:
    folder = Path(os.environ["KANAME_DATA"]) / "orlib"
    published = np.loadtxt(folder / "portef1.txt")[::-1]
    market = Market.from_orlib(folder / "port1.txt")
    frame = frontier_of(market, n_chosen=31, weight_bounds=(0.0, 1.0), points=6)
    assert frame["certified"].all()
    np.testing.assert_allclose(
        frame["variance"], np.interp(frame["expected_return"], published[:, 0], published[:, 1]), rtol=1e-5
    )
    chosen = frontier_of(market, n_chosen=10, points=3)
    assert chosen["certified"].all()
    unconstrained = np.interp(chosen["expected_return"], published[:, 0], published[:, 1])
    assert (chosen["variance"] >= unconstrained * (1 - 1e-5)).all()
