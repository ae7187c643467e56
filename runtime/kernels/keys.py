"""Basis states as rows of 64-bit words, and the hash table that finds them.

Wire i of a basis state is bit 63 - i % 64 of word i // 64, so that comparing rows word by word orders basis states as
PennyLane does, wire 0 first. The table holds row numbers (-1: free) and resolves collisions by linear probing; its size
is a power of two and at least twice the number of rows, so a probe ends after a step or two.
"""

import numpy as np

from runtime.kernels.compiled import compiled


@compiled()
def hash_of(key):
    """A well-mixed 64-bit hash of one key."""
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for word in key:
        mixed ^= word
        mixed *= np.uint64(0xFF51AFD7ED558CCD)
        mixed ^= mixed >> np.uint64(33)
        mixed *= np.uint64(0xC4CEB9FE1A85EC53)
        mixed ^= mixed >> np.uint64(29)
    return mixed


@compiled()
def position_of(keys, table, key):
    """Where `key` is in the table, or the free place where it belongs."""
    last = np.uint64(table.size - 1)
    place = hash_of(key) & last
    while True:
        row = table[place]
        if row < 0:
            return place
        same = True
        for w in range(key.size):
            if keys[row, w] != key[w]:
                same = False
                break
        if same:
            return place
        place = (place + np.uint64(1)) & last


@compiled()
def fill_table(keys, count, table):
    """Enter the first `count` rows of `keys` into an empty table."""
    table[:] = -1
    for row in range(count):
        table[position_of(keys, table, keys[row])] = row
