"""Every solver on small random problems against brute force, and the promises that all of them keep."""

import time
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import solve
from optimization.routing import Cvrp, PlanStatus, Tsp, check, clock
from optimization.routing.construction import nearest_neighbour_routes, savings_routes
from optimization.routing.effort import Effort
from optimization.routing.held_karp import set_tours, sets_that_fit
from optimization.routing.packing import pack
from optimization.routing.plain_bound import plain_bound
from optimization.routing.solving import in_order
from optimization.routing.two_opt import two_opt

EXACT_CVRP = ("certified", "column-generation", "arc-flow")
EXACT_TSP = ("certified", "held-karp", "subtour-elimination")
HEURISTIC_CVRP = ("savings", "nearest-neighbour", "annealing", "pyvrp", "qaoa", "uniform", "uniform-more-shots")
HEURISTIC_TSP = ("nearest-neighbour", "annealing", "pyvrp", "qaoa", "uniform", "uniform-more-shots")


def random_cvrp(seed, n_customers=5, n_vehicles=2, *, integral=True):
    rng = np.random.default_rng(seed)
    travel = rng.integers(1, 50, size=(n_customers + 1, n_customers + 1)).astype(float)
    if not integral:
        travel += rng.random(travel.shape)
    demands = np.concatenate([[0.0], rng.integers(1, 6, size=n_customers)])
    capacity = max(demands.max(), np.ceil(demands.sum() / n_vehicles) + 2)
    names = ("depot", *(f"c{i}" for i in range(1, n_customers + 1)))
    return Cvrp(
        name=f"random-{seed}", names=names, travel=travel, demands=demands, capacity=capacity, n_vehicles=n_vehicles
    )


def random_tsp(seed, n_cities=6):
    travel = np.random.default_rng(seed).integers(1, 50, size=(n_cities, n_cities)).astype(float)
    return Tsp(name=f"tour-{seed}", names=tuple(map(str, range(n_cities))), travel=travel)


def brute_force_cvrp(problem):
    customers = range(1, problem.n_customers + 1)
    plans = (
        [list(order[:cut]), list(order[cut:])]
        for order in permutations(customers)
        for cut in range(problem.n_customers + 1)
    )
    return min(checked.cost for plan in plans if (checked := check(problem, plan)).feasible)


def brute_force_tsp(problem):
    others = range(2, problem.n_cities + 1)
    return min(check(problem, [[1, *order]]).cost for order in permutations(others))


@pytest.mark.parametrize("method", EXACT_CVRP)
@pytest.mark.parametrize("seed", range(4))
def test_certified_plans_are_optimal(method, seed):
    problem = random_cvrp(seed, integral=bool(seed % 2))
    plan = solve(problem, method=method, seed=7, time_limit=30)
    assert plan.cost == pytest.approx(brute_force_cvrp(problem))
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.lower_bound == pytest.approx(plan.cost)
    assert plan.gap == pytest.approx(0.0)


@pytest.mark.parametrize("method", EXACT_TSP)
@pytest.mark.parametrize("seed", range(4))
def test_certified_tours_are_optimal(method, seed):
    problem = random_tsp(seed)
    plan = solve(problem, method=method, seed=7, time_limit=30)
    assert plan.cost == brute_force_tsp(problem)
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.gap == 0.0


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_certificate_against_brute_force_on_many_problems(seed):
    problem = random_cvrp(seed, n_customers=4)
    assert solve(problem, method="column-generation", seed=0).cost == pytest.approx(brute_force_cvrp(problem))


@pytest.mark.parametrize("method", HEURISTIC_CVRP)
def test_heuristic_plans_are_feasible_and_not_better_than_the_optimum(method):
    for seed in range(2):
        problem = random_cvrp(seed, integral=bool(seed))
        plan = solve(problem, method=method, seed=7, time_limit=10)
        assert check(problem, plan.routes).feasible
        assert plan.cost >= brute_force_cvrp(problem) - 1e-9
        assert plan.lower_bound is None
        assert plan.gap is None
        assert plan.status in (PlanStatus.FINISHED, PlanStatus.LOCAL_OPTIMUM)


@pytest.mark.parametrize("method", HEURISTIC_TSP)
@pytest.mark.parametrize("n_cities", [2, 3, 6])
def test_heuristic_tours_are_tours(method, n_cities):
    problem = random_tsp(5, n_cities)
    plan = solve(problem, method=method, seed=7, time_limit=10)
    assert plan.routes[0][0] == 1
    assert check(problem, plan.routes).feasible
    assert plan.cost >= brute_force_tsp(problem)


@pytest.mark.parametrize("method", [*EXACT_CVRP, *HEURISTIC_CVRP])
def test_one_customer_and_idle_vehicles(method):
    problem = Cvrp(
        name="one",
        names=("depot", "a"),
        travel=np.array([[0, 3.0], [4.0, 0]]),
        demands=np.array([0.0, 1.0]),
        capacity=1.0,
        n_vehicles=3,
    )
    plan = solve(problem, method=method, seed=7, time_limit=10)
    assert plan.routes == ((1,),)
    assert plan.cost == 7.0


