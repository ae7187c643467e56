"""Exported circuits, run by the interpreter below and by Qiskit, against the runtime's states."""

import re
import sys

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import runtime
from chemistry import uccsd
from chemistry.mappings import (
    MAPPINGS,
    bravyi_kitaev,
    jordan_wigner,
    machine_circuit,
    parity,
    to_openqasm3,
    to_qiskit,
    to_qiskit_observable,
)
from chemistry.mappings.excitation_rotation import ExcitationRotation

CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
GATES = {
    "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
    "x": np.array([[0, 1], [1, 0]]),
    "cx": CX,
    "cz": np.diag([1, 1, 1, -1]),
}


def run_qasm(text, values=()):
    """The state that a program of our subset of OpenQASM 3 prepares, qubit 0 the most significant."""
    lines = text.splitlines()
    assert lines[:2] == ["OPENQASM 3.0;", 'include "stdgates.inc";']
    inputs, state, n = set(), None, 0
    for line in lines[2:]:
        if found := re.fullmatch(r"input float\[64\] theta_(\d+);", line):
            inputs.add(int(found[1]))
        elif found := re.fullmatch(r"qubit\[(\d+)\] q;", line):
            n = int(found[1])
            state = np.zeros((2,) * n, dtype=complex)
            state[(0,) * n] = 1
        elif found := re.fullmatch(r"gphase\((.*)\);", line):
            state = np.exp(1j * evaluated(found[1], inputs, values)) * state
        else:
            found = re.fullmatch(r"(\w+)(?:\((.*)\))? (q\[\d+\](?:, q\[\d+\])?);", line)
            assert found, line
            qubits = [int(q) for q in re.findall(r"\d+", found[3])]
            if found[1] == "rz":
                half = evaluated(found[2], inputs, values) / 2
                matrix = np.diag([np.exp(-1j * half), np.exp(1j * half)])
            else:
                matrix = GATES[found[1]]
            k = len(qubits)
            state = np.tensordot(matrix.reshape((2,) * (2 * k)), state, axes=(range(k, 2 * k), qubits))
            state = np.moveaxis(state, range(k), qubits)
    return state.reshape(-1)


def evaluated(expression, inputs, values):
    """A sum of numbers and of numbers times declared inputs."""
    total = 0.0
    for term in re.findall(r"[+-]?(?:[^+\-e]|e[+-]?)+", expression.replace("theta", "t")):
        number, _, name = term.partition("*")
        factor = 1.0
        if name:
            assert int(name[2:]) in inputs
            factor = values[int(name[2:])]
        total += float(number) * factor
    return total


def whole_state(program, params):
    state = np.zeros(2 ** len(program.sector.wires), dtype=complex)
    state[program.sector.numbers()] = program.state(params)
    return state


@pytest.mark.parametrize("entangler", ["cx", "cz"])
@pytest.mark.parametrize("name", [None, *MAPPINGS])
def test_the_program_prepares_the_state(problem, name, entangler):
    hydrogens = problem("h4")
    ansatz = uccsd(hydrogens)
    circuit = ansatz if name is None else MAPPINGS[name](hydrogens).circuit(ansatz)
    n = hydrogens.n_wires if name is None else MAPPINGS[name](hydrogens).n_wires
    params = np.random.default_rng(2).normal(size=ansatz.n_params)
    expected = whole_state(runtime.compile(circuit, qml.Z(n - 1)), params)
    with_numbers = to_openqasm3(circuit, params, entangler=entangler)
    with_inputs = to_openqasm3(circuit, entangler=entangler)
    assert "input" not in with_numbers
    assert run_qasm(with_numbers) == pytest.approx(expected, abs=1e-10)
    assert with_inputs.count("input float[64]") == ansatz.n_params
    assert run_qasm(with_inputs, params) == pytest.approx(expected, abs=1e-10)
    used = set(re.findall(r"^(rz|sx|x|cx|cz)\b", with_inputs, flags=re.MULTILINE))
    assert used <= {"rz", "sx", "x", entangler}


