"""The gates of `lanes` on a state and its derivative, and undone on those of a bra as well.

One source serves real and complex states: what tells them apart is the type of a gate's phase i conj w = A + iB, a
real number or a complex one. On a pair (y, z), a gate is a plane rotation of y against (A + iB) z: i G takes these two
to the second and minus the first, times the sign of pair and lane. For an angle a that moves at the rate r, the
rotation U takes x to U x and dx to U (dx + r i G x). Undone, the slope Re <u|i G|x> and its derivative
Re (<du|i G|x> + <u|i G|dx>) are summed on the way.
"""

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, in_turn
from runtime.kernels.lanes import LANES, bring, fill, floats_of, give_back
from runtime.kernels.registers import exchange, load, minus, multiply_add, parts, signed, splat, store, times, total

PAGE = 512  # doubles

_inner = njit(fastmath=True)
_threaded = njit(fastmath=True, parallel=True)


@_inner
def _framed(z, phase):
    """(A + iB) z."""
    if parts(phase) == 1:
        return z
    return multiply_add(signed(splat(phase.imag), 1), exchange(z, 1), times(splat(phase.real), z))


@_inner
def _unframed(z, phase):
    if parts(phase) == 1:
        return z
    return multiply_add(signed(splat(-phase.imag), 1), exchange(z, 1), times(splat(phase.real), z))


@_inner
def _store_moved(x, dx, p, q, y, z, dy, dz, phase, c, s, r):
    """Turn a pair, store it and its derivative."""
    dy, dz = multiply_add(r, z, dy), minus(dz, times(r, y))
    store(x, p, multiply_add(s, z, times(c, y)))
    store(x, q, _unframed(minus(times(c, z), times(s, y)), phase))
    store(dx, p, multiply_add(s, dz, times(c, dy)))
    store(dx, q, _unframed(minus(times(c, dz), times(s, dy)), phase))


@_inner
def _push_pairs(x, dx, base, side, low, high, phase, cosine, sine, rate, unit):
    """Turn the pairs of a buffer; `unit` holds the signs of the lanes."""
    c, step = splat(cosine), LANES * parts(phase)
    for m in range(low, high):
        for half in range(0, step, LANES):
            p, q = base + step * side.first[m] + half, base + step * side.second[m] + half
            sign = times(splat(side.signs[m]), load(unit, half))
            s, r = times(splat(sine), sign), times(splat(rate), sign)
            y, z, dy, dz = load(x, p), _framed(load(x, q), phase), load(dx, p), _framed(load(dx, q), phase)
            _store_moved(x, dx, p, q, y, z, dy, dz, phase, c, s, r)


@_inner
def _pull_pairs(x, dx, f, df, base, side, low, high, phase, cosine, sine, rate, unit):
    """The same on ket x and bra f, with the opposite sine and rate; returns the slope and its derivative."""
    c, step = splat(cosine), LANES * parts(phase)
    slope = change = splat(0.0)
    for m in range(low, high):
        for half in range(0, step, LANES):
            p, q = base + step * side.first[m] + half, base + step * side.second[m] + half
            sign = times(splat(side.signs[m]), load(unit, half))
            s, r = times(splat(sine), sign), times(splat(rate), sign)
            y, z, dy, dz = load(x, p), _framed(load(x, q), phase), load(dx, p), _framed(load(dx, q), phase)
            v, w, dv, dw = load(f, p), _framed(load(f, q), phase), load(df, p), _framed(load(df, q), phase)
            slope = multiply_add(sign, minus(times(v, z), times(w, y)), slope)
            moving = minus(multiply_add(v, dz, times(dv, z)), multiply_add(w, dy, times(dw, y)))
            change = multiply_add(sign, moving, change)
            _store_moved(x, dx, p, q, y, z, dy, dz, phase, c, s, r)
            _store_moved(f, df, p, q, v, w, dv, dw, phase, c, s, r)
    return total(slope), total(change)


