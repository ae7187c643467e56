"""The rotations of `rotations` on a vector and its derivative, and undone on those of a ket and of a bra.

Qubit j's generator G takes each pair (x, y) to (-y, x). For an angle that moves at the rate r[j], the rotation U takes
a vector v and its derivative dv to U v and U (dv + r G v). Undone, the slope <b|G|a> and its derivative
<db|G|a> + <b|G|da> are read off on the way. The rotations of a block commute, with each other's generators too, so both
may be taken between any two of them, and before or after the derivatives have moved.

Blocks are gone through as in `rotations`, only in smaller parts, since twice the vectors share a first-level cache.
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
def push_block(a, da, start, low, high, c, s, r):
    """Turn the qubits low to high - 1 of the block of 2^high floats that begins at `start`, at the rates r."""
    part = part_bits(high, FIRST_LEVEL_BITS - 1)
    for index in range(1, (1 << (high - part)) + 1):
        stop = start + (index << part)
        bit, size = low, part
        while True:
            begin = stop - (1 << size)
            if bit < 4:
                _push_lanes(a, da, begin, size, c, s, r)
                bit = 3 if width(a) == 8 else 4
            if (size - bit) % 2 == 1:
                _push_one(a, da, begin, stop, bit, c, s, r)
                bit += 1
            for k in range(bit, size, 2):
                _push_two(a, da, begin, stop, k, c, s, r)
            if size == high or index & ((4 << (size - part)) - 1):
                break
            bit, size = size, size + 2


@njit
def pull_block(a, da, b, db, start, low, high, c, s, r, slopes, changes):
    """The same on ket and bra, with the opposite sines and rates; adds to the qubits' slopes and their derivatives."""
    part = part_bits(high, FIRST_LEVEL_BITS - 2)
    for index in range(1, (1 << (high - part)) + 1):
        stop = start + (index << part)
        bit, size = low, part
        while True:
            begin = stop - (1 << size)
            if bit < 4:
                _pull_lanes(a, da, b, db, begin, size, c, s, r, slopes, changes)
                bit = 3 if width(a) == 8 else 4
            if (size - bit) % 2 == 1:
                _pull_one(a, da, b, db, begin, stop, bit, c, s, r, slopes, changes)
                bit += 1
            for k in range(bit, size, 2):
                _pull_two(a, da, b, db, begin, stop, k, c, s, r, slopes, changes)
            if size == high or index & ((4 << (size - part)) - 1):
                break
            bit, size = size, size + 2


@njit
def _moved(x, y, dx, dy, c, s, r):
    """A pair and its derivative after the rotation."""
    dx, dy = minus(dx, times(r, y)), multiply_add(r, x, dy)
    x, y = rotate(x, y, c, s)
    dx, dy = rotate(dx, dy, c, s)
    return x, y, dx, dy


@njit
def _added(so_far, x, y, u, v):
    """Plus <(u, v)|G|(x, y)>."""
    return minus(multiply_add(v, x, so_far), times(u, y))


@njit
def _numbers(c, s, r, bit):
    return splat(c[bit]), splat(s[bit]), splat(r[bit])


@njit
def _load_four(a, i, step):
    return load(a, i), load(a, i + step), load(a, i + 2 * step), load(a, i + 3 * step)


@njit
def _store_moved(a, da, i, step, four, changes, numbers, upper):
    """Turn two qubits, whose numbers these are, between four registers, and store them."""
    c, s, r = numbers
    w, x, y, z = four
    dw, dx, dy, dz = changes
    w, x, dw, dx = _moved(w, x, dw, dx, c, s, r)
    y, z, dy, dz = _moved(y, z, dy, dz, c, s, r)
    c, s, r = upper
    w, y, dw, dy = _moved(w, y, dw, dy, c, s, r)
    x, z, dx, dz = _moved(x, z, dx, dz, c, s, r)
    store(a, i, w)
    store(a, i + step, x)
    store(a, i + 2 * step, y)
    store(a, i + 3 * step, z)
    store(da, i, dw)
    store(da, i + step, dx)
    store(da, i + 2 * step, dy)
    store(da, i + 3 * step, dz)


