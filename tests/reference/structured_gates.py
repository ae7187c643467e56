"""Every kind of PennyLane gate with structure, each in a small circuit, with the dimension that it should reach.

A circuit is a callable of two parameters. Dimensions are counted by hand: choosing k of n wires, blocks, moved strings.
"""

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pennylane as qml


def weights(shape, *numbers):
    """Parameters of a template."""
    return qml.math.reshape(qml.math.stack(list(numbers)), shape)


@dataclass(frozen=True)
class Case:
    circuit: object  # callable of two parameters
    dimension: int


def _start(bits):
    qml.BasisState(np.array([int(b) for b in bits]), wires=range(len(bits)))


def _after(bits, *gates):
    """Gates after a basis state; each is a function of the two parameters."""

    def circuit(p):
        _start(bits)
        for gate in gates:
            gate(p)

    return circuit


def _mixed(bits, *gates):
    """The same with wires 0 and 1, of which one is set, in superposition first, so that phases can be seen."""
    return _after(bits, lambda p: qml.SingleExcitation(0.7 + p[0], [0, 1]), *gates)


def hop(a, b):
    return 0.5 * (qml.X(a) @ qml.X(b) + qml.Y(a) @ qml.Y(b))


def chain(n):
    return qml.sum(*[hop(i, i + 1) for i in range(n - 1)], 0.3 * qml.Z(0) @ qml.Z(1))


def heisenberg(n):
    words = [getattr(qml, p)(i) @ getattr(qml, p)(i + 1) for i in range(n - 1) for p in "XYZ"]
    return qml.Hamiltonian([1.0] * len(words), words)


def block_unitary(blocks, size):
    """A unitary that mixes only the basis states of each block."""
    rng = np.random.default_rng(5)
    matrix = np.eye(size, dtype=complex)
    for block in blocks:
        shape = (len(block), len(block))
        matrix[np.ix_(block, block)] = np.linalg.qr(rng.normal(size=shape) + 1j * rng.normal(size=shape))[0]
    return matrix


WEIGHT_ONE_OF_TWO = block_unitary([[1, 2]], 4)
WEIGHTS_OF_THREE = block_unitary([[1, 2, 4], [3, 5, 6]], 8)
ORTHOGONAL = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
RING = nx.cycle_graph(4)
SINGLES, DOUBLES = [[0, 1, 2], [1, 2, 3]], [[[0, 1], [2, 3]]]

