"""Molecules: from nuclei to a Hamiltonian, an ansatz, an energy, its properties, and the classical energies beside it.

Conventions, followed everywhere: lengths in angstrom and energies in hartree, nuclear repulsion and frozen core
included; two-electron integrals in chemists' notation, (pq|rs) with p and q of the same electron. Spin up of orbital p
is wire 2p and spin down is wire 2p + 1 (PennyLane's order, so `qml.qchem` objects agree), under the Jordan-Wigner
transformation; the reference determinant occupies the first orbitals. Point-group irreps are numbers whose product is
their exclusive or.

    from chemistry import Molecule, uccsd, vqe

    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem()
    vqe(problem, uccsd(problem)).energy

Import what is listed in `__all__`, here and in the packages below, each with a front door of its own:

    active_space          which electrons: windows, chosen orbitals, AVAS, natural orbitals, an advisor
    ansatz                the circuits, by name in `ANSATZE`
    adapt                 circuits that grow operator by operator
    baselines             the classical methods, by name in `BASELINES`
    sample_based          diagonalisation in sampled determinants, beside random ones
    excited_states        deflation, subspace search, linear response; singlet-triplet gaps
    interaction           interaction energies of fragments, with the counterpoise correction
    properties            moments, charges, natural orbitals, pictures and cube files
    orbital_optimization  orbitals and circuit together; any ansatz as PySCF's solver; solvent and field
    structure             geometries, vibrations, polarisabilities from a circuit's gradient
    scan                  potential curves and surfaces
    mappings              qubits other than Jordan-Wigner's, tapering, measurement, OpenQASM and Qiskit
    lattice               Hubbard and Heisenberg models, and small solids

Beneath them lie geometry (atoms from text, files and SMILES), hartree_fock (the mean fields, and the one to begin
from), integrals (over orbitals, and from FCIDUMP or PennyLane), hamiltonian (the observable, in a sector and as Pauli
words), states (density matrices and quantum numbers) and plots.

Nothing here imports PennyLane or PySCF before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chemistry.active_space import ActiveSpace
    from chemistry.adapt import adapt_vqe
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.ansatz.repeated_uccsd import repeated_uccsd
    from chemistry.ansatz.uccsd import uccsd
    from chemistry.baselines import Energy, ccsd, ccsd_t, full_ci, hartree_fock_energy, mp2
    from chemistry.eigensolver import VqeResult, vqe
    from chemistry.hartree_fock.reference_choice import choose_reference
    from chemistry.molecule import Molecule
    from chemistry.orbital_optimization import nevpt2, oo_vqe
    from chemistry.problem import ElectronicProblem
    from chemistry.sector_size import sector_dimension
    from chemistry.size import Size, what_would_fit
    from chemistry.states.density_matrices import DensityMatrices, reduced_density_matrices
    from chemistry.states.quantum_numbers import QuantumNumbers, expected_quantum_numbers

__all__ = [
    "ActiveSpace",
    "Ansatz",
    "DensityMatrices",
    "ElectronicProblem",
    "Energy",
    "Molecule",
    "QuantumNumbers",
    "Size",
    "VqeResult",
    "adapt_vqe",
    "ccsd",
    "ccsd_t",
    "choose_reference",
    "expected_quantum_numbers",
    "full_ci",
    "hartree_fock_energy",
    "mp2",
    "nevpt2",
    "oo_vqe",
    "reduced_density_matrices",
    "repeated_uccsd",
    "sector_dimension",
    "uccsd",
    "vqe",
    "what_would_fit",
]

# No module below may bear the name of something it holds: its import would put the module in that name's place.
_HOMES = {
    "ActiveSpace": "active_space",
    "Ansatz": "ansatz.excitation_circuit",
    "DensityMatrices": "states.density_matrices",
    "ElectronicProblem": "problem",
    "Energy": "baselines",
    "Molecule": "molecule",
    "QuantumNumbers": "states.quantum_numbers",
    "Size": "size",
    "VqeResult": "eigensolver",
    "adapt_vqe": "adapt",
    "ccsd": "baselines",
    "ccsd_t": "baselines",
    "choose_reference": "hartree_fock.reference_choice",
    "expected_quantum_numbers": "states.quantum_numbers",
    "full_ci": "baselines",
    "hartree_fock_energy": "baselines",
    "mp2": "baselines",
    "nevpt2": "orbital_optimization",
    "oo_vqe": "orbital_optimization",
    "reduced_density_matrices": "states.density_matrices",
    "repeated_uccsd": "ansatz.repeated_uccsd",
    "sector_dimension": "sector_size",
    "uccsd": "ansatz.uccsd",
    "vqe": "eigensolver",
    "what_would_fit": "size",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chemistry' has no attribute {name!r}")
    value = getattr(import_module(f"chemistry.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
