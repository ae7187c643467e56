"""Real rotations of many qubits of one block of amplitudes that fits in cache.

A block is 2^m consecutive floats; bit j of a float's position is a qubit of the block, but for bit 0, which tells real
from imaginary parts. Qubit j turns every pair of floats x, y at the distance 2^j:

    x' = c[j] x - s[j] y,    y' = c[j] y + s[j] x

Two qubits are turned at a time, with four registers; qubits within a register by exchanging lanes. Parts of the block
that fit in the first-level cache are finished with all their own qubits first; whenever four parts are done, the next
two qubits turn between them, and so on for four times four: every distance is met while what it spans is in cache.
Nothing is touched for qubits outside of `low` to `high`; a pass is skipped where both its angles vanish.
"""

from numba import njit

from runtime.kernels.registers import exchange, load, multiply_add, rotate, signed, splat, store, times, width

FIRST_LEVEL_BITS = 11  # so many bits of a float's position make a part for the first-level cache: 16 KiB of doubles


@njit
def part_bits(high, most):
    """The bits of a part: as many as fit, with an even number of qubits left between parts."""
    return high if high <= most else most - (high - most) % 2


@njit
def turn_block(a, start, low, high, c, s):
    """Turn the qubits low to high - 1 of the block of 2^high floats that begins at `start`."""
    part = part_bits(high, FIRST_LEVEL_BITS)
    for index in range(1, (1 << (high - part)) + 1):
        stop = start + (index << part)
        bit, size = low, part
        while True:
            begin = stop - (1 << size)
            if bit < 4:
                _turn_lanes(a, begin, size, c, s)
                bit = 3 if width(a) == 8 else 4
            if (size - bit) % 2 == 1:
                _turn_one(a, begin, stop, bit, c, s)
                bit += 1
            for k in range(bit, size, 2):
                _turn_two(a, begin, stop, k, c, s)
            if size == high or index & ((4 << (size - part)) - 1):
                break
            bit, size = size, size + 2


@njit
def _turn_two(a, start, stop, bit, c, s):
    if s[bit] == 0.0 and s[bit + 1] == 0.0 and c[bit] == 1.0 and c[bit + 1] == 1.0:
        return
    step = 1 << bit
    c0, s0, c1, s1 = splat(c[bit]), splat(s[bit]), splat(c[bit + 1]), splat(s[bit + 1])
    for base in range(start, stop, 4 * step):
        for i in range(base, base + step, width(a)):
            x00, x01 = rotate(load(a, i), load(a, i + step), c0, s0)
            x10, x11 = rotate(load(a, i + 2 * step), load(a, i + 3 * step), c0, s0)
            x00, x10 = rotate(x00, x10, c1, s1)
            x01, x11 = rotate(x01, x11, c1, s1)
            store(a, i, x00)
            store(a, i + step, x01)
            store(a, i + 2 * step, x10)
            store(a, i + 3 * step, x11)


@njit
def _turn_one(a, start, stop, bit, c, s):
    if s[bit] == 0.0 and c[bit] == 1.0:
        return
    step = 1 << bit
    c0, s0 = splat(c[bit]), splat(s[bit])
    for base in range(start, stop, 2 * step):
        for i in range(base, base + step, width(a)):
            x, y = rotate(load(a, i), load(a, i + step), c0, s0)
            store(a, i, x)
            store(a, i + step, y)


@njit
def _turn_lanes(a, start, bits, c, s):
    """The qubits within a register."""
    c1, s1, c2, s2 = splat(c[1]), signed(splat(s[1]), 2), splat(c[2]), signed(splat(s[2]), 4)
    c3, s3 = splat(c[3]), signed(splat(s[3]), 8)
    for i in range(start, start + (1 << bits), width(a)):
        x = load(a, i)
        x = multiply_add(s1, exchange(x, 2), times(c1, x))
        x = multiply_add(s2, exchange(x, 4), times(c2, x))
        if width(a) == 16:
            x = multiply_add(s3, exchange(x, 8), times(c3, x))
        store(a, i, x)