def test_a_program_of_hydrogen_reads_like_this(problem):
    circuit = MAPPINGS["parity-tapered"](problem("h2")).circuit(uccsd(problem("h2")))
    text = to_openqasm3(circuit)
    assert text.splitlines()[:4] == [
        "OPENQASM 3.0;",
        'include "stdgates.inc";',
        "input float[64] theta_0;",
        "qubit[1] q;",
    ]
    written = machine_circuit(circuit)
    assert written.n_qubits == 1
    assert written.parameters == (0,)
    assert written.counts == {"rz": 1, "sx": 2, "x": 2}
    assert written.two_qubit_gates == written.two_qubit_depth == 0


class Gates:
    """Gates on three wires, as an ansatz."""

    name, n_params, initial_params = "gates", 2, np.zeros(2)

    def __init__(self, apply):
        self.apply = apply

    def __call__(self, params):
        self.apply(params)


def many_gates(params):
    qml.BasisState([1, 0, 1], wires=[0, 1, 2])
    qml.Hadamard(0)
    qml.RX(params[0] + 0.3, wires=1)
    qml.RY(-2 * params[1], wires=2)
    qml.RX(np.pi / 2, wires=0)
    qml.RX(-np.pi / 2, wires=0)
    qml.RX(3 * np.pi, wires=1)
    qml.RY(np.pi, wires=1)
    qml.CNOT([0, 1])
    qml.RZ(params[0], wires=0)
    qml.CNOT([0, 1])
    qml.CNOT([1, 0])
    qml.CNOT([1, 0])
    qml.CZ([0, 2])
    qml.RZ(7.0, wires=2)
    qml.SX(2)
    qml.SX(2)
    qml.S(1)
    qml.PauliY(1)
    qml.PhaseShift(params[1], wires=2)
    qml.CRX(params[0], wires=[2, 0])
    qml.PauliX(0)
    qml.RZ(params[1], wires=0)
    qml.PauliX(0)
    qml.SWAP([1, 2])
    qml.GlobalPhase(params[0])
    qml.PauliRot(params[1], "XYZ", wires=[0, 1, 2])
    qml.Toffoli([0, 1, 2])


@pytest.mark.parametrize("entangler", ["cx", "cz"])
def test_gates_of_any_kind(entangler):
    params = np.array([0.8, -1.7])
    circuit = Gates(many_gates)
    expected = qml.matrix(qml.tape.make_qscript(circuit)(params), wire_order=range(3))[:, 0]
    assert run_qasm(to_openqasm3(circuit, params, entangler=entangler)) == pytest.approx(expected, abs=1e-10)
    assert run_qasm(to_openqasm3(circuit, entangler=entangler), params) == pytest.approx(expected, abs=1e-10)


def test_neighbours_cancel():
    def nothing(params):
        qml.CNOT([0, 1])
        qml.RZ(params[0], wires=0)
        qml.CNOT([0, 1])
        qml.RZ(-params[0], wires=0)
        qml.PauliX(2)
        qml.PauliX(2)

    assert machine_circuit(Gates(nothing)).gates == ()
    assert machine_circuit(Gates(nothing), entangler="cz").gates == ()


def test_gates_in_between_that_commute():
    def shared(params):
        qml.CNOT([0, 1])
        qml.CNOT([0, 2])
        qml.RZ(params[0], wires=0)
        qml.SX(1)
        qml.CNOT([2, 1])
        qml.CNOT([0, 1])

    def not_shared(params):
        qml.CNOT([0, 1])
        qml.CNOT([1, 2])
        qml.CNOT([0, 1])

    for gates, counts in ((shared, {"cx": 2, "cz": 4}), (not_shared, {"cx": 3, "cz": 3})):
        expected = qml.matrix(qml.tape.make_qscript(Spread(gates))([0.3, 0.1]), wire_order=range(3))[:, 0]
        for entangler, count in counts.items():
            assert machine_circuit(Gates(gates), entangler=entangler).two_qubit_gates <= count
            made = run_qasm(to_openqasm3(Spread(gates), [0.3, 0.1], entangler=entangler))
            assert made == pytest.approx(expected, abs=1e-12)


class Spread:
    """Gates on a state in which no amplitude is zero, so that each of them shows."""

    name, n_params, initial_params = "gates", 2, np.zeros(2)

    def __init__(self, apply):
        self.apply = apply

    def __call__(self, params):
        for wire in range(3):
            qml.RY(0.4 + 0.5 * wire, wires=wire)
            qml.RZ(1.1 - 0.7 * wire, wires=wire)
        self.apply(params)


