"""Which orbitals a reference determinant occupies, where only their integrals are known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np

# Energies of determinants nearer than this are the same: orbitals of a degenerate pair stay in their order.
_SAME_ENERGY = 1e-7  # hartree
_OPEN_SHELL_CHOICES = 20  # orbitals around the gap that unpaired electrons of a given symmetry may take


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
    energy = partial(_determinant_energy, *_coulomb_and_exchange(one_body, two_body))
    first = _occupation(np.arange(len(one_body)), n_alpha, n_beta)
    end = _downhill(first, energy)
    if not np.array_equal(end, first):
        other = _downhill(_occupation(np.argsort(np.diag(one_body), kind="stable"), n_alpha, n_beta), energy)
        if energy(other) < energy(end) - _SAME_ENERGY:
            end = other
    return np.flatnonzero(end == 2), np.flatnonzero(end == 1)


def lowest_open_shell(
    one_body: np.ndarray, two_body: np.ndarray, n_alpha: int, n_beta: int, irreps: np.ndarray, irrep: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """As `lowest_determinant`, of a given irrep, which is that of its singly occupied orbitals; None if there is none.

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
    energy = partial(_determinant_energy, *_coulomb_and_exchange(one_body, two_body))
    occupied = np.concatenate([double, single])
    ranked = np.concatenate([occupied, np.setdiff1d(np.arange(len(one_body)), occupied)])
    mean = np.diag(one_body) + np.einsum("ppii->p", two_body[:, :, occupied][:, :, :, occupied])
    ranked = ranked[np.argsort(mean[ranked], kind="stable")]
    middle = (n_alpha + n_beta) // 2
    window = ranked[max(0, middle - _OPEN_SHELL_CHOICES // 2) : middle + _OPEN_SHELL_CHOICES // 2]
    best = None
    for choice in combinations(window.tolist(), n_alpha - n_beta):
        if np.bitwise_xor.reduce(irreps[list(choice)], initial=0) != irrep:
            continue
        paired = [orbital for orbital in ranked.tolist() if orbital not in choice][:n_beta]
        trial = np.zeros(len(one_body), dtype=np.int64)
        trial[paired], trial[list(choice)] = 2, 1
        if best is None or energy(trial) < energy(best) - _SAME_ENERGY:
            best = trial
    return None if best is None else (np.flatnonzero(best == 2), np.flatnonzero(best == 1))


def _occupation(order: np.ndarray, n_alpha: int, n_beta: int) -> np.ndarray:
    """Electrons in each orbital when they are filled in an order."""
    occupation = np.zeros(len(order), dtype=np.int64)
    occupation[order[:n_alpha]] += 1
    occupation[order[:n_beta]] += 1
    return occupation


def _coulomb_and_exchange(one_body: np.ndarray, two_body: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.diag(one_body), np.einsum("iijj->ij", two_body), np.einsum("ijji->ij", two_body)


def _determinant_energy(
    diagonal: np.ndarray, coulomb: np.ndarray, exchange: np.ndarray, occupation: np.ndarray
) -> float:
    """Without the constant; unpaired electrons are all of spin up."""
    up, down = (occupation > 0).astype(float), (occupation > 1).astype(float)
    total = up + down
    return float(diagonal @ total + 0.5 * (total @ coulomb @ total - up @ exchange @ up - down @ exchange @ down))


def _downhill(occupation: np.ndarray, energy: partial[float]) -> np.ndarray:
    """Exchange the occupations of two orbitals, the best pair first, for as long as that lowers the energy."""
    lowest = energy(occupation)
    while True:
        trials = list(_exchanges(occupation))
        energies = [energy(trial) for trial in trials]
        if not trials or min(energies) > lowest - _SAME_ENERGY:
            return occupation
        lowest = min(energies)
        occupation = trials[int(np.argmin(energies))]


def _exchanges(occupation: np.ndarray) -> Iterator[np.ndarray]:
    for p, q in combinations(range(len(occupation)), 2):
        if occupation[p] != occupation[q]:
            exchanged = occupation.copy()
            exchanged[p], exchanged[q] = occupation[q], occupation[p]
            yield exchanged
