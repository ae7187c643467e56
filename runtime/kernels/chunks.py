"""Work dealt out in a fixed number of parts, so that no sum depends on the number of threads.

Numba splits a sum over an array by the number of threads, also one over the parts themselves: they are added in turn.
"""

from numba import njit

CHUNKS = 16


@njit
def bounds(chunk, size):
    """Where one part of so many elements begins and ends."""
    return chunk * size // CHUNKS, (chunk + 1) * size // CHUNKS


@njit
def in_turn(parts):
    """The sum of the parts."""
    total = 0.0
    for part in parts:
        total += part
    return total
