"""Numbers that depend on parameters are followed wherever they stand, or refused; through programs and the device."""

import numpy as np
import pennylane as qml
import pytest
from dense import embedded, finite_differences
from pennylane import numpy as pnp

import optimization
import runtime
from optimization import TabulatedProblem
from runtime.operations import GroverMixer

N_WIRES = 3
OBSERVABLE = qml.X(0) @ qml.Y(1) + 0.5 * qml.Z(0) - 0.8 * qml.X(2) + 0.3 * qml.Z(1)
PHASES = np.exp(1j * np.arange(4))
MATRIX = np.array([[0.6, 0.8j], [0.8j, 0.6]])


def stack(*numbers):
    return qml.math.stack([n + 0.0 for n in numbers])


def turn(x):
    c, s = qml.math.cos(x), qml.math.sin(x)
    return qml.math.stack([stack(c, -s), stack(s, c)])


def layer(template, p):
    """One layer of a template on two wires; `p` may be an array of symbols."""
    shape = {qml.BasicEntanglerLayers: (1, 2), qml.StronglyEntanglingLayers: (1, 2, 3)}[template]
    weights = p[: int(np.prod(shape))].reshape(shape)
    template(weights, wires=range(2))


# Each with two parameters or more, behind rotations of all wires.
CIRCUITS = {
    "diagonal": lambda p: qml.DiagonalQubitUnitary(qml.math.exp(1j * stack(p[0], -p[0], p[1], 0.3)), [0, 1]),
    "controlled diagonal": lambda p: qml.ctrl(
        qml.DiagonalQubitUnitary(qml.math.exp(1j * stack(p[0], -p[0])), 0), 1, control_values=[0]
    ),
    "matrix": lambda p: qml.QubitUnitary(turn(p[0]), 0),
    "adjoint of a matrix": lambda p: qml.adjoint(qml.QubitUnitary(turn(p[0]), 1)),
    "exponential": lambda p: qml.exp(qml.Z(0), 1j * p[0]),
    "exponential of a sum": lambda p: qml.exp(qml.X(0) + qml.Z(0) @ qml.Y(1), 1j * p[0]),
    "evolution": lambda p: qml.evolve(qml.X(0) + qml.Z(0) @ qml.Y(1), p[0]),
    "adjoint of an evolution": lambda p: qml.adjoint(qml.evolve(qml.X(0) + qml.Z(0) @ qml.Y(1), p[0])),
    "controlled evolution": lambda p: qml.ctrl(qml.evolve(qml.Hermitian([[0.1, 0.4], [0.4, -0.3]], 0), p[0]), 2),
    "coefficients": lambda p: qml.evolve(qml.dot([p[0], p[1]], [qml.X(0) @ qml.X(1), qml.Z(0) @ qml.Z(1)]), 0.7),
    "coefficients beside time": lambda p: qml.ApproxTimeEvolution(
        qml.dot([p[0], 0.4], [qml.X(0) @ qml.X(1), qml.Z(0)]), p[1], 1
    ),
    "linear combination": lambda p: qml.PrepSelPrep(qml.dot([p[0] + 2.0, 0.4], [qml.X(0), qml.Z(0)]), control=1),
    "power": lambda p: qml.pow(qml.U3(p[0], 0.2, p[1], 0), -2),
    "special unitary": lambda p: qml.SpecialUnitary(stack(p[0], p[1], 0.3), 0),
    "other basis": lambda p: qml.change_op_basis(qml.S(0), qml.RX(p[0], 0), qml.Hadamard(0)),
    "control values": lambda p: [qml.RZ(qml.math.sin(p[0]), 0), qml.ctrl(qml.QubitUnitary(MATRIX, 0), [1, 2], [0, 1])],
    "basic layers": lambda p: layer(qml.BasicEntanglerLayers, p),
    "strong layers": lambda p: layer(qml.StronglyEntanglingLayers, p),
    "arbitrary unitary": lambda p: qml.ArbitraryUnitary(p[:3], [0]),
}


def circuit_of(name):
    def circuit(p):
        for w in range(N_WIRES):
            qml.RY(0.4 * w + 0.3, w)
        CIRCUITS[name](p)
        for w in range(N_WIRES):
            qml.RX(0.7 + p[1] + w, w)

    return circuit


