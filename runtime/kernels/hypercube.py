"""Running diagonal gates and layers of X rotations on all 2^n amplitudes, in as few passes over memory as can be.

The state is an array of floats re, im, re, im, ...; the wires fall into a *low* side, whose qubits are the lower bits
of an amplitude's index, and a *high* side. A pass over the state goes block by block: a block of the low side is a
piece of the array; one of the high side takes a run of neighbouring amplitudes from every piece to a buffer in the
second-level cache, and brings them back. While a block is in cache, all steps of the pass are done on it:

    PHASE  each amplitude turns by rate * (scale * diagonal + offset), in turns
    LAYER  the qubits of the pass's side turn, each by its own angle
    FRAME  the frame of `phases` is entered or left

A layer's two halves commute, so a pass may finish one layer, turn the phases of the next and begin it: p layers take
p + 1 passes. A REFLECTION about the uniform superposition is a pass of its own, outside the frame.

Sums are taken chunk by chunk, whatever the number of threads, so that results repeat bit for bit.
"""

import math

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.phases import RUN, turn_frame, turn_phases, turn_phases_back
from runtime.kernels.registers import load, store, width
from runtime.kernels.rotations import turn_block
from runtime.kernels.rotations_back import turn_block_back

LOW, HIGH, REFLECTION = range(3)
PHASE, LAYER, FRAME = range(3)
RUN_BITS = 6  # of the floats in a run of amplitudes
CHUNKS = 32
GRAIN = 1 << 15  # fewer amplitudes run on one thread


@njit
def _steps(a, start, low, high, x_first, x_step, side, steps, tables):
    kinds, rows, rates, scales, offsets, addresses, cosines, sines = tables
    n_runs = 1 << (high - RUN_BITS)
    for k in range(steps[0], steps[1]):
        row = rows[k]
        if kinds[k] == LAYER:
            turn_block(a, start, low, high, cosines[row, side], sines[row, side])
        elif kinds[k] == PHASE:
            turn_phases(a, start, n_runs, x_first, x_step, addresses[row], scales[k], offsets[k], rates[k])
        else:
            turn_frame(a, start, n_runs, x_first, x_step, rates[k])


@njit
def _steps_back(a, b, start, low, high, x_first, x_step, side, steps, tables, sums):
    kinds, rows, rates, scales, offsets, addresses, cosines, sines = tables
    n_runs = 1 << (high - RUN_BITS)
    for k in range(steps[1] - 1, steps[0] - 1, -1):
        row = rows[k]
        if kinds[k] == LAYER:
            turn_block_back(a, b, start, low, high, cosines[row, side], sines[row, side], sums[k])
        elif kinds[k] == PHASE:
            address = addresses[row]
            numbers = scales[k], offsets[k], -rates[k]
            sums[k, 0] += turn_phases_back(a, b, start, n_runs, x_first, x_step, address, *numbers)
        else:
            turn_frame(a, start, n_runs, x_first, x_step, -rates[k])
            turn_frame(b, start, n_runs, x_first, x_step, -rates[k])


@njit
def gather(a, position, stride, buffer, start, n_runs):
    for j in range(n_runs):
        for i in range(0, 2 * RUN, width(a)):
            store(buffer, start + 2 * RUN * j + i, load(a, position + j * stride + i))


@njit
def scatter(a, position, stride, buffer, start, n_runs):
    for j in range(n_runs):
        for i in range(0, 2 * RUN, width(a)):
            store(a, position + j * stride + i, load(buffer, start + 2 * RUN * j + i))


