"""Nuclei on a potential energy surface: equilibrium geometries, vibrations, thermochemistry, response to fields.

A surface is an object with a `molecule` and `point(positions)`: `CircuitSurface` is that of an ansatz with optimised
orbitals, `HartreeFockSurface` and `CasscfSurface` stand beside it. `optimize_geometry`, `vibrations` and
`polarizability` take any of them, `thermochemistry` takes the vibrations, `dipole_moment` a result of `oo_vqe`.
"""

from __future__ import annotations

from chemistry.structure.circuit_surface import CircuitSurface
from chemistry.structure.classical_surfaces import CasscfSurface, HartreeFockSurface
from chemistry.structure.geometry_optimization import GeometryStatus, OptimizedGeometry, optimize_geometry
from chemistry.structure.harmonic_vibrations import Vibrations, vibrations
from chemistry.structure.ideal_gas import Thermochemistry, thermochemistry
from chemistry.structure.response import DipoleMoment, Polarizability, dipole_moment, polarizability
from chemistry.structure.surface import Surface, SurfacePoint

__all__ = [
    "CasscfSurface",
    "CircuitSurface",
    "DipoleMoment",
    "GeometryStatus",
    "HartreeFockSurface",
    "OptimizedGeometry",
    "Polarizability",
    "Surface",
    "SurfacePoint",
    "Thermochemistry",
    "Vibrations",
    "dipole_moment",
    "optimize_geometry",
    "polarizability",
    "thermochemistry",
    "vibrations",
]
