"""One entrance to every solver of routing problems, quantum or classical; every plan leaves through the checker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimization.routing.annealing import anneal
from optimization.routing.arc_flow import certify_by_arcs
from optimization.routing.checker import check
from optimization.routing.clock import Clock
from optimization.routing.column_generation import MOST_SETS, certify, enumerated_sets
from optimization.routing.construction import loadable, nearest_neighbour_routes, nearest_neighbour_tour, savings_routes
from optimization.routing.effort import Effort
from optimization.routing.found import Found
from optimization.routing.held_karp import MOST_CUSTOMERS, set_tours, sets_that_fit
from optimization.routing.neighbourhood_search import search_routes, search_tour
from optimization.routing.plan import Plan, PlanStatus
from optimization.routing.pyvrp_search import pyvrp_routes
from optimization.routing.qaoa_sampler import MOST_EVALUATIONS, QaoaSampler
from optimization.routing.samplers import Sampler, UniformSampler
from optimization.routing.subtour_elimination import certify_tour
from optimization.routing.tsp import Tsp
from optimization.routing.two_opt import two_opt
from optimization.routing.vehicle_routing import Cvrp

MOST_CITIES_HELD_KARP = 20


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What a solver is told besides its problem."""

    seed: int
    clock: Clock
    depth: int
    shots: int
    effort: Effort


def solve(
    problem: Cvrp | Tsp,
    *,
    method: str = "certified",
    seed: int,
    time_limit: float | None = 60.0,
    depth: int = 4,
    shots: int = 128,
    effort: float | None = None,
) -> Plan:
    """Solve a routing problem.

    Methods of both kinds of problem:

    - "certified": proves the optimum, or the best bound that time allows (HiGHS: of a Cvrp by "column-generation" where
      its customer sets can be listed and by "arc-flow" elsewhere, of a Tsp by "subtour-elimination");
    - "pyvrp": the strongest open heuristic; "annealing": moves within the feasible plans, from nearest neighbour;
    - "nearest-neighbour": with 2-opt;
    - "qaoa": neighbourhood search whose subproblems QAOA samples, from nearest neighbour without 2-opt;
    - "uniform": its control, the same with uniform draws of the same feasible sets and equal shots;
      "uniform-more-shots": with the shots besides that training would have cost.

    Of a Cvrp only: "column-generation", "arc-flow", "savings" (with 2-opt). Of a Tsp only: "subtour-elimination",
    "held-karp" (dynamic programming, up to 20 cities).

    Args:
        problem: the problem.
        method: one of the above.
        seed: of everything random in the method.
        time_limit: seconds; the best plan by then is returned, and its status says so. None for no limit.
        depth: layers of the circuit ("qaoa").
        shots: samples for each subproblem ("qaoa" and its controls).
        effort: of a heuristic, counted in its own steps: one unit is about ten seconds, so that the same seed gives the
            same plan on every computer (`optimization.routing.effort`). None: until the time limit or its own rule
            ends it.

    Returns:
        The plan, checked; `lower_bound` and `gap` are None where the method proves nothing.

    Raises:
        ValueError: if the method is unknown or does not suit the problem, an option makes no sense, or no feasible plan
            was found.
    """
    methods: dict[str, Callable[[Any, _Run], Found]] = _TSP_METHODS if isinstance(problem, Tsp) else _CVRP_METHODS
    if method not in methods:
        raise ValueError(
            f"There is no method {method!r} for a {type(problem).__name__}: give one of {', '.join(methods)}."
        )
    if depth < 1 or shots < 1:
        raise ValueError(f"depth and shots should be 1 or more, got {depth} and {shots}.")
    clock = Clock(time_limit)
    counted = Effort.of(effort, len(problem.travel) - 1)
    found = methods[method](problem, _Run(seed=seed, clock=clock, depth=depth, shots=shots, effort=counted))
    seconds = clock.seconds
    routes = [[int(stop) for stop in route] for route in found.routes if len(route)]
    if isinstance(problem, Cvrp):
        routes = in_order(routes, problem.travel)
    checked = check(problem, routes)
    if not checked.feasible:
        raise RuntimeError(f"{method} returned a plan that breaks the rules: {'; '.join(checked.violations)}.")
    lower_bound = found.lower_bound
    if lower_bound is not None:
        # A proof ends at the plan's cost, which the checker adds up in an order of its own.
        lower_bound = checked.cost if found.status is PlanStatus.OPTIMAL else min(lower_bound, checked.cost)
    return Plan(
        problem=problem,
        method=method,
        routes=tuple(map(tuple, routes)),
        cost=checked.cost,
        lengths=checked.lengths,
        loads=checked.loads,
        lower_bound=lower_bound,
        status=found.status,
        seconds=seconds,
        seed=seed,
        details=found.details,
    )


