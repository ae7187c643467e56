"""The certified optimum by SCIP, as a mixed-integer program with a quadratic objective."""

from time import perf_counter

import numpy as np

from optimization.binary_problem import BinaryProblem
from optimization.solution import Solution, SolverStatus

TOLERANCE = 1e-6  # how far SCIP's objective may stand from the recomputed one, in the cost's own scale


def solve_scip(problem: BinaryProblem, *, time_limit: float | None = None) -> Solution:
    """Solve to proved optimality with SCIP, and recompute what it returns from the problem itself.

    A binary square equals its variable, so the diagonal of the quadratic form may be chosen: it is set to make the form
    convex, which gives the bound something to hold on to.

    Args:
        problem: The problem.
        time_limit: Seconds after which the best found so far is returned with the bound proved by then.

    Raises:
        RuntimeError: If the solver returns something infeasible, or an objective that is not the bitstring's.
    """
    from pyscipopt import Model, quicksum

    started = perf_counter()
    matrix = problem.sign * (problem.quadratic + problem.quadratic.T) / 2
    linear = problem.sign * problem.linear
    scale = max(float(np.abs(matrix).max()), float(np.abs(linear).max())) or 1.0
    matrix, linear = matrix / scale, linear / scale
    shift = max(0.0, -float(np.linalg.eigvalsh(matrix)[0]))

    model = Model()
    model.hideOutput()
    if time_limit is not None:
        model.setParam("limits/time", max(time_limit, 0.0))
    model.setParam("parallel/maxnthreads", 1)
    bits = [model.addVar(vtype="B") for _ in range(problem.n_variables)]
    for group in problem.groups:
        model.addCons(quicksum(bits[variable] for variable in group.variables) == group.n_chosen)
    cost = model.addVar(vtype="C", lb=None)
    model.addCons(
        quicksum((linear[i] - shift) * bits[i] + shift * bits[i] * bits[i] for i in range(problem.n_variables))
        + quicksum(2 * matrix[i, j] * bits[i] * bits[j] for i, j in np.argwhere(np.triu(matrix, 1)))
        <= cost
    )
    model.setObjective(cost, "minimize")
    model.optimize()

    if model.getNSols() == 0:
        from optimization.baselines.greedy import greedy

        bitstring, status = greedy(problem).bitstring, SolverStatus.TIME_LIMIT
    else:
        bitstring = np.array([round(model.getVal(bit)) for bit in bits], dtype=np.uint8)
        status = SolverStatus.OPTIMAL if model.getStatus() == "optimal" else SolverStatus.TIME_LIMIT
    objective = float(problem.objective(bitstring))
    if not problem.is_feasible(bitstring):
        raise RuntimeError("SCIP returned a selection that breaks a group's count; please report this problem.")
    if status is SolverStatus.OPTIMAL:
        claimed = scale * model.getObjVal() + problem.sign * problem.offset
        if abs(claimed - problem.sign * objective) > TOLERANCE * scale * problem.n_variables:
            raise RuntimeError(
                f"SCIP claims a cost of {claimed:.12g}, but its selection costs {problem.sign * objective:.12g}."
            )
    bound = model.getDualbound()
    return Solution(
        method="SCIP",
        bitstring=bitstring,
        objective=objective,
        bound=problem.sign * (scale * bound + problem.sign * problem.offset) if np.isfinite(bound) else None,
        status=status,
        seconds=perf_counter() - started,
    )
