"""Mixers that exchange what two registers hold."""

from __future__ import annotations

from pennylane.operation import Operation


class RegisterSwap(Operation):
    r"""The mixer :math:`\exp(-i \beta\, \mathrm{SWAP})`, with SWAP exchanging two registers bit by bit.

    On one-hot registers of positions it is the partial mixer "ordering swap" of Hadfield et al., "From the quantum
    approximate optimization algorithm to a quantum alternating operator ansatz", Algorithms 12, 34 (2019): on
    permutations it equals the product of the hops of those two positions over all pairs of values, which commute there.
    SWAP is its own inverse, so this is :math:`\cos\beta - i \sin\beta\, \mathrm{SWAP}`. On more than a few wires that
    has no affordable circuit, and none is declared: it runs on the sector engine only.

    Args:
        beta: the mixing angle.
        wires: those of the first register, then those of the second.

    Raises:
        ValueError: if the number of wires is odd, or zero.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(self, beta: float, wires: object, id: str | None = None) -> None:
        super().__init__(beta, wires=wires, id=id)
        if len(self.wires) % 2 or not len(self.wires):
            raise ValueError(
                f"A swap of two registers of equal length needs an even number of wires, got {len(self.wires)}: pass"
                " the wires of the first register, then those of the second."
            )
