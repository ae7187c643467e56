"""Published instances with their published optima (CVRPLIB, TSPLIB95, QOBLIB), read from the folder KANAME_DATA."""

import os
from pathlib import Path

import pytest

from optimization import Cvrp, Tsp, solve
from optimization.routing import PlanStatus, check, read_solution

pytestmark = pytest.mark.skipif("KANAME_DATA" not in os.environ, reason="KANAME_DATA, the folder of data, is not set")
DATA = Path(os.environ.get("KANAME_DATA", "."))

CVRPLIB = {"E-n13-k4": 247, "P-n16-k8": 450, "A-n32-k5": 784, "B-n31-k5": 672}
TSPLIB = {"burma14": 3323, "ulysses16": 6859, "gr17": 2085, "gr21": 2707, "bays29": 2020}
QOBLIB = {"XSH-n20-k4-01": 646, "XSH-n20-k4-02": 650, "XSH-n20-k4-05": 702, "XSH-n20-k4-06": 690}  # each .sol file


def tsp(name):
    return Tsp.from_file(DATA / "tsplib" / f"{name}.tsp")


@pytest.mark.parametrize(("name", "cost"), CVRPLIB.items())
def test_published_solutions_pass_the_checker_at_their_cost(name, cost):
    problem = Cvrp.from_file(DATA / "cvrplib" / f"{name}.vrp")
    solution = read_solution(DATA / "cvrplib" / f"{name}.sol")
    checked = check(problem, solution.routes)
    assert checked.violations == ()
    assert checked.cost == solution.cost == cost


@pytest.mark.parametrize("number", range(1, 7))
def test_published_solutions_of_qoblib_pass_the_checker(number):
    path = DATA / "qoblib" / f"XSH-n20-k4-0{number}.vrp"
    solution = read_solution(path.with_suffix(".opt.sol"))
    checked = check(Cvrp.from_file(path), solution.routes)
    assert checked.violations == ()
    assert checked.cost == solution.cost


@pytest.mark.parametrize("name", ["E-n13-k4", "P-n16-k8"])
@pytest.mark.parametrize("method", ["column-generation", "pyvrp", "annealing", "qaoa"])
def test_small_cvrplib_instances(name, method):
    problem = Cvrp.from_file(DATA / "cvrplib" / f"{name}.vrp")
    assert problem.n_vehicles == int(name[-1])
    plan = solve(problem, method=method, seed=7, time_limit=60)
    assert plan.cost == CVRPLIB[name]
    if method == "column-generation":
        assert plan.status is PlanStatus.OPTIMAL
        assert plan.gap == 0.0


def test_two_proofs_agree():
    problem = Cvrp.from_file(DATA / "cvrplib" / "E-n13-k4.vrp")
    plan = solve(problem, method="arc-flow", seed=7, time_limit=60)
    assert (plan.cost, plan.lower_bound, plan.status) == (247.0, 247.0, PlanStatus.OPTIMAL)


@pytest.mark.parametrize(("name", "cost"), QOBLIB.items())
def test_full_fleets_of_qoblib(name, cost):
    # The demands fill the four vehicles to the last unit, so that at most four is exactly four.
    problem = Cvrp.from_file(DATA / "qoblib" / f"{name}.vrp")
    assert problem.demands.sum() == problem.n_vehicles * problem.capacity
    plan = solve(problem, method="certified", seed=7, time_limit=60)
    assert (plan.cost, plan.status) == (cost, PlanStatus.OPTIMAL)


def test_an_instance_too_large_to_list_has_a_valid_bound():
    problem = Cvrp.from_file(DATA / "cvrplib" / "A-n32-k5.vrp")
    plan = solve(problem, method="certified", seed=7, time_limit=5)
    assert plan.lower_bound <= CVRPLIB["A-n32-k5"] <= plan.cost
    assert plan.status is PlanStatus.TIME_LIMIT
    assert plan.gap == pytest.approx((plan.cost - plan.lower_bound) / plan.cost)


@pytest.mark.parametrize(("name", "cost"), TSPLIB.items())
def test_tsplib_tours(name, cost):
    plan = solve(tsp(name), method="subtour-elimination", seed=7, time_limit=60)
    assert (plan.cost, plan.status) == (cost, PlanStatus.OPTIMAL)


@pytest.mark.parametrize("name", ["burma14", "ulysses16", "gr17"])
def test_dynamic_programming_agrees(name):
    assert solve(tsp(name), method="held-karp", seed=7).cost == TSPLIB[name]


def test_qaoa_on_windows_of_a_tour():
    problem = tsp("gr17")
    quantum = solve(problem, method="qaoa", seed=7, time_limit=60)
    control = solve(problem, method="uniform", seed=7, time_limit=60)
    assert quantum.cost == TSPLIB["gr17"]
    assert quantum.cost <= control.cost
