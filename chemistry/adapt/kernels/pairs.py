"""The pairs of determinants that excitations couple, and the slopes of excitations from them.

An excitation couples each determinant whose sources are occupied and targets empty with the one where they have changed
places. A pair is noted as (p, q) where the excitation leads from q to p with a plus sign; where electrons on its string
make the sign minus, as (q, p).
"""

import numpy as np

from runtime.kernels.compiled import compiled
from runtime.kernels.keys import position_of


@compiled()
def count_pairs(keys, sources, targets, counts):
    """Write how many pairs each excitation couples.

    Args:
        keys: the determinants, shape (dimension, n_words).
        sources: masks of wires, shape (n_excitations, n_words).
        targets: the same.
        counts: shape (n_excitations,).
    """
    for e in range(counts.size):
        count = 0
        for row in range(keys.shape[0]):
            excites = True
            for w in range(keys.shape[1]):
                excites = excites and keys[row, w] & (sources[e, w] | targets[e, w]) == sources[e, w]
            count += excites
        counts[e] = count


@compiled()
def write_pairs(keys, table, sources, targets, strings, start, first, second):
    """Write the pairs of each excitation from its start on.

    Args:
        keys: the determinants, shape (dimension, n_words), closed under the excitations.
        table: the hash table over them.
        sources: masks of wires, shape (n_excitations, n_words).
        targets: the same.
        strings: wires whose electrons each give a sign.
        start: shape (n_excitations,).
        first: shape (n_pairs,), uint32.
        second: the same.
    """
    n_words = keys.shape[1]
    partner = np.empty(n_words, dtype=np.uint64)
    for e in range(start.size):
        place = start[e]
        for row in range(keys.shape[0]):
            excites = True
            for w in range(n_words):
                excites = excites and keys[row, w] & (sources[e, w] | targets[e, w]) == sources[e, w]
            if not excites:
                continue
            electrons = np.uint64(0)
            for w in range(n_words):
                electrons ^= keys[row, w] & strings[e, w]
                partner[w] = keys[row, w] ^ (sources[e, w] | targets[e, w])
            reached = table[position_of(keys, table, partner)]
            # The parity of the electrons on the string, by folding the word onto its lowest bit.
            for shift in (32, 16, 8, 4, 2, 1):
                electrons ^= electrons >> np.uint64(shift)
            if electrons & np.uint64(1):
                first[place], second[place] = row, reached
            else:
                first[place], second[place] = reached, row
            place += 1


@compiled(fastmath=True)
def write_slopes(state, image, start, stop, first, second, slopes):
    """Write 2 <image| tau - tau† |state> for each excitation, shape (n_excitations,)."""
    for e in range(slopes.size):
        total = 0.0
        for k in range(start[e], stop[e]):
            p, q = first[k], second[k]
            total += image[p] * state[q] - image[q] * state[p]
        slopes[e] = 2.0 * total
