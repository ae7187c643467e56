"""Swaps of positions on all permutations of n items, in lexicographic order: index arithmetic, no table of pairs.

Seen from position p, the amplitudes fall into blocks of m!, m = n - p, one for each way to fill the positions before.
In a block, the items of positions p and p + 1 follow from two digits a < m and b < m - 1 of the rank (see `ranking`),
and (m - 2)! amplitudes that differ further back lie side by side. If position p holds the i-th smallest of the m items
and position p + 1 the j-th, i < j, the digits are (i, j - 1), and after their swap (j, i). So a swap of neighbours
couples, for each pair i < j, two runs of (m - 2)! amplitudes, and exp(i a SWAP) is on each pair of amplitudes

    x' = cos a x + i sin a y,    y' = cos a y + i sin a x

Swaps of the last positions act within blocks that fit in cache, so a list of them takes one pass over the state; those
of the last four are shuffles inside vector registers (see `last_positions`). Swaps of positions that are no neighbours
go through a list of pairs.

Amplitudes are numbers re, im, re, im, ... Work is dealt out in `CHUNKS` parts, whatever the number of threads, and the
parts' sums are added outside of the parallel loops, whose own sums would depend on that number. Each loop is compiled
for one thread and for all; only the entry points are cached on disk, since Numba files code under a function's name.
"""

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN, turn, turn_back
from runtime.kernels.last_positions import ORDERS, turn_orders, turn_orders_back
from runtime.kernels.registers import by_i, load, multiply_add, splat, store, times, total, width
from runtime.kernels.unchecked import pick, put

CHUNKS = 16
INNER, INNER_ORDERS = 6, 720  # positions whose orders, of ket and bra, fit in a first-level cache

_inner = njit(fastmath=True)


@_inner
def _couple(a, p, q, size, c, s):
    """Turn `size` numbers from p on against those from q on."""
    step = width(a)
    whole = size - size % step
    if whole:
        cosine, sine = splat(c), splat(s)
        for k in range(0, whole, step):
            x, y = load(a, p + k), load(a, q + k)
            store(a, p + k, multiply_add(sine, by_i(y), times(cosine, x)))
            store(a, q + k, multiply_add(sine, by_i(x), times(cosine, y)))
    for k in range(whole, size, 2):
        x, xi, y, yi = pick(a, p + k), pick(a, p + k + 1), pick(a, q + k), pick(a, q + k + 1)
        put(a, p + k, c * x - s * yi)
        put(a, p + k + 1, c * xi + s * y)
        put(a, q + k, c * y - s * xi)
        put(a, q + k + 1, c * yi + s * x)


@_inner
def _couple_back(a, b, p, q, size, c, s):
    """Undo on ket a and bra b; returns Re <b| i SWAP |a>, restricted to these amplitudes."""
    step = width(a)
    whole = size - size % step
    slope = 0.0
    if whole:
        cosine, sine = splat(c), splat(-s)
        slopes = times(splat(c - c), cosine)
        for k in range(0, whole, step):
            x, y, u, v = load(a, p + k), load(a, q + k), load(b, p + k), load(b, q + k)
            ix, iy = by_i(x), by_i(y)
            slopes = multiply_add(u, iy, multiply_add(v, ix, slopes))
            store(a, p + k, multiply_add(sine, iy, times(cosine, x)))
            store(a, q + k, multiply_add(sine, ix, times(cosine, y)))
            store(b, p + k, multiply_add(sine, by_i(v), times(cosine, u)))
            store(b, q + k, multiply_add(sine, by_i(u), times(cosine, v)))
        slope += total(slopes)
    for k in range(whole, size, 2):
        x, xi, y, yi = pick(a, p + k), pick(a, p + k + 1), pick(a, q + k), pick(a, q + k + 1)
        u, ui, v, vi = pick(b, p + k), pick(b, p + k + 1), pick(b, q + k), pick(b, q + k + 1)
        slope += ui * y - u * yi + vi * x - v * xi
        put(a, p + k, c * x + s * yi)
        put(a, p + k + 1, c * xi - s * y)
        put(a, q + k, c * y + s * xi)
        put(a, q + k + 1, c * yi - s * x)
        put(b, p + k, c * u + s * vi)
        put(b, p + k + 1, c * ui - s * v)
        put(b, q + k, c * v + s * ui)
        put(b, q + k + 1, c * vi - s * u)
    return slope


