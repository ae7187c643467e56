"""The tables through which gates act on the strings of one half."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from runtime.blocks.halves import Half, signs_of

Part = tuple[int, int, int, int]  # flip, mask, value and parity of a move, local to a half


@dataclass
class HalfTables:
    """Pairs of strings and signs of one half, entered once for all gates that share them."""

    half: Half
    parts: dict[Part, int] = field(default_factory=dict)
    parities: dict[int, int] = field(default_factory=dict)
    _entries: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    def enter(self, part: Part) -> int:
        """The number of the table of a part of a move."""
        if part not in self.parts:
            self.parts[part] = len(self.parts)
            self._entries.append(self._entry(*part))
        return self.parts[part]

    def enter_signs(self, parity: int) -> int:
        """The number of the row of signs for a parity mask."""
        return self.parities.setdefault(parity, len(self.parities))

    def size(self, part: int) -> np.ndarray:
        """The number of pairs in each group, shape (n_groups,)."""
        return np.bincount(self._entries[part][3], minlength=len(self.half.sizes))

    def _entry(self, flip: int, mask: int, value: int, parity: int) -> tuple[np.ndarray, ...]:
        half = self.half
        source = np.flatnonzero((half.strings & np.uint64(mask)) == np.uint64(value))
        strings = half.strings[source]
        second, target = half.find(strings ^ np.uint64(flip))
        there = target >= 0  # a string that moves nowhere has no partner in the other half to move with
        source, strings, second, target = source[there], strings[there], second[there], target[there]
        group = half.groups[source]
        return source - half.first[group], second, signs_of(strings, parity), group, target

    @property
    def first(self) -> np.ndarray:
        """The strings that move, as numbered within their group, shape (n_entries,)."""
        return self._column(0, np.uint32)

    @property
    def second(self) -> np.ndarray:
        """Where they move, shape (n_entries,)."""
        return self._column(1, np.uint32)

    @property
    def signs(self) -> np.ndarray:
        """The sign with which they move, shape (n_entries,)."""
        return self._column(2, np.float64)

    @property
    def group(self) -> np.ndarray:
        """The group that they leave, shape (n_entries,)."""
        return self._column(3, np.int64)

    @property
    def target(self) -> np.ndarray:
        """The group that they enter, shape (n_entries,)."""
        return self._column(4, np.int64)

    @property
    def offsets(self) -> np.ndarray:
        """Where each table's pairs of each group begin, shape (n_parts, n_groups + 1)."""
        counts = np.array([self.size(k) for k in range(len(self._entries))], dtype=np.int64)
        counts = counts.reshape(len(self._entries), len(self.half.sizes))
        ends = np.cumsum(counts).reshape(counts.shape)
        return np.concatenate([ends[:, :1] - counts[:, :1], ends], axis=1)

    @property
    def rows_of_signs(self) -> np.ndarray:
        """One row per parity, shape (n_parities, n_strings)."""
        rows = [signs_of(self.half.strings, parity) for parity in self.parities]
        return np.array(rows).reshape(len(rows), len(self.half.strings))

    def _column(self, which: int, dtype: type) -> np.ndarray:
        columns = [entry[which] for entry in self._entries]
        return (np.concatenate(columns) if columns else np.zeros(0)).astype(dtype)
