"""Applying a sum of Pauli words to all amplitudes, without a matrix.

Words that flip the same qubits form a group: it takes |x> to g(x) |x ^ flip>, and g(x) is the sum of the group's
coefficients, each with the sign that the number of ones in x under its Zs and Ys gives it.
"""

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.hypercube import CHUNKS, GRAIN
from runtime.kernels.registers import ones


def _apply(state, flips, starts, parities, coefficients, out, sums):
    for chunk in prange(CHUNKS):
        value = 0.0
        for row in range(chunk * state.size // CHUNKS, (chunk + 1) * state.size // CHUNKS):
            image = state[row] * 0
            for f in range(flips.size):
                x = row ^ flips[f]
                g = 0j
                for t in range(starts[f], starts[f + 1]):
                    g += -coefficients[t] if ones(x & parities[t]) & 1 else coefficients[t]
                image += g * state[x]
            out[row] = image
            value += state[row].real * image.real + state[row].imag * image.imag
        sums[chunk] = value


_apply_1, _apply_n = njit(_apply), njit(parallel=True)(_apply)


@compiled()
def apply_pauli_sum(state, flips, starts, parities, coefficients, out):
    """Out = A state; returns Re <state|A|state>.

    Args:
        state: all amplitudes, shape (2^n,).
        flips: of the groups, as masks over an amplitude's index, shape (n_groups,).
        starts: where each group's words begin, shape (n_groups + 1,).
        parities: masks of the words' Zs and Ys, shape (n_words,).
        coefficients: of the words, times i for each Y, shape (n_words,).
        out: shape (2^n,).
    """
    sums = np.zeros(CHUNKS)
    if state.size < GRAIN:
        _apply_1(state, flips, starts, parities, coefficients, out, sums)
    else:
        _apply_n(state, flips, starts, parities, coefficients, out, sums)
    return sums.sum()
