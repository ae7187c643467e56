"""State preparations, and Kaname's own operations with dense twins for default.qubit."""

import math

import numpy as np
import pennylane as qml
from dense import all_bits
from operation_entries import Entry, array, random_amplitudes

from runtime.operations import (
    DiagonalCost,
    DickeState,
    GroverMixer,
    GuardedHop,
    PermutationState,
    RegisterSwap,
    UniformSuperposition,
)


def _matrix_product_state(n, seed):
    rng = np.random.default_rng([n, seed])
    return [rng.normal(size=(2, 2)), *[rng.normal(size=(2, 2, 2)) for _ in range(n - 2)], rng.normal(size=(2, 2))]


def _angle_vector(x):
    """A normalised state of one wire."""
    return qml.math.stack([qml.math.cos(x), qml.math.sin(x)])


PREPARATIONS = {
    "StatePrep": Entry(lambda x, w, s: qml.StatePrep(random_amplitudes(len(w), s), w), (1, 4), 0, first=True),
    "StatePrep of a number": Entry(lambda x, w, s: qml.StatePrep(_angle_vector(x[0]), w), (1, 1), first=True),
    "AmplitudeEmbedding": Entry(
        lambda x, w, s: qml.AmplitudeEmbedding(
            random_amplitudes(len(w), s)[: 2 ** len(w) - 1], w, pad_with=0.1, normalize=True
        ),
        (1, 4),
        0,
        first=True,
    ),
    "AmplitudeEmbedding of numbers": Entry(
        lambda x, w, s: qml.AmplitudeEmbedding(array(x), w, pad_with=0.3, normalize=True),
        (1, 2),
        lambda n: 2**n - 1,
        first=True,
    ),
    "MottonenStatePreparation": Entry(
        lambda x, w, s: qml.MottonenStatePreparation(random_amplitudes(len(w), s), w), (1, 3), 0, first=True
    ),
    "MottonenStatePreparation of a number": Entry(
        lambda x, w, s: qml.MottonenStatePreparation(_angle_vector(x[0]), w), (1, 1), first=True
    ),
    "MultiplexerStatePreparation": Entry(
        # PennyLane fails on a vector that is a basis state, so none of the amplitudes is 0.
        lambda x, w, s: qml.MultiplexerStatePreparation(random_amplitudes(len(w), 2 * s), w),
        (1, 3),
        0,
        first=True,
    ),
    "MPSPrep": Entry(
        lambda x, w, s: qml.MPSPrep(
            _matrix_product_state(len(w) - 1, s), wires=w[1:], work_wires=w[:1], right_canonicalize=True
        ),
        (3, 4),
        0,
        first=True,
    ),
    "Superposition": Entry(
        lambda x, w, s: qml.Superposition(
            np.array([0.6, 0.8j]), [[0] * (len(w) - 1), [1] * (len(w) - 1)], w[:-1], w[-1]
        ),
        (2, 4),
        0,
        first=True,
    ),
    "QROMStatePreparation": Entry(
        lambda x, w, s: qml.QROMStatePreparation(np.array([0.6, 0.8]), w[:1], w[1:], None), (3, 4), 0, first=True
    ),
}


def cost_function(seed):
    """A cost that is not quadratic."""

    def cost(bits):
        weights = np.random.default_rng(seed).normal(size=bits.shape[1])
        return np.abs(bits @ weights - 0.5)

    return cost


_COSTS = {}


def _cost(seed):
    return _COSTS.setdefault(seed % 8, cost_function(seed % 8))


def _dense_cost(x, w, s):
    return qml.DiagonalQubitUnitary(np.exp(-1j * x[0] * _cost(s)(all_bits(len(w)))), w)


def _dense_swap(x, w, s):
    half = len(w) // 2
    swap = qml.matrix(qml.prod(*[qml.SWAP([w[i], w[i + half]]) for i in range(half)]), wire_order=w)
    return qml.QubitUnitary(math.cos(x[0]) * np.eye(2 ** len(w)) - 1j * math.sin(x[0]) * swap, w)


def _dense_superposition(x, w, s):
    vector = np.zeros(2 ** len(w))
    vector[feasible_numbers(len(w), s)] = 1.0
    return qml.StatePrep(vector / np.linalg.norm(vector), w)