DIAGONAL = {
    "RZ": Case(_mixed("1000", lambda p: qml.RZ(p[1], 0)), 2),
    "PhaseShift": Case(_mixed("1000", lambda p: qml.PhaseShift(p[1], 0)), 2),
    "U1": Case(_mixed("1000", lambda p: qml.U1(p[1], 0)), 2),
    "Rot about z": Case(_mixed("1000", lambda p: qml.Rot(p[1], 0.0, p[0], 0)), 2),
    "CRot about z": Case(_mixed("1000", lambda p: qml.CRot(p[1], 0.0, p[0], [0, 1])), 2),
    "IsingZZ": Case(_mixed("1000", lambda p: qml.IsingZZ(p[1], [0, 2])), 2),
    "MultiRZ": Case(_mixed("1000", lambda p: qml.MultiRZ(p[1], range(4))), 2),
    "PauliRot of Z": Case(_mixed("1000", lambda p: qml.PauliRot(p[1], "ZIZ", [0, 1, 2])), 2),
    "CPhase": Case(_mixed("1010", lambda p: qml.CPhase(p[1], [0, 2])), 2),
    "CPhaseShift00": Case(_mixed("1000", lambda p: qml.CPhaseShift00(p[1], [0, 2])), 2),
    "CPhaseShift01": Case(_mixed("1010", lambda p: qml.CPhaseShift01(p[1], [0, 2])), 2),
    "CPhaseShift10": Case(_mixed("1000", lambda p: qml.CPhaseShift10(p[1], [0, 2])), 2),
    "CRZ": Case(_mixed("1000", lambda p: qml.CRZ(p[1], [0, 2])), 2),
    "CZ, CCZ, S, T, Z": Case(
        _mixed("1011", lambda p: (qml.CZ([0, 2]), qml.CCZ([1, 2, 3]), qml.S(0), qml.T(1), qml.Z(1))), 2
    ),
    "powers of S, T, Z, RZ": Case(
        _mixed(
            "1000",
            lambda p: (
                qml.pow(qml.S(0), 0.5),
                qml.pow(qml.T(1), 3),
                qml.pow(qml.Z(0), 0.3),
                qml.pow(qml.RZ(p[1], 0), 3),
            ),
        ),
        2,
    ),
    "DiagonalQubitUnitary": Case(
        _mixed("1000", lambda p: qml.DiagonalQubitUnitary(np.exp(1j * np.arange(8)), [0, 1, 2])), 2
    ),
    "controlled DiagonalQubitUnitary": Case(
        _mixed("1001", lambda p: qml.ctrl(qml.DiagonalQubitUnitary(np.exp(1j * np.arange(4)), [0, 1]), 3)), 2
    ),
    "PCPhase": Case(_mixed("1000", lambda p: qml.PCPhase(p[1], 3, [0, 1, 2])), 2),
    "controlled PCPhase": Case(_mixed("1001", lambda p: qml.ctrl(qml.PCPhase(p[1], 3, [0, 1, 2]), 3)), 2),
    "controlled GlobalPhase": Case(
        _mixed("1000", lambda p: qml.ctrl(qml.GlobalPhase(p[1]), [0, 2], control_values=[1, 0])), 2
    ),
    "FlipSign": Case(_mixed("1000", lambda p: qml.FlipSign([1, 0], [0, 1])), 2),
    "SelectPauliRot": Case(_mixed("1000", lambda p: qml.SelectPauliRot(np.array([0.1, 0.2]), [0], 1, rot_axis="Z")), 2),
    "cost layer": Case(
        _mixed("1000", lambda p: qml.qaoa.cost_layer(p[1], qml.Z(0) @ qml.Z(1) + qml.Z(2) - qml.Z(0))), 2
    ),
}

PERMUTATIONS = {
    "X, Y, CNOT, CY": Case(_mixed("1000", lambda p: (qml.X(2), qml.Y(0), qml.CNOT([0, 3]), qml.CY([1, 2]))), 2),
    "half turns": Case(_mixed("1000", lambda p: (qml.RX(np.pi, 0), qml.IsingXX(np.pi, [1, 2]), qml.RY(-np.pi, 3))), 2),
    "SWAP, ISWAP": Case(_mixed("1000", lambda p: (qml.SWAP([0, 2]), qml.ISWAP([1, 3]))), 2),
    "Toffoli, CSWAP": Case(_mixed("1010", lambda p: (qml.Toffoli([0, 2, 3]), qml.CSWAP([2, 0, 1]))), 2),
    "MultiControlledX": Case(_mixed("1011", lambda p: qml.MultiControlledX([0, 1, 3, 2], control_values=[0, 1, 1])), 2),
    "controlled SWAP": Case(_mixed("1010", lambda p: qml.ctrl(qml.SWAP([0, 1]), [2, 3], control_values=[1, 0])), 2),
    "Permute": Case(_mixed("1010", lambda p: qml.Permute([3, 1, 0, 2], range(4))), 2),
    "BasisEmbedding": Case(lambda p: (qml.BasisEmbedding([1, 0, 1], range(3)), qml.SingleExcitation(p[0], [0, 1])), 2),
    "two BasisStates": Case(
        lambda p: (_start("10"), qml.SingleExcitation(p[0], [0, 1]), qml.BasisState([1, 0], [2, 3])), 2
    ),
    "QubitSum, QubitCarry": Case(_mixed("1010", lambda p: (qml.QubitSum([0, 1, 2]), qml.QubitCarry([0, 1, 2, 3]))), 2),
    "Adder": Case(_mixed("1010", lambda p: qml.Adder(3, [0, 1, 2, 3])), 2),
    "product of swaps": Case(_mixed("1010", lambda p: qml.prod(qml.SWAP([0, 2]), qml.CNOT([1, 3]))), 2),
    "PSWAP": Case(_mixed("1010", lambda p: qml.PSWAP(p[1], [1, 3])), 2),
}

