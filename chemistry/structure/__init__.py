"""Nuclei on a potential energy surface: equilibrium geometries, vibrations, thermochemistry, response to fields.

A surface is an object with a `molecule` and `point(positions)`: `CircuitSurface` is that of an ansatz with optimized
orbitals, `HartreeFockSurface`, `CasscfSurface` and `CoupledClusterSurface` stand beside it. `optimize_geometry`,
`vibrations` and `polarizability` take any of them, `equilibrium` what makes them; `thermochemistry` takes the
vibrations, `dipole_moment` a result of `oo_vqe`.
"""

from __future__ import annotations

from chemistry.structure.circuit_surface import CircuitSurface
from chemistry.structure.classical_surfaces import CasscfSurface, HartreeFockSurface
from chemistry.structure.coupled_cluster_surface import CoupledClusterSurface
from chemistry.structure.geometry_optimization import GeometryStatus, OptimizedGeometry, optimize_geometry
from chemistry.structure.harmonic_vibrations import Vibrations, vibrations
from chemistry.structure.ideal_gas import Thermochemistry, thermochemistry
from chemistry.structure.internal_coordinates import AlikeCoordinates, alike, bonded_pairs, internal_coordinates
from chemistry.structure.lowest_casscf import lowest_casscf_surface
from chemistry.structure.minimum_search import Equilibrium, equilibrium
from chemistry.structure.response import DipoleMoment, Polarizability, dipole_moment, polarizability
from chemistry.structure.surface import Surface, SurfacePoint

__all__ = [
    "AlikeCoordinates",
    "CasscfSurface",
    "CircuitSurface",
    "CoupledClusterSurface",
    "DipoleMoment",
    "Equilibrium",
    "GeometryStatus",
    "HartreeFockSurface",
    "OptimizedGeometry",
    "Polarizability",
    "Surface",
    "SurfacePoint",
    "Thermochemistry",
    "Vibrations",
    "alike",
    "bonded_pairs",
    "dipole_moment",
    "equilibrium",
    "internal_coordinates",
    "lowest_casscf_surface",
    "optimize_geometry",
    "polarizability",
    "thermochemistry",
    "vibrations",
]
