"""Orbitals that come out the same on every run, though nature leaves their signs and degenerate rotations open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

_DEGENERATE = 1e-5  # hartree


def with_fixed_phases(coefficients: np.ndarray, energies: np.ndarray, irreps: np.ndarray, mol: gto.Mole) -> np.ndarray:
    """The same orbitals, degenerate ones rotated and all signs chosen by a rule.

    Degenerate orbitals of one irrep become eigenvectors of a position along a direction that no symmetry prefers, and
    the first of an orbital's largest coefficients is made positive.

    Args:
        coefficients: Shape (n_basis_functions, n_orbitals).
        energies: Hartree, ascending, shape (n_orbitals,).
        irreps: Shape (n_orbitals,).
        mol: The molecule.
    """
    coefficients = coefficients.copy()
    position = None
    start = 0
    for stop in range(1, len(energies) + 1):
        if stop < len(energies) and energies[stop] - energies[start] < _DEGENERATE:
            continue
        for irrep in np.unique(irreps[start:stop]):
            members = start + np.flatnonzero(irreps[start:stop] == irrep)
            if len(members) == 1:
                continue
            if position is None:
                position = np.einsum("x,xij->ij", [1.0, np.sqrt(2.0), np.sqrt(3.0)], mol.intor("int1e_r"))
            block = coefficients[:, members]
            coefficients[:, members] = block @ np.linalg.eigh(block.T @ position @ block)[1]
        start = stop
    for column in coefficients.T:
        magnitudes = np.abs(column)
        if column[np.argmax(magnitudes > (1 - 1e-4) * magnitudes.max())] < 0:
            column *= -1
    return coefficients
