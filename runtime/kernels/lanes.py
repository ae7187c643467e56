"""Gates within one half of a block sector: eight rows or columns at a time, every step on whole registers.

A block is a matrix, rows for the strings of the left half, columns for those of the right. A gate on the left half
turns pairs of rows, one on the right half pairs of columns, and nothing but a sign tells the *lanes* apart: the columns
for a left gate, the rows for a right one. So a run of gates on the same half is one pass over the state: load eight
lanes, real and imaginary parts apart, turn all pairs of all gates in cache, store.

With G = [[0, conj w], [w, 0]] on a pair (p, q) and i conj w = A + iB, exp(i a G) is

    p' = cos a p + sin a (A + iB) q,    q' = cos a q + sin a (-A + iB) p

and a real program has A = 1, B = 0 throughout. Buffers hold doubles, whatever the precision of the state.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, in_turn
from runtime.kernels.registers import (
    by_i,
    load,
    load_eight,
    minus,
    multiply_add,
    splat,
    store,
    store_eight,
    times,
    total,
)
from runtime.kernels.unchecked import pick, put

LANES = 8


class Side(NamedTuple):
    """One half's tables, and how the blocks look from it. G is the number of groups, that is of blocks."""

    start: np.ndarray  # shape: (G,); where each block begins in the state
    n_own: np.ndarray  # shape: (G,); strings of this half in each block
    n_other: np.ndarray  # shape: (G,); strings of the other half, the lanes
    own_step: np.ndarray  # shape: (G,); from a string of this half to the next
    other_step: np.ndarray  # shape: (G,)
    first_other: np.ndarray  # shape: (G + 1,); where the other half's strings of each group begin
    items: np.ndarray  # shape: (n_items, 3); block, first lane and lanes of each piece of work
    room: int  # numbers that a piece of work brings to a buffer, at most
    part: np.ndarray  # shape: (n_instructions,); the instruction's row of `offsets`
    other_sign: np.ndarray  # shape: (n_instructions,); the instruction's row of `lane_signs`
    offsets: np.ndarray  # shape: (n_parts, G + 1); where each block's pairs begin
    first: np.ndarray  # shape: (n_entries,); strings as numbered within their group
    second: np.ndarray  # shape: (n_entries,)
    signs: np.ndarray  # shape: (n_entries,), +1 or -1
    lane_signs: np.ndarray  # shape: (n_lane_signs, strings of the other half), +1 or -1


_inner = njit(fastmath=True)


@_inner
def _turn(x, base, first, second, signs, low, high, c, turn):
    """Turn pairs of a real buffer; `c` and `turn` are registers, the second sin a with the lanes' signs."""
    for m in range(low, high):
        p, q = base + LANES * first[m], base + LANES * second[m]
        u = times(splat(signs[m]), turn)
        a, b = load(x, p), load(x, q)
        store(x, p, multiply_add(u, b, times(c, a)))
        store(x, q, minus(times(c, b), times(u, a)))


@_inner
def _turn_back(x, f, base, first, second, signs, low, high, c, turn):
    """Undo on ket x and bra f; returns Re <f| i G |x> of each lane, up to the lane's sign."""
    slope = splat(0.0)
    for m in range(low, high):
        p, q = base + LANES * first[m], base + LANES * second[m]
        sign = splat(signs[m])
        u = times(sign, turn)
        a, b = load(x, p), load(x, q)
        d, e = load(f, p), load(f, q)
        slope = multiply_add(sign, minus(times(d, b), times(e, a)), slope)
        store(x, p, minus(times(c, a), times(u, b)))
        store(x, q, multiply_add(u, a, times(c, b)))
        store(f, p, minus(times(c, d), times(u, e)))
        store(f, q, multiply_add(u, d, times(c, e)))
    return slope


@_inner
def _turn_complex(x, base, first, second, signs, low, high, c, real, imag):
    """The same for amplitudes as re, im, re, im, ...; `real` and `imag` hold sin a (A + iB) twice for each lane."""
    for m in range(low, high):
        sign = splat(signs[m])
        for half in range(0, 2 * LANES, LANES):
            p, q = base + 2 * LANES * first[m] + half, base + 2 * LANES * second[m] + half
            u, v = times(sign, load(real, half)), times(sign, load(imag, half))
            a, b = load(x, p), load(x, q)
            store(x, p, multiply_add(v, by_i(b), multiply_add(u, b, times(c, a))))
            store(x, q, multiply_add(v, by_i(a), minus(times(c, b), times(u, a))))


