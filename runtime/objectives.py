"""Observables and objectives restricted to a sector: each applies itself to a state, and knows its value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from runtime.kernels.sparse import multiply, multiply_diagonal


class Objective(Protocol):
    """A real function of a state on the sector."""

    @property
    def is_real(self) -> bool:
        """Whether it keeps a real state real."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""

    @property
    def is_diagonal(self) -> bool:
        """Whether it takes amplitudes one by one; `out` may then be the state itself."""

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """Write the derivative by conj(state) into `out`, and return the value."""


def differential(objective: Objective, state: np.ndarray, tangent: np.ndarray, out: np.ndarray) -> None:
    """Write into `out` how what `objective.apply` writes changes along a tangent of the state."""
    if isinstance(objective, CvarOfDiagonal | GibbsOfDiagonal):
        objective.differential(state, tangent, out)
    else:  # an expectation value, whose derivative is linear in the state
        objective.apply(tangent, out)


@dataclass(frozen=True, eq=False)
class DiagonalExpectation:
    """<f> of a diagonal f on the sector."""

    diagonal: np.ndarray  # shape: (dimension,), float64
    is_real = True
    is_diagonal = True

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.diagonal.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        return multiply_diagonal(self.diagonal, state, out)

    def of(self, probabilities: np.ndarray) -> float:
        """The value for a distribution over the sector."""
        return float(self.diagonal @ probabilities)


@dataclass(frozen=True, eq=False)
class SparseExpectation:
    """<A> of a sparse Hermitian matrix on the sector."""

    matrix: Any  # scipy.sparse.csr_array, shape: (dimension, dimension)
    is_diagonal = False

    @property
    def is_real(self) -> bool:
        """Whether the matrix is real symmetric."""
        return not np.iscomplexobj(self.matrix.data)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.matrix.data.nbytes + self.matrix.indices.nbytes + self.matrix.indptr.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        return multiply(*self._arrays, state, out)

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The matrix with unsigned indices, which need no test for Python's negative ones: twice as fast."""
        start, columns = self.matrix.indptr, self.matrix.indices
        return start.view(f"u{start.itemsize}"), columns.view(f"u{columns.itemsize}"), self.matrix.data


@dataclass(frozen=True, eq=False)
class CvarOfDiagonal:
    """CVaR on the sector; its derivative is that of the expectation of min(f - quantile, 0) / alpha."""

    diagonal: np.ndarray
    alpha: float
    order: np.ndarray  # shape: (dimension,); sorts the diagonal
    is_real = True
    is_diagonal = True

    @property
    def nbytes(self) -> int:
        """Bytes held, and of the four vectors that it makes when it is applied."""
        return 5 * self.diagonal.nbytes + self.order.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        value, quantile = self._tail(np.abs(state) ** 2)
        out[:] = np.minimum(self.diagonal - quantile, 0.0) / self.alpha * state
        return value

    def differential(self, state: np.ndarray, tangent: np.ndarray, out: np.ndarray) -> None:
        """See `differential`; the quantile moves only where probabilities cross it."""
        _, quantile = self._tail(np.abs(state) ** 2)
        out[:] = np.minimum(self.diagonal - quantile, 0.0) / self.alpha * tangent

    def of(self, probabilities: np.ndarray) -> float:
        """The value for a distribution over the sector."""
        return self._tail(probabilities)[0]

    def _tail(self, probabilities: np.ndarray) -> tuple[float, float]:
        values = self.diagonal[self.order]
        cumulated = np.cumsum(probabilities[self.order])
        last = min(int(np.searchsorted(cumulated, self.alpha * cumulated[-1])), len(values) - 1)
        weights = np.diff(np.minimum(cumulated[: last + 1], self.alpha), prepend=0.0)
        weights[-1] += self.alpha - weights.sum()
        return float(weights @ values[: last + 1] / self.alpha), float(values[last])


@dataclass(frozen=True, eq=False)
class GibbsOfDiagonal:
    """The Gibbs objective on the sector."""

    diagonal: np.ndarray
    eta: float
    is_real = True
    is_diagonal = True

    @property
    def nbytes(self) -> int:
        """Bytes held, and of the four vectors that it makes when it is applied."""
        return 5 * self.diagonal.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        lowest = self.diagonal.min()
        weights = np.exp(-self.eta * (self.diagonal - lowest))
        mean = float(weights @ np.abs(state) ** 2)
        out[:] = -weights / mean * state
        return float(self.eta * lowest - np.log(mean))

    def differential(self, state: np.ndarray, tangent: np.ndarray, out: np.ndarray) -> None:
        """See `differential`."""
        weights = np.exp(-self.eta * (self.diagonal - self.diagonal.min()))
        mean = float(weights @ np.abs(state) ** 2)
        change = 2.0 * float(weights @ (state.conj() * tangent).real)
        out[:] = weights / mean * (change / mean * state - tangent)

    def of(self, probabilities: np.ndarray) -> float:
        """The value for a distribution over the sector."""
        lowest = self.diagonal.min()
        return float(self.eta * lowest - np.log(np.exp(-self.eta * (self.diagonal - lowest)) @ probabilities))
