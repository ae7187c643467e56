"""One question that is put to every engine: a circuit as a list of gates, an observable, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from workloads.bench.cases.jastrow import Jastrow
    from workloads.bench.traffic import Traffic


@dataclass(frozen=True)
class Gate:
    """One PennyLane operation whose angle is a multiple of one parameter."""

    kind: str  # PennyLane's name of the operation
    wires: tuple[Any, ...]  # of a FermionicDoubleExcitation: its two tuples of wires
    slot: int | None = None  # the parameter; None: a gate without angle
    factor: float = 1.0  # angle = factor * params[slot], radians

    def apply(self, params: Any) -> None:
        """Apply it in a PennyLane circuit."""
        import pennylane as qml

        if self.kind == "FermionicDoubleExcitation":
            first, second = self.wires
            qml.FermionicDoubleExcitation(self.factor * params[self.slot], wires1=list(first), wires2=list(second))
        elif self.slot is None:
            getattr(qml, self.kind)(wires=list(self.wires))
        else:
            getattr(qml, self.kind)(self.factor * params[self.slot], wires=list(self.wires))


@dataclass(frozen=True, kw_only=True)
class Start:
    """The state that the circuit begins with: a basis state, a Dicke state, or all basis states alike."""

    n_wires: int
    occupied: tuple[int, ...] | None = None  # of a basis state
    n_chosen: int | None = None  # of a Dicke state; neither: all basis states alike

    def apply(self) -> None:
        """Prepare it in a PennyLane circuit, in the way that the runtime knows best."""
        import pennylane as qml

        from runtime.operations import DickeState

        if self.occupied is not None:
            qml.BasisState(np.isin(range(self.n_wires), self.occupied).astype(np.int64), wires=range(self.n_wires))
        elif self.n_chosen is not None:
            DickeState(self.n_chosen, wires=range(self.n_wires))
        else:
            for wire in range(self.n_wires):
                qml.Hadamard(wire)

    def vector(self) -> np.ndarray:
        """The amplitudes over all basis states, wire 0 the highest bit, shape (2**n_wires,), complex128."""
        n = self.n_wires
        state = np.zeros(2**n, dtype=np.complex128)
        if self.occupied is not None:
            state[sum(1 << (n - 1 - wire) for wire in self.occupied)] = 1.0
        elif self.n_chosen is not None:
            chosen = np.bitwise_count(np.arange(2**n, dtype=np.uint32)) == self.n_chosen
            state[chosen] = 1.0 / np.sqrt(np.count_nonzero(chosen))
        else:
            state[:] = 2.0 ** (-n / 2)
        return state


@dataclass(frozen=True, kw_only=True)
class Case:
    """One circuit and observable, and whether its value or its value and gradient are asked for."""

    name: str  # how it is chosen: uccsd-h2o
    label: str  # how a reader sees it: UCCSD H2O
    gradient: bool
    start: Start
    gates: Sequence[Gate] = field(repr=False)
    params: np.ndarray = field(repr=False)  # shape: (n_params,), where it is evaluated
    observable: Any = field(repr=False)  # for this runtime and for peers that take a Pauli sum
    matrix: Callable[[], Any] = field(repr=False)  # the same as a real CSR matrix over all states, wire 0 highest
    traffic: Traffic = field(repr=False)  # which bytes an evaluation must move
    # If the observable is a diagonal: shape (2**n_wires,). Each phase of the circuit, a run of neighbouring diagonal
    # gates, then turns by exp(-i angle diagonal), as in QAOA.
    diagonal: np.ndarray | None = field(default=None, repr=False)
    jastrow: Jastrow | None = field(default=None, repr=False)  # the same for a simulator of fermions
    series: str | None = None  # cases of one series differ in size only, and are drawn as one curve
    size: int = 0  # what grows along the series

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.params)

    @property
    def n_wires(self) -> int:
        """Qubits."""
        return self.start.n_wires

    @property
    def quantity(self) -> str:
        """What is asked for."""
        return "value and gradient" if self.gradient else "value"

    @cached_property
    def full_matrix(self) -> Any:
        """The observable as a matrix over all basis states, made when a peer first asks for it."""
        return self.matrix()

    def circuit(self, params: Any) -> None:
        """The circuit in PennyLane."""
        self.start.apply()
        for gate in self.gates:
            gate.apply(params)
