"""Thermochemistry of an ideal gas of rigid rotors and harmonic oscillators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR

if TYPE_CHECKING:
    from chemistry.structure.harmonic_vibrations import Vibrations

# CODATA 2018, SI.
_BOLTZMANN = 1.380649e-23
_PLANCK = 6.62607015e-34
_LIGHT = 299792458.0
_HARTREE = 4.3597447222071e-18
_DALTON = 1.66053906660e-27
_ANGSTROM = 1e-10
_SYMMETRIC_TO = 1e-3  # bohr; optimized geometries are symmetric to about this


@dataclass(frozen=True, kw_only=True)
class Thermochemistry:
    """Per molecule; energies include the electronic one."""

    temperature: float  # kelvin
    pressure: float  # pascal
    symmetry_number: int  # rotations that map the molecule onto itself
    zero_point_energy: float  # hartree
    energy_at_zero: float  # hartree, electronic and zero-point
    enthalpy: float  # hartree
    entropy: float  # hartree/kelvin
    gibbs_energy: float  # hartree
    heat_capacity: float  # hartree/kelvin, at constant pressure


def thermochemistry(
    vibrations: Vibrations,
    *,
    temperature: float = 298.15,
    pressure: float = 101325.0,
    symmetry_number: int | None = None,
) -> Thermochemistry:
    """Enthalpy, entropy and Gibbs energy from frequencies (McQuarrie, Statistical Mechanics (1976)).

    Imaginary modes are left out, as is usual for a transition state; the electrons are in their ground state, which is
    degenerate by its spin alone.

    Args:
        vibrations: Of a stationary point.
        temperature: Kelvin.
        pressure: Pascal.
        symmetry_number: Rotations that map the molecule onto itself; None: those of its point group.

    Raises:
        ValueError: If temperature, pressure or symmetry number is not positive.
    """
    if not (temperature > 0 and pressure > 0) or (symmetry_number is not None and symmetry_number < 1):
        raise ValueError(
            "Temperature, pressure and symmetry number must be positive, "
            f"but {temperature}, {pressure} and {symmetry_number} were given."
        )
    sigma = _symmetry_number(vibrations) if symmetry_number is None else symmetry_number
    thermal = _BOLTZMANN * temperature
    # Entropies in units of k, energies and enthalpies of k T; heat capacities are at constant volume but for the +1.
    mass = vibrations.masses.sum() * _DALTON
    translation = (2 * np.pi * mass * thermal / _PLANCK**2) ** 1.5 * thermal / pressure
    entropy = np.log(translation) + 2.5 + np.log(vibrations.molecule.spin + 1)
    energy = heat = 1.5
    moments = _moments_of_inertia(vibrations)
    if len(moments):
        rotation = np.prod(np.sqrt(8 * np.pi**2 * moments * thermal) / _PLANCK)
        rotation *= (np.sqrt(np.pi) if len(moments) == 3 else 1.0) / sigma
        entropy += np.log(rotation) + 0.5 * len(moments)
        energy, heat = energy + 0.5 * len(moments), heat + 0.5 * len(moments)
    real = vibrations.wavenumbers[vibrations.wavenumbers > 0]
    quanta = _PLANCK * _LIGHT * 100 * real / thermal
    occupied = 1.0 / np.expm1(quanta)
    entropy += float((quanta * occupied - np.log(-np.expm1(-quanta))).sum())
    energy += float((quanta * occupied).sum())
    heat += float((quanta**2 * occupied * (occupied + 1)).sum())
    unit = _BOLTZMANN / _HARTREE  # hartree/kelvin
    at_zero = vibrations.point.energy + vibrations.zero_point_energy
    enthalpy = at_zero + (energy + 1) * unit * temperature
    return Thermochemistry(
        temperature=temperature,
        pressure=pressure,
        symmetry_number=sigma,
        zero_point_energy=vibrations.zero_point_energy,
        energy_at_zero=at_zero,
        enthalpy=float(enthalpy),
        entropy=float(entropy * unit),
        gibbs_energy=float(enthalpy - temperature * entropy * unit),
        heat_capacity=float((heat + 1) * unit),
    )


def _moments_of_inertia(vibrations: Vibrations) -> np.ndarray:
    """Those that are not zero, kg m^2: none of an atom, two equal ones of a linear molecule, three otherwise."""
    masses, positions = vibrations.masses * _DALTON, vibrations.point.positions * _ANGSTROM
    centred = positions - masses @ positions / masses.sum()
    squares = np.einsum("a,ax,ay->xy", masses, centred, centred)
    moments = np.linalg.eigvalsh(np.trace(squares) * np.eye(3) - squares)
    return moments[:0] if len(masses) == 1 else moments[1:] if vibrations.is_linear else moments


def _symmetry_number(vibrations: Vibrations) -> int:
    """That of the point group; isotopes are different atoms."""
    from types import SimpleNamespace

    from pyscf import lib
    from pyscf.hessian.thermo import rotational_symmetry_number
    from pyscf.symm import geom

    if len(vibrations.masses) == 1:
        return 1
    kinds = np.unique(vibrations.masses, return_inverse=True)[1]
    symbols = [atom.symbol for atom in vibrations.molecule.atoms]
    positions = (vibrations.point.positions / ANGSTROM_PER_BOHR).tolist()
    # PySCF takes numbered symbols for different kinds of atoms.
    atoms = [[f"{symbol}{kind + 1}", place] for symbol, kind, place in zip(symbols, kinds, positions, strict=True)]
    with lib.temporary_env(geom, TOLERANCE=_SYMMETRIC_TO):
        return int(rotational_symmetry_number(SimpleNamespace(_atom=atoms)))
