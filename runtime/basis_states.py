"""Basis states as rows of 64-bit words: wire i is bit 63 - i % 64 of word i // 64."""

from __future__ import annotations

import numpy as np


def n_words(n_wires: int) -> int:
    """How many 64-bit words hold one basis state."""
    return max(1, -(-n_wires // 64))


def table_size(rows: int) -> int:
    """The size of a hash table for so many rows: a power of two, at most half full."""
    return 1 << max(4, (2 * rows - 1).bit_length())


def bits_to_keys(bits: np.ndarray) -> np.ndarray:
    """Rows of bits, shape (m, n_wires), as keys, shape (m, n_words)."""
    rows, width = bits.shape
    padded = np.zeros((rows, 64 * n_words(width)), dtype=np.uint8)
    padded[:, :width] = bits
    return np.packbits(padded, axis=1).view(">u8").astype(np.uint64)


def keys_to_bits(keys: np.ndarray, n_wires: int) -> np.ndarray:
    """The inverse of `bits_to_keys`."""
    as_bytes = keys.astype(">u8").view(np.uint8).reshape(len(keys), -1)
    return np.unpackbits(as_bytes, axis=1)[:, :n_wires]


def mask_to_words(mask: int, n_wires: int) -> np.ndarray:
    """An integer mask (bit i: wire at position i) as words in the layout of the keys."""
    words = [0] * n_words(n_wires)
    while mask:
        wire = mask.bit_length() - 1
        words[wire // 64] |= 1 << (63 - wire % 64)
        mask ^= 1 << wire
    return np.array(words, dtype=np.uint64)


def lexicographic_order(keys: np.ndarray) -> np.ndarray:
    """The order that sorts keys: the first word is the most significant."""
    return np.argsort(keys[:, 0], kind="stable") if keys.shape[1] == 1 else np.lexsort(keys.T[::-1])
