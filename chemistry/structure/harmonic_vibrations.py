"""Harmonic vibrations from differences of nuclear gradients: frequencies, normal modes, infrared intensities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR, isotope_mass
from chemistry.structure.surface import (
    Surface,
    SurfacePoint,
    check_nuclei,
    checked_positions,
    molecule_at,
    positions_of,
)

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

# CODATA 2018.
_ELECTRON_MASSES_PER_DALTON = 1822.888486209
_WAVENUMBERS_PER_HARTREE = 219474.63136320
# N_A e^2 / (12 epsilon_0 c^2) per dalton: km/mol for a dipole derivative of one charge per square root of a dalton.
_INTENSITY = 974.8801
_LINEAR = 1e-4  # a moment of inertia below this part of the largest belongs to a linear molecule


@dataclass(frozen=True, eq=False, kw_only=True)
class Vibrations:
    """The normal modes of a molecule, in ascending order of their force constants."""

    wavenumbers: np.ndarray  # shape: (n_modes,), 1/cm; negative where imaginary
    reduced_masses: np.ndarray  # shape: (n_modes,), dalton, of Cartesian displacements of unit norm
    intensities: np.ndarray  # shape: (n_modes,), km/mol, infrared
    modes: np.ndarray = field(repr=False)  # shape: (n_modes, n_atoms, 3), Cartesian displacements of unit norm
    hessian: np.ndarray = field(repr=False)  # shape: (3 n_atoms, 3 n_atoms), hartree/bohr^2
    masses: np.ndarray = field(repr=False)  # shape: (n_atoms,), dalton
    molecule: Molecule = field(repr=False)  # where they were computed
    point: SurfacePoint = field(repr=False)  # the same place on the surface
    is_linear: bool
    converged: bool  # whether the electronic structure was at every displacement
    gradient_norm: float  # hartree/bohr, largest component; where it is not small there are no normal modes

    @property
    def n_imaginary(self) -> int:
        """None at a minimum, one at a transition state."""
        return int((self.wavenumbers < 0).sum())

    @property
    def zero_point_energy(self) -> float:
        """Half the sum of the real frequencies, hartree."""
        return float(0.5 * self.wavenumbers[self.wavenumbers > 0].sum() / _WAVENUMBERS_PER_HARTREE)


def vibrations(surface: Surface, positions: Any = None, *, step: float = 0.01, masses: Any = None) -> Vibrations:
    """The harmonic vibrations at a stationary point.

    The Hessian is made of central differences of gradients, 6 n_atoms in all; translations and rotations are projected
    out of it (Wilson, Decius and Cross, Molecular Vibrations (1955)). Intensities come from the same displacements, by
    differences of dipole moments.

    Args:
        surface: Such as `CircuitSurface(molecule, uccsd, active_space=(4, 4))`.
        positions: Angstrom, shape (n_atoms, 3), such as those of an optimized geometry; None: where the surface begins.
        step: Of the displacements, bohr.
        masses: Dalton, shape (n_atoms,); None: those of isotopes where atoms are isotopes, as in `D`, else standard
            atomic weights.

    Raises:
        ValueError: If positions, step or masses are not as wanted, or the molecule has ghost atoms.
    """
    molecule = surface.molecule
    check_nuclei(molecule, "A vibration")
    centre = checked_positions(molecule, positions_of(molecule) if positions is None else positions)
    n_atoms = len(centre)
    if not 0 < step <= 0.1:
        raise ValueError(f"A displacement is above 0 and at most 0.1 bohr, but {step} was given.")
    weights = _checked_masses(molecule, masses)
    point = surface.point(centre)
    hessian, by_displacement = np.zeros((3 * n_atoms, 3 * n_atoms)), np.zeros((3 * n_atoms, 3))
    converged = point.converged
    for coordinate in range(3 * n_atoms):
        displacement = np.zeros((n_atoms, 3))
        displacement.flat[coordinate] = step * ANGSTROM_PER_BOHR
        ahead, behind = surface.point(centre + displacement), surface.point(centre - displacement)
        hessian[coordinate] = (ahead.gradient - behind.gradient).ravel() / (2 * step)
        by_displacement[coordinate] = (ahead.dipole - behind.dipole) / (2 * step)
        converged = converged and ahead.converged and behind.converged
    hessian = 0.5 * (hessian + hessian.T)
    constants, modes, is_linear = normal_modes(hessian, centre, weights)
    cartesian = modes / np.sqrt(np.repeat(weights, 3))
    lengths = np.linalg.norm(cartesian, axis=1)
    by_mode = cartesian @ by_displacement
    return Vibrations(
        wavenumbers=wavenumbers_of(constants),
        reduced_masses=1.0 / lengths**2,
        intensities=_INTENSITY * (by_mode**2).sum(axis=1),
        modes=(cartesian / lengths[:, None]).reshape(-1, n_atoms, 3),
        hessian=hessian,
        masses=weights,
        molecule=molecule_at(molecule, centre),
        point=point,
        is_linear=is_linear,
        converged=converged,
        gradient_norm=float(np.abs(point.gradient).max(initial=0.0)),
    )


def normal_modes(hessian: np.ndarray, positions: np.ndarray, masses: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Force constants and modes of the mass-weighted Hessian without translations and rotations.

    Args:
        hessian: Shape (3 n_atoms, 3 n_atoms), hartree/bohr^2.
        positions: Shape (n_atoms, 3), any unit.
        masses: Shape (n_atoms,), dalton.

    Returns:
        Constants in hartree/(bohr^2 dalton), ascending, mass-weighted modes in rows, and whether the molecule is
        linear.
    """
    roots = np.sqrt(masses)
    centred = positions - masses @ positions / masses.sum()
    moments, _ = np.linalg.eigh(np.einsum("a,ax,ay->xy", masses, centred, centred))
    # Of the second moments of mass along the principal axes, an atom has none, and a linear molecule one.
    n_extended = int((moments > _LINEAR * max(moments[-1], np.finfo(float).tiny)).sum()) if len(masses) > 1 else 0
    external = [np.outer(roots, axis).ravel() for axis in np.eye(3)]
    external += [(roots[:, None] * np.cross(axis, centred)).ravel() for axis in np.eye(3)]
    n_rotations = 0 if len(masses) == 1 else 2 if n_extended <= 1 else 3
    left, _, _ = np.linalg.svd(np.array(external).T, full_matrices=True)
    internal = left[:, 3 + n_rotations :]
    weighted = hessian / np.repeat(roots, 3) / np.repeat(roots, 3)[:, None]
    constants, mixing = np.linalg.eigh(internal.T @ weighted @ internal)
    return constants, (internal @ mixing).T, len(masses) > 1 and n_rotations == 2


def wavenumbers_of(constants: np.ndarray) -> np.ndarray:
    """Frequencies in 1/cm, negative where imaginary, of force constants in hartree/(bohr^2 dalton)."""
    frequencies = np.sqrt(np.abs(constants) / _ELECTRON_MASSES_PER_DALTON)
    return np.sign(constants) * frequencies * _WAVENUMBERS_PER_HARTREE


def _checked_masses(molecule: Molecule, masses: Any) -> np.ndarray:
    if masses is None:
        from pyscf.data.elements import MASSES

        return np.array(
            [
                MASSES[atom.number] if atom.mass_number is None else isotope_mass(atom.symbol, atom.mass_number)
                for atom in molecule.atoms
            ]
        )
    values = np.asarray(masses, dtype=np.float64)
    if values.shape != (len(molecule.atoms),) or not (np.isfinite(values).all() and (values > 0).all()):
        raise ValueError(
            f"The masses of {molecule.formula} are {len(molecule.atoms)} positive numbers in dalton, got {masses!r}."
        )
    return values
