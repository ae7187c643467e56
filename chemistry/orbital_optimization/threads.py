"""Small problems on one thread: more would spend their time waiting for each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_SMALL_BASIS = 60  # functions
_SMALL_SECTOR = 20_000  # determinants


@contextmanager
def one_thread_if_small(n_functions: int, dimension: int) -> Iterator[None]:
    """Run on one thread, if the basis set and the circuit's sector are both small.

    Args:
        n_functions: Basis functions.
        dimension: Determinants that a circuit reaches.
    """
    if n_functions > _SMALL_BASIS or dimension > _SMALL_SECTOR:
        yield
        return
    import numba
    from threadpoolctl import threadpool_limits

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        numba.set_num_threads(before)
