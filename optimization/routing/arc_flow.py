"""A bound for vehicle routing where customer sets are too many to list: a flow of goods along chosen arcs, by HiGHS.

The single-commodity formulation (B. Gavish and S. C. Graves, "The travelling salesman problem and related problems",
MIT working paper OR-078-78 (1978)): x_ij says that a vehicle goes from i to j, f_ij is what it then still carries.
"""

import numpy as np

from optimization.routing.clock import Clock
from optimization.routing.column_generation import Certificate
from optimization.routing.plain_bound import plain_bound
from optimization.routing.vehicle_routing import Cvrp


def certify_by_arcs(problem: Cvrp, incumbent: list[list[int]], *, clock: Clock) -> Certificate:
    """Prove the optimum, or as good a bound as time allows, by branch and cut over arcs.

    Args:
        problem: the problem.
        incumbent: a feasible plan, customers from 1; it is also the solver's start.
        clock: the time limit.

    Returns:
        The best plan known at the end, with the solver's bound, or a plain one where it proved nothing better.
    """
    import highspy

    travel, demands, n = problem.travel, problem.demands, problem.n_customers + 1
    tails, heads = np.nonzero(~np.eye(n, dtype=bool))
    fits = (tails == 0) | (heads == 0) | (demands[tails] + demands[heads] <= problem.capacity * (1 + 1e-12))
    tails, heads = tails[fits], heads[fits]
    n_arcs = len(tails)
    arcs, flows = np.arange(n_arcs), np.arange(n_arcs) + n_arcs

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    if np.isfinite(clock.left):
        solver.setOptionValue("time_limit", max(clock.left, 0.01))
    solver.setOptionValue("mip_rel_gap", 0.0)
    costs = np.concatenate([travel[tails, heads], np.zeros(n_arcs)])
    upper = np.concatenate([np.ones(n_arcs), np.full(n_arcs, problem.capacity)])
    solver.addCols(2 * n_arcs, costs, np.zeros(2 * n_arcs), upper, 0, [], [], [])
    solver.changeColsIntegrality(n_arcs, arcs.astype(np.int32), np.full(n_arcs, highspy.HighsVarType.kInteger))

    def add_row(low: float, high: float, columns: np.ndarray, values: np.ndarray) -> None:
        solver.addRow(low, high, len(columns), columns.astype(np.int32), values.astype(np.float64))

    for customer in range(1, n):
        into, out = arcs[heads == customer], arcs[tails == customer]
        add_row(1.0, 1.0, into, np.ones(len(into)))
        add_row(1.0, 1.0, out, np.ones(len(out)))
        carried = np.concatenate([flows[into], flows[out]])
        signs = np.concatenate([np.ones(len(into)), -np.ones(len(out))])
        add_row(demands[customer], demands[customer], carried, signs)
    leaving, returning = arcs[tails == 0], arcs[heads == 0]
    fewest = np.ceil(demands.sum() / problem.capacity * (1 - 1e-12))
    add_row(fewest, float(problem.n_vehicles), leaving, np.ones(len(leaving)))
    add_row(0.0, 0.0, np.concatenate([leaving, returning]), np.repeat([1.0, -1.0], [len(leaving), len(returning)]))
    for arc in arcs:
        # On its way to a customer a vehicle carries at least that customer's demand, at most what its last stop left.
        pair = np.array([arc, flows[arc]])
        add_row(-np.inf, 0.0, pair, np.array([demands[heads[arc]], -1.0]))
        add_row(0.0, np.inf, pair, np.array([problem.capacity - demands[tails[arc]], -1.0]))

    start = highspy.HighsSolution()
    start.col_value = _as_flow(problem, incumbent, tails, heads)
    solver.setSolution(start)
    solver.run()
    info = solver.getInfo()
    routes = incumbent
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = _as_routes(np.array(solver.getSolution().col_value)[:n_arcs] > 0.5, tails, heads)
        if _cost(found, travel) < _cost(incumbent, travel) - 1e-9:
            routes = found
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    cost = _cost(routes, travel)
    bound = cost if optimal else max(plain_bound(problem), float(info.mip_dual_bound))
    if np.array_equal(travel, np.rint(travel)):
        bound = float(np.ceil(bound - 1e-6))
    bound = min(bound, cost)
    return Certificate(
        routes=routes, lower_bound=bound, optimal=bound >= cost - 1e-6, n_sets=0, n_kept=0, root_bound=bound
    )


def _cost(routes: list[list[int]], travel: np.ndarray) -> float:
    return sum(float(travel[[0, *route], [*route, 0]].sum()) for route in routes)


def _as_flow(problem: Cvrp, routes: list[list[int]], tails: np.ndarray, heads: np.ndarray) -> list[float]:
    carried = {}
    for route in routes:
        load = float(problem.demands[route].sum())
        for tail, head in zip([0, *route], [*route, 0], strict=True):
            carried[tail, head] = load
            load -= float(problem.demands[head])
    pairs = list(zip(tails.tolist(), heads.tolist(), strict=True))
    return [float(pair in carried) for pair in pairs] + [max(0.0, carried.get(pair, 0.0)) for pair in pairs]


def _as_routes(used: np.ndarray, tails: np.ndarray, heads: np.ndarray) -> list[list[int]]:
    after = {int(t): int(h) for t, h in zip(tails[used], heads[used], strict=True) if t != 0}
    routes = []
    for first in heads[used & (tails == 0)].tolist():
        route = [first]
        while after.get(route[-1], 0) != 0:
            route.append(after[route[-1]])
        routes.append(route)
    return routes