def feasible_numbers(n_wires, seed):
    """A feasible set, as numbers of basis states."""
    rng = np.random.default_rng([n_wires, seed])
    return np.sort(rng.choice(2**n_wires, size=int(rng.integers(2, 2 ** (n_wires - 1) + 1)), replace=False))


def _permutations(n_wires):
    """The numbers of the permutation matrices."""
    n = math.isqrt(n_wires)
    bits = all_bits(n_wires).reshape(-1, n, n)
    return np.flatnonzero((bits.sum(axis=1) == 1).all(axis=1) & (bits.sum(axis=2) == 1).all(axis=1))


def reached_by(start, n_wires, seed):
    """The numbers of the basis states that a start reaches, for mixers that ask for them; None if they may not ask."""
    weight = all_bits(n_wires).sum(axis=1)
    return {
        "DickeState": lambda: np.flatnonzero(weight == 1 + seed % (n_wires - 1)),
        "UniformSuperposition": lambda: feasible_numbers(n_wires, seed),
        "PermutationState": lambda: _permutations(n_wires),
        "all": lambda: np.arange(2**n_wires),
    }[start]()


def _prepared(numbers, w):
    vector = np.zeros(2 ** len(w))
    vector[numbers] = 1 / math.sqrt(len(numbers))
    return qml.StatePrep(vector, w)


OWN = {
    "DiagonalCost": Entry(
        lambda x, w, s: DiagonalCost(x[0], _cost(s), w), (2, 4), 1, "diagonal", reference=_dense_cost
    ),
    "RegisterSwap": Entry(lambda x, w, s: RegisterSwap(x[0], w), (2, 6), 1, "conserving", reference=_dense_swap),
    "DickeState": Entry(
        lambda x, w, s: DickeState(1 + s % (len(w) - 1), w),
        (2, 9),
        0,
        first=True,
        reference=lambda x, w, s: _prepared(reached_by("DickeState", len(w), s), w),
    ),
    "UniformSuperposition": Entry(
        lambda x, w, s: UniformSuperposition(all_bits(len(w))[feasible_numbers(len(w), s)], w),
        (2, 7),
        0,
        first=True,
        reference=lambda x, w, s: _prepared(feasible_numbers(len(w), s), w),
    ),
    "PermutationState": Entry(
        lambda x, w, s: PermutationState(w),
        (4, 9),
        0,
        first=True,
        reference=lambda x, w, s: _prepared(_permutations(len(w)), w),
    ),
}


def _dense_grover(start, seed):
    def build(x, w, s):
        member = np.zeros(2 ** len(w))
        inside = reached_by(start, len(w), seed)
        member[inside] = 1 / math.sqrt(len(inside))
        return qml.QubitUnitary(np.eye(len(member)) + (np.exp(-1j * x[0]) - 1) * np.outer(member, member), w)

    return build


def _hop_pairs(n):
    return [((1,) + (0,) * (n - 1), (0,) * (n - 1) + (1,))]


def _dense_hop(start, seed):
    def build(x, w, s):
        """On all wires, in numerical order: the hop is between the two wires that the seed chooses."""
        a, b = hop_wires(len(w), s)
        inside = set(reached_by(start, len(w), seed).tolist())
        mask = (1 << (len(w) - 1 - a)) | (1 << (len(w) - 1 - b))
        matrix = np.eye(2 ** len(w), dtype=complex)
        for i in inside:
            j = i ^ mask
            if j in inside and (i & mask) not in (0, mask):
                matrix[i, i], matrix[i, j] = math.cos(x[0]), -1j * math.sin(x[0])
        return qml.QubitUnitary(matrix, w)

    return build


def hop_wires(n_wires, seed):
    a, b = np.random.default_rng(seed).permutation(n_wires)[:2]
    return int(a), int(b)


def _hop(x, w, s):
    a, b = hop_wires(len(w), s)
    return GuardedHop(x[0], [w[a], w[b]], _hop_pairs(2))


def guarded(start, seed):
    """The operations that ask for the reached set, where that is the set of the start; on all wires."""
    return {
        "GroverMixer": Entry(
            lambda x, w, s: GroverMixer(x[0], w), (2, 9), 1, "all", reference=_dense_grover(start, seed)
        ),
        "GuardedHop": Entry(_hop, (2, 9), 1, "all", reference=_dense_hop(start, seed)),
    }
