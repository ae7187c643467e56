"""Observables on the sector, and the objectives made of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from runtime.sector import Sector, keys_to_bits


@dataclass(frozen=True, eq=False)
class DiagonalObservable:
    """An observable f(x) that is diagonal in the computational basis.

    Args:
        function: maps bit strings of shape (m, n_wires), uint8, to values of shape (m,).
        wires: the wires that the bits are read from.
    """

    function: Callable[[np.ndarray], np.ndarray]
    wires: tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class CVaR:
    """The mean of the best (lowest) fraction alpha of a diagonal observable's distribution.

    Barkoutsos et al., "Improving variational quantum optimization using CVaR", Quantum 4, 256 (2020).

    Args:
        diagonal: a PennyLane observable made of Z words, or a `DiagonalObservable`.
        alpha: 0 < alpha <= 1; 1 is the expectation value.
    """

    diagonal: Any
    alpha: float

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise ValueError(f"CVaR needs 0 < alpha <= 1, got alpha={self.alpha}.")


@dataclass(frozen=True, eq=False)
class Gibbs:
    """-log of the mean of exp(-eta f): an objective that rewards weight on low values.

    Li et al., "Quantum optimization with a novel Gibbs objective function and ansatz architecture search", Phys. Rev.
    Research 2, 023074 (2020).

    Args:
        diagonal: a PennyLane observable made of Z words, or a `DiagonalObservable`.
        eta: the inverse temperature, in one over the unit of f, positive.
    """

    diagonal: Any
    eta: float

    def __post_init__(self) -> None:
        if not self.eta > 0:
            raise ValueError(f"The Gibbs objective needs eta > 0, got eta={self.eta}.")


class Objective(Protocol):
    """A real function of a state on the sector."""

    @property
    def is_real(self) -> bool:
        """Whether it keeps a real state real."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """Write the derivative by conj(state) into `out`, and return the value."""


@dataclass(frozen=True, eq=False)
class DiagonalExpectation:
    """<f> of a diagonal f on the sector."""

    diagonal: np.ndarray  # shape: (dimension,), float64
    is_real = True

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.diagonal.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        from runtime.kernels.sparse import multiply_diagonal

        return multiply_diagonal(self.diagonal, state, out)

    def of(self, probabilities: np.ndarray) -> float:
        """The value for a distribution over the sector."""
        return float(self.diagonal @ probabilities)


@dataclass(frozen=True, eq=False)
class SparseExpectation:
    """<A> of a sparse Hermitian matrix on the sector."""

    matrix: Any  # scipy.sparse.csr_array, shape: (dimension, dimension)

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
        from runtime.kernels.sparse import multiply

        return multiply(self.matrix.indptr, self.matrix.indices, self.matrix.data, state, out)


@dataclass(frozen=True, eq=False)
class CvarOfDiagonal:
    """CVaR on the sector; its derivative is that of the expectation of min(f - quantile, 0) / alpha."""

    diagonal: np.ndarray
    alpha: float
    order: np.ndarray  # shape: (dimension,); sorts the diagonal
    is_real = True

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.diagonal.nbytes + self.order.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        value, quantile = self._tail(np.abs(state) ** 2)
        out[:] = np.minimum(self.diagonal - quantile, 0.0) / self.alpha * state
        return value

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

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.diagonal.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        lowest = self.diagonal.min()
        weights = np.exp(-self.eta * (self.diagonal - lowest))
        mean = float(weights @ np.abs(state) ** 2)
        out[:] = -weights / mean * state
        return -float(np.log(mean)) + self.eta * lowest

    def of(self, probabilities: np.ndarray) -> float:
        """The value for a distribution over the sector."""
        lowest = self.diagonal.min()
        return -float(np.log(np.exp(-self.eta * (self.diagonal - lowest)) @ probabilities)) + self.eta * lowest


def restrict(observable: Any, sector: Sector) -> Objective:
    """An observable, or an objective made of one, on a sector.

    Raises:
        ValueError: if it acts on wires that the sector lacks, or CVaR or Gibbs is asked of one that is not diagonal.
        NoStructureError: if it has no form that can be restricted.
    """
    if isinstance(observable, CVaR | Gibbs):
        inner = restrict(observable.diagonal, sector)
        if not isinstance(inner, DiagonalExpectation):
            raise ValueError(
                f"{type(observable).__name__} needs an observable that is diagonal in the computational basis,"
                f" made of Z words, got {observable.diagonal}."
            )
        if isinstance(observable, CVaR):
            return CvarOfDiagonal(inner.diagonal, observable.alpha, np.argsort(inner.diagonal, kind="stable"))
        return GibbsOfDiagonal(inner.diagonal, observable.eta)
    if isinstance(observable, DiagonalObservable):
        columns = [sector.wires.index(w) for w in observable.wires]
        bits = keys_to_bits(sector.keys, len(sector.wires))[:, columns]
        return DiagonalExpectation(np.asarray(observable.function(np.ascontiguousarray(bits)), dtype=np.float64))
    if hasattr(observable, "sector_matrix"):
        return SparseExpectation(observable.sector_matrix(sector))
    from runtime.restriction import restrict_operator

    return restrict_operator(observable, sector)


def observable_wires(observables: Sequence[Any]) -> list[Hashable]:
    """All wires that observables and objectives act on."""
    return [w for o in observables for w in (o.diagonal.wires if isinstance(o, CVaR | Gibbs) else o.wires)]
