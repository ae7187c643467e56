"""A circuit lowered to tables of pairs over an explicit list of basis states."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from runtime.evolution import AngleMap, Evolution
from runtime.kernels import evolution as kernels
from runtime.kernels.tangent_vectors import tangent_vectors, tangent_vectors_real
from runtime.kernels.tangents import generator_of, pull, pull_real, push, push_real
from runtime.sector import Sector


@dataclass(frozen=True, eq=False, kw_only=True)
class PairEvolution(Evolution):
    """One row per instruction, over shared tables of pairs and diagonals."""

    sector: Sector
    angle_map: AngleMap
    enlarging: tuple[tuple[str, int], ...]
    initial: np.ndarray  # shape: (dimension,), float64 or complex128
    codes: np.ndarray  # shape: (n_instructions,)
    starts: np.ndarray  # shape: (n_instructions,); into the pairs, or the row of `diagonals`
    stops: np.ndarray  # shape: (n_instructions,)
    first: np.ndarray  # shape: (n_pairs,), uint32
    second: np.ndarray  # shape: (n_pairs,), uint32
    diagonals: np.ndarray  # shape: (n_diagonals, dimension)
    entries: np.ndarray  # shape: (n_instructions, 4), complex128

    @property
    def is_real(self) -> bool:  # type: ignore[override]
        """Whether the state stays real: real rotations of a real start, and nothing else."""
        return bool((self.codes == kernels.ROTATION).all()) and not np.iscomplexobj(self.initial)

    @property
    def nbytes(self) -> int:
        """See `Evolution.nbytes`."""
        return self.sector.nbytes + sum(v.nbytes for v in vars(self).values() if isinstance(v, np.ndarray))

    def prepared(self, dtype: type) -> np.ndarray:
        """See `Evolution.prepared`."""
        return self.initial.astype(dtype)

    def run(self, state: np.ndarray, angles: np.ndarray) -> None:
        """See `Evolution.run`."""
        if np.isrealobj(state):
            kernels.run_real(state, self.starts, self.stops, angles, self.first, self.second)
        else:
            kernels.run(state, self.codes, self.starts, self.stops, angles, *self._tables)

    def run_back(self, state: np.ndarray, bra: np.ndarray, angles: np.ndarray) -> np.ndarray:
        """See `Evolution.run_back`."""
        slopes = np.empty(len(angles))
        if np.isrealobj(state):
            kernels.run_real_back(state, bra, self.starts, self.stops, angles, self.first, self.second, slopes)
        else:
            kernels.run_back(state, bra, self.codes, self.starts, self.stops, angles, slopes, *self._tables)
        return slopes

    @property
    def _tables(self) -> tuple[np.ndarray, ...]:
        return self.first, self.second, self.diagonals, self.entries

    def apply(self, k: int, vector: np.ndarray, angle: float) -> None:
        """See `Evolution.apply`."""
        one = slice(k, k + 1)
        if np.isrealobj(vector):
            kernels.run_real(vector, self.starts[one], self.stops[one], np.array([angle]), self.first, self.second)
            return
        entries = self.entries[one]
        if self.codes[k] == kernels.MATRIX and math.copysign(1.0, angle) < 0:
            entries = entries[:, [0, 2, 1, 3]].conj()
        tables = self.first, self.second, self.diagonals, entries
        kernels.run(vector, self.codes[one], self.starts[one], self.stops[one], np.array([angle]), *tables)

    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """See `Evolution.generate`."""
        start, stop, code = self.starts[k], self.stops[k], self.codes[k]
        if code == kernels.PHASE:
            out += 1j * factor * self.diagonals[start] * vector
        elif code == kernels.REFLECTION:
            out += 1j * factor * (self.diagonals[start] @ vector) * self.diagonals[start]
        elif code == kernels.ROTATION:
            first, second = self.first[start:stop], self.second[start:stop]
            out[first] += factor * vector[second]
            out[second] -= factor * vector[first]
        elif code != kernels.MATRIX:
            first, second = self.first[start:stop], self.second[start:stop]
            up, down = generator_of(code, self.entries[k])
            out[first] += factor * up * vector[second]
            out[second] += factor * down * vector[first]

    def push(self, state: np.ndarray, tangent: np.ndarray, angles: np.ndarray, rates: np.ndarray) -> None:
        """See `Evolution.push`."""
        if np.isrealobj(state):
            push_real(state, tangent, self.starts, self.stops, angles, rates, self.first, self.second)
        else:
            push(state, tangent, self.codes, self.starts, self.stops, angles, rates, *self._tables)

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
        slopes, changes = np.empty((2, len(angles)))
        vectors = state, tangent, bra, bra_tangent
        if np.isrealobj(state):
            tables: tuple[np.ndarray, ...] = self.first, self.second
            pull_real(*vectors, self.starts, self.stops, angles, rates, slopes, changes, *tables)
        else:
            pull(*vectors, self.codes, self.starts, self.stops, angles, rates, slopes, changes, *self._tables)
        return slopes, changes

    def tangent_vectors(self, initial: np.ndarray, angles: np.ndarray, rates: csr_array) -> np.ndarray:
        """See `Evolution.tangent_vectors`."""
        by_parameter = rates.tocsc()
        begins = np.full(rates.shape[1], len(angles), dtype=np.int64)
        used = np.flatnonzero(np.diff(by_parameter.indptr))
        begins[used] = np.minimum.reduceat(by_parameter.indices, by_parameter.indptr[used]) if len(used) else 0
        order = np.argsort(begins, kind="stable")
        ordered = csr_array(by_parameter[:, order])
        links = ordered.indptr.astype(np.int64), ordered.indices.astype(np.int64), ordered.data
        out = np.empty((len(order), len(initial)), dtype=initial.dtype)
        if np.isrealobj(initial):
            tables: tuple[np.ndarray, ...] = self.first, self.second
            tangent_vectors_real(initial, self.starts, self.stops, angles, *links, order, out, *tables)
        else:
            tangent_vectors(initial, self.codes, self.starts, self.stops, angles, *links, order, out, *self._tables)
        return out
