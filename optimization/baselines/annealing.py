"""Simulated annealing that never leaves the feasible set: swaps within groups, flips of free variables."""

from time import perf_counter
from typing import Any

import numpy as np

from optimization.baselines.moves import Landscape, draw_state, flip, slopes, swap
from optimization.binary_problem import BinaryProblem
from optimization.samples import Samples
from optimization.solution import Solution, SolverStatus
from runtime.kernels.compiled import compiled

HOTTEST, COLDEST = 0.5, 0.001  # temperatures, in standard deviations of the cost over the feasible set
READS_PER_BATCH = 16  # reads between two looks at the clock


def anneal(
    problem: BinaryProblem,
    *,
    seed: int,
    n_reads: int | None = 1000,
    n_sweeps: int = 100,
    time_limit: float | None = None,
) -> Solution:
    """Anneal from uniform feasible states, cooling geometrically, and keep the last state of every read.

    Args:
        problem: The problem.
        seed: Seed of the reads.
        n_reads: The number of reads; None for as many as the time allows.
        n_sweeps: Sweeps per read; a sweep proposes as many moves as there are variables.
        time_limit: Seconds after which the reads so far are returned.

    Returns:
        The best read, with all of them as samples and one evaluation counted per proposed move.
    """
    if n_reads is None and time_limit is None:
        raise ValueError("anneal needs n_reads, time_limit or both, but was given neither.")
    if n_sweeps < 1 or (n_reads is not None and n_reads < 1):
        raise ValueError(f"anneal needs at least one read and one sweep, but was given {n_reads} and {n_sweeps}.")
    landscape = Landscape.of(problem)
    run: Any = _anneal
    deviation = float(problem.cost(problem.uniform(1000, seed)).std()) or 1.0
    temperatures = deviation * np.geomspace(HOTTEST, COLDEST, n_sweeps)
    nothing = np.empty((0, problem.n_variables), dtype=np.uint8)
    run(np.random.default_rng(seed), *_arrays(landscape), temperatures, nothing)  # compiles
    started = perf_counter()
    rng = np.random.default_rng(seed)
    reads: list[np.ndarray] = []
    n_done, status = 0, SolverStatus.FINISHED
    while n_reads is None or n_done < n_reads:
        batch = READS_PER_BATCH if n_reads is None else min(READS_PER_BATCH, n_reads - n_done)
        reads.append(np.empty((batch, problem.n_variables), dtype=np.uint8))
        run(rng, *_arrays(landscape), temperatures, reads[-1])
        n_done += batch
        if time_limit is not None and perf_counter() - started > time_limit:
            status = SolverStatus.FINISHED if n_done == n_reads else SolverStatus.TIME_LIMIT
            break
    samples = Samples.from_shots(np.concatenate(reads), problem)
    return Solution(
        method="annealing",
        bitstring=samples.bitstrings[0],
        objective=float(samples.objectives[0]),
        status=status,
        n_evaluations=n_done * n_sweeps * problem.n_variables,
        samples=samples,
        seconds=perf_counter() - started,
    )


def _arrays(landscape: Landscape) -> tuple[np.ndarray, ...]:
    return landscape.linear, landscape.weights, landscape.order.copy(), landscape.starts, landscape.chosen


@compiled()
def _anneal(rng, linear, weights, order, starts, chosen, temperatures, reads):
    n_variables, n_groups = len(order), len(chosen)
    bits = np.zeros(n_variables, dtype=np.int64)
    slope = np.empty(n_variables)
    for read in range(len(reads)):
        draw_state(rng, order, starts, chosen, bits)
        slopes(linear, weights, bits, slope)
        for temperature in temperatures:
            for _ in range(n_variables):
                # A variable drawn at random says which block is proposed to.
                drawn = int(rng.random() * n_variables)
                if drawn >= starts[n_groups]:
                    variable = order[drawn]
                    change = slope[variable] * (1.0 - 2.0 * bits[variable])
                    if change <= 0.0 or rng.random() < np.exp(-change / temperature):
                        flip(weights, bits, slope, variable)
                    continue
                group = np.searchsorted(starts, drawn, side="right") - 1
                start, end, count = starts[group], starts[group + 1], chosen[group]
                if count == 0 or count == end - start:
                    continue
                position = start + int(rng.random() * count)
                other = start + count + int(rng.random() * (end - start - count))
                leaving, entering = order[position], order[other]
                change = slope[entering] - slope[leaving] - weights[leaving, entering]
                if change <= 0.0 or rng.random() < np.exp(-change / temperature):
                    swap(weights, order, bits, slope, position, other)
        for i in range(n_variables):
            reads[read, i] = bits[i]
