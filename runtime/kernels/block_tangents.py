"""Running a program on a block sector with derivatives carried along: the segments of `blocks` over more vectors.

Segments of gates only; phases are done by `phase_tangents`. The `phases` of the gates, i conj(w), are real numbers
where the state is real, and complex ones where it is complex.
"""

import numpy as np

from runtime.kernels.blocks import LEFT, RIGHT, work
from runtime.kernels.compiled import compiled
from runtime.kernels.crossing_tangents import pull_cross_1, pull_cross_n, push_cross_1, push_cross_n
from runtime.kernels.evolution import GRAIN
from runtime.kernels.lane_tangents import pull_lanes, push_lanes


@compiled()
def push_gates(x, dx, segments, angles, rates, phases, left, right, rows, columns):
    """Apply segments of gates to a state and its derivative."""
    cosines, sines = np.cos(angles), np.sin(angles)
    for kind, k, stop in segments:
        if kind == LEFT:
            push_lanes(x, dx, left, k, stop, cosines, sines, rates, phases)
        elif kind == RIGHT:
            push_lanes(x, dx, right, k, stop, cosines, sines, rates, phases)
        elif work(rows, columns, k) < GRAIN:
            push_cross_1(x, dx, rows, columns, k, cosines[k], sines[k], rates[k], phases[k])
        else:
            push_cross_n(x, dx, rows, columns, k, cosines[k], sines[k], rates[k], phases[k])


@compiled()
def pull_gates(x, dx, u, du, segments, angles, rates, phases, slopes, changes, left, right, rows, columns):
    """Undo them on a state, a bra and their derivatives; writes the gates' slopes and the derivatives of these."""
    cosines, sines, back = np.cos(angles), -np.sin(angles), -rates
    for n in range(len(segments) - 1, -1, -1):
        kind, k, stop = segments[n]
        if kind == LEFT:
            pull_lanes(x, dx, u, du, left, k, stop, cosines, sines, back, phases, slopes, changes)
        elif kind == RIGHT:
            pull_lanes(x, dx, u, du, right, k, stop, cosines, sines, back, phases, slopes, changes)
        else:
            gate = rows, columns, k, cosines[k], sines[k], back[k], phases[k]
            if work(rows, columns, k) < GRAIN:
                slope, change = pull_cross_1(x, dx, u, du, *gate)
            else:
                slope, change = pull_cross_n(x, dx, u, du, *gate)
            slopes[k], changes[k] = 2.0 * slope, 2.0 * change
