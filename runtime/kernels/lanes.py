"""Gates within one half of a block sector: eight rows or columns at a time, every step on whole registers.

A block is a matrix, rows for the strings of the left half, columns for those of the right. A gate on the left half
turns pairs of rows, one on the right half pairs of columns, and nothing but a sign tells the *lanes* apart: the columns
for a left gate, the rows for a right one. So a run of gates on the same half is one pass over the state: load eight
lanes, real and imaginary parts apart, turn all pairs of all gates in cache, store.

With G = [[0, conj w], [w, 0]] on a pair (p, q) and i conj w = A + iB, exp(i a G) is

    p' = cos a p + sin a (A + iB) q,    q' = cos a q + sin a (-A + iB) p

and a real program has A = 1, B = 0 throughout.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

LANES = 8
CHUNKS = 16  # work is dealt out in so many parts, whatever the number of threads: sums repeat bit for bit


class Side(NamedTuple):
    """One half's tables, and how the blocks look from it. G is the number of groups, that is of blocks."""

    start: np.ndarray  # shape: (G,); where each block begins in the state
    n_own: np.ndarray  # shape: (G,); strings of this half in each block
    n_other: np.ndarray  # shape: (G,); strings of the other half, the lanes
    own_step: np.ndarray  # shape: (G,); from a string of this half to the next
    other_step: np.ndarray  # shape: (G,)
    first_other: np.ndarray  # shape: (G + 1,); where the other half's strings of each group begin
    items: np.ndarray  # shape: (n_items, 2); block and first lane of each piece of work
    part: np.ndarray  # shape: (n_instructions,); the instruction's row of `offsets`
    other_sign: np.ndarray  # shape: (n_instructions,); the instruction's row of `lane_signs`
    offsets: np.ndarray  # shape: (n_parts, G + 1); where each block's pairs begin
    first: np.ndarray  # shape: (n_entries,); strings as numbered within their group
    second: np.ndarray  # shape: (n_entries,)
    signs: np.ndarray  # shape: (n_entries,), +1 or -1
    lane_signs: np.ndarray  # shape: (n_lane_signs, strings of the other half), +1 or -1


def _turn(x, first, second, signs, low, high, c, turn):
    for m in range(low, high):
        p = x[first[m]]
        q = x[second[m]]
        for w in range(LANES):
            u = signs[m] * turn[w]
            a = p[w]
            b = q[w]
            p[w] = c * a + u * b
            q[w] = c * b - u * a


def _turn_back(x, f, first, second, signs, low, high, c, turn, slope):
    """Undo on ket x and bra f, adding Re <f| i G |x> of each lane, up to its sign, to `slope`."""
    for m in range(low, high):
        p = x[first[m]]
        q = x[second[m]]
        r = f[first[m]]
        t = f[second[m]]
        sign = signs[m]
        for w in range(LANES):
            u = sign * turn[w]
            a = p[w]
            b = q[w]
            d = r[w]
            e = t[w]
            slope[w] += sign * (d * b - e * a)
            p[w] = c * a - u * b
            q[w] = c * b + u * a
            r[w] = c * d - u * e
            t[w] = c * e + u * d


def _turn_complex(x, y, first, second, signs, low, high, c, real, imag):
    """A vector with real parts x and imaginary parts y; `real` and `imag` are sin a (A + iB) in each lane."""
    for m in range(low, high):
        p = x[first[m]]
        q = x[second[m]]
        r = y[first[m]]
        t = y[second[m]]
        sign = signs[m]
        for w in range(LANES):
            u = sign * real[w]
            v = sign * imag[w]
            a = p[w]
            b = q[w]
            d = r[w]
            e = t[w]
            p[w] = c * a + u * b - v * e
            r[w] = c * d + u * e + v * b
            q[w] = c * b - u * a - v * d
            t[w] = c * e - u * d + v * a


def _slope_complex(x, y, f, g, first, second, signs, low, high, a, b, slope):
    """Add Re <f + ig| i G |x + iy> of each lane, up to its sign, to `slope`."""
    for m in range(low, high):
        p = first[m]
        q = second[m]
        sign = signs[m]
        for w in range(LANES):
            same = f[p, w] * x[q, w] + g[p, w] * y[q, w] - f[q, w] * x[p, w] - g[q, w] * y[p, w]
            cross = f[p, w] * y[q, w] - g[p, w] * x[q, w] + f[q, w] * y[p, w] - g[q, w] * x[p, w]
            slope[w] += sign * (a * same - b * cross)


_inner = njit(fastmath=True)
_turn, _turn_back = _inner(_turn), _inner(_turn_back)
_turn_complex, _slope_complex = _inner(_turn_complex), _inner(_slope_complex)


@_inner
def _load(state, start, own_step, other_step, n, lanes, x):
    for i in range(n):
        for w in range(lanes):
            x[i, w] = state[start + i * own_step + w * other_step]
        for w in range(lanes, LANES):
            x[i, w] = 0.0


@_inner
def _store(state, start, own_step, other_step, n, lanes, x):
    for i in range(n):
        for w in range(lanes):
            state[start + i * own_step + w * other_step] = x[i, w]


@_inner
def _load_complex(state, start, own_step, other_step, n, lanes, x, y):
    for i in range(n):
        for w in range(lanes):
            z = state[start + i * own_step + w * other_step]
            x[i, w] = z.real
            y[i, w] = z.imag
        for w in range(lanes, LANES):
            x[i, w] = 0.0
            y[i, w] = 0.0


