"""Lattices and solids: Hubbard and Heisenberg models and periodic integrals, for the same circuits as molecules.

A Hubbard model gives an `ElectronicProblem`, so every ansatz, `vqe` and every classical method takes it; its numbers
are in the unit of the model's own, such as the hopping amplitude t, wherever a docstring says hartree. A Heisenberg
model has a Hamiltonian and circuits of its own, for the same `vqe`. A periodic solid gives the electronic problem of
its cell. Import what is listed in `__all__`.
"""

from chemistry.lattice.correlations import (
    SiteCorrelations,
    determinant_correlations,
    exact_correlations,
    site_correlations,
)
from chemistry.lattice.exchange_circuits import ExchangeCircuit, exchange_circuit
from chemistry.lattice.gaps import charge_gap, spin_gap
from chemistry.lattice.hamiltonian_variational_ansatz import HamiltonianVariational, hamiltonian_variational
from chemistry.lattice.heisenberg_model import Heisenberg, heisenberg
from chemistry.lattice.hubbard_model import Hubbard, hubbard, hubbard_from_hopping
from chemistry.lattice.lattices import Lattice, chain, ladder, square
from chemistry.lattice.solids import solid_problem

__all__ = [
    "ExchangeCircuit",
    "HamiltonianVariational",
    "Heisenberg",
    "Hubbard",
    "Lattice",
    "SiteCorrelations",
    "chain",
    "charge_gap",
    "determinant_correlations",
    "exact_correlations",
    "exchange_circuit",
    "hamiltonian_variational",
    "heisenberg",
    "hubbard",
    "hubbard_from_hopping",
    "ladder",
    "site_correlations",
    "solid_problem",
    "spin_gap",
    "square",
]
