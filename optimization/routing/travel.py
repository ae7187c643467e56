"""What every routing problem asks of its travel matrix."""

from collections.abc import Sequence

import numpy as np


def frozen(values: np.ndarray) -> np.ndarray:
    """Return a read-only float64 copy of an array."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def validated_travel(travel: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return a travel matrix as a read-only array, its diagonal set to zero.

    Args:
        travel: travel from row to column, shape (n, n).
        names: of the n places.

    Returns:
        The matrix, shape (n, n), float64.

    Raises:
        ValueError: if it is not square, not of the places' number, or has a negative or missing entry.
    """
    n = len(names)
    matrix = np.array(travel, dtype=np.float64)
    if matrix.shape != (n, n):
        raise ValueError(f"The travel matrix should be square with one row per place, ({n}, {n}), got {matrix.shape}.")
    np.fill_diagonal(matrix, 0.0)
    bad = np.argwhere(~np.isfinite(matrix) | (matrix < 0))
    if len(bad):
        i, j = bad[0]
        raise ValueError(
            f"The travel matrix should hold finite numbers of 0 or more, but from {names[i]!r} to {names[j]!r} "
            f"it says {matrix[i, j]:g}."
        )
    return frozen(matrix)
