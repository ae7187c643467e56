"""Running a compiled program with derivatives carried along.

The instructions are those of `evolution`. With U = exp(i a G) and a turning at the rate r, a state x and its derivative
dx become

    x' = U x,    dx' = U dx + r i G x'

and backwards the derivative of the angle's slope 2 Re <u|i G|x> comes with it, for a bra u and its derivative du:
2 Re (<du|i G|x> + <u|i G|dx>). On a pair, i G is [[0, up], [down, 0]], and a fixed matrix has none; so one loop over
general 2x2 matrices serves all pairs of complex states, and one over plane rotations the pairs of real ones.

Each loop is compiled twice, as in `evolution`, and for the same reason only the entry points are cached on disk.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN, HOP, MATRIX, PHASE, REFLECTION, ROTATION, TILTED, add, overlap


@compiled()
def generator_of(code, entries):
    """The elements (up, down) of i G on a pair."""
    if code == ROTATION:
        return 1.0 + 0j, -1.0 + 0j
    if code == HOP:
        return 1j, 1j
    if code == TILTED:
        return 1j * np.conj(entries[0]), 1j * entries[0]
    return 0j, 0j


@compiled()
def matrix_of(code, angle, entries):
    """The 2x2 matrix of an instruction on a pair, row by row."""
    if code == MATRIX:
        return entries[0], entries[1], entries[2], entries[3]
    up, down = generator_of(code, entries)
    c, s = math.cos(angle), math.sin(angle)
    return c + 0j, s * up, s * down, c + 0j


def _push_rotation(x, dx, first, second, start, stop, c, s, rate):
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y = c * x[p] + s * x[q]
        z = c * x[q] - s * x[p]
        dy = c * dx[p] + s * dx[q] + rate * z
        dz = c * dx[q] - s * dx[p] - rate * y
        x[p] = y
        x[q] = z
        dx[p] = dy
        dx[q] = dz


def _push_pairs(x, dx, first, second, start, stop, a, b, c, d, up, down):
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y = a * x[p] + b * x[q]
        z = c * x[p] + d * x[q]
        dy = a * dx[p] + b * dx[q] + up * z
        dz = c * dx[p] + d * dx[q] + down * y
        x[p] = y
        x[q] = z
        dx[p] = dy
        dx[q] = dz


def _push_phase(x, dx, diagonal, angle, rate):
    for k in prange(x.size):
        a = angle * diagonal[k]
        turn = complex(math.cos(a), math.sin(a))
        y = turn * x[k]
        dx[k] = turn * dx[k] + complex(0.0, rate * diagonal[k]) * y
        x[k] = y


def _pull_rotation(x, dx, u, du, first, second, start, stop, c, s, rate):
    """Undo a rotation on all four; returns Re <u|i G|x> and its derivative."""
    slope = 0.0
    change = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y, z = x[p], x[q]
        dy, dz = dx[p], dx[q]
        v, w = u[p], u[q]
        dv, dw = du[p], du[q]
        slope += v * z - w * y
        change += dv * z - dw * y + v * dz - w * dy
        dy -= rate * z
        dz += rate * y
        dv -= rate * w
        dw += rate * v
        x[p], x[q] = c * y - s * z, c * z + s * y
        dx[p], dx[q] = c * dy - s * dz, c * dz + s * dy
        u[p], u[q] = c * v - s * w, c * w + s * v
        du[p], du[q] = c * dv - s * dw, c * dw + s * dv
    return slope, change


def _pull_pairs(x, dx, u, du, first, second, start, stop, a, b, c, d, up, down, rate):
    """The same for any instruction on pairs; a, b, c, d are the matrix that undoes it."""
    slope = 0.0
    change = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y, z = x[p], x[q]
        dy, dz = dx[p], dx[q]
        v, w = u[p], u[q]
        dv, dw = du[p], du[q]
        slope += (np.conj(v) * up * z + np.conj(w) * down * y).real
        change += (up * (np.conj(dv) * z + np.conj(v) * dz) + down * (np.conj(dw) * y + np.conj(w) * dy)).real
        dy -= rate * up * z
        dz -= rate * down * y
        dv -= rate * up * w
        dw -= rate * down * v
        x[p], x[q] = a * y + b * z, c * y + d * z
        dx[p], dx[q] = a * dy + b * dz, c * dy + d * dz
        u[p], u[q] = a * v + b * w, c * v + d * w
        du[p], du[q] = a * dv + b * dw, c * dv + d * dw
    return slope, change


def _pull_phase(x, dx, u, du, diagonal, angle, rate):
    slope = 0.0
    change = 0.0
    for k in prange(x.size):
        f = diagonal[k]
        back = complex(math.cos(angle * f), -math.sin(angle * f))
        slope -= f * (np.conj(u[k]) * x[k]).imag
        change -= f * (np.conj(du[k]) * x[k] + np.conj(u[k]) * dx[k]).imag
        dx[k] = back * (dx[k] - complex(0.0, rate * f) * x[k])
        du[k] = back * (du[k] - complex(0.0, rate * f) * u[k])
        x[k] = back * x[k]
        u[k] = back * u[k]
    return slope, change


_serial = njit(fastmath=True)
_parallel = njit(fastmath=True, parallel=True)
_push_rotation_1, _push_rotation_n = _serial(_push_rotation), _parallel(_push_rotation)
_push_pairs_1, _push_pairs_n = _serial(_push_pairs), _parallel(_push_pairs)
_push_phase_1, _push_phase_n = _serial(_push_phase), _parallel(_push_phase)
_pull_rotation_1, _pull_rotation_n = _serial(_pull_rotation), _parallel(_pull_rotation)
_pull_pairs_1, _pull_pairs_n = _serial(_pull_pairs), _parallel(_pull_pairs)
_pull_phase_1, _pull_phase_n = _serial(_pull_phase), _parallel(_pull_phase)


@compiled(fastmath=True)
def push_phase(x, dx, diagonal, angle, rate):
    """Apply one diagonal phase to a complex state and its derivative."""
    if x.size < GRAIN:
        _push_phase_1(x, dx, diagonal, angle, rate)
    else:
        _push_phase_n(x, dx, diagonal, angle, rate)


@compiled(fastmath=True)
def pull_phase(x, dx, u, du, diagonal, angle, rate):
    """Undo one on a complex state, a bra and their derivatives; returns Re <u|i G|x> and its derivative."""
    if x.size < GRAIN:
        return _pull_phase_1(x, dx, u, du, diagonal, angle, rate)
    return _pull_phase_n(x, dx, u, du, diagonal, angle, rate)


@compiled(fastmath=True)
def push_real(x, dx, starts, stops, angles, rates, first, second):
    """Apply rotations to a real state and its derivative."""
    for k in range(angles.size):
        i, j, c, s = starts[k], stops[k], math.cos(angles[k]), math.sin(angles[k])
        if j - i < GRAIN:
            _push_rotation_1(x, dx, first, second, i, j, c, s, rates[k])
        else:
            _push_rotation_n(x, dx, first, second, i, j, c, s, rates[k])


@compiled(fastmath=True)
def pull_real(x, dx, u, du, starts, stops, angles, rates, slopes, changes, first, second):
    """Undo rotations on a real state, a bra and their derivatives."""
    for k in range(angles.size - 1, -1, -1):
        i, j, c, s = starts[k], stops[k], math.cos(angles[k]), math.sin(angles[k])
        if j - i < GRAIN:
            slope, change = _pull_rotation_1(x, dx, u, du, first, second, i, j, c, s, rates[k])
        else:
            slope, change = _pull_rotation_n(x, dx, u, du, first, second, i, j, c, s, rates[k])
        slopes[k] = 2.0 * slope
        changes[k] = 2.0 * change


@compiled(fastmath=True)
def push(x, dx, codes, starts, stops, angles, rates, first, second, diagonals, entries):
    """Apply all instructions to a complex state and its derivative."""
    for k in range(angles.size):
        i, j, angle, rate = starts[k], stops[k], angles[k], rates[k]
        if codes[k] == PHASE:
            push_phase(x, dx, diagonals[i], angle, rate)
        elif codes[k] == REFLECTION:
            unit = diagonals[i]
            turn = complex(math.cos(angle), math.sin(angle))
            part, moved = overlap(unit, x), overlap(unit, dx)
            add(x, unit, (turn - 1.0) * part)
            add(dx, unit, (turn - 1.0) * moved + 1j * rate * turn * part)
        else:
            a, b, c, d = matrix_of(codes[k], angle, entries[k])
            up, down = generator_of(codes[k], entries[k])
            if j - i < GRAIN:
                _push_pairs_1(x, dx, first, second, i, j, a, b, c, d, rate * up, rate * down)
            else:
                _push_pairs_n(x, dx, first, second, i, j, a, b, c, d, rate * up, rate * down)


@compiled(fastmath=True)
def pull(x, dx, u, du, codes, starts, stops, angles, rates, slopes, changes, first, second, diagonals, entries):
    """Undo all instructions on a complex state, a bra and their derivatives."""
    for k in range(angles.size - 1, -1, -1):
        i, j, angle, rate = starts[k], stops[k], angles[k], rates[k]
        if codes[k] == PHASE:
            slope, change = pull_phase(x, dx, u, du, diagonals[i], angle, rate)
        elif codes[k] == REFLECTION:
            unit = diagonals[i]
            back = complex(math.cos(angle), -math.sin(angle)) - 1.0
            ket, ket_moved = overlap(unit, x), overlap(unit, dx)
            bra, bra_moved = overlap(unit, u), overlap(unit, du)
            slope = -(np.conj(bra) * ket).imag
            change = -(np.conj(bra_moved) * ket + np.conj(bra) * ket_moved).imag
            add(x, unit, back * ket)
            add(u, unit, back * bra)
            add(dx, unit, back * ket_moved - 1j * rate * (back + 1.0) * ket)
            add(du, unit, back * bra_moved - 1j * rate * (back + 1.0) * bra)
        else:
            a, b, c, d = matrix_of(codes[k], angle, entries[k])
            a, b, c, d = np.conj(a), np.conj(c), np.conj(b), np.conj(d)
            up, down = generator_of(codes[k], entries[k])
            if j - i < GRAIN:
                slope, change = _pull_pairs_1(x, dx, u, du, first, second, i, j, a, b, c, d, up, down, rate)
            else:
                slope, change = _pull_pairs_n(x, dx, u, du, first, second, i, j, a, b, c, d, up, down, rate)
        slopes[k] = 2.0 * slope
        changes[k] = 2.0 * change