def in_order(routes: Sequence[Sequence[int]], travel: np.ndarray) -> list[list[int]]:
    """The same plan with one numbering and direction, whatever found it.

    Vehicles follow their lowest stops; where every way is as long as the way back, a route begins with the lower one of
    its two ends.
    """
    there_and_back = bool(np.array_equal(travel, travel.T))
    directed = [list(route)[::-1] if there_and_back and route[-1] < route[0] else list(route) for route in routes]
    return sorted(directed, key=min)


def _certified(problem: Cvrp, run: _Run) -> Found:
    return _column_generation(problem, run) if _sets_can_be_listed(problem) else _arc_flow(problem, run)


def _sets_can_be_listed(problem: Cvrp) -> bool:
    if problem.n_customers > MOST_CUSTOMERS:
        return False
    return sets_that_fit(problem.demands[1:], problem.capacity, MOST_SETS) is not None


def _column_generation(problem: Cvrp, run: _Run) -> Found:
    sets = enumerated_sets(problem)
    if sets is None:
        raise ValueError(
            f"More than {MOST_SETS:,} customer sets of {problem.name} fit a vehicle, too many to list: "
            "use the method 'arc-flow'."
        )
    certificate = certify(problem, sets, _incumbent(problem, run), clock=run.clock)
    return Found(
        routes=certificate.routes,
        status=PlanStatus.OPTIMAL if certificate.optimal else PlanStatus.TIME_LIMIT,
        lower_bound=certificate.lower_bound,
        details={
            "proof": "set partitioning over all customer sets that fit a vehicle",
            "customer_sets": certificate.n_sets,
            "sets_within_gap": certificate.n_kept,
            "root_bound": certificate.root_bound,
        },
    )


def _arc_flow(problem: Cvrp, run: _Run) -> Found:
    certificate = certify_by_arcs(problem, _incumbent(problem, run), clock=run.clock)
    return Found(
        routes=certificate.routes,
        status=PlanStatus.OPTIMAL if certificate.optimal else PlanStatus.TIME_LIMIT,
        lower_bound=certificate.lower_bound,
        details={"proof": "branch and cut over arcs with a flow of goods"},
    )


def _incumbent(problem: Cvrp, run: _Run) -> list[list[int]]:
    start = _shortened(savings_routes(problem), problem.travel)
    plan, _ = _annealed(problem, start, run)
    return min(start, plan, key=lambda routes: check(problem, routes).cost)


def _annealed(problem: Cvrp, start: list[list[int]], run: _Run) -> tuple[list[list[int]], bool]:
    return anneal(
        start,
        problem.travel,
        problem.demands,
        problem.capacity,
        problem.n_vehicles,
        seed=run.seed,
        clock=run.clock,
        n_moves=run.effort.annealing_moves,
    )


def _savings(problem: Cvrp, run: _Run) -> Found:  # noqa: ARG001
    return Found(routes=_shortened(savings_routes(problem), problem.travel), status=PlanStatus.FINISHED)


def _nearest_neighbour(problem: Cvrp, run: _Run) -> Found:  # noqa: ARG001
    return Found(routes=_shortened(nearest_neighbour_routes(problem), problem.travel), status=PlanStatus.FINISHED)


def _annealing(problem: Cvrp, run: _Run) -> Found:
    routes, finished = _annealed(problem, nearest_neighbour_routes(problem), run)
    return Found(routes=routes, status=PlanStatus.FINISHED if finished else PlanStatus.TIME_LIMIT)


def _pyvrp(problem: Cvrp, run: _Run) -> Found:
    routes, finished = pyvrp_routes(
        problem.travel,
        problem.demands,
        problem.capacity,
        problem.n_vehicles,
        seed=run.seed,
        clock=run.clock,
        n_iterations=run.effort.pyvrp_iterations,
    )
    if routes is None:
        loadable(problem)  # where the demands cannot be loaded, more time would not help
        raise ValueError(
            f"PyVRP found no feasible plan for {problem.name} in {run.clock.seconds:.1f} s: allow more time "
            "or effort, a vehicle more, or take the method 'certified'."
        )
    return Found(routes=routes, status=PlanStatus.FINISHED if finished else PlanStatus.TIME_LIMIT)


def _shortened(routes: Sequence[Sequence[int]], travel: np.ndarray) -> list[list[int]]:
    return [two_opt([0, *route], travel)[1:] for route in routes]


def _tour(cities: Sequence[int]) -> list[list[int]]:
    """Turn a tour of cities from 0 into a plan's route: cities from 1, starting with 1."""
    start = list(cities).index(0)
    return [[city + 1 for city in [*cities[start:], *cities[:start]]]]


