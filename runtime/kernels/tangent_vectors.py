"""The derivatives of a compiled program's state by all parameters at once.

The derivatives by a few parameters travel together as the columns of one array, so that a pair of states costs two
cache lines however many columns there are, and the loop over columns is one of vector instructions. Each thread takes a
chunk of columns of its own, and the state with it. Columns come in the order in which circuits first use the
parameters: a chunk whose first column has not been used yet moves the state alone.

A parameter of column j turns instruction k at the rate values[l] for the l in indptr[k] .. indptr[k+1] with
columns[l] == j.
"""

import math

import numpy as np
from numba import prange

from runtime.kernels.compiled import compiled
from runtime.kernels.evolution import PHASE, REFLECTION
from runtime.kernels.tangents import generator_of, matrix_of

WIDTH = 16  # columns of a chunk


@compiled()
def _rates(k, low, high, indptr, columns, values, rates):
    """The rates of instruction k by the parameters of one chunk; returns whether there is one."""
    for j in range(rates.size):
        rates[j] = 0.0
    found = False
    for j in range(indptr[k], indptr[k + 1]):
        if low <= columns[j] < high:
            rates[columns[j] - low] += values[j]
            found = True
    return found


@compiled(fastmath=True)
def _chunk_real(chunk, initial, starts, stops, angles, indptr, columns, values, places, out, first, second):
    low, high = chunk * WIDTH, min(out.shape[0], (chunk + 1) * WIDTH)
    x, d = initial.copy(), np.zeros((initial.size, high - low), initial.dtype)
    rates = np.zeros(high - low)
    begun = False
    for k in range(angles.size):
        c, s = math.cos(angles[k]), math.sin(angles[k])
        begun |= _rates(k, low, high, indptr, columns, values, rates)
        for i in range(starts[k], stops[k]):
            p, q = first[i], second[i]
            y = c * x[p] + s * x[q]
            z = c * x[q] - s * x[p]
            x[p], x[q] = y, z
            if begun:
                for j in range(rates.size):
                    dy, dz = d[p, j], d[q, j]
                    d[p, j] = c * dy + s * dz + rates[j] * z
                    d[q, j] = c * dz - s * dy - rates[j] * y
    for j in range(rates.size):
        for i in range(x.size):
            out[places[low + j], i] = d[i, j]


@compiled(fastmath=True)
def _chunk(
    chunk,
    initial,
    codes,
    starts,
    stops,
    angles,
    indptr,
    columns,
    values,
    places,
    out,
    first,
    second,
    diagonals,
    entries,
):
    low, high = chunk * WIDTH, min(out.shape[0], (chunk + 1) * WIDTH)
    x, d = initial.copy(), np.zeros((initial.size, high - low), initial.dtype)
    rates = np.zeros(high - low)
    overlaps = np.zeros(high - low, np.complex128)
    begun = False
    for k in range(angles.size):
        begun |= _rates(k, low, high, indptr, columns, values, rates)
        if codes[k] == PHASE:
            diagonal = diagonals[starts[k]]
            for i in range(x.size):
                a = angles[k] * diagonal[i]
                turn = complex(math.cos(a), math.sin(a))
                x[i] *= turn
                if begun:
                    for j in range(rates.size):
                        d[i, j] = turn * d[i, j] + complex(0.0, rates[j] * diagonal[i]) * x[i]
        elif codes[k] == REFLECTION:
            unit = diagonals[starts[k]]
            turn = complex(math.cos(angles[k]), math.sin(angles[k]))
            part = 0j
            overlaps[:] = 0.0
            for i in range(x.size):
                part += unit[i] * x[i]
                for j in range(rates.size):
                    overlaps[j] += unit[i] * d[i, j]
            for j in range(rates.size):
                overlaps[j] = (turn - 1.0) * overlaps[j] + 1j * rates[j] * turn * part
            for i in range(x.size):
                x[i] += (turn - 1.0) * part * unit[i]
                for j in range(rates.size):
                    d[i, j] += overlaps[j] * unit[i]
        else:
            ma, mb, mc, md = matrix_of(codes[k], angles[k], entries[k])
            up, down = generator_of(codes[k], entries[k])
            for i in range(starts[k], stops[k]):
                p, q = first[i], second[i]
                y = ma * x[p] + mb * x[q]
                z = mc * x[p] + md * x[q]
                x[p], x[q] = y, z
                if begun:
                    for j in range(rates.size):
                        dy, dz = d[p, j], d[q, j]
                        d[p, j] = ma * dy + mb * dz + rates[j] * up * z
                        d[q, j] = mc * dy + md * dz + rates[j] * down * y
    for j in range(rates.size):
        for i in range(x.size):
            out[places[low + j], i] = d[i, j]


@compiled(parallel=True)
def tangent_vectors_real(initial, starts, stops, angles, indptr, columns, values, places, out, first, second):
    """Write the derivative by the parameter of column j into out[places[j]], real."""
    for chunk in prange((out.shape[0] + WIDTH - 1) // WIDTH):
        _chunk_real(
            np.int64(chunk), initial, starts, stops, angles, indptr, columns, values, places, out, first, second
        )


@compiled(parallel=True)
def tangent_vectors(
    initial, codes, starts, stops, angles, indptr, columns, values, places, out, first, second, diagonals, entries
):
    """Write the derivative by the parameter of column j into out[places[j]], complex."""
    steps = codes, starts, stops, angles, indptr, columns, values, places
    for chunk in prange((out.shape[0] + WIDTH - 1) // WIDTH):
        _chunk(np.int64(chunk), initial, *steps, out, first, second, diagonals, entries)
