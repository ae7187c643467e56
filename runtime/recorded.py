"""A PennyLane tape compiled for the sector engine, with each of its numbers left open."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine
from runtime.circuit.structure import NoStructureError
from runtime.circuit.tracing import Trace, angle_positions, with_data
from runtime.compilation import compile_trace
from runtime.machines import machine
from runtime.objectives import Objective
from runtime.program import SectorProgram
from runtime.restriction import restrict
from runtime.sector import Sector

MAX_OBSERVABLES = 16  # remembered for each circuit


class RecordedCircuit:
    """The structure of a tape, compiled once; the angles of any tape with that structure can then be put in.

    Args:
        tape: operations and measurements.
        wires: all wires, in order.

    Raises:
        NoStructureError: if the sector engine cannot use the circuit.
    """

    def __init__(self, tape: qml.tape.QuantumScript, wires: tuple[Hashable, ...]) -> None:
        operators = []
        self._angle_of_datum: dict[int, int] = {}
        n_data = n_angles = 0
        for operator in tape.operations:
            data = list(operator.data)
            scalars = angle_positions(operator)
            for i in scalars:
                self._angle_of_datum[n_data + i] = n_angles
                data[i] = Affine({n_angles: 1.0})
                n_angles += 1
            n_data += len(data)
            operators.append(with_data(operator, data) if scalars else operator)
        self.wires = wires
        trace = Trace(tuple(operators), wires, n_angles, n_angles)
        self._program: SectorProgram = compile_trace(trace, [], several=True, machine=machine("exact"))
        self._objectives: dict[Hashable, tuple[Any, Objective | None]] = {}

    @property
    def sector(self) -> Sector:
        """The basis states that the circuit can reach."""
        return self._program.sector

    @staticmethod
    def structure_of(tape: qml.tape.QuantumScript) -> Hashable:
        """What distinguishes circuits beyond their angles."""
        return tuple(_structure(o) for o in tape.operations)

    def can_restrict(self, tape: qml.tape.QuantumScript) -> bool:
        """Whether all exact expectation values of the tape can be taken in the sector."""
        wanted = [m.obs for m in tape.measurements if isinstance(m, qml.measurements.ExpectationMP) and not tape.shots]
        return all(self._objective(o) is not None for o in wanted)

    def can_differentiate(self, trainable: Iterable[int]) -> bool:
        """Whether all these parameters of the tape are gate angles."""
        return all(i in self._angle_of_datum for i in trainable)

    def expectation(self, tape: qml.tape.QuantumScript, observable: Any) -> float:
        """The expectation value of one observable."""
        state = self._state(tape)
        return self._known(observable).apply(state, np.empty_like(state))

    def values_and_slopes(self, tape: qml.tape.QuantumScript) -> tuple[np.ndarray, np.ndarray]:
        """Values, shape (m,), and their slopes by the trainable parameters, shape (m, n_trainable)."""
        objectives = [self._known(m.obs) for m in tape.measurements]
        values, slopes = self._program.with_objectives(objectives).value_and_grad(_angles(tape))
        return values, slopes[:, [self._angle_of_datum[i] for i in tape.trainable_params]]

    def marginal(self, tape: qml.tape.QuantumScript, wires: Sequence[Hashable]) -> np.ndarray:
        """Probabilities of the bit strings on some wires, shape (2^len(wires),)."""
        columns = [self.wires.index(w) for w in wires]
        bits = self.sector.bitstrings()[:, columns].astype(np.int64)
        index = bits @ (1 << np.arange(len(columns) - 1, -1, -1))
        return np.bincount(index, weights=np.abs(self._state(tape)) ** 2, minlength=2 ** len(columns))

    def dense_state(self, tape: qml.tape.QuantumScript) -> np.ndarray:
        """All amplitudes, shape (2^n_wires,)."""
        n = len(self.wires)
        state = np.zeros(2**n, dtype=np.complex128)
        state[self.sector.bitstrings().astype(np.int64) @ (1 << np.arange(n - 1, -1, -1))] = self._state(tape)
        return state

    def sample(self, tape: qml.tape.QuantumScript, shots: int, rng: np.random.Generator) -> np.ndarray:
        """Measured bit strings, shape (shots, n_wires)."""
        weights = np.abs(self._state(tape)) ** 2
        rows = rng.choice(len(weights), size=shots, p=weights / weights.sum())
        return self.sector.bitstrings()[rows].astype(np.int64)

    def _state(self, tape: qml.tape.QuantumScript) -> np.ndarray:
        return self._program.state(_angles(tape))

    def _known(self, observable: Any) -> Objective:
        objective = self._objective(observable)
        if objective is None:
            raise NoStructureError(f"{observable} cannot be restricted to a sector.")
        return objective

    def _objective(self, observable: Any) -> Objective | None:
        """An observable on the sector, remembered by its identity: the entry keeps it alive."""
        if id(observable) not in self._objectives:
            same = next((v for o, v in self._objectives.values() if _equal(o, observable)), None)
            try:
                objective = same or restrict(observable, self.sector)
            except NoStructureError:
                objective = None
            if len(self._objectives) >= MAX_OBSERVABLES:
                self._objectives.pop(next(iter(self._objectives)))
            self._objectives[id(observable)] = (observable, objective)
        return self._objectives[id(observable)][1]


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and len(a.data) == len(b.data) and qml.equal(a, b)


def _angles(tape: qml.tape.QuantumScript) -> np.ndarray:
    return np.array([float(o.data[i]) for o in tape.operations for i in angle_positions(o)], dtype=np.float64)


def _structure(operator: Any) -> Hashable:
    arrays = tuple(np.asarray(qml.math.toarray(d)).tobytes() for d in operator.data if np.ndim(d) > 0)
    base = getattr(operator, "base", None)
    if base is not None:
        extras: Hashable = (_structure(base), tuple(getattr(operator, "control_values", ())))
    else:
        extras = tuple((k, _frozen(v)) for k, v in operator.hyperparameters.items())
    return type(operator), tuple(operator.wires), len(operator.data), arrays, extras


def _frozen(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value