def _subtour_elimination(problem: Tsp, run: _Run) -> Found:
    incumbent = two_opt(nearest_neighbour_tour(problem.travel), problem.travel)
    certificate = certify_tour(problem.travel, incumbent, clock=run.clock)
    return Found(
        routes=_tour(certificate.tour),
        status=PlanStatus.OPTIMAL if certificate.optimal else PlanStatus.TIME_LIMIT,
        lower_bound=certificate.lower_bound,
        details={"proof": "integer programming over arcs without subtours", "cuts": certificate.n_cuts},
    )


def _held_karp(problem: Tsp, run: _Run) -> Found:  # noqa: ARG001
    m = problem.n_cities - 1
    sets = None
    if m < MOST_CITIES_HELD_KARP:
        sets = set_tours(problem.travel, np.zeros(m), np.inf, most_sets=1 << m)
    if sets is None:
        raise ValueError(
            f"Dynamic programming over sets wants at most {MOST_CITIES_HELD_KARP} cities, got {problem.n_cities}: "
            "use the method 'subtour-elimination'."
        )
    tour = [0, *(city + 1 for city in sets.order((1 << m) - 1))]
    return Found(
        routes=_tour(tour),
        status=PlanStatus.OPTIMAL,
        lower_bound=float(sets.costs[-1]),
        details={"proof": "dynamic programming over all sets of cities"},
    )


def _nearest_neighbour_of_tsp(problem: Tsp, run: _Run) -> Found:  # noqa: ARG001
    tour = two_opt(nearest_neighbour_tour(problem.travel), problem.travel)
    return Found(routes=_tour(tour), status=PlanStatus.FINISHED)


def _annealing_of_tsp(problem: Tsp, run: _Run) -> Found:
    start = [nearest_neighbour_tour(problem.travel)[1:]]
    n = problem.n_cities
    routes, finished = anneal(
        start,
        problem.travel,
        np.zeros(n),
        np.inf,
        1,
        seed=run.seed,
        clock=run.clock,
        n_moves=run.effort.annealing_moves,
    )
    return Found(routes=_tour([0, *routes[0]]), status=PlanStatus.FINISHED if finished else PlanStatus.TIME_LIMIT)


def _pyvrp_of_tsp(problem: Tsp, run: _Run) -> Found:
    n = problem.n_cities
    routes, finished = pyvrp_routes(
        problem.travel,
        np.zeros(n),
        1.0,
        1,
        seed=run.seed,
        clock=run.clock,
        n_iterations=run.effort.pyvrp_iterations,
    )
    if routes is None:
        raise ValueError(
            f"PyVRP found no tour of {problem.name} in {run.clock.seconds:.1f} s: allow more time or effort."
        )
    return Found(routes=_tour([0, *routes[0]]), status=PlanStatus.FINISHED if finished else PlanStatus.TIME_LIMIT)


def _sampled(make: Callable[[_Run], Sampler]) -> Callable[[Cvrp, _Run], Found]:
    return lambda problem, run: search_routes(
        problem, make(run), seed=run.seed, clock=run.clock, most_subproblems=run.effort.subproblems
    )


def _sampled_tour(make: Callable[[_Run], Sampler]) -> Callable[[Tsp, _Run], Found]:
    return lambda problem, run: search_tour(
        problem, make(run), seed=run.seed, clock=run.clock, most_subproblems=run.effort.subproblems
    )


_SAMPLERS: dict[str, Callable[[_Run], Sampler]] = {
    "qaoa": lambda run: QaoaSampler(depth=run.depth, shots=run.shots),
    "uniform": lambda run: UniformSampler(shots=run.shots),
    "uniform-more-shots": lambda run: UniformSampler(shots=run.shots, n_evaluations=MOST_EVALUATIONS),
}

_CVRP_METHODS: dict[str, Callable[[Cvrp, _Run], Found]] = {
    "certified": _certified,
    "column-generation": _column_generation,
    "arc-flow": _arc_flow,
    "pyvrp": _pyvrp,
    "savings": _savings,
    "nearest-neighbour": _nearest_neighbour,
    "annealing": _annealing,
    **{name: _sampled(make) for name, make in _SAMPLERS.items()},
}

_TSP_METHODS: dict[str, Callable[[Tsp, _Run], Found]] = {
    "certified": _subtour_elimination,
    "subtour-elimination": _subtour_elimination,
    "held-karp": _held_karp,
    "pyvrp": _pyvrp_of_tsp,
    "nearest-neighbour": _nearest_neighbour_of_tsp,
    "annealing": _annealing_of_tsp,
    **{name: _sampled_tour(make) for name, make in _SAMPLERS.items()},
}
