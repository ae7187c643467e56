"""A growing space of vectors with their images under an operator, and the lowest states in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_NEGLIGIBLE = 1e-6  # fraction of a vector outside the space, below which it adds nothing but rounding


@dataclass(frozen=True, eq=False, kw_only=True)
class RitzStates:
    """The lowest states of a space."""

    energies: np.ndarray
    """Ascending, shape (n,)."""
    vectors: np.ndarray
    """Shape (n, dimension)."""
    residuals: np.ndarray
    """What the operator makes of each vector, less its energy times the vector, shape (n, dimension)."""
    errors: np.ndarray
    """Lengths of the residuals, shape (n,): so close to each energy there is an eigenvalue."""


class KrylovSpace:
    """Orthonormal vectors and their images under a symmetric operator.

    Args:
        product: The operator, applied to a vector of shape (dimension,).
        dimension: The length of the vectors.
        capacity: The largest number of vectors held.
        kept: How many of the lowest states remain when there is no room for another vector; less than the capacity.
        orthogonal_to: Orthonormal vectors that every vector is made orthogonal to, shape (n, dimension).
    """

    def __init__(
        self,
        product: Callable[[np.ndarray], np.ndarray],
        dimension: int,
        *,
        capacity: int,
        kept: int,
        orthogonal_to: np.ndarray | None = None,
    ) -> None:
        self._product, self._kept = product, kept
        self._outside = np.zeros((0, dimension)) if orthogonal_to is None else orthogonal_to
        self._vectors, self._images = np.empty((capacity, dimension)), np.empty((capacity, dimension))
        self._matrix = np.zeros((capacity, capacity))
        self._size = 0

    def add(self, vector: np.ndarray) -> bool:
        """Add a vector; False if it lies in the space already."""
        if self._size == len(self._vectors):
            self._shrink()
        new = np.array(vector)
        for _ in range(2):  # the second time for what rounding left
            length = np.linalg.norm(new)
            if not (length > 0.0 and np.isfinite(length)):
                return False
            new /= length
            for others in (self._outside, self._vectors[: self._size]):
                new -= (others @ new) @ others
            if np.linalg.norm(new) < _NEGLIGIBLE:
                return False
        place = self._size
        self._vectors[place] = new / np.linalg.norm(new)
        self._images[place] = self._product(self._vectors[place])
        self._size += 1
        column = self._vectors[: self._size] @ self._images[place]
        self._matrix[: self._size, place] = self._matrix[place, : self._size] = column
        return True

    def lowest(self, n_states: int) -> RitzStates:
        """The lowest states of the space, or all there are."""
        energies, mixtures = self._diagonalized()
        n = min(n_states, self._size)
        vectors = mixtures[:n] @ self._vectors[: self._size]
        residuals = mixtures[:n] @ self._images[: self._size] - energies[:n, None] * vectors
        residuals -= (residuals @ self._outside.T) @ self._outside
        return RitzStates(
            energies=energies[:n], vectors=vectors, residuals=residuals, errors=np.linalg.norm(residuals, axis=1)
        )

    def _diagonalized(self) -> tuple[np.ndarray, np.ndarray]:
        energies, columns = np.linalg.eigh(self._matrix[: self._size, : self._size])
        return energies, columns.T

    def _shrink(self) -> None:
        energies, mixtures = self._diagonalized()
        n = min(self._kept, self._size)
        self._vectors[:n], self._images[:n] = (
            mixtures[:n] @ held[: self._size] for held in (self._vectors, self._images)
        )
        self._matrix[:] = 0.0
        self._matrix[range(n), range(n)] = energies[:n]
        self._size = n
