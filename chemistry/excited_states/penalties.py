"""The Hamiltonian with penalties on states that are known already and on spins that are not wanted.

    H + sum_k w_k |k><k| + g (S^2 - s (s + 1))^2

Each term is an exact expectation value on a circuit's sector, so the runtime's gradient of the sum is exact too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from chemistry.hamiltonian.occupation_strings import Sector, spin_strings
from runtime.objectives import SparseExpectation

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime.objectives import Objective


@dataclass(frozen=True, eq=False)
class KnownState:
    """A state to stay away from: its amplitudes on the sector of the program that made it."""

    sector: Any
    amplitudes: np.ndarray  # shape: (dimension,)
    penalty: float  # hartree

    def on(self, sector: Any) -> np.ndarray:
        """The amplitudes on another sector over the same wires; what lies outside is left out, which is exact here."""
        from runtime.kernels.boundary import rows_of

        rows = np.empty(len(self.sector.keys), dtype=np.int64)
        rows_of(sector.keys, sector.table, self.sector.keys, rows)
        shared = rows >= 0
        vector = np.zeros(sector.dimension, dtype=self.amplitudes.dtype)
        vector[rows[shared]] = self.amplitudes[shared]
        return vector


@dataclass(frozen=True, eq=False)
class PenalisedHamiltonian:
    """An observable of the runtime: a molecular Hamiltonian and penalties."""

    problem: ElectronicProblem
    known: Sequence[KnownState] = ()
    multiplicity: int | None = None  # 2 s + 1 that is wanted; None: any
    spin_penalty: float = 1.0  # hartree

    @property
    def wires(self) -> Any:
        """Those of the Hamiltonian."""
        return self.problem.hamiltonian.wires

    def sector_objective(self, sector: Any) -> Objective:
        """The sum as an objective on a sector."""
        return self.added_to(self.problem.hamiltonian.sector_objective(sector), sector)

    def added_to(self, energy: Objective, sector: Any) -> Objective:
        """The penalties added to the Hamiltonian's own objective on a sector."""
        spin = None
        if self.multiplicity is not None:
            spin = SparseExpectation(self.spin_penalty * spin_deviation(sector, self.multiplicity))
        vectors = [(state.on(sector), state.penalty) for state in self.known]
        return _PenalisedEnergy(energy, tuple(vectors), spin)


@dataclass(frozen=True, eq=False)
class _PenalisedEnergy:
    """See `runtime.objectives.Objective`."""

    energy: Any
    known: tuple[tuple[np.ndarray, float], ...]
    spin: SparseExpectation | None
    is_diagonal = False

    @property
    def is_real(self) -> bool:
        return not any(np.iscomplexobj(vector) for vector, _ in self.known)

    @property
    def nbytes(self) -> int:
        spin = 0 if self.spin is None else self.spin.nbytes
        return self.energy.nbytes + sum(vector.nbytes for vector, _ in self.known) + spin

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        value = self.energy.apply(state, out)
        for vector, penalty in self.known:
            amplitude = np.vdot(vector, state)
            out += penalty * amplitude * vector
            value += penalty * abs(amplitude) ** 2
        if self.spin is not None:
            image = np.empty_like(out)
            value += self.spin.apply(state, image)
            out += image
        return float(value)


def spin_deviation(sector: Sector, multiplicity: int) -> csr_array:
    """(S^2 - s (s + 1))^2 between the determinants of a sector, in units of hbar^4, exact on any sector.

    With spin up of an orbital on the wire before spin down, S+ and S- carry no signs: S- S+ puts the spin down of one
    singly occupied orbital up, and the spin up of one down.

    Args:
        sector: Shape (D, D) is its dimension.
        multiplicity: 2 s + 1.
    """
    alpha, beta = spin_strings(sector)
    n_orbitals = int(max(sector.wires)) // 2 + 1
    projection = 0.5 * (np.bitwise_count(alpha).astype(float) - np.bitwise_count(beta).astype(float))
    target = 0.25 * (multiplicity**2 - 1)
    diagonal = projection * (projection + 1) + np.bitwise_count(beta & ~alpha) - target
    own = np.arange(len(alpha))
    sources, ups, downs, values = [own], [alpha], [beta], [diagonal]
    for p in range(n_orbitals):
        for q in range(n_orbitals):
            swap = np.uint64(1 << p) | np.uint64(1 << q)
            here = np.flatnonzero(
                ((beta & ~alpha) >> np.uint64(p) & (alpha & ~beta) >> np.uint64(q) & np.uint64(1)).astype(bool)
            )
            sources.append(here)
            ups.append(alpha[here] ^ swap)
            downs.append(beta[here] ^ swap)
            values.append(np.ones(len(here)))
    pairs = np.stack([np.concatenate(ups), np.concatenate(downs)], axis=1)
    # Determinants outside the sector are numbered too: the square leads there and back.
    numbers = np.unique(pairs, axis=0, return_inverse=True)[1].ravel()
    deviation = csr_array(
        (np.concatenate(values), (numbers, np.concatenate(sources))), shape=(numbers.max(initial=-1) + 1, len(alpha))
    )
    return csr_array(deviation.T @ deviation)
