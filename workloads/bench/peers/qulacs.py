"""qulacs: a C++ state-vector simulator, on all threads.

Its gradient is `ParametricQuantumCircuit.backprop`, an adjoint method over Pauli rotations (its `GradCalculator` shifts
one parameter after the other, and takes longer); excitations are products of commuting Pauli rotations. backprop always
begins with the zero state, so a Dicke state is then prepared by its circuit. For a value alone, neighbouring diagonal
gates become one diagonal matrix, and the rest is merged by `QuantumCircuitOptimizer`, whichever is faster. The
Hamiltonian is a qulacs observable or, applied by scipy, a sparse matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import numpy as np

from workloads.bench.case import Case, Gate
from workloads.bench.pauli_rotations import rotations_of
from workloads.bench.peers.configuration import Configuration, gradient_of
from workloads.bench.traffic import DIAGONAL_GATES

NAME, MODULE, DISTRIBUTION = "qulacs", "qulacs", "qulacs"
LETTERS = {"X": 1, "Y": 2, "Z": 3}
WIDEST_MATRIX = 20  # wires; the complex matrix of 20 takes 2 GB


def configurations(case: Case) -> Iterator[Configuration]:
    """Every configuration that may be the fastest, the likeliest first."""
    if case.gradient:
        yield from _gradients(case)
    elif case.diagonal is not None:
        yield _fused_value(case)
    else:
        yield _value(case)


def _gradients(case: Case) -> Iterator[Configuration]:
    import qulacs

    circuit, slots, factors = parametric_circuit(case)
    values = [f * case.params[s] for s, f in zip(slots, factors, strict=True)]

    def prepared() -> None:
        for i, value in enumerate(values):
            circuit.set_parameter(i, value)

    def outcome(found: Any) -> tuple[float, np.ndarray]:
        value, slopes = found
        return float(value), gradient_of(case, slots, factors, np.asarray(slopes))

    if case.n_wires <= WIDEST_MATRIX:
        matrix = case.full_matrix.astype(np.complex128)

        def by_matrix() -> tuple[float, Any]:
            prepared()
            state = qulacs.QuantumState(case.n_wires)
            circuit.update_quantum_state(state)
            vector = state.get_vector()
            image = matrix @ vector
            state.load(2.0 * image)
            return np.vdot(vector, image).real, circuit.backprop_inner_product(state)

        yield Configuration("sparse matrix", by_matrix, outcome)
    if case.n_wires < WIDEST_MATRIX:
        observable = _observable(case)

        def by_terms() -> tuple[float, Any]:
            prepared()
            state = qulacs.QuantumState(case.n_wires)
            circuit.update_quantum_state(state)
            return observable.get_expectation_value(state), circuit.backprop(observable)

        yield Configuration("Pauli sum", by_terms, outcome)


def _value(case: Case) -> Configuration:
    import qulacs

    circuit, _, _ = parametric_circuit(case)
    matrix = case.full_matrix.astype(np.complex128)

    def run() -> float:
        state = qulacs.QuantumState(case.n_wires)
        circuit.update_quantum_state(state)
        vector = state.get_vector()
        return float(np.vdot(vector, matrix @ vector).real)

    return Configuration("sparse matrix", run, lambda value: (value, None))


def _fused_value(case: Case) -> Configuration:
    """A diagonal cost: one diagonal matrix for each phase, made anew, as each new angle asks for it."""
    import qulacs

    start, diagonal = case.start.vector(), _diagonal(case)
    steps: list[Callable[[Any], None]] = []
    for is_phase, group in groupby(case.gates, key=lambda gate: gate.kind in DIAGONAL_GATES):
        gates = list(group)
        steps.append(_phase_step(case, gates[0].slot or 0) if is_phase else _merged_step(case, gates))

    def run() -> float:
        state = qulacs.QuantumState(case.n_wires)
        state.load(start)
        for step in steps:
            step(state)
        vector = state.get_vector()
        return float(np.vdot(vector, diagonal * vector).real)

    return Configuration("one diagonal matrix per phase", run, lambda value: (value, None))


def _phase_step(case: Case, slot: int) -> Callable[[Any], None]:
    import qulacs

    qubits, angle, diagonal = list(range(case.n_wires)), float(case.params[slot]), _diagonal(case)

    def step(state: Any) -> None:
        qulacs.gate.DiagonalMatrix(qubits, np.exp(-1j * angle * diagonal)).update_quantum_state(state)

    return step


def _diagonal(case: Case) -> np.ndarray:
    if case.diagonal is None:
        raise ValueError(f"{case.label} has no diagonal cost.")
    return case.diagonal


def _merged_step(case: Case, gates: list[Gate]) -> Callable[[Any], None]:
    """Build and merge the gates' rotations; at new parameters both are needed, so both are timed."""
    import qulacs
    from qulacs.circuit import QuantumCircuitOptimizer

    def step(state: Any) -> None:
        circuit = qulacs.QuantumCircuit(case.n_wires)
        for gate in gates:
            for word, factor in rotations_of(gate):
                targets, letters = _word(word, case.n_wires)
                angle = -factor * float(case.params[gate.slot or 0])
                if len(targets) == 1 and letters == [1]:
                    circuit.add_RX_gate(targets[0], angle)
                else:
                    circuit.add_multi_Pauli_rotation_gate(targets, letters, angle)
        if gates[0].kind == "RX":
            QuantumCircuitOptimizer().optimize(circuit, 2)
        circuit.update_quantum_state(state)

    return step


def parametric_circuit(case: Case) -> tuple[Any, list[int], list[float]]:
    """The circuit of Pauli rotations, and for each of its angles the parameter and its factor."""
    import qulacs

    circuit = qulacs.ParametricQuantumCircuit(case.n_wires)
    _add_start(circuit, case)
    slots: list[int] = []
    factors: list[float] = []
    for gate in case.gates:
        if gate.slot is None:
            raise NotImplementedError(f"{gate.kind} has no angle.")
        for word, factor in rotations_of(gate):
            targets, letters = _word(word, case.n_wires)
            angle = -factor * float(case.params[gate.slot])  # qulacs turns by exp(+i angle / 2 P)
            circuit.add_parametric_multi_Pauli_rotation_gate(targets, letters, angle)
            slots.append(gate.slot)
            factors.append(-factor)
    return circuit, slots, factors


def _add_start(circuit: Any, case: Case) -> None:
    """Prepare the start from the zero state by small gates."""
    import pennylane as qml

    for operation in qml.tape.make_qscript(case.start.apply)().operations:
        parts = operation.decomposition() if operation.name in ("DickeState", "BasisState") else [operation]
        for part in parts:
            wires = part.wires.tolist()
            matrix = np.asarray(qml.matrix(part, wire_order=wires), dtype=np.complex128)
            # Of a matrix's target qubits qulacs takes the first for the lowest bit, PennyLane for the highest.
            circuit.add_dense_matrix_gate([case.n_wires - 1 - wire for wire in reversed(wires)], matrix)


def _word(word: dict[int, str], n: int) -> tuple[list[int], list[int]]:
    """A Pauli word for qulacs, with its qubits counted from the lowest bit so that vectors have PennyLane's order."""
    return [n - 1 - wire for wire in word], [LETTERS[letter] for letter in word.values()]


def _observable(case: Case) -> Any:
    import qulacs

    observable = qulacs.Observable(case.n_wires)
    for word, value in case.observable.pauli_rep.items():
        text = " ".join(f"{letter} {case.n_wires - 1 - wire}" for wire, letter in word.items())
        observable.add_operator(float(np.real(value)), text)
    return observable
