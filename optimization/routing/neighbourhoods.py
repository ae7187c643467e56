"""Which subproblems of a plan to look at: groups of neighbouring routes, windows and neighbourhoods of a tour."""

from collections.abc import Sequence

import numpy as np

from optimization.routing.assignment import AssignmentSubproblem, assignment_subproblem
from optimization.routing.reordering import MOST_POSITIONS
from optimization.routing.vehicle_routing import Cvrp

Route = tuple[int, ...]
_PARTNERS = 4  # nearest routes that a route is paired with
_WINDOW = 7  # positions: 5,040 permutations on 49 qubits, milliseconds per evaluation


def route_groups(problem: Cvrp, routes: Sequence[Route]) -> list[tuple[Route, ...]]:
    """Return ever larger groups: each route with one of its nearest, then with its nearest two, three, ... others.

    Two routes are as near as their nearest customers.

    Args:
        problem: the problem.
        routes: of the plan, none empty.

    Returns:
        Distinct groups of at least two routes (of one, if there is no other), smallest groups first.
    """
    both_ways = np.minimum(problem.travel, problem.travel.T)
    groups: dict[frozenset[Route], tuple[Route, ...]] = {}
    nearest: dict[Route, list[Route]] = {}
    for route in routes:
        distances = {other: float(both_ways[np.ix_(route, other)].min()) for other in routes if other is not route}
        nearest[route] = sorted(distances, key=lambda other, distances=distances: (distances[other], other))  # type: ignore[misc]
        for other in nearest[route][:_PARTNERS]:
            groups.setdefault(frozenset((route, other)), (route, other))
    for size in range(3 if len(routes) > 1 else 1, len(routes) + 1):
        for route in routes:
            group = (route, *nearest[route][: size - 1])
            groups.setdefault(frozenset(group), group)
    return list(groups.values())


class GroupChooser:
    """Chooses the groups worth a subproblem: for each route, the largest group that fits the simulator whole."""

    def __init__(self, problem: Cvrp, most_assignments: int) -> None:
        self._problem = problem
        self._most = most_assignments
        self._built: dict[tuple[frozenset[Route], int], AssignmentSubproblem | None] = {}

    def subproblems(self, routes: Sequence[Route]) -> list[tuple[frozenset[Route], AssignmentSubproblem]]:
        """Return the subproblems of a plan, largest sectors first, each with the routes that it stands for."""
        idle = min(1, self._problem.n_vehicles - len(routes))
        chosen: dict[frozenset[Route], AssignmentSubproblem] = {}
        stopped: set[Route] = set()
        for group in route_groups(self._problem, routes):
            if group[0] in stopped:
                continue
            subproblem = self._build(group, len(group) + idle)
            if subproblem is None:
                continue
            whole = len(subproblem.segments) == sum(len(route) for route in group)
            if whole or len(group) == 2:
                for smaller in [key for key in chosen if key < frozenset(group) and whole]:
                    del chosen[smaller]
                chosen[frozenset(group)] = subproblem
            if not whole:
                stopped.add(group[0])
        return sorted(chosen.items(), key=lambda item: -len(item[1].table.objectives))

    def _build(self, group: Sequence[Route], n_vehicles: int) -> AssignmentSubproblem | None:
        key = (frozenset(group), n_vehicles)
        if key not in self._built:
            self._built[key] = assignment_subproblem(
                self._problem, sorted(group), n_vehicles, most_assignments=self._most
            )
        return self._built[key]


def tour_positions(tour: Sequence[int], travel: np.ndarray) -> list[tuple[int, ...]]:
    """Return the sets of positions to reorder: the whole tour if it is small, else windows and neighbourhoods.

    Args:
        tour: all cities, from 0.
        travel: shape (n, n).

    Returns:
        Distinct sets of positions, none with position 0 where the whole tour is reordered (its start is fixed).
    """
    n = len(tour)
    if n - 1 <= MOST_POSITIONS:
        return [tuple(range(1, n))]
    sets: dict[frozenset[int], tuple[int, ...]] = {}
    both_ways = np.minimum(travel, travel.T)
    place = {city: position for position, city in enumerate(tour)}
    for start in range(n):
        window = tuple((start + i) % n for i in range(_WINDOW))
        sets.setdefault(frozenset(window), window)
    for city in tour:
        nearest = np.argsort(both_ways[city], kind="stable")[:_WINDOW]
        near = tuple(place[int(other)] for other in nearest)
        sets.setdefault(frozenset(near), near)
    return list(sets.values())