@pytest.mark.parametrize("name", CIRCUITS)
def test_derivatives_are_those_of_differences(name):
    circuit, point = circuit_of(name), np.array([0.4, 0.9, -0.3, 0.7, 0.2, -1.1])

    @qml.qnode(qml.device("default.qubit", wires=N_WIRES), diff_method=None)
    def values(p):
        circuit(p)
        return qml.expval(OBSERVABLE)

    expected = finite_differences(values, point, step=1e-5)
    program = runtime.compile(circuit, OBSERVABLE, n_params=len(point))
    value, gradient = program.value_and_grad(point)
    assert value == pytest.approx(float(values(point)), abs=1e-10)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)
    np.testing.assert_allclose(program.vjp(point, 2.0)[1], 2.0 * expected, atol=2e-8)

    # PennyLane does not look inside an evolution for what is trainable, so the interface has to be named.
    @qml.qnode(qml.device("kaname.sector", wires=N_WIRES), interface="autograd")
    def node(p):
        circuit(p)
        return qml.expval(OBSERVABLE)

    trainable = pnp.array(point, requires_grad=True)
    assert float(node(trainable)) == pytest.approx(float(values(point)), abs=1e-10)  # what was seen once is no constant
    np.testing.assert_allclose(qml.grad(node)(trainable), expected, atol=1e-8)


def rotations_about_all_axes(p):
    """Z, Y and X in turn; a quarter turn about Y is where the angles of Tait and Bryan have no derivative."""
    c, s = qml.math.cos, qml.math.sin
    unit, paulis = np.eye(2), [np.diag([1, -1]), np.array([[0, -1j], [1j, 0]]), np.array([[0, 1], [1, 0]])]
    factors = [c(x / 2) * unit - 1j * s(x / 2) * pauli for x, pauli in zip(p, paulis, strict=True)]
    return qml.math.dot(qml.math.dot(factors[0], factors[1]), factors[2])


@pytest.mark.parametrize("gate", ["matrix", "special unitary"])
@pytest.mark.parametrize(
    "point", [(0, 0, 0), (0, 1, 0), (0, -1, 0), (1, 0, 0), (0, 0, 1), (2, 0, 0), (0.3, 1, 0.2), (1, 1, 1), (0, 0.6, 1)]
)
def test_matrices_on_one_wire_have_derivatives_everywhere(gate, point):
    point = np.array(point) * np.pi / (2 if gate == "matrix" else 4)

    def circuit(p):
        qml.RY(0.4, 0)
        qml.RX(0.3, 1)
        qml.CNOT([0, 1])
        qml.QubitUnitary(rotations_about_all_axes(p), 0) if gate == "matrix" else qml.SpecialUnitary(p, 0)

    observable = qml.X(0) @ qml.Y(1) + 0.4 * qml.Z(0) + 0.3 * qml.Y(0)

    @qml.qnode(qml.device("default.qubit", wires=2), diff_method=None)
    def values(p):
        circuit(p)
        return qml.expval(observable)

    expected = finite_differences(values, point, step=1e-5)
    program = runtime.compile(circuit, observable, n_params=3)
    value, gradient = program.value_and_grad(point)
    assert value == pytest.approx(float(values(point)), abs=1e-12)
    np.testing.assert_allclose(gradient, expected, atol=1e-9)
    bent = finite_differences(lambda p: program.value_and_grad(p)[1] @ np.ones(3), point, step=1e-5)
    np.testing.assert_allclose(program.hvp(point, np.ones(3))[2], bent, atol=1e-8)

    @qml.qnode(qml.device("kaname.sector", wires=2))
    def node(p):
        circuit(p)
        return qml.expval(observable)

    np.testing.assert_allclose(qml.grad(node)(pnp.array(point, requires_grad=True)), expected, atol=1e-9)


@pytest.mark.parametrize(
    "gate",
    [
        lambda p: qml.QubitUnitary(1.1 * turn(p[0]), 0),
        lambda p: qml.ctrl(qml.DiagonalQubitUnitary(stack(p[0], 1.0), 0), 1),
        lambda p: qml.DiagonalQubitUnitary(stack(p[0], 1.0), 0),
        lambda p: qml.adjoint(qml.DiagonalQubitUnitary(stack(p[0], 1.0), 0)),
    ],
)
def test_a_trainable_matrix_that_is_not_unitary_is_refused(gate):
    with pytest.raises(ValueError, match="must be unitary"):
        runtime.compile(gate, qml.Z(0), n_params=1).value_and_grad([0.3])

    @qml.qnode(qml.device("kaname.sector", wires=2))
    def node(p):
        gate(p)
        return qml.expval(qml.Z(0))

    with pytest.raises(ValueError, match="must be unitary"):
        qml.grad(node)(pnp.array([0.3], requires_grad=True))


