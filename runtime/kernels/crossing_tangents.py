"""The gates of `crossings` on a state and its derivative, and undone on those of a bra as well: see `lane_tangents`."""

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, in_turn

_inner = njit(fastmath=True)


@_inner
def _moved(y, z, dy, dz, c, s, rate):
    """A plane rotation of y against z, and of their derivatives."""
    dy += rate * z
    dz -= rate * y
    return c * y + s * z, c * z - s * y, c * dy + s * dz, c * dz - s * dy


def _push(x, dx, rows, columns, k, c, s, rate, phase):
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    for chunk in prange(CHUNKS):
        for e in range(low + chunk, high, CHUNKS):
            p0, q0, up = rows.first[e], rows.second[e], phase * rows.signs[e]
            for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
                p, q = p0 + columns.first[m], q0 + columns.second[m]
                sign = columns.signs[m]
                y, z, dy, dz = _moved(x[p], up * x[q], dx[p], up * dx[q], c, sign * s, sign * rate)
                x[p], x[q], dx[p], dx[q] = y, np.conj(up) * z, dy, np.conj(up) * dz


def _pull(x, dx, u, du, rows, columns, k, c, s, rate, phase):
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    slopes, changes = np.zeros(CHUNKS), np.zeros(CHUNKS)
    for chunk in prange(CHUNKS):
        slope, change = 0.0, 0.0
        for e in range(low + chunk, high, CHUNKS):
            p0, q0, up = rows.first[e], rows.second[e], phase * rows.signs[e]
            for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
                p, q = p0 + columns.first[m], q0 + columns.second[m]
                sign = columns.signs[m]
                y, z, dy, dz = x[p], up * x[q], dx[p], up * dx[q]
                v, w, dv, dw = u[p], up * u[q], du[p], up * du[q]
                slope += sign * (np.conj(v) * z - np.conj(w) * y).real
                change += sign * (np.conj(dv) * z - np.conj(dw) * y + np.conj(v) * dz - np.conj(w) * dy).real
                y, z, dy, dz = _moved(y, z, dy, dz, c, sign * s, sign * rate)
                v, w, dv, dw = _moved(v, w, dv, dw, c, sign * s, sign * rate)
                x[p], x[q], dx[p], dx[q] = y, np.conj(up) * z, dy, np.conj(up) * dz
                u[p], u[q], du[p], du[q] = v, np.conj(up) * w, dv, np.conj(up) * dw
        slopes[chunk], changes[chunk] = slope, change
    return in_turn(slopes), in_turn(changes)


_serial = njit(fastmath=True)
_threaded = njit(fastmath=True, parallel=True)
push_cross_1, push_cross_n = _serial(_push), _threaded(_push)
pull_cross_1, pull_cross_n = _serial(_pull), _threaded(_pull)
