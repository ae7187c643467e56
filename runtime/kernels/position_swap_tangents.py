"""The swaps of `position_swaps` on a state and its derivative, and undone on those of a bra as well.

For an angle that moves at the rate r, a swap takes x to U x, U = cos a + i sin a SWAP, and dx to U (dx + i r SWAP x).
Undone, the slope Re <u|i SWAP|x> and its derivative Re (<du|i SWAP|x> + <u|i SWAP|dx>) are summed on the way.

The loops over all pairs of runs are written once, for two vectors or four: what is done to a pair comes as a function.
It returns what a pair adds to the two sums, nothing without a bra.
"""

import numpy as np
from numba import njit, prange

from runtime.kernels.chunks import CHUNKS, bounds
from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import GRAIN
from runtime.kernels.last_positions import ORDERS, pull_orders, push_orders
from runtime.kernels.position_swaps import INNER, INNER_ORDERS, ends
from runtime.kernels.registers import by_i, load, multiply_add, splat, store, times, total, width
from runtime.kernels.unchecked import pick, put

LAST, EARLY, LISTED = range(3)  # positions, by how their swaps are found: see `position_swaps`

_inner = njit(fastmath=True)
_threaded = njit(fastmath=True, parallel=True)


@_inner
def _moved(x, y, dx, dy, c, s, r):
    """Registers of amplitudes that a swap couples, with their derivatives, after it."""
    ix, iy = by_i(x), by_i(y)
    dx, dy = multiply_add(r, iy, dx), multiply_add(r, ix, dy)
    x, y = multiply_add(s, iy, times(c, x)), multiply_add(s, ix, times(c, y))
    return x, y, multiply_add(s, by_i(dy), times(c, dx)), multiply_add(s, by_i(dx), times(c, dy))


@_inner
def _times_i(z):
    return complex(-z.imag, z.real)


@_inner
def _moved_one(x, y, dx, dy, c, s, r):
    """The same for single amplitudes."""
    dx, dy = dx + r * _times_i(y), dy + r * _times_i(x)
    x, y = c * x + s * _times_i(y), c * y + s * _times_i(x)
    return x, y, c * dx + s * _times_i(dy), c * dy + s * _times_i(dx)


@_inner
def _amplitude(a, i):
    return complex(pick(a, i), pick(a, i + 1))


@_inner
def _write(a, i, z):
    put(a, i, z.real)
    put(a, i + 1, z.imag)


@_inner
def _push_runs(vectors, p, q, size, c, s, r):
    """Turn `size` numbers from p on against those from q on."""
    a, da = vectors
    whole = size - size % width(a)
    if whole:
        cosine, sine, rate = splat(c), splat(s), splat(r)
        for k in range(0, whole, width(a)):
            i, j = p + k, q + k
            x, y, dx, dy = _moved(load(a, i), load(a, j), load(da, i), load(da, j), cosine, sine, rate)
            store(a, i, x)
            store(a, j, y)
            store(da, i, dx)
            store(da, j, dy)
    for k in range(whole, size, 2):
        i, j = p + k, q + k
        x, y, dx, dy = _amplitude(a, i), _amplitude(a, j), _amplitude(da, i), _amplitude(da, j)
        x, y, dx, dy = _moved_one(x, y, dx, dy, c, s, r)
        _write(a, i, x)
        _write(a, j, y)
        _write(da, i, dx)
        _write(da, j, dy)
    return 0.0, 0.0