@njit
def _push_two(a, da, start, stop, bit, c, s, r):
    step = 1 << bit
    numbers, upper = _numbers(c, s, r, bit), _numbers(c, s, r, bit + 1)
    for base in range(start, stop, 4 * step):
        for i in range(base, base + step, width(a)):
            _store_moved(a, da, i, step, _load_four(a, i, step), _load_four(da, i, step), numbers, upper)


@njit
def _pull_two(a, da, b, db, start, stop, bit, c, s, r, slopes, changes):
    step = 1 << bit
    numbers, upper = _numbers(c, s, r, bit), _numbers(c, s, r, bit + 1)
    slope = change = upper_slope = upper_change = minus(numbers[0], numbers[0])
    for base in range(start, stop, 4 * step):
        for i in range(base, base + step, width(a)):
            x, dx, u, du = (
                _load_four(a, i, step),
                _load_four(da, i, step),
                _load_four(b, i, step),
                _load_four(db, i, step),
            )
            for p in (0, 2):
                slope = _added(slope, x[p], x[p + 1], u[p], u[p + 1])
                change = _added(change, x[p], x[p + 1], du[p], du[p + 1])
                change = _added(change, dx[p], dx[p + 1], u[p], u[p + 1])
            for p in (0, 1):
                upper_slope = _added(upper_slope, x[p], x[p + 2], u[p], u[p + 2])
                upper_change = _added(upper_change, x[p], x[p + 2], du[p], du[p + 2])
                upper_change = _added(upper_change, dx[p], dx[p + 2], u[p], u[p + 2])
            _store_moved(a, da, i, step, x, dx, numbers, upper)
            _store_moved(b, db, i, step, u, du, numbers, upper)
    slopes[bit] += total(slope)
    changes[bit] += total(change)
    slopes[bit + 1] += total(upper_slope)
    changes[bit + 1] += total(upper_change)


@njit
def _push_one(a, da, start, stop, bit, c, s, r):
    step = 1 << bit
    c, s, r = _numbers(c, s, r, bit)
    for base in range(start, stop, 2 * step):
        for i in range(base, base + step, width(a)):
            x, y, dx, dy = _moved(load(a, i), load(a, i + step), load(da, i), load(da, i + step), c, s, r)
            store(a, i, x)
            store(a, i + step, y)
            store(da, i, dx)
            store(da, i + step, dy)


@njit
def _pull_one(a, da, b, db, start, stop, bit, c, s, r, slopes, changes):
    step = 1 << bit
    cosine, sine, rate = _numbers(c, s, r, bit)
    slope = change = minus(cosine, cosine)
    for base in range(start, stop, 2 * step):
        for i in range(base, base + step, width(a)):
            j = i + step
            x, y, dx, dy = load(a, i), load(a, j), load(da, i), load(da, j)
            u, v, du, dv = load(b, i), load(b, j), load(db, i), load(db, j)
            slope = _added(slope, x, y, u, v)
            change = _added(_added(change, x, y, du, dv), dx, dy, u, v)
            x, y, dx, dy = _moved(x, y, dx, dy, cosine, sine, rate)
            u, v, du, dv = _moved(u, v, du, dv, cosine, sine, rate)
            store(a, i, x)
            store(a, j, y)
            store(da, i, dx)
            store(da, j, dy)
            store(b, i, u)
            store(b, j, v)
            store(db, i, du)
            store(db, j, dv)
    slopes[bit] += total(slope)
    changes[bit] += total(change)