@_inner
def ends(pair, m):
    """The runs i * (m - 1) + j - 1 and j * (m - 1) + i of the pair i < j with a number, counted row by row."""
    i = 0
    while pair >= m - 1 - i:
        pair -= m - 1 - i
        i += 1
    j = i + 1 + pair
    return i * (m - 1) + j - 1, j * (m - 1) + i


@_inner
def _swap(a, low, high, factorials, m, c, s):
    """The swap of positions n - m and n - m + 1 on the numbers from low on, up to high."""
    if m <= 4 and (high - low) % (2 * ORDERS) == 0:
        for start in range(low, high, 2 * ORDERS):
            if m == 2:
                turn_orders(a, start, 2, c, s)
            elif m == 3:
                turn_orders(a, start, 3, c, s)
            else:
                turn_orders(a, start, 4, c, s)
        return
    run = 2 * factorials[m - 2]
    for start in range(low, high, 2 * factorials[m]):
        for i in range(m - 1):
            for j in range(i + 1, m):
                _couple(a, start + run * (i * (m - 1) + j - 1), start + run * (j * (m - 1) + i), run, c, s)


@_inner
def _swap_back(a, b, low, high, factorials, m, c, s):
    """Undo it on ket a and bra b; returns Re <b| i SWAP |a>."""
    if m <= 4 and (high - low) % (2 * ORDERS) == 0:
        slopes = splat(c - c)
        for start in range(low, high, 2 * ORDERS):
            if m == 2:
                slopes = turn_orders_back(a, b, start, 2, c, s, slopes)
            elif m == 3:
                slopes = turn_orders_back(a, b, start, 3, c, s, slopes)
            else:
                slopes = turn_orders_back(a, b, start, 4, c, s, slopes)
        return np.float64(total(slopes))
    slope = 0.0
    run = 2 * factorials[m - 2]
    for start in range(low, high, 2 * factorials[m]):
        for i in range(m - 1):
            for j in range(i + 1, m):
                p, q = start + run * (i * (m - 1) + j - 1), start + run * (j * (m - 1) + i)
                slope += _couple_back(a, b, p, q, run, c, s)
    return slope


