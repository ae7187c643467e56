"""What a spectroscopist reads from the curve of a diatomic molecule, by a fit around its minimum.

The energy is fitted by a polynomial in 1/R, which is the expansion of Simons, Parr and Finlan in (R - R_e)/R written so
that R_e need not be known; it converges faster than one in R, which has the wrong form as atoms come close. Dunham's
formulas turn the derivatives at the minimum into constants.

Simons, Parr and Finlan, J. Chem. Phys. 59, 3229 (1973); Dunham, Phys. Rev. 41, 721 (1932).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chemistry.geometry import isotope_mass
from chemistry.scan.result import PotentialScan

BOHR = 0.529177210903  # angstrom, CODATA 2018
HARTREE_IN_CM = 219474.63136320  # cm^-1, CODATA 2018
HARTREE_IN_EV = 27.211386245988  # CODATA 2018
HARTREE_IN_KJ_MOL = 2625.4996394799  # CODATA 2018
_ELECTRON_MASSES = 1822.888486209  # in a dalton, CODATA 2018
_FEWEST_POINTS = 5  # the fourth derivative needs a quartic
_MOST_POINTS = 7  # around the lowest
_HIGHEST_DEGREE = 6
_REAL = 1e-9  # of a root's imaginary part
_LEVEL = 1e-3  # hartree between the last two points, up to which a curve is said to have levelled off


@dataclass(frozen=True, kw_only=True)
class SpectroscopicConstants:
    """Constants of a diatomic molecule in one electronic state."""

    equilibrium_distance: float  # R_e, angstrom
    energy: float  # hartree, at R_e
    force_constant: float  # hartree per bohr^2
    harmonic_frequency: float  # omega_e, cm^-1
    anharmonicity: float  # omega_e x_e, cm^-1
    rotational_constant: float  # B_e, cm^-1
    rotation_vibration: float  # alpha_e, cm^-1
    reduced_mass: float  # dalton
    frequency_change: float  # of omega_e, cm^-1, by a polynomial of one degree less: how far the fit is to be believed
    n_points: int  # of the fit

    @property
    def zero_point_energy(self) -> float:
        """Hartree: omega_e / 2 - omega_e x_e / 4."""
        return (0.5 * self.harmonic_frequency - 0.25 * self.anharmonicity) / HARTREE_IN_CM


@dataclass(frozen=True, kw_only=True)
class DissociationEnergy:
    """The depth of a curve: from its minimum to its last point."""

    energy: float  # D_e, hartree
    levelled: bool  # False: the curve is still rising at its end
    status: str  # one sentence

    @property
    def electronvolts(self) -> float:
        """D_e in eV."""
        return self.energy * HARTREE_IN_EV

    @property
    def kilojoules_per_mole(self) -> float:
        """D_e in kJ/mol."""
        return self.energy * HARTREE_IN_KJ_MOL


def spectroscopic_constants(
    scan: PotentialScan, method: str, *, masses: Sequence[float] | None = None
) -> SpectroscopicConstants:
    """Fit the curve of a diatomic molecule around its minimum.

    Args:
        scan: Of one coordinate, with at least five points around the minimum.
        method: One of `scan.methods`.
        masses: Of both atoms, dalton; None: those of the isotopes that the atoms are, or of their commonest ones.

    Raises:
        ValueError: If the molecule is not diatomic, points are missing, the minimum is not among them, or a mass is not
            positive.
    """
    distances, energies = _curve(scan, method)
    return constants_of(distances, energies, reduced_mass=_reduced_mass(scan, masses))


def constants_of(distances: np.ndarray, energies: np.ndarray, *, reduced_mass: float) -> SpectroscopicConstants:
    """Constants from a curve of any origin; see `spectroscopic_constants`.

    Args:
        distances: Angstrom, ascending, shape (n_points,).
        energies: Hartree, shape (n_points,).
        reduced_mass: Dalton.

    Raises:
        ValueError: If there are fewer than five points, or the lowest is the first or the last.
    """
    if len(distances) < _FEWEST_POINTS:
        raise ValueError(
            f"Spectroscopic constants need at least {_FEWEST_POINTS} points, but there are {len(distances)}."
        )
    lowest = _inner_minimum(distances, energies)
    first = max(0, min(lowest - _MOST_POINTS // 2, len(distances) - _MOST_POINTS))
    window = slice(first, first + _MOST_POINTS)
    degree = min(_HIGHEST_DEGREE, len(distances[window]) - 1)
    found, lower = (_derivatives(distances[window], energies[window], one) for one in (degree, degree - 1))
    radius, energy, k2, k3, k4 = (float(value) for value in found)
    mass = reduced_mass * _ELECTRON_MASSES
    omega = float(np.sqrt(k2 / mass))
    rotation = 1.0 / (2.0 * mass * radius**2)
    a1, a2 = k3 * radius / (3.0 * k2), k4 * radius**2 / (12.0 * k2)
    return SpectroscopicConstants(
        equilibrium_distance=radius * BOHR,
        energy=energy,
        force_constant=k2,
        harmonic_frequency=omega * HARTREE_IN_CM,
        anharmonicity=1.5 * rotation * (1.25 * a1**2 - a2) * HARTREE_IN_CM,
        rotational_constant=rotation * HARTREE_IN_CM,
        rotation_vibration=-6.0 * rotation**2 * (1.0 + a1) / omega * HARTREE_IN_CM,
        reduced_mass=reduced_mass,
        frequency_change=abs(float(np.sqrt(lower[2] / mass)) - omega) * HARTREE_IN_CM,
        n_points=len(distances[window]),
    )


def _derivatives(distances: np.ndarray, energies: np.ndarray, degree: int) -> tuple[float, ...]:
    """R_e in bohr, the energy there, and its second to fourth derivative by R, in hartree and bohr."""
    x = BOHR / distances
    middle, width = x.mean(), np.ptp(x) / 2.0
    scaled, lowest = (x - middle) / width, int(np.argmin(energies))
    fit = np.polynomial.Polynomial.fit(scaled, energies - energies[lowest], degree)
    stationary = fit.deriv().roots()
    real = stationary[np.abs(stationary.imag) < _REAL].real
    minima = real[(fit.deriv(2)(real) > 0) & (np.abs(real) < 1.0)]
    if not len(minima):
        raise ValueError("The fit has no minimum among its points: give more points around it.")
    at = float(minima[np.argmin(np.abs(minima - scaled[lowest]))])
    # Derivatives by x = 1/R become those by R through dx/dR = -x^2.
    u = middle + width * at
    d2, d3, d4 = (float(fit.deriv(order)(at)) / width**order for order in (2, 3, 4))
    k2 = u**4 * d2
    k3 = -(u**6 * d3 + 6.0 * u**5 * d2)
    k4 = u**8 * d4 + 12.0 * u**7 * d3 + 36.0 * u**6 * d2
    return 1.0 / u, float(fit(at) + energies[lowest]), k2, k3, k4


def dissociation_energy(scan: PotentialScan, method: str) -> DissociationEnergy:
    """The energy from the minimum of a curve, by a parabola through its lowest points, to its last point.

    The last point stands for separated fragments, by the same method, which asks nothing of its size consistency.

    Args:
        scan: Of one coordinate.
        method: One of `scan.methods`.

    Raises:
        ValueError: If the scan is a surface, or its lowest point is the first or the last.
    """
    from chemistry.scan.stationary_point import minimum

    if len(scan.axes) != 1:
        raise ValueError(f"A dissociation energy is of a curve, but this scan has {len(scan.axes)} coordinates.")
    energies = scan.energies(method, sound=True)
    energies = energies[np.isfinite(energies)]
    depth = float(energies[-1] - minimum(scan, method).energy)
    levelled = abs(float(energies[-1] - energies[-2])) < _LEVEL
    status = "The curve has levelled off at its end."
    if not levelled:
        status = f"The last two points still differ by {1000 * (energies[-1] - energies[-2]):.1f} mHa: pull further."
    return DissociationEnergy(energy=depth, levelled=levelled, status=status)


def _curve(scan: PotentialScan, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Distances in angstrom and sound energies in hartree."""
    atoms = [point.molecule.atoms for point in scan.points]
    if len(scan.axes) != 1 or len(atoms[0]) != 2:
        raise ValueError(
            "Spectroscopic constants are of the curve of a diatomic molecule, but this scan has "
            f"{len(atoms[0])} atoms and {len(scan.axes)} coordinates."
        )
    distances = np.array([np.linalg.norm(np.subtract(a.position, b.position)) for a, b in atoms])
    energies = scan.energies(method, sound=True)
    order = np.argsort(distances)
    order = order[np.isfinite(energies[order])]
    return distances[order], energies[order]


def _inner_minimum(distances: np.ndarray, energies: np.ndarray) -> int:
    lowest = int(np.argmin(energies))
    if lowest in (0, len(energies) - 1):
        raise ValueError(
            f"The lowest energy is at an end of the curve, {distances[lowest]:g} angstrom: extend the curve beyond it."
        )
    return lowest


def _reduced_mass(scan: PotentialScan, masses: Sequence[float] | None) -> float:
    from pyscf.data.elements import COMMON_ISOTOPE_MASSES

    atoms = scan.points[0].molecule.atoms
    if masses is not None:
        both = [float(mass) for mass in masses]
    elif any(atom.is_ghost for atom in atoms):
        raise ValueError("Spectroscopic constants are of two nuclei, but an atom of the scan is a ghost: leave it out.")
    else:
        both = [
            COMMON_ISOTOPE_MASSES[atom.number]
            if atom.mass_number is None
            else isotope_mass(atom.symbol, atom.mass_number)
            for atom in atoms
        ]
    if len(both) != 2 or not all(0 < mass < np.inf for mass in both):
        raise ValueError(f"The masses are two positive numbers of dalton, but {masses!r} was given.")
    return float(both[0] * both[1] / (both[0] + both[1]))
