"""A circuit of diagonal gates and X rotations, run on all amplitudes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numba import get_num_threads

from runtime.evolution import AngleMap, Evolution
from runtime.hypercube.initial import ProductState
from runtime.hypercube.instructions import Instruction, Phase, Turn
from runtime.hypercube.schedule import BITS, LEAST_WIRES, Schedule, schedule
from runtime.hypercube.sector import Diagonal, FullSector, relation
from runtime.kernels import hypercube as kernels
from runtime.kernels.hypercube_tangents import pull, push
from runtime.vectors import scattered


@dataclass(frozen=True, eq=False, kw_only=True)
class HypercubeEvolution(Evolution):
    """Instructions on all amplitudes, arranged into passes; its only tables are the phases' diagonals.

    The diagonals are made when they are first needed, so that they can follow from those of the observables.
    """

    sector: FullSector
    instructions: tuple[Instruction, ...]
    initial: ProductState
    enlarging: tuple[tuple[str, int], ...] = ()
    _alone: dict[int, HypercubeEvolution] = field(default_factory=dict)

    is_real = False

    @cached_property
    def angle_map(self) -> AngleMap:  # type: ignore[override]
        """See `Evolution`."""
        return AngleMap.of(i.angle for i in self.instructions)

    @property
    def nbytes(self) -> int:
        """Bytes of the diagonals that no observable holds, and of the threads' buffers."""
        own: list[Diagonal] = []
        for diagonal in self._diagonals_wanted:
            if not self.sector.is_shared(diagonal) and all(relation(diagonal, d) is None for d in own):
                own.append(diagonal)
        buffers = self._workers * 2 << (self._plan.high_wires + kernels.RUN_BITS)
        return 8 * (self.sector.dimension * len(own) + buffers)

    @property
    def _diagonals_wanted(self) -> list[Diagonal]:
        return [i.diagonal for i in self.instructions if isinstance(i, Phase)]

    def prepared(self, dtype: type) -> np.ndarray:
        """See `Evolution.prepared`."""
        return self.initial.vector(dtype)

    def run(self, state: np.ndarray, angles: np.ndarray) -> None:
        """See `Evolution.run`."""
        [floats], restore = self._floats(state)
        tables = self._tables(angles, floats.dtype, 1.0)
        plan = self._plan
        kernels.run(
            floats,
            len(state),
            plan.low_wires,
            plan.high_wires,
            self._buffers(floats.dtype),
            self._workers,
            plan.sweeps,
            tables,
        )
        restore()

    def run_back(self, state: np.ndarray, bra: np.ndarray, angles: np.ndarray) -> np.ndarray:
        """See `Evolution.run_back`."""
        (ket_floats, bra_floats), restore = self._floats(state, bra)
        plan = self._plan
        sums = np.zeros((kernels.CHUNKS, len(plan.kinds), BITS))
        kernels.run_back(
            ket_floats,
            bra_floats,
            len(state),
            plan.low_wires,
            plan.high_wires,
            self._buffers(ket_floats.dtype),
            self._workers,
            plan.sweeps,
            self._tables(angles, ket_floats.dtype, -1.0),
            sums,
        )
        restore()
        return self._slopes(sums.sum(axis=0))

    def push(self, state: np.ndarray, tangent: np.ndarray, angles: np.ndarray, rates: np.ndarray) -> None:
        """See `Evolution.push`."""
        (ket, tangents), restore = self._floats(state, tangent)
        plan = self._plan
        push(
            ket,
            tangents,
            len(state),
            plan.low_wires,
            plan.high_wires,
            self._buffers(ket.dtype),
            self._workers,
            plan.sweeps,
            (*self._tables(angles, ket.dtype, 1.0), *self._rates(rates, ket.dtype, 1.0)),
        )
        restore()

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
        vectors, restore = self._floats(state, tangent, bra, bra_tangent)
        plan, dtype = self._plan, vectors[0].dtype
        slopes, changes = np.zeros((2, kernels.CHUNKS, len(plan.kinds), BITS))
        pull(
            *vectors,
            len(state),
            plan.low_wires,
            plan.high_wires,
            self._buffers(dtype, 4),
            self._workers,
            plan.sweeps,
            (*self._tables(angles, dtype, -1.0), *self._rates(rates, dtype, -1.0)),
            slopes,
            changes,
        )
        restore()
        return self._slopes(slopes.sum(axis=0)), self._slopes(changes.sum(axis=0))

    def apply(self, k: int, vector: np.ndarray, angle: float) -> None:
        """See `Evolution.apply`."""
        if k not in self._alone:
            self._alone[k] = HypercubeEvolution(
                sector=self.sector, instructions=(self.instructions[k],), initial=self.initial
            )
        self._alone[k].run(vector, np.array([angle]))

    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """See `Evolution.generate`."""
        instruction = self.instructions[k]
        if isinstance(instruction, Phase):
            values, scale, offset = self.sector.tabulated(instruction.diagonal)
            out += 1j * factor * (scale * values + offset) * vector
        elif isinstance(instruction, Turn):
            rows = np.arange(len(vector))
            for wire, ratio in instruction.ratios.items():
                out += 1j * factor * ratio * vector[rows ^ (1 << (len(self.sector.wires) - 1 - wire))]
        else:
            out += 1j * factor * vector.mean()

    @cached_property
    def _plan(self) -> Schedule:
        return schedule(self.instructions, len(self.sector.wires))

    @property
    def _workers(self) -> int:
        return 1 if self.sector.dimension < kernels.GRAIN else get_num_threads()

    def _buffers(self, dtype: Any, vectors: int = 2) -> np.ndarray:
        return np.empty((self._workers, vectors, 1 << (self._plan.high_wires + kernels.RUN_BITS)), dtype=dtype)

    def _floats(self, *vectors: np.ndarray) -> tuple[list[np.ndarray], Callable[[], None]]:
        """Real and imaginary parts in turn, padded where there are few; and what brings padded ones back."""
        part = np.float32 if vectors[0].dtype == np.complex64 else np.float64
        size, least = len(vectors[0]), 1 << LEAST_WIRES
        if size >= least:
            return [v.view(part) for v in vectors], lambda: None
        padded = np.zeros((len(vectors), least), dtype=vectors[0].dtype)
        padded[:, :size] = vectors

        def restore() -> None:
            for vector, row in zip(vectors, padded, strict=True):
                vector[:] = row[:size]

        return list(padded.view(part)), restore

    def _tables(self, angles: np.ndarray, dtype: Any, direction: float) -> tuple[np.ndarray, ...]:
        """What the kernels look up: see `kernels.hypercube.run`."""
        plan = self._plan
        turned = np.zeros(len(plan.kinds))
        turned[self._phase_steps] = angles[plan.rows[self._phase_steps]] / (2 * math.pi)
        turned[self._reflection_steps] = angles[plan.rows[self._reflection_steps]]
        layers = self._by_qubit(angles)
        scales, offsets, addresses = self._numbers
        return (
            plan.kinds,
            plan.rows,
            turned + plan.signs,
            scales,
            offsets,
            addresses,
            np.cos(layers).astype(dtype),
            (direction * np.sin(layers)).astype(dtype),
        )

    def _by_qubit(self, angles: np.ndarray) -> np.ndarray:
        """The angles of the layers' qubits, or their rates, by side and bit of a block."""
        plan, links = self._plan, self._plan.links
        weights = links.ratios * angles[links.instructions]
        return scattered(links.places, weights, plan.n_layers * 2 * BITS).reshape(plan.n_layers, 2, BITS)

    def _rates(self, rates: np.ndarray, dtype: Any, direction: float) -> tuple[np.ndarray, np.ndarray]:
        """What the kernels look up besides for derivatives: see `kernels.hypercube_tangents`."""
        by_step = np.zeros(len(self._plan.kinds))
        alone = np.concatenate([self._phase_steps, self._reflection_steps])
        by_step[alone] = rates[self._plan.rows[alone]]
        return by_step, (direction * self._by_qubit(rates)).astype(dtype)

    def _slopes(self, sums: np.ndarray) -> np.ndarray:
        plan, links = self._plan, self._plan.links
        slopes = scattered(links.instructions, links.ratios * sums[links.steps, links.bits], len(self.instructions))
        alone = np.concatenate([self._phase_steps, self._reflection_steps])
        slopes[plan.rows[alone]] = sums[alone, 0]
        return 2.0 * slopes

    @cached_property
    def _phase_steps(self) -> np.ndarray:
        return np.flatnonzero(self._plan.kinds == kernels.PHASE)

    @cached_property
    def _reflection_steps(self) -> np.ndarray:
        passes = self._plan.sweeps
        return passes[passes[:, 0] == kernels.REFLECTION, 1]

    @cached_property
    def _diagonals(self) -> list[tuple[np.ndarray, float, float]]:
        """For each instruction, its diagonal's vector with scale and offset; zeros where it has none."""
        nothing = (np.zeros(0), 0.0, 0.0)
        found = [self.sector.tabulated(i.diagonal) if isinstance(i, Phase) else nothing for i in self.instructions]
        if self.sector.dimension >= 1 << LEAST_WIRES:
            return found
        return [(np.resize(v, 1 << LEAST_WIRES) if len(v) else v, a, b) for v, a, b in found]

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scales and offsets of the steps, and the addresses of the instructions' diagonals."""
        rows = self._plan.rows
        scales, offsets = np.ones(len(rows)), np.zeros(len(rows))
        for step in self._phase_steps:
            _, scales[step], offsets[step] = self._diagonals[rows[step]]
        addresses = np.array([v.ctypes.data for v, _, _ in self._diagonals], dtype=np.int64)
        return scales, offsets, addresses