@_inner
def _turn_complex_back(x, f, base, first, second, signs, low, high, cosine, real, imag, unit):
    """Undo on ket and bra; returns the two sums that make the slope A same + B cross. `unit`: the lanes' signs."""
    same, cross, c = splat(0.0), splat(0.0), splat(cosine)
    for m in range(low, high):
        for half in range(0, 2 * LANES, LANES):
            p, q = base + 2 * LANES * first[m] + half, base + 2 * LANES * second[m] + half
            sign = times(splat(signs[m]), load(unit, half))
            u, v = times(splat(real), sign), times(splat(imag), sign)
            a, b, d, e = load(x, p), load(x, q), load(f, p), load(f, q)
            ia, ib = by_i(a), by_i(b)
            same = multiply_add(sign, minus(times(d, b), times(e, a)), same)
            cross = multiply_add(sign, multiply_add(d, ib, times(e, ia)), cross)
            store(x, p, minus(minus(times(c, a), times(u, b)), times(v, ib)))
            store(x, q, minus(multiply_add(u, a, times(c, b)), times(v, ia)))
            store(f, p, minus(minus(times(c, d), times(u, e)), times(v, by_i(e))))
            store(f, q, minus(multiply_add(u, d, times(c, e)), times(v, by_i(d))))
    return total(same), total(cross)


@_inner
def _load(state, start, own_step, other_step, n, lanes, x, floats):
    """Bring `lanes` numbers of `floats` floats for each of n strings to a buffer, eight lanes after eight lanes."""
    width = LANES * floats
    for lane in range(0, lanes, LANES):
        present = min(LANES, lanes - lane)
        for i in range(n):
            here = floats * (start + i * own_step + lane * other_step)
            there = (lane * n + i * LANES) * floats
            for w in range(present):
                for part in range(floats):
                    put(x, there + w * floats + part, pick(state, here + w * other_step * floats + part))
            for w in range(present * floats, width):
                put(x, there + w, 0.0)


@_inner
def _store(state, start, own_step, other_step, n, lanes, x, floats):
    """Bring the buffer back."""
    for lane in range(0, lanes, LANES):
        present = min(LANES, lanes - lane)
        for i in range(n):
            here = floats * (start + i * own_step + lane * other_step)
            there = (lane * n + i * LANES) * floats
            for w in range(present):
                for part in range(floats):
                    put(state, here + w * other_step * floats + part, pick(x, there + w * floats + part))


@_inner
def _load_runs(state, start, own_step, n, lanes, x, floats):
    """The same where lanes are neighbours in the state."""
    for i in range(n):
        here = floats * (start + i * own_step)
        for lane in range(0, lanes, LANES):
            there = (lane * n + i * LANES) * floats
            if lanes - lane >= LANES:
                for half in range(0, floats * LANES, LANES):
                    store(x, there + half, load_eight(state, here + lane * floats + half))
            else:
                for w in range(LANES * floats):
                    inside = w < (lanes - lane) * floats
                    put(x, there + w, pick(state, here + lane * floats + w) if inside else 0.0)


@_inner
def _store_runs(state, start, own_step, n, lanes, x, floats):
    for i in range(n):
        here = floats * (start + i * own_step)
        for lane in range(0, lanes, LANES):
            there = (lane * n + i * LANES) * floats
            if lanes - lane >= LANES:
                for half in range(0, floats * LANES, LANES):
                    store_eight(state, here + lane * floats + half, load(x, there + half))
            else:
                for w in range((lanes - lane) * floats):
                    put(state, here + lane * floats + w, pick(x, there + w))


@_inner
def bring(state, start, own_step, other_step, n, lanes, x, floats):
    if other_step == 1:
        _load_runs(state, start, own_step, n, lanes, x, floats)
    else:
        _load(state, start, own_step, other_step, n, lanes, x, floats)


@_inner
def give_back(state, start, own_step, other_step, n, lanes, x, floats):
    if other_step == 1:
        _store_runs(state, start, own_step, n, lanes, x, floats)
    else:
        _store(state, start, own_step, other_step, n, lanes, x, floats)


@_inner
def fill(side, k, g, lane, lanes, factor, out, floats):
    """The signs of up to eight lanes in an instruction times a factor, once for each float."""
    row = side.lane_signs[side.other_sign[k]]
    begin = side.first_other[g] + lane
    for w in range(min(LANES, lanes)):
        for part in range(floats):
            out[w * floats + part] = factor * row[begin + w]


