"""Orbitals optimized along with a circuit, and any ansatz as PySCF's CI solver.

`oo_vqe` minimizes an ansatz's energy over its parameters and the molecule's orbitals, in vacuum, in a `Solvent` or in
an `ElectricField`, for one state or the mean of several; `nuclear_gradient` differentiates the result, and `nevpt2`
corrects it for the correlation outside of its window. `CircuitSolver`
puts an ansatz into PySCF's own CASCI and CASSCF. Geometries, vibrations and polarisabilities: `chemistry.structure`.
"""

from __future__ import annotations

from chemistry.orbital_optimization.circuit_solver import CircuitSolver
from chemistry.orbital_optimization.environment import ElectricField, Solvent
from chemistry.orbital_optimization.nuclear_gradients import nuclear_gradient
from chemistry.orbital_optimization.orbital_optimized_vqe import OrbitalOptimizedResult, oo_vqe
from chemistry.orbital_optimization.outer_correlation import PerturbedEnergy, nevpt2

__all__ = [
    "CircuitSolver",
    "ElectricField",
    "OrbitalOptimizedResult",
    "PerturbedEnergy",
    "Solvent",
    "nevpt2",
    "nuclear_gradient",
    "oo_vqe",
]
