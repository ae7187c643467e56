"""The molecular Hamiltonian between determinants, by the Slater-Condon rules.

A determinant is a spin-up and a spin-down occupation string (bit p of the string is orbital p). The strings that occur
are numbered, and for each the strings one or two hops away are listed once with their signs (its *links*); a matrix
element between determinants is then a product of two table entries. Determinants are grouped by their spin-up string:
while a group is joined to another, a small map from spin-down string to row answers which of the linked determinants
exist, so nothing is searched for and a determinant outside the given set is simply not a column.

Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import prange
from scipy.sparse import csr_array

from chemistry.integrals.spin_integrals import BetaIntegrals, by_spin
from runtime.kernels.compiled import compiled

_NEGLIGIBLE = 1e-12  # hartree


class Links(NamedTuple):
    """For each occupation string, the strings of the same set that one or two hops reach."""

    single_start: np.ndarray  # shape: (n_strings + 1,)
    single_target: np.ndarray  # shape: (n_singles,), string numbers
    single_pair: np.ndarray  # shape: (n_singles,), p * n_orbitals + q of the hop q -> p
    single_sign: np.ndarray  # shape: (n_singles,), +1.0 or -1.0
    single_value: np.ndarray  # shape: (n_singles,), hartree: one-body and same-spin part of the element
    double_start: np.ndarray  # shape: (n_strings + 1,)
    double_target: np.ndarray  # shape: (n_doubles,)
    double_value: np.ndarray  # shape: (n_doubles,), hartree
    coulomb: np.ndarray  # shape: (n_strings, n_orbitals**2), hartree: sum over occupied r of (pq|rr), pq of other spin
    energy: np.ndarray  # shape: (n_strings,), hartree: one-body and same-spin energy of the string itself


class Determinants(NamedTuple):
    """The determinants, grouped by spin-up string."""

    group_start: np.ndarray  # shape: (n_alpha_strings + 1,)
    grouped_beta: np.ndarray  # shape: (D,), numbers of spin-down strings
    row_of: np.ndarray  # shape: (D,), the row of each in the matrix
    phase: np.ndarray  # shape: (D,), +1.0 or -1.0


def hamiltonian_matrix(
    alpha: np.ndarray,
    beta: np.ndarray,
    constant: float,
    one_body: np.ndarray,
    two_body: np.ndarray,
    beta_integrals: BetaIntegrals | None = None,
) -> csr_array:
    """The Hamiltonian over a set of determinants, as a real symmetric sparse matrix.

    The sign convention of a determinant is that of the Jordan-Wigner transformation with spin up and down of each
    orbital side by side.

    Args:
        alpha: Spin-up strings, shape (D,), uint64.
        beta: Spin-down strings, shape (D,), uint64; the pairs must be distinct.
        constant: Added to the diagonal, hartree.
        one_body: Shape (n, n), hartree.
        two_body: Shape (n, n, n, n), hartree, chemists' notation.
        beta_integrals: Those of spin down, if it has orbitals of its own.
    """
    n_orbitals = len(one_body)
    alpha_strings, alpha_number = np.unique(alpha, return_inverse=True)
    beta_strings, beta_number = np.unique(beta, return_inverse=True)
    (one_up, one_down), (up_up, mixed, down_down) = by_spin(one_body, two_body, beta_integrals)
    shared = beta_integrals is None
    links_alpha = links_of(alpha_strings, one_up, up_up, None if shared else mixed.transpose(2, 3, 0, 1))
    links_beta = links_of(beta_strings, one_down, down_down, None if shared else mixed)

    row_of = np.lexsort((beta_number, alpha_number))
    grouped_alpha, grouped_beta = alpha_number[row_of], beta_number[row_of]
    determinants = Determinants(
        np.searchsorted(grouped_alpha, np.arange(len(alpha_strings) + 1)),
        grouped_beta,
        row_of,
        interleaving_phase(alpha, beta, n_orbitals)[row_of],
    )
    between_spins = links_alpha.coulomb[:, np.arange(n_orbitals) * (n_orbitals + 1)]
    between_spins = between_spins @ occupations(beta_strings, n_orbitals).T
    diagonal = constant + links_alpha.energy[grouped_alpha] + links_beta.energy[grouped_beta]
    diagonal += between_spins[grouped_alpha, grouped_beta]
    pairs = np.ascontiguousarray(mixed, dtype=np.float64).reshape(n_orbitals**2, n_orbitals**2)

    def visit(cursor: np.ndarray, indices: np.ndarray, data: np.ndarray, fill: bool) -> None:
        _visit_elements(determinants, diagonal, pairs, links_alpha, links_beta, cursor, indices, data, fill)

    counts = np.zeros(len(alpha), dtype=np.int64)
    visit(counts, np.empty(0, dtype=np.int32), np.empty(0), False)
    start = np.concatenate(([0], np.cumsum(counts)))
    index_type = np.int32 if max(start[-1], len(alpha)) < 2**31 else np.int64
    indices = np.empty(start[-1], dtype=index_type)
    data = np.empty(start[-1])
    visit(start[:-1].copy(), indices, data, True)
    return csr_array((data, indices, start.astype(index_type)), shape=(len(alpha), len(alpha)))


def occupations(strings: np.ndarray, n_orbitals: int) -> np.ndarray:
    """Shape (n_strings, n_orbitals), 1.0 where occupied."""
    return ((strings[:, None] >> np.arange(n_orbitals, dtype=np.uint64)) & np.uint64(1)).astype(np.float64)


def interleaving_phase(alpha: np.ndarray, beta: np.ndarray, n_orbitals: int) -> np.ndarray:
    """The sign of reordering creators from all up, then all down, to up and down side by side."""
    return 1.0 - 2.0 * (np.bitwise_count(alpha & passed(beta, n_orbitals)) & np.uint8(1))


def passed(beta: np.ndarray, n_orbitals: int = 64) -> np.ndarray:
    """Bit p of each result is the parity of the electrons of a string in orbitals below p."""
    parities = np.zeros(len(beta), dtype=np.uint64)
    running = np.zeros(len(beta), dtype=np.uint64)
    for p in range(n_orbitals):
        parities |= running << np.uint64(p)
        running ^= beta >> np.uint64(p) & np.uint64(1)
    return parities


def links_of(strings: np.ndarray, one_body: np.ndarray, two_body: np.ndarray, mixed: np.ndarray | None = None) -> Links:
    """The links of ascending strings among themselves.

    Args:
        strings: Shape (n_strings,), uint64, of one spin.
        one_body: Shape (n, n), hartree, of that spin.
        two_body: Shape (n, n, n, n), hartree, both electrons of that spin.
        mixed: (pq|rs) with p and q of the other spin; None where both have the same orbitals.
    """
    n_orbitals = len(one_body)
    one_body = np.ascontiguousarray(one_body, dtype=np.float64)
    two_body = np.ascontiguousarray(two_body, dtype=np.float64)
    occupied = occupations(strings, n_orbitals)
    coulomb = occupied @ np.einsum("pqrr->rpq", two_body).reshape(n_orbitals, -1)
    felt_by_others = coulomb
    if mixed is not None:
        felt_by_others = occupied @ np.einsum("pqrr->rpq", mixed).reshape(n_orbitals, -1)
    exchange = occupied @ np.einsum("prrq->rpq", two_body).reshape(n_orbitals, -1)
    diagonal = np.arange(n_orbitals) * (n_orbitals + 1)
    energy = occupied @ np.diag(one_body) + 0.5 * (occupied * (coulomb - exchange)[:, diagonal]).sum(axis=1)
    same_spin = one_body.reshape(-1) + coulomb - exchange

    single_counts, double_counts = np.zeros((2, len(strings)), dtype=np.int64)
    nothing = np.empty(0, dtype=np.int32)
    _visit_links(strings, same_spin, two_body, single_counts, nothing, nothing, np.empty(0), np.empty(0),
                 double_counts, nothing, np.empty(0), False)  # fmt: skip
    single_start = np.concatenate(([0], np.cumsum(single_counts)))
    double_start = np.concatenate(([0], np.cumsum(double_counts)))
    single_target, single_pair = np.empty((2, single_start[-1]), dtype=np.int32)
    single_sign, single_value = np.empty((2, single_start[-1]))
    double_target, double_value = np.empty(double_start[-1], dtype=np.int32), np.empty(double_start[-1])
    _visit_links(strings, same_spin, two_body, single_start[:-1].copy(), single_target, single_pair, single_sign,
                 single_value, double_start[:-1].copy(), double_target, double_value, True)  # fmt: skip
    return Links(
        single_start, single_target, single_pair, single_sign, single_value,
        double_start, double_target, double_value, felt_by_others, energy,
    )  # fmt: skip


@compiled()
def _hop_sign(string, q, p):
    """The sign of moving an electron from orbital q to p: one factor -1 per electron between them."""
    low, high = min(p, q), max(p, q)
    between = (string >> np.uint64(low + 1)) & ((np.uint64(1) << np.uint64(high - low - 1)) - np.uint64(1))
    sign = 1.0
    while between:
        between &= between - np.uint64(1)
        sign = -sign
    return sign


@compiled()
def _find(strings, string):
    place = np.searchsorted(strings, string)
    return place if place < len(strings) and strings[place] == string else -1


@compiled()
def _visit_links(
    strings, same_spin, two_body, single_cursor, single_target, single_pair, single_sign, single_value,
    double_cursor, double_target, double_value, fill,
):  # fmt: skip
    """Count the links of each string (fill=False), or write them from each string's cursor on (fill=True)."""
    n = two_body.shape[0]
    one = np.uint64(1)
    for index in range(len(strings)):
        string = strings[index]
        for q in range(n):
            if not (string >> np.uint64(q)) & one:
                continue
            for p in range(n):
                if (string >> np.uint64(p)) & one:
                    continue
                hopped = string ^ (one << np.uint64(q)) ^ (one << np.uint64(p))
                sign = _hop_sign(string, q, p)
                target = _find(strings, hopped)
                if target >= 0:
                    if fill:
                        k = single_cursor[index]
                        single_target[k] = target
                        single_pair[k] = p * n + q
                        single_sign[k] = sign
                        single_value[k] = sign * same_spin[index, p * n + q]
                    single_cursor[index] += 1
                for s in range(q + 1, n):
                    if not (string >> np.uint64(s)) & one:
                        continue
                    for r in range(p + 1, n):
                        if (string >> np.uint64(r)) & one:
                            continue
                        value = two_body[p, q, r, s] - two_body[p, s, r, q]
                        if abs(value) < _NEGLIGIBLE:
                            continue
                        target = _find(strings, hopped ^ (one << np.uint64(s)) ^ (one << np.uint64(r)))
                        if target >= 0:
                            if fill:
                                k = double_cursor[index]
                                double_target[k] = target
                                double_value[k] = sign * _hop_sign(hopped, s, r) * value
                            double_cursor[index] += 1


