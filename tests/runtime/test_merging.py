"""Which actions commute, against dense matrices, and which Pauli rotations are merged past what lies between them."""

import numpy as np
import pennylane as qml
import pytest
from dense import finite_differences
from random_circuits import CONSERVING, DIAGONAL, FIXED_CONSERVING, PERMUTING, Gate

import runtime
from runtime.circuit.actions import Mixing, Permutation
from runtime.circuit.commuting import commute
from runtime.circuit.merging import merge_rotations
from runtime.circuit.recognition import actions_of
from runtime.circuit.tracing import trace

N_WIRES = 4
PAULI = {"word": 2}
TABLES = (CONSERVING, DIAGONAL, FIXED_CONSERVING, PERMUTING, PAULI)


def random_gate(rng):
    table = TABLES[rng.integers(len(TABLES))]
    name = str(rng.choice(list(table)))
    wires = tuple(int(w) for w in rng.permutation(N_WIRES)[: table[name]])
    fixed = table in (FIXED_CONSERVING, PERMUTING)
    word = "".join(rng.choice(list("XYZ"), size=2))
    return Gate(name, wires, None if fixed else (0.0, float(rng.normal()), 0, 0), int(rng.integers(1000)), word)


def actions_and_matrix(gate):
    with qml.queuing.AnnotatedQueue() as queue:
        gate.apply(np.zeros(1), affine=True)
    [operator] = qml.tape.QuantumScript.from_queue(queue).operations
    positions = {w: w for w in range(N_WIRES)}
    return actions_of(operator, positions, frozenset()), qml.matrix(operator, wire_order=range(N_WIRES))


def test_actions_that_are_said_to_commute_do():
    rng = np.random.default_rng(3)
    said = missed = 0
    for _ in range(300):
        (first, a), (second, b) = (actions_and_matrix(random_gate(rng)) for _ in range(2))
        if not all(commute(p, q) for p in first for q in second):
            missed += bool(np.allclose(a @ b, b @ a, atol=1e-10))
            continue
        said += 1
        np.testing.assert_allclose(a @ b, b @ a, atol=1e-10)
    assert said > 75
    assert missed < 0.1 * said  # products of several actions may commute although these do not


def test_both_kinds_of_fixed_gates_were_tried():
    rng = np.random.default_rng(3)
    kinds = {type(a) for _ in range(200) for a in actions_and_matrix(random_gate(rng))[0]}
    assert {Permutation, Mixing} <= kinds


@pytest.mark.parametrize(
    ("between", "joined"),
    [
        (lambda p: qml.RZ(p[1], 2), True),
        (lambda p: qml.IsingZZ(p[1], [0, 1]), True),
        (lambda p: qml.RZ(p[1], 0), False),
        (lambda p: qml.SWAP([0, 1]), True),
        (lambda p: qml.CNOT([0, 1]), False),
        (lambda p: qml.CNOT([2, 0]), True),  # X(0) commutes with it
        (lambda p: qml.CNOT([0, 2]), False),
        (lambda p: qml.ISWAP([0, 1]), True),
        (lambda p: qml.CZ([0, 1]), False),
        (lambda p: qml.SingleExcitation(p[1], [0, 1]), False),
        (lambda p: qml.IsingXY(p[1], [0, 1]), True),
        (lambda p: qml.IsingXY(p[1], [1, 2]), False),
    ],
)
def test_rotations_are_merged_past_what_commutes_with_one_of_them(between, joined):
    def circuit(p):
        qml.IsingXX(p[0], [0, 1])
        between(p)
        qml.IsingYY(p[0], [0, 1])

    traced = trace(circuit, 2, range(3))
    positions = {w: w for w in range(3)}
    actions = [a for o in traced.operators for a in actions_of(o, positions, frozenset())]
    assert (len(merge_rotations(actions)) < len(actions)) == joined


def test_equal_angles_that_are_not_affine_are_merged():
    def circuit(p):
        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        for w in range(3):
            qml.IsingXX(qml.math.sin(p[0]) * p[1], [w, w + 1])
            qml.IsingYY(p[1] * qml.math.sin(p[0]), [w, w + 1])

    program = runtime.compile(circuit, qml.Z(0) + qml.X(1) @ qml.X(3), n_params=2)
    assert program.sector.dimension == 3  # 1100, 1010, 1001
    params = np.array([0.4, 0.9])
    np.testing.assert_allclose(program.value_and_grad(params)[1], finite_differences(program.expval, params), atol=1e-8)


def test_angles_that_only_seemed_equal_are_refused():
    def circuit(p):
        qml.BasisState(np.array([1, 0]), wires=range(2))
        qml.IsingXX(qml.math.sin(p[0]), [0, 1])
        # The same function except far from where it is probed.
        qml.IsingYY(qml.math.sin(p[0]) + qml.math.maximum(p[0] - 10.0, 0.0), [0, 1])

    program = runtime.compile(circuit, qml.Z(0), n_params=1)
    program.expval([0.3])
    with pytest.raises(ValueError, match="Angles that agreed at several random points differ here"):
        program.expval([12.0])


def turn(angle):
    c, s = qml.math.cos(angle), qml.math.sin(angle)
    return qml.math.stack([qml.math.stack([c, -s]), qml.math.stack([s, c])])


def test_matrices_on_one_wire_may_depend_on_parameters():
    program = runtime.compile(lambda p: qml.QubitUnitary(turn(p[0]), wires=0), qml.Z(0) + qml.X(0), n_params=1)
    value, gradient = program.value_and_grad([0.4])
    assert value == pytest.approx(np.cos(0.8) + np.sin(0.8))
    assert gradient == pytest.approx([2 * np.cos(0.8) - 2 * np.sin(0.8)])


def test_larger_matrices_that_depend_on_parameters_are_refused():
    def circuit(p):
        qml.QubitUnitary(qml.math.kron(turn(p[0]), np.eye(2)), wires=[0, 1])

    with pytest.raises(ValueError, match="A matrix that depends on the parameters, of QubitUnitary on wires"):
        runtime.compile(circuit, qml.Z(0), n_params=1)


def test_diagonals_that_depend_on_parameters_run_natively():
    def circuit(p):
        qml.X(0)
        qml.SingleExcitation(0.7, [0, 1])
        qml.DiagonalQubitUnitary(qml.math.exp(1j * p[0] * np.array([0.3, 1.0, -0.4, 0.2])), [0, 1])

    program = runtime.compile(circuit, qml.X(0) @ qml.X(1), n_params=1)
    assert program.sector.dimension == 2
    value, gradient = program.value_and_grad([0.9])
    assert value == pytest.approx(-np.sin(0.7) * np.cos(0.9 * (1.0 + 0.4)), abs=1e-10)
    np.testing.assert_allclose(gradient, finite_differences(program.expval, np.array([0.9])), atol=1e-8)
