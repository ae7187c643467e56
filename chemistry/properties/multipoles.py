"""Electric dipole and quadrupole moments of a state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chemistry.properties.atomic_orbitals import molecule_of, spin_densities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

# CODATA 2018
BOHR_IN_ANGSTROM = 0.529177210903
DIPOLE_IN_DEBYE = 2.541746473


@dataclass(frozen=True, eq=False, kw_only=True)
class ElectricMoments:
    """The moments of nuclei and electrons, frozen ones included."""

    dipole: np.ndarray  # shape: (3,), atomic units (e bohr)
    quadrupole: np.ndarray  # shape: (3, 3), atomic units (e bohr^2), traceless: 1/2 sum q (3 r r - r^2)
    charge: int
    origin: np.ndarray = field(repr=False)  # shape: (3,), angstrom
    depends_on_origin: bool  # whether another origin would give another dipole: that of every ion does

    @property
    def dipole_debye(self) -> np.ndarray:
        """Shape (3,); it points from the negative to the positive end."""
        return self.dipole * DIPOLE_IN_DEBYE

    @property
    def magnitude_debye(self) -> float:
        """The length of the dipole moment in debye."""
        return float(np.linalg.norm(self.dipole_debye))

    @property
    def quadrupole_debye_angstrom(self) -> np.ndarray:
        """Shape (3, 3)."""
        return self.quadrupole * DIPOLE_IN_DEBYE * BOHR_IN_ANGSTROM


def electric_moments(
    problem: ElectronicProblem, densities: DensityMatrices, *, origin: Sequence[float] | None = None
) -> ElectricMoments:
    """The dipole and quadrupole moment of a state, as expectation values.

    Args:
        problem: The electronic problem, made from a molecule.
        densities: Of the state, as from `reduced_density_matrices` or an excited state.
        origin: Angstrom; None: the centre of nuclear charge. A dipole moment depends on it only for an ion, a
            quadrupole moment wherever there is a dipole or a charge.

    Raises:
        ValueError: If the problem does not know its orbitals, or the origin is not three finite numbers.
    """
    mol = molecule_of(problem)
    density = sum(spin_densities(problem, densities))
    charges, places = mol.atom_charges(), mol.atom_coords()
    centre = charges @ places / charges.sum() if origin is None else _checked(origin) / BOHR_IN_ANGSTROM
    with mol.with_common_origin(centre):
        first = mol.intor_symmetric("int1e_r", comp=3)
        second = mol.intor_symmetric("int1e_rr", comp=9).reshape(3, 3, mol.nao, mol.nao)
    apart = places - centre
    dipole = charges @ apart - np.einsum("xij,ij->x", first, density)
    moments = np.einsum("a,ax,ay->xy", charges, apart, apart) - np.einsum("xyij,ij->xy", second, density)
    return ElectricMoments(
        dipole=dipole,
        quadrupole=0.5 * (3.0 * moments - np.trace(moments) * np.eye(3)),
        charge=int(mol.charge),
        origin=centre * BOHR_IN_ANGSTROM,
        depends_on_origin=mol.charge != 0,
    )


def _checked(origin: Sequence[float]) -> np.ndarray:
    place = np.asarray(origin, dtype=np.float64)
    if place.shape != (3,) or not np.isfinite(place).all():
        raise ValueError(f"An origin is three finite numbers in angstrom, but {origin!r} was given.")
    return place
