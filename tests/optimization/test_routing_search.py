"""The neighbourhood search: QAOA and its controls differ in the sampler alone, and the report on them adds up."""

import numpy as np
import pytest

from optimization import Cvrp, Tsp, solve
from optimization.routing import check
from optimization.routing.clock import Clock
from optimization.routing.neighbourhood_search import search_routes, search_tour
from optimization.routing.qaoa_sampler import MOST_EVALUATIONS, QaoaSampler
from optimization.routing.samplers import UniformSampler


@pytest.fixture(scope="module")
def suppliers():
    """Twelve customers on a ring around the depot, three full vehicles; nearest neighbour is far from optimal."""
    rng = np.random.default_rng(42)
    places = np.concatenate([[[0.0, 0.0]], rng.normal(size=(12, 2))])
    return Cvrp(
        name="ring",
        names=tuple(map(str, range(13))),
        travel=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
        demands=np.array([0, *[2, 3, 1, 4, 2, 3, 3, 1, 4, 2, 3, 2]]),
        capacity=10,
        n_vehicles=3,
    )


def test_a_search_improves_and_reports(suppliers):
    plan = solve(suppliers, method="qaoa", seed=7, time_limit=60)
    details = plan.details
    assert plan.cost < check(suppliers, details["start_routes"]).cost
    for subproblem in details["subproblems"]:
        assert subproblem["cost_optimal"] <= subproblem["cost_sampled"] + 1e-9
        assert subproblem["cost_optimal"] <= subproblem["cost_before"] + 1e-9
        assert subproblem["sector_dimension"] <= 10_000
        assert 0 < subproblem["uniform_probability"] <= 1
        assert 0 <= subproblem["success_probability"] <= 1 + 1e-9
        assert subproblem["n_shots"] == 128
    ratios = [s["success_probability"] / s["uniform_probability"] for s in details["subproblems"]]
    assert np.median(ratios) > 2


def test_training_happens_once_for_each_kind_of_mixer(suppliers):
    subproblems = solve(suppliers, method="qaoa", seed=7, time_limit=60).details["subproblems"]
    for kind in {s["mixer"] for s in subproblems}:
        trained = [s["n_evaluations"] > 0 for s in subproblems if s["mixer"] == kind]
        assert trained == [True, *[False] * (len(trained) - 1)]
    assert max(s["n_evaluations"] for s in subproblems) <= MOST_EVALUATIONS


def test_controls_take_the_same_steps_with_uniform_draws(suppliers):
    equal = solve(suppliers, method="uniform", seed=7, shots=64)
    more = solve(suppliers, method="uniform-more-shots", seed=7, shots=64)
    quantum = solve(suppliers, method="qaoa", seed=7, shots=64)
    starts = [plan.details["start_routes"] for plan in (equal, more, quantum)]
    assert starts[0] == starts[1] == starts[2]
    firsts = [plan.details["subproblems"][0] for plan in (equal, more, quantum)]
    for key in ("qubits", "sector_dimension", "mixer", "cost_before", "cost_optimal", "uniform_probability"):
        assert firsts[0][key] == firsts[1][key] == firsts[2][key]
    assert [first["n_shots"] for first in firsts] == [64, 64 * (1 + MOST_EVALUATIONS), 64]
    assert firsts[0]["success_probability"] == firsts[0]["uniform_probability"]


def test_a_sampler_that_always_finds_the_optimum_ends_in_a_local_optimum(suppliers):
    plentiful = UniformSampler(shots=200_000)
    found = search_routes(suppliers, plentiful, seed=1, clock=Clock(60))
    again = search_routes(suppliers, UniformSampler(shots=200_000), seed=2, clock=Clock(60))
    assert check(suppliers, found.routes).cost == pytest.approx(check(suppliers, again.routes).cost)


def test_a_small_tour_is_one_subproblem():
    places = np.random.default_rng(3).random((7, 2))
    tour = Tsp(
        name="seven",
        names=tuple(map(str, range(7))),
        travel=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
    )
    found = search_tour(tour, QaoaSampler(depth=4, shots=256), seed=1, clock=Clock(60))
    sizes = {(s["qubits"], s["sector_dimension"]) for s in found.details["subproblems"]}
    assert sizes == {(36, 720)}
    optimum = solve(tour, method="held-karp", seed=0).cost
    assert check(tour, found.routes).cost == pytest.approx(optimum)
