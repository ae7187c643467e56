"""Certified tours by integer programming over arcs, forbidding subtours as they appear, by HiGHS.

G. Dantzig, R. Fulkerson and S. Johnson, "Solution of a large-scale traveling-salesman problem", Operations Research 2,
393 (1954). Every round's optimum is a lower bound, since it only lacks constraints; the first that is one tour is the
optimum.
"""

from dataclasses import dataclass

import numpy as np

from optimization.routing.clock import Clock


@dataclass(frozen=True, kw_only=True)
class CertifiedTour:
    """The best tour known, from city 0, and a proved bound."""

    tour: list[int]
    lower_bound: float
    optimal: bool
    n_cuts: int


def certify_tour(travel: np.ndarray, incumbent: list[int], *, clock: Clock) -> CertifiedTour:
    """Prove the optimal tour, or as good a bound as time allows.

    Args:
        travel: shape (n, n); may be asymmetric.
        incumbent: a tour, all cities from 0.
        clock: the time limit.

    Returns:
        The tour with its certificate.
    """
    import highspy

    n = len(travel)
    symmetric = bool(np.array_equal(travel, travel.T)) and n > 2
    tails, heads = np.triu_indices(n, 1) if symmetric else np.nonzero(~np.eye(n, dtype=bool))
    costs = travel[tails, heads]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    n_arcs = len(costs)
    solver.addCols(n_arcs, costs, np.zeros(n_arcs), np.ones(n_arcs), 0, [], [], [])

    def add_row(low: float, high: float, columns: np.ndarray) -> None:
        solver.addRow(low, high, len(columns), columns.astype(np.int32), np.ones(len(columns)))

    for city in range(n):
        if symmetric:
            add_row(2.0, 2.0, np.flatnonzero((tails == city) | (heads == city)))
        else:
            add_row(1.0, 1.0, np.flatnonzero(tails == city))
            add_row(1.0, 1.0, np.flatnonzero(heads == city))

    bound, n_cuts, relaxed = 0.0, 0, True
    while not clock.over:
        if not relaxed and np.isfinite(clock.left):
            solver.setOptionValue("time_limit", solver.getRunTime() + max(clock.left, 0.01))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        info = solver.getInfo()
        bound = max(bound, float(info.objective_function_value if relaxed else info.mip_dual_bound))
        values = np.array(solver.getSolution().col_value)
        broken = _broken_subtours(values, tails, heads, n)
        if broken:
            for cities in broken:
                inside = np.isin(tails, cities) & np.isin(heads, cities)
                add_row(0.0, len(cities) - 1.0, np.flatnonzero(inside))
                n_cuts += 1
        elif relaxed:
            # The relaxation is connected: from here on arcs are whole.
            relaxed = False
            everything = np.arange(n_arcs, dtype=np.int32)
            solver.changeColsIntegrality(n_arcs, everything, np.full(n_arcs, highspy.HighsVarType.kInteger))
        else:
            tour = _tour(values > 0.5, tails, heads, n, symmetric)
            cost = _length(tour, travel)
            return CertifiedTour(
                tour=tour, lower_bound=min(cost, _rounded(bound, travel, cost)), optimal=True, n_cuts=n_cuts
            )
    cost = _length(incumbent, travel)
    bound = min(cost, _rounded(bound, travel, cost))
    return CertifiedTour(tour=list(incumbent), lower_bound=bound, optimal=bound >= cost - 1e-6, n_cuts=n_cuts)


def _broken_subtours(values: np.ndarray, tails: np.ndarray, heads: np.ndarray, n: int) -> list[np.ndarray]:
    """Return sets of cities whose subtour constraint is broken."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    # While fractional, cities bound together by whole arcs are looked at too: they give further sets to test.
    for least in (1e-9, 1.0 - 1e-6):
        used = values > least
        graph = coo_matrix((np.ones(int(used.sum())), (tails[used], heads[used])), shape=(n, n))
        count, label = connected_components(graph, directed=False)
        broken = []
        for part in range(count):
            cities = np.flatnonzero(label == part)
            inside = np.isin(tails, cities) & np.isin(heads, cities)
            if 1 < len(cities) < n and values[inside].sum() > len(cities) - 1 + 1e-6:
                broken.append(cities)
        if broken:
            return broken
    return []


def _tour(used: np.ndarray, tails: np.ndarray, heads: np.ndarray, n: int, symmetric: bool) -> list[int]:
    neighbours: dict[int, list[int]] = {city: [] for city in range(n)}
    for tail, head in zip(tails[used].tolist(), heads[used].tolist(), strict=True):
        neighbours[tail].append(head)
        if symmetric:
            neighbours[head].append(tail)
    tour = [0]
    while len(tour) < n:
        seen = tour[-2] if len(tour) > 1 else -1
        tour.append(next(city for city in neighbours[tour[-1]] if city != seen))
    return tour


def _length(tour: list[int], travel: np.ndarray) -> float:
    return float(travel[tour, [*tour[1:], tour[0]]].sum())


def _rounded(bound: float, travel: np.ndarray, cost: float) -> float:
    """Round a bound up where costs are integers, and take the cost where the two agree to rounding."""
    if np.array_equal(travel, np.rint(travel)):
        bound = float(np.ceil(bound - 1e-6))
    return cost if abs(bound - cost) <= 1e-6 * max(1.0, cost) else bound
