"""All basis states of the wires, without a list of them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runtime.basis_states import keys_to_bits
from runtime.circuit.actions import Term
from runtime.hypercube.pauli_sum import PauliSumExpectation
from runtime.hypercube.polynomial import ZPolynomial
from runtime.objectives import Objective
from runtime.sector import ROWS_AT_A_TIME, Sector, checked_costs
from runtime.vectors import empty_vector

Cost = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class CostFunction:
    """A function of the bits on some wires."""

    function: Cost
    wires: tuple[Hashable, ...]


Diagonal = ZPolynomial | CostFunction


@dataclass
class _Tabulated:
    diagonal: Diagonal
    values: weakref.ref  # of the array: the sector keeps no vector alive
    shared: bool = False  # whether an observable has it


class FullSector(Sector):
    """All 2^n basis states in lexicographic order: the row of a basis state is the number that its bits spell.

    Diagonals are remembered as long as somebody holds them: a phase separator and the observable that it comes from,
    which differ by a factor and a constant, share one vector.

    Args:
        wires: the labels of the wires, in order.
    """

    def __init__(self, wires: Sequence[Hashable]) -> None:
        super().__init__(np.zeros((0, 1), dtype=np.uint64), wires)
        self._tabulated: list[_Tabulated] = []

    @cached_property
    def keys(self) -> np.ndarray:
        """The basis states as words, shape (dimension, 1), uint64; made when somebody asks."""
        return self._words(np.arange(self.dimension, dtype=np.uint64))

    @property
    def dimension(self) -> int:
        """The number of basis states."""
        return 2 ** len(self.wires)

    def bits_of(self, rows: np.ndarray) -> np.ndarray:
        """The bits of some basis states, shape (len(rows), n_wires), uint8."""
        return keys_to_bits(self._words(np.asarray(rows).astype(np.uint64)), len(self.wires))

    def numbers(self) -> np.ndarray:
        """See `Sector.numbers`."""
        return np.arange(self.dimension)

    def _words(self, rows: np.ndarray) -> np.ndarray:
        return (rows << np.uint64(64 - len(self.wires)))[:, None]

    def diagonal(self, terms: Sequence[Term]) -> np.ndarray:
        """See `Sector.diagonal`."""
        return self._for_observable(ZPolynomial.of(terms))

    def matrix_free(self, by_flip: Mapping[int, Sequence[Term]]) -> Objective | None:
        """See `Sector.matrix_free`."""
        return PauliSumExpectation.of(by_flip, len(self.wires))

    def evaluate(self, function: Cost, wires: Sequence[Hashable]) -> np.ndarray:
        """See `Sector.evaluate`."""
        return self._for_observable(CostFunction(function, tuple(wires)))

    def is_shared(self, diagonal: Diagonal) -> bool:
        """Whether an observable holds a vector from which this diagonal follows."""
        found = self._known(diagonal)
        return found is not None and found[0].shared

    def _known(self, diagonal: Diagonal, *, itself: bool = False) -> tuple[_Tabulated, float, float] | None:
        """A vector that somebody holds already, with scale and offset; `itself` allows neither."""
        self._tabulated = [t for t in self._tabulated if t.values() is not None]
        for entry in self._tabulated:
            numbers = relation(diagonal, entry.diagonal)
            if numbers == (1.0, 0.0) or (numbers is not None and not itself):
                return entry, *numbers
        return None

    def tabulated(self, diagonal: Diagonal) -> tuple[np.ndarray, float, float]:
        """A vector over all basis states, with scale and offset: diagonal = scale * values + offset."""
        found = self._known(diagonal)
        if found is not None:
            values = found[0].values()
            if values is not None:
                return values, found[1], found[2]
        return self._enter(diagonal, shared=False), 1.0, 0.0

    def _for_observable(self, diagonal: Diagonal) -> np.ndarray:
        found = self._known(diagonal, itself=True)
        if found is not None:
            values = found[0].values()
            if values is not None:
                found[0].shared = True
                return values
        return self._enter(diagonal, shared=True)

    def _enter(self, diagonal: Diagonal, *, shared: bool) -> np.ndarray:
        n = len(self.wires)
        values = diagonal.values(n) if isinstance(diagonal, ZPolynomial) else self._evaluated(diagonal)
        self._tabulated.append(_Tabulated(diagonal, weakref.ref(values), shared))
        return values

    def _evaluated(self, cost: CostFunction) -> np.ndarray:
        """Some rows at a time: their bits take a byte each."""
        columns = [self.wires.index(w) for w in cost.wires]
        values = empty_vector(self.dimension, np.float64)
        for start in range(0, self.dimension, ROWS_AT_A_TIME):
            stop = min(start + ROWS_AT_A_TIME, self.dimension)
            bits = np.ascontiguousarray(self.bits_of(np.arange(start, stop, dtype=np.uint64))[:, columns])
            values[start:stop] = checked_costs(cost.function(bits), len(bits))
        return values


def relation(diagonal: Diagonal, known: Diagonal) -> tuple[float, float] | None:
    """The numbers with diagonal = scale * known + offset, or None."""
    if isinstance(diagonal, ZPolynomial):
        return diagonal.scale_and_offset(known) if isinstance(known, ZPolynomial) else None
    same = isinstance(known, CostFunction) and known.function is diagonal.function and known.wires == diagonal.wires
    return (1.0, 0.0) if same else None
