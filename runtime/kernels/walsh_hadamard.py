"""The Walsh-Hadamard transform: from the coefficients of Pauli-Z words to the diagonal that they add up to.

The rotation [[1, -1], [1, 1]] is the Hadamard matrix times Z. So the transform is a layer of such rotations on all
bits, after the sign of every coefficient whose word has an odd number of Zs has been turned; whoever fills in the few
coefficients does that on the way.
"""

import numpy as np
from numba import get_num_threads, njit, prange

from runtime.kernels.hypercube import GRAIN, RUN_BITS, gather, scatter
from runtime.kernels.rotations import turn_block

HIGH_BITS = 12  # at most, so that a block of the high side fits in the second-level cache
LOW_BITS = 14


def _low(values, low_bits, unit):
    n_blocks = values.size >> low_bits
    for block in prange(n_blocks):
        turn_block(values, block << low_bits, 0, low_bits, unit, unit)


def _high(values, low_bits, high_bits, buffers, workers, unit):
    n_blocks = 1 << (low_bits - RUN_BITS)
    for worker in prange(workers):
        for block in range(worker, n_blocks, workers):
            buffer = buffers[worker]
            gather(values, block << RUN_BITS, 1 << low_bits, buffer, 0, 1 << high_bits)
            turn_block(buffer, 0, RUN_BITS, high_bits + RUN_BITS, unit, unit)
            scatter(values, block << RUN_BITS, 1 << low_bits, buffer, 0, 1 << high_bits)


_low_1, _low_n = njit(_low), njit(parallel=True)(_low)
_high_1, _high_n = njit(_high), njit(parallel=True)(_high)


@njit(cache=True)
def _transform(values, low_bits, buffers, workers, unit):
    high_bits = 0
    while values.size >> (low_bits + high_bits) > 1:
        high_bits += 1
    if workers == 1:
        _low_1(values, low_bits, unit)
        if high_bits:
            _high_1(values, low_bits, high_bits, buffers, workers, unit)
    else:
        _low_n(values, low_bits, unit)
        if high_bits:
            _high_n(values, low_bits, high_bits, buffers, workers, unit)


def transform(values: np.ndarray) -> None:
    """Turn signed coefficients into the diagonal, in place.

    Args:
        values: at index m, (-1)^(number of ones of m) times the coefficient of the word with Zs where m has ones;
            shape (2^n,), float64, n at least 3.
    """
    n = values.size.bit_length() - 1
    low_bits = min(n, max(LOW_BITS, n - HIGH_BITS))
    workers = 1 if values.size < GRAIN else get_num_threads()
    buffers = np.empty((workers, 1 << (n - low_bits + RUN_BITS)))
    _transform(values, low_bits, buffers, workers, np.ones(n + RUN_BITS))
