"""Carrying a set of basis states through a gate.

A gate couples a basis state x to x ^ flip with the amplitude

    g(x) = sum_t coefficient[t] * [x & mask[t] == value[t]] * (-1)^popcount(x & parity[t])

which covers Pauli words (mask zero), local patterns (parity zero), fermionic strings and controls alike.
"""

import numpy as np
from numba import prange

from runtime.kernels.compiled import compiled
from runtime.kernels.keys import position_of
from runtime.kernels.registers import ones

NEGLIGIBLE = 1e-12


@compiled()
def amplitude(keys, row, coefficients, masks, values, parities):
    """g(x) of the module's docstring for the key x in a row."""
    total = 0.0j
    for t in range(coefficients.size):
        matches = True
        crossed = 0
        for w in range(keys.shape[1]):
            if keys[row, w] & masks[t, w] != values[t, w]:
                matches = False
                break
            crossed += ones(keys[row, w] & parities[t, w])
        if matches:
            total += -coefficients[t] if crossed & 1 else coefficients[t]
    return total


@compiled(parallel=True)
def diagonal_values(keys, count, coefficients, masks, values, parities, out):
    """Add the real part of g(x) to `out` for the first `count` keys: a diagonal operator on the sector."""
    for row in prange(count):
        out[row] += amplitude(keys, row, coefficients, masks, values, parities).real


@compiled()
def couple(
    keys, count, sources, table, flip, coefficients, masks, values, parities, enlarge, first, second, kinds, strengths
):
    """List the pairs p, q = p ^ flip that a gate couples, adding the states it newly reaches.

    A pair is listed once: from the state whose highest flipped bit is 0, or from the one that was there first. A pair
    with a purely imaginary amplitude is turned so that its imaginary part is positive: real rotations are then alike.

    Args:
        sources: how many of the `count` states to start from.
        enlarge: False leaves out pairs of which one state has not been reached.
        first, second: filled with the rows of p and q.
        kinds: filled with an index into `strengths`.
        strengths: filled with the distinct amplitudes g(p).

    Returns:
        The number of pairs, of rows, and of strengths (-1 if there are more than fit).
    """
    words = flip.size
    partner = np.empty(words, np.uint64)
    top = 0
    while flip[top] == np.uint64(0):
        top += 1
    top_bit = np.uint64(1) << np.uint64(63)
    while flip[top] & top_bit == np.uint64(0):
        top_bit >>= np.uint64(1)
    pairs = 0
    n_strengths = 0
    before = count
    for row in range(sources):
        g = amplitude(keys, row, coefficients, masks, values, parities)
        if abs(g.real) < NEGLIGIBLE and abs(g.imag) < NEGLIGIBLE:
            continue
        for w in range(words):
            partner[w] = keys[row, w] ^ flip[w]
        place = position_of(keys, table, partner)
        other = table[place]
        if other < 0:
            if not enlarge:
                continue
            keys[count] = partner
            table[place] = count
            other = count
            count += 1
        elif keys[row, top] & top_bit != np.uint64(0) and other < before:
            continue
        p, q = row, other
        if abs(g.real) < NEGLIGIBLE and g.imag < 0:
            p, q = q, p
            g = -g
        kind = 0
        while kind < n_strengths and abs(strengths[kind] - g) > NEGLIGIBLE:
            kind += 1
        if kind == n_strengths:
            if n_strengths == strengths.size:
                return pairs, count, -1
            strengths[kind] = g
            n_strengths += 1
        first[pairs] = p
        second[pairs] = q
        kinds[pairs] = kind
        pairs += 1
    return pairs, count, n_strengths


@compiled()
def relabel(keys, count, masks, values, flips, phases):
    """Move every key by the first case that it matches, and write the index of that case into `phases` (-1: none)."""
    for row in range(count):
        phases[row] = -1
        for case in range(masks.shape[0]):
            matches = True
            for w in range(keys.shape[1]):
                if keys[row, w] & masks[case, w] != values[case, w]:
                    matches = False
                    break
            if matches:
                for w in range(keys.shape[1]):
                    keys[row, w] ^= flips[case, w]
                phases[row] = case
                break


@compiled(parallel=True)
def matrix_elements(keys, table, flip, coefficients, masks, values, parities, targets, elements):
    """For every key x, the row of x ^ flip (-1 if it is not there) and the amplitude g(x)."""
    for row in prange(keys.shape[0]):
        partner = keys[row] ^ flip
        targets[row] = table[position_of(keys, table, partner)]
        if targets[row] >= 0:
            elements[row] = amplitude(keys, row, coefficients, masks, values, parities)
