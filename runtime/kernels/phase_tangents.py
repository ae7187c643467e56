"""The phases of `phases` on a state and its derivative, and on those of a bra: eight amplitudes at a time.

With f the value of the diagonal, a phase turns x by exp(i a f) and its derivative dx, for an angle that moves at the
rate r, to exp(i a f) (dx + i r f x). The cosine and the sine of an amplitude serve all its vectors. Undone, the slope
Re <u|i F|x> and its derivative Re (<du|i F|x> + <u|i F|dx>) are summed on the way; both stay the same while the phase
turns, so they may be taken before or after the derivatives have lost their i r f x and i r f u.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, bounds, in_turn
from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN, TURN
from runtime.kernels.phases import EIGHT, RUN
from runtime.kernels.registers import (
    by_i,
    load,
    load_doubles,
    minus,
    multiply_add,
    splat,
    store,
    times,
    total,
    twice,
    width,
)
from runtime.kernels.sincos import cosine_and_sine


@njit
def push_phases(a, da, start, n_runs, x_first, x_step, address, scale, offset, turns, rate):
    """Multiply by exp(i a F), a being 2 pi turns and moving at a rate."""
    scales, offsets, angles, rates = splat(scale), splat(offset), splat(turns), splat(rate)
    for j in range(n_runs):
        for k in range(0, RUN, EIGHT):
            values = multiply_add(load_doubles(address, x_first + j * x_step + k), scales, offsets)
            c, s = cosine_and_sine(times(values, angles))
            r = times(values, rates)
            i = start + 2 * (RUN * j + k)
            _push(a, da, i, twice(a, c, 0), twice(a, s, 0), twice(a, r, 0))
            if width(a) == EIGHT:
                _push(a, da, i + EIGHT, twice(a, c, 1), twice(a, s, 1), twice(a, r, 1))


@njit
def pull_phases(a, da, b, db, start, n_runs, x_first, x_step, address, scale, offset, turns, rate):
    """The same on ket and bra, with the opposite angle and rate; returns the slope and its derivative."""
    scales, offsets, angles, rates = splat(scale), splat(offset), splat(turns), splat(rate)
    slope = load(a, start)
    slope = change = minus(slope, slope)
    for j in range(n_runs):
        for k in range(0, RUN, EIGHT):
            values = multiply_add(load_doubles(address, x_first + j * x_step + k), scales, offsets)
            c, s = cosine_and_sine(times(values, angles))
            r = times(values, rates)
            i = start + 2 * (RUN * j + k)
            slope, change = _sums(a, da, b, db, i, twice(a, values, 0), slope, change)
            _push(a, da, i, twice(a, c, 0), twice(a, s, 0), twice(a, r, 0))
            _push(b, db, i, twice(a, c, 0), twice(a, s, 0), twice(a, r, 0))
            if width(a) == EIGHT:
                i += EIGHT
                slope, change = _sums(a, da, b, db, i, twice(a, values, 1), slope, change)
                _push(a, da, i, twice(a, c, 1), twice(a, s, 1), twice(a, r, 1))
                _push(b, db, i, twice(a, c, 1), twice(a, s, 1), twice(a, r, 1))
    return total(slope), total(change)


@njit
def _push(a, da, i, c, s, r):
    x = load(a, i)
    ix = by_i(x)
    dx = multiply_add(r, ix, load(da, i))
    store(a, i, multiply_add(s, ix, times(c, x)))
    store(da, i, multiply_add(s, by_i(dx), times(c, dx)))


@njit
def _sums(a, da, b, db, i, values, slope, change):
    image = times(values, by_i(load(a, i)))
    moved = times(values, by_i(load(da, i)))
    u = load(b, i)
    return multiply_add(u, image, slope), multiply_add(u, moved, multiply_add(load(db, i), image, change))


def _push_all(x, dx, diagonal, angle, rate):
    floats, changes = x.view(x.real.dtype), dx.view(dx.real.dtype)
    runs = x.size // RUN
    for chunk in prange(CHUNKS):
        low, high = bounds(chunk, runs)
        first, address = RUN * low, diagonal.ctypes.data
        push_phases(floats, changes, 2 * first, high - low, first, RUN, address, 1.0, 0.0, angle / TURN, rate)
    for k in range(RUN * runs, x.size):
        f = diagonal[k]
        turn = complex(math.cos(angle * f), math.sin(angle * f))
        dx[k] = turn * (dx[k] + complex(0.0, rate * f) * x[k])
        x[k] *= turn


def _pull_all(x, dx, u, du, diagonal, angle, rate):
    kets, ket_changes = x.view(x.real.dtype), dx.view(x.real.dtype)
    bras, bra_changes = u.view(x.real.dtype), du.view(x.real.dtype)
    runs = x.size // RUN
    slopes, changes = np.zeros(CHUNKS), np.zeros(CHUNKS)
    for chunk in prange(CHUNKS):
        low, high = bounds(chunk, runs)
        first, address = RUN * low, diagonal.ctypes.data
        if high > low:
            slopes[chunk], changes[chunk] = pull_phases(
                kets,
                ket_changes,
                bras,
                bra_changes,
                2 * first,
                high - low,
                first,
                RUN,
                address,
                1.0,
                0.0,
                -angle / TURN,
                -rate,
            )
    slope, change = in_turn(slopes), in_turn(changes)
    for k in range(RUN * runs, x.size):
        f = diagonal[k]
        back = complex(math.cos(angle * f), -math.sin(angle * f))
        slope -= f * (np.conj(u[k]) * x[k]).imag
        change -= f * (np.conj(du[k]) * x[k] + np.conj(u[k]) * dx[k]).imag
        dx[k] = back * (dx[k] - complex(0.0, rate * f) * x[k])
        du[k] = back * (du[k] - complex(0.0, rate * f) * u[k])
        x[k] *= back
        u[k] *= back
    return slope, change


_push_1, _push_n = njit(fastmath=True)(_push_all), njit(fastmath=True, parallel=True)(_push_all)
_pull_1, _pull_n = njit(fastmath=True)(_pull_all), njit(fastmath=True, parallel=True)(_pull_all)


@compiled()
def push_phase(x, dx, diagonal, angle, rate):
    """Apply exp(i angle F) to a whole complex state and its derivative."""
    if x.size < GRAIN:
        _push_1(x, dx, diagonal, angle, rate)
    else:
        _push_n(x, dx, diagonal, angle, rate)


@compiled()
def pull_phase(x, dx, u, du, diagonal, angle, rate):
    """Undo it on a state, a bra and their derivatives; returns Re <u|i F|x> and its derivative."""
    if x.size < GRAIN:
        return _pull_1(x, dx, u, du, diagonal, angle, rate)
    return _pull_n(x, dx, u, du, diagonal, angle, rate)
