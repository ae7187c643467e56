"""Simulated annealing on routes: every move stays within the feasible plans.

Four moves, drawn evenly: a customer goes elsewhere, two customers change places, a stretch of a route is reversed, two
routes exchange their tails. A move that would overload a vehicle is not made, so that no penalty is needed
(S. Kirkpatrick et al., Science 220, 671 (1983); I. H. Osman, Annals of Operations Research 41, 421 (1993)).
"""

import numpy as np
from numba import njit

from optimization.routing.clock import Clock

_BLOCKS = 100  # temperatures; the clock is looked at between them
_MOVES_PER_BLOCK = 20_000
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

    Returns:
        The best plan met, and whether the schedule ran to its end.
    """
    n = len(travel)
    table = np.zeros((n_vehicles, n), dtype=np.int64)
    lengths = np.zeros(n_vehicles, dtype=np.int64)
    loads = np.zeros(n_vehicles)
    for vehicle, route in enumerate(routes):
        table[vehicle, : len(route)] = route
        lengths[vehicle] = len(route)
        loads[vehicle] = demands[route].sum()
    best_table, best_lengths = table.copy(), lengths.copy()
    matrix = np.ascontiguousarray(travel, dtype=np.float64)
    cost = best = _plan_cost(table, lengths, matrix)
    step = cost / (n + len(routes))
    rng = np.random.default_rng(seed)
    finished = True
    for temperature in np.geomspace(_HOTTEST * step, _COLDEST * step, _BLOCKS):
        if clock.over:
            finished = False
            break
        cost, best = _block(
            table, lengths, loads, best_table, best_lengths, matrix, demands, capacity * (1 + 1e-12),
            max(temperature, 1e-300), cost, best, _MOVES_PER_BLOCK, rng,
        )  # fmt: skip
    plan = [[int(c) for c in best_table[v, : best_lengths[v]]] for v in range(n_vehicles) if best_lengths[v]]
    return plan, finished


@njit(cache=True)
def _plan_cost(table: np.ndarray, lengths: np.ndarray, travel: np.ndarray) -> float:
    total = 0.0
    for vehicle in range(len(lengths)):
        total += _route_cost(table[vehicle], lengths[vehicle], travel)
    return total


@njit(cache=True)
def _route_cost(route: np.ndarray, length: int, travel: np.ndarray) -> float:
    here, cost = 0, 0.0
    for place in range(length):
        cost += travel[here, route[place]]
        here = route[place]
    return cost + travel[here, 0]


@njit(cache=True)
def _block(
    table, lengths, loads, best_table, best_lengths, travel, demands, capacity, temperature, cost, best, n_moves, rng
):  # type: ignore[no-untyped-def]
    n_vehicles, n = table.shape
    first, second = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)  # the two routes as they would become
    for _ in range(n_moves):
        a, b = rng.integers(0, n_vehicles), rng.integers(0, n_vehicles)
        if lengths[a] == 0:
            continue
        kind = rng.integers(0, 4)
        i = rng.integers(0, lengths[a])
        first[: lengths[a]] = table[a, : lengths[a]]
        second[: lengths[b]] = table[b, : lengths[b]]
        n_first, n_second = lengths[a], lengths[b]
        load_a, load_b = loads[a], loads[b]
        if kind == 2 or a == b:
            b = a
            if kind == 0:
                _relocate_within(first, n_first, i, rng.integers(0, n_first))
            else:
                _reverse_within(first, i, rng.integers(0, n_first))
        elif kind == 0:
            customer = first[i]
            load_a, load_b = load_a - demands[customer], load_b + demands[customer]
            if load_b > capacity:
                continue
            j = rng.integers(0, n_second + 1)
            first[i : n_first - 1] = first[i + 1 : n_first].copy()
            second[j + 1 : n_second + 1] = second[j:n_second].copy()
            second[j] = customer
            n_first, n_second = n_first - 1, n_second + 1
        elif kind == 1:
            if n_second == 0:
                continue
            j = rng.integers(0, n_second)
            change = demands[second[j]] - demands[first[i]]
            load_a, load_b = load_a + change, load_b - change
            if load_a > capacity or load_b > capacity:
                continue
            first[i], second[j] = second[j], first[i]
        else:
            j = rng.integers(0, n_second + 1)
            tail_a, tail_b = demands[first[i:n_first]].sum(), demands[second[j:n_second]].sum()
            load_a, load_b = load_a - tail_a + tail_b, load_b - tail_b + tail_a
            if load_a > capacity or load_b > capacity:
                continue
            from_a, from_b = first[i:n_first].copy(), second[j:n_second].copy()
            first[i : i + len(from_b)] = from_b
            second[j : j + len(from_a)] = from_a
            n_first, n_second = i + len(from_b), j + len(from_a)
        change_in_cost = _route_cost(first, n_first, travel) - _route_cost(table[a], lengths[a], travel)
        if b != a:
            change_in_cost += _route_cost(second, n_second, travel) - _route_cost(table[b], lengths[b], travel)
        if change_in_cost > 0 and rng.random() >= np.exp(-change_in_cost / temperature):
            continue
        table[a, :n_first] = first[:n_first]
        lengths[a], loads[a] = n_first, load_a
        if b != a:
            table[b, :n_second] = second[:n_second]
            lengths[b], loads[b] = n_second, load_b
        cost += change_in_cost
        if cost < best - 1e-9:
            best = cost
            best_table[:], best_lengths[:] = table, lengths
    return cost, best


@njit(cache=True)
def _relocate_within(route: np.ndarray, length: int, i: int, j: int) -> None:
    customer = route[i]
    if i < j:
        route[i:j] = route[i + 1 : j + 1].copy()
    else:
        route[j + 1 : i + 1] = route[j:i].copy()
    route[j] = customer


@njit(cache=True)
def _reverse_within(route: np.ndarray, i: int, j: int) -> None:
    low, high = min(i, j), max(i, j)
    route[low : high + 1] = route[low : high + 1][::-1].copy()
