"""Diagonal gates on the amplitudes of one block, eight at a time.

A block holds runs of `RUN` amplitudes one after the other; run j belongs to the basis states from x_first + j * x_step
on. A phase turns each by rate * F, in turns, with F = scale * d + offset for the diagonal d of doubles
at an address: several phases, and the observable, can then share one diagonal.

The *frame* is the diagonal gate i^(number of ones): seen from within it exp(i b X) is a real rotation, and real and
imaginary parts of the amplitudes never meet. Other diagonal gates commute with it.
"""

import numpy as np
from numba import njit

from runtime.kernels.registers import (
    exchange,
    load,
    load_doubles,
    minus,
    multiply_add,
    ones,
    signed,
    splat,
    store,
    times,
    total,
    twice,
    width,
)
from runtime.kernels.sincos import cosine_and_sine

RUN = 32  # amplitudes: eight cache lines in double precision, for runs that lie far apart in memory
EIGHT = 8
_ONES = np.array([0, 1, 1, 2, 1, 2, 2, 3]) + np.arange(4)[:, None]
# For each number of ones above the lowest three bits (mod 4): eight cosines, then eight sines.
FRAME = np.concatenate([np.array([1.0, 0, -1, 0])[_ONES % 4], np.array([0.0, 1, 0, -1])[_ONES % 4]], axis=1).ravel()


@njit
def turn_phases(a, start, n_runs, x_first, x_step, address, scale, offset, rate):
    """Multiply by exp(2 pi i rate F)."""
    scales, offsets, rates = splat(scale), splat(offset), splat(rate)
    for j in range(n_runs):
        for k in range(0, RUN, EIGHT):
            values = multiply_add(load_doubles(address, x_first + j * x_step + k), scales, offsets)
            c, s = cosine_and_sine(times(values, rates))
            _multiply(a, start + 2 * (RUN * j + k), c, s)


@njit
def turn_phases_back(a, b, start, n_runs, x_first, x_step, address, scale, offset, rate):
    """The same on ket a and bra b; returns Re <b| i F |a>."""
    scales, offsets, rates = splat(scale), splat(offset), splat(rate)
    slope = load(a, start)
    slope = minus(slope, slope)
    for j in range(n_runs):
        for k in range(0, RUN, EIGHT):
            values = multiply_add(load_doubles(address, x_first + j * x_step + k), scales, offsets)
            c, s = cosine_and_sine(times(values, rates))
            i = start + 2 * (RUN * j + k)
            slope = multiply_add(times(twice(a, values, 0), load(b, i)), signed(exchange(load(a, i), 1), 1), slope)
            if width(a) == EIGHT:
                x, y = load(a, i + EIGHT), load(b, i + EIGHT)
                slope = multiply_add(times(twice(a, values, 1), y), signed(exchange(x, 1), 1), slope)
            _multiply(a, i, c, s)
            _multiply(b, i, c, s)
    return total(slope)


@njit
def turn_frame(a, start, n_runs, x_first, x_step, sign):
    """Leave the frame (sign 1), or enter it (sign -1)."""
    signs = splat(sign)
    for j in range(n_runs):
        for k in range(0, RUN, EIGHT):
            row = 2 * EIGHT * (ones((x_first + j * x_step + k) >> 3) & 3)
            _multiply(a, start + 2 * (RUN * j + k), load(FRAME, row), times(load(FRAME, row + EIGHT), signs))


@njit
def _multiply(a, i, c, s):
    """Eight amplitudes times c + is."""
    x = load(a, i)
    store(a, i, multiply_add(signed(twice(a, s, 0), 1), exchange(x, 1), times(twice(a, c, 0), x)))
    if width(a) == EIGHT:
        x = load(a, i + EIGHT)
        store(a, i + EIGHT, multiply_add(signed(twice(a, s, 1), 1), exchange(x, 1), times(twice(a, c, 1), x)))
