"""The molecular Hamiltonian as Pauli words under the Jordan-Wigner transformation.

A Pauli word is a pair of bit masks (x, z) and stands for the product over wires of X^x Z^z, X to the left. A creator on
wire w is the sum of two such words, so a product of four operators is sixteen words whose masks combine by exclusive or
and whose sign is the parity of (z of the left) and (x of the right). All index combinations go through numpy at once.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from chemistry.integrals.spin_integrals import BetaIntegrals, by_spin

_NEGLIGIBLE = 1e-12  # hartree


def pauli_words(
    constant: float, one_body: np.ndarray, two_body: np.ndarray, beta: BetaIntegrals | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The coefficients of the Hamiltonian in Pauli words, spin up of orbital p on wire 2p and down on 2p + 1.

    Args:
        constant: Hartree.
        one_body: Shape (n, n), hartree.
        two_body: Shape (n, n, n, n), hartree, chemists' notation.
        beta: The integrals of spin down, if it has orbitals of its own.

    Returns:
        Coefficients of the words made of X, Y and Z (real, shape (m,)), and masks x and z (uint64, shape (m,)) in which
        bit w is wire w: X where only x is set, Z where only z is, Y where both are.
    """
    one_bodies, (up_up, mixed, down_down) = by_spin(one_body, two_body, beta)
    words = [(np.zeros(1, np.uint64), np.zeros(1, np.uint64), np.array([constant]))]
    for spin, same_spin in enumerate((up_up, down_down)):
        # a†_p a†_r a_s a_q with (pq|rs)/2: moving a_q next to a†_p leaves a one-body remainder, which is absorbed.
        effective = one_bodies[spin] - 0.5 * np.einsum("prrq->pq", same_spin)
        p, q = (index.astype(np.uint64) for index in np.nonzero(np.abs(effective) > _NEGLIGIBLE))
        x, z, value = _hops(2 * p + spin, 2 * q + spin, effective[p, q])
        words.append((x.ravel(), z.ravel(), value.ravel()))
    repulsion = {(0, 0): up_up, (0, 1): mixed, (1, 0): mixed.transpose(2, 3, 0, 1), (1, 1): down_down}
    for (left, right), integrals in repulsion.items():
        significant = np.nonzero(np.abs(integrals) > _NEGLIGIBLE)
        p, q, r, s = (index.astype(np.uint64) for index in significant)
        half = 0.5 * integrals[significant]
        x1, z1, value1 = _hops(2 * p + left, 2 * q + left, half)
        x2, z2, value2 = _hops(2 * r + right, 2 * s + right, np.ones_like(half))
        for i, j in product(range(4), repeat=2):
            sign = 1.0 - 2.0 * (np.bitwise_count(z1[i] & x2[j]) & 1)
            words.append((x1[i] ^ x2[j], z1[i] ^ z2[j], sign * value1[i] * value2[j]))
    x, z, value = _collect(*(np.concatenate(part) for part in zip(*words, strict=True)))
    # X Z = -i Y on each wire where both are set; their number is even, as the Hamiltonian is real.
    value = value * (1.0 - 2.0 * ((np.bitwise_count(x & z) // 2) & 1))
    return value, x, z


def _hops(p: np.ndarray, q: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a†_p a_q as four Pauli words: masks x and z and coefficients, each of shape (4, n_hops)."""
    one = np.uint64(1)
    words = []
    # a†_w = X_w (1 + Z_w)/2 and a_w = X_w (1 - Z_w)/2, each behind a string of Z on the wires before w.
    for last_p, last_q in product((0, 1), repeat=2):
        z_p = ((one << p) - one) | (np.uint64(last_p) << p)
        z_q = ((one << q) - one) | (np.uint64(last_q) << q)
        x_p, x_q = one << p, one << q
        # Bring both words to the form X^x Z^z: the string of Z in front commutes with its own X, which is elsewhere.
        sign = 1.0 - 2.0 * (np.bitwise_count(z_p & x_q) & 1)
        words.append((x_p ^ x_q, z_p ^ z_q, 0.25 * value * sign * (-1.0 if last_q else 1.0)))
    x, z, values = zip(*words, strict=True)
    return np.array(x), np.array(z), np.array(values)


def _collect(x: np.ndarray, z: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up equal words and drop those that cancel."""
    order = np.lexsort((z, x))
    x, z, values = x[order], z[order], values[order]
    first = np.concatenate(([True], (x[1:] != x[:-1]) | (z[1:] != z[:-1])))
    total = np.add.reduceat(values, np.flatnonzero(first))
    kept = np.abs(total) > _NEGLIGIBLE
    return x[first][kept], z[first][kept], total[kept]