@compiled()
def _put(cursor, indices, data, fill, row, column, value):
    if abs(value) < _NEGLIGIBLE:
        return
    if fill:
        indices[cursor[row]] = column
        data[cursor[row]] = value
    cursor[row] += 1


@compiled()
def _enter_group(place, grouped_beta, group_start, left, entered):
    """Make `place` answer for another group: spin-down string number -> position of the determinant, -1 if absent."""
    for i in range(group_start[left], group_start[left + 1]):
        place[grouped_beta[i]] = -1
    for i in range(group_start[entered], group_start[entered + 1]):
        place[grouped_beta[i]] = i


@compiled()
def _visit_down_hops(i, a, place, determinants, up, down, cursor, indices, data, fill):
    """The elements of one row within its own group."""
    _, grouped_beta, row_of, phase = determinants
    b, row = grouped_beta[i], row_of[i]
    for k in range(down.single_start[b], down.single_start[b + 1]):
        j = place[down.single_target[k]]
        if j >= 0:
            value = down.single_value[k] + down.single_sign[k] * up.coulomb[a, down.single_pair[k]]
            _put(cursor, indices, data, fill, row, row_of[j], phase[i] * phase[j] * value)
    for k in range(down.double_start[b], down.double_start[b + 1]):
        j = place[down.double_target[k]]
        if j >= 0:
            _put(cursor, indices, data, fill, row, row_of[j], phase[i] * phase[j] * down.double_value[k])