@_inner
def _store_complex(state, start, own_step, other_step, n, lanes, x, y):
    for i in range(n):
        for w in range(lanes):
            state[start + i * own_step + w * other_step] = complex(x[i, w], y[i, w])


@_inner
def _spread(side, k, g, lane, lanes, factor, out):
    """The lanes' signs of instruction k times a factor."""
    row = side.lane_signs[side.other_sign[k]]
    begin = side.first_other[g] + lane
    for w in range(lanes):
        out[w] = factor * row[begin + w]
    for w in range(lanes, LANES):
        out[w] = 0.0


def _run(state, side, k0, k1, cosines, sines):
    for chunk in prange(CHUNKS):
        x = np.empty((side.n_own.max(), LANES))
        turn = np.empty(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            lanes = min(LANES, side.n_other[g] - lane)
            start = side.start[g] + lane * other
            _load(state, start, own, other, n, lanes, x)
            for k in range(k0, k1):
                low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                _spread(side, k, g, lane, lanes, sines[k], turn)
                _turn(x, side.first, side.second, side.signs, low, high, cosines[k], turn)
            _store(state, start, own, other, n, lanes, x)


def _run_back(state, bra, side, k0, k1, cosines, sines, slopes):
    parts = np.zeros((CHUNKS, k1 - k0))
    for chunk in prange(CHUNKS):
        x = np.empty((side.n_own.max(), LANES))
        f = np.empty((side.n_own.max(), LANES))
        turn = np.empty(LANES)
        unit = np.empty(LANES)
        slope = np.empty(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            lanes = min(LANES, side.n_other[g] - lane)
            start = side.start[g] + lane * other
            _load(state, start, own, other, n, lanes, x)
            _load(bra, start, own, other, n, lanes, f)
            for k in range(k1 - 1, k0 - 1, -1):
                low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                _spread(side, k, g, lane, lanes, 1.0, unit)
                for w in range(LANES):
                    turn[w] = sines[k] * unit[w]
                    slope[w] = 0.0
                _turn_back(x, f, side.first, side.second, side.signs, low, high, cosines[k], turn, slope)
                for w in range(LANES):
                    parts[chunk, k - k0] += unit[w] * slope[w]
            _store(state, start, own, other, n, lanes, x)
            _store(bra, start, own, other, n, lanes, f)
    for k in range(k0, k1):
        slopes[k] = 2.0 * parts[:, k - k0].sum()


def _run_complex(state, side, k0, k1, cosines, sines, phases):
    for chunk in prange(CHUNKS):
        x = np.empty((side.n_own.max(), LANES))
        y = np.empty((side.n_own.max(), LANES))
        real = np.empty(LANES)
        imag = np.empty(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            lanes = min(LANES, side.n_other[g] - lane)
            start = side.start[g] + lane * other
            _load_complex(state, start, own, other, n, lanes, x, y)
            for k in range(k0, k1):
                low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                _spread(side, k, g, lane, lanes, sines[k] * phases[k].real, real)
                _spread(side, k, g, lane, lanes, sines[k] * phases[k].imag, imag)
                _turn_complex(x, y, side.first, side.second, side.signs, low, high, cosines[k], real, imag)
            _store_complex(state, start, own, other, n, lanes, x, y)


def _run_complex_back(state, bra, side, k0, k1, cosines, sines, phases, slopes):
    parts = np.zeros((CHUNKS, k1 - k0))
    for chunk in prange(CHUNKS):
        largest = side.n_own.max()
        x = np.empty((largest, LANES))
        y = np.empty((largest, LANES))
        f = np.empty((largest, LANES))
        h = np.empty((largest, LANES))
        real = np.empty(LANES)
        imag = np.empty(LANES)
        unit = np.empty(LANES)
        slope = np.empty(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            lanes = min(LANES, side.n_other[g] - lane)
            start = side.start[g] + lane * other
            _load_complex(state, start, own, other, n, lanes, x, y)
            _load_complex(bra, start, own, other, n, lanes, f, h)
            for k in range(k1 - 1, k0 - 1, -1):
                low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                a, b = phases[k].real, phases[k].imag
                _spread(side, k, g, lane, lanes, 1.0, unit)
                for w in range(LANES):
                    real[w] = -sines[k] * a * unit[w]
                    imag[w] = -sines[k] * b * unit[w]
                    slope[w] = 0.0
                _slope_complex(x, y, f, h, side.first, side.second, side.signs, low, high, a, b, slope)
                _turn_complex(x, y, side.first, side.second, side.signs, low, high, cosines[k], real, imag)
                _turn_complex(f, h, side.first, side.second, side.signs, low, high, cosines[k], real, imag)
                for w in range(LANES):
                    parts[chunk, k - k0] += unit[w] * slope[w]
            _store_complex(state, start, own, other, n, lanes, x, y)
            _store_complex(bra, start, own, other, n, lanes, f, h)
    for k in range(k0, k1):
        slopes[k] = 2.0 * parts[:, k - k0].sum()


_threaded = njit(fastmath=True, parallel=True)
run = _threaded(_run)
run_back = _threaded(_run_back)
run_complex = _threaded(_run_complex)
run_complex_back = _threaded(_run_complex_back)
