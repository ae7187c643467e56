"""Small problems on one thread: more would spend their time waiting for each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SMALL_BASIS = 60  # functions
SMALL_SECTOR = 20_000  # determinants that a circuit reaches


@contextmanager
def one_thread_if(small: bool) -> Iterator[None]:
    """Run on one thread, the libraries' as well as the simulator's own, if the problem is small.

    On two cores of which another process holds one, a self-consistent field over five orbitals takes a third of a
    second on two threads and ten milliseconds on one.
    """
    if not small:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1), _one_thread_in_kernels():
        yield


@contextmanager
def _one_thread_in_kernels() -> Iterator[None]:
    numba = sys.modules.get("numba")
    if numba is None:  # nothing of the simulator runs
        yield
        return
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)
