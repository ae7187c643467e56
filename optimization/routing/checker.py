"""The one checker of plans: visits, loads, vehicles and cost, recomputed from the problem alone.

It shares no code with any solver, and every solver's plan passes through it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from optimization.routing.tsp import Tsp
from optimization.routing.vehicle_routing import Cvrp


@dataclass(frozen=True, kw_only=True)
class Check:
    """What the routes amount to, and every rule that they break, as sentences."""

    cost: float  # in the problem's unit
    lengths: tuple[float, ...]  # of each route
    loads: tuple[float, ...]  # of each route; zeros for a Tsp
    violations: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def check(problem: Cvrp | Tsp, routes: Sequence[Sequence[int]]) -> Check:
    """Check routes against a problem.

    Args:
        problem: the problem.
        routes: customers from 1 (Cvrp), or one tour of all cities from 1 (Tsp).

    Returns:
        Cost, lengths and loads, with the rules broken; numbers that name no customer count for nothing else.
    """
    return _check_tour(problem, routes) if isinstance(problem, Tsp) else _check_routes(problem, routes)


def _check_tour(problem: Tsp, routes: Sequence[Sequence[int]]) -> Check:
    if len(routes) != 1:
        return Check(cost=0.0, lengths=(), loads=(), violations=(f"a tour is one route, not {len(routes)}",))
    violations = _visits(routes, problem.n_cities, "city")
    tour = [int(city) - 1 for city in routes[0] if 1 <= city <= problem.n_cities]
    length = 0.0
    for place, city in enumerate(tour):
        length += float(problem.travel[city, tour[(place + 1) % len(tour)]])
    return Check(cost=length, lengths=(length,), loads=(0.0,), violations=tuple(violations))


def _check_routes(problem: Cvrp, routes: Sequence[Sequence[int]]) -> Check:
    violations = _visits(routes, problem.n_customers, "customer")
    used = sum(1 for route in routes if len(route))
    if used > problem.n_vehicles:
        violations.append(f"{used} routes for {problem.n_vehicles} vehicles")
    lengths, loads = [], []
    for number, route in enumerate(routes, start=1):
        here, length, load = 0, 0.0, 0.0
        for customer in route:
            if 1 <= customer <= problem.n_customers:
                length += float(problem.travel[here, customer])
                load += float(problem.demands[customer])
                here = int(customer)
        length += float(problem.travel[here, 0])
        if load > problem.capacity * (1 + 1e-9):
            violations.append(f"route {number} carries {load:g} of a capacity of {problem.capacity:g}")
        lengths.append(length)
        loads.append(load)
    return Check(cost=sum(lengths), lengths=tuple(lengths), loads=tuple(loads), violations=tuple(violations))


def _visits(routes: Sequence[Sequence[int]], n: int, kind: str) -> list[str]:
    visits = Counter(int(stop) for route in routes for stop in route)
    violations = [f"there is no {kind} {stop}" for stop in sorted(visits) if not 1 <= stop <= n]
    violations += [f"{kind} {stop} is visited {visits[stop]} times" for stop in range(1, n + 1) if visits[stop] > 1]
    violations += [f"{kind} {stop} is not visited" for stop in range(1, n + 1) if not visits[stop]]
    return violations
