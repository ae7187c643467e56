"""lightning.qubit: PennyLane's fast state-vector simulator, with its adjoint method.

It is driven through its device interface, without a QNode's overhead. It would decompose a fermionic excitation into
some fifty gates; instead it is given its own qubit excitation between controlled-Z gates that carry the Jordan-Wigner
string, which is the same unitary and several times faster. The Hamiltonian is a Pauli sum or a sparse matrix, whichever
is faster. Only gate angles that depend on a parameter are differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from workloads.bench.case import Case, Gate
from workloads.bench.pauli_rotations import FERMIONIC, as_qubit_excitation, string_wires
from workloads.bench.peers.configuration import Configuration, gradient_of

NAME, MODULE, DISTRIBUTION = "lightning.qubit", "pennylane_lightning", "pennylane-lightning"
WIDEST_MATRIX = 16  # wires; beyond, handing the matrix over at each call takes longer than the Pauli sum


def configurations(case: Case) -> Iterator[Configuration]:
    """Every configuration that may be the fastest, the likeliest first."""
    import pennylane as qml

    wires = range(case.n_wires)
    if case.diagonal is None:
        terms = qml.Hamiltonian(case.observable.coeffs, case.observable.ops)
        yield _configuration(case, "Pauli sum", terms)
    if case.diagonal is not None or case.n_wires <= WIDEST_MATRIX:
        yield _configuration(case, "sparse matrix", qml.SparseHamiltonian(case.full_matrix, wires=wires))


def native(gate: Gate) -> list[Gate]:
    """The gate in operations that lightning.qubit runs, and differentiates, without decomposing them."""
    if gate.kind not in FERMIONIC:
        return [gate]
    excitation = as_qubit_excitation(gate)
    signs = [Gate("CZ", (wire, excitation.wires[0])) for wire in string_wires(gate)]
    return [*signs, excitation, *signs]


def _configuration(case: Case, name: str, observable: Any) -> Configuration:
    import pennylane as qml
    from pennylane.devices import ExecutionConfig

    gates = [part for gate in case.gates for part in native(gate)]
    with qml.queuing.AnnotatedQueue() as queue:
        if case.start.n_chosen is None:
            case.start.apply()
        else:
            qml.StatePrep(case.start.vector(), wires=range(case.n_wires), validate_norm=False)
        n_before = len(queue)
        for gate in gates:
            gate.apply(case.params)
    operations = qml.tape.QuantumScript.from_queue(queue).operations
    tape = qml.tape.QuantumScript(operations, [qml.expval(observable)])
    before = sum(len(o.data) for o in operations[:n_before])
    turned = [gate for gate in gates if gate.slot is not None]
    tape.trainable_params = list(range(before, before + len(turned)))
    device = qml.device("lightning.qubit", wires=range(case.n_wires))
    method = "adjoint" if case.gradient else None
    config = device.setup_execution_config(ExecutionConfig(gradient_method=method, use_device_gradient=case.gradient))
    [prepared], _ = device.preprocess_transforms(config)((tape,))
    prepared.trainable_params = tape.trainable_params

    def run() -> Any:
        if case.gradient:
            return device.execute_and_compute_derivatives((prepared,), config)
        return device.execute((prepared,), config)

    def outcome(found: Any) -> tuple[float, np.ndarray | None]:
        if not case.gradient:
            return float(found[0]), None
        [value], [slopes] = found
        slopes = np.asarray(slopes, dtype=np.float64).reshape(-1)
        return float(value), gradient_of(case, [g.slot or 0 for g in turned], [g.factor for g in turned], slopes)

    return Configuration(name, run, outcome)
