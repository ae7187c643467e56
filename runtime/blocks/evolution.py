"""A circuit lowered to tables over the halves of a block sector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from runtime.blocks.circuit import BlockCircuit
from runtime.blocks.sector import BlockSector
from runtime.evolution import AngleMap, Evolution
from runtime.kernels import blocks as kernels
from runtime.kernels.block_tangents import pull_gates, push_gates
from runtime.kernels.crossings import Columns, Rows
from runtime.kernels.lanes import Side
from runtime.kernels.phase_tangents import pull_phase, push_phase
from runtime.vectors import zero_vector


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockEvolution(Evolution):
    """Instructions in segments: runs on the left half, runs on the right half, gates on both, phases."""

    sector: BlockSector
    angle_map: AngleMap
    circuit: BlockCircuit
    initial: np.ndarray | float  # amplitudes of the start; a number if they are all the same
    support: np.ndarray | None  # the rows that have them; None for all
    segments: np.ndarray  # shape: (n_segments, 3); kind, first instruction, last instruction + 1
    phases: np.ndarray  # shape: (n_instructions,), complex128; i conj(w) of each
    diagonal_of: np.ndarray  # shape: (n_instructions,); the row of `diagonals` of a phase
    diagonals: np.ndarray  # shape: (n_diagonals, dimension)
    left: Side
    right: Side
    rows: Rows
    columns: Columns

    @property
    def is_real(self) -> bool:  # type: ignore[override]
        """Whether the state stays real: real rotations of a real start, and nothing else."""
        return bool((self.phases == 1).all()) and not np.iscomplexobj(self.initial)

    @property
    def enlarging(self) -> tuple[tuple[str, int], ...]:  # type: ignore[override]
        """See `Evolution`."""
        return self.circuit.enlarging

    @property
    def nbytes(self) -> int:
        """See `Evolution.nbytes`."""
        tables = [*self.left, *self.right, *self.rows, *self.columns, self.diagonals, self.initial, self.support]
        return self.sector.nbytes + sum(t.nbytes for t in tables if isinstance(t, np.ndarray))

    def prepared(self, dtype: type) -> np.ndarray:
        """See `Evolution.prepared`."""
        state = zero_vector(self.sector.dimension, dtype)
        state[slice(None) if self.support is None else self.support] = self.initial
        return state

    def run(self, state: np.ndarray, angles: np.ndarray) -> None:
        """See `Evolution.run`."""
        self._run(state, angles, self.segments)

    def run_back(self, state: np.ndarray, bra: np.ndarray, angles: np.ndarray) -> np.ndarray:
        """See `Evolution.run_back`."""
        slopes = np.zeros(len(angles))
        if np.isrealobj(state):
            kernels.run_real_back(
                state, bra, self.segments, angles, slopes, self.left, self.right, self.rows, self.columns
            )
        else:
            kernels.run_back(
                state,
                bra,
                self.segments,
                angles,
                slopes,
                self.phases,
                self.diagonal_of,
                self.diagonals,
                self.left,
                self.right,
                self.rows,
                self.columns,
            )
        return slopes

    def apply(self, k: int, vector: np.ndarray, angle: float) -> None:
        """See `Evolution.apply`."""
        angles = np.zeros(len(self.phases))
        angles[k] = angle
        self._run(vector, angles, self._alone(k))

    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """See `Evolution.generate`: exp(i pi/2 G) = i G + (1 - G^2), and -(its inverse) = i G - (1 - G^2)."""
        if self._alone(k)[0, 0] == kernels.PHASE:
            out += (1j * factor) * self.diagonals[self.diagonal_of[k]] * vector
            return
        forth, back = vector.copy(), vector.copy()
        self.apply(k, forth, np.pi / 2)
        self.apply(k, back, -np.pi / 2)
        forth -= back
        forth *= factor / 2
        out += forth

    def push(self, state: np.ndarray, tangent: np.ndarray, angles: np.ndarray, rates: np.ndarray) -> None:
        """See `Evolution.push`."""
        gates = self._phases_of(state)
        for is_phase, segments in self._stretches:
            if is_phase:
                for _, k, _ in segments:
                    push_phase(state, tangent, self.diagonals[self.diagonal_of[k]], angles[k], rates[k])
            else:
                push_gates(state, tangent, segments, angles, rates, gates, *self._tables)

    def pull(
        self,
        state: np.ndarray,
        tangent: np.ndarray,
        bra: np.ndarray,
        bra_tangent: np.ndarray,
        angles: np.ndarray,
        rates: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Evolution.pull`."""
        gates = self._phases_of(state)
        slopes, changes = np.empty((2, len(angles)))
        vectors = state, tangent, bra, bra_tangent
        for is_phase, segments in reversed(self._stretches):
            if is_phase:
                for _, k, _ in segments[::-1]:
                    diagonal = self.diagonals[self.diagonal_of[k]]
                    slope, change = pull_phase(*vectors, diagonal, angles[k], rates[k])
                    slopes[k], changes[k] = 2.0 * slope, 2.0 * change
            else:
                pull_gates(*vectors, segments, angles, rates, gates, slopes, changes, *self._tables)
        return slopes, changes

    @cached_property
    def _stretches(self) -> list[tuple[bool, np.ndarray]]:
        """The segments in order: those of gates, those of phases, and so on."""
        grouped = groupby(self.segments.tolist(), key=lambda segment: segment[0] == kernels.PHASE)
        return [(is_phase, np.array(list(segments))) for is_phase, segments in grouped]

    @property
    def _tables(self) -> tuple[Side, Side, Rows, Columns]:
        return self.left, self.right, self.rows, self.columns

    def _phases_of(self, state: np.ndarray) -> np.ndarray:
        """The gates' phases as numbers of the state's kind: their type tells kernels which it is."""
        return self.phases.real.copy() if np.isrealobj(state) else self.phases

    def _alone(self, k: int) -> np.ndarray:
        [segment] = self.segments[(self.segments[:, 1] <= k) & (k < self.segments[:, 2])]
        return np.array([[segment[0], k, k + 1]])

    def _run(self, state: np.ndarray, angles: np.ndarray, segments: np.ndarray) -> None:
        if np.isrealobj(state):
            kernels.run_real(state, segments, angles, self.left, self.right, self.rows, self.columns)
        else:
            kernels.run(
                state,
                segments,
                angles,
                self.phases,
                self.diagonal_of,
                self.diagonals,
                self.left,
                self.right,
                self.rows,
                self.columns,
            )