@njit
def _push_lanes(a, da, start, bits, c, s, r):
    """The qubits within a register; the signs of G are in the sines and rates."""
    c1, s1, r1 = splat(c[1]), signed(splat(s[1]), 2), signed(splat(r[1]), 2)
    c2, s2, r2 = splat(c[2]), signed(splat(s[2]), 4), signed(splat(r[2]), 4)
    c3, s3, r3 = splat(c[3]), signed(splat(s[3]), 8), signed(splat(r[3]), 8)
    for i in range(start, start + (1 << bits), width(a)):
        x, dx = load(a, i), load(da, i)
        y = exchange(x, 2)
        x, dx = multiply_add(s1, y, times(c1, x)), multiply_add(r1, y, dx)
        dx = multiply_add(s1, exchange(dx, 2), times(c1, dx))
        y = exchange(x, 4)
        x, dx = multiply_add(s2, y, times(c2, x)), multiply_add(r2, y, dx)
        dx = multiply_add(s2, exchange(dx, 4), times(c2, dx))
        if width(a) == 16:
            y = exchange(x, 8)
            x, dx = multiply_add(s3, y, times(c3, x)), multiply_add(r3, y, dx)
            dx = multiply_add(s3, exchange(dx, 8), times(c3, dx))
        store(a, i, x)
        store(da, i, dx)


@njit
def _added_lanes(slope, change, y, v, dx, u, du):
    """Plus each lane's part of the two sums, but for the signs of G; y and v are the partners of x and u."""
    return multiply_add(u, y, slope), minus(multiply_add(du, y, change), times(v, dx))


@njit
def _pull_lanes(a, da, b, db, start, bits, c, s, r, slopes, changes):
    c1, s1, r1 = splat(c[1]), signed(splat(s[1]), 2), signed(splat(r[1]), 2)
    c2, s2, r2 = splat(c[2]), signed(splat(s[2]), 4), signed(splat(r[2]), 4)
    c3, s3, r3 = splat(c[3]), signed(splat(s[3]), 8), signed(splat(r[3]), 8)
    slope1 = slope2 = slope3 = change1 = change2 = change3 = minus(c1, c1)
    for i in range(start, start + (1 << bits), width(a)):
        x, dx, u, du = load(a, i), load(da, i), load(b, i), load(db, i)
        y, v = exchange(x, 2), exchange(u, 2)
        slope1, change1 = _added_lanes(slope1, change1, y, v, dx, u, du)
        x, dx = multiply_add(s1, y, times(c1, x)), multiply_add(r1, y, dx)
        u, du = multiply_add(s1, v, times(c1, u)), multiply_add(r1, v, du)
        dx = multiply_add(s1, exchange(dx, 2), times(c1, dx))
        du = multiply_add(s1, exchange(du, 2), times(c1, du))
        y, v = exchange(x, 4), exchange(u, 4)
        slope2, change2 = _added_lanes(slope2, change2, y, v, dx, u, du)
        x, dx = multiply_add(s2, y, times(c2, x)), multiply_add(r2, y, dx)
        u, du = multiply_add(s2, v, times(c2, u)), multiply_add(r2, v, du)
        dx = multiply_add(s2, exchange(dx, 4), times(c2, dx))
        du = multiply_add(s2, exchange(du, 4), times(c2, du))
        if width(a) == 16:
            y, v = exchange(x, 8), exchange(u, 8)
            slope3, change3 = _added_lanes(slope3, change3, y, v, dx, u, du)
            x, dx = multiply_add(s3, y, times(c3, x)), multiply_add(r3, y, dx)
            u, du = multiply_add(s3, v, times(c3, u)), multiply_add(r3, v, du)
            dx = multiply_add(s3, exchange(dx, 8), times(c3, dx))
            du = multiply_add(s3, exchange(du, 8), times(c3, du))
        store(a, i, x)
        store(da, i, dx)
        store(b, i, u)
        store(db, i, du)
    slopes[1] += total(signed(slope1, 2))
    changes[1] += total(signed(change1, 2))
    slopes[2] += total(signed(slope2, 4))
    changes[2] += total(signed(change2, 4))
    if width(a) == 16:
        slopes[3] += total(signed(slope3, 8))
        changes[3] += total(signed(change3, 8))