TWO_LEVEL = {
    "SingleExcitation": Case(
        _after("110", lambda p: (qml.SingleExcitation(p[0], [1, 2]), qml.SingleExcitation(p[1], [0, 2]))), 3
    ),
    "SingleExcitationPlus, -Minus": Case(
        _after("1100", lambda p: (qml.SingleExcitationPlus(p[0], [1, 2]), qml.SingleExcitationMinus(p[1], [0, 3]))), 4
    ),
    "DoubleExcitation": Case(_after("1100", lambda p: (qml.DoubleExcitation(p[0], range(4)), qml.RZ(p[1], 0))), 2),
    "DoubleExcitationPlus, -Minus": Case(
        _after(
            "1100",
            lambda p: (qml.DoubleExcitationPlus(p[0], range(4)), qml.DoubleExcitationMinus(p[1], [0, 2, 1, 3])),
        ),
        2,
    ),
    "FermionicSingleExcitation": Case(
        _after("1010", lambda p: (qml.FermionicSingleExcitation(p[0], range(4)), qml.RZ(p[1], 0))), 2
    ),
    "FermionicDoubleExcitation": Case(
        _after("110000", lambda p: (qml.FermionicDoubleExcitation(p[0], [0, 1], [2, 3, 4]), qml.RZ(p[1], 0))), 2
    ),
    "FermionicSWAP": Case(
        _after("1100", lambda p: (qml.FermionicSWAP(p[0], [1, 2]), qml.FermionicSWAP(p[1], [2, 3]))), 3
    ),
    "IsingXY": Case(_after("1100", lambda p: (qml.IsingXY(p[0], [1, 2]), qml.IsingXY(p[1], [2, 3]))), 3),
    "OrbitalRotation": Case(_after("1100", lambda p: (qml.OrbitalRotation(p[0], range(4)), qml.RZ(p[1], 0))), 4),
    "SISWAP, SQISW": Case(_mixed("1000", lambda p: (qml.SISWAP([1, 2]), qml.adjoint(qml.SQISW([2, 3])))), 4),
    "powers of SWAP and ISWAP": Case(
        _mixed("1000", lambda p: (qml.pow(qml.SWAP([1, 2]), 0.5), qml.pow(qml.ISWAP([2, 3]), 0.3))), 4
    ),
    "power of an excitation": Case(
        _after("10", lambda p: (qml.pow(qml.SingleExcitation(p[0], [0, 1]), 0.5), qml.RZ(p[1], 0))), 2
    ),
    "controlled excitations": Case(
        _after(
            "1010",
            lambda p: (
                qml.ctrl(qml.SingleExcitation(p[0], [0, 1]), [2, 3], control_values=[1, 0]),
                qml.ctrl(qml.adjoint(qml.FermionicSWAP(p[1], [0, 3])), 1, control_values=[0]),
            ),
        ),
        3,
    ),
    "controlled doubles": Case(
        _after(
            "11001",
            lambda p: (
                qml.ctrl(qml.DoubleExcitation(p[0], range(4)), 4),
                qml.ctrl(qml.FermionicDoubleExcitation(p[1], [0, 1], [2, 3]), 4, control_values=[0]),
            ),
        ),
        2,
    ),
    "controlled OrbitalRotation": Case(
        _after("11001", lambda p: (qml.ctrl(qml.OrbitalRotation(p[0], range(4)), 4), qml.RZ(p[1], 0))), 4
    ),
    "adjoint of a controlled": Case(
        _after("101", lambda p: (qml.adjoint(qml.ctrl(qml.IsingXY(p[0], [0, 1]), 2)), qml.RZ(p[1], 0))), 2
    ),
    "adjoint of a product": Case(
        _after("1000", lambda p: qml.adjoint(qml.prod(qml.SingleExcitation(p[0], [0, 2]), qml.IsingXY(p[1], [2, 3])))),
        3,
    ),
    "Select": Case(
        _mixed(
            "1010", lambda p: qml.Select([qml.SingleExcitation(p[0], [2, 3]), qml.IsingXY(p[1], [2, 3])], control=[0])
        ),
        4,
    ),
    "QubitUnitary, blocks of two": Case(_mixed("1000", lambda p: qml.QubitUnitary(WEIGHT_ONE_OF_TWO, [1, 2])), 3),
    "QubitUnitary, blocks of three": Case(_mixed("1100", lambda p: qml.QubitUnitary(WEIGHTS_OF_THREE, [1, 2, 3])), 3),
    "controlled QubitUnitary": Case(
        _mixed("1000", lambda p: qml.ctrl(qml.QubitUnitary(WEIGHTS_OF_THREE, [1, 2, 3]), 0, control_values=[0])), 4
    ),
    "exponential of a hop": Case(_after("10", lambda p: (qml.evolve(hop(0, 1), p[0]), qml.RZ(p[1], 0))), 2),
    "exponential of a chain": Case(_after("1100", lambda p: (qml.evolve(chain(4), p[0]), qml.RZ(p[1], 0))), 6),
}

