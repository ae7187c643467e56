"""Which engine runs a circuit: tapes written out, compiled once for each structure, and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from operator import is_
from typing import Any, NamedTuple

import numpy as np
import pennylane as qml
from pennylane.exceptions import WireError

from runtime.circuit.dependence import innermost, is_gate, is_open
from runtime.circuit.held_evolution import HeldEvolution
from runtime.circuit.recognition import ONLY_NATIVE, PREPARATIONS
from runtime.circuit.structure import NoStructureError, UnfollowedError
from runtime.circuit.structure_key import plain_key, structure_key
from runtime.circuit.writing_out import Kinds, parts_of, written_out
from runtime.device.fixed_gates import with_fixed_gates
from runtime.device.measuring import is_measurable
from runtime.device.recorded_circuit import RecordedCircuit
from runtime.device.remembered import Remembered, RememberedByIdentity

MAX_CIRCUITS = 64
MAX_TAPES = 16


class Plan(NamedTuple):
    """A tape whose open numbers are angles of gates, and its sector, or None if it goes to lightning.qubit."""

    tape: qml.tape.QuantumScript
    recorded: RecordedCircuit | None
    obstacle: str = ""  # why it goes to lightning.qubit, if it is for the circuit

    @property
    def is_differentiable(self) -> bool:
        """Whether all that its numbers call trainable is an angle of the sector engine."""
        if self.recorded is None:
            return False
        return self.recorded.can_differentiate(
            qml.math.get_trainable_indices(self.tape.get_parameters(trainable_only=False))
        )

    def refuse_only_native(self) -> None:
        """Refuse operations that only the sector engine runs, in a circuit that it cannot take.

        Raises:
            ValueError: With what stands in the way.
        """
        for operator in self.tape.operations:
            if isinstance(innermost(operator), ONLY_NATIVE):
                raise ValueError(
                    f"{operator.name} has no decomposition and runs on the sector engine only, which cannot take this"
                    f" circuit: {self.obstacle or 'what is measured needs all amplitudes, or something else measures.'}"
                )


class Planner:
    """Plans for circuits, remembered for the latest tapes and for the latest structures.

    A copy of it, in another process or not, begins afresh.

    Args:
        wires: Of the device; None takes them from each circuit.
        name: The device's name, for messages.
    """

    def __init__(self, wires: qml.wires.Wires | None, name: str) -> None:
        self._wires = wires
        self._name = name
        self._circuits: Remembered[RecordedCircuit | NoStructureError] = Remembered(MAX_CIRCUITS)
        self._plans: RememberedByIdentity[Plan] = RememberedByIdentity(MAX_TAPES)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._wires, self._name)

    @property
    def n_structures(self) -> int:
        """How many circuit structures are remembered."""
        return len(self._circuits)

    def plan(self, tape: qml.tape.QuantumScript) -> Plan:
        """The engine for a circuit."""
        return self._plans.get(tape, lambda: self._planned(tape))

    def prepared(self, tape: qml.tape.QuantumScript) -> Plan:
        """The engine for a circuit whose tape may still be rewritten, with its numbers as the caller gave them."""
        plan = self.plan(tape)
        if plan.recorded is None:
            fixed = with_fixed_gates(plan.tape)
            again = plan if fixed is None else self.plan(fixed)
            plan = plan if again.recorded is None else again
        return plan

    def _planned(self, tape: qml.tape.QuantumScript) -> Plan:
        wires = tuple(tape.wires if self._wires is None else self._wires)
        if self._wires is not None:
            self._check_wires(w for m in tape.measurements for w in m.wires)
        also: set[tuple[type, ...]] = set()
        keys: Any = tuple([plain_key(o) for o in tape.operations])
        while True:
            written = tape
            if also or None in keys:
                written = tape_written_out(tape, also)
                keys = structure_key(written.operations)
                if not all(map(is_gate, written.operations)):
                    self._check_wires(written.wires)
                    return Plan(written, None)
            if not is_measurable(written, len(wires)):
                self._check_wires(written.wires)
                return Plan(written, None)
            found = self._circuits.get((wires, keys), partial(self._compiled, written, wires))
            if isinstance(found, RecordedCircuit):
                return Plan(written, found if found.can_restrict(written) else None)
            if not isinstance(found, UnfollowedError) or found.kinds in also:
                return Plan(written, None, str(found))
            also.add(found.kinds)

    def _compiled(self, tape: qml.tape.QuantumScript, wires: tuple[Any, ...]) -> RecordedCircuit | NoStructureError:
        self._check_wires(tape.wires)
        try:
            return RecordedCircuit(tape, wires)
        except NoStructureError as reason:
            return reason.with_traceback(None)

    def _check_wires(self, wires: Iterable[Any]) -> None:
        if self._wires is not None and (missing := set(wires) - set(self._wires)):
            raise WireError(
                f"Cannot run circuit(s) on {self._name} as they contain wires not found on the device: {missing}"
            )


def tape_written_out(tape: qml.tape.QuantumScript, also: Kinds) -> qml.tape.QuantumScript:
    """The tape with templates that take arrays decomposed, until all open numbers are angles of gates."""
    operations = [gate for o in tape.operations for gate in _gates_of(o, also)]
    same = len(operations) == len(tape.operations) and all(map(is_, operations, tape.operations))
    return tape if same else tape.copy(operations=operations)


def _gates_of(operator: Any, also: Kinds) -> list[Any]:
    if plain_key(operator):
        return [operator]
    gates = []
    for part in written_out(operator, is_open, also):
        parts = None
        if not _is_a_gate(part):
            with qml.QueuingManager.stop_recording():
                parts = parts_of(part)
        gates += [HeldEvolution.held(part)] if parts is None else [gate for p in parts for gate in _gates_of(p, also)]
    return gates


def _is_a_gate(operator: Any) -> bool:
    """Whether an operator's numbers are angles or a matrix; templates that take arrays are written out first."""
    if not is_gate(operator):
        return True
    if isinstance(operator, PREPARATIONS) or all(np.ndim(d) == 0 for d in operator.data):
        return True
    return operator.has_matrix or not operator.has_decomposition
