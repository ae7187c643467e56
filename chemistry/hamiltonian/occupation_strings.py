"""Basis states of the wires as occupation strings of each spin: bit p of a string is orbital p."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np


class Sector(Protocol):
    """What is asked of a sector: which bitstrings, on which wires."""

    @property
    def keys(self) -> np.ndarray:
        """Shape (D, n_words), uint64; the i-th wire is bit 63 - i % 64 of word i // 64."""

    @property
    def dimension(self) -> int:
        """The number of basis states."""

    @property
    def wires(self) -> Sequence[Any]:
        """The labels of the wires."""


def spin_strings(sector: Sector) -> tuple[np.ndarray, np.ndarray]:
    """The strings of spin up and of spin down of each basis state, two arrays of shape (D,), uint64.

    Raises:
        ValueError: if a wire is not the number of a spin orbital.
    """
    keys = np.asarray(sector.keys, dtype=np.uint64)
    strings = np.zeros((2, len(keys)), dtype=np.uint64)
    for place, wire in enumerate(sector.wires):
        if not isinstance(wire, int | np.integer) or not 0 <= wire < 128:
            raise ValueError(
                f"Spin up of orbital p is wire 2p and spin down is wire 2p + 1, from 0 to 127, but the circuit also"
                f" uses {wire!r}."
            )
        bit = (keys[:, place // 64] >> np.uint64(63 - place % 64)) & np.uint64(1)
        strings[int(wire) % 2] |= bit << np.uint64(int(wire) // 2)
    return strings[0], strings[1]
