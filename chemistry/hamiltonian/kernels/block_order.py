"""Vectors over a sector as vectors over spin blocks and back, with the sign between their orders of creators."""

from runtime.kernels.compiled import compiled


@compiled()
def to_blocks(vector, phase, place, out):
    """Out[place] = phase * vector; an empty `place` is the same order."""
    if place.size == 0:
        for i in range(vector.size):
            out[i] = phase[i] * vector[i]
    else:
        for i in range(vector.size):
            out[place[i]] = phase[i] * vector[i]


@compiled()
def from_blocks(blocks, phase, place, vector, out):
    """Out = phase * blocks[place]; returns the inner product with `vector`."""
    total = 0.0
    for i in range(vector.size):
        number = phase[i] * (blocks[i] if place.size == 0 else blocks[place[i]])
        out[i] = number
        total += number * vector[i]
    return total
