from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance import Market, Portfolio
from optimization import BinaryProblem, qaoa
from optimization.baselines import anneal, greedy, solve_scip


def market_of(seed: int, n_assets: int = 9) -> Market:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(n_assets, n_assets)) / 5
    return Market.from_moments(rng.uniform(0, 0.2, n_assets), factors @ factors.T, tuple("ABCDEFGHIJ"[:n_assets]))


@given(st.integers(0, 500), st.integers(1, 9), st.floats(0, 20))
def test_objective_is_return_less_priced_variance(seed: int, n_chosen: int, aversion: float) -> None:
    market = market_of(seed)
    problem = market.portfolio(n_chosen=n_chosen, risk_aversion=aversion)
    bits = problem.uniform(5, seed)
    weights = bits / n_chosen
    expected = weights @ market.expected_returns - aversion * np.einsum(
        "mi,ij,mj->m", weights, market.covariance, weights
    )
    np.testing.assert_allclose(problem.objective(bits), expected, atol=1e-12)
    utility = problem.expected_return(bits) - aversion * problem.variance(bits)
    np.testing.assert_allclose(problem.objective(bits), utility, atol=1e-12)
    assert problem.is_feasible(bits).all()


def test_a_portfolio_is_a_binary_problem_that_maximizes() -> None:
    problem = market_of(0).portfolio(n_chosen=3, risk_aversion=0.5)
    assert isinstance(problem, Portfolio)
    assert isinstance(problem, BinaryProblem)
    assert problem.sense == "maximize"
    assert problem.names == tuple("ABCDEFGHI")
    restored = BinaryProblem.from_json(problem.to_json())
    bits = problem.uniform(4, 1)
    np.testing.assert_array_equal(restored.objective(bits), problem.objective(bits))


def test_without_aversion_the_highest_returns_are_held() -> None:
    market = market_of(1)
    problem = market.portfolio(n_chosen=4, risk_aversion=0)
    best = set(np.argsort(market.expected_returns)[-4:])
    for solution in (problem.solve_exact(), greedy(problem), solve_scip(problem), anneal(problem, seed=1, n_reads=20)):
        assert set(np.flatnonzero(solution.bitstring)) == best


@pytest.mark.parametrize("n_chosen", [1, 9])
def test_extreme_choices_run_on_every_solver(n_chosen: int) -> None:
    problem = market_of(2).portfolio(n_chosen=n_chosen, risk_aversion=1.0)
    exact = problem.solve_exact()
    assert solve_scip(problem).objective == pytest.approx(exact.objective)
    assert anneal(problem, seed=1, n_reads=20).objective == pytest.approx(exact.objective)
    result = qaoa(problem, depth=1, seed=1, shots=200)
    assert result.feasible_rate == 1.0
    assert result.gap == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_chosen": 10}, "whole number from 1 to the 9 assets there are, but is 10"),
        ({"n_chosen": 0}, "whole number from 1 to the 9 assets there are, but is 0"),
        ({"n_chosen": -1}, "but is -1"),
        ({"n_chosen": 2.5}, "but is 2.5"),
        ({"n_chosen": True}, "but is True"),
        ({"risk_aversion": -0.5}, "risk_aversion needs a number of zero or more, but is -0.5"),
        ({"risk_aversion": np.nan}, "but is nan"),
        ({"risk_aversion": np.inf}, "but is inf"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        market_of(0).portfolio(**{"n_chosen": 3, "risk_aversion": 0.5, **options})


def test_sp500_optimum_by_two_ways_where_greedy_fails() -> None:
    problem = Market.sp500().portfolio(n_chosen=8, risk_aversion=5)
    exact, scip = problem.solve_exact(), solve_scip(problem)
    assert exact.certified
    assert scip.certified
    np.testing.assert_array_equal(exact.bitstring, scip.bitstring)
    # Found by enumerating all 125,970 portfolios of skfolio's stocks from 1990 to 2022.
    assert problem.chosen(exact.bitstring) == ("AAPL", "CVX", "JNJ", "MSFT", "PEP", "PG", "UNH", "WMT")
    assert 0.005 < problem.gap(greedy(problem).objective, exact.objective) < 0.05
    annealed = anneal(problem, seed=1, n_reads=1000)
    assert annealed.samples is not None
    assert annealed.samples.counts[0] > 900
    assert annealed.objective == pytest.approx(exact.objective)
