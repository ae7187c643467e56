"""Running a program on a block sector with derivatives carried along: `tangents` for the tables of `blocks`.

One gate at a time, over the same pieces of work as `lanes` and `crossings`. With i conj w = A + iB of a gate and the
sign of a pair, i G is [[0, up], [-conj up, 0]] with up = sign (A + iB); a real program has up = sign.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.blocks import LEFT, RIGHT
from runtime.kernels.compiled import compiled
from runtime.kernels.crossings import CHUNKS

_inner = njit(fastmath=True)
_threaded = njit(fastmath=True, parallel=True)


@_inner
def _push_pair(x, dx, p, q, c, s, rate, up):
    down = -np.conj(up)
    y = c * x[p] + s * up * x[q]
    z = c * x[q] + s * down * x[p]
    dy = c * dx[p] + s * up * dx[q] + rate * up * z
    dz = c * dx[q] + s * down * dx[p] + rate * down * y
    x[p], x[q], dx[p], dx[q] = y, z, dy, dz


@_inner
def _pull_pair(x, dx, u, du, p, q, c, s, rate, up):
    """Undo a gate on a pair of all four vectors; returns Re <u|i G|x> and its derivative."""
    down = -np.conj(up)
    y, z, dy, dz = x[p], x[q], dx[p], dx[q]
    v, w, dv, dw = u[p], u[q], du[p], du[q]
    slope = (np.conj(v) * up * z + np.conj(w) * down * y).real
    change = (up * (np.conj(dv) * z + np.conj(v) * dz) + down * (np.conj(dw) * y + np.conj(w) * dy)).real
    dy -= rate * up * z
    dz -= rate * down * y
    dv -= rate * up * w
    dw -= rate * down * v
    x[p], x[q] = c * y - s * up * z, c * z - s * down * y
    dx[p], dx[q] = c * dy - s * up * dz, c * dz - s * down * dy
    u[p], u[q] = c * v - s * up * w, c * w - s * down * v
    du[p], du[q] = c * dv - s * up * dw, c * dw - s * down * dv
    return slope, change


@_inner
def _push_side_chunk(chunk, x, dx, side, k, c, s, rate, phase):
    for item in range(chunk, side.items.shape[0], CHUNKS):
        g, lane, lanes = side.items[item]
        own, other = side.own_step[g], side.other_step[g]
        start = side.start[g] + lane * other
        row, first_sign = side.other_sign[k], side.first_other[g] + lane
        for m in range(side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]):
            p, q = start + side.first[m] * own, start + side.second[m] * own
            for w in range(lanes):
                up = side.signs[m] * side.lane_signs[row, first_sign + w] * phase
                _push_pair(x, dx, p + w * other, q + w * other, c, s, rate, up)


@_threaded
def _push_side(x, dx, side, k, c, s, rate, phase):
    for chunk in prange(CHUNKS):
        _push_side_chunk(np.int64(chunk), x, dx, side, k, c, s, rate, phase)


@_inner
def _pull_side_chunk(chunk, x, dx, u, du, side, k, c, s, rate, phase, parts):
    total_slope, total_change = 0.0, 0.0
    for item in range(chunk, side.items.shape[0], CHUNKS):
        g, lane, lanes = side.items[item]
        own, other = side.own_step[g], side.other_step[g]
        start = side.start[g] + lane * other
        row, first_sign = side.other_sign[k], side.first_other[g] + lane
        for m in range(side.offsets[side.part[k], g], side.offsets[side.part[k], g + 1]):
            p, q = start + side.first[m] * own, start + side.second[m] * own
            for w in range(lanes):
                up = side.signs[m] * side.lane_signs[row, first_sign + w] * phase
                slope, change = _pull_pair(x, dx, u, du, p + w * other, q + w * other, c, s, rate, up)
                total_slope += slope
                total_change += change
    parts[chunk, 0] = total_slope
    parts[chunk, 1] = total_change


@_threaded
def _pull_side(x, dx, u, du, side, k, c, s, rate, phase, parts):
    for chunk in prange(CHUNKS):
        _pull_side_chunk(np.int64(chunk), x, dx, u, du, side, k, c, s, rate, phase, parts)


@_inner
def _push_cross_chunk(chunk, x, dx, rows, columns, k, c, s, rate, phase):
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    for e in range(low + chunk, high, CHUNKS):
        for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
            up = rows.signs[e] * columns.signs[m] * phase
            p, q = rows.first[e] + columns.first[m], rows.second[e] + columns.second[m]
            _push_pair(x, dx, p, q, c, s, rate, up)


@_threaded
def _push_cross(x, dx, rows, columns, k, c, s, rate, phase):
    for chunk in prange(CHUNKS):
        _push_cross_chunk(np.int64(chunk), x, dx, rows, columns, k, c, s, rate, phase)


@_inner
def _pull_cross_chunk(chunk, x, dx, u, du, rows, columns, k, c, s, rate, phase, parts):
    total_slope, total_change = 0.0, 0.0
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    for e in range(low + chunk, high, CHUNKS):
        for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
            up = rows.signs[e] * columns.signs[m] * phase
            p, q = rows.first[e] + columns.first[m], rows.second[e] + columns.second[m]
            slope, change = _pull_pair(x, dx, u, du, p, q, c, s, rate, up)
            total_slope += slope
            total_change += change
    parts[chunk, 0] = total_slope
    parts[chunk, 1] = total_change


@_threaded
def _pull_cross(x, dx, u, du, rows, columns, k, c, s, rate, phase, parts):
    for chunk in prange(CHUNKS):
        _pull_cross_chunk(np.int64(chunk), x, dx, u, du, rows, columns, k, c, s, rate, phase, parts)


@compiled()
def push_gates(x, dx, kind, begin, end, angles, rates, phases, left, right, rows, columns):
    """Apply one segment of gates to a state and its derivative; `phases` are real for real ones."""
    for k in range(begin, end):
        c, s = math.cos(angles[k]), math.sin(angles[k])
        if kind == LEFT:
            _push_side(x, dx, left, k, c, s, rates[k], phases[k])
        elif kind == RIGHT:
            _push_side(x, dx, right, k, c, s, rates[k], phases[k])
        else:
            _push_cross(x, dx, rows, columns, k, c, s, rates[k], phases[k])


@compiled()
def pull_gates(x, dx, u, du, kind, begin, end, angles, rates, phases, slopes, changes, left, right, rows, columns):
    """Undo one segment of gates on a state, a bra and their derivatives; adds to `slopes` and `changes`."""
    for k in range(end - 1, begin - 1, -1):
        c, s = math.cos(angles[k]), math.sin(angles[k])
        parts = np.zeros((CHUNKS, 2))
        if kind == LEFT:
            _pull_side(x, dx, u, du, left, k, c, s, rates[k], phases[k], parts)
        elif kind == RIGHT:
            _pull_side(x, dx, u, du, right, k, c, s, rates[k], phases[k], parts)
        else:
            _pull_cross(x, dx, u, du, rows, columns, k, c, s, rates[k], phases[k], parts)
        for chunk in range(CHUNKS):
            slopes[k] += 2.0 * parts[chunk, 0]
            changes[k] += 2.0 * parts[chunk, 1]