@_inner
def _pull_runs(vectors, p, q, size, c, s, r):
    """The same on ket and bra, with the opposite sine and rate."""
    a, da, b, db = vectors
    whole = size - size % width(a)
    slope = change = 0.0
    if whole:
        cosine, sine, rate = splat(c), splat(s), splat(r)
        slopes = changes = splat(c - c)
        for k in range(0, whole, width(a)):
            i, j = p + k, q + k
            x, y, dx, dy = load(a, i), load(a, j), load(da, i), load(da, j)
            u, v, du, dv = load(b, i), load(b, j), load(db, i), load(db, j)
            ix, iy = by_i(x), by_i(y)
            slopes = multiply_add(u, iy, multiply_add(v, ix, slopes))
            changes = multiply_add(du, iy, multiply_add(dv, ix, changes))
            changes = multiply_add(u, by_i(dy), multiply_add(v, by_i(dx), changes))
            x, y, dx, dy = _moved(x, y, dx, dy, cosine, sine, rate)
            u, v, du, dv = _moved(u, v, du, dv, cosine, sine, rate)
            store(a, i, x)
            store(a, j, y)
            store(da, i, dx)
            store(da, j, dy)
            store(b, i, u)
            store(b, j, v)
            store(db, i, du)
            store(db, j, dv)
        slope += total(slopes)
        change += total(changes)
    for k in range(whole, size, 2):
        i, j = p + k, q + k
        x, y, dx, dy = _amplitude(a, i), _amplitude(a, j), _amplitude(da, i), _amplitude(da, j)
        u, v, du, dv = _amplitude(b, i), _amplitude(b, j), _amplitude(db, i), _amplitude(db, j)
        slope -= (np.conj(u) * y + np.conj(v) * x).imag
        change -= (np.conj(du) * y + np.conj(dv) * x + np.conj(u) * dy + np.conj(v) * dx).imag
        x, y, dx, dy = _moved_one(x, y, dx, dy, c, s, r)
        u, v, du, dv = _moved_one(u, v, du, dv, c, s, r)
        _write(a, i, x)
        _write(a, j, y)
        _write(da, i, dx)
        _write(da, j, dy)
        _write(b, i, u)
        _write(b, j, v)
        _write(db, i, du)
        _write(db, j, dv)
    return slope, change


@_inner
def _push_orders(vectors, low, high, m, c, s, r):
    """A swap of the last positions on the numbers from low on, up to high: shuffles within registers."""
    a, da = vectors
    for start in range(low, high, 2 * ORDERS):
        if m == 2:
            push_orders(a, da, start, 2, c, s, r)
        elif m == 3:
            push_orders(a, da, start, 3, c, s, r)
        else:
            push_orders(a, da, start, 4, c, s, r)
    return 0.0, 0.0


@_inner
def _pull_orders(vectors, low, high, m, c, s, r):
    a, da, b, db = vectors
    slope = change = splat(c - c)
    for start in range(low, high, 2 * ORDERS):
        if m == 2:
            slope, change = pull_orders(a, da, b, db, start, 2, c, s, r, slope, change)
        elif m == 3:
            slope, change = pull_orders(a, da, b, db, start, 3, c, s, r, slope, change)
        else:
            slope, change = pull_orders(a, da, b, db, start, 4, c, s, r, slope, change)
    return np.float64(total(slope)), np.float64(total(change))


