"""Which orbitals a reference determinant occupies, where only their integrals are known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

# Energies of determinants nearer than this are the same: orbitals of a degenerate pair stay in their order.
_SAME_ENERGY = 1e-7  # hartree
_OPEN_SHELL_CHOICES = 16  # orbitals around the gap that unpaired electrons of a given symmetry may take

# Energies of determinants, from the electrons in each orbital, shape (n_determinants, n_orbitals).
_Energies = Callable[[np.ndarray], np.ndarray]


def lowest_determinant(
    one_body: np.ndarray, two_body: np.ndarray, n_alpha: int, n_beta: int
) -> tuple[np.ndarray, np.ndarray]:
    """The doubly and the singly occupied orbitals of a determinant that no exchange of two orbitals lowers.

    If that holds for the determinant of the first orbitals, it is the one. If not, exchanges are made downhill from it
    and from the orbitals of lowest one-electron energy, and the lower end is taken.

    Args:
        one_body: Shape (n, n), hartree.
        two_body: Shape (n, n, n, n), hartree, chemists' notation.
        n_alpha: Electrons of spin up.
        n_beta: Electrons of spin down, at most as many.

    Returns:
        Indices of doubly occupied orbitals, shape (n_beta,), and of singly occupied ones, shape (n_alpha - n_beta,).
    """
    energies = _determinant_energies(one_body, two_body)
    first = _occupation(np.arange(len(one_body)), n_alpha, n_beta)
    end = _downhill(first, energies)
    if not np.array_equal(end, first):
        other = _downhill(_occupation(np.argsort(np.diag(one_body), kind="stable"), n_alpha, n_beta), energies)
        if energies(other[None])[0] < energies(end[None])[0] - _SAME_ENERGY:
            end = other
    return np.flatnonzero(end == 2), np.flatnonzero(end == 1)


def lowest_open_shell(
    one_body: np.ndarray, two_body: np.ndarray, n_alpha: int, n_beta: int, irreps: np.ndarray, irrep: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """As `lowest_determinant`, of a given irrep, which is that of its singly occupied orbitals; None if there is none.

    Unpaired electrons try the orbitals around the gap, and the exchanges keep the irrep.

    Args:
        one_body: Shape (n, n), hartree.
        two_body: Shape (n, n, n, n), hartree, chemists' notation.
        n_alpha: Electrons of spin up.
        n_beta: Electrons of spin down, at most as many.
        irreps: Of the orbitals, shape (n,).
        irrep: Of the determinant.
    """
    double, single = lowest_determinant(one_body, two_body, n_alpha, n_beta)
    if np.bitwise_xor.reduce(irreps[single], initial=0) == irrep:
        return double, single
    energies = _determinant_energies(one_body, two_body)
    rest = np.setdiff1d(np.arange(len(one_body)), np.concatenate([double, single]))
    ranked = np.concatenate([double, single, rest])
    below = max(0, n_beta - _OPEN_SHELL_CHOICES // 2)
    window = ranked[below : below + _OPEN_SHELL_CHOICES].tolist()
    trials = []
    for choice in combinations(window, n_alpha - n_beta):
        if np.bitwise_xor.reduce(irreps[list(choice)], initial=0) == irrep:
            occupation = np.zeros(len(one_body), dtype=np.int64)
            occupation[[orbital for orbital in ranked.tolist() if orbital not in choice][:n_beta]] = 2
            occupation[list(choice)] = 1
            trials.append(occupation)
    if not trials:
        return None
    best = trials[int(np.argmin(energies(np.array(trials))))]
    end = _downhill(best, energies, irreps)
    return np.flatnonzero(end == 2), np.flatnonzero(end == 1)


def _occupation(order: np.ndarray, n_alpha: int, n_beta: int) -> np.ndarray:
    """Electrons in each orbital when they are filled in an order."""
    occupation = np.zeros(len(order), dtype=np.int64)
    occupation[order[:n_alpha]] += 1
    occupation[order[:n_beta]] += 1
    return occupation


def _determinant_energies(one_body: np.ndarray, two_body: np.ndarray) -> _Energies:
    """Without the constant; unpaired electrons are all of spin up."""
    diagonal, coulomb = np.diag(one_body), np.einsum("iijj->ij", two_body)
    exchange = np.einsum("ijji->ij", two_body)

    def energies(occupations: np.ndarray) -> np.ndarray:
        up, down = (occupations > 0).astype(float), (occupations > 1).astype(float)
        total = up + down
        pairs = (total @ coulomb * total - up @ exchange * up - down @ exchange * down).sum(axis=1)
        return np.asarray(total @ diagonal + 0.5 * pairs)

    return energies


def _downhill(occupation: np.ndarray, energies: _Energies, irreps: np.ndarray | None = None) -> np.ndarray:
    """Exchange the occupations of two orbitals, the best pair first, for as long as that lowers the energy.

    With irreps, only orbitals whose exchange keeps that of the determinant: none or both singly occupied, or of one
    irrep.
    """
    p, q = np.triu_indices(len(occupation), 1)
    lowest = energies(occupation[None])[0]
    while True:
        differ = occupation[p] != occupation[q]
        if irreps is not None:
            differ &= ((occupation[p] == 1) == (occupation[q] == 1)) | (irreps[p] == irreps[q])
        first, second = p[differ], q[differ]
        trials = np.repeat(occupation[None], len(first), axis=0)
        rows = np.arange(len(first))
        trials[rows, first], trials[rows, second] = occupation[second], occupation[first]
        ends = energies(trials)
        if ends.min(initial=np.inf) > lowest - _SAME_ENERGY:
            return occupation
        best = int(np.argmin(ends))
        lowest, occupation = ends[best], trials[best]
