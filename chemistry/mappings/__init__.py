"""Mappings of spin orbitals to qubits, and what a machine needs besides.

A mapping takes a problem's Hamiltonian and any ansatz to its qubits: `mapping.observable(problem.hamiltonian)` and
`mapping.circuit(ansatz)` go to `runtime.compile` together and give the energy that they had, for the same parameters.
From there a circuit is written as OpenQASM 3 or as a Qiskit circuit, and an observable becomes a plan of measurements.
Import what is listed in `__all__`.
"""

from __future__ import annotations

from chemistry.mappings.comparison import MappingCost, compare_mappings
from chemistry.mappings.encodings import MAPPINGS, bravyi_kitaev, jordan_wigner, parity
from chemistry.mappings.machine_gates import MachineCircuit, machine_circuit
from chemistry.mappings.mapping import Mapping
from chemistry.mappings.measurement import MeasurementPlan, measurement_plan
from chemistry.mappings.openqasm import to_openqasm3
from chemistry.mappings.qiskit_export import to_qiskit, to_qiskit_observable
from chemistry.mappings.tapering import taper, z2_symmetries

__all__ = [
    "MAPPINGS",
    "MachineCircuit",
    "Mapping",
    "MappingCost",
    "MeasurementPlan",
    "bravyi_kitaev",
    "compare_mappings",
    "jordan_wigner",
    "machine_circuit",
    "measurement_plan",
    "parity",
    "taper",
    "to_openqasm3",
    "to_qiskit",
    "to_qiskit_observable",
    "z2_symmetries",
]
