"""Dipole moments, and static polarisabilities from finite fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.structure.surface import Surface, checked_positions, dipole_of, positions_of

if TYPE_CHECKING:
    from chemistry.orbital_optimization import OrbitalOptimizedResult

DEBYE_PER_ATOMIC_UNIT = 2.541746473  # CODATA 2018


@dataclass(frozen=True, eq=False, kw_only=True)
class DipoleMoment:
    """A dipole moment; that of an ion depends on the origin."""

    atomic_units: np.ndarray  # shape: (3,)
    origin: np.ndarray = field(repr=False)  # shape: (3,), bohr; the centre of nuclear charge

    @property
    def debye(self) -> np.ndarray:
        """Shape (3,)."""
        return self.atomic_units * DEBYE_PER_ATOMIC_UNIT

    @property
    def magnitude(self) -> float:
        """Debye."""
        return float(np.linalg.norm(self.debye))


@dataclass(frozen=True, eq=False, kw_only=True)
class Polarizability:
    """A static dipole polarisability."""

    tensor: np.ndarray  # shape: (3, 3), atomic units (bohr^3), symmetric
    asymmetry: float  # largest difference between alpha_xy and alpha_yx before they were averaged: the error left
    converged: bool  # whether the electronic structure was in every field

    @property
    def mean(self) -> float:
        """A third of the trace, atomic units."""
        return float(np.trace(self.tensor) / 3)

    @property
    def anisotropy(self) -> float:
        """The invariant that is alpha_parallel - alpha_perpendicular of an axial molecule, atomic units."""
        values = np.linalg.eigvalsh(self.tensor)
        return float(np.sqrt(0.5 * sum((values[i] - values[i - 1]) ** 2 for i in range(3))))


def dipole_moment(result: OrbitalOptimizedResult) -> DipoleMoment:
    """The dipole moment of an orbital-optimized state, about the centre of nuclear charge; the mean's if several.

    The energy is stationary in circuit and orbitals, so this is its exact derivative by an electric field.
    """
    mol = result.solution.mol
    charges = mol.atom_charges()
    origin = charges @ mol.atom_coords() / charges.sum()
    moment = dipole_of(mol, result.solution.density) - mol.charge * origin
    return DipoleMoment(atomic_units=moment, origin=origin)


def polarizability(surface: Surface, positions: Any = None, *, step: float = 0.002) -> Polarizability:
    """The static polarisability, from central differences of dipole moments in six electric fields.

    Args:
        surface: Such as `CircuitSurface(molecule, uccsd, active_space=(4, 4))`.
        positions: Angstrom, shape (n_atoms, 3); None: where the surface begins.
        step: The fields' strength, atomic units.

    Raises:
        ValueError: If positions or step are not as wanted.
    """
    molecule = surface.molecule
    centre = checked_positions(molecule, positions_of(molecule) if positions is None else positions)
    if not 0 < step <= 0.05:
        raise ValueError(f"A field's strength is above 0 and at most 0.05 atomic units, but {step} was given.")
    rows, converged = [], True
    for axis in step * np.eye(3):
        ahead, behind = surface.point(centre, field=axis), surface.point(centre, field=-axis)
        rows.append((ahead.dipole - behind.dipole) / (2 * step))
        converged = converged and ahead.converged and behind.converged
    tensor = np.array(rows)
    return Polarizability(
        tensor=0.5 * (tensor + tensor.T), asymmetry=float(np.abs(tensor - tensor.T).max()), converged=converged
    )
