"""Gates as products of Pauli rotations that commute, for engines that know no excitations."""

from __future__ import annotations

from functools import cache

import numpy as np

from workloads.bench.case import Gate

FERMIONIC = {"FermionicSingleExcitation": "SingleExcitation", "FermionicDoubleExcitation": "DoubleExcitation"}
SIGNS = {"FermionicSingleExcitation": -1.0}  # PennyLane's sign of this one is the opposite of its qubit twin's


def string_wires(gate: Gate) -> tuple[int, ...]:
    """The wires that carry the Jordan-Wigner string of a fermionic excitation, none for other gates."""
    if gate.kind == "FermionicDoubleExcitation":
        first, second = gate.wires
        return (*first[1:-1], *second[1:-1])
    return gate.wires[1:-1] if gate.kind == "FermionicSingleExcitation" else ()


def as_qubit_excitation(gate: Gate) -> Gate:
    """The qubit excitation between the same wires: the fermionic one without its Jordan-Wigner string."""
    if gate.kind not in FERMIONIC:
        return gate
    emptied, filled = excited_wires(gate)
    return Gate(FERMIONIC[gate.kind], (*emptied, *filled), gate.slot, SIGNS.get(gate.kind, 1.0) * gate.factor)


def rotations_of(gate: Gate) -> list[tuple[dict[int, str], float]]:
    """A gate as the product of exp(-i angle / 2 P) over Pauli words P, with angle = factor * params[gate.slot].

    Returns:
        Pairs of a word (wire -> letter) and its factor.
    """
    plain = as_qubit_excitation(gate)
    string = dict.fromkeys(string_wires(gate), "Z")
    return [
        ({plain.wires[i]: letter for i, letter in word} | string, scale * plain.factor)
        for word, scale in _pattern(plain.kind, len(plain.wires))
    ]


@cache
def _pattern(kind: str, n_wires: int) -> list[tuple[tuple[tuple[int, str], ...], float]]:
    """The Pauli words of an operation's generator, and each word's angle in units of the operation's own."""
    import pennylane as qml
    from scipy.linalg import logm

    with qml.QueuingManager.stop_recording():
        unitary = qml.matrix(getattr(qml, kind)(0.5, wires=range(n_wires)), wire_order=range(n_wires))
    generator = 1j * logm(unitary) / 0.5  # unitary = exp(-i 0.5 generator)
    sentence = qml.pauli_decompose(generator, pauli=True, check_hermitian=False)
    words = []
    for word, coefficient in sentence.items():
        if abs(coefficient) > 1e-9 and len(word) > 0:  # a word without letters is a global phase
            words.append((tuple(sorted(word.items())), 2.0 * float(np.real(coefficient))))
    return words


def excited_wires(gate: Gate) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The wires that a two-level gate empties and those that it fills, or the other way round."""
    if gate.kind == "FermionicDoubleExcitation":
        first, second = gate.wires
        return (first[0], first[-1]), (second[0], second[-1])
    if gate.kind == "DoubleExcitation":
        return gate.wires[:2], gate.wires[2:]
    return (gate.wires[0],), (gate.wires[-1],)
