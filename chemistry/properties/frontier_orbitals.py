"""The highest occupied and the lowest empty orbital: how much they overlap decides a singlet-triplet gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField

_GRID_LEVEL = 1  # of PySCF's; overlaps come out to 1e-3
_AT_A_TIME = 20_000  # points


@dataclass(frozen=True, eq=False, kw_only=True)
class FrontierOrbitals:
    """HOMO and LUMO of a closed-shell mean field.

    With both electrons in these two orbitals alone, the lowest singlet of one electron in each lies twice the exchange
    integral above the triplet.
    """

    homo_energy: float  # hartree
    lumo_energy: float  # hartree
    overlap: float  # integral of |HOMO| |LUMO|: 0 where they are apart, 1 where they cover each other
    exchange: float  # (HL|HL), hartree
    coefficients: np.ndarray = field(repr=False)  # shape: (n_basis_functions, 2): HOMO, LUMO

    @property
    def gap(self) -> float:
        """LUMO energy - HOMO energy, hartree."""
        return self.lumo_energy - self.homo_energy


def frontier_orbitals(mean_field: MeanField) -> FrontierOrbitals:
    """HOMO and LUMO, their spatial overlap and their exchange integral.

    The overlap of the moduli: Peach, Benfield, Helgaker and Tozer, J. Chem. Phys. 128, 044118 (2008).

    Args:
        mean_field: Closed-shell Hartree-Fock with an empty orbital.

    Raises:
        ValueError: If it has unpaired electrons or no empty orbital.
    """
    occupied = np.flatnonzero(mean_field.occupations == 2)
    empty = np.flatnonzero(mean_field.occupations == 0)
    if len(occupied) + len(empty) < len(mean_field.occupations) or not len(occupied) or not len(empty):
        raise ValueError(
            "HOMO and LUMO need a closed shell and an empty orbital, but of the"
            f" {len(mean_field.occupations)} orbitals {len(occupied)} are doubly occupied and {len(empty)} are empty."
        )
    energies = mean_field.orbital_energies
    homo, lumo = occupied[np.argmax(energies[occupied])], empty[np.argmin(energies[empty])]
    pair = mean_field.coefficients[:, [homo, lumo]]
    product = 0.5 * (np.outer(pair[:, 0], pair[:, 1]) + np.outer(pair[:, 1], pair[:, 0]))
    coulomb = mean_field.scf.get_j(mean_field.scf.mol, product)
    return FrontierOrbitals(
        homo_energy=float(energies[homo]),
        lumo_energy=float(energies[lumo]),
        overlap=_overlap_of_moduli(mean_field.scf.mol, pair),
        exchange=float(np.einsum("ij,ij->", product, coulomb)),
        coefficients=pair,
    )


def _overlap_of_moduli(mol: Any, pair: np.ndarray) -> float:
    """The integral of the product of two orbitals' absolute values, on atomic grids."""
    from pyscf.dft import gen_grid

    grid = gen_grid.Grids(mol)
    grid.level = _GRID_LEVEL
    grid.build(with_non0tab=False)
    total = 0.0
    for start in range(0, len(grid.weights), _AT_A_TIME):
        span = slice(start, start + _AT_A_TIME)
        values = np.abs(mol.eval_gto("GTOval", grid.coords[span]) @ pair)
        total += float(grid.weights[span] @ (values[:, 0] * values[:, 1]))
    return total