def _sweep(a, low_bits, high_bits, buffers, workers, side, steps, tables):
    n_blocks = 1 << (high_bits if side == LOW else low_bits - RUN_BITS + 1)
    for worker in prange(workers):
        for chunk in range(worker, CHUNKS, workers):
            for block in range(chunk * n_blocks // CHUNKS, (chunk + 1) * n_blocks // CHUNKS):
                if side == LOW:
                    x = block << low_bits
                    _steps(a, 2 * x, 1, low_bits + 1, x, RUN, side, steps, tables)
                else:
                    buffer = buffers[worker, 0]
                    gather(a, 2 * RUN * block, 2 << low_bits, buffer, 0, 1 << high_bits)
                    _steps(buffer, 0, RUN_BITS, high_bits + RUN_BITS, RUN * block, 1 << low_bits, side, steps, tables)
                    scatter(a, 2 * RUN * block, 2 << low_bits, buffer, 0, 1 << high_bits)


def _sweep_back(a, b, low_bits, high_bits, buffers, workers, side, steps, tables, sums):
    n_blocks = 1 << (high_bits if side == LOW else low_bits - RUN_BITS + 1)
    for worker in prange(workers):
        for chunk in range(worker, CHUNKS, workers):
            for block in range(chunk * n_blocks // CHUNKS, (chunk + 1) * n_blocks // CHUNKS):
                if side == LOW:
                    x = block << low_bits
                    _steps_back(a, b, 2 * x, 1, low_bits + 1, x, RUN, side, steps, tables, sums[chunk])
                else:
                    ket = buffers[worker, 0]
                    bra = buffers[worker, 1]
                    n_runs = 1 << high_bits
                    gather(a, 2 * RUN * block, 2 << low_bits, ket, 0, n_runs)
                    gather(b, 2 * RUN * block, 2 << low_bits, bra, 0, n_runs)
                    high = high_bits + RUN_BITS
                    x = RUN * block
                    _steps_back(ket, bra, 0, RUN_BITS, high, x, 1 << low_bits, side, steps, tables, sums[chunk])
                    scatter(a, 2 * RUN * block, 2 << low_bits, ket, 0, n_runs)
                    scatter(b, 2 * RUN * block, 2 << low_bits, bra, 0, n_runs)


def _overlap(a, sums):
    """Twice the chunks' parts of the sum of all amplitudes: real, imaginary."""
    step = max(1, a.size // 2 // CHUNKS)
    for chunk in prange(min(CHUNKS, a.size // 2)):
        real = imaginary = 0.0
        for i in range(chunk * step, (chunk + 1) * step):
            real += a[2 * i]
            imaginary += a[2 * i + 1]
        sums[chunk, 0] = real
        sums[chunk, 1] = imaginary


def _add(a, real, imaginary):
    for i in prange(a.size // 2):
        a[2 * i] += real
        a[2 * i + 1] += imaginary


_sweep_1, _sweep_n = njit(_sweep), njit(parallel=True)(_sweep)
_sweep_back_1, _sweep_back_n = njit(_sweep_back), njit(parallel=True)(_sweep_back)
_overlap_1, _overlap_n = njit(_overlap), njit(parallel=True)(_overlap)
_add_1, _add_n = njit(_add), njit(parallel=True)(_add)


@njit
def uniform_part(a, dimension, workers):
    """<s|a> for the uniform superposition s: real, imaginary."""
    sums = np.zeros((CHUNKS, 2))
    if workers == 1:
        _overlap_1(a, sums)
    else:
        _overlap_n(a, sums)
    real, imaginary = sums[:, 0].sum(), sums[:, 1].sum()
    return complex(real, imaginary) / math.sqrt(dimension)


@njit
def _reflect(a, dimension, angle, overlap, workers):
    """Exp(i angle |s><s|), given <s|a>."""
    add_uniform(a, dimension, (complex(math.cos(angle), math.sin(angle)) - 1.0) * overlap, workers)


@njit
def add_uniform(a, dimension, factor, workers):
    """Add factor |s>."""
    added = factor / math.sqrt(dimension)
    counting = a[: 2 * dimension]  # padding stays zero, or it would weigh in the slopes of what comes before
    if workers == 1:
        _add_1(counting, added.real, added.imag)
    else:
        _add_n(counting, added.real, added.imag)


@compiled()
def run(a, dimension, low_bits, high_bits, buffers, workers, sweeps, tables):
    """Apply all sweeps in place.

    Args:
        a: the floats of the amplitudes, shape (2 * 2^(low_bits + high_bits),).
        dimension: how many amplitudes count; where there are few, the array is padded with zeros.
        low_bits, high_bits: qubits of the two sides.
        buffers: shape (workers, 2, 2^(high_bits + RUN_BITS)), the dtype of `a`.
        workers: threads; 1 starts none.
        sweeps: side (or REFLECTION), first step and last but one, shape (n_sweeps, 3).
        tables: kinds, rows (of a phase's diagonal, or a layer's angles), rates, scales and offsets of the steps; the
            diagonals' addresses; cosines and sines of the layers by side and bit of a block, shape (n_layers, 2, bits).
    """
    for k in range(sweeps.shape[0]):
        side = sweeps[k, 0]
        if side == REFLECTION:
            overlap = uniform_part(a, dimension, workers)
            _reflect(a, dimension, tables[2][sweeps[k, 1]], overlap, workers)
        elif workers == 1:
            _sweep_1(a, low_bits, high_bits, buffers, workers, side, sweeps[k, 1:], tables)
        else:
            _sweep_n(a, low_bits, high_bits, buffers, workers, side, sweeps[k, 1:], tables)


@compiled()
def run_back(a, b, dimension, low_bits, high_bits, buffers, workers, sweeps, tables, sums):
    """Undo all sweeps on ket a and bra b; the `tables` carry the opposite sines.

    Adds Re <b| i G |a> of step k to sums[chunk, k]: at 0 for a phase and a reflection, at the
    qubit's bit of a block for a layer. Shape (CHUNKS, n_steps, bits), zero at first.
    """
    for k in range(sweeps.shape[0] - 1, -1, -1):
        side = sweeps[k, 0]
        if side == REFLECTION:
            step = sweeps[k, 1]
            ket, bra = uniform_part(a, dimension, workers), uniform_part(b, dimension, workers)
            sums[0, step, 0] = -(np.conj(bra) * ket).imag
            _reflect(a, dimension, -tables[2][step], ket, workers)
            _reflect(b, dimension, -tables[2][step], bra, workers)
        elif workers == 1:
            _sweep_back_1(a, b, low_bits, high_bits, buffers, workers, side, sweeps[k, 1:], tables, sums)
        else:
            _sweep_back_n(a, b, low_bits, high_bits, buffers, workers, side, sweeps[k, 1:], tables, sums)