PAULI_ROTATIONS = {
    "XX and YY": Case(
        _after("1100", lambda p: (qml.IsingXX(p[0], [1, 2]), qml.IsingYY(p[0], [1, 2]), qml.RZ(p[1], 0))), 2
    ),
    "with a scaled, shifted angle": Case(
        _after("1100", lambda p: [qml.PauliRot(2 * p[0] - 0.3 * p[1] + 0.1, w, [1, 2]) for w in ("XX", "YY")]), 2
    ),
    "XY and YX": Case(
        _after("1100", lambda p: (qml.PauliRot(p[0], "XY", [1, 2]), qml.PauliRot(-p[0], "YX", [1, 2]))), 2
    ),
    "all XX before all YY": Case(
        _after("1010", lambda p: [g(p[i], [2 * i, 2 * i + 1]) for g in (qml.IsingXX, qml.IsingYY) for i in (0, 1)]), 4
    ),
    "past an excitation": Case(
        _after(
            "1010", lambda p: (qml.IsingXX(p[0], [0, 1]), qml.SingleExcitation(p[1], [2, 3]), qml.IsingYY(p[0], [0, 1]))
        ),
        4,
    ),
    "past a ZZ on both wires": Case(
        _after("1100", lambda p: (qml.IsingXX(p[0], [1, 2]), qml.IsingZZ(p[1], [1, 2]), qml.IsingYY(p[0], [1, 2]))), 2
    ),
    "past a SWAP of both wires": Case(
        _after("1100", lambda p: (qml.IsingXX(p[0], [1, 2]), qml.SWAP([1, 2]), qml.IsingYY(p[0], [1, 2]))), 2
    ),
    "the first moved to the second": Case(
        _after(
            "1100",
            lambda p: (
                qml.PauliRot(p[0], "XXZ", [1, 2, 3]),
                qml.PauliRot(p[1], "XXI", [1, 2, 3]),
                qml.X(3),
                qml.X(3),
                qml.PauliRot(p[0], "YYZ", [1, 2, 3]),
                qml.PauliRot(p[1], "YYI", [1, 2, 3]),
            ),
        ),
        2,
    ),
    "controlled": Case(
        _after("1010", lambda p: (qml.ctrl(qml.IsingXX(p[0], [0, 1]), 2), qml.ctrl(qml.IsingYY(p[0], [0, 1]), 2))), 2
    ),
}

