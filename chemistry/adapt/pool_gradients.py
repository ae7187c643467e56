"""The gradients of a whole pool from one application of the Hamiltonian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from chemistry.adapt.determinant_space import DeterminantSpace, Pairs, fixed_sign
from chemistry.adapt.pools import PoolOperator
from chemistry.excitations import Excitation

MOST_PAIRS = 1 << 25  # 256 MB; the tables of a larger pool are made in parts, again at each call


@dataclass(frozen=True)
class PoolGradients:
    """What one application of the Hamiltonian says about a state."""

    of_operators: np.ndarray  # shape: (n_operators,), hartree per radian
    of_excitations: dict[Excitation, float] = field(repr=False)  # hartree per radian, of each by itself
    energy: float  # hartree
    variance: float  # hartree^2: <H^2> - <H>^2, zero for an eigenstate only

    @property
    def largest(self) -> float:
        """The largest of the operators, hartree per radian."""
        return float(np.abs(self.of_operators).max(initial=0.0))


class Pool:
    """A pool, prepared for its gradients at many states.

    Args:
        operators: Of the pool.
        space: The determinants.
        most_pairs: How many pairs of determinants may be held at a time.
    """

    def __init__(
        self, operators: Sequence[PoolOperator], space: DeterminantSpace, *, most_pairs: int = MOST_PAIRS
    ) -> None:
        self.operators = tuple(operators)
        self._space = space
        numbers: dict[Excitation, int] = {}
        for operator in operators:
            for excitation in operator.excitations:
                numbers.setdefault(excitation, len(numbers))
        self._excitations = tuple(numbers)
        parts = [
            (row, numbers[excitation], factor)
            for row, operator in enumerate(operators)
            for excitation, factor in zip(operator.excitations, operator.factors, strict=True)
        ]
        rows, columns, factors = zip(*parts, strict=True) if parts else ((), (), ())
        self._rows, self._columns = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
        self._factors = np.array(factors, dtype=np.float64)
        self._doubles: dict[frozenset[int], list[Excitation]] = {}
        for excitation in self._excitations:
            if len(excitation.sources) == 2:
                self._doubles.setdefault(frozenset(excitation.sources + excitation.targets), []).append(excitation)
        self._signs = np.array([fixed_sign(e) for e in self._excitations], dtype=np.float64)
        self._gates = space.gates(self._excitations)
        whole = np.cumsum(self._gates.counts) // max(1, most_pairs)
        edges = [0, *(np.flatnonzero(np.diff(whole)) + 1).tolist(), len(self._excitations)]
        self._spans = [slice(a, b) for a, b in pairwise(edges)]
        self._kept: Pairs | None = None

    def gradients(self, state: np.ndarray) -> PoolGradients:
        """The derivative of the energy by each operator's parameter, appended to a circuit at zero.

        One application of H, and 2 <H psi| tau - tau† |psi> for each excitation.

        Args:
            state: The circuit's state, shape (dimension,).
        """
        from chemistry.adapt.kernels.pairs import write_slopes

        image = np.empty_like(state)
        energy = float(self._space.energy.apply(state, image))
        slopes = np.empty(len(self._excitations))
        for span in self._spans:
            write_slopes(state, image, *self._pairs(span), slopes[span])
        slopes *= self._signs
        gradients = np.zeros(len(self.operators))
        np.add.at(gradients, self._rows, self._factors * slopes[self._columns])
        return PoolGradients(
            of_operators=gradients,
            of_excitations=dict(zip(self._excitations, slopes.tolist(), strict=True)),
            energy=energy,
            variance=float(np.linalg.norm(image - energy * state) ** 2),
        )

    def doubles_on(self, wires: frozenset[int]) -> list[Excitation]:
        """The pool's double excitations of four wires."""
        return self._doubles[wires]

    def _pairs(self, span: slice) -> Pairs:
        if len(self._spans) > 1:
            return self._space.pairs(self._gates.some(span))
        if self._kept is None:
            self._kept = self._space.pairs(self._gates)
        return self._kept
