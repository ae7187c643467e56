"""Circuits and observables for Qiskit, if it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chemistry.mappings.machine_gates import Entangler, angle_value, machine_circuit
from chemistry.mappings.measurement import words_on_wires

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz


def to_qiskit(circuit: Ansatz, params: Any = None, *, entangler: Entangler = "cx") -> Any:
    """A circuit as a `qiskit.QuantumCircuit` in rz, sx, x, and cx or cz; qubit i is wire i.

    Args:
        circuit: An ansatz, or one on the qubits of a mapping.
        params: Shape (n_params,), radians; None leaves Qiskit parameters theta[0], theta[1], ...
        entangler: "cx" or "cz".

    Raises:
        ValueError: As `machine_circuit`.
        ModuleNotFoundError: If Qiskit is not installed.
    """
    _check_installed()
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    written = machine_circuit(circuit, params, entangler=entangler)
    theta = ParameterVector("theta", circuit.n_params if params is None else 0)
    made = QuantumCircuit(written.n_qubits, global_phase=angle_value(written.phase, theta), name=circuit.name)
    for gate in written.gates:
        angles = [] if gate.angle is None else [angle_value(gate.angle, theta)]
        getattr(made, gate.name)(*angles, *gate.qubits)
    return made


def to_qiskit_observable(observable: Any) -> Any:
    """An observable made of Pauli words on wires 0, 1, ... as a `qiskit.quantum_info.SparsePauliOp`.

    Args:
        observable: `problem.hamiltonian`, a mapping's observable, or any Hermitian PennyLane operator of Pauli words.

    Raises:
        ValueError: If it has no Pauli words.
        ModuleNotFoundError: If Qiskit is not installed.
    """
    _check_installed()
    from qiskit.quantum_info import SparsePauliOp

    words = words_on_wires(observable)
    # Qiskit writes qubit 0 last.
    labels = [letters[::-1] for letters in words.letters()]
    return SparsePauliOp(labels, words.coefficients)


def _check_installed() -> None:
    from importlib.util import find_spec

    if find_spec("qiskit") is None:
        raise ModuleNotFoundError(
            "Qiskit is not installed: pip install qiskit, or use to_openqasm3, which needs nothing."
        )