TEMPLATES = {
    "UCCSD": Case(
        lambda p: qml.UCCSD(
            weights((3,), p[0], p[1], 2 * p[0]), range(4), SINGLES, DOUBLES, init_state=np.array([1, 1, 0, 0])
        ),
        4,
    ),
    "adjoint UCCSD": Case(
        lambda p: (
            _start("1100"),
            qml.adjoint(
                qml.UCCSD(weights((3,), p[0], p[1], 2 * p[0]), range(4), SINGLES, DOUBLES, init_state=np.zeros(4, int))
            ),
        ),
        4,
    ),
    "AllSinglesDoubles": Case(
        lambda p: qml.AllSinglesDoubles(
            weights((3,), p[0], p[1], 2 * p[0]),
            range(4),
            np.array([1, 1, 0, 0]),
            singles=[[0, 2], [1, 3]],
            doubles=[[0, 1, 2, 3]],
        ),
        4,
    ),
    "kUpCCGSD": Case(
        lambda p: qml.kUpCCGSD(
            weights((1, 6), p[0], p[1], 0.3 * p[0], p[1], -p[0], p[0]),
            range(4),
            k=1,
            delta_sz=0,
            init_state=np.array([1, 1, 0, 0]),
        ),
        4,
    ),
    "GateFabric": Case(
        lambda p: qml.GateFabric(
            weights((1, 1, 2), p[0], p[1]), range(4), init_state=np.array([1, 1, 0, 0]), include_pi=True
        ),
        4,
    ),
    "ParticleConservingU1": Case(
        lambda p: qml.ParticleConservingU1(
            weights((1, 3, 2), p[0], p[1], p[1], p[0], p[0], p[0]), range(4), init_state=np.array([1, 0, 1, 0])
        ),
        6,
    ),
    "ParticleConservingU2": Case(
        lambda p: qml.ParticleConservingU2(
            weights((1, 7), p[0], p[1], p[0], p[1], p[0], p[1], p[0]), range(4), init_state=np.array([1, 0, 1, 0])
        ),
        6,
    ),
    "BasisRotation": Case(_after("1100", lambda p: (qml.BasisRotation(range(4), ORTHOGONAL), qml.RZ(p[0], 0))), 6),
    "XY mixer": Case(
        _after(
            "1100",
            lambda p: (
                qml.qaoa.mixer_layer(p[0], qml.qaoa.xy_mixer(RING)),
                qml.qaoa.cost_layer(p[1], qml.Z(0) @ qml.Z(1) + qml.Z(2)),
            ),
        ),
        6,
    ),
    "ApproxTimeEvolution": Case(
        _after("1100", lambda p: (qml.ApproxTimeEvolution(heisenberg(4), p[0], 2), qml.RZ(p[1], 0))), 6
    ),
    "CommutingEvolution": Case(
        _after(
            "100",
            lambda p: qml.CommutingEvolution(
                qml.Hamiltonian([0.5, 0.5], [qml.X(0) @ qml.X(1), qml.Y(0) @ qml.Y(1)]), p[0]
            ),
        ),
        2,
    ),
    "TrotterProduct": Case(
        _after("1100", lambda p: (qml.TrotterProduct(chain(4), p[0], n=2, order=2), qml.RZ(p[1], 0))), 6
    ),
    "TrotterizedQfunc": Case(
        _after(
            "1000",
            lambda p: qml.TrotterizedQfunc(
                p[0],
                qfunc=lambda t, wires: (qml.IsingXY(t, wires[:2]), qml.IsingXY(t, wires[1:3])),
                n=2,
                order=2,
                wires=range(4),
            ),
        ),
        3,
    ),
    "QROM": Case(_mixed("1000", lambda p: qml.QROM(["1", "0", "0", "1"], [0, 1], [2], None)), 2),
}

PREPARATIONS = {
    "sparse StatePrep": Case(
        lambda p: (qml.StatePrep(np.array([0, 1, 1j, 0]) / 2**0.5, [0, 1]), qml.SingleExcitation(p[0], [0, 1])), 2
    ),
    "AmplitudeEmbedding": Case(
        lambda p: (qml.AmplitudeEmbedding(np.array([0, 3, 0, 4.0]) / 5, [0, 1]), qml.RZ(p[0], 0)), 2
    ),
    "MottonenStatePreparation": Case(
        lambda p: (
            qml.MottonenStatePreparation(np.array([0, 1, 1, 0]) / 2**0.5, [0, 1]),
            qml.SingleExcitation(p[0], [0, 1]),
        ),
        2,
    ),
    "Superposition": Case(
        lambda p: (qml.Superposition(np.array([0.6, 0.8]), [[1, 0, 1], [0, 1, 1]], [0, 1, 2], 3), qml.RZ(p[0], 0)), 2
    ),
}

CASES = {**DIAGONAL, **PERMUTATIONS, **TWO_LEVEL, **PAULI_ROTATIONS, **TEMPLATES, **PREPARATIONS}
