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
    from runtime.resources import Resources
    from runtime.unprojected import Unprojected

Precision = Literal["double", "single"]


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
        """Predicted peak of `compile` and `value_and_grad`, tables included, in bytes.

        The first program of a process also loads compiled kernels, some 100 MB.
        """

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

    def vjp(self, params: Any, cotangents: Any) -> tuple[Any, np.ndarray]:
        """Values, and a weighted sum of their gradients: one adjoint pass, however many observables there are.

        Args:
            params: shape (n_params,).
            cotangents: the weights, shape (m,) for m observables; a number for a single one.

        Returns:
            The value or values, and the product cotangents . Jacobian, shape (n_params,).

        Raises:
            ValueError: if an argument has another shape or is not finite.
        """
        weights = self._checked_cotangents(cotangents)
        value, gradient = self.value_and_grad(params)
        return value, weights @ gradient.reshape(len(weights), self.n_params)

    def jvp(self, params: Any, tangent: Any) -> tuple[Any, Any]:
        """Value, and its derivative along a direction in the space of parameters, in forward mode.

        Args:
            params: shape (n_params,).
            tangent: the direction, shape (n_params,).

        Returns:
            Two floats; two arrays of shape (m,) for several observables.

        Raises:
            ValueError: if an argument has another shape or is not finite.
        """
        direction = self._checked(tangent, "a tangent")
        value, gradient = self.value_and_grad(params)
        return value, gradient @ direction

    def hvp(self, params: Any, tangent: Any) -> tuple[float, np.ndarray, np.ndarray]:
        """Value, gradient, and the product of the Hessian with a direction in the space of parameters.

        Four vectors over the sector, whatever the depth, and two to three times the work of `value_and_grad`.

        Args:
            params: shape (n_params,).
            tangent: the direction, shape (n_params,).

        Returns:
            A float, and two arrays of shape (n_params,).

        Raises:
            ValueError: if an argument has another shape or is not finite, if the program has several observables, or if
                it runs on lightning.qubit, whose adjoint method is of first order.
        """
        self._checked(params), self._checked(tangent, "a tangent")
        raise self._not_here("A Hessian-vector product")

    def metric(self, params: Any) -> np.ndarray:
        """The Fubini-Study metric g_ij = Re(<d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi>) of the circuit's states.

        Stokes et al., "Quantum natural gradient", Quantum 4, 269 (2020).

        Args:
            params: shape (n_params,).

        Returns:
            Shape (n_params, n_params), symmetric and positive semidefinite, in radian^-2 of the parameters.

        Raises:
            ValueError: if `params` has another shape or is not finite, or if the program runs on lightning.qubit.
        """
        self._checked(params)
        raise self._not_here("The Fubini-Study metric")

    def variance(self, params: Any) -> Any:
        """The observable's variance <A^2> - <A>^2, exact also where A leads out of the sector.

        What A reaches from the sector is found at the first call; the circuit itself still runs on its own sector.

        Args:
            params: shape (n_params,).

        Returns:
            A float, in the observable's unit squared; an array of shape (m,) for several observables.

        Raises:
            ValueError: if the objective is CVaR or Gibbs, or if `params` has another shape or is not finite.
            DoesNotFitError: if what the observable reaches would not fit in memory; a `ValueError`.
        """
        state = self.state(params)
        values = [observable.variance(state) for observable in self._unprojected]
        return np.array(values) if self._several else values[0]

    def pool_gradients(self, params: Any, generators: Sequence[Any]) -> np.ndarray:
        """The derivatives of the value by gates exp(-i t G) appended to the circuit, at t = 0: i <[G, A]>.

        They choose the next operator of an adaptive ansatz (Grimsley et al., Nat. Commun. 10, 3007 (2019)). Exact also
        where neither A nor G stays in the sector.

        Args:
            params: shape (n_params,).
            generators: Hermitian PennyLane operators on the circuit's wires.

        Returns:
            Shape (n_generators,).

        Raises:
            ValueError: if a generator is not Hermitian or acts on other wires, if there are several observables, if the
                objective is CVaR or Gibbs, or if `params` has another shape or is not finite.
        """
        if self._several:
            raise ValueError(
                "Pool gradients are of one observable, and this program has several: compile one for each."
            )
        return self._unprojected[0].slopes(self.state(params), generators)

    def overlap(self, params: Any, other: Program, other_params: Any) -> complex | float:
        """The scalar product <psi|phi> of this program's state with another's.

        Args:
            params: of this program, shape (n_params,).
            other: a program over the same wires, in any order, on any sector and either engine.
            other_params: of the other program.

        Returns:
            A float where both states are real, else a complex number; its squared modulus is the fidelity.

        Raises:
            ValueError: if the programs are not over the same wires, or parameters have another shape or are not finite.
        """
        from runtime.unprojected import overlap

        if not isinstance(other, Program):
            raise ValueError(f"An overlap is with another program, got {other!r}.")
        return overlap(self.sector, self.state(params), other.sector, other.state(other_params))

    @cached_property
    def _unprojected(self) -> list[Unprojected]:
        from runtime.unprojected import Unprojected

        return [Unprojected.of(o, self.sector) for o in self._observables]

    def _not_here(self, what: str) -> ValueError:
        return ValueError(
            f"{what} is computed by the sector engine only, and this program runs on {self.engine}: restrict the"
            " circuit to gates that conserve something, or use value_and_grad."
        )

    def probabilities(self, params: Any) -> np.ndarray:
        """The probability of each basis state of the sector, shape (dimension,)."""
        return np.abs(self.state(params)) ** 2

    def sample(self, params: Any, *, shots: int | None = None, seed: int | None = 7) -> np.ndarray:
        """Measured bit strings, shape (shots, n_wires), uint8, wire 0 first."""
        shots = self.machine.shots_for(shots)
        weights = self.probabilities(params)
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(weights), size=shots, p=weights / weights.sum())
        return self.sector.bits_of(rows)

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

    def resources(self) -> Resources:
        """Qubits, depth, gates after decomposition, and which gates enlarged the sector."""
        from runtime.resources import count_resources

        return count_resources(self, self._trace, self._enlarging)

    @property
    def _enlarging(self) -> tuple[tuple[str, int], ...]:
        return ()

    def _checked(self, params: Any, what: str = "parameters") -> np.ndarray:
        try:
            values = np.asarray(params, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"This program takes {what} of real numbers, got {params!r}.") from error
        if values.shape != (self.n_params,):
            raise ValueError(f"This program takes {what} of shape ({self.n_params},), got shape {values.shape}.")
        if not np.isfinite(values).all():
            raise ValueError(f"{what.capitalize()} must be finite, got nan or infinity.")
        return values

    def _checked_cotangents(self, cotangents: Any) -> np.ndarray:
        weights = np.asarray(cotangents, dtype=np.float64)
        wanted = (len(self._observables),) if self._several else ()
        if weights.shape != wanted or not np.isfinite(weights).all():
            raise ValueError(
                f"Cotangents are finite numbers of shape {wanted}, one for each observable, got shape {weights.shape}."
            )
        return np.atleast_1d(weights)
