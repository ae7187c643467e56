"""Permutations and their ranks in lexicographic order, by Lehmer code.

The rank of a permutation c_0 c_1 ... c_(n-1) is the sum of d_p (n - 1 - p)!, where the digit d_p counts the items after
position p that are smaller than c_p; equivalently c_p is the d_p-th smallest of the items that the positions before p
have left over. Sets of items are bits of an integer.
"""

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.registers import ones

CHUNKS = 64


@njit
def _unrank(rank, factorials, items):
    """Write the permutation of a rank into `items`."""
    n = items.size
    left = (1 << n) - 1
    for p in range(n):
        digit = rank // factorials[n - 1 - p]
        rank -= digit * factorials[n - 1 - p]
        rest = left
        for _ in range(digit):
            rest &= rest - 1
        lowest = rest & -rest
        left ^= lowest
        items[p] = ones(lowest - 1)


@njit
def _advance(items):
    """The next permutation in lexicographic order, in place; fewer than two exchanges on average."""
    p = items.size - 2
    while items[p] > items[p + 1]:
        p -= 1
    q = items.size - 1
    while items[q] < items[p]:
        q -= 1
    items[p], items[q] = items[q], items[p]
    low, high = p + 1, items.size - 1
    while low < high:
        items[low], items[high] = items[high], items[low]
        low += 1
        high -= 1


@njit
def _rank(items, factorials):
    n = items.size
    rank = 0
    left = (1 << n) - 1
    for p in range(n):
        item = 1 << items[p]
        left ^= item
        rank += ones(left & (item - 1)) * factorials[n - 1 - p]
    return rank


@compiled(parallel=True)
def items_of(ranks, factorials, out):
    """The permutations with some ranks, shape (len(ranks), n)."""
    for k in prange(ranks.size):
        _unrank(ranks[k], factorials, out[k])


@compiled(parallel=True)
def partners(p, q, factorials, out):
    """Out[x] = the rank of permutation x with what positions p and q hold exchanged."""
    n = factorials.size - 1
    for chunk in prange(CHUNKS):
        items = np.empty(n, dtype=np.int64)
        first = chunk * factorials[n] // CHUNKS
        for x in range(first, (chunk + 1) * factorials[n] // CHUNKS):
            if x == first:
                _unrank(x, factorials, items)
            else:
                _advance(items)
            items[p], items[q] = items[q], items[p]
            out[x] = _rank(items, factorials)
            items[p], items[q] = items[q], items[p]


@compiled(parallel=True)
def matrices_of(ranks, factorials, places, out):
    """Set bit places[p, c] in row k of `out`, zeros so far, where permutation ranks[k] has item c at position p."""
    for chunk in prange(CHUNKS):
        items = np.empty(places.shape[0], dtype=np.int64)
        first = chunk * ranks.size // CHUNKS
        for k in range(first, (chunk + 1) * ranks.size // CHUNKS):
            if k > first and ranks[k] == ranks[k - 1] + 1:
                _advance(items)
            else:
                _unrank(ranks[k], factorials, items)
            for p in range(items.size):
                out[k, places[p, items[p]]] = 1
