"""Applying an observable to a state on the sector."""

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, bounds, in_turn
from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN


def _multiply(indptr, indices, data, state, out):
    value = 0.0
    for row in prange(indptr.size - 1):
        total = state[row] * 0
        for k in range(indptr[row], indptr[row + 1]):
            total += data[k] * state[indices[k]]
        out[row] = total
        value += (np.conj(state[row]) * total).real
    return value


def _multiply_diagonal(diagonal, state, out):
    value = 0.0
    for row in prange(state.size):
        before = state[row]
        after = diagonal[row] * before
        out[row] = after
        value += (np.conj(before) * after).real
    return value


_multiply_1, _multiply_n = njit(fastmath=True)(_multiply), njit(fastmath=True, parallel=True)(_multiply)
_multiply_diagonal_1 = njit(fastmath=True)(_multiply_diagonal)


@njit(fastmath=True, parallel=True)
def _multiply_diagonal_n(diagonal, state, out):
    parts = np.zeros(CHUNKS)
    for chunk in prange(CHUNKS):
        i, j = bounds(chunk, state.size)
        parts[chunk] = _multiply_diagonal_1(diagonal[i:j], state[i:j], out[i:j])
    return in_turn(parts)


@compiled(fastmath=True)
def multiply(indptr, indices, data, state, out):
    """Out = A state for a sparse matrix in CSR form; returns Re <state|A|state>."""
    if indices.size < GRAIN:
        return _multiply_1(indptr, indices, data, state, out)
    return _multiply_n(indptr, indices, data, state, out)


@compiled(fastmath=True)
def multiply_diagonal(diagonal, state, out):
    """Out = diag(diagonal) state, which may be the state itself; returns <state|A|state>."""
    if state.size < GRAIN:
        return _multiply_diagonal_1(diagonal, state, out)
    return _multiply_diagonal_n(diagonal, state, out)
