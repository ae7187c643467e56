"""A rotation about several Pauli words at once, with few two-qubit gates.

The words of an excitation flip the same wires and commute. CNOTs from one of these wires to the others leave a rotation
about X or Y of that wire alone, multiplied by parities of the rest; one word follows from another by the CNOTs in which
their parities differ, so in the order of a Gray code the eight words of a double excitation take 14 CNOTs, not 48.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi
from typing import Any, NamedTuple

import numpy as np
import pennylane as qml

from chemistry.mappings.binary_matrices import basis_of


class Step(NamedTuple):
    """A gate on places among the wires; its angle is turn + factor * the rotation's angle."""

    gate: str  # "CNOT", "H", "RX", "RY" or "RZ"
    places: tuple[int, ...]
    turn: float = 0.0
    factor: float = 0.0


class ExcitationRotation(qml.operation.Operation):
    """exp(i angle sum_k c_k P_k) for Pauli words P_k that flip the same wires and commute.

    The decomposition equals it. Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612 (2020), write single
    excitations in such a form.

    Args:
        angle: In radians.
        wires: Any number.
        words: Over I, X, Y and Z, one letter for each wire; at least one letter of each is X or Y.
        coefficients: One for each word.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(
        self, angle: Any, wires: Any, words: tuple[str, ...], coefficients: tuple[float, ...], id: str | None = None
    ) -> None:
        masks = [_masks(word) for word in words]
        flips = {x for x, _ in masks}
        parities = {(x & z).bit_count() % 2 for x, z in masks}
        if len(flips) != 1 or 0 in flips or len(parities) != 1 or len(words) != len(coefficients):
            raise ValueError(
                f"The words of an ExcitationRotation flip the same wires, at least one, and commute; got {words} with"
                f" {len(coefficients)} coefficients."
            )
        self._hyperparameters = {"words": tuple(words), "coefficients": tuple(coefficients)}
        super().__init__(angle, wires=wires, id=id)

    def generator(self) -> Any:
        """The sum of words."""
        wires = self.wires.tolist()
        words = [
            qml.pauli.PauliWord({w: c for w, c in zip(wires, word, strict=True) if c != "I"})
            for word in self.hyperparameters["words"]
        ]
        with qml.QueuingManager.stop_recording():
            operators = [word.operation(wire_order=wires) for word in words]
        coefficients = self.hyperparameters["coefficients"]
        sentence = qml.pauli.PauliSentence(dict(zip(words, coefficients, strict=True)))
        return qml.ops.LinearCombination(np.array(coefficients), operators, _pauli_rep=sentence)

    def adjoint(self) -> ExcitationRotation:
        """The rotation by the opposite angle."""
        return ExcitationRotation(-self.data[0], self.wires, **self.hyperparameters)

    @staticmethod
    def compute_decomposition(*params: Any, wires: Any, **hyperparameters: Any) -> list[Any]:
        """CNOTs, Hadamards and rotations of single wires."""
        rotations = {"RX": qml.RX, "RY": qml.RY, "RZ": qml.RZ}
        gates: list[Any] = []
        for step in steps_of(hyperparameters["words"], hyperparameters["coefficients"]):
            where = [wires[place] for place in step.places]
            if step.gate in rotations:
                angle = step.factor * params[0] + step.turn if step.factor else step.turn
                gates.append(rotations[step.gate](angle, wires=where))
            else:
                gates.append(qml.CNOT(where) if step.gate == "CNOT" else qml.Hadamard(where))
        return gates


@lru_cache(maxsize=4096)
def steps_of(words: tuple[str, ...], coefficients: tuple[float, ...]) -> tuple[Step, ...]:
    """The gates in order: those that begin from the flipped wire with which there are the fewest CNOTs."""
    flipped = [place for place, letter in enumerate(words[0]) if letter in "XY"]
    return min((_from(pivot, words, coefficients) for pivot in flipped), key=_n_cnots)


def _n_cnots(steps: tuple[Step, ...]) -> int:
    return sum(step.gate == "CNOT" for step in steps)


def _masks(word: str) -> tuple[int, int]:
    x = sum(1 << place for place, letter in enumerate(word) if letter in "XY")
    z = sum(1 << place for place, letter in enumerate(word) if letter in "YZ")
    return x, z


def _places(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def _from(pivot: int, words: tuple[str, ...], coefficients: tuple[float, ...]) -> tuple[Step, ...]:
    masks = [_masks(word) for word in words]
    flips = masks[0][0]
    is_y = (flips & masks[0][1]).bit_count() % 2 == 1
    rest = [z & ~(1 << pivot) for _, z in masks]  # what is left beside X or Y of the pivot, after the CNOTs from it
    # i^y X^x Z^z: the number y of letters Y falls to that of the pivot alone.
    signs = [1 - 2 * (((x & z).bit_count() - is_y) // 2 % 2) for x, z in masks]
    factors = [-2.0 * sign * c for sign, c in zip(signs, coefficients, strict=True)]
    basis = basis_of([z ^ rest[0] for z in rest])
    marks = [vector & -vector for vector in basis]
    # Each independent difference is gathered on one wire; what all words share contains none of these wires.
    gather = [Step("CNOT", (c, _places(m)[0])) for v, m in zip(basis, marks, strict=True) for c in _places(v ^ m)]
    shared = rest[0]
    for vector, mark in zip(basis, marks, strict=True):
        shared ^= vector if shared & mark else 0
    codes = [sum(1 << i for i, mark in enumerate(marks) if z & mark) for z in rest]
    others = [place for place in _places(flips) if place != pivot]
    if len(words) == 2 and marks[0] & flips:
        partner = _places(marks[0])[0]
        by_code = dict(zip(codes, factors, strict=True))
        core = _on_two_wires(pivot, partner, by_code[0], by_code[1], shared, is_y=is_y)
        others.remove(partner)
    else:
        core = _one_by_one(pivot, dict(zip(codes, factors, strict=True)), marks, shared, is_y=is_y)
    fan = [Step("CNOT", (pivot, other)) for other in others]
    before = [*fan, *gather]
    return (*before, *core, *reversed(before))


def _one_by_one(pivot: int, factors: dict[int, float], marks: list[int], shared: int, *, is_y: bool) -> list[Step]:
    """A rotation of the pivot for each parity, in the order of a Gray code."""
    order = sorted(factors, key=_gray_rank)
    parities = [shared | sum(mark for i, mark in enumerate(marks) if code >> i & 1) for code in order]
    steps: list[Step] = []
    present = 0
    for code, wanted in zip(order, parities, strict=True):
        steps += [Step("CNOT", (c, pivot)) for c in _places(present ^ wanted)]
        steps.append(Step("RY" if is_y else "RZ", (pivot,), factor=factors[code]))
        present = wanted
    steps += [Step("CNOT", (c, pivot)) for c in _places(present)]
    turn = [] if is_y else [Step("H", (pivot,))]
    return [*turn, *steps, *turn]


def _gray_rank(code: int) -> int:
    rank = 0
    while code:
        rank ^= code
        code >>= 1
    return rank


def _on_two_wires(p: int, q: int, first: float, second: float, shared: int, *, is_y: bool) -> list[Step]:
    """Rotations about Y_p X_q and X_p Y_q (or X_p X_q and Y_p Y_q), both at once: a CNOT makes them X_p and Z_q."""
    string = [Step("H", (p,)), *(Step("CNOT", (c, p)) for c in _places(shared)), Step("H", (p,))] if shared else []
    if is_y:
        about_x, about_z = second, first
        turns = [Step("RX", (p,), pi / 2), Step("RZ", (q,), -pi / 2), Step("RX", (q,), -pi / 2)]
    else:
        about_x, about_z = first, -second
        turns = [Step("RX", (p,), pi / 2), Step("RX", (q,), pi / 2)]
    back = [step._replace(turn=-step.turn) for step in reversed(turns)]
    middle = [Step("RX", (p,), factor=about_x), Step("RZ", (q,), factor=about_z)]
    cnot = Step("CNOT", (p, q))
    return [*string, *turns, cnot, *middle, cnot, *back, *reversed(string)]
