"""Where a search starts from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def starts_from(start: Any, n_starts: int, spread: float, seed: int, n_params: int | None) -> np.ndarray:
    """All starts, shape (n_starts, n_params).

    Args:
        start: one start, shape (n_params,), or all of them, shape (n_starts, n_params).
        n_starts: how many to make from one: itself, and then itself displaced.
        spread: standard deviation of the normal displacement of every parameter.
        seed: of the displacements.
        n_params: what the program takes, if that is known.

    Raises:
        ValueError: if a number is out of range or the start has the wrong shape.
    """
    first = np.array(start, dtype=np.float64)
    if first.ndim not in (1, 2) or (first.ndim == 2 and len(first) == 0) or not np.isfinite(first).all():
        raise ValueError(
            "The start must be a vector of finite numbers, or a matrix with a row for each start,"
            f" got shape {first.shape}{'' if np.isfinite(first).all() else ' with numbers that are not finite'}."
        )
    if n_params is not None and first.shape[-1] != n_params:
        raise ValueError(f"The program takes {n_params} parameters, but the start has shape {first.shape}.")
    if n_starts < 1 or not 0 < spread < math.inf:
        raise ValueError(f"n_starts and spread must be positive, got n_starts={n_starts}, spread={spread}.")
    if seed < 0:
        raise ValueError(f"The seed must not be negative, got {seed}.")
    if first.ndim == 2:
        if n_starts not in (1, len(first)):
            raise ValueError(f"The start has {len(first)} rows, but n_starts={n_starts}: leave one of them out.")
        return first
    displacements = np.random.default_rng(seed).normal(scale=spread, size=(n_starts - 1, first.shape[-1]))
    return np.vstack([first, first + displacements])
