"""Looking basis states up in a sector, and finding where an operator leaves it."""

from runtime.kernels.compiled import compiled
from runtime.kernels.couplings import NEGLIGIBLE, amplitude
from runtime.kernels.keys import position_of


@compiled()
def rows_of(keys, table, wanted, rows):
    """Write the row of each wanted key into `rows`, -1 where there is none."""
    for i in range(wanted.shape[0]):
        rows[i] = table[position_of(keys, table, wanted[i])]


@compiled()
def leaving(keys, table, flip, coefficients, masks, values, parities, out):
    """Write into `out` the keys x ^ flip that are not in the table and have g(x) != 0; returns their number."""
    count = 0
    for row in range(keys.shape[0]):
        partner = out[count]  # kept only if it leaves
        for w in range(flip.size):
            partner[w] = keys[row, w] ^ flip[w]
        if table[position_of(keys, table, partner)] >= 0:
            continue
        if abs(amplitude(keys, row, coefficients, masks, values, parities)) > NEGLIGIBLE:
            count += 1
    return count
