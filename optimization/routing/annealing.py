"""Simulated annealing on routes: every move stays within the feasible plans.

Four moves, drawn evenly: a customer goes elsewhere, two customers change places, a stretch of a route is reversed, two
routes exchange their tails. A move that would overload a vehicle is not made, so that no penalty is needed
(S. Kirkpatrick et al., Science 220, 671 (1983); I. H. Osman, Annals of Operations Research 41, 421 (1993)).
"""

import numpy as np

from optimization.routing.clock import Clock
from runtime.kernels.compiled import compiled

_BLOCKS = 100  # temperatures; the clock is looked at between them
_MOVES_PER_STOP = 1_000  # at each temperature
_HOTTEST, _COLDEST = 0.5, 0.005  # temperatures, in units of the first plan's mean step


def anneal(
    routes: list[list[int]],
    travel: np.ndarray,
    demands: np.ndarray,
    capacity: float,
    n_vehicles: int,
    *,
    seed: int,
    clock: Clock,
    n_moves: int | None = None,
) -> tuple[list[list[int]], bool]:
    """Anneal a feasible plan; the same seed gives the same plan unless the time limit cuts in.

    Args:
        routes: the plan to start from, nodes 1 to n - 1.
        travel: shape (n, n), node 0 the depot.
        demands: shape (n,).
        capacity: of a vehicle.
        n_vehicles: size of the fleet.
        seed: of the moves.
        clock: the time limit.
        n_moves: in all; None: a hundred thousand for each stop.

    Returns:
        The best plan met, and whether the schedule ran to its end.
    """
    n = len(travel)
    table = np.zeros((n_vehicles, n), dtype=np.int64)
    lengths = np.zeros(n_vehicles, dtype=np.int64)
    for vehicle, route in enumerate(routes):
        table[vehicle, : len(route)] = route
        lengths[vehicle] = len(route)
    best_table, best_lengths = table.copy(), lengths.copy()
    matrix = np.ascontiguousarray(travel, dtype=np.float64)
    loads = np.ascontiguousarray(demands, dtype=np.float64)
    cost = best = sum(float(matrix[[0, *route], [*route, 0]].sum()) for route in routes)
    step = cost / (n + len(routes))
    rng = np.random.default_rng(seed)
    finished = True
    moves = _MOVES_PER_STOP * n if n_moves is None else max(n_moves // _BLOCKS, 1)
    for temperature in np.geomspace(_HOTTEST, _COLDEST, _BLOCKS) * max(step, 1e-300):
        if clock.over:
            finished = False
            break
        limits = np.array([capacity * (1 + 1e-12), temperature])
        cost, best = _block(table, lengths, best_table, best_lengths, matrix, loads, limits, moves, cost, best, rng)
    plan = [[int(c) for c in best_table[v, : best_lengths[v]]] for v in range(n_vehicles) if best_lengths[v]]
    return plan, finished


@compiled()
def _block(
    table: np.ndarray,
    lengths: np.ndarray,
    best_table: np.ndarray,
    best_lengths: np.ndarray,
    travel: np.ndarray,
    demands: np.ndarray,
    limits: np.ndarray,
    n_moves: int,
    cost: float,
    best: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Make one temperature's moves in place; limits holds the capacity and the temperature."""
    n_vehicles, n = table.shape
    first, second = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)  # the two routes after a move
    for _ in range(n_moves):
        a, b, kind = rng.integers(0, n_vehicles), rng.integers(0, n_vehicles), rng.integers(0, 4)
        if lengths[a] == 0:
            continue
        if kind == 3:
            b = a
        first[:n], second[:n] = table[a], table[b]
        i = rng.integers(0, lengths[a])
        if a == b:
            _move_within(kind, first, i, rng.integers(0, lengths[a]))
            n_first, n_second = lengths[a], 0
        else:
            j = rng.integers(0, lengths[b] + 1)
            n_first, n_second = _move_between(kind, first, lengths[a], second, lengths[b], i, j)
            if _load(first, n_first, demands) > limits[0] or _load(second, n_second, demands) > limits[0]:
                continue
        change = _route_cost(first, n_first, travel) - _route_cost(table[a], lengths[a], travel)
        if a != b:
            change += _route_cost(second, n_second, travel) - _route_cost(table[b], lengths[b], travel)
        if change > 0 and rng.random() >= np.exp(-change / limits[1]):
            continue
        table[a], lengths[a] = first[:n], n_first
        if a != b:
            table[b], lengths[b] = second[:n], n_second
        cost += change
        if cost < best - 1e-9:
            best = cost
            best_table[:], best_lengths[:] = table, lengths
    return cost, best


@compiled()
def _move_between(
    kind: np.integer, first: np.ndarray, n_first: int, second: np.ndarray, n_second: int, i: np.integer, j: np.integer
) -> tuple[int, int]:
    """Move stop i before stop j of the other route, exchange the two, or exchange the tails that start there."""
    if kind == 0 or (kind == 1 and j == n_second):
        second[j + 1 : n_second + 1] = second[j:n_second].copy()
        second[j] = first[i]
        first[i : n_first - 1] = first[i + 1 : n_first].copy()
        return n_first - 1, n_second + 1
    if kind == 1:
        first[i], second[j] = second[j], first[i]
        return n_first, n_second
    tail_of_first, tail_of_second = first[i:n_first].copy(), second[j:n_second].copy()
    first[i : i + len(tail_of_second)] = tail_of_second
    second[j : j + len(tail_of_first)] = tail_of_first
    return i + len(tail_of_second), j + len(tail_of_first)


@compiled()
def _move_within(kind: np.integer, route: np.ndarray, i: np.integer, j: np.integer) -> None:
    """Move stop i to place j, or reverse the stretch between them."""
    if kind == 0:
        stop = route[i]
        if i < j:
            route[i:j] = route[i + 1 : j + 1].copy()
        else:
            route[j + 1 : i + 1] = route[j:i].copy()
        route[j] = stop
    else:
        low, high = min(i, j), max(i, j)
        route[low : high + 1] = route[low : high + 1][::-1].copy()


@compiled()
def _load(route: np.ndarray, length: int, demands: np.ndarray) -> float:
    load = 0.0
    for place in range(length):
        load += demands[route[place]]
    return load


@compiled()
def _route_cost(route: np.ndarray, length: int, travel: np.ndarray) -> float:
    here, cost = 0, 0.0
    for place in range(length):
        cost += travel[here, route[place]]
        here = route[place]
    return cost + travel[here, 0] if length else 0.0
