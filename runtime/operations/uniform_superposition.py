"""The equal superposition over a given set of feasible bit strings."""

from __future__ import annotations

import numpy as np
from pennylane.operation import Operation


class UniformSuperposition(Operation):
    r"""Prepares :math:`|F|^{-1/2} \sum_{x \in F} |x\rangle` over a feasible set F from the state with all wires 0.

    An arbitrary set has no affordable circuit, so none is declared: it runs on the sector engine only.

    Args:
        bitstrings: the set F, shape (m, n_wires), entries 0 or 1, rows distinct.
        wires: the n_wires wires.

    Raises:
        ValueError: if the set is empty, has the wrong width or repeated rows, or is not made of bits.
    """

    num_params = 0
    grad_method = None

    def __init__(self, bitstrings: np.ndarray, wires: object, id: str | None = None) -> None:
        super().__init__(wires=wires, id=id)
        bits = np.ascontiguousarray(bitstrings, dtype=np.uint8)
        if bits.ndim != 2 or bits.shape[0] == 0 or bits.shape[1] != len(self.wires):
            raise ValueError(
                f"A superposition on {len(self.wires)} wires needs bit strings of shape"
                f" (at least 1, {len(self.wires)}), got {bits.shape}."
            )
        if bits.max() > 1:
            raise ValueError(f"Bit strings are made of 0 and 1, got a {bits.max()}.")
        if len(np.unique(np.packbits(bits, axis=1), axis=0)) != len(bits):
            raise ValueError("The bit strings of a superposition must be distinct, some are repeated.")
        self._hyperparameters = {"bitstrings": bits}
