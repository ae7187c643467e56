"""The certified optimum by looking at every feasible bitstring."""

from time import perf_counter

import numpy as np

from optimization.binary_problem import BinaryProblem
from optimization.sample_quality import TOLERANCE
from optimization.solution import Solution, SolverStatus

LISTABLE = 1 << 22  # feasible bitstrings; about a second to evaluate them all


def enumerate_optimum(problem: BinaryProblem, *, time_limit: float | None = None) -> Solution:
    """Evaluate every feasible bitstring and return the best, proved optimal unless the time runs out.

    Args:
        problem: A problem with at most `LISTABLE` feasible bitstrings.
        time_limit: Seconds after which the best so far is returned.

    Raises:
        ValueError: If the feasible set is too large to list.
    """
    if problem.feasible.size > LISTABLE:
        raise ValueError(
            f"Enumeration lists at most {LISTABLE:,} bitstrings, but this problem has {problem.feasible.size:.3g} "
            "feasible ones; use optimization.baselines.solve_scip."
        )
    started = perf_counter()
    best, best_cost, n_evaluations = np.zeros(problem.n_variables, dtype=np.uint8), np.inf, 0
    close = np.zeros(0)  # costs that are the optimum's, to what the gap calls equal
    status = SolverStatus.OPTIMAL
    for block in problem.feasible.blocks():
        costs = problem.cost(block)
        n_evaluations += len(block)
        lowest = int(costs.argmin())
        if costs[lowest] < best_cost:
            best, best_cost = block[lowest], float(costs[lowest])
        within = TOLERANCE * abs(problem.sign * problem.uniform_mean - best_cost)
        close = np.concatenate([close[close <= best_cost + within], costs[costs <= best_cost + within]])
        if time_limit is not None and perf_counter() - started > time_limit and n_evaluations < problem.feasible.size:
            status = SolverStatus.TIME_LIMIT
            break
    objective = float(problem.objective(best))
    return Solution(
        method="enumeration",
        bitstring=best,
        objective=objective,
        bound=objective if status is SolverStatus.OPTIMAL else None,
        status=status,
        n_evaluations=n_evaluations,
        n_optima=len(close) if status is SolverStatus.OPTIMAL else None,
        seconds=perf_counter() - started,
    )