@compiled()
def _visit_up_hop(i, k, place, determinants, pairs, up, down, cursor, indices, data, fill):
    """The elements of one row with the group that the k-th single hop of spin up reaches."""
    _, grouped_beta, row_of, phase = determinants
    b, row = grouped_beta[i], row_of[i]
    pair, sign = up.single_pair[k], up.single_sign[k]
    j = place[b]
    if j >= 0:
        value = up.single_value[k] + sign * down.coulomb[b, pair]
        _put(cursor, indices, data, fill, row, row_of[j], phase[i] * phase[j] * value)
    for m in range(down.single_start[b], down.single_start[b + 1]):
        j = place[down.single_target[m]]
        if j >= 0:
            value = sign * down.single_sign[m] * pairs[pair, down.single_pair[m]]
            _put(cursor, indices, data, fill, row, row_of[j], phase[i] * phase[j] * value)


@compiled(parallel=True)
def _visit_elements(determinants, diagonal, pairs, up, down, cursor, indices, data, fill):
    """Count the elements of each row (fill=False), or write them from each row's cursor on (fill=True)."""
    group_start, grouped_beta, row_of, phase = determinants
    for group in prange(len(group_start) - 1):
        a = np.int64(group)  # prange counts in unsigned integers, which numba would mix with signed ones to floats
        place = np.full(len(down.energy), -1, dtype=np.int64)
        left = a
        _enter_group(place, grouped_beta, group_start, a, a)
        for i in range(group_start[a], group_start[a + 1]):
            # The diagonal is written even where it is zero.
            if fill:
                indices[cursor[row_of[i]]] = row_of[i]
                data[cursor[row_of[i]]] = diagonal[i]
            cursor[row_of[i]] += 1
            _visit_down_hops(i, a, place, determinants, up, down, cursor, indices, data, fill)
        for k in range(up.single_start[a], up.single_start[a + 1]):
            entered = np.int64(up.single_target[k])
            _enter_group(place, grouped_beta, group_start, left, entered)
            left = entered
            for i in range(group_start[a], group_start[a + 1]):
                _visit_up_hop(i, k, place, determinants, pairs, up, down, cursor, indices, data, fill)
        for k in range(up.double_start[a], up.double_start[a + 1]):
            entered = np.int64(up.double_target[k])
            _enter_group(place, grouped_beta, group_start, left, entered)
            left = entered
            for i in range(group_start[a], group_start[a + 1]):
                j = place[grouped_beta[i]]
                if j >= 0:
                    value = phase[i] * phase[j] * up.double_value[k]
                    _put(cursor, indices, data, fill, row_of[i], row_of[j], value)
