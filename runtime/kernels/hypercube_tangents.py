"""Running on all amplitudes with derivatives carried along: the passes of `hypercube` over two or four vectors.

A state and its derivative along a direction go through the circuit in the same passes, and come back in the same passes
together with a bra and its derivative: while their blocks are in cache, all steps of a pass are done on all of them.
Two tables join those of `hypercube`, the rates at which angles move: those of the phases and reflections, by step, in
radians, and those of the layers' qubits, laid out like their cosines.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.hypercube import (
    CHUNKS,
    LAYER,
    LOW,
    PHASE,
    REFLECTION,
    RUN_BITS,
    add_uniform,
    gather,
    scatter,
    uniform_part,
)
from runtime.kernels.phase_tangents import pull_phases, push_phases
from runtime.kernels.phases import RUN, turn_frame
from runtime.kernels.rotation_tangents import pull_block, push_block


@njit
def _push_steps(a, da, start, low, high, x_first, x_step, side, steps, tables):
    kinds, rows, turns, scales, offsets, addresses, cosines, sines, rates, layer_rates = tables
    n_runs = 1 << (high - RUN_BITS)
    for k in range(steps[0], steps[1]):
        row = rows[k]
        if kinds[k] == LAYER:
            push_block(a, da, start, low, high, cosines[row, side], sines[row, side], layer_rates[row, side])
        elif kinds[k] == PHASE:
            numbers = scales[k], offsets[k], turns[k], rates[k]
            push_phases(a, da, start, n_runs, x_first, x_step, addresses[row], *numbers)
        else:
            turn_frame(a, start, n_runs, x_first, x_step, turns[k])
            turn_frame(da, start, n_runs, x_first, x_step, turns[k])


@njit
def _pull_steps(a, da, b, db, start, low, high, x_first, x_step, side, steps, tables, slopes, changes):
    kinds, rows, turns, scales, offsets, addresses, cosines, sines, rates, layer_rates = tables
    n_runs = 1 << (high - RUN_BITS)
    for k in range(steps[1] - 1, steps[0] - 1, -1):
        row = rows[k]
        if kinds[k] == LAYER:
            numbers = cosines[row, side], sines[row, side], layer_rates[row, side]
            pull_block(a, da, b, db, start, low, high, *numbers, slopes[k], changes[k])
        elif kinds[k] == PHASE:
            phase = scales[k], offsets[k], -turns[k], -rates[k]
            slope, change = pull_phases(a, da, b, db, start, n_runs, x_first, x_step, addresses[row], *phase)
            slopes[k, 0] += slope
            changes[k, 0] += change
        else:
            for vector in (a, da, b, db):
                turn_frame(vector, start, n_runs, x_first, x_step, -turns[k])


def _push_sweep(a, da, low_bits, high_bits, buffers, workers, side, steps, tables):
    n_blocks = 1 << (high_bits if side == LOW else low_bits - RUN_BITS + 1)
    stride, n_runs = 2 << low_bits, 1 << high_bits
    for worker in prange(workers):
        x, dx = buffers[worker, 0], buffers[worker, 1]
        for chunk in range(worker, CHUNKS, workers):
            for block in range(chunk * n_blocks // CHUNKS, (chunk + 1) * n_blocks // CHUNKS):
                if side == LOW:
                    first = block << low_bits
                    _push_steps(a, da, 2 * first, 1, low_bits + 1, first, RUN, side, steps, tables)
                else:
                    first = RUN * block
                    gather(a, 2 * first, stride, x, 0, n_runs)
                    gather(da, 2 * first, stride, dx, 0, n_runs)
                    _push_steps(x, dx, 0, RUN_BITS, high_bits + RUN_BITS, first, 1 << low_bits, side, steps, tables)
                    scatter(a, 2 * first, stride, x, 0, n_runs)
                    scatter(da, 2 * first, stride, dx, 0, n_runs)


def _pull_sweep(a, da, b, db, low_bits, high_bits, buffers, workers, side, steps, tables, slopes, changes):
    n_blocks = 1 << (high_bits if side == LOW else low_bits - RUN_BITS + 1)
    stride, n_runs = 2 << low_bits, 1 << high_bits
    for worker in prange(workers):
        x, dx, u, du = buffers[worker, 0], buffers[worker, 1], buffers[worker, 2], buffers[worker, 3]
        for chunk in range(worker, CHUNKS, workers):
            for block in range(chunk * n_blocks // CHUNKS, (chunk + 1) * n_blocks // CHUNKS):
                if side == LOW:
                    first = block << low_bits
                    _pull_steps(
                        a,
                        da,
                        b,
                        db,
                        2 * first,
                        1,
                        low_bits + 1,
                        first,
                        RUN,
                        side,
                        steps,
                        tables,
                        slopes[chunk],
                        changes[chunk],
                    )
                else:
                    first = RUN * block
                    gather(a, 2 * first, stride, x, 0, n_runs)
                    gather(da, 2 * first, stride, dx, 0, n_runs)
                    gather(b, 2 * first, stride, u, 0, n_runs)
                    gather(db, 2 * first, stride, du, 0, n_runs)
                    _pull_steps(
                        x,
                        dx,
                        u,
                        du,
                        0,
                        RUN_BITS,
                        high_bits + RUN_BITS,
                        first,
                        1 << low_bits,
                        side,
                        steps,
                        tables,
                        slopes[chunk],
                        changes[chunk],
                    )
                    scatter(a, 2 * first, stride, x, 0, n_runs)
                    scatter(da, 2 * first, stride, dx, 0, n_runs)
                    scatter(b, 2 * first, stride, u, 0, n_runs)
                    scatter(db, 2 * first, stride, du, 0, n_runs)


_push_sweep_1, _push_sweep_n = njit(_push_sweep), njit(parallel=True)(_push_sweep)
_pull_sweep_1, _pull_sweep_n = njit(_pull_sweep), njit(parallel=True)(_pull_sweep)


@njit
def _push_reflection(a, da, dimension, angle, rate, part, moved, workers):
    """U = 1 + (e - 1) |s><s| with e = exp(i angle), given <s|a> and <s|da>: its derivative is i rate e |s><s|."""
    turn = complex(math.cos(angle), math.sin(angle))
    add_uniform(a, dimension, (turn - 1.0) * part, workers)
    add_uniform(da, dimension, (turn - 1.0) * moved + complex(0.0, rate) * turn * part, workers)


@compiled()
def push(a, da, dimension, low_bits, high_bits, buffers, workers, sweeps, tables):
    """As `hypercube.run` on a state a and its derivative da."""
    for k in range(sweeps.shape[0]):
        side, steps = sweeps[k, 0], sweeps[k, 1:]
        if side == REFLECTION:
            parts = uniform_part(a, dimension, workers), uniform_part(da, dimension, workers)
            _push_reflection(a, da, dimension, tables[2][steps[0]], tables[8][steps[0]], *parts, workers)
        elif workers == 1:
            _push_sweep_1(a, da, low_bits, high_bits, buffers, workers, side, steps, tables)
        else:
            _push_sweep_n(a, da, low_bits, high_bits, buffers, workers, side, steps, tables)


@compiled()
def pull(a, da, b, db, dimension, low_bits, high_bits, buffers, workers, sweeps, tables, slopes, changes):
    """As `hypercube.run_back` on ket, bra and their derivatives; the tables carry opposite sines and layer rates.

    Adds to `slopes` what `run_back` adds to its sums, and to `changes` the derivatives.
    """
    for k in range(sweeps.shape[0] - 1, -1, -1):
        side, steps = sweeps[k, 0], sweeps[k, 1:]
        if side == REFLECTION:
            step = steps[0]
            angle, rate = -tables[2][step], -tables[8][step]
            ket, ket_moved = uniform_part(a, dimension, workers), uniform_part(da, dimension, workers)
            bra, bra_moved = uniform_part(b, dimension, workers), uniform_part(db, dimension, workers)
            slopes[0, step, 0] = -(np.conj(bra) * ket).imag
            changes[0, step, 0] = -(np.conj(bra_moved) * ket + np.conj(bra) * ket_moved).imag
            _push_reflection(a, da, dimension, angle, rate, ket, ket_moved, workers)
            _push_reflection(b, db, dimension, angle, rate, bra, bra_moved, workers)
        elif workers == 1:
            _pull_sweep_1(a, da, b, db, low_bits, high_bits, buffers, workers, side, steps, tables, slopes, changes)
        else:
            _pull_sweep_n(a, da, b, db, low_bits, high_bits, buffers, workers, side, steps, tables, slopes, changes)
