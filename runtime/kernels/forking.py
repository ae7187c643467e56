"""Kernels in forked processes.

GNU OpenMP's threads do not survive a fork, and Numba ends a child that would use them, which leaves its parent waiting
for good. In a child, kernels run on its own thread: `multiprocessing` forks by default on Linux before Python 3.14, and
there each child has a share of the cores anyway.
"""

from __future__ import annotations

import os
import sys
from ctypes import CFUNCTYPE, c_int


def run_forked_children_on_one_thread() -> None:
    """See above; for children forked from now on."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_begin_afresh)


def _begin_afresh() -> None:
    pool = sys.modules.get("numba.np.ufunc.omppool")
    if pool is None:  # no threads were started before the fork
        return
    import numba

    CFUNCTYPE(None, c_int)(pool.launch_threads)(1)
    numba.set_num_threads(1)
