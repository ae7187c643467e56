"""Adding i G |v> to a vector, for the generators of phases and of layers of X rotations on all amplitudes."""

from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.hypercube import GRAIN


def _add_turned(v, diagonal, scale, offset, out):
    for x in prange(v.size):
        f = scale * diagonal[x] + offset
        out[x] += complex(-f * v[x].imag, f * v[x].real)


def _add_flipped(v, qubits, weights, out):
    for x in prange(v.size):
        total = v[x] * 0
        for k in range(qubits.size):
            total += weights[k] * v[x ^ (1 << qubits[k])]
        out[x] += complex(-total.imag, total.real)


_add_turned_1, _add_turned_n = njit(_add_turned), njit(parallel=True)(_add_turned)
_add_flipped_1, _add_flipped_n = njit(_add_flipped), njit(parallel=True)(_add_flipped)


@compiled()
def add_turned(v, diagonal, scale, offset, out):
    """Add i (scale * diagonal + offset) v to `out`."""
    if v.size < GRAIN:
        _add_turned_1(v, diagonal, scale, offset, out)
    else:
        _add_turned_n(v, diagonal, scale, offset, out)


@compiled()
def add_flipped(v, qubits, weights, out):
    """Add i sum_k weights[k] X_k v to `out`, qubits by their bit of an amplitude's index."""
    if v.size < GRAIN:
        _add_flipped_1(v, qubits, weights, out)
    else:
        _add_flipped_n(v, qubits, weights, out)
