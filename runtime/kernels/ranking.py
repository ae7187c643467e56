"""Permutations and their ranks in lexicographic order, by Lehmer code.

The rank of a permutation c_0 c_1 ... c_(n-1) is the sum of d_p (n - 1 - p)!, where the digit d_p counts the items after
position p that are smaller than c_p; equivalently c_p is the d_p-th smallest of the items that the positions before p
have left over. Sets of items are bits of an integer.
"""

import numpy as np
from numba import njit, prange


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
        item = 0
        while lowest > 1:
            lowest >>= 1
            item += 1
        items[p] = item


@njit
def _rank(items, factorials):
    n = items.size
    rank = 0
    for p in range(n):
        digit = 0
        for q in range(p + 1, n):
            digit += items[q] < items[p]
        rank += digit * factorials[n - 1 - p]
    return rank


@njit(cache=True, parallel=True)
def items_of(ranks, factorials, out):
    """The permutations with some ranks, shape (len(ranks), n)."""
    for k in prange(ranks.size):
        _unrank(ranks[k], factorials, out[k])


@njit(cache=True, parallel=True)
def partners(p, q, factorials, out):
    """Out[x] = the rank of permutation x with what positions p and q hold exchanged."""
    n = factorials.size - 1
    chunk = max(1, factorials[n] // 64)
    for start in prange(0, -(-factorials[n] // chunk)):
        items = np.empty(n, dtype=np.int64)
        for x in range(start * chunk, min((start + 1) * chunk, factorials[n])):
            _unrank(x, factorials, items)
            items[p], items[q] = items[q], items[p]
            out[x] = _rank(items, factorials)


@njit(cache=True, parallel=True)
def matrices_of(ranks, factorials, places, out):
    """Set bit places[p, c] in row k of `out`, zeros so far, where permutation ranks[k] has item c at position p."""
    for k in prange(ranks.size):
        items = np.empty(places.shape[0], dtype=np.int64)
        _unrank(ranks[k], factorials, items)
        for p in range(items.size):
            out[k, places[p, items[p]]] = 1