def _loops(turn_runs, turn_orders):
    """The loops over a list of swaps of the last positions, over an early one, and over a list of pairs.

    Swaps come in the order in which they are done; `sums`, shape (CHUNKS, n_swaps, 2), takes what they add.
    """

    @_inner
    def swap(vectors, low, high, factorials, m, c, s, r):
        if m <= 4 and (high - low) % (2 * ORDERS) == 0:
            return turn_orders(vectors, low, high, m, c, s, r)
        slope = change = 0.0
        run = 2 * factorials[m - 2]
        for start in range(low, high, 2 * factorials[m]):
            for i in range(m - 1):
                for j in range(i + 1, m):
                    p, q = start + run * (i * (m - 1) + j - 1), start + run * (j * (m - 1) + i)
                    more, moving = turn_runs(vectors, p, q, run, c, s, r)
                    slope += more
                    change += moving
        return slope, change

    def last(vectors, block, factorials, items, cosines, sines, rates, sums):
        blocks = vectors[0].size // (2 * block)
        for chunk in prange(CHUNKS):
            first, behind = bounds(chunk, blocks)
            for g in range(first, behind):
                end = 0
                while end < items.size:
                    k, end = end, end + 1
                    while items[k] <= INNER and end < items.size and items[end] <= INNER:
                        end += 1
                    size = 2 * (min(block, INNER_ORDERS) if items[k] <= INNER else block)
                    for low in range(2 * block * g, 2 * block * (g + 1), size):
                        for j in range(k, end):
                            numbers = cosines[j], sines[j], rates[j]
                            slope, change = swap(vectors, low, low + size, factorials, items[j], *numbers)
                            sums[chunk, j, 0] += slope
                            sums[chunk, j, 1] += change

    def early(vectors, factorials, m, c, s, r, sums):
        run = 2 * factorials[m - 2]
        pairs = m * (m - 1) // 2
        work = vectors[0].size // (2 * factorials[m]) * pairs
        for chunk in prange(CHUNKS):
            first, behind = bounds(chunk, work)
            for item in range(first, behind):
                start = 2 * factorials[m] * (item // pairs)
                p, q = ends(item % pairs, m)
                slope, change = turn_runs(vectors, start + run * p, start + run * q, run, c, s, r)
                sums[chunk, 0, 0] += slope
                sums[chunk, 0, 1] += change

    def listed(vectors, first, second, c, s, r, sums):
        for chunk in prange(CHUNKS):
            begin, behind = bounds(chunk, first.size)
            for k in range(begin, behind):
                p, q = 2 * np.int64(first[k]), 2 * np.int64(second[k])
                slope, change = turn_runs(vectors, p, q, 2, c, s, r)
                sums[chunk, 0, 0] += slope
                sums[chunk, 0, 1] += change

    return (_inner(last), _threaded(last)), (_inner(early), _threaded(early)), (_inner(listed), _threaded(listed))


(_push_last_1, _push_last_n), (_push_early_1, _push_early_n), (_push_listed_1, _push_listed_n) = _loops(
    _push_runs, _push_orders
)
(_pull_last_1, _pull_last_n), (_pull_early_1, _pull_early_n), (_pull_listed_1, _pull_listed_n) = _loops(
    _pull_runs, _pull_orders
)


@compiled(fastmath=True)
def push_swaps(kind, a, da, block, factorials, items, cosines, sines, rates, first, second):
    """Swaps on a state and its derivative.

    Args:
        kind: LAST for any number of swaps of neighbours within blocks, EARLY for one in a pass of its own, LISTED for
            one of any two positions.
        a, da: floats of the two vectors.
        block: amplitudes of a block.
        factorials: of 0, 1, ...
        items: n - p for each swap of the positions p and p + 1.
        cosines, sines, rates: of each swap.
        first, second: of a LISTED swap, the pairs that it exchanges.
    """
    vectors = a, da
    sums = np.zeros((CHUNKS, items.size, 2))
    alone = a.size < 2 * GRAIN
    if kind == LAST:
        if alone:
            _push_last_1(vectors, block, factorials, items, cosines, sines, rates, sums)
        else:
            _push_last_n(vectors, block, factorials, items, cosines, sines, rates, sums)
    elif kind == EARLY:
        if alone:
            _push_early_1(vectors, factorials, items[0], cosines[0], sines[0], rates[0], sums)
        else:
            _push_early_n(vectors, factorials, items[0], cosines[0], sines[0], rates[0], sums)
    elif alone:
        _push_listed_1(vectors, first, second, cosines[0], sines[0], rates[0], sums)
    else:
        _push_listed_n(vectors, first, second, cosines[0], sines[0], rates[0], sums)


@compiled(fastmath=True)
def pull_swaps(kind, a, da, b, db, block, factorials, items, cosines, sines, rates, first, second, slopes, changes):
    """Undo swaps on ket, bra and their derivatives: the last comes first, sines and rates are the opposite ones.

    Writes 2 Re <b| i SWAP |a> of each into `slopes`, and its derivative into `changes`.
    """
    vectors = a, da, b, db
    sums = np.zeros((CHUNKS, items.size, 2))
    alone = a.size < 2 * GRAIN
    if kind == LAST:
        if alone:
            _pull_last_1(vectors, block, factorials, items, cosines, sines, rates, sums)
        else:
            _pull_last_n(vectors, block, factorials, items, cosines, sines, rates, sums)
    elif kind == EARLY:
        if alone:
            _pull_early_1(vectors, factorials, items[0], cosines[0], sines[0], rates[0], sums)
        else:
            _pull_early_n(vectors, factorials, items[0], cosines[0], sines[0], rates[0], sums)
    elif alone:
        _pull_listed_1(vectors, first, second, cosines[0], sines[0], rates[0], sums)
    else:
        _pull_listed_n(vectors, first, second, cosines[0], sines[0], rates[0], sums)
    for k in range(items.size):
        slopes[k] = 2.0 * sums[:, k, 0].sum()
        changes[k] = 2.0 * sums[:, k, 1].sum()
