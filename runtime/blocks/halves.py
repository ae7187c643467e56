"""Splitting the wires in two, and listing the strings of each half by what they contribute to the charges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from runtime.blocks.charges import Charges

MAX_WIRES = 32  # of a half: its strings are machine integers
MAX_STRINGS = 1 << 22  # of a half, while they are listed


@dataclass(frozen=True, eq=False)
class Half:
    """Some wires and their strings, sorted by group; the first wire is the most significant bit of a string."""

    positions: tuple[int, ...]  # of the wires in the circuit, ascending
    strings: np.ndarray  # shape: (n_strings,), uint64, ascending within each group
    first: np.ndarray  # shape: (n_groups + 1,); where each group begins

    @property
    def sizes(self) -> np.ndarray:
        """The number of strings in each group, shape (n_groups,)."""
        return np.diff(self.first)

    @property
    def nbytes(self) -> int:
        """Bytes of the strings."""
        return self.strings.nbytes + self.first.nbytes

    def span(self, group: int) -> slice:
        """Where a group's strings are."""
        return slice(self.first[group], self.first[group + 1])

    @cached_property
    def groups(self) -> np.ndarray:
        """The group of each string, shape (n_strings,)."""
        return np.repeat(np.arange(len(self.first) - 1), self.sizes)

    def local(self, mask: int) -> int:
        """A mask over the circuit (bit i: position i) as one over this half's strings."""
        last = len(self.positions) - 1
        return sum(1 << (last - i) for i, w in enumerate(self.positions) if mask >> w & 1)

    def find(self, strings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each string's place within its group, and its group (-1 if it is not there)."""
        where = np.minimum(np.searchsorted(self.strings, strings, sorter=self._order), len(self.strings) - 1)
        found = self._order[where]
        group = np.where(self.strings[found] == strings, self.groups[found], -1)
        return found - self.first[group], group

    def factor(self, mask: int, value: int, parity: int) -> np.ndarray:
        """[s & mask == value] * (-1)^popcount(s & parity) of every string, masks local, shape (n_strings,)."""
        return signs_of(self.strings, parity) * ((self.strings & np.uint64(mask)) == np.uint64(value))

    def ones(self, mask: int) -> np.ndarray:
        """How many ones each string has under a local mask, shape (n_strings,)."""
        return np.bitwise_count(self.strings & np.uint64(mask)).astype(np.int64)

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(self.strings, kind="stable")


def signs_of(strings: np.ndarray, parity: int) -> np.ndarray:
    """(-1)^popcount(string & parity) of each string, float64."""
    return 1.0 - 2.0 * (np.bitwise_count(strings & np.uint64(parity)) & np.uint8(1))


def split(charges: Charges, start: int, n_wires: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two halves of the wires whose longer list of strings is short.

    Wires with the same weights form a class, such as all spin-up orbitals, in which only the number of ones counts.
    Either whole classes go to one side or the other, which makes the sector a plain product, or the wires are cut in
    the middle.
    """
    classes: dict[bytes, list[int]] = {}
    for w in range(n_wires):
        classes.setdefault(charges.weights[:, w].tobytes(), []).append(w)
    sizes = [(comb(len(c), sum(start >> w & 1 for w in c)), c) for c in classes.values()]
    sides: tuple[list[int], list[int]] = ([], [])
    products = [1, 1]
    for size, wires in sorted(sizes, key=lambda s: (-s[0], s[1])):
        shorter = 0 if products[0] <= products[1] else 1
        products[shorter] *= size
        sides[shorter].extend(wires)
    middle = n_wires // 2
    if not sides[1] or max(products) > 2 ** (n_wires - middle):
        return tuple(range(middle)), tuple(range(middle, n_wires))
    first, second = sorted(tuple(sorted(side)) for side in sides)
    return first, second


def listed(
    positions: tuple[int, ...], others: tuple[int, ...], charges: Charges, start: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """The strings on some wires that some string on the others completes, as far as the weights alone can tell.

    Returns:
        The strings, ascending, shape (n_strings,), uint64, and what each contributes to the charges, shape
        (n_strings, n_charges + n_parities); None if there are too many strings.
    """
    total = charges.of(start)
    n_weights = len(charges.weights)
    low, high = _range_of(charges.weights[:, list(others)])
    strings = np.zeros(1, dtype=np.uint64)
    sums = np.zeros((1, len(total)), dtype=np.int64)
    for place, w in enumerate(positions):
        strings = np.concatenate([strings << np.uint64(1), strings << np.uint64(1) | np.uint64(1)])
        sums = np.concatenate([sums, charges.plus(sums, charges.of(1 << w))])
        rest_low, rest_high = _range_of(charges.weights[:, list(positions[place + 1 :])])
        missing = total[:n_weights] - sums[:, :n_weights]
        possible = ((missing >= low + rest_low) & (missing <= high + rest_high)).all(axis=1)
        strings, sums = strings[possible], sums[possible]
        if len(strings) > MAX_STRINGS:
            return None
    order = np.argsort(strings, kind="stable")
    return strings[order], sums[order]


def grouped(positions: tuple[int, ...], strings: np.ndarray, labels: np.ndarray, names: np.ndarray) -> Half:
    """The strings whose label is among `names`, by label."""
    kept = np.isin(labels, names)
    group = np.searchsorted(names, labels[kept])
    order = np.argsort(group, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(names)))])
    return Half(positions, strings[kept][order], first)


def _range_of(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(weights, 0).sum(axis=1), np.maximum(weights, 0).sum(axis=1)
