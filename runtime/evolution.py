"""What programs and derivatives need of a lowered circuit, however its sector is laid out in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from runtime.circuit.affine import Affine
from runtime.sector import Sector
from runtime.vectors import scattered


@dataclass(frozen=True, eq=False)
class AngleMap:
    """How the angle of each instruction follows from the angles of the circuit.

    Instruction k turns by `shifts[k]` plus the sum of scale * angles[source] over its rows of links.
    """

    shifts: np.ndarray  # shape: (n_instructions,)
    rows: np.ndarray  # shape: (n_links,); instruction of each link
    sources: np.ndarray  # shape: (n_links,); index of the circuit's angle
    scales: np.ndarray  # shape: (n_links,)

    @classmethod
    def of(cls, angles: Iterable[Affine]) -> AngleMap:
        """The map for instructions with these angles."""
        steps = list(angles)
        links = [(k, i, complex(c).real) for k, a in enumerate(steps) for i, c in a.coefficients.items()]
        rows, sources, scales = zip(*links, strict=True) if links else ((), (), ())
        return cls(
            shifts=np.array([a.real_constant for a in steps], dtype=np.float64),
            rows=np.array(rows, dtype=np.int64),
            sources=np.array(sources, dtype=np.int64),
            scales=np.array(scales, dtype=np.float64),
        )

    @cached_property
    def _one_to_one(self) -> bool:
        """Most circuits turn each gate by a multiple of one angle; then no scatter is needed."""
        return len(self.rows) == len(self.shifts) and bool((np.diff(self.rows) == 1).all())

    def forward(self, angles: np.ndarray) -> np.ndarray:
        """The angle of each instruction, shape (n_instructions,)."""
        return self.rates(angles) + self.shifts

    def rates(self, tangent: np.ndarray) -> np.ndarray:
        """How fast each instruction turns when the circuit's angles move along `tangent`, shape (n_instructions,)."""
        if self._one_to_one:
            return self.scales * tangent[self.sources]
        return scattered(self.rows, self.scales * tangent[self.sources], len(self.shifts))

    def rates_by(self, jacobian: np.ndarray | None, n_angles: int) -> csr_array:
        """How fast each instruction turns with each parameter, shape (n_instructions, n_params).

        Args:
            jacobian: of the circuit's angles by its parameters, shape (n_angles, n_params); None for the identity.
            n_angles: the number of the circuit's angles.
        """
        by_angle = csr_array((self.scales, (self.rows, self.sources)), shape=(len(self.shifts), n_angles))
        return by_angle if jacobian is None else csr_array(by_angle @ csr_array(jacobian))

    def backward(self, slopes: np.ndarray, n_angles: int) -> np.ndarray:
        """The derivative by each of the circuit's angles, from that by each instruction's, shape (n_angles,)."""
        weighted = self.scales * (slopes if self._one_to_one else slopes[self.rows])
        return scattered(self.sources, weighted, n_angles)


class Evolution(ABC):
    """A circuit lowered to kernels: a list of instructions exp(i a G) on vectors over one sector.

    Attributes:
        sector: the basis states that vectors are over.
        angle_map: the instructions' angles.
        is_real: whether a real state stays real.
        enlarging: operators that enlarged the sector, and its dimension after each.
    """

    sector: Sector
    angle_map: AngleMap
    is_real: bool
    enlarging: tuple[tuple[str, int], ...]

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Bytes of all tables, the sector's included."""

    @abstractmethod
    def prepared(self, dtype: type) -> np.ndarray:
        """A fresh vector with the initial state, shape (dimension,)."""

    @abstractmethod
    def run(self, state: np.ndarray, angles: np.ndarray) -> None:
        """Apply all instructions, in place.

        Args:
            state: as from `prepared`.
            angles: of the instructions, shape (n_instructions,).
        """

    @abstractmethod
    def run_back(self, state: np.ndarray, bra: np.ndarray, angles: np.ndarray) -> np.ndarray:
        """Undo all instructions on both vectors, in place; returns 2 Re <bra| i G |state> of each, at its moment."""

    @abstractmethod
    def apply(self, k: int, vector: np.ndarray, angle: float) -> None:
        """Apply instruction k alone, in place; with the opposite angle it is undone, unless it is a fixed matrix.

        A fixed matrix has no angle: the sign of `angle` then says whether it is applied or undone.
        """

    @abstractmethod
    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """Add factor * i G_k vector to `out`."""

    # What follows is right for every layout. `push` and `pull` take one instruction at a time, and are there to be read
    # and to test against: every layout has fused ones of its own.

    def push(self, state: np.ndarray, tangent: np.ndarray, angles: np.ndarray, rates: np.ndarray) -> None:
        """Apply all instructions, in place, to a state and to its derivative along a direction.

        Args:
            state: as from `prepared`.
            tangent: its derivative; zeros at the start of a circuit.
            angles: of the instructions, shape (n_instructions,).
            rates: how fast they turn along the direction, shape (n_instructions,).
        """
        for k, (angle, rate) in enumerate(zip(angles, rates, strict=True)):
            self.apply(k, tangent, angle)
            self.apply(k, state, angle)
            self.generate(k, state, rate, tangent)

    def pull(
        self,
        state: np.ndarray,
        tangent: np.ndarray,
        bra: np.ndarray,
        bra_tangent: np.ndarray,
        angles: np.ndarray,
        rates: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Undo all instructions on all four vectors, in place.

        Returns:
            The slopes 2 Re <bra| i G |state> of `run_back`, and their derivatives along the direction.
        """
        slopes, changes = np.empty((2, len(angles)))
        turned, turned_tangent = np.empty((2, len(state)), dtype=state.dtype)
        for k in range(len(angles) - 1, -1, -1):
            turned[:] = turned_tangent[:] = 0.0
            self.generate(k, state, 1.0, turned)
            self.generate(k, tangent, 1.0, turned_tangent)
            slopes[k] = 2.0 * np.vdot(bra, turned).real
            changes[k] = 2.0 * (np.vdot(bra_tangent, turned) + np.vdot(bra, turned_tangent)).real
            tangent -= rates[k] * turned
            self.generate(k, bra, -rates[k], bra_tangent)
            for vector in (state, tangent, bra, bra_tangent):
                self.apply(k, vector, -angles[k])
        return slopes, changes

    def tangent_vectors(self, initial: np.ndarray, angles: np.ndarray, rates: csr_array) -> np.ndarray:
        """The derivatives of the final state by all parameters.

        Args:
            initial: as from `prepared`; left as it is.
            angles: of the instructions, shape (n_instructions,).
            rates: of the instructions by each parameter, shape (n_instructions, n_params).

        Returns:
            Shape (n_params, dimension).
        """
        by_parameter = rates.tocsc()
        tangents = np.zeros((rates.shape[1], len(initial)), dtype=initial.dtype)
        for j, tangent in enumerate(tangents):
            self.push(initial.copy(), tangent, angles, by_parameter[:, [j]].toarray()[:, 0])
        return tangents
