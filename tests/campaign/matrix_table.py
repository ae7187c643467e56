"""Operations given by matrices, fixed or made of trainable numbers, and arithmetic of operators."""

import numpy as np
import pennylane as qml
from operation_entries import (
    Entry,
    array,
    complex_rotation_matrix,
    pauli,
    random_orthogonal,
    random_unitary,
    random_word,
    rotation_matrix,
)


def _phases(x, w):
    """Unit numbers on the diagonal of one or two wires, of as many numbers."""
    angles = [x[0], -x[0]] if len(w) == 1 else [x[0], -x[0], 0.3 * x[1], x[0] + x[1]]
    return qml.math.exp(1j * qml.math.stack(angles))


def _hop(w):
    return qml.X(w[0]) @ qml.X(w[1]) + qml.Y(w[0]) @ qml.Y(w[1])


def _sum(w, s):
    """Terms that do not commute."""
    letters = [random_word(len(w), s + i) for i in range(3)]
    return qml.dot([0.7, -0.4, 0.5], [pauli(letter, w) for letter in letters])


def _conserving_sum(w, s):
    return 0.6 * _hop(w) + (0.3 + s % 3) * qml.Z(w[0])


def _block_unitary(s):
    matrix = np.eye(4, dtype=complex)
    matrix[1:3, 1:3] = random_unitary(2, s)
    return matrix


def _real_block(x):
    """A plane rotation of 01 and 10."""
    c, s, zero = qml.math.cos(x), qml.math.sin(x), 0.0 * x
    rows = [[1 + zero, zero, zero, zero], [zero, c, -s, zero], [zero, s, c, zero], [zero, zero, zero, 1 + zero]]
    return qml.math.stack([qml.math.stack(r) for r in rows])


def _combination(x, w):
    return qml.dot([x[0], 0.6], [pauli("XY"[: len(w)], w), pauli("ZZ"[: len(w)], w)])


MATRICES = {
    "QubitUnitary": Entry(lambda x, w, s: qml.QubitUnitary(random_unitary(2 ** len(w), s), w), (1, 3), 0),
    "QubitUnitary in blocks": Entry(lambda x, w, s: qml.QubitUnitary(_block_unitary(s), w), (2, 2), 0, "conserving"),
    "QubitUnitary of a number": Entry(lambda x, w, s: qml.QubitUnitary(rotation_matrix(x[0]), w)),
    "QubitUnitary of a complex number": Entry(lambda x, w, s: qml.QubitUnitary(complex_rotation_matrix(x[0]), w)),
    "QubitUnitary in trainable blocks": Entry(
        lambda x, w, s: qml.QubitUnitary(_real_block(x[0]), w), (2, 2), 1, "conserving"
    ),
    "DiagonalQubitUnitary": Entry(
        lambda x, w, s: qml.DiagonalQubitUnitary(np.exp(1j * np.arange(2 ** len(w)) * (0.3 + s % 5)), w),
        (1, 3),
        0,
        "diagonal",
    ),
    "DiagonalQubitUnitary of numbers": Entry(
        lambda x, w, s: qml.DiagonalQubitUnitary(_phases(x, w), w), (1, 2), lambda n: n, "diagonal"
    ),
    "ControlledQubitUnitary": Entry(
        lambda x, w, s: qml.ControlledQubitUnitary(random_unitary(2, s), w, control_values=[s % 2] * (len(w) - 1)),
        (2, 3),
        0,
    ),
    "ControlledQubitUnitary of a number": Entry(
        lambda x, w, s: qml.ControlledQubitUnitary(rotation_matrix(x[0]), w, control_values=[s % 2] * (len(w) - 1)),
        (2, 3),
    ),
    "BlockEncode": Entry(
        lambda x, w, s: qml.BlockEncode(0.3 * random_orthogonal(2 ** (len(w) - 1), s), wires=w), (2, 3), 0
    ),
    "BlockEncode of a number": Entry(lambda x, w, s: qml.BlockEncode(0.6 * rotation_matrix(x[0]), wires=w), (2, 2)),
    "SpecialUnitary": Entry(lambda x, w, s: qml.SpecialUnitary(array(x), w), (1, 2), lambda n: 4**n - 1),
    "BasisRotation": Entry(lambda x, w, s: qml.BasisRotation(w, random_orthogonal(len(w), s)), (2, 4), 0, "conserving"),
    "BasisRotation, complex": Entry(
        lambda x, w, s: qml.BasisRotation(w, random_unitary(len(w), s)), (2, 4), 0, "conserving"
    ),
    "BasisRotation of a number": Entry(
        lambda x, w, s: qml.BasisRotation(w, rotation_matrix(x[0])), (2, 2), 1, "conserving"
    ),
}

