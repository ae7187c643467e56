"""How the operations of the random campaign are written down: an entry, and arrays of any kind of number."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine


@dataclass(frozen=True)
class Entry:
    """An operation as a function of a list of numbers, wires, and a seed for what else has to be chosen.

    Numbers are floats, autograd's boxes, or the runtime's `Affine` numbers.
    """

    build: Callable[[Any, Any, int], Any]
    wires: tuple[int, int] = (1, 1)
    """The fewest and the most wires."""
    numbers: int | Callable[[int], int] = 1
    """How many numbers, or how many on so many wires."""
    kind: str = "general"
    """What it does to basis states: "diagonal", "conserving" (their number of ones), "permuting" or "general"."""
    wrap: bool = True
    """Whether it has an adjoint and may be controlled."""
    batch: bool = False
    """Whether one of its numbers may be a batch."""
    first: bool = False
    """Whether it prepares a state, and so has to come first."""
    reference: Callable[[Any, Any, int], Any] | None = None
    """The same operation for default.qubit, where that refuses the operation, or is wrong."""

    def count(self, n_wires: int) -> int:
        return self.numbers(n_wires) if callable(self.numbers) else self.numbers


def array(numbers, shape=(-1,)):
    """An array of numbers of whatever kind."""
    if any(isinstance(x, Affine) for x in numbers):
        symbols = np.empty(len(numbers), dtype=object)
        symbols[:] = list(numbers)
        return symbols.reshape(shape)
    if not any(qml.math.ndim(x) or not isinstance(x, float) for x in numbers):
        return np.array(numbers, dtype=float).reshape(shape)
    return qml.math.reshape(qml.math.stack(list(numbers)), shape)


def rotation_matrix(x):
    """The matrix of RY, of an angle that autograd may follow."""
    c, s = qml.math.cos(x / 2), qml.math.sin(x / 2)
    return qml.math.stack([qml.math.stack([c, -s]), qml.math.stack([s, c])])


def complex_rotation_matrix(x):
    """The matrix of RX."""
    c, s = qml.math.cos(x / 2) + 0j, -1j * qml.math.sin(x / 2)
    return qml.math.stack([qml.math.stack([c, s]), qml.math.stack([s, c])])


@lru_cache
def random_unitary(size, seed):
    rng = np.random.default_rng([size, seed])
    return np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))[0]


@lru_cache
def random_orthogonal(size, seed):
    return np.linalg.qr(np.random.default_rng([size, seed]).normal(size=(size, size)))[0]


@lru_cache
def random_amplitudes(n_wires, seed):
    rng = np.random.default_rng([n_wires, seed])
    vector = rng.normal(size=2**n_wires) + 1j * rng.normal(size=2**n_wires)
    vector = np.where(rng.random(2**n_wires) < 0.7, vector, 0) if seed % 2 else vector
    vector[0] += 0.1
    return vector / np.linalg.norm(vector)


def random_bits(n_wires, seed):
    return np.random.default_rng([n_wires, seed, 1]).integers(2, size=n_wires)


def random_word(n_wires, seed, letters="IXYZ"):
    """A Pauli word that is not the identity."""
    rng = np.random.default_rng([n_wires, seed, 2])
    word = "".join(rng.choice(list(letters), size=n_wires))
    return word if set(word) != {"I"} else "Z" + word[1:]


def pauli(word, wires):
    """The operator of a Pauli word with its identities."""
    factors = [getattr(qml, p)(w) for p, w in zip(word, wires, strict=True)]
    return factors[0] if len(factors) == 1 else qml.prod(*factors)