@_inner
def _buffers(count, size):
    """Up to four buffers, each a quarter of a page further into one: else what is stored to one delays the others."""
    step = (size + PAGE - 1) // PAGE * PAGE + PAGE // 4
    whole = np.empty(count * step)
    return whole[:size], whole[step:][:size], whole[2 * step :][:size], whole[3 * step :][:size]


@_inner
def _bring(state, start, own_step, other_step, n, lanes, x, phase):
    """As `bring`, which is compiled for each literal number of floats."""
    if parts(phase) == 1:
        bring(state, start, own_step, other_step, n, lanes, x, 1)
    else:
        bring(state, start, own_step, other_step, n, lanes, x, 2)


@_inner
def _give_back(state, start, own_step, other_step, n, lanes, x, phase):
    if parts(phase) == 1:
        give_back(state, start, own_step, other_step, n, lanes, x, 1)
    else:
        give_back(state, start, own_step, other_step, n, lanes, x, 2)


@_inner
def _fill(side, k, g, lane, lanes, unit, phase):
    if parts(phase) == 1:
        fill(side, k, g, lane, lanes, 1.0, unit, 1)
    else:
        fill(side, k, g, lane, lanes, 1.0, unit, 2)


@_threaded
def push_lanes(state, tangent, side, k0, k1, cosines, sines, rates, phases):
    """Gates k0 to k1 - 1 of one half."""
    kets, moves = floats_of(state), floats_of(tangent)
    for chunk in prange(CHUNKS):
        x, dx, _, _ = _buffers(2, parts(phases[0]) * side.room)
        unit = np.zeros(2 * LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            _bring(kets, start, own, other, n, lanes, x, phases[0])
            _bring(moves, start, own, other, n, lanes, dx, phases[0])
            for eight in range(0, lanes, LANES):
                base = parts(phases[0]) * eight * n
                for k in range(k0, k1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    _fill(side, k, g, lane + eight, lanes - eight, unit, phases[k])
                    numbers = phases[k], cosines[k], sines[k], rates[k]
                    _push_pairs(x, dx, base, side, low, high, *numbers, unit)
            _give_back(kets, start, own, other, n, lanes, x, phases[0])
            _give_back(moves, start, own, other, n, lanes, dx, phases[0])


@_threaded
def pull_lanes(state, tangent, bra, bra_tangent, side, k0, k1, cosines, sines, rates, phases, slopes, changes):
    """Undo them on all four, with the opposite sines and rates; writes slopes and their derivatives."""
    kets, moves, bras, bra_moves = floats_of(state), floats_of(tangent), floats_of(bra), floats_of(bra_tangent)
    sums = np.zeros((2, CHUNKS, k1 - k0))
    for chunk in prange(CHUNKS):
        x, dx, f, df = _buffers(4, parts(phases[0]) * side.room)
        unit = np.zeros(2 * LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            _bring(kets, start, own, other, n, lanes, x, phases[0])
            _bring(moves, start, own, other, n, lanes, dx, phases[0])
            _bring(bras, start, own, other, n, lanes, f, phases[0])
            _bring(bra_moves, start, own, other, n, lanes, df, phases[0])
            for eight in range(0, lanes, LANES):
                base = parts(phases[0]) * eight * n
                for k in range(k1 - 1, k0 - 1, -1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    _fill(side, k, g, lane + eight, lanes - eight, unit, phases[k])
                    numbers = phases[k], cosines[k], sines[k], rates[k]
                    slope, change = _pull_pairs(x, dx, f, df, base, side, low, high, *numbers, unit)
                    sums[0, chunk, k - k0] += slope
                    sums[1, chunk, k - k0] += change
            _give_back(kets, start, own, other, n, lanes, x, phases[0])
            _give_back(moves, start, own, other, n, lanes, dx, phases[0])
            _give_back(bras, start, own, other, n, lanes, f, phases[0])
            _give_back(bra_moves, start, own, other, n, lanes, df, phases[0])
    for k in range(k0, k1):
        slopes[k] = 2.0 * in_turn(sums[0, :, k - k0])
        changes[k] = 2.0 * in_turn(sums[1, :, k - k0])
