"""Numba kernels: plain arrays and integers in, no validation, nothing allocated in hot loops.

`keys` finds basis states, `couplings` carries a set of them through a gate, `evolution` applies a compiled program and
its adjoint to a state, `sparse` applies an observable. Each has a slow, readable twin in the tests.
"""
