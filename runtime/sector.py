"""The subspace that a circuit can reach."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from runtime.basis_states import keys_to_bits, table_size

if TYPE_CHECKING:
    from runtime.circuit.actions import Term
    from runtime.objectives import Objective

ROWS_AT_A_TIME = 1 << 18  # where bits are needed one byte each, they are made for so many states at a time


class Sector:
    """A set of basis states in a fixed order, that of all vectors on it.

    Args:
        keys: the basis states, shape (dimension, n_words), uint64: wire i is bit 63 - i % 64 of word i // 64.
        wires: the labels of the wires, in order.
    """

    def __init__(self, keys: np.ndarray, wires: Sequence[Hashable]) -> None:
        self._keys = keys
        self.wires = tuple(wires)

    @property
    def keys(self) -> np.ndarray:
        """The basis states as words, shape (dimension, n_words), uint64."""
        return self._keys

    @property
    def dimension(self) -> int:
        """The number of basis states."""
        return len(self._keys)

    def bitstrings(self) -> np.ndarray:
        """The basis states as bits, shape (dimension, n_wires), uint8, in the order of all vectors on the sector."""
        return keys_to_bits(self.keys, len(self.wires))

    def bits_of(self, rows: np.ndarray) -> np.ndarray:
        """The bits of some of the basis states, shape (len(rows), n_wires), uint8."""
        return keys_to_bits(self.keys[rows], len(self.wires))

    def numbers(self) -> np.ndarray:
        """The number that each basis state's bits spell, wire 0 the most significant, shape (dimension,), int64."""
        return (self.keys[:, 0] >> np.uint64(64 - len(self.wires))).astype(np.int64)

    def diagonal(self, terms: Sequence[Term]) -> np.ndarray:
        """The real part of a sum of terms, each a diagonal operator, on every basis state, shape (dimension,)."""
        from runtime.circuit.actions import term_arrays
        from runtime.kernels.couplings import diagonal_values

        values = np.zeros(self.dimension)
        if terms:
            diagonal_values(self.keys, self.dimension, *term_arrays(terms, len(self.wires)), values)
        return values

    def matrix_free(self, by_flip: Mapping[int, Sequence[Term]]) -> Objective | None:  # noqa: ARG002
        """An observable with these terms, by flip, without a matrix; None where a matrix is the better way."""
        return None

    def evaluate(self, function: Callable[[np.ndarray], np.ndarray], wires: Sequence[Hashable]) -> np.ndarray:
        """A function of the bits on some wires, on every basis state, shape (dimension,).

        Raises:
            ValueError: if it does not return one finite number per bit string.
        """
        columns = [self.wires.index(w) for w in wires]
        values = np.empty(self.dimension)
        for start in range(0, self.dimension, ROWS_AT_A_TIME):
            bits = self.bits_of(np.arange(start, min(start + ROWS_AT_A_TIME, self.dimension)))[:, columns]
            values[start : start + ROWS_AT_A_TIME] = checked_costs(function(np.ascontiguousarray(bits)), len(bits))
        return values

    @property
    def nbytes(self) -> int:
        """Bytes of keys and hash table, as far as they have been made."""
        made = vars(self)
        return sum(made[name].nbytes for name in ("_keys", "keys", "table") if name in made)

    @cached_property
    def table(self) -> np.ndarray:
        """The hash table over `keys`, made when it is first needed."""
        from runtime.kernels.keys import fill_table

        table = np.empty(table_size(self.dimension), dtype=np.int64)
        fill_table(self.keys, self.dimension, table)
        return table

    def __repr__(self) -> str:
        return f"Sector(dimension={self.dimension}, n_wires={len(self.wires)})"


def checked_costs(costs: object, count: int) -> np.ndarray:
    """What a diagonal cost returned, as numbers.

    Raises:
        ValueError: if it is not one finite number per bit string.
    """
    values = np.asarray(costs, dtype=np.float64)
    if values.shape != (count,) or not np.isfinite(values).all():
        raise ValueError(
            f"A diagonal cost must return one finite number per bit string, shape ({count},); this one"
            f" returned shape {values.shape}, {np.count_nonzero(~np.isfinite(values))} of them not finite."
        )
    return values