def _last(a, block, factorials, items, cosines, sines):
    blocks = a.size // (2 * block)
    for chunk in prange(CHUNKS):
        for g in range(chunk * blocks // CHUNKS, (chunk + 1) * blocks // CHUNKS):
            end = 0
            while end < items.size:
                k, end = end, end + 1
                while items[k] <= INNER and end < items.size and items[end] <= INNER:
                    end += 1
                size = 2 * (min(block, INNER_ORDERS) if items[k] <= INNER else block)
                for low in range(2 * block * g, 2 * block * (g + 1), size):
                    for j in range(k, end):
                        _swap(a, low, low + size, factorials, items[j], cosines[j], sines[j])


def _last_back(a, b, block, factorials, items, cosines, sines, parts):
    blocks = a.size // (2 * block)
    for chunk in prange(CHUNKS):
        for g in range(chunk * blocks // CHUNKS, (chunk + 1) * blocks // CHUNKS):
            begin = items.size
            while begin > 0:
                end, begin = begin, begin - 1
                while items[begin] <= INNER and begin > 0 and items[begin - 1] <= INNER:
                    begin -= 1
                size = 2 * (min(block, INNER_ORDERS) if items[begin] <= INNER else block)
                for low in range(2 * block * g, 2 * block * (g + 1), size):
                    for k in range(end - 1, begin - 1, -1):
                        slope = _swap_back(a, b, low, low + size, factorials, items[k], cosines[k], sines[k])
                        parts[chunk, k] += slope


def _early(a, factorials, m, c, s):
    run = 2 * factorials[m - 2]
    pairs = m * (m - 1) // 2
    work = a.size // (2 * factorials[m]) * pairs
    for chunk in prange(CHUNKS):
        for item in range(chunk * work // CHUNKS, (chunk + 1) * work // CHUNKS):
            start = 2 * factorials[m] * (item // pairs)
            p, q = ends(item % pairs, m)
            _couple(a, start + run * p, start + run * q, run, c, s)


def _early_back(a, b, factorials, m, c, s, parts):
    run = 2 * factorials[m - 2]
    pairs = m * (m - 1) // 2
    work = a.size // (2 * factorials[m]) * pairs
    for chunk in prange(CHUNKS):
        slope = 0.0
        for item in range(chunk * work // CHUNKS, (chunk + 1) * work // CHUNKS):
            start = 2 * factorials[m] * (item // pairs)
            p, q = ends(item % pairs, m)
            slope += _couple_back(a, b, start + run * p, start + run * q, run, c, s)
        parts[chunk] = slope


def _listed(a, first, second, c, s):
    for chunk in prange(CHUNKS):
        for k in range(chunk * first.size // CHUNKS, (chunk + 1) * first.size // CHUNKS):
            _couple(a, 2 * np.int64(first[k]), 2 * np.int64(second[k]), 2, c, s)


def _listed_back(a, b, first, second, c, s, parts):
    for chunk in prange(CHUNKS):
        slope = 0.0
        for k in range(chunk * first.size // CHUNKS, (chunk + 1) * first.size // CHUNKS):
            slope += _couple_back(a, b, 2 * np.int64(first[k]), 2 * np.int64(second[k]), 2, c, s)
        parts[chunk] = slope


_serial = njit(fastmath=True)
_parallel = njit(fastmath=True, parallel=True)
_last_1, _last_n = _serial(_last), _parallel(_last)
_last_back_1, _last_back_n = _serial(_last_back), _parallel(_last_back)
_early_1, _early_n = _serial(_early), _parallel(_early)
_early_back_1, _early_back_n = _serial(_early_back), _parallel(_early_back)
_listed_1, _listed_n = _serial(_listed), _parallel(_listed)
_listed_back_1, _listed_back_n = _serial(_listed_back), _parallel(_listed_back)


@compiled(fastmath=True)
def swap_last(a, block, factorials, items, cosines, sines):
    """Swaps of neighbouring positions within blocks of so many amplitudes; items[k] = n - p for the k-th."""
    if a.size < 2 * GRAIN:
        return _last_1(a, block, factorials, items, cosines, sines)
    return _last_n(a, block, factorials, items, cosines, sines)


@compiled(fastmath=True)
def swap_last_back(a, b, block, factorials, items, cosines, sines, slopes):
    """Undo them on ket a and bra b; writes 2 Re <b| i SWAP |a> of each into `slopes`."""
    parts = np.zeros((CHUNKS, items.size))
    if a.size < 2 * GRAIN:
        _last_back_1(a, b, block, factorials, items, cosines, sines, parts)
    else:
        _last_back_n(a, b, block, factorials, items, cosines, sines, parts)
    for k in range(items.size):
        slopes[k] = 2.0 * parts[:, k].sum()


@compiled(fastmath=True)
def swap_early(a, factorials, m, c, s):
    """The swap of positions n - m and n - m + 1, in a pass of its own."""
    if a.size < 2 * GRAIN:
        return _early_1(a, factorials, m, c, s)
    return _early_n(a, factorials, m, c, s)


@compiled(fastmath=True)
def swap_early_back(a, b, factorials, m, c, s):
    """Undo it on ket a and bra b; returns 2 Re <b| i SWAP |a>."""
    parts = np.zeros(CHUNKS)
    if a.size < 2 * GRAIN:
        _early_back_1(a, b, factorials, m, c, s, parts)
    else:
        _early_back_n(a, b, factorials, m, c, s, parts)
    return 2.0 * parts.sum()


@compiled(fastmath=True)
def swap_listed(a, first, second, c, s):
    """The swap of any two positions, from the list of pairs that it exchanges."""
    if a.size < 2 * GRAIN:
        return _listed_1(a, first, second, c, s)
    return _listed_n(a, first, second, c, s)


@compiled(fastmath=True)
def swap_listed_back(a, b, first, second, c, s):
    """Undo it on ket a and bra b; returns 2 Re <b| i SWAP |a>."""
    parts = np.zeros(CHUNKS)
    if a.size < 2 * GRAIN:
        _listed_back_1(a, b, first, second, c, s, parts)
    else:
        _listed_back_n(a, b, first, second, c, s, parts)
    return 2.0 * parts.sum()


@compiled(fastmath=True)
def phase(state, diagonal, angle):
    """exp(i angle F) for a diagonal F."""
    turn(state, diagonal, angle)


@compiled(fastmath=True)
def phase_back(state, bra, diagonal, angle):
    """Undo it on ket and bra; returns 2 Re <bra| i F |state>."""
    return 2.0 * turn_back(state, bra, diagonal, angle)
