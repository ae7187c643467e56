"""Numba kernels: plain arrays and integers in, no validation, nothing allocated in hot loops.

`keys` finds basis states, `couplings` carries a set of them through a gate, `evolution` applies a compiled program and
its adjoint to a state, `sparse` applies an observable. Each has a slow, readable twin in the tests.
"""

import os

from runtime.kernels.forking import run_forked_children_on_one_thread

# OpenMP's threads spin while they wait for one another. Where another process holds a core, a gradient was 30 times
# slower for it than on one thread. Threads that sleep at once take 50 microseconds to wake, more than most gates; those
# that spin for a few microseconds and sleep then take one, and on a busy machine no more than 60.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "passive"
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")

run_forked_children_on_one_thread()
