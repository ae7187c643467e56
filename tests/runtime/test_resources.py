import numpy as np
import pennylane as qml
import pytest

import runtime
from runtime.operations import DickeState, GuardedHop, UniformSuperposition
from runtime.resources import MACHINE_GATES


def circuit(p):
    DickeState(2, wires=range(4))
    for w in range(3):
        qml.IsingXY(p[0], wires=[w, w + 1])
        qml.IsingZZ(p[1], wires=[w, w + 1])


def test_counts_equal_pennylanes_own_after_decomposition():
    found = runtime.compile(circuit, qml.Z(0), n_params=2).resources()
    [tape], _ = qml.transforms.decompose(
        qml.tape.make_qscript(circuit)(np.array([0.37, 0.37])), gate_set=MACHINE_GATES | {"GlobalPhase"}
    )
    tape = qml.tape.QuantumScript([o for o in tape.operations if o.name != "GlobalPhase"])  # costs a machine nothing
    names = [o.name for o in tape.operations]
    assert found.gates == {name: names.count(name) for name in sorted(set(names))}
    assert found.two_qubit_gates == names.count("CNOT")
    assert found.depth == tape.graph.get_depth()
    assert found.qubits == 4
    assert found.sector_dimension == 6
    assert found.engine == "sector"


def test_equal_gates_are_decomposed_once_and_counted_each_time():
    def fermionic(p):
        qml.BasisState(np.array([1, 1, 0, 0, 0, 0]), wires=range(6))
        qml.FermionicDoubleExcitation(p[0], wires1=[0, 1], wires2=[2, 3])
        qml.FermionicDoubleExcitation(p[1], wires1=[0, 1], wires2=[4, 5])
        qml.FermionicDoubleExcitation(p[1], wires1=[0, 1], wires2=[2, 3, 4, 5])
        qml.ctrl(qml.RY(p[0], 3), control=[0, 1], control_values=[1, 0])
        qml.ctrl(qml.RY(p[0], 4), control=[0, 1], control_values=[1, 1])

    found = runtime.compile(fermionic, qml.Z(0), n_params=2).resources()
    [tape], _ = qml.transforms.decompose(
        qml.tape.make_qscript(fermionic)(np.array([0.37, 0.37])), gate_set=MACHINE_GATES | {"GlobalPhase"}
    )
    names = [o.name for o in tape.operations if o.name != "GlobalPhase"]
    assert found.gates == {name: names.count(name) for name in sorted(set(names))}


def test_gates_without_affordable_circuit_leave_the_counts_open():
    def guarded(p):
        UniformSuperposition([[0, 1], [1, 0]], wires=range(2))
        GuardedHop(p[0], range(2), [((1, 0), (0, 1))])

    found = runtime.compile(guarded, qml.Z(0), n_params=1).resources()
    assert found.depth is None
    assert found.two_qubit_gates is None
    assert found.gates == {"GuardedHop": 1, "UniformSuperposition": 1}


def test_dense_circuits_are_counted_too():
    found = runtime.compile(lambda p: [qml.RY(p[0], wires=w) for w in range(3)], qml.Z(0), n_params=1).resources()
    assert found.engine == "sector"
    assert found.sector_dimension == 8
    assert found.gates == {"RY": 3}


def test_predicted_memory_covers_tables_and_vectors():
    program = runtime.compile(circuit, qml.X(0) @ qml.X(1), n_params=2)
    assert program.memory_bytes >= program._evolution.nbytes + 2 * 16 * 6


@pytest.mark.parametrize("n_params", [0, 3])
def test_parameters_that_no_gate_uses_have_zero_gradient(n_params):
    program = runtime.compile(lambda _: qml.X(0), qml.Z(0), n_params=n_params)
    value, gradient = program.value_and_grad(np.zeros(n_params))
    assert value == -1.0
    np.testing.assert_array_equal(gradient, np.zeros(n_params))
