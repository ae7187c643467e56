"""A circuit in the gates of a machine: rz, sx, x, and cx or cz; its angles may still be symbols."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np

from chemistry.mappings.mapped_circuit import rotations_of
from runtime.circuit.affine import Affine

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz

Entangler = Literal["cx", "cz"]

_ROUNDING = 1e-12


class Gate(NamedTuple):
    """One gate; rz alone has an angle."""

    name: str  # "rz", "sx", "x", "cx" or "cz"
    qubits: tuple[int, ...]
    angle: Affine | None = None  # radians; of the circuit's parameters


@dataclass(frozen=True, kw_only=True, eq=False)
class MachineCircuit:
    """Gates in order, on qubits 0 to n_qubits - 1, which begin in the state 0."""

    n_qubits: int
    gates: tuple[Gate, ...]
    phase: Affine  # radians: the global phase of what the gates leave out
    parameters: tuple[int, ...]  # the numbers of the parameters that are still symbols

    @property
    def counts(self) -> dict[str, int]:
        """How many gates there are of each name."""
        return dict(sorted(Counter(gate.name for gate in self.gates).items()))

    @property
    def two_qubit_gates(self) -> int:
        """How many gates act on two qubits."""
        return sum(len(gate.qubits) == 2 for gate in self.gates)

    @property
    def depth(self) -> int:
        """Layers of gates; rz takes no time on these machines and is not counted."""
        return self._layers(lambda gate: gate.name != "rz")

    @property
    def two_qubit_depth(self) -> int:
        """Layers of two-qubit gates."""
        return self._layers(lambda gate: len(gate.qubits) == 2)

    def _layers(self, counted: Any) -> int:
        levels = [0] * self.n_qubits
        for gate in self.gates:
            level = max(levels[q] for q in gate.qubits) + bool(counted(gate))
            for q in gate.qubits:
                levels[q] = level
        return max(levels, default=0)


def machine_circuit(circuit: Ansatz, params: Any = None, *, entangler: Entangler = "cx") -> MachineCircuit:
    """Write a circuit in rz, sx, x and one two-qubit gate.

    Neighbouring rz are added up and gates that undo each other cancel; qubits are not routed.

    Args:
        circuit: An ansatz, or one on the qubits of a mapping, on wires 0, 1, ...
        params: Shape (n_params,); None leaves the parameters as symbols.
        entangler: "cx" or "cz".

    Raises:
        ValueError: If a gate has no decomposition, the wires are others, the parameters have another shape or are not
            finite, or stay symbols although an angle is not affine in them.
    """
    from runtime.circuit.tracing import trace

    if entangler not in get_args(Entangler):
        raise ValueError(f"The two-qubit gate is 'cx' or 'cz', got {entangler!r}.")
    traced = trace(circuit, circuit.n_params)
    numbers = [int(w) for w in traced.wires if isinstance(w, int | np.integer) and w >= 0]
    if len(numbers) < len(traced.wires):
        outside = [w for w in traced.wires if w not in numbers]
        raise ValueError(f"A circuit for a machine is on wires 0, 1, ..., but this one also uses {outside}.")
    values = None
    if params is not None:
        values = np.asarray(params, dtype=np.float64)
        if values.shape != (circuit.n_params,) or not np.isfinite(values).all():
            raise ValueError(f"This circuit takes finite parameters of shape ({circuit.n_params},), got {params!r}.")
        values = values if traced.angles is None else np.asarray(traced.angles(values), dtype=np.float64)
    elif traced.angles is not None:
        raise ValueError(
            "Parameters can stay symbols only where every angle is an affine function of them: give params=... for"
            " this circuit."
        )
    writer = _Writer(max(numbers, default=-1) + 1, values)
    for operator in traced.operators:
        writer.add(operator)
    gates = writer.gates()
    if entangler == "cz":
        writer = _Writer(writer.n_qubits, values, writer.phase)
        for gate in gates:
            writer.add_with_cz(gate)
        gates = writer.gates()
    symbols = {
        i for angle in (writer.phase, *(g.angle for g in gates if g.angle is not None)) for i in angle.coefficients
    }
    return MachineCircuit(
        n_qubits=writer.n_qubits, gates=tuple(gates), phase=writer.phase, parameters=tuple(sorted(symbols))
    )


class _Writer:
    """Collects gates and simplifies neighbours as they come.

    An rz waits on its qubit until something comes that it does not commute with.
    """

    def __init__(self, n_qubits: int, values: np.ndarray | None, phase: Affine | None = None) -> None:
        self.n_qubits = n_qubits
        self.phase = phase if phase is not None else Affine({})
        self._values = values
        self._gates: list[Gate | None] = []
        self._waiting = [Affine({}) for _ in range(n_qubits)]
        self._history: list[list[int]] = [[] for _ in range(n_qubits)]  # places of the gates on each qubit

    def gates(self) -> list[Gate]:
        """All gates, with nothing waiting any more."""
        for qubit in range(self.n_qubits):
            self._release(qubit)
        return [gate for gate in self._gates if gate is not None]

    def add(self, operator: Any) -> None:
        """Append a PennyLane operator, taken apart as far as needed."""
        name, qubits = operator.name, [int(w) for w in operator.wires]
        if name in ("Barrier", "Snapshot", "Identity"):
            return
        if name == "GlobalPhase":
            self.phase = self.phase - self._bound(operator.data[0])
        elif name == "BasisState":
            for qubit, bit in zip(qubits, np.asarray(operator.data[0]).astype(int).tolist(), strict=True):
                if bit:
                    self._x(qubit)
        elif name in ("RZ", "RX", "RY", "PhaseShift"):
            getattr(self, f"_{name.lower()}")(qubits[0], self._bound(operator.data[0]))
        elif name == "PauliX":
            self._x(qubits[0])
        elif name == "Hadamard":
            self._hadamard(qubits[0])
        elif name == "CNOT":
            self._two_qubit("cx", *qubits)
        else:
            for part in self._parts(operator):
                self.add(part)

    def _parts(self, operator: Any) -> list[Any]:
        """The gates that an operator is made of."""
        import pennylane as qml

        from runtime.circuit.tracing import UNTRACEABLE, with_data

        if self._values is not None and operator.data:
            numbers = [self._bound(d).real_constant if np.ndim(d) == 0 else d for d in operator.data]
            operator = with_data(operator, numbers)
        parts = []
        if operator.has_decomposition:
            with qml.QueuingManager.stop_recording():
                try:
                    parts = operator.decomposition()
                except UNTRACEABLE:
                    # Its decomposition does not take symbols; a generator that is a sum of Pauli words needs none.
                    parts = rotations_of(operator)
        if not parts or (len(parts) == 1 and parts[0].name == operator.name):
            raise ValueError(
                f"{operator.name} on wires {operator.wires.tolist()} has no decomposition into the gates of a machine."
            )
        return parts

    def add_with_cz(self, gate: Gate) -> None:
        """Append a gate, a cx as a cz between two Hadamards of its target."""
        if gate.name == "cx":
            self._hadamard(gate.qubits[1])
            self._two_qubit("cz", *gate.qubits)
            self._hadamard(gate.qubits[1])
        elif gate.angle is not None:
            self._rz(gate.qubits[0], gate.angle)
        else:
            {"sx": self._sx, "x": self._x}[gate.name](gate.qubits[0])

    def _bound(self, datum: Any) -> Affine:
        """An angle with numbers for parameters, if there are any."""
        angle = datum.real() if isinstance(datum, Affine) else Affine({}, float(datum))
        if self._values is None:
            return angle
        total = angle.real_constant + sum(complex(c).real * self._values[i] for i, c in angle.coefficients.items())
        return Affine({}, float(total))

    def _rz(self, qubit: int, angle: Affine | float) -> None:
        total = self._waiting[qubit] + angle
        self._waiting[qubit] = Affine({i: c for i, c in total.coefficients.items() if abs(c) > 0}, total.constant)

    def _phaseshift(self, qubit: int, angle: Affine) -> None:
        self._rz(qubit, angle)
        self.phase = self.phase + angle * 0.5

    def _rx(self, qubit: int, angle: Affine) -> None:
        if not angle.coefficients:
            quarters = angle.real_constant / (pi / 2)
            if abs(quarters - round(quarters)) < _ROUNDING:
                # rx(pi/2) is sx, up to a phase of -pi/4.
                self.phase = self.phase - pi / 4 * round(quarters)
                for _ in range(round(quarters) % 4 // 2):
                    self._x(qubit)
                for _ in range(round(quarters) % 2):
                    self._sx(qubit)
                # Four quarters of sx are the identity, and their phase was counted.
                return
        # rz(pi/2) sx rz(angle + pi) sx rz(pi/2), up to a phase.
        self._rz(qubit, pi / 2)
        self._sx(qubit)
        self._rz(qubit, angle + pi)
        self._sx(qubit)
        self._rz(qubit, pi / 2)
        self.phase = self.phase + pi / 2

    def _ry(self, qubit: int, angle: Affine) -> None:
        self._rz(qubit, -pi / 2)
        self._rx(qubit, angle)
        self._rz(qubit, pi / 2)

    def _hadamard(self, qubit: int) -> None:
        self._rz(qubit, pi / 2)
        self._sx(qubit)
        self._rz(qubit, pi / 2)
        self.phase = self.phase + pi / 4

    def _x(self, qubit: int) -> None:
        # What waits passes an x with the opposite sign, and two x undo each other.
        self._waiting[qubit] = -self._waiting[qubit]
        if self._last(qubit) == "x":
            self._drop(self._history[qubit][-1])
        else:
            self._append(Gate("x", (qubit,)))

    def _sx(self, qubit: int) -> None:
        self._release(qubit)
        if self._last(qubit) == "sx":
            self._drop(self._history[qubit][-1])
            self._x(qubit)
        else:
            self._append(Gate("sx", (qubit,)))

    def _two_qubit(self, name: str, first: int, second: int) -> None:
        # A diagonal gate passes the control of a cx, and both qubits of a cz.
        if name == "cx":
            self._release(second)
        undone = self._passed(name, first, 0) & self._passed(name, second, 1)
        for place in sorted(undone, reverse=True):
            gate = self._gates[place]
            if gate is not None and gate.name == name and set(gate.qubits) == {first, second}:
                self._drop(place)
                return
        self._append(Gate(name, (first, second)))

    def _passed(self, name: str, qubit: int, end: int) -> set[int]:
        """The places of the last gates on a qubit that a two-qubit gate commutes with there, so can be brought to."""
        places: set[int] = set()
        for place in reversed(self._history[qubit]):
            gate = self._gates[place]
            if gate is None:
                continue
            if name == "cz":
                commutes = gate.name in ("cz", "rz")
            elif end == 0:
                commutes = gate.name == "rz" or (gate.name == "cx" and gate.qubits[0] == qubit)
            else:
                commutes = gate.name in ("sx", "x") or (gate.name == "cx" and gate.qubits[1] == qubit)
            if not commutes:
                break
            places.add(place)
        return places

    def _release(self, qubit: int) -> None:
        """Append what waits on a qubit."""
        angle = self._waiting[qubit]
        self._waiting[qubit] = Affine({})
        constant = angle.real_constant
        turns = round(constant / (2 * pi))
        # rz(2 pi) is -1.
        constant -= 2 * pi * turns
        self.phase = self.phase + pi * (turns % 2)
        if angle.coefficients or abs(constant) > _ROUNDING:
            self._append(Gate("rz", (qubit,), Affine(angle.coefficients, constant)))

    def _append(self, gate: Gate) -> None:
        for qubit in gate.qubits:
            self._history[qubit].append(len(self._gates))
        self._gates.append(gate)

    def _drop(self, place: int) -> None:
        gate = self._gates[place]
        for qubit in gate.qubits if gate is not None else ():
            self._history[qubit].remove(place)
        self._gates[place] = None

    def _last(self, qubit: int) -> str:
        gate = self._gates[self._history[qubit][-1]] if self._history[qubit] else None
        return gate.name if gate is not None else ""


def angle_value(angle: Affine, values: Sequence[Any]) -> Any:
    """An angle for given numbers or symbols of another library, one for each parameter."""
    total: Any = angle.real_constant
    for i, coefficient in angle.coefficients.items():
        total = total + complex(coefficient).real * values[i]
    return total
