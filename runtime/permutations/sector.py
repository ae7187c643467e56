"""All permutation matrices, without a list of them."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MethodType

import numpy as np

from runtime.basis_states import bits_to_keys, n_words
from runtime.circuit.actions import Term
from runtime.kernels.ranking import items_of, matrices_of, partners
from runtime.permutations.products import ProductSum
from runtime.sector import Sector, checked_costs
from runtime.vectors import empty_vector

ROWS_AT_A_TIME = 1 << 15  # bits take a byte each, and a cost function makes several such arrays

Cost = Callable[[np.ndarray], np.ndarray]


@dataclass
class _Tabulated:
    function: Cost
    wires: tuple[Hashable, ...]
    values: weakref.ref  # of the array: the sector keeps no vector alive
    shared: bool = False  # whether an observable has it


def same_function(one: Cost, other: Cost) -> bool:
    """Whether two cost functions are the same object, or the same method of the same object."""
    return one is other or (isinstance(one, MethodType) and isinstance(other, MethodType) and one == other)


class PermutationSector(Sector):
    """The n! permutation matrices of n positions, in lexicographic order of the permutations.

    Costs are remembered as long as somebody holds their values: a phase separator and the observable that it comes from
    share one vector.

    Args:
        places: where in the circuit the wire of position p and item c lies, shape (n, n).
        wires: the labels of the n * n wires, in the circuit's order.
    """

    def __init__(self, places: np.ndarray, wires: Sequence[Hashable]) -> None:
        self.places = np.ascontiguousarray(places, dtype=np.int64)
        self.wires = tuple(wires)
        self.factorials = np.array([math.factorial(k) for k in range(len(places) + 1)], dtype=np.int64)
        self._tabulated: list[_Tabulated] = []

    @property
    def size(self) -> int:
        """The number n of positions."""
        return len(self.places)

    @property
    def dimension(self) -> int:
        """The number of basis states, n!."""
        return int(self.factorials[-1])

    @cached_property
    def keys(self) -> np.ndarray:
        """The basis states as words; made when somebody asks."""
        keys = np.empty((self.dimension, n_words(len(self.wires))), dtype=np.uint64)
        for rows in self._chunks():
            keys[rows] = bits_to_keys(self.bits_of(rows))
        return keys

    def bitstrings(self) -> np.ndarray:
        """See `Sector.bitstrings`."""
        return self.bits_of(np.arange(self.dimension))

    def bits_of(self, rows: np.ndarray) -> np.ndarray:
        """See `Sector.bits_of`."""
        ranks = np.ascontiguousarray(rows, dtype=np.int64)
        bits = np.zeros((len(ranks), len(self.wires)), dtype=np.uint8)
        matrices_of(ranks, self.factorials, self.places, bits)
        return bits

    def items_of(self, rows: np.ndarray) -> np.ndarray:
        """The permutations of some rows: which item each position holds, shape (len(rows), n)."""
        items = np.empty((len(rows), self.size), dtype=np.int64)
        items_of(np.ascontiguousarray(rows, dtype=np.int64), self.factorials, items)
        return items

    def pairs(self, p: int, q: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows that the swap of two different positions exchanges, each pair once, shape (dimension // 2,) both."""
        dtype = np.uint32 if self.dimension <= 1 << 32 else np.uint64
        exchanged = np.empty(self.dimension, dtype=dtype)
        partners(p, q, self.factorials, exchanged)
        first = np.flatnonzero(np.greater(exchanged, np.arange(self.dimension, dtype=dtype))).astype(dtype)
        return first, exchanged[first]

    def diagonal(self, terms: Sequence[Term]) -> np.ndarray:
        """See `Sector.diagonal`; no keys are made for it."""
        products = ProductSum.of(terms, self.places)
        values = empty_vector(self.dimension, np.float64)
        for rows in self._chunks():
            values[rows] = products.values(self.items_of(rows))
        return values

    def evaluate(self, function: Cost, wires: Sequence[Hashable]) -> np.ndarray:
        """See `Sector.evaluate`."""
        return self._known(function, tuple(wires), shared=True)

    def tabulated(self, function: Cost, wires: Sequence[Hashable]) -> np.ndarray:
        """The same for a phase separator; an observable that comes later shares the vector."""
        return self._known(function, tuple(wires), shared=False)

    def is_shared(self, values: np.ndarray) -> bool:
        """Whether an observable holds just this vector."""
        return any(t.shared and t.values() is values for t in self._tabulated)

    def _known(self, function: Cost, wires: tuple[Hashable, ...], *, shared: bool) -> np.ndarray:
        self._tabulated = [t for t in self._tabulated if t.values() is not None]
        for entry in self._tabulated:
            values = entry.values()
            if values is not None and same_function(entry.function, function) and entry.wires == wires:
                entry.shared |= shared
                return values
        values = self._evaluated(function, [self.wires.index(w) for w in wires])
        self._tabulated.append(_Tabulated(function, wires, weakref.ref(values), shared))
        return values

    def _evaluated(self, function: Cost, columns: list[int]) -> np.ndarray:
        values = empty_vector(self.dimension, np.float64)
        in_order = columns == list(range(len(self.wires)))
        for rows in self._chunks():
            bits = self.bits_of(rows)
            values[rows] = checked_costs(function(bits if in_order else bits[:, columns]), len(rows))
        return values

    def _chunks(self) -> Iterator[np.ndarray]:
        for start in range(0, self.dimension, ROWS_AT_A_TIME):
            yield np.arange(start, min(start + ROWS_AT_A_TIME, self.dimension))

    @property
    def nbytes(self) -> int:
        """See `Sector.nbytes`."""
        made = vars(self)
        return self.places.nbytes + sum(made[name].nbytes for name in ("keys", "table") if name in made)

    def __repr__(self) -> str:
        return f"PermutationSector(dimension={self.dimension}, n_wires={len(self.wires)})"
