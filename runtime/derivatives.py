"""Derivatives of a program beyond the gradient, by carrying the state's own derivative along.

A direction in the space of parameters turns each instruction at some rate; pushing a state through the circuit together
with its derivative gives the derivative of every value along that direction, and pulling both back together with a bra
and its derivative gives the derivative of the gradient, which is a Hessian-vector product: four vectors, whatever the
depth. Projecting on the sector loses nothing here: all vectors that meet a state in a scalar product have only that
state's basis states to offer it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import csr_array

from runtime.evolution import Evolution
from runtime.memory import available_bytes
from runtime.objectives import Objective

SMALL = 1 << 28  # bytes; less than this is taken without asking what is free
SHARE = 0.5  # of the free memory, for the vectors of a metric


def pushed(evolution: Evolution, initial: np.ndarray, turned: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Run the circuit on `initial`, in place, and return the derivative of the state along a direction.

    Args:
        evolution: the circuit.
        initial: as from `Evolution.prepared`.
        turned: the angles of the instructions, shape (n_instructions,).
        rates: how fast they turn along the direction, shape (n_instructions,).
    """
    tangent = np.zeros_like(initial)
    evolution.push(initial, tangent, turned, rates)
    return tangent


def combined_bra(
    objectives: Sequence[Objective], weights: np.ndarray, state: np.ndarray
) -> tuple[list[float], np.ndarray]:
    """The values of several objectives, and the derivative of their weighted sum by conj(state)."""
    total, bra = np.zeros_like(state), np.empty_like(state)
    values = []
    for objective, weight in zip(objectives, weights, strict=True):
        values.append(objective.apply(state, bra))
        bra *= weight
        total += bra
    return values, total


Bras = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From a state and its tangent to a function's derivative by conj(state) and how that changes."""


def hessian_vector(
    evolution: Evolution, bras: Bras, initial: np.ndarray, turned: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A function's derivative by each instruction's angle, and the derivative of that along a direction.

    Forward-over-reverse differentiation of the adjoint method (Jones & Gacon, arXiv:2009.02823). `initial` is used up.
    """
    tangent = pushed(evolution, initial, turned, rates)
    bra, bra_tangent = bras(initial, tangent)
    return evolution.pull(initial, tangent, bra, bra_tangent, turned, rates)


def fubini_study(
    evolution: Evolution, initial: np.ndarray, turned: np.ndarray, rates: csr_array, room: float | None = None
) -> np.ndarray:
    """The Fubini-Study metric Re(<d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi>), shape (n_params, n_params).

    All tangent vectors at once where they fit. Where they do not, one row at a time from four vectors: the row of
    parameter i is what the adjoint method makes of the bra d_i psi.

    Args:
        evolution: the circuit.
        initial: as from `Evolution.prepared`; left as it is.
        turned: the angles of the instructions, shape (n_instructions,).
        rates: of the instructions by each parameter, shape (n_instructions, n_params).
        room: bytes for tangent vectors; None asks what is free.
    """
    needed = rates.shape[1] * initial.nbytes
    if needed > (max(SMALL, SHARE * available_bytes()) if room is None else room):
        return _row_by_row(evolution, initial, turned, rates)
    state = initial.copy()
    evolution.run(state, turned)
    tangents = evolution.tangent_vectors(initial, turned, rates)
    # Row by row as real vectors, whose scalar products are the real parts of the complex ones.
    flat = tangents.view(tangents.real.dtype)
    phases = (tangents @ np.conj(state)).imag
    return np.asarray(flat @ flat.T - np.outer(phases, phases), dtype=np.float64)


def _row_by_row(evolution: Evolution, initial: np.ndarray, turned: np.ndarray, rates: csr_array) -> np.ndarray:
    by_parameter = rates.tocsc()
    n_params = rates.shape[1]
    rows, phases = np.empty((n_params, n_params)), np.empty(n_params)
    for i in range(n_params):
        state = initial.copy()
        tangent = pushed(evolution, state, turned, by_parameter[:, [i]].toarray()[:, 0])
        phases[i] = np.vdot(state, tangent).imag
        rows[i] = rates.T @ evolution.run_back(state, tangent, turned) / 2.0
    return (rows + rows.T) / 2.0 - np.outer(phases, phases)
