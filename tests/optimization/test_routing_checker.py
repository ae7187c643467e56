"""The checker against brute force and against every rule that a plan can break."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.routing import Cvrp, Tsp, check


def random_cvrp(seed, n_customers=5, n_vehicles=2, *, symmetric=False):
    rng = np.random.default_rng(seed)
    travel = rng.integers(1, 50, size=(n_customers + 1, n_customers + 1)).astype(float)
    if symmetric:
        travel = np.maximum(travel, travel.T)
    demands = np.concatenate([[0.0], rng.integers(1, 6, size=n_customers)])
    capacity = max(demands.max(), np.ceil(demands.sum() / n_vehicles) + 2)
    names = ("depot", *(f"c{i}" for i in range(1, n_customers + 1)))
    return Cvrp(
        name=f"random-{seed}", names=names, travel=travel, demands=demands, capacity=capacity, n_vehicles=n_vehicles
    )


@given(seed=st.integers(0, 10**6), order=st.permutations(range(1, 6)))
@settings(max_examples=40, deadline=None)
def test_relabelled_customers_cost_the_same(seed, order):
    problem = random_cvrp(seed)
    new_to_old = [0, *order]
    relabelled = Cvrp(
        name="relabelled",
        names=tuple(problem.names[i] for i in new_to_old),
        travel=problem.travel[np.ix_(new_to_old, new_to_old)],
        demands=problem.demands[new_to_old],
        capacity=problem.capacity,
        n_vehicles=problem.n_vehicles,
    )
    old_to_new = {old: new for new, old in enumerate(new_to_old)}
    routes = [[1, 2, 3], [4, 5]]
    one = check(problem, routes)
    other = check(relabelled, [[old_to_new[c] for c in route] for route in routes])
    assert one.cost == pytest.approx(other.cost)
    assert one.loads == other.loads
    assert one.feasible == other.feasible


@given(seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_a_symmetric_route_may_be_turned_round(seed):
    problem = random_cvrp(seed, symmetric=True)
    assert check(problem, [[1, 2, 3], [4, 5]]).cost == check(problem, [[3, 2, 1], [5, 4]]).cost


def test_cost_loads_and_lengths_by_hand():
    travel = np.array([[0, 1, 2], [10, 0, 20], [100, 200, 0]], dtype=float)
    problem = Cvrp(
        name="hand", names=("d", "a", "b"), travel=travel, demands=np.array([0.0, 2, 3]), capacity=5, n_vehicles=2
    )
    together = check(problem, [[1, 2]])
    assert (together.cost, together.lengths, together.loads) == (1 + 20 + 100, (121.0,), (5.0,))
    assert check(problem, [[2, 1]]).cost == 2 + 200 + 10
    assert check(problem, [[1], [2]]).lengths == (11.0, 102.0)
    tour = Tsp(name="hand", names=("d", "a", "b"), travel=travel)
    assert check(tour, [[1, 2, 3]]).cost == check(tour, [[2, 3, 1]]).cost == 121.0


@pytest.mark.parametrize(
    ("routes", "violation"),
    [
        ([[1, 2, 3], [4]], "customer 5 is not visited"),
        ([[1, 2, 3], [4, 5, 1]], "customer 1 is visited 2 times"),
        ([[1, 2, 3], [4, 5, 6]], "there is no customer 6"),
        ([[1, 2, 3], [4, 5, 0]], "there is no customer 0"),
        ([[1, 2], [3], [4, 5]], "3 routes for 2 vehicles"),
        ([[1, 2, 3, 4, 5]], "route 1 carries"),
    ],
)
def test_broken_rules_are_named(routes, violation):
    checked = check(random_cvrp(1), routes)
    assert not checked.feasible
    assert any(violation in sentence for sentence in checked.violations)


@pytest.mark.parametrize(
    ("routes", "violation"),
    [
        ([[1, 2]], "city 3 is not visited"),
        ([[1, 2, 3, 3]], "city 3 is visited 2 times"),
        ([[1, 2], [3]], "a tour is one route, not 2"),
    ],
)
def test_broken_tours_are_named(routes, violation):
    problem = Tsp(name="t", names=("a", "b", "c"), travel=np.ones((3, 3)))
    assert violation in check(problem, routes).violations


def test_an_empty_route_is_a_vehicle_that_stays():
    problem = random_cvrp(3, n_vehicles=2)
    routes = min(
        ([list(order[:cut]), list(order[cut:])] for order in permutations(range(1, 6)) for cut in range(6)),
        key=lambda routes: (not check(problem, routes).feasible, check(problem, routes).cost),
    )
    checked = check(problem, [*routes, []])
    assert checked.feasible
    assert checked.cost == check(problem, routes).cost
