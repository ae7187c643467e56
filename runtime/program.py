"""Compiled programs: a circuit and an observable, ready to be evaluated many times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from runtime.machines import Machine
from runtime.measurement import Estimate, estimate
from runtime.sector import Sector

if TYPE_CHECKING:
    from runtime.circuit.tracing import Trace
    from runtime.evolution import Evolution
    from runtime.objectives import Objective
    from runtime.resources import Resources


class Program(ABC):
    """A circuit and an observable, compiled.

    Made by `runtime.compile`. Vectors over the sector are in the order of `sector.bitstrings()`.

    Attributes:
        n_params: length of the parameter vector.
        sector: the basis states that the circuit can reach.
        engine: "sector", or "lightning.qubit" where the circuit has no structure to use.
        machine: where `estimate` and `sample` are measured.
    """

    engine: Literal["sector", "lightning.qubit"]

    def __init__(self, trace: Trace, observables: Sequence[Any], several: bool, machine: Machine) -> None:
        self.n_params = trace.n_params
        self.machine = machine
        self._trace = trace
        self._observables = tuple(observables)
        self._several = several

    @property
    @abstractmethod
    def sector(self) -> Sector:
        """The basis states that the circuit can reach."""

    @property
    @abstractmethod
    def memory_bytes(self) -> int:
        """Predicted peak of `value_and_grad`, tables included."""

    @abstractmethod
    def state(self, params: Any) -> np.ndarray:
        """The amplitudes, shape (dimension,), real where circuit and observable are."""

    @abstractmethod
    def expval(self, params: Any) -> Any:
        """The observable's or objective's value, a float; an array for several observables."""

    @abstractmethod
    def value_and_grad(self, params: Any) -> tuple[Any, np.ndarray]:
        """Value, and its exact gradient by the adjoint method (Jones & Gacon, arXiv:2009.02823).

        Args:
            params: shape (n_params,).

        Returns:
            A float and an array of shape (n_params,), float64; for several observables, shapes (m,) and (m, n_params).

        Raises:
            ValueError: if `params` has another shape or is not finite.
        """

    def probabilities(self, params: Any) -> np.ndarray:
        """The probability of each basis state of the sector, shape (dimension,)."""
        return np.abs(self.state(params)) ** 2

    def sample(self, params: Any, *, shots: int | None = None, seed: int | None = 7) -> np.ndarray:
        """Measured bit strings, shape (shots, n_wires), uint8, wire 0 first."""
        shots = self.machine.shots_for(shots)
        weights = self.probabilities(params)
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(weights), size=shots, p=weights / weights.sum())
        return self._bits[rows]

    def estimate(self, params: Any, *, shots: int | None = None, seed: int | None = 7) -> Estimate:
        """The observable's value as measured: exact on the exact machine unless shots are asked for.

        A diagonal observable is read from samples of the computational basis. Any other is measured in groups of Pauli
        words that commute qubit by qubit, with the shots spread over the groups by their weight.
        """
        if self._several:
            raise ValueError(
                "An estimate is of one observable, and this program has several: compile one program for each."
            )
        if shots is None and self.machine.shots is None:
            return Estimate(float(self.expval(params)), 0.0)
        return estimate(self, self._observables[0], params, self.machine.shots_for(shots), seed)

    @cached_property
    def _bits(self) -> np.ndarray:
        return self.sector.bitstrings()

    def resources(self) -> Resources:
        """Qubits, depth, gates after decomposition, and which gates enlarged the sector."""
        from runtime.resources import count_resources

        return count_resources(self, self._trace, self._enlarging)

    @property
    def _enlarging(self) -> tuple[tuple[str, int], ...]:
        return ()

    def _checked(self, params: Any) -> np.ndarray:
        values = np.asarray(params, dtype=np.float64)
        if values.shape != (self.n_params,):
            raise ValueError(f"This program takes parameters of shape ({self.n_params},), got shape {values.shape}.")
        if not np.isfinite(values).all():
            raise ValueError("Parameters must be finite numbers, got nan or infinity.")
        return values


class SectorProgram(Program):
    """A program that runs on the amplitudes it can reach."""

    engine = "sector"

    def __init__(
        self,
        trace: Trace,
        observables: Sequence[Any],
        several: bool,
        machine: Machine,
        evolution: Evolution,
        objectives: Sequence[Objective],
    ) -> None:
        super().__init__(trace, observables, several, machine)
        self._evolution = evolution
        self._objectives = tuple(objectives)
        self._dtype = np.float64 if evolution.is_real and all(o.is_real for o in objectives) else np.complex128

    def with_objectives(self, objectives: Sequence[Objective]) -> SectorProgram:
        """The same circuit for other observables, already restricted to its sector."""
        return SectorProgram(self._trace, self._observables, True, self.machine, self._evolution, objectives)

    @property
    def sector(self) -> Sector:
        """The basis states that the circuit can reach."""
        return self._evolution.sector

    @property
    def memory_bytes(self) -> int:
        """Predicted peak of `value_and_grad`: tables, observables, and the two vectors of the adjoint method."""
        vectors = 2 * self.sector.dimension * np.dtype(self._dtype).itemsize
        return self._evolution.nbytes + sum(o.nbytes for o in self._objectives) + vectors

    @property
    def _enlarging(self) -> tuple[tuple[str, int], ...]:
        return self._evolution.enlarging

    def state(self, params: Any) -> np.ndarray:
        """See `Program.state`."""
        return self._run(self._evolution.angle_map.forward(self._angles(self._checked(params))))

    def expval(self, params: Any) -> Any:
        """See `Program.expval`."""
        state = self.state(params)
        bra = np.empty_like(state)
        values = [o.apply(state, bra) for o in self._objectives]
        return np.array(values) if self._several else values[0]

    def value_and_grad(self, params: Any) -> tuple[Any, np.ndarray]:
        """See `Program.value_and_grad`."""
        values = self._checked(params)
        if self._trace.angles is None:
            return self._value_and_slopes(values)
        from autograd import make_vjp

        pull_back, angles = make_vjp(self._trace.angles)(values)
        value, slopes = self._value_and_slopes(np.asarray(angles, dtype=np.float64))
        if self._several:
            return value, np.array([pull_back(row) for row in slopes])
        return value, np.asarray(pull_back(slopes), dtype=np.float64)

    def _value_and_slopes(self, angles: np.ndarray) -> tuple[Any, np.ndarray]:
        """Values, and their derivatives by the circuit's angles."""
        turned = self._evolution.angle_map.forward(angles)
        state = self._run(turned)
        bra = np.empty_like(state)
        if not self._several:
            value = self._objectives[0].apply(state, bra)
            return value, self._slopes(state, bra, turned)
        results = [(o.apply(state, bra), self._slopes(state.copy(), bra, turned)) for o in self._objectives]
        return np.array([v for v, _ in results]), np.array([g for _, g in results])

    def _angles(self, params: np.ndarray) -> np.ndarray:
        if self._trace.angles is None:
            return params
        return np.asarray(self._trace.angles(params), dtype=np.float64)

    def _run(self, turned: np.ndarray) -> np.ndarray:
        state = self._evolution.prepared(self._dtype)
        self._evolution.run(state, turned)
        return state

    def _slopes(self, state: np.ndarray, bra: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """The derivative by each of the circuit's angles; both vectors are used up."""
        return self._evolution.angle_map.backward(self._evolution.run_back(state, bra, turned), self._trace.n_angles)
