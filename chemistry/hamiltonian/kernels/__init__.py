"""Numba kernels over occupation strings."""
