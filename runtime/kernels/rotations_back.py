"""The rotations of `rotations` undone on a ket a and a bra b together, with each qubit's slope on the way.

The generator of qubit j's rotation takes each pair (x, y) to (-y, x). Its slope is <b|G|a>, the sum over all pairs of
b_y a_x - b_x a_y, added to sums[j]. The rotations of a block commute, so a slope may be taken between any two of them.
"""

from numba import njit

from runtime.kernels.registers import (
    exchange,
    load,
    minus,
    multiply_add,
    rotate,
    signed,
    splat,
    store,
    times,
    total,
    width,
)
from runtime.kernels.rotations import FIRST_LEVEL_BITS, part_bits


@njit
def turn_block_back(a, b, start, low, high, c, s, sums):
    """As `turn_block` on a and b, with the opposite sines already in `s`."""
    part = part_bits(high, FIRST_LEVEL_BITS - 1)
    for index in range(1, (1 << (high - part)) + 1):
        stop = start + (index << part)
        bit, size = low, part
        while True:
            begin = stop - (1 << size)
            if bit < 4:
                _turn_lanes(a, b, begin, size, c, s, sums)
                bit = 3 if width(a) == 8 else 4
            if (size - bit) % 2 == 1:
                _turn_one(a, b, begin, stop, bit, c, s, sums)
                bit += 1
            for k in range(bit, size, 2):
                _turn_two(a, b, begin, stop, k, c, s, sums)
            if size == high or index & ((4 << (size - part)) - 1):
                break
            bit, size = size, size + 2


@njit
def _turn_two(a, b, start, stop, bit, c, s, sums):
    step = 1 << bit
    c0, s0, c1, s1 = splat(c[bit]), splat(s[bit]), splat(c[bit + 1]), splat(s[bit + 1])
    first = second = minus(c0, c0)
    for base in range(start, stop, 4 * step):
        for i in range(base, base + step, width(a)):
            x00, x01, x10, x11 = load(a, i), load(a, i + step), load(a, i + 2 * step), load(a, i + 3 * step)
            y00, y01, y10, y11 = load(b, i), load(b, i + step), load(b, i + 2 * step), load(b, i + 3 * step)
            first = _slope(_slope(first, x00, x01, y00, y01), x10, x11, y10, y11)
            second = _slope(_slope(second, x00, x10, y00, y10), x01, x11, y01, y11)
            x00, x01 = rotate(x00, x01, c0, s0)
            x10, x11 = rotate(x10, x11, c0, s0)
            x00, x10 = rotate(x00, x10, c1, s1)
            x01, x11 = rotate(x01, x11, c1, s1)
            y00, y01 = rotate(y00, y01, c0, s0)
            y10, y11 = rotate(y10, y11, c0, s0)
            y00, y10 = rotate(y00, y10, c1, s1)
            y01, y11 = rotate(y01, y11, c1, s1)
            store(a, i, x00)
            store(a, i + step, x01)
            store(a, i + 2 * step, x10)
            store(a, i + 3 * step, x11)
            store(b, i, y00)
            store(b, i + step, y01)
            store(b, i + 2 * step, y10)
            store(b, i + 3 * step, y11)
    sums[bit] += total(first)
    sums[bit + 1] += total(second)


@njit
def _slope(sum_so_far, x0, x1, y0, y1):
    return minus(multiply_add(y1, x0, sum_so_far), times(y0, x1))


@njit
def _turn_one(a, b, start, stop, bit, c, s, sums):
    step = 1 << bit
    c0, s0 = splat(c[bit]), splat(s[bit])
    slope = minus(c0, c0)
    for base in range(start, stop, 2 * step):
        for i in range(base, base + step, width(a)):
            x0, x1 = load(a, i), load(a, i + step)
            y0, y1 = load(b, i), load(b, i + step)
            slope = _slope(slope, x0, x1, y0, y1)
            x0, x1 = rotate(x0, x1, c0, s0)
            y0, y1 = rotate(y0, y1, c0, s0)
            store(a, i, x0)
            store(a, i + step, x1)
            store(b, i, y0)
            store(b, i + step, y1)
    sums[bit] += total(slope)


@njit
def _turn_lanes(a, b, start, bits, c, s, sums):
    """The qubits within a register."""
    c1, s1, c2, s2 = splat(c[1]), splat(s[1]), splat(c[2]), splat(s[2])
    c3, s3 = splat(c[3]), splat(s[3])
    first = second = third = minus(c1, c1)
    for i in range(start, start + (1 << bits), width(a)):
        x, y = load(a, i), load(b, i)
        turned = signed(exchange(x, 2), 2)
        first = multiply_add(y, turned, first)
        x = multiply_add(s1, turned, times(c1, x))
        y = multiply_add(s1, signed(exchange(y, 2), 2), times(c1, y))
        turned = signed(exchange(x, 4), 4)
        second = multiply_add(y, turned, second)
        x = multiply_add(s2, turned, times(c2, x))
        y = multiply_add(s2, signed(exchange(y, 4), 4), times(c2, y))
        if width(a) == 16:
            turned = signed(exchange(x, 8), 8)
            third = multiply_add(y, turned, third)
            x = multiply_add(s3, turned, times(c3, x))
            y = multiply_add(s3, signed(exchange(y, 8), 8), times(c3, y))
        store(a, i, x)
        store(b, i, y)
    sums[1] += total(first)
    sums[2] += total(second)
    if width(a) == 16:
        sums[3] += total(third)