@given(seed=st.integers(0, 10**6), entangler=st.sampled_from(["cx", "cz"]))
@settings(max_examples=60, deadline=None)
def test_random_circuits_stay_what_they_are(seed, entangler):
    rng = np.random.default_rng(seed)
    choices = [qml.CNOT, qml.CNOT, qml.CZ, qml.RZ, qml.RX, qml.SX, qml.PauliX, qml.Hadamard]
    picks = [(int(rng.integers(8)), rng.permutation(3).tolist(), rng.integers(-4, 5) * np.pi / 4) for _ in range(25)]

    def apply(params):
        for i, (pick, wires, angle) in enumerate(picks):
            if pick < 3:
                choices[pick](wires[:2])
            elif pick < 5:
                choices[pick](angle + (params[0] if i % 2 else 0.0), wires=wires[0])
            else:
                choices[pick](wires[0])

    expected = qml.matrix(qml.tape.make_qscript(Spread(apply))([0.3, 0.1]), wire_order=range(3))[:, 0]
    made = run_qasm(to_openqasm3(Spread(apply), entangler=entangler), [0.3, 0.1])
    assert made == pytest.approx(expected, abs=1e-10)


def test_angles_that_are_no_affine_functions():
    def product(params):
        qml.RY(params[0] * params[1], wires=0)
        qml.CNOT([0, 1])

    params = np.array([0.7, 1.9])
    expected = [np.cos(0.665), 0, 0, np.sin(0.665)]
    assert run_qasm(to_openqasm3(Gates(product), params)) == pytest.approx(expected, abs=1e-10)
    with pytest.raises(ValueError, match="only where every angle is an affine function of them: give params"):
        to_openqasm3(Gates(product))


def test_bad_input(problem):
    ansatz = uccsd(problem("h2"))
    with pytest.raises(ValueError, match=r"takes finite parameters of shape \(1,\), got \[0.1, 0.2\]"):
        to_openqasm3(ansatz, [0.1, 0.2])
    with pytest.raises(ValueError, match="finite"):
        to_openqasm3(ansatz, [np.nan])
    with pytest.raises(ValueError, match="'cx' or 'cz', got 'ecr'"):
        to_openqasm3(ansatz, entangler="ecr")
    with pytest.raises(ValueError, match=r"on wires 0, 1, ..., but this one also uses \['a'\]"):
        to_openqasm3(Gates(lambda params: qml.RX(params[0], wires="a")))


