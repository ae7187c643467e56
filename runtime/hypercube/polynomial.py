"""Diagonal operators as polynomials in Pauli Z, and their values on all basis states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.circuit.actions import Term
from runtime.circuit.structure import NoStructureError
from runtime.kernels.walsh_hadamard import transform
from runtime.vectors import zero_vector

MAX_PATTERN = 12  # a condition on so many wires is a sum of 2^12 words
ROUNDING = 16 * np.finfo(np.float64).eps  # coefficients that went through a few multiplications are still the same
TRANSFORMED = 6  # the least number of wires that the transform takes


@dataclass(frozen=True, eq=False)
class ZPolynomial:
    """A sum of words of Pauli Z.

    Attributes:
        coefficients: word -> coefficient; bit i of a word says that it holds Z on wire i. Zero is the identity.
    """

    coefficients: dict[int, float]

    @classmethod
    def of(cls, terms: Sequence[Term]) -> ZPolynomial:
        """The real part of a sum of terms, each of them diagonal.

        Raises:
            NoStructureError: if a term is conditioned on too many wires.
        """
        sums: dict[int, float] = {}
        for term in terms:
            if term.mask.bit_count() > MAX_PATTERN:
                raise NoStructureError(f"A diagonal gate is conditioned on more than {MAX_PATTERN} wires.")
            share = complex(term.coefficient).real / 2 ** term.mask.bit_count()
            for subset in _subsets(term.mask):
                word = subset ^ term.parity
                sums[word] = sums.get(word, 0.0) + (-share if (subset & term.value).bit_count() % 2 else share)
        return cls({word: c for word, c in sums.items() if c != 0.0})

    @property
    def constant(self) -> float:
        """The coefficient of the identity."""
        return self.coefficients.get(0, 0.0)

    def scale_and_offset(self, other: ZPolynomial) -> tuple[float, float] | None:
        """The numbers with self = scale * other + offset, or None if there are none."""
        mine = {w: c for w, c in self.coefficients.items() if w}
        if not mine:
            return 0.0, self.constant
        theirs = {w: c for w, c in other.coefficients.items() if w}
        if mine.keys() != theirs.keys():
            return None
        largest = max(mine, key=lambda w: abs(mine[w]))
        scale = mine[largest] / theirs[largest]
        if any(abs(c - scale * theirs[w]) > ROUNDING * abs(c) for w, c in mine.items()):
            return None
        return scale, self.constant - scale * other.constant

    def values(self, n_wires: int) -> np.ndarray:
        """The diagonal on all basis states, wire 0 the most significant, shape (2^n_wires,)."""
        size = max(n_wires, TRANSFORMED)
        values = zero_vector(2**size, np.float64)
        for word, coefficient in self.coefficients.items():
            values[_reversed(word, n_wires)] = -coefficient if word.bit_count() % 2 else coefficient
        if any(self.coefficients):
            transform(values)
        elif self.coefficients:
            values[:] = self.constant
        return values[: 2**n_wires]


def _subsets(mask: int) -> Iterator[int]:
    subset = mask
    while subset:
        yield subset
        subset = (subset - 1) & mask
    yield 0


def _reversed(word: int, n_wires: int) -> int:
    """The word with wire 0 as its most significant bit."""
    return int(f"{word:0{n_wires}b}"[::-1], 2)
