"""Certified optima of vehicle routing by set partitioning over customer sets.

Every customer set that fits a vehicle is a column, priced at its best tour (`held_karp`). The linear programme over all
of them is solved by column generation; its bound, and the best plan known, leave over only the columns whose reduced
cost is within the gap, and the integer programme over those settles the optimum (R. Baldacci, N. Christofides and
A. Mingozzi, Mathematical Programming 115, 351 (2008)). Bound and plan are recomputed here from the solver's duals and
columns, not taken from it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimization.routing.clock import Clock
from optimization.routing.held_karp import SetTours, set_tours
from optimization.routing.plain_bound import plain_bound
from optimization.routing.vehicle_routing import Cvrp

MOST_SETS = 400_000
_COLUMNS_PER_ROUND = 300
_TOLERANCE = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """The best plan, a proved bound, and how large the proof was."""

    routes: list[list[int]]
    lower_bound: float
    optimal: bool
    n_sets: int  # customer sets that fit
    n_kept: int  # columns left within the gap
    root_bound: float  # of the linear programme


def enumerated_sets(problem: Cvrp, *, most_sets: int = MOST_SETS) -> SetTours | None:
    """Return all customer sets that fit a vehicle with their best tours, or None if they are too many."""
    return set_tours(problem.travel, problem.demands[1:], problem.capacity, most_sets=most_sets)


def certify(problem: Cvrp, sets: SetTours, incumbent: list[list[int]], *, clock: Clock) -> Certificate:
    """Prove the optimum, or as good a bound as time allows.

    Args:
        problem: the problem.
        sets: from `enumerated_sets`.
        incumbent: a feasible plan, customers from 1.
        clock: the time limit.

    Returns:
        The best plan known at the end, with its certificate.
    """
    m, k = problem.n_customers, problem.n_vehicles
    # A vehicle in use carries at least what the others cannot: in full fleets this leaves few sets.
    least = problem.demands.sum() - (k - 1) * problem.capacity
    useful = np.flatnonzero((sets.loads >= least * (1 - 1e-9) - 1e-9) & (sets.masks > 0))
    members = (sets.masks[useful, None] >> np.arange(m, dtype=np.uint64) & np.uint64(1)).astype(bool)
    costs = sets.costs[useful]
    incumbent_masks = np.array([sum(1 << (c - 1) for c in route) for route in incumbent], dtype=np.uint64)
    incumbent_columns = np.searchsorted(sets.masks[useful], incumbent_masks)
    incumbent_cost = float(costs[incumbent_columns].sum())  # each set in its best order
    integral = bool(np.array_equal(problem.travel, np.rint(problem.travel)))

    root_bound, reduced = _column_generation(costs, members, k, incumbent_columns, clock)
    # Cut short, the linear programme may prove less than nothing.
    bound = max(root_bound, plain_bound(problem))
    if integral:
        bound = float(np.ceil(bound - 1e-6))
    best_columns, optimal, kept = incumbent_columns, bound >= incumbent_cost - 1e-6, 0
    if not optimal and not clock.over:
        # A plan that beats the incumbent uses no column whose reduced cost is above the gap.
        improvement = 1.0 - 1e-6 if integral else 0.0
        inside = np.flatnonzero(reduced <= incumbent_cost - improvement - root_bound + 1e-6)
        kept = len(inside)
        chosen, mip_bound, optimal = _integer_programme(costs[inside], members[inside], k, clock)
        if chosen is not None and costs[inside[chosen]].sum() < incumbent_cost - 1e-9:
            best_columns = inside[chosen]
        bound = float(costs[best_columns].sum()) if optimal else max(bound, min(mip_bound, incumbent_cost))
    cost = float(costs[best_columns].sum())
    routes = [[c + 1 for c in sets.order(int(sets.masks[useful[column]]))] for column in best_columns]
    return Certificate(
        routes=routes,
        lower_bound=min(bound, cost),
        optimal=optimal,
        n_sets=len(sets.masks) - 1,
        n_kept=kept,
        root_bound=max(root_bound, plain_bound(problem)),
    )


def _column_generation(
    costs: np.ndarray, members: np.ndarray, k: int, start: np.ndarray, clock: Clock
) -> tuple[float, np.ndarray]:
    """Solve the linear programme over all columns; return its bound and every column's reduced cost."""
    import highspy

    n_sets, m = members.shape
    incidence = members.astype(np.float64)
    solver = _solver()
    for _ in range(m):
        solver.addRow(1.0, 1.0, 0, [], [])
    solver.addRow(0.0, float(k), 0, [], [])
    present = np.zeros(n_sets, dtype=bool)
    best_bound, best_reduced = -np.inf, costs.copy()
    entering = np.unique(np.concatenate([start, np.flatnonzero(members.sum(axis=1) == 1)]))
    while True:
        _add_columns(solver, costs, members, entering)
        present[entering] = True
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        duals = np.array(solver.getSolution().row_dual)
        fleet = min(float(duals[m]), 0.0)
        reduced = costs - incidence @ duals[:m] - fleet
        least = min(float(reduced.min(initial=0.0)), 0.0)
        # Any plan has at most k columns, none with a reduced cost below the least: valid whatever the duals are.
        bound = float(duals[:m].sum()) + k * (fleet + least)
        if bound > best_bound:
            best_bound, best_reduced = bound, reduced - least
        candidates = np.flatnonzero((reduced < -_TOLERANCE) & ~present)
        if not len(candidates) or clock.over:
            break
        entering = candidates[np.argsort(reduced[candidates], kind="stable")[:_COLUMNS_PER_ROUND]]
    return best_bound, best_reduced


def _integer_programme(
    costs: np.ndarray, members: np.ndarray, k: int, clock: Clock
) -> tuple[np.ndarray | None, float, bool]:
    """Choose at most k columns that cover every customer once; return them, a bound, and whether it was proved."""
    import highspy

    m = members.shape[1]
    solver = _solver()
    if np.isfinite(clock.left):
        solver.setOptionValue("time_limit", max(clock.left, 0.01))
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 1e-9)
    for _ in range(m):
        solver.addRow(1.0, 1.0, 0, [], [])
    solver.addRow(0.0, float(k), 0, [], [])
    _add_columns(solver, costs, members, np.arange(len(costs)))
    everything = np.arange(len(costs), dtype=np.int32)
    solver.changeColsIntegrality(len(costs), everything, np.full(len(costs), highspy.HighsVarType.kInteger))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None, np.inf, True  # nothing beats the incumbent
    info = solver.getInfo()
    chosen = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        chosen = np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5)
        if len(chosen) > k or not np.all(members[chosen].sum(axis=0) == 1):
            chosen = None
    return chosen, float(info.mip_dual_bound), status == highspy.HighsModelStatus.kOptimal and chosen is not None


def _solver() -> Any:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    return solver


def _add_columns(solver: Any, costs: np.ndarray, members: np.ndarray, columns: np.ndarray) -> None:
    m = members.shape[1]
    rows = [np.append(np.flatnonzero(members[column]), m) for column in columns]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])[:-1]]).astype(np.int32)
    indices = np.concatenate(rows).astype(np.int32)
    count = len(columns)
    solver.addCols(
        count,
        costs[columns],
        np.zeros(count),
        np.full(count, np.inf),
        len(indices),
        starts,
        indices,
        np.ones(len(indices)),
    )