def test_without_qiskit_it_says_so(problem, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install qiskit, or use to_openqasm3"):
        to_qiskit(uccsd(problem("h2")))
    with pytest.raises(ModuleNotFoundError, match="pip install qiskit"):
        to_qiskit_observable(qml.Z(0))
    assert "qiskit" not in sys.modules


@pytest.mark.parametrize("name", ["jordan-wigner", "parity-reduced", "bravyi-kitaev-tapered"])
def test_qiskit_has_the_same_state_and_energy(problem, name):
    pytest.importorskip("qiskit", reason="Qiskit is not installed")
    from qiskit.quantum_info import Statevector

    hydrogens = problem("h4")
    mapping = MAPPINGS[name](hydrogens)
    circuit, observable = mapping.circuit(uccsd(hydrogens)), mapping.observable(hydrogens.hamiltonian)
    params = np.random.default_rng(2).normal(size=circuit.n_params)
    program = runtime.compile(circuit, observable)
    with_symbols = to_qiskit(circuit)
    assert with_symbols.num_parameters == circuit.n_params
    for made in (to_qiskit(circuit, params, entangler="cz"), with_symbols.assign_parameters(params)):
        state = Statevector(made)
        assert Statevector(made.reverse_bits()).data == pytest.approx(whole_state(program, params), abs=1e-10)
        energy = state.expectation_value(to_qiskit_observable(observable))
        assert energy == pytest.approx(program.expval(params), abs=1e-10)


@pytest.mark.parametrize("name", ["jordan-wigner", "parity-reduced"])
def test_qiskit_reads_our_openqasm(problem, name):
    qasm3 = pytest.importorskip("qiskit.qasm3", reason="Qiskit is not installed")
    pytest.importorskip("qiskit_qasm3_import", reason="qiskit_qasm3_import is not installed")
    from qiskit.quantum_info import Statevector

    mapping = MAPPINGS[name](problem("h2"))
    circuit = mapping.circuit(uccsd(problem("h2")))
    params = np.array([0.3])
    read = qasm3.loads(to_openqasm3(circuit))
    read = read.assign_parameters({p: params[int(p.name.removeprefix("theta_"))] for p in read.parameters})
    state = whole_state(runtime.compile(circuit, qml.Z(mapping.n_wires - 1)), params)
    assert Statevector(read.reverse_bits()).data == pytest.approx(state, abs=1e-10)


@given(seed=st.integers(0, 10**6), n_wires=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_an_excitation_rotation_is_the_exponential_of_its_words(seed, n_wires):
    rng = np.random.default_rng(seed)
    flips = int(rng.integers(1, 2**n_wires))
    is_y = int(rng.integers(2))
    possible = [z for z in range(2**n_wires) if (flips & z).bit_count() % 2 == is_y]
    chosen = rng.choice(possible, rng.integers(1, min(8, len(possible)) + 1), replace=False).tolist()
    words = tuple("".join("IXZY"[(flips >> i & 1) + 2 * (z >> i & 1)] for i in range(n_wires)) for z in chosen)
    rotation = ExcitationRotation(0.7, range(n_wires), words, tuple(rng.normal(size=len(words)).tolist()))
    exact = expm(0.7j * dense(rotation.generator(), n_wires))
    for operation, expected in ((rotation, exact), (rotation.adjoint(), exact.conj().T)):
        made = qml.matrix(qml.tape.QuantumScript(operation.decomposition()), wire_order=range(n_wires))
        assert made == pytest.approx(expected, abs=1e-12)


def dense(operator, n_wires):
    return qml.matrix(operator, wire_order=range(n_wires))


def test_an_excitation_takes_few_two_qubit_gates():
    # Yordanov, Arvidsson-Shukur and Barnes (2020): 2 for a single and 13 for a double qubit excitation; PennyLane's own
    # decomposition of the double takes 14, that of the fermionic double 48.
    single, double = qml.SingleExcitation(0.1, [0, 1]), qml.DoubleExcitation(0.1, [0, 1, 2, 3])
    fermionic = qml.FermionicDoubleExcitation(0.1, wires1=[0, 1], wires2=[2, 3])
    for gate, mapped in ((single, 2), (double, 14), (fermionic, 14)):
        assert two_qubit_gates_mapped(gate) == mapped
    assert machine_circuit(Gates(lambda _: qml.apply(fermionic))).two_qubit_gates == 48


def two_qubit_gates_mapped(gate):
    from chemistry.mappings import Mapping

    mapping = Mapping(name="Jordan-Wigner", matrix=np.eye(4, dtype=np.uint8), kept=(0, 1, 2, 3))
    return machine_circuit(mapping.circuit(Gates(lambda _: qml.apply(gate)))).two_qubit_gates


def test_words_that_do_not_commute_are_refused():
    with pytest.raises(ValueError, match="flip the same wires, at least one, and commute"):
        ExcitationRotation(0.1, [0, 1], ("XX", "XY"), (1.0, 1.0))
    with pytest.raises(ValueError, match="with 2 coefficients"):
        ExcitationRotation(0.1, [0, 1], ("XX",), (1.0, 1.0))


@pytest.mark.parametrize("mapping", [jordan_wigner, parity, bravyi_kitaev])
def test_mapped_excitations_need_no_more_than_words_one_by_one(problem, mapping):
    ours = problem("lih")
    circuit = mapping(ours).circuit(uccsd(ours))
    program = runtime.compile(circuit, qml.Z(0))
    with qml.queuing.AnnotatedQueue() as queue:
        circuit(circuit.initial_params)
    one_by_one = 0
    for operation in qml.tape.QuantumScript.from_queue(queue).operations[1:]:
        one_by_one += sum(2 * (len(word) - 1) for word in operation.generator().pauli_rep)
    counted = program.resources().two_qubit_gates
    assert machine_circuit(circuit).two_qubit_gates <= counted <= 0.4 * one_by_one