ARITHMETIC = {
    "exp of a word": Entry(lambda x, w, s: qml.exp(pauli(random_word(len(w), s, "XYZ"), w), 1j * x[0]), (1, 3)),
    "exp of Z": Entry(lambda x, w, s: qml.exp(qml.Z(w[0]), 1j * x[0]), kind="diagonal"),
    "exp of a scaled word": Entry(lambda x, w, s: qml.exp(qml.s_prod(x[0], qml.X(w[0]) @ qml.Y(w[1])), 0.5j), (2, 2)),
    "exp of a sum": Entry(lambda x, w, s: qml.exp(_sum(w, s), -1j * x[0]), (2, 3)),
    "exp, fixed": Entry(lambda x, w, s: qml.exp(_sum(w, s), 0.4j), (2, 3), 0),
    "evolve a word": Entry(lambda x, w, s: qml.evolve(pauli(random_word(len(w), s, "XYZ"), w), x[0]), (1, 3)),
    "evolve a sum": Entry(lambda x, w, s: qml.evolve(_sum(w, s), x[0]), (2, 3)),
    "evolve a commuting sum": Entry(
        lambda x, w, s: qml.evolve(qml.Z(w[0]) + 0.5 * qml.Z(w[0]) @ qml.Z(w[1]), x[0]), (2, 2), kind="diagonal"
    ),
    "evolve a hop": Entry(lambda x, w, s: qml.evolve(_conserving_sum(w, s), x[0]), (2, 2), kind="conserving"),
    "evolve a coefficient": Entry(
        lambda x, w, s: qml.evolve(qml.dot([x[0]], [qml.X(w[0]) @ qml.X(w[1])]), 0.7), (2, 2)
    ),
    "evolve a coefficient of Z": Entry(
        lambda x, w, s: qml.evolve(qml.dot([x[0], x[1]], [qml.Z(w[0]), qml.Z(w[1])]), 0.7), (2, 2), 2, "diagonal"
    ),
    "evolve coefficients and time": Entry(lambda x, w, s: qml.evolve(_combination(x, w), x[1]), (2, 2), 2),
    "evolve a scalar product": Entry(lambda x, w, s: qml.evolve(qml.s_prod(x[0], qml.Y(w[0])), 0.6)),
    "evolve a Hermitian": Entry(
        lambda x, w, s: qml.evolve(qml.Hermitian(random_unitary(2, s) + random_unitary(2, s).conj().T, w), x[0])
    ),
    "evolve, fixed": Entry(lambda x, w, s: qml.evolve(_sum(w, s), 0.7), (2, 3), 0),
    "pow of RX": Entry(lambda x, w, s: qml.pow(qml.RX(x[0], w[0]), (2, -1, 0.5, 3)[s % 4])),
    "pow of IsingXY": Entry(
        lambda x, w, s: qml.pow(qml.IsingXY(x[0], w), (2, -1, 0.5)[s % 3]), (2, 2), 1, "conserving"
    ),
    "pow of U3": Entry(lambda x, w, s: qml.pow(qml.U3(*x, w[0]), (2, -1)[s % 2]), (1, 1), 3),
    "pow of Rot": Entry(lambda x, w, s: qml.pow(qml.Rot(*x, w[0]), (2, -1)[s % 2]), (1, 1), 3),
    "pow of SWAP": Entry(lambda x, w, s: qml.pow(qml.SWAP(w), (0.5, 0.3)[s % 2]), (2, 2), 0, "conserving"),
    "pow of S": Entry(lambda x, w, s: qml.pow(qml.S(w), (0.5, 3, 0.3)[s % 3]), (1, 1), 0, "diagonal"),
    "prod": Entry(lambda x, w, s: qml.prod(qml.RX(x[0], w[0]), qml.IsingXX(x[1], w), qml.S(w[1])), (2, 2), 2),
    "prod, conserving": Entry(
        lambda x, w, s: qml.prod(qml.RZ(x[0], w[0]), qml.IsingXY(x[1], w), qml.SWAP(w)), (2, 2), 2, "conserving"
    ),
    "scalar product": Entry(lambda x, w, s: qml.s_prod(np.exp(0.3j), qml.RY(x[0], w[0]))),
    "phase as a scalar": Entry(lambda x, w, s: qml.s_prod(qml.math.exp(1j * x[0]), qml.X(w[0])), kind="permuting"),
    "sum of operators": Entry(
        lambda x, w, s: qml.sum(
            qml.s_prod(qml.math.cos(x[0]), qml.I(w[0])), qml.s_prod(-1j * qml.math.sin(x[0]), qml.X(w[0]))
        )
    ),
    "sum of operators, fixed": Entry(
        lambda x, w, s: qml.sum(qml.s_prod(0.6, qml.I(w[0])), qml.s_prod(-0.8j, qml.X(w[0]))), (1, 1), 0
    ),
    "linear combination": Entry(lambda x, w, s: qml.Hamiltonian([0.6, 0.8], [qml.X(w[0]), qml.Z(w[0])]), (1, 1), 0),
    "change of basis": Entry(
        lambda x, w, s: qml.change_op_basis(qml.RY(x[0], w[0]), qml.RX(x[1], w[0]), *([qml.S(w[0])] if s % 2 else [])),
        (1, 1),
        2,
    ),
    "Hermitian as a gate": Entry(lambda x, w, s: qml.Hermitian(np.array([[0.6, 0.8], [0.8, -0.6]]), w), (1, 1), 0),
}
