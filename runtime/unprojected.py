"""Observables that act on a state without being projected on its sector.

An expectation value needs only the part of A|psi> in the sector. The variance <A^2> - <A>^2 and the gradients of an
operator pool need all of it: from a single determinant, a molecular Hamiltonian reaches states outside that carry the
whole answer. So the sector is enlarged here by what A reaches from it, once; the circuit still runs on its own sector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pennylane as qml

from runtime.basis_states import bits_to_keys, lexicographic_order, mask_to_words
from runtime.circuit.actions import term_arrays
from runtime.kernels.boundary import leaving, rows_of
from runtime.memory import BYTES_PER_STATE, refuse_beyond_memory
from runtime.objectives import Objective
from runtime.observables import CVaR, DiagonalObservable, Gibbs
from runtime.restriction import checked_operators, restrict, restrict_operator, terms_of
from runtime.sector import ROWS_AT_A_TIME, Sector


@dataclass(frozen=True, eq=False)
class Unprojected:
    """An observable on a sector enlarged by all that it reaches from a smaller one."""

    sector: Sector
    objective: Objective
    rows: np.ndarray  # shape: (smaller dimension,); of the smaller sector's states in the larger

    @classmethod
    def of(cls, observable: Any, sector: Sector) -> Unprojected:
        """Enlarge a sector by what an observable reaches from it.

        Raises:
            ValueError: if it is CVaR or Gibbs, which are no expectation values.
            DoesNotFitError: if the enlarged sector would not fit in memory.
        """
        if isinstance(observable, CVaR | Gibbs):
            name = type(observable).__name__
            raise ValueError(
                f"A variance is that of an observable's outcomes, and {name} is no observable: compile the program for"
                f" {name}'s own diagonal."
            )
        enlarged, rows = _enlarged(sector, _beyond(observable, sector))
        return cls(enlarged, restrict(observable, enlarged), rows)

    def variance(self, state: np.ndarray) -> float:
        """<A^2> - <A>^2, as the squared length of (A - <A>)|psi>: never negative."""
        value, ket, image = self._applied(state)
        return float(np.linalg.norm(image - value * ket) ** 2)

    def slopes(self, state: np.ndarray, generators: Sequence[Any]) -> np.ndarray:
        """The derivatives i <psi|[G, A]|psi> = 2 Im <psi|A G|psi> by each generator G, shape (n_generators,)."""
        pool = checked_operators(generators, self.sector.wires, "A pool of generators")
        _, ket, image = self._applied(state)
        slopes = np.empty(len(pool))
        for i, generator in enumerate(pool):
            moved = np.empty(len(ket), dtype=np.complex128)
            restrict_operator(generator, self.sector).apply(ket.astype(np.complex128), moved)
            slopes[i] = 2.0 * np.vdot(image, moved).imag
        return slopes

    def _applied(self, state: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """The value, the state on the larger sector, and what the observable makes of it."""
        dtype = state.dtype if self.objective.is_real else np.result_type(state, np.complex64)
        ket = np.zeros(self.sector.dimension, dtype=dtype)
        ket[self.rows] = state
        image = np.empty_like(ket)
        return self.objective.apply(ket, image), ket, image


def overlap(sector: Sector, state: np.ndarray, other_sector: Sector, other_state: np.ndarray) -> complex | float:
    """<state|other_state> of states on different sectors over the same wires, in any order.

    Raises:
        ValueError: if the wires are not the same.
    """
    if set(sector.wires) != set(other_sector.wires):
        raise ValueError(
            f"An overlap is between states of the same wires; these are on {list(sector.wires)} and"
            f" {list(other_sector.wires)}."
        )
    if sector.wires == other_sector.wires:
        keys = other_sector.keys
    else:
        keys = bits_to_keys(other_sector.bitstrings()[:, [other_sector.wires.index(w) for w in sector.wires]])
    rows = np.empty(len(keys), dtype=np.int64)
    rows_of(sector.keys, sector.table, keys, rows)
    shared = rows >= 0
    product = np.vdot(state[rows[shared]], other_state[shared])
    return complex(product) if np.iscomplexobj(product) else float(product)


def _beyond(observable: Any, sector: Sector) -> np.ndarray:
    """The basis states outside a sector that an observable reaches from it, shape (m, n_words)."""
    n_wires = len(sector.wires)
    nothing = np.zeros((0, sector.keys.shape[1]), dtype=np.uint64)
    if isinstance(observable, DiagonalObservable) or sector.dimension == 2**n_wires:
        return nothing
    if hasattr(observable, "stays_in") and observable.stays_in(sector):
        return nothing  # it knows, without a search
    if isinstance(observable, qml.SparseHamiltonian):
        return _beyond_matrix(observable, sector)
    found, pending, n_pending = nothing, [nothing], 0
    room = np.empty_like(sector.keys)
    for flip, terms in terms_of(observable, {w: i for i, w in enumerate(sector.wires)}).items():
        count = leaving(sector.keys, sector.table, mask_to_words(flip, n_wires), *term_arrays(terms, n_wires), room)
        pending.append(room[:count].copy())
        n_pending += count
        if n_pending > max(len(found), ROWS_AT_A_TIME):
            found, pending, n_pending = _distinct([found, *pending]), [], 0
            refuse_beyond_memory(BYTES_PER_STATE * len(found), n_wires, len(found))
    return _distinct([found, *pending])


def _distinct(keys: Sequence[np.ndarray]) -> np.ndarray:
    together = np.concatenate(keys)
    return np.unique(together[:, 0])[:, None] if together.shape[1] == 1 else np.unique(together, axis=0)


def _beyond_matrix(observable: Any, sector: Sector) -> np.ndarray:
    """The same for a sparse matrix over all wires."""
    n_wires = len(sector.wires)
    bits = sector.bitstrings()[:, [sector.wires.index(w) for w in observable.wires]].astype(np.int64)
    reached = np.unique(observable.H.tocsc()[:, bits @ (1 << np.arange(n_wires - 1, -1, -1))].indices)
    order = [list(observable.wires).index(w) for w in sector.wires]
    keys = bits_to_keys((reached[:, None] >> np.arange(n_wires - 1, -1, -1) & 1).astype(np.uint8)[:, order])
    rows = np.empty(len(keys), dtype=np.int64)
    rows_of(sector.keys, sector.table, keys, rows)
    return keys[rows < 0]


def _enlarged(sector: Sector, beyond: np.ndarray) -> tuple[Sector, np.ndarray]:
    """The sector with more basis states, and the rows of its own among them."""
    if not len(beyond):
        return sector, np.arange(sector.dimension)
    keys = np.concatenate([sector.keys, beyond])
    order = lexicographic_order(keys)
    rows = np.empty(len(order), dtype=np.int64)
    rows[order] = np.arange(len(order))
    return Sector(np.ascontiguousarray(keys[order]), sector.wires), rows[: sector.dimension]
