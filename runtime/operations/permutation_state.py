"""The equal superposition over all permutations: the start of a tour's circuit."""

from __future__ import annotations

import math

from pennylane.operation import Operation


class PermutationState(Operation):
    r"""Prepares :math:`n!^{-1/2} \sum_P |P\rangle` over the n x n permutation matrices P, from all wires 0.

    Position p of a tour has a one-hot register of n wires: wire p * n + c says that position p holds city c. A set of
    permutations is no product of anything, and its preparation takes a circuit of many controlled swaps; none is
    declared, so it runs on the sector engine only.

    Args:
        wires: the n * n wires, position by position.

    Raises:
        ValueError: if the number of wires is not a square, or zero.
    """

    num_params = 0
    grad_method = None

    def __init__(self, wires: object, id: str | None = None) -> None:
        super().__init__(wires=wires, id=id)
        size = math.isqrt(len(self.wires))
        if size * size != len(self.wires) or size == 0:
            raise ValueError(
                f"A superposition of permutations of n cities needs n * n wires, got {len(self.wires)} wires: pass one"
                " register of n wires for each of the n positions."
            )
