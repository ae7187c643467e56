"""Templates: embeddings, layers, time evolution, block encodings and other subroutines."""

import numpy as np
import pennylane as qml
from matrix_table import _conserving_sum, _hop, _sum
from operation_entries import Entry, array, pauli, random_bits, random_word, rotation_matrix


def _commuting(w):
    return qml.Hamiltonian([0.5, -0.3], [qml.X(w[0]) @ qml.X(w[1]), qml.Y(w[0]) @ qml.Y(w[1])])


def _heisenberg(w):
    return qml.Hamiltonian([0.5, 0.4, -0.7], [getattr(qml, p)(w[0]) @ getattr(qml, p)(w[1]) for p in "XYZ"])


def _open(x, w):
    """A Hamiltonian with trainable coefficients."""
    return qml.dot([x[0], x[1]], [qml.X(w[0]) @ qml.X(w[1]), qml.Z(w[0])])


def _open_commuting(x, w):
    return qml.Hamiltonian(array(x[:2]), [qml.X(w[0]) @ qml.X(w[1]), qml.Z(w[0]) @ qml.Z(w[1])])


def _qfunc(time, theta, wires):
    qml.RX(time * theta, wires=wires[0])
    qml.IsingXY(time, wires=wires[:2])


def _conserving_qfunc(time, wires):
    qml.IsingXY(time, wires=wires[:2])
    qml.RZ(0.3 * time, wires=wires[0])


def _block(weights, wires):
    qml.RY(weights[0], wires=wires[0])
    qml.IsingXX(weights[1], wires=wires)


def _network(name, n_weights):
    def build(x, w, s):
        return getattr(qml, name)(w, 2, _block, 2, template_weights=array(x, (n_weights, 2)))

    return build


def _cyclic(k, w):
    """One-hot occupations of the first k wires."""
    return np.array([1] * k + [0] * (len(w) - k))


EMBEDDINGS = {
    "AngleEmbedding": Entry(
        lambda x, w, s: qml.AngleEmbedding(array(x), w, rotation="XYZ"[s % 3]), (1, 3), lambda n: n
    ),
    "IQPEmbedding": Entry(
        lambda x, w, s: qml.IQPEmbedding(array(x), w, n_repeats=1 + s % 2), (1, 3), lambda n: n, "general"
    ),
    "QAOAEmbedding": Entry(
        lambda x, w, s: qml.QAOAEmbedding(array(x[:2]), array(x[2:], (1, 3)), w, local_field="XYZ"[s % 3]),
        (2, 2),
        5,
    ),
    "BasisEmbedding": Entry(lambda x, w, s: qml.BasisEmbedding(random_bits(len(w), s), w), (1, 3), 0, "permuting"),
}

