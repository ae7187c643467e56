"""Initial states on all basis states: products of states of a few wires each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from runtime.vectors import empty_vector


@dataclass(frozen=True, eq=False)
class Factor:
    """The state of some wires, by position."""

    wires: tuple[int, ...]
    amplitudes: np.ndarray  # shape: (2^len(wires),), the first wire the most significant


@dataclass(frozen=True, eq=False)
class ProductState:
    """A product of factors that cover all wires."""

    n_wires: int
    factors: Sequence[Factor]

    @property
    def nbytes(self) -> int:
        """Bytes of the factors."""
        return sum(f.amplitudes.nbytes for f in self.factors)

    def vector(self, dtype: DTypeLike) -> np.ndarray:
        """All amplitudes, wire 0 the most significant, shape (2^n_wires,)."""
        state = empty_vector(2**self.n_wires, dtype)
        uniform = [f for f in self.factors if np.all(f.amplitudes == f.amplitudes[0])]
        state[:] = np.prod([f.amplitudes[0] for f in uniform])
        tensor = state.reshape((2,) * self.n_wires)
        for factor in self.factors:
            if factor not in uniform:
                order = np.argsort(factor.wires)
                axes = factor.amplitudes.reshape((2,) * len(factor.wires)).transpose(order)
                tensor *= axes.reshape([2 if w in factor.wires else 1 for w in range(self.n_wires)])
        return state
