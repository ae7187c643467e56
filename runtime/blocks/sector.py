"""Sectors whose basis states are pairs of strings with matching charges."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property

import numpy as np

from runtime.basis_states import keys_to_bits, n_words
from runtime.blocks.charges import Charges
from runtime.blocks.halves import MAX_WIRES, Half, grouped, listed, split
from runtime.circuit.actions import Term
from runtime.sector import Sector


class BlockSector(Sector):
    """All basis states with given charges: one block for each way to share the charges among the halves.

    Block g is the matrix of all pairs of a left and a right string of group g, left strings in rows, and begins at
    `start[g]`.

    Attributes:
        left: the first half, its strings by group.
        right: the second half, its strings by group.
        start: where each block begins, shape (n_groups + 1,).
    """

    def __init__(self, left: Half, right: Half, wires: Sequence[Hashable]) -> None:
        self.left = left
        self.right = right
        self.start = np.concatenate([[0], np.cumsum(left.sizes * right.sizes)])
        self.wires = tuple(wires)

    @classmethod
    def of(cls, charges: Charges, start: int, wires: Sequence[Hashable]) -> BlockSector | None:
        """All basis states with the charges of `start` (a mask); None if the halves are too long to list."""
        n = len(wires)
        sides = split(charges, start, n)
        if max(len(side) for side in sides) > MAX_WIRES:
            return None
        lists = [found for own, other in (sides, sides[::-1]) if (found := listed(own, other, charges, start))]
        if len(lists) < 2:
            return None
        total = charges.of(start)
        # What a left string leaves to the right one: charges subtract, parities add modulo two.
        wanted = charges.missing(total, lists[0][1])
        _, labels = np.unique(np.concatenate([wanted, lists[1][1]]), axis=0, return_inverse=True)
        left_labels, right_labels = np.split(labels.reshape(-1), [len(wanted)])
        names = np.intersect1d(left_labels, right_labels)
        halves = [
            grouped(side, strings, label, names)
            for side, (strings, _), label in zip(sides, lists, (left_labels, right_labels), strict=True)
        ]
        return cls(halves[0], halves[1], wires)

    @property
    def dimension(self) -> int:
        """The number of basis states."""
        return int(self.start[-1])

    @property
    def n_groups(self) -> int:
        """The number of blocks."""
        return len(self.start) - 1

    @cached_property
    def keys(self) -> np.ndarray:
        """The basis states as words; made when first asked for."""
        keys = np.empty((self.dimension, n_words(len(self.wires))), dtype=np.uint64)
        rows, columns = self._spread
        for g in range(self.n_groups):
            block = rows[self.left.span(g), None] | columns[None, self.right.span(g)]
            keys[self.start[g] : self.start[g + 1]] = block.reshape(-1, keys.shape[1])
        return keys

    def bits_of(self, rows: np.ndarray) -> np.ndarray:
        """See `Sector.bits_of`; `keys`, which may be as large as the state, is not needed for it."""
        group = np.searchsorted(self.start, rows, side="right") - 1
        row, column = np.divmod(rows - self.start[group], self.right.sizes[group])
        left, right = self._spread
        return keys_to_bits(
            left[self.left.first[group] + row] | right[self.right.first[group] + column], len(self.wires)
        )

    @property
    def nbytes(self) -> int:
        """See `Sector.nbytes`."""
        return self.left.nbytes + self.right.nbytes + super().nbytes

    def rows_of(self, masks: Sequence[int]) -> np.ndarray:
        """The index of each basis state, given as a mask, shape (len(masks),)."""
        strings = [np.array([h.local(m) for m in masks], dtype=np.uint64) for h in (self.left, self.right)]
        (row, group), (column, other) = self.left.find(strings[0]), self.right.find(strings[1])
        if (group < 0).any() or (group != other).any():
            raise ValueError("A basis state lies outside of its sector.")
        return self.start[group] + row * self.right.sizes[group] + column

    def product(self, rows: Callable[[slice], np.ndarray], columns: Callable[[slice], np.ndarray]) -> np.ndarray:
        """A vector whose blocks are rows(left strings) @ columns(right strings)."""
        values = np.empty(self.dimension)
        for g in range(self.n_groups):
            shape = (self.left.sizes[g], self.right.sizes[g])
            block = values[self.start[g] : self.start[g + 1]].reshape(shape)
            np.matmul(rows(self.left.span(g)), columns(self.right.span(g)), out=block)
        return values

    def diagonal(self, terms: Sequence[Term]) -> np.ndarray:
        """See `Sector.diagonal`: a term is a product over the halves, so a sum of terms is a product of matrices."""
        by_right: dict[tuple[int, int, int], list[Term]] = {}
        for term in terms:
            by_right.setdefault(self._local(self.right, term), []).append(term)
        rows = np.zeros((len(self.left.strings), len(by_right)))
        columns = np.empty((len(by_right), len(self.right.strings)))
        for k, (key, members) in enumerate(by_right.items()):
            columns[k] = self.right.factor(*key)
            for term in members:
                rows[:, k] += term.coefficient.real * self.left.factor(*self._local(self.left, term))
        return self.product(lambda span: rows[span], lambda span: columns[:, span])

    @cached_property
    def _spread(self) -> tuple[np.ndarray, np.ndarray]:
        return _spread(self.left, len(self.wires)), _spread(self.right, len(self.wires))

    @staticmethod
    def _local(half: Half, term: Term) -> tuple[int, int, int]:
        return half.local(term.mask), half.local(term.value), half.local(term.parity)

    def __repr__(self) -> str:
        return f"BlockSector(dimension={self.dimension}, n_wires={len(self.wires)})"


def _spread(half: Half, n_wires: int) -> np.ndarray:
    """The strings of a half as keys of the whole circuit, shape (n_strings, n_words)."""
    keys = np.zeros((len(half.strings), n_words(n_wires)), dtype=np.uint64)
    last = len(half.positions) - 1
    for i, w in enumerate(half.positions):
        keys[:, w // 64] |= (half.strings >> np.uint64(last - i) & np.uint64(1)) << np.uint64(63 - w % 64)
    return keys
