"""Phase separators of costs that are not quadratic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pennylane.operation import Operation


class DiagonalCost(Operation):
    r"""The phase separator :math:`\exp(-i \gamma f(x))` of an arbitrary cost f.

    The cost is evaluated once, on the basis states of the sector, when the circuit is compiled. A quadratic cost needs
    no such operator: written as RZ and IsingZZ gates it is fused into the same phase, and runs on machines as well.

    Args:
        gamma: the angle, in units of one over those of f.
        function: maps bit strings of shape (m, n_wires), uint8, to costs of shape (m,). It must always give the same
            costs: the device remembers them by the function, so give changed data a function of their own.
        wires: the n_wires wires.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(
        self,
        gamma: float,
        function: Callable[[np.ndarray], np.ndarray],
        wires: object,
        id: str | None = None,
    ) -> None:
        super().__init__(gamma, wires=wires, id=id)
        self._hyperparameters = {"function": function}
