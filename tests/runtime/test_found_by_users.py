"""What users ran into, one test each."""

import numpy as np
import pennylane as qml
import pytest

import runtime
from runtime.operations import DiagonalCost, DickeState

PHASES = np.exp(1j * np.array([0.1, 0.2, 0.3, 0.4]))
OBSERVABLE = qml.Z(0) @ qml.X(1) + 0.7 * qml.Y(0) @ qml.X(2)
FIXED = {
    "diagonal": lambda: qml.DiagonalQubitUnitary(PHASES, wires=[0, 1]),
    "adjoint": lambda: qml.adjoint(qml.DiagonalQubitUnitary(PHASES, wires=[0, 1])),
    "controlled": lambda: qml.ctrl(qml.DiagonalQubitUnitary(PHASES[:2], wires=[0]), control=1),
    "CRot": lambda: qml.CRot(0.1, 0.2, 0.3, wires=[0, 1]),
    "PCPhase": lambda: qml.PCPhase(0.3, dim=2, wires=[0, 1]),
    "controlled matrix": lambda: qml.ControlledQubitUnitary(np.diag(PHASES[:2]), wires=[0, 1]),
}


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("place", [0, 1])
def test_fixed_gates_do_not_shift_gradients_without_structure(name, place, on_lightning):
    def circuit(p):
        for w in range(3):
            qml.RX(0.3 + w, w)
        for k in range(2):
            if k == place:
                FIXED[name]()
            qml.IsingXY(p[k], wires=[k, k + 1])
        for w in range(3):
            qml.RX(0.7 + w, w)

    def measured(p):
        circuit(p)
        return qml.expval(OBSERVABLE)

    params = qml.numpy.array([0.4, 0.9])
    expected = qml.grad(qml.QNode(measured, qml.device("default.qubit"), diff_method="backprop"))(params)
    program = runtime.compile(circuit, OBSERVABLE, n_params=2)
    assert program.engine == "lightning.qubit"
    np.testing.assert_allclose(program.value_and_grad(np.array([0.4, 0.9]))[1], expected, atol=1e-10)
    found = qml.grad(qml.QNode(measured, qml.device("kaname.sector", wires=3)))(params)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_values_of_a_cost_under_an_adjoint_are_not_remembered():
    weights = np.array([1.0, 2.0, 3.0, 4.0])

    def circuit(p):
        DickeState(2, wires=range(4))
        qml.adjoint(DiagonalCost)(p[0], cost, wires=range(4))
        qml.IsingXY(0.7, wires=[0, 1])

    def cost(bits):
        return bits @ weights

    before = runtime.compile(circuit, qml.Z(0), n_params=1).expval([0.3])
    weights[:] = [3.0, -2.0, 5.0, 0.0]
    after = runtime.compile(circuit, qml.Z(0), n_params=1).expval([0.3])
    runtime.clear_cache()
    assert after == runtime.compile(circuit, qml.Z(0), n_params=1).expval([0.3])
    assert abs(after - before) > 1e-3


@pytest.mark.parametrize("measurement", [qml.state, lambda: qml.vn_entropy([0])])
def test_a_measurement_that_needs_all_amplitudes_of_many_wires_is_refused(measurement):
    @qml.qnode(qml.device("kaname.sector", wires=70))
    def node():
        qml.X(0)
        return measurement()

    with pytest.raises(ValueError, match="all amplitudes of 70 wires"):
        node()


def test_a_gradient_by_no_instructions_is_of_floats():
    program = runtime.compile(lambda p: qml.X(0), qml.Z(0), n_params=2)
    assert program.value_and_grad([0.1, 0.2])[1].dtype == np.float64


def test_a_gibbs_value_is_a_float():
    program = runtime.compile(lambda p: qml.X(0), runtime.Gibbs(qml.Z(0), 0.5), n_params=0)
    assert type(program.expval([])) is float
    assert type(program.estimate([], shots=10).value) is float


def test_a_measurement_is_no_observable():
    with pytest.raises(ValueError, match="An observable is a PennyLane operator"):
        runtime.compile(lambda p: qml.X(0), qml.expval(qml.Z(0)), n_params=0)


@pytest.mark.parametrize("gate", [qml.X, qml.Hadamard])
@pytest.mark.parametrize("observable", [qml.X(0) @ qml.Y(0), np.nan * qml.Z(0)])
def test_observables_must_be_hermitian_and_finite_on_either_engine(gate, observable):
    def circuit(p):
        gate(0)
        qml.RX(p[0], 1)
        qml.RY(p[0], 0)
        qml.RX(p[0], 0)

    with pytest.raises(ValueError, match="must be Hermitian, with finite coefficients"):
        runtime.compile(circuit, observable, n_params=1)


@pytest.mark.parametrize("matrix", [[[0.0, 2.0], [1.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]])
def test_a_matrix_that_is_not_unitary_is_refused(matrix):
    def circuit(p):
        qml.X(0)
        qml.QubitUnitary(np.array(matrix), wires=0)
        qml.IsingXY(p[0], wires=[0, 1])

    with pytest.raises(ValueError, match="must be unitary"):
        runtime.compile(circuit, qml.Z(0), n_params=1)


def test_amplitudes_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        runtime.compile(lambda p: qml.StatePrep(np.array([1.0, np.nan]), wires=0), qml.Z(0), n_params=0)


def hop(p):
    qml.X(0)
    qml.IsingXY(p[0], wires=[0, 1])


@pytest.mark.parametrize("operators", [[3], qml.X(0), [qml.X("elsewhere")]])
def test_operators_beyond_the_circuit_are_operators_on_its_wires(operators):
    with pytest.raises(ValueError, match=r"also_reach (is|holds)"):
        runtime.compile(hop, qml.Z(0), n_params=1, also_reach=operators)
    program = runtime.compile(hop, qml.Z(0), n_params=1)
    with pytest.raises(ValueError, match=r"A pool of generators (is|holds)"):
        program.pool_gradients([0.3], operators)


def test_wrong_arguments_of_a_program_are_named():
    program = runtime.compile(hop, qml.Z(0), n_params=1)
    with pytest.raises(ValueError, match="takes parameters of real numbers"):
        program.expval([1j])
    with pytest.raises(ValueError, match="An overlap is with another program, got 3"):
        program.overlap([0.3], 3, [0.3])
    with pytest.raises(ValueError, match=r"a whole number, got shots=2\.5"):
        program.sample([0.3], shots=2.5)
