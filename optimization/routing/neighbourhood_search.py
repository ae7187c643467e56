"""Large-neighbourhood search whose subproblems a sampler answers: QAOA, or uniform draws in its place.

The plan starts from a weak construction (nearest neighbour). A subproblem frees a part of the plan, the sampler draws
candidates for it, and the best of them replaces that part if it is cheaper. A part is not sampled again until it has
changed; when none is left, one part is answered at random and the search goes on from there, until several such kicks
in a row have led to nothing better. Everything but the sampler is the same for QAOA and for its controls.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from optimization.routing.assignment import AssignmentSubproblem
from optimization.routing.checker import check
from optimization.routing.clock import Clock
from optimization.routing.construction import nearest_neighbour_routes, nearest_neighbour_tour
from optimization.routing.found import Found
from optimization.routing.neighbourhoods import GroupChooser, tour_positions
from optimization.routing.plan import PlanStatus
from optimization.routing.reordering import ReorderingSubproblem, reordering_subproblem
from optimization.routing.samplers import Drawn, Sampler, uniform_probability
from optimization.routing.tsp import Tsp
from optimization.routing.vehicle_routing import Cvrp

MOST_ASSIGNMENTS = 10_000  # states in the sector of one subproblem
_KICKS = 3  # in a row without a better plan, then the search ends


@dataclass(frozen=True, kw_only=True)
class SubproblemReport:
    """One subproblem of a search: its size, and what sampling it gave."""

    qubits: int
    sector_dimension: int
    mixer: str  # hops, hops and swaps, or grover
    mixing_gates: int  # operations in one layer of the mixer
    cost_before: float  # of the part that was freed (of a tour: of the whole tour)
    cost_sampled: float  # of the best sample
    cost_optimal: float  # of the subproblem, from its table
    success_probability: float  # that one sample is the subproblem's optimum
    uniform_probability: float  # the same for a uniform draw from the feasible set
    n_evaluations: int
    n_shots: int
    seconds_compile: float
    seconds_optimize: float
    seconds_sample: float


@dataclass(frozen=True)
class _Limit:
    """What ends a search before it has nothing left to try."""

    clock: Clock
    most_subproblems: int | None

    def reached(self, reports: list[SubproblemReport]) -> bool:
        return self.clock.over or self._spent(reports)

    def status(self, reports: list[SubproblemReport]) -> PlanStatus:
        if self.clock.over:
            return PlanStatus.TIME_LIMIT
        return PlanStatus.FINISHED if self._spent(reports) else PlanStatus.LOCAL_OPTIMUM

    def _spent(self, reports: list[SubproblemReport]) -> bool:
        return self.most_subproblems is not None and len(reports) >= self.most_subproblems


Subproblem = AssignmentSubproblem | ReorderingSubproblem


@dataclass(frozen=True, kw_only=True)
class FreedPart:
    """A subproblem with what is needed to put its answer back into the plan."""

    key: Hashable  # what the subproblem depends on: the same key, the same subproblem
    subproblem: Callable[[], Subproblem | None]  # None: there is nothing to decide
    answered: Callable[[Any, np.ndarray], list[list[int]]]  # from the subproblem and a bitstring to the whole plan


def search_routes(
    problem: Cvrp, sampler: Sampler, *, seed: int, clock: Clock, most_subproblems: int | None = None
) -> Found:
    """Improve nearest-neighbour routes by reassigning the stops of neighbouring routes.

    Args:
        problem: the problem.
        sampler: answers the subproblems.
        seed: of every draw.
        clock: the time limit.
        most_subproblems: after so many the search ends; None: no limit.

    Returns:
        The plan, with a report on every subproblem in its details.
    """
    chooser = GroupChooser(problem, MOST_ASSIGNMENTS)

    def with_the_rest(rest: list[list[int]], subproblem: AssignmentSubproblem, bits: np.ndarray) -> list[list[int]]:
        return rest + subproblem.routes(bits)

    def parts(plan: list[list[int]]) -> Iterator[FreedPart]:
        routes = [tuple(route) for route in plan]
        for group in chooser.groups(routes):
            rest = [list(route) for route in routes if route not in group]
            subproblem = partial(chooser.subproblem, group, routes)
            yield FreedPart(key=group, subproblem=subproblem, answered=partial(with_the_rest, rest))

    return _search(
        problem, nearest_neighbour_routes(problem), parts, sampler, seed=seed, limit=_Limit(clock, most_subproblems)
    )


def search_tour(
    problem: Tsp, sampler: Sampler, *, seed: int, clock: Clock, most_subproblems: int | None = None
) -> Found:
    """Improve a nearest-neighbour tour by reordering some of its positions at a time.

    Args:
        problem: the problem.
        sampler: answers the subproblems.
        seed: of every draw.
        clock: the time limit.
        most_subproblems: after so many the search ends; None: no limit.

    Returns:
        The tour, cities from 1, with a report on every subproblem in its details.
    """

    def from_one(subproblem: ReorderingSubproblem, bits: np.ndarray) -> list[list[int]]:
        return [[city + 1 for city in subproblem.reordered(bits)]]

    def parts(plan: list[list[int]]) -> Iterator[FreedPart]:
        tour = [city - 1 for city in plan[0]]
        for positions in tour_positions(tour, problem.travel):
            # Nothing but the cities at and beside the freed positions matters to the subproblem.
            beside = sorted({(p + step) % len(tour) for p in positions for step in (-1, 0, 1)})
            key = tuple((tour[p], p in positions) for p in beside)
            subproblem = partial(reordering_subproblem, tour, positions, problem.travel, unit=problem.unit)
            yield FreedPart(key=key, subproblem=subproblem, answered=from_one)

    start = [[city + 1 for city in nearest_neighbour_tour(problem.travel)]]
    if problem.n_cities < 3:  # there is one tour only
        return Found(routes=start, status=PlanStatus.LOCAL_OPTIMUM, details={"start_routes": start, "subproblems": []})
    return _search(problem, start, parts, sampler, seed=seed, limit=_Limit(clock, most_subproblems))


def _search(
    problem: Cvrp | Tsp,
    plan: list[list[int]],
    parts: Callable[[list[list[int]]], Iterator[FreedPart]],
    sampler: Sampler,
    *,
    seed: int,
    limit: _Limit,
) -> Found:
    rng = np.random.default_rng(seed)
    reports: list[SubproblemReport] = []
    start = [list(route) for route in plan]
    sampled: set[Hashable] = set()
    best = plan = _descend(plan, parts, sampler, sampled, reports, rng, limit)
    kicks = 0
    while kicks < _KICKS and not limit.reached(reports):
        kicks += 1
        kicked = _kicked(best, parts, rng)
        if kicked is None:
            break
        plan = _descend(kicked, parts, sampler, sampled, reports, rng, limit)
        if check(problem, plan).cost < check(problem, best).cost * (1 - 1e-9):
            best, kicks = plan, 0
    return Found(
        routes=best,
        status=limit.status(reports),
        details={"start_routes": start, "subproblems": [asdict(report) for report in reports]},
    )


def _descend(
    plan: list[list[int]],
    parts: Callable[[list[list[int]]], Iterator[FreedPart]],
    sampler: Sampler,
    sampled: set[Hashable],
    reports: list[SubproblemReport],
    rng: np.random.Generator,
    limit: _Limit,
) -> list[list[int]]:
    """Accept improvements until no part that has not been sampled is left; `sampled` and `reports` grow."""
    improved = True
    while improved and not limit.reached(reports):
        improved = False
        for part in parts(plan):
            if part.key in sampled:
                continue
            if limit.reached(reports):
                break
            sampled.add(part.key)
            subproblem = part.subproblem()
            if subproblem is None:
                continue
            drawn = sampler.draw(subproblem.table, subproblem.mixer, seed=int(rng.integers(2**31)), clock=limit.clock)
            reports.append(_report(subproblem, drawn))
            if drawn.cost < subproblem.current_cost - 1e-9 * max(1.0, abs(subproblem.current_cost)):
                plan = part.answered(subproblem, drawn.bitstring)
                improved = True
                break
    return plan


def _kicked(
    plan: list[list[int]], parts: Callable[[list[list[int]]], Iterator[FreedPart]], rng: np.random.Generator
) -> list[list[int]] | None:
    """Answer one part with a random candidate, whatever it costs; None if no part has two."""
    freed = list(parts(plan))
    for index in rng.permutation(len(freed)):
        subproblem = freed[index].subproblem()
        if subproblem is not None:
            bits = subproblem.table.bitstrings
            return freed[index].answered(subproblem, bits[rng.integers(len(bits))])
    return None


def _report(subproblem: Subproblem, drawn: Drawn) -> SubproblemReport:
    table = subproblem.table
    return SubproblemReport(
        qubits=table.n_variables,
        sector_dimension=len(table.objectives),
        mixer=subproblem.mixer if isinstance(subproblem.mixer, str) else subproblem.mixer.kind,
        mixing_gates=subproblem.n_mixing_gates,
        cost_before=subproblem.current_cost,
        cost_sampled=drawn.cost,
        cost_optimal=float(table.objectives.min()),
        success_probability=drawn.success_probability,
        uniform_probability=uniform_probability(table),
        n_evaluations=drawn.n_evaluations,
        n_shots=drawn.n_shots,
        seconds_compile=drawn.seconds_compile,
        seconds_optimize=drawn.seconds_optimize,
        seconds_sample=drawn.seconds_sample,
    )