@pytest.mark.parametrize("method", ["annealing", "pyvrp", "qaoa", "uniform"])
def test_a_seed_repeats_the_plan(method):
    problem = random_cvrp(11, n_customers=7, n_vehicles=3)
    one, other = (solve(problem, method=method, seed=3, time_limit=30) for _ in range(2))
    assert one.routes == other.routes


@pytest.mark.parametrize("method", ["certified", "arc-flow", "annealing", "qaoa", "uniform"])
def test_a_spent_time_limit_still_gives_a_plan(method):
    problem = random_cvrp(2, n_customers=9, n_vehicles=3)
    plan = solve(problem, method=method, seed=7, time_limit=1e-9)
    assert check(problem, plan.routes).feasible
    assert plan.status in (PlanStatus.TIME_LIMIT, PlanStatus.OPTIMAL)
    if plan.lower_bound is not None:
        assert plan.lower_bound <= plan.cost


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "magic"}, "There is no method 'magic' for a Cvrp: give one of certified, column-generation"),
        ({"method": "held-karp"}, "There is no method 'held-karp' for a Cvrp"),
        ({"time_limit": 0}, "time_limit should be a positive number of seconds or None, got 0"),
        ({"time_limit": float("nan")}, "time_limit should be a positive number"),
        ({"method": "qaoa", "depth": 0}, "depth and shots should be 1 or more, got 0 and 128"),
        ({"method": "qaoa", "shots": -5}, "depth and shots should be 1 or more, got 4 and -5"),
    ],
)
def test_bad_options(options, sentence):
    with pytest.raises(ValueError) as error:
        solve(random_cvrp(1), seed=7, **options)
    assert sentence in str(error.value)


def test_too_many_cities_for_dynamic_programming():
    with pytest.raises(ValueError, match="at most 20 cities, got 21: use the method 'subtour-elimination'"):
        solve(random_tsp(0, 21), method="held-karp", seed=7)


def test_too_many_sets_to_list():
    n = 40
    travel = np.ones((n, n))
    names = tuple(map(str, range(n)))
    loose = Cvrp(name="loose", names=names, travel=travel, demands=np.r_[0, np.ones(n - 1)], capacity=39, n_vehicles=1)
    with pytest.raises(ValueError, match="too many to list: use the method 'arc-flow'"):
        solve(loose, method="column-generation", seed=7)


def test_loads_that_no_fleet_can_carry_are_said():
    travel = np.ones((4, 4))
    problem = Cvrp(
        name="odd",
        names=("depot", "a", "b", "c"),
        travel=travel,
        demands=np.array([0.0, 6, 6, 6]),  # two fit no vehicle together, although 18 is below 20
        capacity=10,
        n_vehicles=2,
    )
    for method in ("certified", "savings", "nearest-neighbour", "qaoa"):
        with pytest.raises(ValueError, match="No way was found to load the demands of odd on 2 vehicles"):
            solve(problem, method=method, seed=7)