def test_a_wire_that_a_decomposition_leaves_alone_stays():
    def circuit(p):
        qml.RX(qml.math.sin(p[0]), 0)
        qml.ctrl(qml.RandomLayers(qml.math.reshape(p, (1, 1)), wires=[1, 2], seed=1), control=0)

    tape = qml.tape.make_qscript(circuit)(pnp.array([0.3]))
    touched = {w for o in tape.operations[1].decomposition() for w in o.wires}
    assert touched < {0, 1, 2}
    assert len(runtime.compile(circuit, qml.Z(0), n_params=1).sector.wires) == 3


def test_a_diagonal_gate_without_x_rotations_has_a_slope():
    program = runtime.compile(lambda p: (qml.Hadamard(0), qml.RZ(p[0], 0)), qml.X(0), n_params=1)
    assert type(program._evolution).__name__ == "HypercubeEvolution"
    for gradient in (program.value_and_grad([0.3])[1], program.vjp([0.3], 1.0)[1]):
        np.testing.assert_allclose(gradient, [-np.sin(0.3)], atol=1e-12)


def test_a_grover_mixer_is_trained_to_the_end():
    strings = (np.arange(16)[:, None] >> np.arange(3, -1, -1) & 1).astype(np.uint8)
    problem = TabulatedProblem(bitstrings=strings, objectives=np.random.default_rng(0).normal(size=16))
    result = optimization.qaoa(problem, depth=2, seed=1)
    assert result.expectation < -1.68  # slopes cut to integers ended at -0.87


def test_a_matrix_that_couples_two_wires_behind_hadamards():
    """It was once taken for a matrix on one of them."""
    swap = np.array([[1, 0, 0, 0], [0, 0.6, 0.8, 0], [0, -0.8, 0.6, 0], [0, 0, 0, 1]])
    for block in (swap, np.fliplr(np.eye(4)) @ swap):

        def circuit(_, block=block):
            qml.Hadamard(1)
            qml.QubitUnitary(block, [0, 1])

        state = embedded(runtime.compile(circuit, qml.Z(0), n_params=0), [])
        np.testing.assert_allclose(state, block @ np.array([1, 1, 0, 0]) / np.sqrt(2), atol=1e-12)


def test_a_fixed_gate_behind_a_grover_mixer_stays_there():
    """It was once moved in front of it, where no other gate had touched its wire."""
    uniform = np.full(8, 8**-0.5)

    def circuit(p):
        for w in range(3):
            qml.Hadamard(w)
        qml.RZ(p[1], 0)
        GroverMixer(p[0], range(3))
        qml.T(1)
        qml.adjoint(qml.Z(2))
        GroverMixer(p[0], range(3))

    def mixed(state):
        return state + (np.exp(-0.3j) - 1) * uniform * (uniform @ state)

    fixed = qml.matrix(qml.T(1), wire_order=range(3)) @ qml.matrix(qml.Z(2), wire_order=range(3))
    expected = mixed(fixed @ mixed(qml.matrix(qml.RZ(0.4, 0), wire_order=range(3)) @ uniform))
    np.testing.assert_allclose(runtime.compile(circuit, qml.Z(0), n_params=2).state([0.3, 0.4]), expected, atol=1e-12)


def test_coefficients_of_observables_are_differentiated():
    results = []
    for name in ("kaname.sector", "default.qubit"):

        @qml.qnode(qml.device(name, wires=2))
        def node(x):
            qml.RY(x[0], 0)
            qml.CNOT([0, 1])
            return (
                qml.expval(qml.dot([x[1], x[0]], [qml.Z(0), qml.X(0) @ qml.X(1)])),
                qml.expval(qml.Hamiltonian([x[1], 0.3], [qml.X(1), qml.Z(1)])),
                qml.expval(qml.Z(1)),
            )

        point = pnp.array([0.4, 0.7], requires_grad=True)
        results.append(qml.jacobian(lambda x, node=node: qml.math.stack(node(x)))(point))
    np.testing.assert_allclose(*results, atol=1e-12)


