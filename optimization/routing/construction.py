"""First plans: nearest neighbour, and the savings of Clarke and Wright.

Both keep, at every step, a proof that the customers left can still be loaded on the vehicles left, so that a plan
within the fleet comes out wherever loading itself can be done.
"""

import numpy as np

from optimization.routing.packing import pack
from optimization.routing.vehicle_routing import Cvrp

Routes = list[list[int]]


def nearest_neighbour_tour(travel: np.ndarray, start: int = 0) -> list[int]:
    """Return a tour that always goes to the nearest city not yet visited.

    Args:
        travel: shape (n, n).
        start: the first city.

    Returns:
        All cities, from `start`.
    """
    tour, left = [start], set(range(len(travel))) - {start}
    while left:
        tour.append(min(left, key=lambda city: (travel[tour[-1], city], city)))
        left.remove(tour[-1])
    return tour


def nearest_neighbour_routes(problem: Cvrp) -> Routes:
    """Fill one vehicle after another, each time with the nearest customer that leaves the rest loadable.

    Args:
        problem: the problem.

    Returns:
        Routes of customers numbered from 1, one per vehicle used.

    Raises:
        ValueError: if the demands cannot be loaded on the vehicles.
    """
    demands = problem.demands
    loadable(problem)
    left = set(range(1, problem.n_customers + 1))
    routes: Routes = []
    while left:
        route: list[int] = []
        room, spare_vehicles = problem.capacity, problem.n_vehicles - len(routes) - 1
        while True:
            here = route[-1] if route else 0
            distance = problem.travel[here]
            for customer in sorted(left, key=lambda c, distance=distance: (distance[c], c)):  # type: ignore[misc]
                rooms = [room - demands[customer]] + [problem.capacity] * spare_vehicles
                others = [demands[c] for c in sorted(left - {customer})]
                if rooms[0] >= -1e-9 * problem.capacity and pack(others, rooms) is not None:
                    break
            else:
                break
            route.append(customer)
            left.remove(customer)
            room -= demands[customer]
        if not route:  # the search for a loading was cut short: take the loading of the rest as the routes
            members = sorted(left)
            vehicles = pack([demands[c] for c in members], [problem.capacity] * (spare_vehicles + 1))
            if vehicles is None:
                vehicles = loadable(problem)
                members, routes = list(range(1, problem.n_customers + 1)), []
            return routes + _grouped(problem, members, vehicles)
        routes.append(route)
    return routes


def savings_routes(problem: Cvrp) -> Routes:
    """Merge the routes of single customers, largest saving first.

    G. Clarke and J. W. Wright, "Scheduling of vehicles from a central depot to a number of delivery points", Operations
    Research 12, 568 (1964), the parallel version. A merger that would leave loads which no longer fit the fleet is
    passed over; routes that are still too many at the end are joined as they fit.

    Args:
        problem: the problem.

    Returns:
        Routes of customers numbered from 1.

    Raises:
        ValueError: if the demands cannot be loaded on the vehicles.
    """
    travel, n = problem.travel, problem.n_customers + 1
    loadable(problem)
    savings = travel[:, [0]] + travel[[0], :] - travel  # of going i -> j instead of i -> depot -> j
    pairs = sorted(
        ((i, j) for i in range(1, n) for j in range(1, n) if i != j and savings[i, j] > 0),
        key=lambda pair: (-savings[pair], pair),
    )
    symmetric = bool(np.array_equal(travel, travel.T))
    routes = {customer: [customer] for customer in range(1, n)}
    route_of = {customer: customer for customer in range(1, n)}
    loads = {customer: float(problem.demands[customer]) for customer in range(1, n)}
    rooms = [problem.capacity] * problem.n_vehicles
    for i, j in pairs:
        a, b = route_of[i], route_of[j]
        if a == b or loads[a] + loads[b] > problem.capacity * (1 + 1e-12):
            continue
        merged = _joined(routes[a], routes[b], i, j, symmetric)
        if merged is None:
            continue
        others = [load for key, load in loads.items() if key not in (a, b)]
        if pack([loads[a] + loads[b], *others], rooms) is None:
            continue
        routes[a] = merged
        loads[a] += loads.pop(b)
        for customer in routes.pop(b):
            route_of[customer] = a
    keys = list(routes)
    if len(keys) <= problem.n_vehicles:
        return [routes[key] for key in keys]
    vehicles = pack([loads[key] for key in keys], rooms)
    if vehicles is None:
        members = list(range(1, n))
        return _grouped(problem, members, loadable(problem))
    joined: Routes = [[] for _ in rooms]
    for key, vehicle in zip(keys, vehicles, strict=True):
        joined[vehicle] += routes[key]
    return [route for route in joined if route]


def _joined(first: list[int], second: list[int], i: int, j: int, symmetric: bool) -> list[int] | None:
    """Join two routes by i -> j; routes may be turned round only where both directions cost the same."""
    if symmetric and first[0] == i:
        first = first[::-1]
    if symmetric and second[-1] == j:
        second = second[::-1]
    return first + second if first[-1] == i and second[0] == j else None


def loadable(problem: Cvrp) -> list[int]:
    """Load the demands on the vehicles, whatever the distances.

    Args:
        problem: the problem.

    Returns:
        The vehicle of each customer.

    Raises:
        ValueError: if no loading was found.
    """
    vehicles = pack(list(problem.demands[1:]), [problem.capacity] * problem.n_vehicles)
    if vehicles is None:
        fleet = f"{problem.n_vehicles} vehicle{'s' * (problem.n_vehicles > 1)}"
        raise ValueError(
            f"No way was found to load the demands of {problem.name} on {fleet} of capacity {problem.capacity:g} "
            "without splitting one: add a vehicle or raise the capacity."
        )
    return vehicles


def _grouped(problem: Cvrp, members: list[int], vehicles: list[int]) -> Routes:
    routes: Routes = []
    for vehicle in sorted(set(vehicles)):
        nodes = [0, *(member for member, v in zip(members, vehicles, strict=True) if v == vehicle)]
        order = nearest_neighbour_tour(problem.travel[np.ix_(nodes, nodes)])
        routes.append([nodes[position] for position in order[1:]])
    return routes
