"""Which subproblems of a plan to look at: groups of neighbouring routes, windows and neighbourhoods of a tour."""

from collections.abc import Sequence

import numpy as np

from optimization.routing.assignment import AssignmentSubproblem, assignment_subproblem, fits_whole
from optimization.routing.reordering import MOST_POSITIONS
from optimization.routing.vehicle_routing import Cvrp

Route = tuple[int, ...]
_PARTNERS = 3  # of the next nearest routes, each completes a group
_WINDOW = 7  # positions: 5,040 permutations on 49 qubits, milliseconds per evaluation


def route_groups(problem: Cvrp, routes: Sequence[Route], size: int) -> list[frozenset[Route]]:
    """Return groups of so many neighbouring routes: each route, its nearest ones, and one of the next nearest.

    Two routes are as near as their nearest customers.

    Args:
        problem: the problem.
        routes: of the plan, none empty, at least `size`.
        size: routes in a group.

    Returns:
        Distinct groups.
    """
    both_ways = np.minimum(problem.travel, problem.travel.T)
    groups: dict[frozenset[Route], None] = {}
    for route in routes:
        distances = {other: float(both_ways[np.ix_(route, other)].min()) for other in routes if other is not route}
        nearest = sorted((distance, other) for other, distance in distances.items())
        core = [route, *(other for _, other in nearest[: max(0, size - 2)])]
        for _, last in nearest[size - 2 : size - 2 + _PARTNERS] if size > 1 else [(0.0, route)]:
            groups.setdefault(frozenset([*core, last]))
    return list(groups)


class GroupChooser:
    """Chooses the groups worth a subproblem.

    These are the groups that fit the simulator whole and lie in no larger one that does. A pair of routes that does not
    fit is taken as well, with some of its stops joined.
    """

    def __init__(self, problem: Cvrp, most_assignments: int) -> None:
        self._problem = problem
        self._most = most_assignments
        self._fits: dict[tuple[frozenset[Route], int], bool] = {}
        self._built: dict[tuple[frozenset[Route], int], AssignmentSubproblem | None] = {}

    def groups(self, routes: Sequence[Route]) -> list[frozenset[Route]]:
        """Return the groups of a plan that are worth a subproblem, those with most routes and stops first."""
        chosen: dict[frozenset[Route], None] = {}
        for size in range(min(2, len(routes)), len(routes) + 1):
            groups = route_groups(self._problem, routes, size)
            fitting = [group for group in groups if self._fits_whole(group, self._vehicles(group, routes))]
            for group in fitting if size > 2 else groups:
                chosen = {key: None for key in chosen if not (group in fitting and key < group)}
                chosen[group] = None
            if not fitting:
                break
        return sorted(chosen, key=lambda group: (-len(group), -sum(map(len, group)), sorted(group)))

    def subproblem(self, group: frozenset[Route], routes: Sequence[Route]) -> AssignmentSubproblem | None:
        """Return a group's subproblem, or None if there is nothing to decide in it."""
        key = (group, self._vehicles(group, routes))
        if key not in self._built:
            self._built[key] = assignment_subproblem(
                self._problem, sorted(group), key[1], most_assignments=self._most, may_join=len(group) <= 2
            )
        return self._built[key]

    def _vehicles(self, group: frozenset[Route], routes: Sequence[Route]) -> int:
        """Return the vehicles that a group is offered: one per route, and one that stands idle if there is one."""
        return len(group) + min(1, self._problem.n_vehicles - len(routes))

    def _fits_whole(self, group: frozenset[Route], n_vehicles: int) -> bool:
        key = (group, n_vehicles)
        if key not in self._fits:
            self._fits[key] = fits_whole(self._problem, sorted(group), n_vehicles, most_assignments=self._most)
        return self._fits[key]


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
