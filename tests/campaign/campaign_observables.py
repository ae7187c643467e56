"""Observables of every kind for the random campaign."""

import numpy as np
import pennylane as qml
from operation_entries import pauli, random_word

OBSERVABLES = ("diagonal", "word", "sum of words", "Hermitian", "projector", "product", "scaled")


def random_observable(kind, n_wires, rng):
    """A Hermitian operator."""
    seed = int(rng.integers(1 << 30))
    count = int(rng.integers(1, min(n_wires, 3) + 1))
    wires = [int(w) for w in rng.permutation(n_wires)[:count]]
    if kind == "diagonal":
        words = [pauli(random_word(len(wires), seed + i, "IZ"), wires) for i in range(2)]
        return qml.dot(rng.normal(size=2), words) if rng.random() < 0.5 else qml.Z(wires[0])
    if kind == "word":
        return pauli(random_word(count, seed, "XYZ"), wires)
    if kind == "sum of words":
        everywhere = range(n_wires)
        words = [pauli(random_word(n_wires, seed + i), everywhere) for i in range(2)]
        return qml.dot(rng.normal(size=3), [*words, pauli(random_word(count, seed), wires)])
    if kind == "Hermitian":
        size = 2 ** min(count, 2)
        matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
        return qml.Hermitian(matrix + matrix.conj().T, wires=wires[:2])
    if kind == "projector":
        if rng.random() < 0.3:
            vector = rng.normal(size=2**count) + 1j * rng.normal(size=2**count)
            return qml.Projector(vector / np.linalg.norm(vector), wires=wires)
        return qml.Projector(rng.integers(2, size=count), wires=wires)
    if kind == "product" and count > 1:
        return qml.Projector([1], wires=wires[0]) @ qml.Y(wires[1])
    return qml.s_prod(0.7, qml.X(wires[0]))


def random_observables(n_wires, rng):
    """One to three of them, with their kinds."""
    kinds = [str(k) for k in rng.choice(OBSERVABLES, size=int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2])))]
    return [random_observable(kind, n_wires, rng) for kind in kinds], kinds