LAYERS = {
    "BasicEntanglerLayers": Entry(
        lambda x, w, s: qml.BasicEntanglerLayers(array(x, (1, len(w))), w, rotation=(qml.RX, qml.RY, qml.RZ)[s % 3]),
        (1, 3),
        lambda n: n,
    ),
    "StronglyEntanglingLayers": Entry(
        lambda x, w, s: qml.StronglyEntanglingLayers(array(x, (1, len(w), 3)), w), (1, 3), lambda n: 3 * n
    ),
    "SimplifiedTwoDesign": Entry(
        lambda x, w, s: qml.SimplifiedTwoDesign(array(x[: len(w)]), array(x[len(w) :], (1, len(w) - 1, 2)), w),
        (2, 3),
        lambda n: 3 * n - 2,
    ),
    "RandomLayers": Entry(lambda x, w, s: qml.RandomLayers(array(x, (1, 3)), w, seed=s, ratio_imprim=0.3), (2, 3), 3),
    "GateFabric": Entry(
        lambda x, w, s: qml.GateFabric(
            array(x, (1, 1, 2)), w, init_state=_cyclic(2 * (s % 2), w), include_pi=bool(s % 4 // 2)
        ),
        (4, 4),
        2,
        "conserving",
    ),
    "ParticleConservingU1": Entry(
        lambda x, w, s: qml.ParticleConservingU1(array(x, (1, len(w) - 1, 2)), w, init_state=_cyclic(s % 2, w)),
        (2, 3),
        lambda n: 2 * (n - 1),
        "conserving",
    ),
    "ParticleConservingU2": Entry(
        lambda x, w, s: qml.ParticleConservingU2(array(x, (1, 2 * len(w) - 1)), w, init_state=_cyclic(s % 2, w)),
        (2, 3),
        lambda n: 2 * n - 1,
        "conserving",
    ),
    "MPS": Entry(_network("MPS", 2), (3, 3), 4),
    "TTN": Entry(_network("TTN", 3), (4, 4), 6),
    "MERA": Entry(_network("MERA", 5), (4, 4), 10),
    "TwoLocalSwapNetwork": Entry(
        lambda x, w, s: qml.templates.TwoLocalSwapNetwork(
            w, lambda index, wires, param=None: qml.IsingXY(param, wires), array(x), fermionic=bool(s % 2)
        ),
        (2, 3),
        lambda n: n * (n - 1) // 2,
        "conserving",
    ),
    "IQP": Entry(  # on the first wires, whatever it is given
        lambda x, w, s: qml.IQP(array(x), len(w), [[[0]], [[0, 1]], [[len(w) - 1]]], spin_sym=bool(s % 2)),
        (2, 3),
        3,
        wrap=False,
    ),
}

CHEMISTRY = {
    "UCCSD": Entry(
        lambda x, w, s: qml.UCCSD(
            array(x), w, [list(w[:3]), list(w[1:])], [[list(w[:2]), list(w[2:])]], init_state=_cyclic(2 * (s % 2), w)
        ),
        (4, 4),
        3,
        "conserving",
    ),
    "kUpCCGSD": Entry(
        lambda x, w, s: qml.kUpCCGSD(array(x, (1, 6)), w, k=1, delta_sz=0, init_state=_cyclic(2 * (s % 2), w)),
        (4, 4),
        6,
        "conserving",
    ),
    "AllSinglesDoubles": Entry(
        lambda x, w, s: qml.AllSinglesDoubles(
            array(x), w, _cyclic(2 * (s % 2), w), singles=[[w[0], w[2]], [w[1], w[3]]], doubles=[list(w)]
        ),
        (4, 4),
        3,
        "conserving",
    ),
}

EVOLUTIONS = {
    "ApproxTimeEvolution": Entry(
        lambda x, w, s: qml.ApproxTimeEvolution(_heisenberg(w), x[0], 1 + s % 2), (2, 2), 1, "conserving"
    ),
    "ApproxTimeEvolution of numbers": Entry(
        lambda x, w, s: qml.ApproxTimeEvolution(_open(x, w), x[2], 1 + s % 2), (2, 2), 3
    ),
    "CommutingEvolution": Entry(lambda x, w, s: qml.CommutingEvolution(_commuting(w), x[0]), (2, 2), 1, "general"),
    "CommutingEvolution of numbers": Entry(
        lambda x, w, s: qml.CommutingEvolution(_open_commuting(x, w), x[2]), (2, 2), 3
    ),
    "TrotterProduct": Entry(
        lambda x, w, s: qml.TrotterProduct(_sum(w, s), x[0], n=1 + s % 2, order=(1, 2, 4)[s % 3]), (2, 3)
    ),
    "TrotterProduct, conserving": Entry(
        lambda x, w, s: qml.TrotterProduct(_conserving_sum(w, s), x[0], n=1 + s % 2, order=2), (2, 2), 1, "conserving"
    ),
    "TrotterProduct of numbers": Entry(
        lambda x, w, s: qml.TrotterProduct(_open(x, w), x[2], n=1 + s % 2, order=(1, 2)[s % 2]), (2, 2), 3
    ),
    "TrotterizedQfunc": Entry(
        lambda x, w, s: qml.TrotterizedQfunc(x[0], x[1], qfunc=_qfunc, n=1 + s % 2, order=2, wires=w), (2, 2), 2
    ),
    "TrotterizedQfunc, conserving": Entry(
        lambda x, w, s: qml.TrotterizedQfunc(x[0], qfunc=_conserving_qfunc, n=1 + s % 2, order=2, wires=w),
        (2, 2),
        1,
        "conserving",
    ),
    "QDrift": Entry(lambda x, w, s: qml.QDrift(_hop(w), x[0], n=3, seed=s), (2, 2)),
}

SUBROUTINES = {
    "ArbitraryUnitary": Entry(lambda x, w, s: qml.ArbitraryUnitary(array(x), w), (1, 2), lambda n: 4**n - 1),
    "ArbitraryStatePreparation": Entry(
        lambda x, w, s: qml.ArbitraryStatePreparation(array(x), w), (1, 2), lambda n: 2 ** (n + 1) - 2
    ),
    "Select": Entry(lambda x, w, s: qml.Select([qml.RX(x[0], w[1]), qml.RY(x[1], w[1])], control=w[:1]), (2, 2), 2),
    "Select of two controls": Entry(
        lambda x, w, s: qml.Select([qml.RX(x[0], w[2]), qml.Z(w[2]), qml.U3(*x[1:], w[2])], control=w[:2]), (3, 3), 4
    ),
    "Select, conserving": Entry(
        lambda x, w, s: qml.Select([qml.IsingXY(x[0], w[1:]), qml.SWAP(w[1:])], control=w[:1]), (3, 3), 1, "conserving"
    ),
    "SelectPauliRot": Entry(
        lambda x, w, s: qml.SelectPauliRot(array(x), w[:-1], w[-1], rot_axis="XYZ"[s % 3]),
        (2, 3),
        lambda n: 2 ** (n - 1),
    ),
    "SelectPauliRot about Z": Entry(
        lambda x, w, s: qml.SelectPauliRot(array(x), w[:-1], w[-1], rot_axis="Z"),
        (2, 3),
        lambda n: 2 ** (n - 1),
        "diagonal",
    ),
    "PrepSelPrep": Entry(
        lambda x, w, s: qml.PrepSelPrep(qml.dot([0.4, 0.7], [qml.X(w[1]), qml.Z(w[1])]), control=w[:1]), (2, 2), 0
    ),
    "PrepSelPrep of a number": Entry(
        lambda x, w, s: qml.PrepSelPrep(qml.dot([2.0 + 0.2 * x[0], 0.7], [qml.X(w[1]), qml.Z(w[1])]), control=w[:1]),
        (2, 2),
    ),
    "Qubitization": Entry(
        lambda x, w, s: qml.Qubitization(qml.dot([0.4, 0.7], [qml.X(w[1]), qml.Z(w[1])]), control=w[:1]), (2, 2), 0
    ),
    "Qubitization of a number": Entry(
        lambda x, w, s: qml.Qubitization(qml.dot([2.0 + 0.2 * x[0], 0.7], [qml.X(w[1]), qml.Z(w[1])]), control=w[:1]),
        (2, 2),
    ),
    "QSVT": Entry(
        lambda x, w, s: qml.QSVT(
            qml.BlockEncode(np.array([[0.3, 0.2], [0.2, -0.1]]), wires=w), [qml.PCPhase(p, 2, wires=w) for p in x]
        ),
        (2, 2),
        3,
    ),
    "QSVT of a trainable matrix": Entry(
        lambda x, w, s: qml.QSVT(
            qml.BlockEncode(0.5 * rotation_matrix(x[0]), wires=w), [qml.PCPhase(p, 2, wires=w) for p in x[1:]]
        ),
        (2, 2),
        3,
    ),
    "GQSP": Entry(lambda x, w, s: qml.GQSP(qml.RX(x[0], w[1]), array(x[1:], (3, 2)), control=w[0]), (2, 2), 7),
    "FABLE": Entry(lambda x, w, s: qml.FABLE(0.4 * np.array([[0.1, 0.2], [0.3, -0.2]]), wires=w, tol=0), (3, 3), 0),
    "FABLE of numbers": Entry(lambda x, w, s: qml.FABLE(0.2 * array(x, (2, 2)), wires=w, tol=0), (3, 3), 4),
    "ControlledSequence": Entry(lambda x, w, s: qml.ControlledSequence(qml.RX(x[0], w[-1]), control=w[:-1]), (2, 3)),
    "QuantumPhaseEstimation": Entry(
        lambda x, w, s: qml.QuantumPhaseEstimation(qml.RX(x[0], w[-1]), estimation_wires=w[:-1]), (2, 3)
    ),
    "Reflection": Entry(lambda x, w, s: qml.Reflection(qml.prod(*[qml.RY(0.4, v) for v in w]), alpha=x[0]), (1, 3)),
    "Reflection of numbers": Entry(lambda x, w, s: qml.Reflection(qml.RX(x[0], w[0]), alpha=x[1]), (1, 1), 2),
    "AmplitudeAmplification": Entry(
        lambda x, w, s: qml.AmplitudeAmplification(
            qml.prod(*[qml.RY(x[0], v) for v in w]), qml.FlipSign([1] * len(w), wires=w), iters=1 + s % 2
        ),
        (2, 3),
    ),
    "PhaseAdder": Entry(lambda x, w, s: qml.PhaseAdder(1 + s % 3, w), (2, 3), 0),
    "QROM": Entry(lambda x, w, s: qml.QROM(["1", "0"], w[:1], w[1:], None), (2, 2), 0, "permuting"),
    "CosineWindow": Entry(lambda x, w, s: qml.CosineWindow(w), (1, 3), 0),
    "controlled": Entry(lambda x, w, s: qml.ops.op_math.controlled.ControlledOp(qml.RX(x[0], w[1]), w[:1]), (2, 2)),
    "adjoint": Entry(lambda x, w, s: qml.adjoint(qml.Rot(*x, w[0])), (1, 1), 3),
    "exponential of a product of words": Entry(
        lambda x, w, s: qml.evolve(qml.prod(pauli(random_word(1, s, "XYZ"), w[:1]), qml.Z(w[1])), x[0]), (2, 2)
    ),
    "cost layer": Entry(
        lambda x, w, s: qml.evolve(qml.Z(w[0]) @ qml.Z(w[1]) + 0.5 * qml.Z(w[0]), x[0]), (2, 2), 1, "diagonal"
    ),
}
