"""Moves inside the feasible set, for annealing and local search.

A state keeps its variables in one array `order`, block by block: a group's variables with the chosen ones first, then
the free variables. Exchanging a chosen with an unchosen entry of a block is a swap that keeps the group's count. Beside
it runs `slope`, the change of cost if a bit were set (or minus the change if it were cleared), so that a move's cost
change takes two reads and its acceptance one pass over the variables.
"""

from dataclasses import dataclass

import numpy as np

from optimization.binary_problem import BinaryProblem
from runtime.kernels.compiled import compiled


@dataclass(frozen=True, kw_only=True)
class Landscape:
    """A problem as the arrays that kernels take."""

    linear: np.ndarray  # shape: (n_variables,), of the cost
    weights: np.ndarray  # shape: (n_variables, n_variables), symmetric, of the cost
    order: np.ndarray  # shape: (n_variables,), variables block by block
    starts: np.ndarray  # shape: (n_groups + 1,), where each block begins; free variables from the last one on
    chosen: np.ndarray  # shape: (n_groups,)

    @classmethod
    def of(cls, problem: BinaryProblem) -> "Landscape":
        """Lay a problem out."""
        order = [variable for group in problem.groups for variable in group.variables] + list(problem.feasible.free)
        sizes = [len(group.variables) for group in problem.groups]
        return cls(
            linear=problem.sign * problem.linear,
            weights=problem.sign * (problem.quadratic + problem.quadratic.T),
            order=np.array(order, dtype=np.int64),
            starts=np.cumsum([0, *sizes]).astype(np.int64),
            chosen=np.array([group.n_chosen for group in problem.groups], dtype=np.int64),
        )


@compiled()
def draw_state(rng, order, starts, chosen, bits):
    """Draw a uniform feasible state into `order` and `bits`."""
    n_groups = len(chosen)
    bits[:] = 0
    for group in range(n_groups):
        start, end = starts[group], starts[group + 1]
        for k in range(chosen[group]):
            other = start + k + int(rng.random() * (end - start - k))
            order[start + k], order[other] = order[other], order[start + k]
            bits[order[start + k]] = 1
    for k in range(starts[n_groups], len(order)):
        bits[order[k]] = rng.random() < 0.5


@compiled()
def slopes(linear, weights, bits, slope):
    """Compute every variable's slope from scratch into `slope`."""
    for i in range(len(bits)):
        total = linear[i]
        for j in range(len(bits)):
            total += weights[i, j] * bits[j]
        slope[i] = total


@compiled()
def swap(weights, order, bits, slope, position, other):
    """Clear the chosen variable at `position` and set the unchosen one at `other`."""
    leaving, entering = order[position], order[other]
    order[position], order[other] = entering, leaving
    bits[leaving], bits[entering] = 0, 1
    for k in range(len(bits)):
        slope[k] += weights[k, entering] - weights[k, leaving]


@compiled()
def flip(weights, bits, slope, variable):
    """Flip a free variable."""
    sign = 1.0 - 2.0 * bits[variable]
    bits[variable] = 1 - bits[variable]
    for k in range(len(bits)):
        slope[k] += sign * weights[k, variable]
