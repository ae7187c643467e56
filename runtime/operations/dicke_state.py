"""Dicke states: the equal superposition of all bit strings with a given number of ones."""

from __future__ import annotations

import math

import pennylane as qml
from pennylane.operation import Operation


class DickeState(Operation):
    r"""Prepares :math:`\binom{n}{k}^{-1/2} \sum_{|x| = k} |x\rangle` from the state with all wires 0.

    Its decomposition is the deterministic circuit of O(nk) gates and O(n) depth of Bärtschi & Eidenbenz,
    "Deterministic preparation of Dicke states" (FCT 2019, arXiv:1904.07358).

    Args:
        n_chosen: the number k of ones, 0 <= k <= n.
        wires: the n wires.

    Raises:
        ValueError: if `n_chosen` lies outside 0..n.
    """

    num_params = 0
    grad_method = None

    def __init__(self, n_chosen: int, wires: object, id: str | None = None) -> None:
        super().__init__(wires=wires, id=id)
        if not 0 <= n_chosen <= len(self.wires):
            raise ValueError(
                f"A Dicke state on {len(self.wires)} wires needs 0 to {len(self.wires)} ones, got n_chosen={n_chosen}."
            )
        self._hyperparameters = {"n_chosen": int(n_chosen)}

    @staticmethod
    def compute_decomposition(wires: qml.wires.Wires, n_chosen: int) -> list[Operation]:
        """X on the last k wires, then one split-and-cyclic-shift block for each prefix of the wires."""
        n, k = len(wires), n_chosen
        operations: list[Operation] = [qml.X(w) for w in wires[n - k :]]
        if k in (0, n):
            return operations
        for size in range(n, 1, -1):
            last = wires[size - 1]
            for shift in range(1, min(k, size - 1) + 1):
                target = wires[size - 1 - shift]
                controls = [last] if shift == 1 else [last, wires[size - shift]]
                angle = 2 * math.acos(math.sqrt(shift / size))
                operations += [
                    qml.CNOT([target, last]),
                    qml.ctrl(qml.RY(angle, target), control=controls),
                    qml.CNOT([target, last]),
                ]
        return operations
