"""Fresh vectors that begin where a cache line does."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

LINE = 64  # bytes


def empty_vector(size: int, dtype: DTypeLike) -> np.ndarray:
    """A vector of undefined numbers, shape (size,).

    NumPy begins large arrays 16 bytes into a cache line, and then every register that a kernel loads lies on two.
    """
    itemsize = np.dtype(dtype).itemsize
    raw = np.empty(size * itemsize + LINE, dtype=np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + size * itemsize].view(dtype)


def zero_vector(size: int, dtype: DTypeLike) -> np.ndarray:
    """A vector of zeros; its memory is taken as it is first written."""
    itemsize = np.dtype(dtype).itemsize
    raw = np.zeros(size * itemsize + LINE, dtype=np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + size * itemsize].view(dtype)


def scattered(indices: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    """The sums of weights by index, shape (size,), float64: numpy counts nothing in integers."""
    return np.bincount(indices, weights=weights, minlength=size).astype(np.float64, copy=False)
