"""Circuits without structure: PennyLane's lightning.qubit, behind the same face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pennylane as qml

from runtime.basis_states import bits_to_keys
from runtime.circuit.dependence import depends, innermost
from runtime.circuit.for_lightning import counted_rightly
from runtime.circuit.recognition import ONLY_NATIVE
from runtime.circuit.tracing import Trace
from runtime.machines import Machine
from runtime.memory import dense_bytes, refuse_dense
from runtime.objectives import DiagonalExpectation, Objective, SparseExpectation
from runtime.program import Program
from runtime.restriction import is_hermitian, restrict
from runtime.sector import Sector

MAX_TABLED_WIRES = 26  # diagonal objectives are tabulated over all basis states up to here


class LightningProgram(Program):
    """A program that runs on all amplitudes of lightning.qubit.

    Attributes:
        reason: why the sector engine did not take the circuit.
    """

    engine = "lightning.qubit"

    def __init__(
        self,
        circuit: Callable[[Any], Any],
        trace: Trace,
        observables: Sequence[Any],
        several: bool,
        machine: Machine,
        reason: str,
    ) -> None:
        super().__init__(trace, observables, several, machine)
        self.reason = reason
        self._circuit = circuit
        refuse_dense(len(trace.wires))
        for operator in trace.operators:
            if isinstance(innermost(operator), ONLY_NATIVE):
                raise ValueError(
                    f"{operator.name} has no decomposition and runs on the sector engine only, which cannot take this"
                    f" circuit: {reason}"
                )
        self._device = qml.device("lightning.qubit", wires=list(trace.wires))
        self._tabled = [self._tabulated(o) for o in observables]

    def _tabulated(self, observable: Any) -> Objective | None:
        """Objectives that lightning.qubit does not know, on the whole space."""
        if isinstance(observable, qml.operation.Operator):
            if not is_hermitian(observable):
                raise ValueError(f"An observable must be Hermitian, with finite coefficients, got {observable}.")
            return None
        return restrict(observable, self.sector)

    @cached_property
    def sector(self) -> Sector:
        """All basis states."""
        n = len(self._trace.wires)
        if n > MAX_TABLED_WIRES:
            raise ValueError(
                f"The table of all basis states of {n} wires is too large: at most {MAX_TABLED_WIRES} fit."
            )
        bits = np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1
        return Sector(bits_to_keys(bits.astype(np.uint8)), self._trace.wires)

    @property
    def memory_bytes(self) -> int:
        """Predicted peak of `value_and_grad`."""
        return dense_bytes(len(self._trace.wires))

    def state(self, params: Any) -> np.ndarray:
        """See `Program.state`."""
        values = self._checked(params)

        @qml.qnode(self._device, diff_method=None)
        def run() -> Any:
            self._apply(values)
            return qml.state()

        return np.asarray(run())

    def expval(self, params: Any) -> Any:
        """See `Program.expval`."""
        values = [self._value(params, i) for i in range(len(self._observables))]
        return np.array(values) if self._several else values[0]

    def value_and_grad(self, params: Any) -> tuple[Any, np.ndarray]:
        """See `Program.value_and_grad`."""
        results = [self._value_and_gradient(params, i) for i in range(len(self._observables))]
        if not self._several:
            return results[0]
        return np.array([v for v, _ in results]), np.array([g for _, g in results])

    def _value(self, params: Any, which: int) -> float:
        tabled = self._tabled[which]
        if tabled is not None:
            state = self.state(params)
            return float(tabled.apply(state, np.empty_like(state)))
        return float(self._expectation(self._observables[which], diff_method=None)(self._checked(params)))

    def _value_and_gradient(self, params: Any, which: int) -> tuple[float, np.ndarray]:
        from autograd import value_and_grad

        values = self._checked(params)
        tabled, observable = self._tabled[which], self._observables[which]
        if self.n_params == 0:
            return self._value(values, which), np.zeros(0)
        if tabled is not None:
            state = self.state(values)
            bra = np.empty_like(state)
            exact = float(tabled.apply(state, bra))
            _, gradient = value_and_grad(self._expectation(self._as_observable(tabled, state, bra)))(values)
            return exact, np.asarray(gradient)
        value, gradient = value_and_grad(self._expectation(observable))(values)
        return float(value), np.asarray(gradient)

    def _as_observable(self, objective: Objective, state: np.ndarray, bra: np.ndarray) -> Any:
        """The observable whose expectation has, at this state, the derivative of the objective."""
        from scipy import sparse

        if isinstance(objective, SparseExpectation):
            matrix = objective.matrix
        elif isinstance(objective, DiagonalExpectation):
            matrix = sparse.diags_array(objective.diagonal)
        else:
            ratio = np.divide(bra, state, out=np.zeros_like(bra), where=np.abs(state) > 0)
            matrix = sparse.diags_array(ratio.real)
        return qml.SparseHamiltonian(sparse.csr_matrix(matrix), wires=list(self._trace.wires))

    def _expectation(self, observable: Any, diff_method: str | None = "adjoint") -> Callable[[Any], Any]:
        @qml.qnode(self._device, diff_method=diff_method, interface="autograd" if diff_method else None)
        def run(params: Any) -> Any:
            self._apply(params)
            return qml.expval(observable)

        from autograd import numpy as anp

        # Tied to the parameters: autograd warns of functions that do not depend on their argument.
        return (lambda params: run(params) + 0.0 * anp.sum(params)) if diff_method else run

    def _apply(self, params: Any) -> None:
        """Queue the circuit's gates."""
        with qml.QueuingManager.stop_recording():
            operations = qml.tape.make_qscript(self._circuit)(params).operations
            gates = [gate for operation in operations for gate in counted_rightly(operation, depends)]
        for gate in gates:
            qml.apply(gate)
