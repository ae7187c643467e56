"""BFGS that begins with the curvature learnt for a smaller circuit.

A new gate at zero leaves the energy as it was along the parameters before it: their inverse Hessian is taken over.
Without it each step would learn all of it again, in three to eight times as many evaluations (LiH, H2O and H6 in
STO-3G).

Ramôa, Santos, Mayhall, Barnes and Economou, Quantum Science and Technology 10, 015031 (2025).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.minimization import BFGS, Status

if TYPE_CHECKING:
    from runtime.minimization.evaluations import Evaluations

_ORDINARY = 1.0  # hartree per radian^2: a curvature that a new gate may have, until the search has learnt its own


@dataclass
class RecycledBFGS:
    """BFGS from a given inverse Hessian; afterwards `inverse` is what it has learnt.

    Attributes:
        inverse: approximate inverse Hessian, shape (n_params, n_params), positive definite; None: nothing is known.
    """

    inverse: np.ndarray | None = field(repr=False)
    needs = "value_and_grad"

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: Mapping[str, Any] | None
    ) -> Generator[Mapping[str, Any], None, Status]:
        """See `runtime.minimization.method.Method.iterations`."""
        if saved is None and self.inverse is not None:
            point = evaluations.point(start)
            saved = {
                "parameters": point.parameters,
                "value": point.value,
                "gradient": point.gradient,
                "lowest": point.value,
                "smallest": point.gradient_norm,
                "idle": 0,
                "scales": np.diag(self.inverse).copy(),
                "inverse": self.inverse.copy(),
                "informed": True,
            }
        search = BFGS().iterations(evaluations, start, saved)
        while True:
            try:
                state = next(search)
            except StopIteration as end:
                return end.value
            self.inverse = state["inverse"]
            yield state


def bordered(inverse: np.ndarray, n_new: int) -> np.ndarray:
    """An inverse Hessian that further parameters have joined.

    Args:
        inverse: of the parameters so far, shape (n, n).
        n_new: how many join.

    Returns:
        Shape (n + n_new, n + n_new); the new ones have an ordinary curvature and no coupling to the others yet.
    """
    n = len(inverse)
    grown = np.eye(n + n_new) / _ORDINARY
    grown[:n, :n] = inverse
    return grown
