"""The set of basis states that a circuit has reached so far, carried forward gate by gate.

Rows are numbered in the order in which states are discovered, and keep their number when a permutation relabels them:
amplitudes never move. A gate is recorded as the pairs of rows that it couples *among the states reached by then*, which
is all that an expectation value and its adjoint gradient need, and less than the final sector for early gates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.basis_states import bits_to_keys, keys_to_bits, mask_to_words, n_words, table_size
from runtime.circuit.actions import Case, Preparation, Term, term_arrays
from runtime.circuit.structure import NoStructureError
from runtime.kernels.boundary import rows_of
from runtime.kernels.couplings import couple, diagonal_values, relabel
from runtime.kernels.keys import fill_table
from runtime.sector import checked_costs

MAX_STRENGTHS = 64  # distinct coupling strengths in one gate; more means the gate has no structure


@dataclass(frozen=True)
class Pairs:
    """Rows p, q that a gate couples, all with the same strength g(p) = <q|G|p>."""

    strength: complex
    first: np.ndarray  # shape: (n_pairs,)
    second: np.ndarray  # shape: (n_pairs,)


class Reach:
    """The growing set of reached basis states.

    Args:
        n_wires: wires of the circuit; all start in 0.
        limit: more states than this are refused with `NoStructureError`.
    """

    def __init__(self, n_wires: int, limit: int) -> None:
        self.n_wires = n_wires
        self.limit = limit
        self.count = 1
        self.version = 0  # changes whenever the set or its labels do
        self.amplitudes = np.ones(1)
        self._keys = np.zeros((2, n_words(n_wires)), dtype=np.uint64)
        self._index()

    @property
    def keys(self) -> np.ndarray:
        """The reached states in row order, shape (count, n_words)."""
        return self._keys[: self.count]

    def prepare(self, preparation: Preparation) -> None:
        """Put amplitudes on wires that are still 0, before any gate: the set becomes a product, its rows are new."""
        if self.count * len(preparation.bits) > self.limit:
            raise NoStructureError(self._too_many())
        bits = np.zeros((len(preparation.bits), self.n_wires), dtype=np.uint8)
        bits[:, list(preparation.wires)] = preparation.bits
        product = self.keys[:, None, :] | bits_to_keys(bits)[None, :, :]
        self.amplitudes = np.multiply.outer(self._padded(self.amplitudes), preparation.amplitudes).reshape(-1)
        self.count = len(product) * product.shape[1]
        self._keys = product.reshape(self.count, -1)
        self._changed()

    def couple(
        self, flip: int, terms: Sequence[Term], *, guarded: bool = False, only: int | None = None
    ) -> list[Pairs]:
        """Carry the set through a gate x <-> x ^ flip, and list the pairs that the gate couples, by strength.

        Args:
            flip: the mask of the wires that the gate flips, not zero.
            terms: its amplitudes.
            guarded: leave out pairs of which one state has not been reached, instead of reaching it.
            only: start from the first so many states alone.
        """
        self._make_room(2 * self.count)
        coefficients, masks, values, parities = term_arrays(terms, self.n_wires)
        capacity = self.count
        first, second = np.empty(capacity, np.uint32), np.empty(capacity, np.uint32)
        kinds, strengths = np.empty(capacity, np.int16), np.empty(MAX_STRENGTHS, np.complex128)
        before = self.count
        n_pairs, self.count, n_strengths = couple(
            self._keys,
            before,
            before if only is None else only,
            self._table,
            mask_to_words(flip, self.n_wires),
            coefficients,
            masks,
            values,
            parities,
            not guarded,
            first,
            second,
            kinds,
            strengths,
        )
        if n_strengths < 0:
            raise NoStructureError(f"A gate couples its pairs with more than {MAX_STRENGTHS} different strengths.")
        if self.count > self.limit:
            raise NoStructureError(self._too_many())
        if self.count != before:
            self.version += 1
        if n_strengths == 1:
            return [Pairs(complex(strengths[0]), first[:n_pairs].copy(), second[:n_pairs].copy())]
        return [
            Pairs(complex(strengths[k]), first[:n_pairs][kinds[:n_pairs] == k], second[:n_pairs][kinds[:n_pairs] == k])
            for k in range(n_strengths)
        ]

    def exchange(self, first: Sequence[int], second: Sequence[int]) -> tuple[Pairs, np.ndarray]:
        """Carry the set through a swap of two registers, and list the pairs of different states that it exchanges.

        Args:
            first: wires of the one register.
            second: wires of the other, as many.

        Returns:
            The pairs, and a vector that is 1 for the states that the swap leaves alone and 0 for the others.
        """
        partners = self.keys.copy()
        for one, other in zip(first, second, strict=True):
            a, b = np.uint64(63 - one % 64), np.uint64(63 - other % 64)
            differs = (partners[:, one // 64] >> a ^ partners[:, other // 64] >> b) & np.uint64(1)
            partners[:, one // 64] ^= differs << a
            partners[:, other // 64] ^= differs << b
        before = self.count
        rows = np.empty(before, dtype=np.int64)
        rows_of(self._keys, self._table, partners, rows)
        missing = np.flatnonzero(rows < 0)
        rows[missing] = before + np.arange(len(missing))
        if len(missing):
            self.count += len(missing)
            if self.count > self.limit:
                raise NoStructureError(self._too_many())
            self._keys = np.concatenate([self._keys[:before], partners[missing]])
            self._changed()
        lower = np.flatnonzero(np.arange(before) < rows)
        alone = np.zeros(self.count)
        alone[:before] = rows == np.arange(before)
        return Pairs(1.0, lower.astype(np.uint32), rows[lower].astype(np.uint32)), alone

    def permute(self, cases: Sequence[Case]) -> np.ndarray:
        """Relabel the states; returns the phase that each row gains, shape (count,), complex."""
        chosen = np.empty(self.count, dtype=np.int64)

        def words(masks: list[int]) -> np.ndarray:
            return np.array([mask_to_words(m, self.n_wires) for m in masks])

        relabel(
            self._keys,
            self.count,
            words([c.mask for c in cases]),
            words([c.value for c in cases]),
            words([c.flip for c in cases]),
            chosen,
        )
        if any(c.flip for c in cases):
            self._changed()
        return np.append([c.phase for c in cases], 1.0)[chosen]

    def diagonal(self, terms: Sequence[Term]) -> np.ndarray:
        """The diagonal operator with these terms on the reached states, shape (count,)."""
        diagonal = np.zeros(self.count)
        coefficients, masks, values, parities = term_arrays(terms, self.n_wires)
        diagonal_values(self._keys, self.count, coefficients, masks, values, parities, diagonal)
        return diagonal

    def evaluate(self, function: Callable[[np.ndarray], np.ndarray], wires: Sequence[int]) -> np.ndarray:
        """A cost function on the reached states' bits, shape (count,)."""
        bits = keys_to_bits(self.keys, self.n_wires)[:, list(wires)]
        return checked_costs(function(np.ascontiguousarray(bits)), self.count)

    def state(self) -> np.ndarray:
        """The prepared amplitudes in row order, zero for states reached later, shape (count,)."""
        return self._padded(self.amplitudes)

    def _padded(self, amplitudes: np.ndarray) -> np.ndarray:
        return np.concatenate([amplitudes, np.zeros(self.count - len(amplitudes), amplitudes.dtype)])

    def _make_room(self, rows: int) -> None:
        rows = min(rows, 2 * self.limit + 2)
        if len(self._keys) < rows:
            self._keys = np.concatenate([self.keys, np.zeros((rows - self.count, self._keys.shape[1]), np.uint64)])
        if len(self._table) < table_size(rows):
            self._index(rows)

    def _changed(self) -> None:
        self.version += 1
        self._index()

    def _index(self, rows: int = 0) -> None:
        self._table = np.empty(table_size(max(rows, self.count)), dtype=np.int64)
        fill_table(self._keys, self.count, self._table)

    def _too_many(self) -> str:
        return f"The circuit reaches more than {self.limit} basis states of its {self.n_wires} wires."