@given(
    loads=st.lists(st.integers(1, 9), min_size=1, max_size=7),
    rooms=st.lists(st.integers(5, 15), min_size=1, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_packing_is_found_exactly_where_there_is_one(loads, rooms):
    def can_pack(i, left):
        return i == len(loads) or any(
            can_pack(i + 1, [*left[:v], left[v] - loads[i], *left[v + 1 :]])
            for v in range(len(left))
            if loads[i] <= left[v]
        )

    found = pack(loads, rooms)
    assert (found is not None) == can_pack(0, list(rooms))
    if found is not None:
        for vehicle, room in enumerate(rooms):
            assert sum(load for load, v in zip(loads, found, strict=True) if v == vehicle) <= room


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_constructions_stay_within_a_full_fleet(seed):
    rng = np.random.default_rng(seed)
    loads = []
    for _ in range(3):  # three vehicles, each filled to the last place
        cuts = np.sort(rng.choice(np.arange(1, 12), size=3, replace=False))
        loads += np.diff([0, *cuts, 12]).tolist()
    places = rng.random((len(loads) + 1, 2))
    problem = Cvrp(
        name="full",
        names=tuple(map(str, range(len(loads) + 1))),
        travel=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
        demands=np.array([0.0, *rng.permutation(loads)]),
        capacity=12.0,
        n_vehicles=3,
    )
    for construct in (nearest_neighbour_routes, savings_routes):
        assert check(problem, construct(problem)).violations == ()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_set_tours_against_brute_force(seed):
    rng = np.random.default_rng(seed)
    m = 5
    travel = rng.random((m + 1, m + 1))
    np.fill_diagonal(travel, 0.0)
    demands = rng.integers(1, 5, size=m).astype(float)
    tours = set_tours(travel, demands, 9.0, most_sets=1000)
    assert np.all(np.diff(tours.masks.astype(np.int64)) > 0)
    for mask, load, cost in zip(tours.masks, tours.loads, tours.costs, strict=True):
        members = [c for c in range(m) if int(mask) >> c & 1]
        assert load == demands[members].sum() <= 9.0
        best = min(travel[[0, *(c + 1 for c in p)], [*(c + 1 for c in p), 0]].sum() for p in permutations(members))
        assert cost == pytest.approx(best)
        order = [c + 1 for c in tours.order(int(mask))]
        assert travel[[0, *order], [*order, 0]].sum() == pytest.approx(best)
    assert sets_that_fit(demands, 9.0, len(tours.masks) - 1) is None


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_two_opt_never_lengthens_a_tour(seed):
    travel = np.random.default_rng(seed).random((8, 8))
    tour = list(range(8))
    shorter = two_opt(tour, travel)
    assert sorted(shorter) == tour
    assert shorter[0] == 0
    assert travel[shorter, np.roll(shorter, -1)].sum() <= travel[tour, np.roll(tour, -1)].sum() + 1e-9


def test_a_plan_as_a_table(tmp_path):
    travel = np.array([[0, 1, 2], [1, 0, 2.25], [2, 2, 0]])
    problem = Cvrp(
        name="t",
        names=("plant", "Anjo", "Obu, north"),
        travel=travel,
        demands=np.array([0, 1.5, 2]),
        capacity=4,
        n_vehicles=1,
        unit="km",
    )
    solve(problem, seed=7).to_csv(tmp_path / "plan.csv")
    assert (tmp_path / "plan.csv").read_text() == 'vehicle,stops,load,km\n1,"Obu, north > Anjo",3.5,5\n'


@pytest.mark.parametrize("method", ["column-generation", "arc-flow"])
@pytest.mark.parametrize("seed", range(5))
def test_a_bound_cut_short_is_never_below_the_plain_one(method, seed):
    problem = random_cvrp(seed, n_customers=8, n_vehicles=3, integral=False)
    plan = solve(problem, method=method, seed=0, time_limit=1e-3)
    assert 0.0 < plain_bound(problem) <= plan.lower_bound + 1e-9
    assert plan.lower_bound <= plan.cost


@pytest.mark.parametrize("seed", range(20))
def test_the_plain_bound_is_below_every_plan(seed):
    problem = random_cvrp(seed, integral=False)
    assert plain_bound(problem) <= brute_force_cvrp(problem) + 1e-9


@pytest.mark.parametrize("method", ["certified", "pyvrp", "savings", "annealing"])
def test_demands_that_cannot_be_loaded_are_refused_in_the_same_words(method):
    travel = np.ones((4, 4)) - np.eye(4)
    demands = np.array([0.0, 3.0, 3.0, 3.0])
    problem = Cvrp(name="threes", names=tuple("dabc"), travel=travel, demands=demands, capacity=5.0, n_vehicles=2)
    with pytest.raises(ValueError, match="No way was found to load the demands of threes on 2 vehicles of capacity 5"):
        solve(problem, method=method, seed=0, time_limit=0.3)


@pytest.mark.parametrize("method", ["pyvrp", "annealing", "qaoa", "uniform"])
def test_effort_is_counted_and_not_timed(method, monkeypatch):
    """A computer that is a hundred times slower gives the same plan."""
    problem = random_cvrp(4, 12, 3)
    plan = solve(problem, method=method, seed=3, time_limit=None, effort=0.02, depth=1, shots=16)
    monkeypatch.setattr(clock, "time", SimpleNamespace(perf_counter=lambda: 100.0 * time.perf_counter()))
    slower = solve(problem, method=method, seed=3, time_limit=1e6, effort=0.02, depth=1, shots=16)
    assert slower.routes == plan.routes
    assert slower.status is plan.status is not PlanStatus.TIME_LIMIT
    assert slower.seconds > plan.seconds


def test_more_effort_is_more_steps():
    little, much = Effort.of(0.1, 30), Effort.of(1.0, 30)
    assert much.annealing_moves == pytest.approx(10 * little.annealing_moves, rel=0.01)
    assert little.subproblems == 10
    assert Effort.of(1.0, 300).pyvrp_iterations < much.pyvrp_iterations
    assert Effort.of(None, 30) == Effort(pyvrp_iterations=None, annealing_moves=None, subproblems=None)
    with pytest.raises(ValueError, match="effort should be a positive number or None, got 0"):
        Effort.of(0.0, 30)


def test_a_search_ends_after_its_subproblems():
    problem = random_cvrp(4, 14, 3)
    plan = solve(problem, method="uniform", seed=3, time_limit=None, effort=0.03, depth=1, shots=16)
    assert len(plan.details["subproblems"]) == 3
    assert plan.status is PlanStatus.FINISHED


def test_one_plan_has_one_numbering():
    travel = np.hypot(*np.random.default_rng(0).normal(size=(2, 7, 7)))
    symmetric = travel + travel.T
    assert in_order([[6, 2], [3, 5, 1], [4]], symmetric) == [[1, 5, 3], [2, 6], [4]]
    assert in_order([[4], [1, 5, 3], [2, 6]], symmetric) == [[1, 5, 3], [2, 6], [4]]
    assert in_order([[6, 2], [3, 5, 1], [4]], travel) == [[3, 5, 1], [6, 2], [4]]  # one way is not the other
