"""Configuration recovery: bit strings with the wrong number of electrons, mended by what is known of the state.

Robledo-Moreno et al., Science Advances 11, eadu9991 (2025), arXiv:2405.05068.
"""

from __future__ import annotations

import numpy as np

_AS_EXPECTED = 0.01  # weight of a bit that differs from its average occupation by no more than chance would


def recovered_bits(bits: np.ndarray, n_electrons: int, occupations: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bits of one spin, flipped until each row has the right number of electrons.

    Of the bits that are occupied where there are too many electrons, or empty where there are too few, those are drawn
    that differ most from the average occupation of their orbital.

    Args:
        bits: Shape (n, n_orbitals), 0 or 1.
        n_electrons: Of this spin.
        occupations: The average occupation of each orbital with this spin, shape (n_orbitals,).
        rng: Draws the bits.

    Returns:
        The same shape; rows that had the right number are as they were.
    """
    mended = np.array(bits, dtype=np.uint8)
    excess = mended.sum(axis=1, dtype=np.int64) - n_electrons
    wrong = np.flatnonzero(excess)
    if not len(wrong):
        return mended
    rows, excess = mended[wrong], excess[wrong]
    candidates = rows == (excess > 0)[:, None]
    weights = np.where(rows == 1, _weight(1 - occupations, 1 - n_electrons / bits.shape[1]),
                       _weight(occupations, n_electrons / bits.shape[1]))  # fmt: skip
    # The largest of logarithms of the weights plus Gumbel noise are a draw without replacement by these weights.
    keys = np.log(np.maximum(weights, 1e-12)) + rng.gumbel(size=rows.shape)
    order = np.argsort(np.where(candidates, -keys, np.inf), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    rows[ranks < np.abs(excess)[:, None]] ^= 1
    mended[wrong] = rows
    return mended


def _weight(difference: np.ndarray, by_chance: float) -> np.ndarray:
    """The weight of flipping a bit: small up to the difference that no knowledge would give, then rising to 1."""
    by_chance = min(max(by_chance, 1e-6), 1 - 1e-6)
    difference = np.clip(difference, 0.0, 1.0)
    beyond = _AS_EXPECTED + (1 - _AS_EXPECTED) * (difference - by_chance) / (1 - by_chance)
    return np.where(difference <= by_chance, _AS_EXPECTED * difference / by_chance, beyond)
