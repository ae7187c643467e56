"""Orbitals that come out the same on every run.

Those of a self-consistent field are free up to sign, and up to rotation where they are degenerate; threads decide which
ones a run returns. Here they are ordered by occupation, energy and irrep, degenerate ones of one irrep are fixed by the
position operator, and the first of the largest coefficients is made positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

_DEGENERATE = 1e-5  # hartree


def canonical_orbitals(
    mol: gto.Mole, coefficients: np.ndarray, energies: np.ndarray, occupations: np.ndarray, irreps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The same four arrays, in order and with their freedom fixed.

    Args:
        mol: For the position operator.
        coefficients: Shape (n_basis_functions, n_orbitals).
        energies: Shape (n_orbitals,), hartree.
        occupations: Shape (n_orbitals,).
        irreps: Shape (n_orbitals,).
    """
    order = np.lexsort((irreps, np.round(energies, 5), -occupations))
    coefficients, energies = np.array(coefficients[:, order]), np.array(energies[order])
    occupations, irreps = np.array(occupations[order]), np.array(irreps[order])
    _fix_degenerate_rotations(coefficients, energies, occupations, irreps, mol)
    for column in coefficients.T:
        magnitudes = np.abs(column)
        if column[np.argmax(magnitudes > (1 - 1e-4) * magnitudes.max())] < 0:
            column *= -1
    return coefficients, energies, occupations, irreps


def _fix_degenerate_rotations(
    coefficients: np.ndarray, energies: np.ndarray, occupations: np.ndarray, irreps: np.ndarray, mol: gto.Mole
) -> None:
    """Make degenerate orbitals of one irrep eigenvectors of a position along a direction that no symmetry prefers."""
    position = None
    start = 0
    for stop in range(1, len(energies) + 1):
        if (
            stop < len(energies)
            and energies[stop] - energies[start] < _DEGENERATE
            and irreps[stop] == irreps[start]
            and occupations[stop] == occupations[start]
        ):
            continue
        if stop - start > 1:
            if position is None:
                position = np.einsum("x,xij->ij", [1.0, np.sqrt(2.0), np.sqrt(3.0)], mol.intor("int1e_r"))
            block = coefficients[:, start:stop]
            coefficients[:, start:stop] = block @ np.linalg.eigh(block.T @ position @ block)[1]
        start = stop
