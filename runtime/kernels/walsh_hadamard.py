"""The Walsh-Hadamard transform: from the coefficients of Pauli-Z words to the diagonal that they add up to.

The rotation [[1, -1], [1, 1]] is the Hadamard matrix times Z. So the transform is a layer of such rotations on all
bits, after the sign of every coefficient whose word has an odd number of Zs has been turned; whoever fills in the few
coefficients does that on the way. The layer is run as that of a state would be, whose amplitudes are pairs of numbers.
"""

import numpy as np
from numba import get_num_threads

from runtime.kernels.compiled import compiled
from runtime.kernels.hypercube import GRAIN, HIGH, LAYER, LOW, RUN_BITS, run

HIGH_BITS = 10  # at most


@compiled()
def _turn_pairs(values):
    """The lowest bit, which tells real from imaginary parts in a state."""
    for i in range(0, values.size, 2):
        x, y = values[i], values[i + 1]
        values[i] = x - y
        values[i + 1] = x + y


def transform(values: np.ndarray) -> None:
    """Turn signed coefficients into the diagonal, in place.

    Args:
        values: at index m, (-1)^(number of ones of m) times the coefficient of the word with Zs where m has ones;
            shape (2^n,), float64, n at least `RUN_BITS`.
    """
    _turn_pairs(values)
    n_pairs = values.size // 2
    bits = n_pairs.bit_length() - 1
    high_bits = min(HIGH_BITS, bits - RUN_BITS + 1)
    workers = 1 if n_pairs < GRAIN else get_num_threads()
    nothing = np.zeros(2)
    ones = np.ones((1, 2, bits + RUN_BITS))
    tables = np.full(2, LAYER), np.zeros(2, np.int64), nothing, nothing, nothing, np.zeros(1, np.int64), ones, ones
    run(
        values,
        n_pairs,
        bits - high_bits,
        high_bits,
        np.empty((workers, 2, 1 << (high_bits + RUN_BITS))),
        workers,
        np.array([[LOW, 0, 1], [HIGH, 1, 2]]),
        tables,
    )
