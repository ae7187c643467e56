"""The machine's copy bandwidth: what any engine can at most move through memory."""

from __future__ import annotations

import time

import numpy as np

ROUNDS = 5
LEAST_BYTES = 256 * 2**20  # of each array; several times the last-level cache of most machines


def copy_bandwidth(cache_bytes: int) -> float:
    """The best of several copies with all threads, in bytes read and written per second.

    A write that first fetches its cache line moves a third more than is counted here, as in the STREAM benchmark
    (McCalpin 1995); the engines' bytes are counted in the same way.

    Args:
        cache_bytes: the last-level cache; the arrays are at least four times as large.
    """
    from numba import njit, prange

    @njit(parallel=True)
    def copy(source, target):
        for i in prange(source.size):
            target[i] = source[i]

    source = np.ones(max(LEAST_BYTES, 4 * cache_bytes) // 8)
    target = np.zeros_like(source)
    copy(source, target)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        copy(source, target)
        times.append(time.perf_counter() - started)
    return 2 * source.nbytes / min(times)
