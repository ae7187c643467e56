"""Every kind of gate with structure reaches what it should, with default.qubit's values and gradients."""

import numpy as np
import pennylane as qml
import pytest
from dense import embedded
from structured_gates import CASES

import runtime

POINT = np.array([0.37, 0.83])
STEP = 1e-5


def dense_state(circuit, params, n_wires):
    operations = qml.tape.make_qscript(circuit)(params).operations
    tape = qml.tape.QuantumScript(operations, [qml.state()])
    [state] = qml.execute([tape], qml.device("default.qubit", wires=n_wires), diff_method=None)
    return np.asarray(state)


@pytest.mark.parametrize("name", CASES)
def test_the_smallest_sector_with_the_right_values_and_gradients(name):
    circuit, dimension = CASES[name].circuit, CASES[name].dimension
    wires = sorted(qml.tape.make_qscript(circuit)(POINT).wires)
    n_wires = len(wires)
    observables = [qml.Z(0) + 0.3 * qml.Z(1) @ qml.Z(n_wires - 1), qml.X(0) @ qml.X(1) + 0.4 * qml.X(1) @ qml.Y(0)]
    program = runtime.compile(circuit, observables, n_params=2)
    assert program.engine == "sector"
    assert program.sector.dimension == dimension
    matrices = [qml.matrix(o, wire_order=wires) for o in observables]

    def moments(params):
        state = dense_state(circuit, params, n_wires)
        return np.array([np.vdot(state, m @ state).real for m in matrices])

    np.testing.assert_allclose(embedded(program, POINT), dense_state(circuit, POINT, n_wires), atol=1e-10)
    values, gradients = program.value_and_grad(POINT)
    np.testing.assert_allclose(values, moments(POINT), atol=1e-10)
    for i, e in enumerate(np.eye(2)):
        slopes = (moments(POINT + STEP * e) - moments(POINT - STEP * e)) / (2 * STEP)
        np.testing.assert_allclose(gradients[:, i], slopes, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_the_device_runs_them_in_the_sector(name):
    circuit = CASES[name].circuit
    observable = qml.Z(0) + 0.4 * qml.X(1) @ qml.Y(0)
    device = qml.device("kaname.sector", wires=sorted(qml.tape.make_qscript(circuit)(POINT).wires))

    @qml.qnode(device)
    def node(params):
        circuit(params)
        return qml.expval(observable)

    gradient = qml.grad(lambda p: node(p) + 0.0 * p[0])(qml.numpy.array(POINT, requires_grad=True))
    program = runtime.compile(circuit, observable, n_params=2)
    np.testing.assert_allclose(gradient, program.value_and_grad(POINT)[1], atol=1e-10)
    assert set(device.engine_counts) == {"sector"}
