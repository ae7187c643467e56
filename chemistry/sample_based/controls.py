"""What the samples are set beside: chance, and selection by the Hamiltonian itself."""

from __future__ import annotations

import numpy as np

from chemistry.baselines.selection import selected_states
from chemistry.problem import ElectronicProblem
from chemistry.sample_based.subspace import Subspace, diagonalised

_CUTOFFS = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5)
_MOST_TRIES = 50  # draws of random strings, twice as many each time


def uniform_subspace(problem: ElectronicProblem, like: Subspace, rng: np.random.Generator) -> Subspace:
    """As many uniformly random strings of either spin as another subspace has, the reference's among them.

    The reference determinant is known to anyone, so the control has it without being asked.

    Args:
        problem: The electronic problem.
        like: Sets the numbers; where it has the same strings for both spins, so has the control.
        rng: Draws the strings.
    """
    alpha = _random_strings(problem.n_orbitals, problem.n_alpha, len(like.alpha_strings), rng)
    if problem.n_alpha == problem.n_beta:
        beta = alpha
    else:
        beta = _random_strings(problem.n_orbitals, problem.n_beta, len(like.beta_strings), rng)
    return diagonalised(problem, alpha, beta, kind="uniform", iteration=like.iteration, batch=like.batch)


def selected_subspace(problem: ElectronicProblem, like: Subspace) -> Subspace:
    """Selected CI with as many strings of either spin as another subspace has.

    The cutoff is lowered until there are enough, and those with the largest weights in the state are kept; there may be
    fewer where symmetry leaves no more that matter. As all classical methods, it begins from the mean field's orbitals.
    """
    problem = problem.canonical or problem
    wanted = (len(like.alpha_strings), len(like.beta_strings))
    for cutoff in _CUTOFFS:
        states, _ = selected_states(problem, cutoff)
        alpha, beta = states[0].vector._strs
        if len(alpha) >= wanted[0] and len(beta) >= wanted[1]:
            break
    weights = states[0].coefficients ** 2
    return diagonalised(
        problem, _heaviest(alpha, weights.sum(axis=1), wanted[0]), _heaviest(beta, weights.sum(axis=0), wanted[1]),
        kind="selected CI", iteration=like.iteration, batch=like.batch,
    )  # fmt: skip


def _heaviest(strings: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    order = np.lexsort((strings, -np.round(weights, 12)))
    return np.asarray(strings)[order[:count]]


def _random_strings(n_orbitals: int, n_electrons: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Different strings, each set of them equally likely, but for the lowest that is always there."""
    strings = np.array([(1 << n_electrons) - 1], dtype=np.int64)
    for attempt in range(_MOST_TRIES):
        if len(strings) >= count:
            break
        # The first electrons of a random order of the orbitals.
        draws = max(16, 2 * (count - len(strings))) << min(attempt, 10)
        occupied = np.argsort(rng.random((draws, n_orbitals)), axis=1)[:, :n_electrons]
        drawn = (np.int64(1) << occupied.astype(np.int64)).sum(axis=1)
        merged = np.concatenate([strings, drawn])
        _, first = np.unique(merged, return_index=True)
        strings = merged[np.sort(first)]
    return strings[:count]
