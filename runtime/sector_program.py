"""Programs that run on the amplitudes they can reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.circuit.parametrization import Parametrization
from runtime.machines import Machine
from runtime.objectives import differential
from runtime.program import Precision, Program
from runtime.sector import Sector
from runtime.vectors import empty_vector

if TYPE_CHECKING:
    from runtime.circuit.tracing import Trace
    from runtime.derivatives import Bras
    from runtime.evolution import Evolution
    from runtime.objectives import Objective


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
        precision: Precision = "double",
    ) -> None:
        super().__init__(trace, observables, several, machine)
        self._precision = precision
        self._evolution = evolution
        self._objectives = tuple(objectives)
        self._parametrization = Parametrization(trace.angles)
        real, complex_ = (np.float32, np.complex64) if precision == "single" else (np.float64, np.complex128)
        self._dtype = real if evolution.is_real and all(o.is_real for o in objectives) else complex_

    def with_objectives(self, observables: Sequence[Any], objectives: Sequence[Objective]) -> SectorProgram:
        """The same circuit for other observables, already restricted to its sector."""
        return SectorProgram(self._trace, observables, True, self.machine, self._evolution, objectives, self._precision)

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
        return self._run(self._evolution.angle_map.forward(self._parametrization.angles(self._checked(params))))

    def expval(self, params: Any) -> Any:
        """See `Program.expval`."""
        state = self.state(params)
        alone = not self._several and self._objectives[0].is_diagonal
        bra = state if alone else empty_vector(len(state), state.dtype)
        return self._as_asked([o.apply(state, bra) for o in self._objectives])

    def value_and_grad(self, params: Any) -> tuple[Any, np.ndarray]:
        """See `Program.value_and_grad`."""
        angles, pull_back = self._parametrization.with_pullback(self._checked(params))
        value, slopes = self._value_and_slopes(angles)
        if self._several:
            return value, np.array([pull_back(row) for row in slopes]).reshape(len(slopes), self.n_params)
        return value, pull_back(slopes)

    def vjp(self, params: Any, cotangents: Any) -> tuple[Any, np.ndarray]:
        """See `Program.vjp`."""
        from runtime.derivatives import combined_bra

        weights = self._checked_cotangents(cotangents)
        angles, pull_back = self._parametrization.with_pullback(self._checked(params))
        turned = self._evolution.angle_map.forward(angles)
        state = self._run(turned)
        values, bra = combined_bra(self._objectives, weights, state)
        return self._as_asked(values), pull_back(self._slopes(state, bra, turned))

    def jvp(self, params: Any, tangent: Any) -> tuple[Any, Any]:
        """See `Program.jvp`."""
        state, moved = self.state_and_tangent(params, tangent)
        bra = empty_vector(len(state), state.dtype)
        pairs = [(o.apply(state, bra), 2.0 * float(np.vdot(bra, moved).real)) for o in self._objectives]
        return self._as_asked([v for v, _ in pairs]), self._as_asked([d for _, d in pairs])

    def state_and_tangent(self, params: Any, tangent: Any) -> tuple[np.ndarray, np.ndarray]:
        """The amplitudes, and their derivative along a direction in the space of parameters.

        Args:
            params: shape (n_params,).
            tangent: the direction, shape (n_params,).

        Returns:
            Two arrays of shape (dimension,).

        Raises:
            ValueError: if an argument has another shape or is not finite.
        """
        from runtime.derivatives import pushed

        values, direction = self._checked(params), self._checked(tangent, "a tangent")
        state = self._evolution.prepared(self._dtype)
        return state, pushed(self._evolution, state, *self._turned(values, direction))

    def hvp(self, params: Any, tangent: Any) -> tuple[float, np.ndarray, np.ndarray]:
        """See `Program.hvp`."""
        if self._several:
            raise ValueError("A Hessian is of one observable, and this program has several: compile one for each.")
        objective, value = self._objectives[0], 0.0

        def bras(state: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            nonlocal value
            bra, bra_tangent = np.empty_like(state), np.empty_like(state)
            value = objective.apply(state, bra)
            differential(objective, state, moved, bra_tangent)
            return bra, bra_tangent

        gradient, product = self.hvp_of(params, tangent, bras)
        return value, gradient, product

    def hvp_of(self, params: Any, tangent: Any, bras: Bras) -> tuple[np.ndarray, np.ndarray]:
        """`Program.hvp` for a function of the state that is no observable, or that changes along the direction too.

        Args:
            params: shape (n_params,).
            tangent: the direction, shape (n_params,).
            bras: called with the state and its tangent, shape (dimension,) each; gives the function's derivative by
                conj(state), and how fast that changes along the direction, new arrays of the same shape and kind.

        Returns:
            The gradient, and its change along the direction, two arrays of shape (n_params,).

        Raises:
            ValueError: if an argument has another shape or is not finite.
        """
        from runtime.derivatives import hessian_vector

        values, direction = self._checked(params), self._checked(tangent, "a tangent")
        _, pull_back = self._parametrization.with_pullback(values)
        state = self._evolution.prepared(self._dtype)
        both = hessian_vector(self._evolution, bras, state, *self._turned(values, direction))
        slopes, changes = (self._evolution.angle_map.backward(s, self._trace.n_angles) for s in both)
        curved = self._parametrization.curved(values, slopes, direction)
        return pull_back(slopes), pull_back(changes) + curved

    def metric(self, params: Any) -> np.ndarray:
        """See `Program.metric`."""
        from runtime.derivatives import fubini_study

        values = self._checked(params)
        chain = self._parametrization
        turned = self._evolution.angle_map.forward(chain.angles(values))
        jacobian = None if chain.function is None else chain.jacobian(values)
        rates = self._evolution.angle_map.rates_by(jacobian, self._trace.n_angles)
        return fubini_study(self._evolution, self._evolution.prepared(self._dtype), turned, rates)

    def _turned(self, params: np.ndarray, tangent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The angles of the instructions, and how fast they turn along a direction."""
        angle_map = self._evolution.angle_map
        angles = self._parametrization.angles(params)
        return angle_map.forward(angles), angle_map.rates(self._parametrization.pushed(params, tangent))

    def _as_asked(self, values: Sequence[float]) -> Any:
        """An array for several observables, a float for one."""
        return np.array(values) if self._several else values[0]

    def _value_and_slopes(self, angles: np.ndarray) -> tuple[Any, np.ndarray]:
        """Values, and their derivatives by the circuit's angles."""
        turned = self._evolution.angle_map.forward(angles)
        state = self._run(turned)
        bra = empty_vector(len(state), state.dtype)
        if not self._several:
            value = self._objectives[0].apply(state, bra)
            return value, self._slopes(state, bra, turned)
        results = [(o.apply(state, bra), self._slopes(state.copy(), bra, turned)) for o in self._objectives]
        return np.array([v for v, _ in results]), np.array([g for _, g in results])

    def _run(self, turned: np.ndarray) -> np.ndarray:
        state = self._evolution.prepared(self._dtype)
        self._evolution.run(state, turned)
        return state

    def _slopes(self, state: np.ndarray, bra: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """The derivative by each of the circuit's angles; both vectors are used up."""
        return self._evolution.angle_map.backward(self._evolution.run_back(state, bra, turned), self._trace.n_angles)
