"""What gates do to basis states: the vocabulary that reach and lowering work with.

Masks are Python integers in which bit i stands for the wire at position i of the circuit, so any number of wires fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import comb, factorial, isqrt
from typing import Any

import numpy as np

from runtime.basis_states import mask_to_words
from runtime.circuit.affine import Affine


@dataclass(frozen=True)
class Term:
    """coefficient * [x & mask == value] * (-1)^popcount(x & parity): one term of an amplitude g(x)."""

    coefficient: complex
    mask: int = 0
    value: int = 0
    parity: int = 0


@dataclass(frozen=True)
class Rotation:
    """exp(i angle G) with G|x> = g(x)|x ^ flip>; without a flip it is a diagonal phase."""

    angle: Affine
    flip: int
    terms: tuple[Term, ...]
    guarded: bool = False
    mergeable: bool = False  # a Pauli rotation that may conserve only together with its neighbours
    origin: str = ""  # the operator it comes from, for people


@dataclass(frozen=True)
class Cost:
    """exp(-i angle f(x)) for a cost evaluated on the sector's bit strings, restricted to some wires."""

    angle: Affine
    function: Callable[[np.ndarray], np.ndarray]
    wires: tuple[int, ...]


@dataclass(frozen=True)
class Reflection:
    """exp(-i angle |s><s|) with s the equal superposition of all states reached by then."""

    angle: Affine


@dataclass(frozen=True)
class Exchange:
    """exp(-i angle SWAP), where SWAP exchanges first[k] with second[k] for all k."""

    angle: Affine
    first: tuple[int, ...]
    second: tuple[int, ...]
    origin: str = ""

    @property
    def wires(self) -> tuple[int, ...]:
        """The wires of both registers."""
        return self.first + self.second


@dataclass(frozen=True)
class Case:
    """|x> -> phase |x ^ flip> where x & mask == value."""

    mask: int
    value: int
    flip: int
    phase: complex = 1.0


@dataclass(frozen=True)
class Permutation:
    """A permutation of basis states with phases; states that match no case stay as they are."""

    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Mixing:
    """A fixed 2x2 matrix on each pair (x, x ^ flip) with x & mask == value."""

    flip: int
    mask: int
    value: int
    matrix: tuple[complex, complex, complex, complex]
    origin: str = ""


@dataclass(frozen=True)
class Preparation:
    """Amplitudes on wires that are still in the state 0."""

    wires: tuple[int, ...]
    bits: np.ndarray  # shape: (m, len(wires)), uint8
    amplitudes: np.ndarray  # shape: (m,)
    origin: str = ""


@dataclass(frozen=True)
class DickePreparation:
    """All bit strings of one weight, with equal amplitudes, on wires that are still in the state 0."""

    wires: tuple[int, ...]
    n_chosen: int
    origin: str = ""

    @property
    def count(self) -> int:
        """The number of strings."""
        return comb(len(self.wires), self.n_chosen)

    def listed(self) -> Preparation:
        """The same with the strings written out: column by column, no Python loop over strings."""
        n, k = len(self.wires), self.n_chosen
        strings = np.zeros((1, 0), dtype=np.uint8)
        for length in range(1, n + 1):
            zeros = np.c_[strings, np.zeros(len(strings), np.uint8)]
            ones = np.c_[strings, np.ones(len(strings), np.uint8)]
            strings = np.r_[zeros, ones]
            weights = strings.sum(axis=1)
            strings = strings[(weights <= k) & (weights + n - length >= k)]
        return Preparation(self.wires, strings, np.full(len(strings), 1 / np.sqrt(len(strings))), self.origin)


@dataclass(frozen=True)
class PermutationPreparation:
    """All permutation matrices, row by row, with equal amplitudes, on wires that are still in the state 0."""

    wires: tuple[int, ...]
    origin: str = ""

    @property
    def size(self) -> int:
        """The number n of rows and of columns."""
        return isqrt(len(self.wires))

    @property
    def count(self) -> int:
        """The number of matrices."""
        return factorial(self.size)

    def listed(self) -> Preparation:
        """The same with the matrices written out."""
        columns = np.array(list(permutations(range(self.size))), dtype=np.int8)
        bits = (columns[:, :, None] == np.arange(self.size)).astype(np.uint8).reshape(len(columns), -1)
        return Preparation(self.wires, bits, np.full(len(bits), 1 / np.sqrt(len(bits))), self.origin)


ListablePreparation = DickePreparation | PermutationPreparation
AnyPreparation = Preparation | ListablePreparation
Action = Rotation | Cost | Reflection | Exchange | Permutation | Mixing | AnyPreparation
Positions = Mapping[Any, int]


def mask_of(where: tuple[int, ...], bits: Any) -> int:
    """The integer with a one at where[i] for each bits[i] that is set."""
    return sum(1 << w for w, b in zip(where, bits, strict=True) if b)


def local_mask(where: tuple[int, ...], pattern: int) -> int:
    """A pattern over local wires, the first the most significant, as a mask over the circuit."""
    n = len(where)
    return sum(1 << w for i, w in enumerate(where) if pattern >> (n - 1 - i) & 1)


def term_arrays(terms: Sequence[Term], n_wires: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, shape (n_terms,), and masks, values and parities, shape (n_terms, n_words), for the kernels."""

    def words(masks: list[int]) -> np.ndarray:
        return np.array([mask_to_words(m, n_wires) for m in masks])

    coefficients = np.array([t.coefficient for t in terms], dtype=np.complex128)
    return (
        coefficients,
        words([t.mask for t in terms]),
        words([t.value for t in terms]),
        words([t.parity for t in terms]),
    )
