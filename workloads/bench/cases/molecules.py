"""Coupled-cluster circuits of small molecules in a minimal basis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from workloads.bench.case import Case, Gate, Start
from workloads.bench.pauli_rotations import as_qubit_excitation
from workloads.bench.traffic import Traffic

# Angstrom, near equilibrium; the chains have 1.0 angstrom between neighbours.
GEOMETRIES = {
    "LiH": "Li 0 0 0; H 0 0 1.6",
    "H2O": "O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692",
    "NH3": "N 0 0 0.1118; H 0 0.9377 -0.2608; H 0.8121 -0.4689 -0.2608; H -0.8121 -0.4689 -0.2608",
    "CH4": "C 0 0 0; H 0.629 0.629 0.629; H -0.629 -0.629 0.629; H -0.629 0.629 -0.629; H 0.629 -0.629 -0.629",
    "N2": "N 0 0 0; N 0 0 1.1",
} | {f"H{n}": "; ".join(f"H 0 0 {i}.0" for i in range(n)) for n in (4, 6, 8, 10, 12)}


def uccsd_case(
    molecule: str,
    *,
    symmetric: bool = True,
    qubit_excitations: bool = False,
    series: str | None = None,
) -> Case:
    """Value and gradient of UCCSD in STO-3G, at amplitudes of about 0.05.

    Args:
        molecule: a key of `GEOMETRIES`.
        symmetric: leave out the excitations that the point group forbids, as `chemistry.uccsd` does.
        qubit_excitations: without Jordan-Wigner strings, which is what lightning.qubit runs natively.
        series: the curve that the case belongs to.
    """
    from chemistry import uccsd

    problem = problem_of(molecule)
    ansatz = uccsd(problem if symmetric else replace(problem, irreps=np.zeros_like(problem.irreps)))
    gates = gates_of(ansatz)
    if qubit_excitations:
        gates = [as_qubit_excitation(gate) for gate in gates]
    words = "qubit UCCSD" if qubit_excitations else "UCCSD"
    name = f"{words.lower().replace(' ', '-')}-{molecule.lower()}"
    return Case(
        name=name if symmetric else f"{name}-all",
        label=f"{words} {molecule}" + ("" if symmetric else ", all excitations"),
        gradient=True,
        start=Start(n_wires=problem.n_wires, occupied=tuple(np.flatnonzero(problem.reference_occupation).tolist())),
        gates=gates,
        params=0.05 * np.random.default_rng(1).normal(size=ansatz.n_params),
        observable=problem.hamiltonian,
        matrix=matrix_over_all_states(problem),
        traffic=Traffic(gates=gates, is_real=True),
        series=series,
        size=problem.n_wires,
    )


def problem_of(molecule: str) -> Any:
    """The electronic problem in STO-3G, all electrons active."""
    from chemistry import Molecule

    return Molecule(GEOMETRIES[molecule], basis="sto-3g").problem()


def gates_of(ansatz: Any) -> list[Gate]:
    """An ansatz's excitation gates; each is turned by a multiple of one parameter."""
    import pennylane as qml

    operations = qml.tape.make_qscript(ansatz)(np.ones(ansatz.n_params)).operations[1:]
    gates = []
    for operation, slot in zip(operations, ansatz.parameter_of, strict=True):
        if operation.name == "FermionicDoubleExcitation":
            both = operation.hyperparameters
            wires: tuple[Any, ...] = (tuple(both["wires1"].tolist()), tuple(both["wires2"].tolist()))
        else:
            wires = tuple(operation.wires.tolist())
        gates.append(Gate(operation.name, wires, slot, float(operation.data[0])))
    return gates


def matrix_over_all_states(problem: Any) -> Callable[[], Any]:
    """How to make the Hamiltonian over all basis states: by the Slater-Condon rules, on one large sector."""

    def make() -> Any:
        from scipy import sparse

        import runtime

        n = problem.n_wires
        keys = np.arange(2**n, dtype=np.uint64)[:, None] << np.uint64(64 - n)
        return sparse.csr_matrix(problem.hamiltonian.sector_matrix(runtime.Sector(keys, tuple(range(n)))))

    return make
