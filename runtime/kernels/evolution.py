"""Running a compiled program forwards, and backwards with derivatives.

A program is a list of instructions over one state vector. With the angle a, an instruction is one of

    ROTATION   exp(i a G),  G = [[0, -i], [i, 0]] on each pair (p, q):  p' = cos a p + sin a q,  q' = cos a q - sin a p
    HOP        exp(i a G),  G = [[0, 1], [1, 0]]  on each pair:         p' = cos a p + i sin a q, and the same for q
    TILTED     exp(i a G),  G = [[0, conj w], [w, 0]], |w| = 1, for any other phase w
    PHASE      exp(i a F),  F a diagonal: every amplitude turns by its own angle
    REFLECTION exp(i a |s><s|), s a real unit vector: two passes over the state
    MATRIX     a fixed 2x2 matrix on each pair

A pair is one memory access for each of its two states, so the work per instruction is proportional to the pairs it
couples, not to the size of the state. The real program has ROTATIONs alone and runs on real vectors.

Each loop is compiled twice, for one thread and for all; an instruction with fewer than `GRAIN` pairs runs on one,
because starting the others would take longer than the work. Only the entry points are cached on disk: Numba files a
function's code under its name, and would confuse the two compilations of one loop.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, in_turn
from runtime.kernels.compiled import compiled
from runtime.kernels.phases import RUN, turn_phases, turn_phases_back

ROTATION, HOP, TILTED, PHASE, MATRIX, REFLECTION = range(6)
GRAIN = 1 << 16
TURN = 2 * math.pi


def _rotate(state, first, second, start, stop, c, s):
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        x = state[p]
        y = state[q]
        state[p] = c * x + s * y
        state[q] = c * y - s * x


def _rotate_back(state, bra, first, second, start, stop, c, s):
    """Undo a rotation on both vectors; returns Re <bra| i G |state>."""
    slope = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        x = state[p]
        y = state[q]
        u = bra[p]
        v = bra[q]
        slope += (np.conj(u) * y).real - (np.conj(v) * x).real
        state[p] = c * x - s * y
        state[q] = c * y + s * x
        bra[p] = c * u - s * v
        bra[q] = c * v + s * u
    return slope


def _hop(state, first, second, start, stop, c, s):
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        x = state[p]
        y = state[q]
        state[p] = complex(c * x.real - s * y.imag, c * x.imag + s * y.real)
        state[q] = complex(c * y.real - s * x.imag, c * y.imag + s * x.real)


def _hop_back(state, bra, first, second, start, stop, c, s):
    slope = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        x = state[p]
        y = state[q]
        u = bra[p]
        v = bra[q]
        slope -= u.real * y.imag - u.imag * y.real + v.real * x.imag - v.imag * x.real
        state[p] = complex(c * x.real + s * y.imag, c * x.imag - s * y.real)
        state[q] = complex(c * y.real + s * x.imag, c * y.imag - s * x.real)
        bra[p] = complex(c * u.real + s * v.imag, c * u.imag - s * v.real)
        bra[q] = complex(c * v.real + s * u.imag, c * v.imag - s * u.real)
    return slope


def _matrix(state, first, second, start, stop, a, b, c, d):
    """[[a, b], [c, d]] on every pair."""
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        x = state[p]
        y = state[q]
        state[p] = a * x + b * y
        state[q] = c * x + d * y


def _tilted_slope(state, bra, first, second, start, stop, w):
    slope = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        slope -= (np.conj(bra[p]) * np.conj(w) * state[q]).imag + (np.conj(bra[q]) * w * state[p]).imag
    return slope


def _turn(state, diagonal, angle):
    floats = state.view(state.real.dtype)
    runs = state.size // RUN
    for chunk in prange(CHUNKS):
        low, high = chunk * runs // CHUNKS, (chunk + 1) * runs // CHUNKS
        first = RUN * low
        turn_phases(floats, 2 * first, high - low, first, RUN, diagonal.ctypes.data, 1.0, 0.0, angle / TURN)
    for k in range(RUN * runs, state.size):
        a = angle * diagonal[k]
        state[k] *= complex(math.cos(a), math.sin(a))


def _turn_back(state, bra, diagonal, angle):
    kets, bras = state.view(state.real.dtype), bra.view(bra.real.dtype)
    runs = state.size // RUN
    slopes = np.zeros(CHUNKS)
    for chunk in prange(CHUNKS):
        low, high = chunk * runs // CHUNKS, (chunk + 1) * runs // CHUNKS
        first = RUN * low
        if high > low:
            slopes[chunk] = turn_phases_back(
                kets, bras, 2 * first, high - low, first, RUN, diagonal.ctypes.data, 1.0, 0.0, -angle / TURN
            )
    slope = in_turn(slopes)
    for k in range(RUN * runs, state.size):
        a = angle * diagonal[k]
        back = complex(math.cos(a), -math.sin(a))
        x = state[k]
        u = bra[k]
        slope -= diagonal[k] * (u.real * x.imag - u.imag * x.real)
        state[k] = back * x
        bra[k] = back * u
    return slope


def _overlap(unit, state):
    total = 0.0j
    for k in prange(state.size):
        total += unit[k] * state[k]
    return total


def _add(state, unit, factor):
    for k in prange(state.size):
        state[k] += factor * unit[k]


_serial = njit(fastmath=True)
_parallel = njit(fastmath=True, parallel=True)
_rotate_1, _rotate_n = _serial(_rotate), _parallel(_rotate)
_rotate_back_1, _rotate_back_n = _serial(_rotate_back), _parallel(_rotate_back)
_hop_1, _hop_n = _serial(_hop), _parallel(_hop)
_hop_back_1, _hop_back_n = _serial(_hop_back), _parallel(_hop_back)
_matrix_1, _matrix_n = _serial(_matrix), _parallel(_matrix)
_tilted_slope_1, _tilted_slope_n = _serial(_tilted_slope), _parallel(_tilted_slope)
_turn_1, _turn_n = _serial(_turn), _parallel(_turn)
_turn_back_1, _turn_back_n = _serial(_turn_back), _parallel(_turn_back)
_overlap_1, _overlap_n = _serial(_overlap), _parallel(_overlap)
_add_1, _add_n = _serial(_add), _parallel(_add)


@_serial
def rotate(state, first, second, start, stop, c, s):
    if stop - start < GRAIN:
        return _rotate_1(state, first, second, start, stop, c, s)
    return _rotate_n(state, first, second, start, stop, c, s)


@_serial
def rotate_back(state, bra, first, second, start, stop, c, s):
    if stop - start < GRAIN:
        return _rotate_back_1(state, bra, first, second, start, stop, c, s)
    return _rotate_back_n(state, bra, first, second, start, stop, c, s)


@_serial
def hop(state, first, second, start, stop, c, s):
    if stop - start < GRAIN:
        return _hop_1(state, first, second, start, stop, c, s)
    return _hop_n(state, first, second, start, stop, c, s)


@_serial
def hop_back(state, bra, first, second, start, stop, c, s):
    if stop - start < GRAIN:
        return _hop_back_1(state, bra, first, second, start, stop, c, s)
    return _hop_back_n(state, bra, first, second, start, stop, c, s)


@_serial
def matrix(state, first, second, start, stop, a, b, c, d):
    if stop - start < GRAIN:
        return _matrix_1(state, first, second, start, stop, a, b, c, d)
    return _matrix_n(state, first, second, start, stop, a, b, c, d)


@_serial
def tilted_slope(state, bra, first, second, start, stop, w):
    if stop - start < GRAIN:
        return _tilted_slope_1(state, bra, first, second, start, stop, w)
    return _tilted_slope_n(state, bra, first, second, start, stop, w)


@_serial
def turn(state, diagonal, angle):
    if state.size < GRAIN:
        return _turn_1(state, diagonal, angle)
    return _turn_n(state, diagonal, angle)


@_serial
def turn_back(state, bra, diagonal, angle):
    if state.size < GRAIN:
        return _turn_back_1(state, bra, diagonal, angle)
    return _turn_back_n(state, bra, diagonal, angle)


@_serial
def overlap(unit, state):
    if state.size < GRAIN:
        return _overlap_1(unit, state)
    return _overlap_n(unit, state)


@_serial
def add(state, unit, factor):
    if state.size < GRAIN:
        return _add_1(state, unit, factor)
    return _add_n(state, unit, factor)


@compiled(fastmath=True)
def run_real(state, starts, stops, angles, first, second):
    for k in range(angles.size):
        rotate(state, first, second, starts[k], stops[k], math.cos(angles[k]), math.sin(angles[k]))


@compiled(fastmath=True)
def run_real_back(state, bra, starts, stops, angles, first, second, slopes):
    for k in range(angles.size - 1, -1, -1):
        slopes[k] = 2.0 * rotate_back(
            state, bra, first, second, starts[k], stops[k], math.cos(angles[k]), math.sin(angles[k])
        )


@compiled(fastmath=True)
def run(state, codes, starts, stops, angles, first, second, diagonals, entries):
    for k in range(angles.size):
        c = math.cos(angles[k])
        s = math.sin(angles[k])
        if codes[k] == ROTATION:
            rotate(state, first, second, starts[k], stops[k], c, s)
        elif codes[k] == HOP:
            hop(state, first, second, starts[k], stops[k], c, s)
        elif codes[k] == PHASE:
            turn(state, diagonals[starts[k]], angles[k])
        elif codes[k] == TILTED:
            w = entries[k, 0]
            matrix(state, first, second, starts[k], stops[k], c + 0j, 1j * s * np.conj(w), 1j * s * w, c + 0j)
        elif codes[k] == REFLECTION:
            unit = diagonals[starts[k]]
            add(state, unit, (complex(c, s) - 1.0) * overlap(unit, state))
        else:
            e = entries[k]
            matrix(state, first, second, starts[k], stops[k], e[0], e[1], e[2], e[3])


@compiled(fastmath=True)
def run_back(state, bra, codes, starts, stops, angles, slopes, first, second, diagonals, entries):
    for k in range(angles.size - 1, -1, -1):
        c = math.cos(angles[k])
        s = math.sin(angles[k])
        i, j = starts[k], stops[k]
        if codes[k] == ROTATION:
            slopes[k] = 2.0 * rotate_back(state, bra, first, second, i, j, c, s)
        elif codes[k] == HOP:
            slopes[k] = 2.0 * hop_back(state, bra, first, second, i, j, c, s)
        elif codes[k] == PHASE:
            slopes[k] = 2.0 * turn_back(state, bra, diagonals[i], angles[k])
        elif codes[k] == TILTED:
            w = entries[k, 0]
            slopes[k] = 2.0 * tilted_slope(state, bra, first, second, i, j, w)
            matrix(state, first, second, i, j, c + 0j, -1j * s * np.conj(w), -1j * s * w, c + 0j)
            matrix(bra, first, second, i, j, c + 0j, -1j * s * np.conj(w), -1j * s * w, c + 0j)
        elif codes[k] == REFLECTION:
            unit = diagonals[i]
            ket_part = overlap(unit, state)
            bra_part = overlap(unit, bra)
            slopes[k] = -2.0 * (np.conj(bra_part) * ket_part).imag
            add(state, unit, (complex(c, -s) - 1.0) * ket_part)
            add(bra, unit, (complex(c, -s) - 1.0) * bra_part)
        else:
            e = np.conj(entries[k])
            slopes[k] = 0.0
            matrix(state, first, second, i, j, e[0], e[2], e[1], e[3])
            matrix(bra, first, second, i, j, e[0], e[2], e[1], e[3])
