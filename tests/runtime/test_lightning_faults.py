"""What lightning.qubit's adjoint method gets wrong, and that circuits handed to it are right all the same.

The first test is expected to fail for each class: the day one of them is right, it says so, and its treatment in
`runtime/circuit/for_lightning.py` can go.
"""

import warnings

import numpy as np
import pennylane as qml
import pytest
from dense import finite_differences
from pennylane import numpy as pnp

import runtime

N_WIRES = 4
PHASES = np.exp(1j * np.array([0.1, 0.2, 0.3, 0.4]))
ROTATION = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
BLOCK = np.array([[0.1, 0.2], [0.3, 0.4]])
OBSERVABLE = qml.Z(0) @ qml.X(1) + 0.7 * qml.Y(0) @ qml.X(2) - 0.4 * qml.Z(3)


def hop():
    return qml.Hamiltonian([0.6, 0.8], [qml.X(0) @ qml.X(1), qml.Y(0) @ qml.Y(1)])


def stacked(*numbers):
    """An array of numbers that autograd follows, or of symbols."""
    if any(type(n).__name__ == "Affine" for n in numbers):
        array = np.empty(len(numbers), dtype=object)
        array[:] = numbers
        return array
    return qml.math.stack([n + 0.0 for n in numbers])


# Operations without a kernel of their base name, of which no numbers are counted: trainable ones,
TRAINABLE = {
    "OrbitalRotation": lambda x: qml.OrbitalRotation(x, range(4)),
    "adjoint of OrbitalRotation": lambda x: qml.adjoint(qml.OrbitalRotation(x, range(4))),
    "adjoint of PauliRot": lambda x: qml.adjoint(qml.PauliRot(x, "XYZ", range(3))),
    "adjoint of ApproxTimeEvolution": lambda x: qml.adjoint(qml.ApproxTimeEvolution(hop(), x, 2)),
    "adjoint of ArbitraryUnitary": lambda x: qml.adjoint(qml.ArbitraryUnitary(stacked(x, 0.2, 0.3), [0])),
    "adjoint of a power": lambda x: qml.adjoint(qml.pow(qml.RX(x, 0), 2)),
    "controlled U2": lambda x: qml.ctrl(qml.U2(x, 0.3, 0), 1),
    "controlled CRot": lambda x: qml.ctrl(qml.CRot(x, 0.3, 0.4, [0, 2]), 1),
    "PCPhase": lambda x: qml.PCPhase(x, 3, [0, 1]),
    "adjoint of an adjoint": lambda x: qml.ops.Adjoint(qml.ops.Adjoint(qml.RY(x, 0))),
}
# and fixed ones, in front of what is trainable.
FIXED = {
    "BlockEncode": lambda _: qml.BlockEncode(BLOCK, [0, 1]),
    "DiagonalQubitUnitary": lambda _: qml.DiagonalQubitUnitary(PHASES, [0, 1]),
    "adjoint of fixed Rot": lambda _: qml.adjoint(qml.Rot(0.1, 0.3, 0.4, 0)),
    "controlled fixed Rot": lambda _: qml.ctrl(qml.Rot(0.1, 0.3, 0.4, 0), 1),
    "controlled fixed U3": lambda _: qml.ctrl(qml.U3(0.1, 0.3, 0.4, 0), 1),
    "fixed OrbitalRotation": lambda _: qml.OrbitalRotation(0.4, range(4)),
    "fixed CRot": lambda _: qml.CRot(0.1, 0.2, 0.3, [0, 1]),
}
# It is right about these by themselves, but not in every company.
ALMOST = {
    "control in a control": lambda x: qml.ctrl(qml.adjoint(qml.ctrl(qml.RY(x, 0), 1)), 2),
    "controlled fixed Select": lambda _: qml.ctrl(qml.Select([qml.RX(0.3, 0), qml.RY(0.4, 1)], [2]), 3),
    "adjoint of fixed Select": lambda _: qml.adjoint(qml.Select([qml.RX(0.3, 0), qml.RY(0.4, 1)], [2])),
    "controlled fixed SelectPauliRot": lambda _: qml.ctrl(qml.SelectPauliRot(np.array([0.1, 0.3]), [1], 0), 2),
    "adjoint of fixed SelectPauliRot": lambda _: qml.adjoint(qml.SelectPauliRot(np.array([0.1, 0.3]), [1], 0)),
    "ControlledQubitUnitary": lambda _: qml.ctrl(qml.QubitUnitary(ROTATION, 0), [1, 2], [0, 1]),
    "controlled SISWAP": lambda _: qml.ctrl(qml.SISWAP([0, 1]), [2, 3], [0, 1]),
    "Reflection": lambda _: qml.ctrl(qml.Reflection(qml.prod(qml.Hadamard(0), qml.Hadamard(1)), 0.3), 2),
    "IQP": lambda _: qml.IQP([0.1, 0.2, 0.3], 2, [[[0]], [[1]], [[0, 1]]]),
}
WRONG = {**TRAINABLE, **FIXED}
ALL = {**WRONG, **ALMOST}


def circuit_of(name):
    def circuit(p):
        for w in range(N_WIRES):
            qml.RY(0.3 * w + 0.2, w)
        ALL[name](p[0])
        for w in range(N_WIRES):
            qml.RX(p[1] + w, w)

    return circuit


def gradient(device, name, **options):
    @qml.qnode(device, **options)
    def node(p):
        circuit_of(name)(p)
        return qml.expval(OBSERVABLE)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return qml.grad(node)(pnp.array([0.4, 0.9], requires_grad=True))


def expected(name):
    """By differences: through powers, default.qubit has no derivative."""

    @qml.qnode(qml.device("default.qubit", wires=N_WIRES), diff_method=None)
    def node(p):
        circuit_of(name)(p)
        return qml.expval(OBSERVABLE)

    return finite_differences(node, np.array([0.4, 0.9]), step=1e-5)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.xfail(strict=True, raises=(AssertionError, RuntimeError, IndexError))
def test_lightning_itself(name):
    found = gradient(qml.device("lightning.qubit", wires=N_WIRES), name, diff_method="adjoint")
    np.testing.assert_allclose(found, expected(name), atol=1e-8)


@pytest.mark.parametrize("name", ALL)
def test_what_is_handed_to_lightning_is_right(name, on_lightning):
    program = runtime.compile(circuit_of(name), OBSERVABLE, n_params=2)
    assert program.engine == "lightning.qubit"
    np.testing.assert_allclose(program.value_and_grad([0.4, 0.9])[1], expected(name), atol=1e-8)
    device = qml.device("kaname.sector", wires=N_WIRES)
    np.testing.assert_allclose(gradient(device, name), expected(name), atol=1e-8)
    assert set(device.engine_counts) == {"lightning.qubit"}


@pytest.mark.parametrize("name", ALL)
def test_a_small_circuit_need_not_be_handed_on(name):
    program = runtime.compile(circuit_of(name), OBSERVABLE, n_params=2)
    assert program.engine == "sector"
    np.testing.assert_allclose(program.value_and_grad([0.4, 0.9])[1], expected(name), atol=1e-8)
    device = qml.device("kaname.sector", wires=N_WIRES)
    np.testing.assert_allclose(gradient(device, name), expected(name), atol=1e-8)
    assert set(device.engine_counts) == {"sector"}
