"""Numba kernels: plain arrays and integers in, no validation, nothing allocated in hot loops.

`keys` finds basis states, `couplings` carries a set of them through a gate, `evolution` applies a compiled program and
its adjoint to a state, `sparse` applies an observable. Each has a slow, readable twin in the tests.
"""

import os

# OpenMP's threads spin while they wait for one another. Where another process holds a core, a gradient was 30 times
# slower for it than on one thread; threads that sleep cost nothing measurable on an idle machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