@pytest.mark.parametrize("wire", [[0, 1], [1]])
def test_gates_over_a_batch(wire):
    for gate in (lambda x: qml.MultiRZ(x, [0, 1]), lambda x: qml.PauliRot(x, "XY", [0, 1]), lambda x: qml.RX(x, 1)):
        found = []
        for name in ("kaname.sector", "default.qubit"):

            @qml.qnode(qml.device(name, wires=2))
            def node(x, gate=gate):
                qml.RY(0.4, 0)
                gate(x)
                return qml.probs(wires=wire), qml.expval(qml.X(0))

            found.append(node(np.array([0.1, 0.2, 0.3])))
        for ours, theirs in zip(*found, strict=True):
            assert np.shape(ours) == np.shape(theirs)
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("matrix", [np.eye(4), np.eye(4) * (1 + 0.5j)])
def test_amplitudes_that_depend_on_parameters(matrix):
    weights = matrix + np.random.default_rng(1).normal(size=(4, 4))

    def circuit(p):
        qml.AmplitudeEmbedding(qml.math.dot(weights, p), wires=[0, 1], normalize=True)
        qml.RX(p[0], 1)

    @qml.qnode(qml.device("default.qubit", wires=2), diff_method=None)
    def values(p):
        circuit(p)
        return qml.expval(qml.X(0) @ qml.Y(1) + qml.Z(1))

    point = np.array([0.3, 0.5, -0.2, 0.7])
    expected = finite_differences(values, point, step=1e-5)
    program = runtime.compile(circuit, qml.X(0) @ qml.Y(1) + qml.Z(1), n_params=4)
    np.testing.assert_allclose(program.value_and_grad(point)[1], expected, atol=1e-8)


def looked_up(p):
    """A number that autograd loses sight of."""
    qml.X(0)
    qml.QubitUnitary(np.diag(np.exp(1j * np.array([0.0, float(qml.math.toarray(qml.math.unwrap([p[0]])[0]))]))), 0)
    qml.RX(qml.math.sin(p[0]), 0)


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (looked_up, "changes with the parameters"),
        (lambda p: qml.QubitUnitary(qml.math.kron(turn(p[0]), np.eye(2)), [0, 1]), "A matrix that depends on"),
        (lambda p: qml.evolve(qml.dot([p[0], 0.2], [qml.X(0), qml.Z(0)]), 0.3), "Coefficients that depend on"),
        (lambda p: qml.StatePrep(stack(qml.math.cos(p[0]), qml.math.sin(p[0]), 0.0, 0.0), [0, 1]), "are both zero"),
    ],
)
def test_what_cannot_be_followed_is_refused(circuit, message):
    with pytest.raises(ValueError, match=message):
        runtime.compile(circuit, qml.Z(0), n_params=1)


def test_an_interface_that_pennylane_does_not_notice_is_named():
    @qml.qnode(qml.device("kaname.sector", wires=2))
    def node(x):
        qml.evolve(qml.dot([x], [qml.X(0) @ qml.X(1)]), 0.7)
        return qml.expval(qml.Z(0))

    with pytest.raises(ValueError, match="interface='autograd'"):
        qml.grad(node)(pnp.array(0.3, requires_grad=True))


@pytest.mark.parametrize(
    "circuit",
    [
        lambda: [qml.X(5), qml.expval(qml.Z(0))][1],
        lambda: [qml.X(0), qml.expval(qml.Z(7))][1],
        lambda: [qml.X(0), qml.probs(wires=[9])][1],
        lambda: [qml.ctrl(qml.DiagonalQubitUnitary(PHASES, [0, 1]), 8), qml.expval(qml.Z(0))][1],
    ],
)
def test_wires_that_the_device_lacks(circuit):
    node = qml.QNode(circuit, qml.device("kaname.sector", wires=2))
    with pytest.raises(qml.wires.WireError, match=r"kaname\.sector as they contain wires not found on the device"):
        node()


def test_near_observables_are_told_what_to_be():
    for given, remedy in ((qml.FermiC(0) * qml.FermiA(0), "jordan_wigner"), (qml.X(0).pauli_rep, "operation")):
        with pytest.raises(ValueError, match=remedy):
            runtime.compile(lambda _: qml.X(0), given, n_params=0)


def test_a_state_that_does_not_fit_says_so():
    @qml.qnode(qml.device("kaname.sector", wires=40))
    def node():
        qml.X(0)
        return qml.state()

    with pytest.raises(runtime.DoesNotFitError, match=r"What is measured needs all amplitudes of 40 wires, 16\.0 TiB"):
        node()
