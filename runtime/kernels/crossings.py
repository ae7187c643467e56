"""Gates on both halves of a block sector: every pair of the left table with every pair of the right one.

An entry of the left table is a pair of rows, an entry of the right one a pair of columns; both tables are small, and
the two rows at work stay in cache. The formula of a pair is that of `lanes`.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, in_turn


class Rows(NamedTuple):
    """The left tables of gates on both halves: pairs of rows, as places in the state."""

    offsets: np.ndarray  # shape: (n_parts, 2); where each table begins and ends
    first: np.ndarray  # shape: (n_entries,), uint64; where the first row of each pair begins
    second: np.ndarray  # shape: (n_entries,), uint64
    group: np.ndarray  # shape: (n_entries,); of the first row
    signs: np.ndarray  # shape: (n_entries,), +1 or -1
    part: np.ndarray  # shape: (n_instructions,)


class Columns(NamedTuple):
    """The right tables: pairs of columns, by the group of the first."""

    offsets: np.ndarray  # shape: (n_parts, n_groups + 1)
    first: np.ndarray  # shape: (n_entries,), uint32
    second: np.ndarray  # shape: (n_entries,), uint32
    signs: np.ndarray  # shape: (n_entries,), +1 or -1
    part: np.ndarray  # shape: (n_instructions,)


def _cross(state, rows, columns, k, c, turn):
    """Real or complex state; `turn` is sin a (A + iB), or sin a on a real state."""
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    for chunk in prange(CHUNKS):
        for e in range(low + chunk, high, CHUNKS):
            p0 = rows.first[e]
            q0 = rows.second[e]
            forth = turn * rows.signs[e]
            back = -np.conj(forth)
            for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
                p = p0 + columns.first[m]
                q = q0 + columns.second[m]
                sign = columns.signs[m]
                x = state[p]
                y = state[q]
                state[p] = c * x + (sign * forth) * y
                state[q] = c * y + (sign * back) * x


def _cross_back(state, bra, rows, columns, k, c, turn, phase):
    """Undo on both vectors; returns Re <bra| i G |state>. `turn` is that of the gate itself."""
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    parts = np.zeros(CHUNKS)
    for chunk in prange(CHUNKS):
        total = 0.0
        for e in range(low + chunk, high, CHUNKS):
            p0 = rows.first[e]
            q0 = rows.second[e]
            forth = -turn * rows.signs[e]
            back = -np.conj(forth)
            slope = 0.0
            for m in range(part[rows.group[e]], part[rows.group[e] + 1]):
                p = p0 + columns.first[m]
                q = q0 + columns.second[m]
                sign = columns.signs[m]
                x = state[p]
                y = state[q]
                u = bra[p]
                v = bra[q]
                slope += sign * ((np.conj(u) * phase * y).real - (np.conj(v) * np.conj(phase) * x).real)
                state[p] = c * x + (sign * forth) * y
                state[q] = c * y + (sign * back) * x
                bra[p] = c * u + (sign * forth) * v
                bra[q] = c * v + (sign * back) * u
            total += slope * rows.signs[e]
        parts[chunk] = total
    return in_turn(parts)


_serial = njit(fastmath=True)
_threaded = njit(fastmath=True, parallel=True)
cross_1, cross_n = _serial(_cross), _threaded(_cross)
cross_back_1, cross_back_n = _serial(_cross_back), _threaded(_cross_back)
