"""Subproblems: their sectors hold the feasible solutions and nothing else, and each costs what the checker says."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from optimization.routing import Cvrp, Tsp, check
from optimization.routing.assignment import HopMixer, assignment_subproblem
from optimization.routing.neighbourhoods import GroupChooser, route_groups, tour_positions
from optimization.routing.reordering import reordering_subproblem
from optimization.schedules import linear_ramp


def random_cvrp(seed, n_customers, n_vehicles, slack=3):
    rng = np.random.default_rng(seed)
    travel = rng.integers(1, 50, size=(n_customers + 1, n_customers + 1)).astype(float)
    demands = np.concatenate([[0.0], rng.integers(1, 6, size=n_customers)])
    capacity = max(demands.max(), np.ceil(demands.sum() / n_vehicles) + slack)
    names = tuple(map(str, range(n_customers + 1)))
    return Cvrp(name="random", names=names, travel=travel, demands=demands, capacity=capacity, n_vehicles=n_vehicles)


def plans_of(problem, n_vehicles):
    """All feasible loadings of all customers, each as a set of customer sets."""
    customers = range(1, problem.n_customers + 1)
    plans = set()
    for vehicles in product(range(n_vehicles), repeat=problem.n_customers):
        groups = [frozenset(c for c in customers if vehicles[c - 1] == v) for v in range(n_vehicles)]
        if all(problem.demands[list(group)].sum() <= problem.capacity for group in groups):
            plans.add(frozenset(group for group in groups if group))
    return plans


@given(seed=st.integers(0, 10**6), n_vehicles=st.integers(2, 3))
@settings(max_examples=15, deadline=None)
def test_the_sector_holds_every_feasible_loading_and_nothing_else(seed, n_vehicles):
    problem = random_cvrp(seed, 5, n_vehicles)
    routes = [[1, 2, 3], [4, 5]]
    subproblem = assignment_subproblem(problem, routes, n_vehicles, most_assignments=10_000, may_join=False)
    found = set()
    for bits, cost in zip(subproblem.table.bitstrings, subproblem.table.objectives, strict=True):
        checked = check(problem, subproblem.routes(bits))
        assert checked.violations == ()
        assert checked.cost == pytest.approx(cost)
        found.add(frozenset(frozenset(route) for route in subproblem.routes(bits)))
    assert found == plans_of(problem, n_vehicles)


def test_the_current_plan_is_among_the_candidates_also_where_stops_are_joined():
    problem = random_cvrp(3, 14, 2)
    routes = [list(range(1, 8)), list(range(8, 15))]
    if not check(problem, routes).feasible:
        problem = random_cvrp(3, 14, 2, slack=20)
    subproblem = assignment_subproblem(problem, routes, 2, most_assignments=200, may_join=True)
    assert len(subproblem.segments) < 14
    assert sorted(stop for segment in subproblem.segments for stop in segment) == list(range(1, 15))
    assert len(subproblem.table.objectives) <= 200
    assert subproblem.table.objectives.min() <= subproblem.current_cost + 1e-9
    best = subproblem.table.bitstrings[np.argmin(subproblem.table.objectives)]
    assert check(problem, subproblem.routes(best)).cost == pytest.approx(subproblem.table.objectives.min())
    assert assignment_subproblem(problem, routes, 2, most_assignments=200, may_join=False) is None


@pytest.mark.parametrize(
    ("demands", "capacity", "kind"),
    [
        ([1, 1, 1, 1], 4, "hops"),
        ([2, 2, 2, 2], 4, "hops and swaps"),  # both vehicles are full: nobody can move alone
        ([1, 2, 3, 4, 5, 6, 7], 14, "grover"),  # full, and no two loads are equal
    ],
)
def test_the_mixer_is_the_least_that_connects(demands, capacity, kind):
    n = len(demands)
    names = tuple(map(str, range(n + 1)))
    travel = np.random.default_rng(0).random((n + 1, n + 1))
    problem = Cvrp(name="t", names=names, travel=travel, demands=np.r_[0, demands], capacity=capacity, n_vehicles=2)
    routes = [[7, 6, 1], [2, 3, 4, 5]] if kind == "grover" else [[1, 2], [3, 4]]
    subproblem = assignment_subproblem(problem, routes, 2, most_assignments=100, may_join=False)
    mixer = subproblem.mixer
    assert (mixer.kind if isinstance(mixer, HopMixer) else mixer) == kind


def test_the_circuit_stays_in_the_sector_and_finds_the_optimum_more_often():
    problem = random_cvrp(5, 8, 3, slack=1)
    subproblem = assignment_subproblem(
        problem, [[1, 2, 3], [4, 5, 6], [7, 8]], 3, most_assignments=10_000, may_join=False
    )
    table = subproblem.table
    program = runtime.compile(table.ansatz(4, subproblem.mixer), table.observable())
    assert program.engine == "sector"
    assert program.sector.dimension == len(table.objectives)
    assert np.array_equal(program.sector.bitstrings(), table.bitstrings)
    angles = linear_ramp(4)
    value, gradient = program.value_and_grad(angles)
    assert value == pytest.approx(program.probabilities(angles) @ table.objectives)
    assert value < table.uniform_mean  # small positive angles mix towards low cost
    step = 1e-6 * np.eye(8)
    differences = [(program.expval(angles + h) - program.expval(angles - h)) / 2e-6 for h in step]
    assert gradient == pytest.approx(np.array(differences), rel=1e-4, abs=1e-5)
    optimal = table.objectives <= table.objectives.min() + 1e-9
    assert program.probabilities(angles)[optimal].sum() > 2 * optimal.mean()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_reorderings_cost_what_the_checker_says(seed):
    rng = np.random.default_rng(seed)
    n = 7
    travel = rng.random((n, n))
    problem = Tsp(name="t", names=tuple(map(str, range(n))), travel=travel)
    tour = [0, *(1 + rng.permutation(n - 1)).tolist()]
    positions = sorted(rng.choice(n, size=4, replace=False).tolist())
    subproblem = reordering_subproblem(tour, positions, problem.travel, unit="km")
    assert len(subproblem.table.objectives) == 24
    assert subproblem.current_cost == pytest.approx(check(problem, [[c + 1 for c in tour]]).cost)
    for bits, cost in zip(subproblem.table.bitstrings, subproblem.table.objectives, strict=True):
        reordered = subproblem.reordered(bits)
        assert check(problem, [[c + 1 for c in reordered]]).cost == pytest.approx(cost)
        assert all(reordered[p] == tour[p] for p in range(n) if p not in positions)


def test_swaps_of_neighbouring_positions_reach_every_permutation():
    subproblem = reordering_subproblem(range(5), [1, 2, 3, 4], np.ones((5, 5)), unit="km")
    table = subproblem.table
    program = runtime.compile(table.ansatz(1, subproblem.mixer), table.observable())
    assert program.sector.dimension == 24
    # Each of the three swaps of positions couples a permutation with one other.
    assert subproblem.n_mixing_gates == 3 * 6


def test_small_tours_are_one_subproblem_and_larger_ones_windows():
    travel = np.random.default_rng(0).random((12, 12))
    assert tour_positions(range(9), travel[:9, :9]) == [tuple(range(1, 9))]
    sets = tour_positions(range(12), travel)
    assert all(len(set(positions)) == 7 for positions in sets)
    assert {p for positions in sets for p in positions} == set(range(12))
    assert len({frozenset(positions) for positions in sets}) == len(sets)


def test_groups_are_neighbours():
    places = np.array([0.0, 1.0, 1.1, 5.0, 5.1, 9.0, 9.1])
    names = tuple(map(str, range(7)))
    problem = Cvrp(
        name="line",
        names=names,
        travel=np.abs(places[:, None] - places[None]),
        demands=np.r_[0, np.ones(6)],
        capacity=4,
        n_vehicles=3,
    )
    routes = [(1, 2), (3, 4), (5, 6)]
    assert frozenset([(1, 2), (3, 4)]) in route_groups(problem, routes, 2)
    assert route_groups(problem, routes, 3) == [frozenset(routes)]
    chooser = GroupChooser(problem, 10_000)
    assert chooser.groups(routes) == [frozenset(routes)]  # the pairs lie in it
    assert chooser.subproblem(frozenset(routes), routes).n_vehicles == 3


def test_an_idle_vehicle_is_offered():
    places = np.array([[0.0, 0.0], [-1.0, 0.0], [1.0, 0.0]])
    problem = Cvrp(
        name="apart",
        names=("depot", "west", "east"),
        travel=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
        demands=np.array([0.0, 1, 1]),
        capacity=2,
        n_vehicles=2,
    )
    subproblem = GroupChooser(problem, 100).subproblem(frozenset([(1, 2)]), [(1, 2)])
    assert subproblem.n_vehicles == 2
    assert len(subproblem.table.objectives) == 2