@_inner
def floats_of(state):
    """The real and imaginary parts of complex numbers in turn."""
    return state.view(state.real.dtype)


def _run(state, side, k0, k1, cosines, sines):
    for chunk in prange(CHUNKS):
        x = np.empty(side.room)
        turn = np.zeros(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            bring(state, start, own, other, n, lanes, x, 1)
            for eight in range(0, lanes, LANES):
                for k in range(k0, k1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    fill(side, k, g, lane + eight, lanes - eight, sines[k], turn, 1)
                    c = splat(cosines[k])
                    _turn(x, eight * n, side.first, side.second, side.signs, low, high, c, load(turn, 0))
            give_back(state, start, own, other, n, lanes, x, 1)


def _run_back(state, bra, side, k0, k1, cosines, sines, slopes):
    parts = np.zeros((CHUNKS, k1 - k0))
    for chunk in prange(CHUNKS):
        x = np.empty(side.room)
        f = np.empty(side.room)
        unit = np.zeros(LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            bring(state, start, own, other, n, lanes, x, 1)
            bring(bra, start, own, other, n, lanes, f, 1)
            for eight in range(0, lanes, LANES):
                for k in range(k1 - 1, k0 - 1, -1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    fill(side, k, g, lane + eight, lanes - eight, 1.0, unit, 1)
                    c, turn = splat(cosines[k]), times(splat(sines[k]), load(unit, 0))
                    slope = _turn_back(x, f, eight * n, side.first, side.second, side.signs, low, high, c, turn)
                    parts[chunk, k - k0] += total(times(load(unit, 0), slope))
            give_back(state, start, own, other, n, lanes, x, 1)
            give_back(bra, start, own, other, n, lanes, f, 1)
    for k in range(k0, k1):
        slopes[k] = 2.0 * in_turn(parts[:, k - k0])


def _run_complex(state, side, k0, k1, cosines, sines, phases):
    floats = floats_of(state)
    for chunk in prange(CHUNKS):
        x = np.empty(2 * side.room)
        real = np.zeros(2 * LANES)
        imag = np.zeros(2 * LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            bring(floats, start, own, other, n, lanes, x, 2)
            for eight in range(0, lanes, LANES):
                for k in range(k0, k1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    fill(side, k, g, lane + eight, lanes - eight, sines[k] * phases[k].real, real, 2)
                    fill(side, k, g, lane + eight, lanes - eight, sines[k] * phases[k].imag, imag, 2)
                    c = splat(cosines[k])
                    _turn_complex(x, 2 * eight * n, side.first, side.second, side.signs, low, high, c, real, imag)
            give_back(floats, start, own, other, n, lanes, x, 2)


def _run_complex_back(state, bra, side, k0, k1, cosines, sines, phases, slopes):
    kets, bras = floats_of(state), floats_of(bra)
    parts = np.zeros((CHUNKS, k1 - k0))
    for chunk in prange(CHUNKS):
        x = np.empty(2 * side.room)
        f = np.empty(2 * side.room)
        unit = np.zeros(2 * LANES)
        for item in range(chunk, side.items.shape[0], CHUNKS):
            g, lane, lanes = side.items[item]
            n, own, other = side.n_own[g], side.own_step[g], side.other_step[g]
            start = side.start[g] + lane * other
            bring(kets, start, own, other, n, lanes, x, 2)
            bring(bras, start, own, other, n, lanes, f, 2)
            for eight in range(0, lanes, LANES):
                base = 2 * eight * n
                for k in range(k1 - 1, k0 - 1, -1):
                    low, high = side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]
                    a, b = phases[k].real, phases[k].imag
                    c, u, v = cosines[k], sines[k] * a, sines[k] * b
                    fill(side, k, g, lane + eight, lanes - eight, 1.0, unit, 2)
                    same, cross = _turn_complex_back(
                        x, f, base, side.first, side.second, side.signs, low, high, c, u, v, unit
                    )
                    parts[chunk, k - k0] += a * same + b * cross
            give_back(kets, start, own, other, n, lanes, x, 2)
            give_back(bras, start, own, other, n, lanes, f, 2)
    for k in range(k0, k1):
        slopes[k] = 2.0 * in_turn(parts[:, k - k0])


_threaded = njit(fastmath=True, parallel=True)
run = _threaded(_run)
run_back = _threaded(_run_back)
run_complex = _threaded(_run_complex)
run_complex_back = _threaded(_run_complex_back)
