"""The product of a molecular Hamiltonian with a state in spin blocks; the formula is in `hamiltonian.matrix_free`.

Eight rows, or columns, are brought to a buffer, where the eight numbers that belong to a string fill one register; a
sparse matrix between strings is then one multiply-add of a register per entry.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from runtime.kernels.compiled import compiled
from runtime.kernels.registers import load, multiply_add, plus, splat, store
from runtime.kernels.unchecked import pick, put

LANES = 8
CHUNKS = 16
NEGLIGIBLE = 1e-12  # hartree
GRAIN = 1 << 18  # products of elements from which threads are worth their start: some 30 microseconds


class Sparse(NamedTuple):
    """A sparse matrix between strings, by target."""

    start: np.ndarray  # shape: (n_targets + 1,)
    source: np.ndarray  # shape: (n_entries,), uint32; as numbered within their group
    value: np.ndarray  # shape: (n_entries,)


class Rows(NamedTuple):
    """The hops of the row strings."""

    runs: np.ndarray  # shape: (n_runs, 5); pair, group left, group entered, first hop, last hop + 1
    source: np.ndarray  # shape: (n_hops,); as numbered within their group
    target: np.ndarray  # shape: (n_hops,)
    sign: np.ndarray  # shape: (n_hops,), +1 or -1


class Columns(NamedTuple):
    """The hops of the column strings, by target."""

    start: np.ndarray  # shape: (n_columns + 1,)
    source: np.ndarray  # shape: (n_hops,), uint32; as numbered within their group
    group: np.ndarray  # shape: (n_hops,); that they leave
    pair: np.ndarray  # shape: (n_hops,)
    sign: np.ndarray  # shape: (n_hops,), +1 or -1


_inner = njit(fastmath=True)


@_inner
def _multiply(start, source, value, first, n, x, y):
    """Y = A x for eight right-hand sides; `first` is the row of A that gives the first of n results."""
    for j in range(n):
        low, high = pick(start, first + j), pick(start, first + j + 1)
        even, odd = splat(0.0), splat(0.0)
        for k in range(low, high - 1, 2):
            even = multiply_add(splat(pick(value, k)), load(x, LANES * pick(source, k)), even)
            odd = multiply_add(splat(pick(value, k + 1)), load(x, LANES * pick(source, k + 1)), odd)
        if (high - low) % 2:
            even = multiply_add(splat(pick(value, high - 1)), load(x, LANES * pick(source, high - 1)), even)
        store(y, LANES * j, plus(even, odd))


def _add_rows(x, y, rows, low, high, here, there, width, width_there, start, source, value, first):
    """Add the product of hopped rows and a sparse matrix between columns; the blocks begin at `here` and `there`."""
    for chunk in prange(CHUNKS):
        brought = np.zeros(LANES * width)
        result = np.zeros(LANES * width_there)
        for eight in range(low + LANES * chunk, high, LANES * CHUNKS):
            lanes = min(LANES, high - eight)
            for w in range(lanes):
                row = here + rows.source[eight + w] * width
                sign = rows.sign[eight + w]
                for j in range(width):
                    put(brought, LANES * j + w, sign * pick(x, row + j))
            _multiply(start, source, value, first, width_there, brought, result)
            for w in range(lanes):
                row = there + rows.target[eight + w] * width_there
                for j in range(width_there):
                    put(y, row + j, pick(y, row + j) + pick(result, LANES * j + w))


_add_rows_1 = njit(fastmath=True)(_add_rows)
_add_rows_n = njit(fastmath=True, parallel=True)(_add_rows)


def _add_within(x, y, start, first_row, first_column, within_rows, within_columns):
    """T C, eight columns at a time, then C T', eight rows at a time."""
    for g in range(len(start) - 1):
        n, width = first_row[g + 1] - first_row[g], first_column[g + 1] - first_column[g]
        for chunk in prange(CHUNKS):
            brought = np.zeros(LANES * max(n, width))
            result = np.zeros(LANES * max(n, width))
            for column in range(LANES * chunk, width, LANES * CHUNKS):
                lanes = min(LANES, width - column)
                for i in range(n):
                    for w in range(lanes):
                        put(brought, LANES * i + w, pick(x, start[g] + i * width + column + w))
                matrix = within_rows
                _multiply(matrix.start, matrix.source, matrix.value, first_row[g], n, brought, result)
                for i in range(n):
                    for w in range(lanes):
                        here = start[g] + i * width + column + w
                        put(y, here, pick(y, here) + pick(result, LANES * i + w))
        for chunk in prange(CHUNKS):
            brought = np.zeros(LANES * max(n, width))
            result = np.zeros(LANES * max(n, width))
            for row in range(LANES * chunk, n, LANES * CHUNKS):
                lanes = min(LANES, n - row)
                for w in range(lanes):
                    here = start[g] + (row + w) * width
                    for j in range(width):
                        put(brought, LANES * j + w, pick(x, here + j))
                matrix = within_columns
                _multiply(matrix.start, matrix.source, matrix.value, first_column[g], width, brought, result)
                for w in range(lanes):
                    here = start[g] + (row + w) * width
                    for j in range(width):
                        put(y, here + j, pick(y, here + j) + pick(result, LANES * j + w))


_add_within_1 = njit(fastmath=True)(_add_within)
_add_within_n = njit(fastmath=True, parallel=True)(_add_within)


@compiled(fastmath=True)
def add_product(x, y, start, first_row, first_column, rows, columns, within_rows, within_columns, integrals):
    """Add H x to y, both in block order."""
    products = within_rows.value.size * columns.start.size + within_columns.value.size * first_row[-1]
    if products // max(len(start) - 1, 1) < GRAIN:
        _add_within_1(x, y, start, first_row, first_column, within_rows, within_columns)
    else:
        _add_within_n(x, y, start, first_row, first_column, within_rows, within_columns)
    source = np.empty(columns.source.size, np.uint32)
    value = np.empty(columns.source.size)
    begin = np.empty(columns.start.size, np.int64)
    for pair, g, target, low, high in rows.runs:
        # The columns' matrix for this pair, from group g to the target group.
        count = 0
        for j in range(first_column[target], first_column[target + 1]):
            begin[j] = count
            for k in range(columns.start[j], columns.start[j + 1]):
                v = integrals[pair, columns.pair[k]] * columns.sign[k]
                if columns.group[k] == g and abs(v) > NEGLIGIBLE:
                    source[count] = columns.source[k]
                    value[count] = v
                    count += 1
        begin[first_column[target + 1]] = count
        width = first_column[g + 1] - first_column[g]
        there = first_column[target + 1] - first_column[target]
        args = (x, y, rows, low, high, start[g], start[target], width, there, begin, source, value)
        if (high - low) * count < GRAIN:
            _add_rows_1(*args, first_column[target])
        else:
            _add_rows_n(*args, first_column[target])
