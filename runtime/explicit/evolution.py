"""A circuit lowered to tables of pairs over an explicit list of basis states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runtime.evolution import AngleMap, Evolution
from runtime.kernels import evolution as kernels
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
        return self.sector.keys.nbytes + sum(v.nbytes for v in vars(self).values() if isinstance(v, np.ndarray))

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
        raise NotImplementedError

    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """See `Evolution.generate`."""
        raise NotImplementedError
