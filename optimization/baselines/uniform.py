"""Uniform sampling of the feasible set: the control beside which every quantum sampler is set."""

from optimization.alternating import QaoaProblem
from optimization.samples import Samples


def uniform_control(problem: QaoaProblem, *, shots: int, n_evaluations: int = 0, seed: int) -> Samples:
    """Draw feasible bitstrings uniformly, as many as a quantum sampler used.

    Args:
        problem: The problem that the quantum sampler was given.
        shots: The quantum sampler's shots.
        n_evaluations: Evaluations of its training, each of which would have cost `shots` more on a processor; 0 for the
            control with equal shots. A gradient is counted as one evaluation, in the quantum sampler's favour.
        seed: Seed of the draw.
    """
    if shots < 1 or n_evaluations < 0:
        raise ValueError(f"shots must be at least 1 and n_evaluations at least 0, but are {shots} and {n_evaluations}.")
    return Samples.from_shots(problem.uniform(shots * (1 + n_evaluations), seed), problem)
