"""Greedy selection."""

from time import perf_counter

import numpy as np

from optimization.binary_problem import BinaryProblem
from optimization.solution import Solution, SolverStatus


def greedy(problem: BinaryProblem) -> Solution:
    """Set one variable after another, always the one that lowers the cost most, until every group holds its count.

    Free variables are set only while that lowers the cost.
    """
    started = perf_counter()
    weights = problem.sign * (problem.quadratic + problem.quadratic.T)
    increase = problem.sign * problem.linear.copy()  # of the cost, if the variable is set
    group_of = {variable: group for group in problem.groups for variable in group.variables}
    missing = {group: group.n_chosen for group in problem.groups}
    bitstring = np.zeros(problem.n_variables, dtype=np.uint8)
    n_evaluations = 0
    while True:
        candidates = [
            variable
            for variable in range(problem.n_variables)
            if not bitstring[variable]
            and (missing[group_of[variable]] > 0 if variable in group_of else increase[variable] < 0)
        ]
        if not candidates:
            break
        n_evaluations += len(candidates)
        variable = candidates[int(np.argmin(increase[candidates]))]
        bitstring[variable] = 1
        increase += weights[:, variable]
        if variable in group_of:
            missing[group_of[variable]] -= 1
    return Solution(
        method="greedy",
        bitstring=bitstring,
        objective=float(problem.objective(bitstring)),
        status=SolverStatus.FINISHED,
        n_evaluations=n_evaluations,
        seconds=perf_counter() - started,
    )
