"""Running a compiled program with derivatives carried along.

The instructions are those of `evolution`. With U = exp(i a G) and a turning at the rate r, a state x and its derivative
dx become

    x' = U x,    dx' = U dx + r i G x'

and backwards the derivative of the angle's slope 2 Re <u|i G|x> comes with it, for a bra u and its derivative du:
2 Re (<du|i G|x> + <u|i G|dx>). On a pair (y, z), i G is [[0, up], [-conj up, 0]] with |up| = 1, so that a gate is a
plane rotation of (y, up z): one loop over rotations serves the pairs of real states, and one that multiplies by up and
back those of complex ones.

Each loop is compiled twice, as in `evolution`, and for the same reason only the entry points are cached on disk.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN, HOP, MATRIX, PHASE, REFLECTION, ROTATION, TILTED, add, matrix, overlap
from runtime.kernels.phase_tangents import pull_phase, push_phase


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


@njit
def _framed(code, up, z):
    """The second amplitude times `up`: to these, every gate on pairs is a plane rotation."""
    if code == ROTATION:
        return z
    if code == HOP:
        return complex(-z.imag, z.real)
    return up * z


@njit
def _unframed(code, up, z):
    if code == ROTATION:
        return z
    if code == HOP:
        return complex(z.imag, -z.real)
    return np.conj(up) * z


def _push_pairs(x, dx, first, second, start, stop, code, up, c, s, rate):
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y, z = x[p], _framed(code, up, x[q])
        dy, dz = dx[p], _framed(code, up, dx[q])
        dy += rate * z
        dz -= rate * y
        x[p], x[q] = c * y + s * z, _unframed(code, up, c * z - s * y)
        dx[p], dx[q] = c * dy + s * dz, _unframed(code, up, c * dz - s * dy)


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


def _pull_pairs(x, dx, u, du, first, second, start, stop, code, up, c, s, rate):
    """The same for any gate on pairs of complex amplitudes."""
    slope = 0.0
    change = 0.0
    for k in prange(start, stop):
        p = first[k]
        q = second[k]
        y, z = x[p], _framed(code, up, x[q])
        dy, dz = dx[p], _framed(code, up, dx[q])
        v, w = u[p], _framed(code, up, u[q])
        dv, dw = du[p], _framed(code, up, du[q])
        slope += (np.conj(v) * z - np.conj(w) * y).real
        change += (np.conj(dv) * z - np.conj(dw) * y + np.conj(v) * dz - np.conj(w) * dy).real
        dy -= rate * z
        dz += rate * y
        dv -= rate * w
        dw += rate * v
        x[p], x[q] = c * y - s * z, _unframed(code, up, c * z + s * y)
        dx[p], dx[q] = c * dy - s * dz, _unframed(code, up, c * dz + s * dy)
        u[p], u[q] = c * v - s * w, _unframed(code, up, c * w + s * v)
        du[p], du[q] = c * dv - s * dw, _unframed(code, up, c * dw + s * dv)
    return slope, change


_serial = njit(fastmath=True)
_parallel = njit(fastmath=True, parallel=True)
_push_rotation_1, _push_rotation_n = _serial(_push_rotation), _parallel(_push_rotation)
_push_pairs_1, _push_pairs_n = _serial(_push_pairs), _parallel(_push_pairs)
_pull_rotation_1, _pull_rotation_n = _serial(_pull_rotation), _parallel(_pull_rotation)
_pull_pairs_1, _pull_pairs_n = _serial(_pull_pairs), _parallel(_pull_pairs)


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
        elif codes[k] == MATRIX:
            a, b, c, d = matrix_of(MATRIX, angle, entries[k])
            for vector in (x, dx):
                matrix(vector, first, second, i, j, a, b, c, d)
        else:
            gate = codes[k], generator_of(codes[k], entries[k])[0], math.cos(angle), math.sin(angle), rate
            if j - i < GRAIN:
                _push_pairs_1(x, dx, first, second, i, j, *gate)
            else:
                _push_pairs_n(x, dx, first, second, i, j, *gate)


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
        elif codes[k] == MATRIX:
            a, b, c, d = matrix_of(MATRIX, angle, np.conj(entries[k]))
            for vector in (x, dx, u, du):
                matrix(vector, first, second, i, j, a, c, b, d)
            slope, change = 0.0, 0.0
        else:
            gate = codes[k], generator_of(codes[k], entries[k])[0], math.cos(angle), math.sin(angle), rate
            if j - i < GRAIN:
                slope, change = _pull_pairs_1(x, dx, u, du, first, second, i, j, *gate)
            else:
                slope, change = _pull_pairs_n(x, dx, u, du, first, second, i, j, *gate)
        slopes[k] = 2.0 * slope
        changes[k] = 2.0 * change
