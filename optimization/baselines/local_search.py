"""Steepest descent from uniform feasible states: the best swap or flip, until none helps."""

from time import perf_counter

import numpy as np

from optimization.baselines.moves import Landscape, draw_state, flip, slopes, swap
from optimization.binary_problem import BinaryProblem
from optimization.samples import Samples
from optimization.solution import Solution, SolverStatus
from runtime.kernels.compiled import compiled


def descend(problem: BinaryProblem, *, seed: int, n_reads: int = 100, time_limit: float | None = None) -> Solution:
    """Descend from `n_reads` uniform feasible states and keep where each ends.

    Args:
        problem: The problem.
        seed: Seed of the starting states.
        n_reads: The number of descents.
        time_limit: Seconds after which the descents so far are returned.

    Returns:
        The best local optimum, with all of them as samples and one evaluation counted per move looked at.
    """
    if n_reads < 1:
        raise ValueError(f"descend needs at least one read, but was given {n_reads}.")
    landscape = Landscape.of(problem)
    tolerance = 1e-12 * (float(np.abs(landscape.linear).sum() + np.abs(landscape.weights).sum()) or 1.0)
    arrays = (landscape.linear, landscape.weights, landscape.order.copy(), landscape.starts, landscape.chosen)
    bits = np.empty(problem.n_variables, dtype=np.int64)
    _descend(np.random.default_rng(seed), *arrays, tolerance, bits)  # compiles
    started = perf_counter()
    rng = np.random.default_rng(seed)
    ends, n_evaluations, status = [], 0, SolverStatus.FINISHED
    for read in range(n_reads):
        n_evaluations += _descend(rng, *arrays, tolerance, bits)
        ends.append(bits.astype(np.uint8))
        if time_limit is not None and perf_counter() - started > time_limit and read + 1 < n_reads:
            status = SolverStatus.TIME_LIMIT
            break
    samples = Samples.from_shots(np.array(ends), problem)
    return Solution(
        method="local search",
        bitstring=samples.bitstrings[0],
        objective=float(samples.objectives[0]),
        status=status,
        n_evaluations=n_evaluations,
        samples=samples,
        seconds=perf_counter() - started,
    )


@compiled()
def _descend(rng, linear, weights, order, starts, chosen, tolerance, bits):
    n_variables, n_groups = len(order), len(chosen)
    slope = np.empty(n_variables)
    draw_state(rng, order, starts, chosen, bits)
    slopes(linear, weights, bits, slope)
    n_evaluations = 0
    while True:
        best, best_position, best_other = -tolerance, -1, -1
        for group in range(n_groups):
            middle = starts[group] + chosen[group]
            for position in range(starts[group], middle):
                for other in range(middle, starts[group + 1]):
                    n_evaluations += 1
                    leaving, entering = order[position], order[other]
                    change = slope[entering] - slope[leaving] - weights[leaving, entering]
                    if change < best:
                        best, best_position, best_other = change, position, other
        for position in range(starts[n_groups], n_variables):
            n_evaluations += 1
            variable = order[position]
            change = slope[variable] * (1.0 - 2.0 * bits[variable])
            if change < best:
                best, best_position, best_other = change, position, -1
        if best_position < 0:
            return n_evaluations
        if best_other < 0:
            flip(weights, bits, slope, order[best_position])
        else:
            swap(weights, order, bits, slope, best_position, best_other)
