"""Linear algebra over the two-element field: small matrices of 0 and 1, and masks of up to 64 bits."""

from __future__ import annotations

import numpy as np


def row_echelon(matrix: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """The reduced row echelon form without its zero rows, and the column of each row's leading one.

    Args:
        matrix: Shape (m, n), 0 or 1.
    """
    reduced = np.array(matrix, dtype=np.uint8) & 1
    pivots: list[int] = []
    for column in range(reduced.shape[1]):
        row = len(pivots)
        below = np.flatnonzero(reduced[row:, column])
        if not len(below):
            continue
        reduced[[row, row + below[0]]] = reduced[[row + below[0], row]]
        others = np.flatnonzero(reduced[:, column])
        reduced[others[others != row]] ^= reduced[row]
        pivots.append(column)
    return reduced[: len(pivots)], tuple(pivots)


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of an invertible matrix, shape (n, n).

    Raises:
        ValueError: If there is none.
    """
    n = len(matrix)
    reduced, pivots = row_echelon(np.hstack([matrix, np.eye(n, dtype=np.uint8)]))
    if pivots != tuple(range(n)):
        raise ValueError(
            f"The rows of a mapping must be independent modulo 2, but only {sum(p < n for p in pivots)} of {n} are."
        )
    return reduced[:, n:]


def null_space(matrix: np.ndarray) -> np.ndarray:
    """A basis of the vectors that the matrix takes to zero, in rows, shape (n - rank, n)."""
    reduced, pivots = row_echelon(matrix)
    free = [column for column in range(matrix.shape[1]) if column not in pivots]
    basis = np.zeros((len(free), matrix.shape[1]), dtype=np.uint8)
    basis[np.arange(len(free)), free] = 1
    basis[:, list(pivots)] = reduced[:, free].T
    return basis


def as_masks(matrix: np.ndarray) -> np.ndarray:
    """Each row as a mask in which bit j is column j, shape (m,), uint64."""
    return (np.asarray(matrix, dtype=np.uint64) << np.arange(matrix.shape[1], dtype=np.uint64)).sum(
        axis=1, dtype=np.uint64
    )


def as_bits(masks: np.ndarray, n: int) -> np.ndarray:
    """The inverse of `as_masks`, shape (m, n), uint8."""
    return ((np.asarray(masks, dtype=np.uint64)[:, None] >> np.arange(n, dtype=np.uint64)) & np.uint64(1)).astype(
        np.uint8
    )


def times_masks(matrix: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The product of the matrix with each vector, given and returned as masks, shape of `masks`, uint64."""
    product = np.zeros_like(masks, dtype=np.uint64)
    for i, row in enumerate(as_masks(matrix)):
        product |= (np.bitwise_count(masks & row) & 1).astype(np.uint64) << np.uint64(i)
    return product


def basis_of(vectors: list[int]) -> list[int]:
    """Independent vectors that span the same space as these, as integer masks of any length, each reduced by the rest.

    The lowest set bit of each is set in no other.
    """
    basis: list[int] = []
    for vector in vectors:
        for known in basis:
            if vector & (known & -known):
                vector ^= known
        if vector:
            lowest = vector & -vector
            basis = [known ^ vector if known & lowest else known for known in basis]
            basis.append(vector)
    return basis
