"""Running a program on a block sector: segments of instructions in turn.

A segment is a run of gates on the left half, a run on the right half (`lanes`), one gate on both (`crossings`), or one
phase (`evolution`).
"""

import numpy as np
from numba import njit

from runtime.kernels.compiled import compiled
from runtime.kernels.crossings import cross_1, cross_back_1, cross_back_n, cross_n
from runtime.kernels.evolution import GRAIN, turn, turn_back
from runtime.kernels.lanes import run as run_lanes
from runtime.kernels.lanes import run_back as run_lanes_back
from runtime.kernels.lanes import run_complex as run_lanes_complex
from runtime.kernels.lanes import run_complex_back as run_lanes_complex_back

LEFT, RIGHT, BOTH, PHASE = range(4)


@njit
def work(rows, columns, k):
    """Pairs of a gate on both halves, at most."""
    low, high = rows.offsets[rows.part[k]]
    part = columns.offsets[columns.part[k]]
    return (high - low) * (part[-1] - part[0])


@compiled()
def run_real(state, segments, angles, left, right, rows, columns):
    cosines, sines = np.cos(angles), np.sin(angles)
    for kind, k, stop in segments:
        if kind == LEFT:
            run_lanes(state, left, k, stop, cosines, sines)
        elif kind == RIGHT:
            run_lanes(state, right, k, stop, cosines, sines)
        elif work(rows, columns, k) < GRAIN:
            cross_1(state, rows, columns, k, cosines[k], sines[k])
        else:
            cross_n(state, rows, columns, k, cosines[k], sines[k])


@compiled()
def run_real_back(state, bra, segments, angles, slopes, left, right, rows, columns):
    cosines, sines = np.cos(angles), np.sin(angles)
    for n in range(len(segments) - 1, -1, -1):
        kind, k, stop = segments[n]
        if kind == LEFT:
            run_lanes_back(state, bra, left, k, stop, cosines, sines, slopes)
        elif kind == RIGHT:
            run_lanes_back(state, bra, right, k, stop, cosines, sines, slopes)
        elif work(rows, columns, k) < GRAIN:
            slopes[k] = 2.0 * cross_back_1(state, bra, rows, columns, k, cosines[k], sines[k], 1.0)
        else:
            slopes[k] = 2.0 * cross_back_n(state, bra, rows, columns, k, cosines[k], sines[k], 1.0)


@compiled()
def run(state, segments, angles, phases, diagonal_of, diagonals, left, right, rows, columns):
    cosines, sines = np.cos(angles), np.sin(angles)
    for kind, k, stop in segments:
        if kind == LEFT:
            run_lanes_complex(state, left, k, stop, cosines, sines, phases)
        elif kind == RIGHT:
            run_lanes_complex(state, right, k, stop, cosines, sines, phases)
        elif kind == PHASE:
            turn(state, diagonals[diagonal_of[k]], angles[k])
        elif work(rows, columns, k) < GRAIN:
            cross_1(state, rows, columns, k, cosines[k], sines[k] * phases[k])
        else:
            cross_n(state, rows, columns, k, cosines[k], sines[k] * phases[k])


@compiled()
def run_back(state, bra, segments, angles, slopes, phases, diagonal_of, diagonals, left, right, rows, columns):
    cosines, sines = np.cos(angles), np.sin(angles)
    for n in range(len(segments) - 1, -1, -1):
        kind, k, stop = segments[n]
        if kind == LEFT:
            run_lanes_complex_back(state, bra, left, k, stop, cosines, sines, phases, slopes)
        elif kind == RIGHT:
            run_lanes_complex_back(state, bra, right, k, stop, cosines, sines, phases, slopes)
        elif kind == PHASE:
            slopes[k] = 2.0 * turn_back(state, bra, diagonals[diagonal_of[k]], angles[k])
        elif work(rows, columns, k) < GRAIN:
            slopes[k] = 2.0 * cross_back_1(state, bra, rows, columns, k, cosines[k], sines[k] * phases[k], phases[k])
        else:
            slopes[k] = 2.0 * cross_back_n(state, bra, rows, columns, k, cosines[k], sines[k] * phases[k], phases[k])
