"""A PennyLane tape compiled for the sector engine, with each of its angles left open."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine
from runtime.circuit.dependence import angle_positions
from runtime.circuit.structure import NoStructureError
from runtime.circuit.tracing import Trace, with_data
from runtime.compilation import compile_trace
from runtime.machines import machine
from runtime.objectives import Objective
from runtime.restriction import restrict
from runtime.sector import Sector
from runtime.sector_program import SectorProgram
from runtime.unprojected import Unprojected
from runtime.vectors import scattered

MAX_OBSERVABLES = 16  # remembered for each circuit
MAX_REMEMBERED_BYTES = 1 << 26  # states up to this size are kept from the forward pass for the backward pass


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
        self._places: list[tuple[int, int]] = []  # operator and datum of each angle
        self._angle_of_datum: dict[int, int] = {}
        n_data = 0
        for k, operator in enumerate(tape.operations):
            data = list(operator.data)
            angles = angle_positions(operator)
            for i in angles:
                self._angle_of_datum[n_data + i] = len(self._places)
                data[i] = Affine({len(self._places): 1.0})
                self._places.append((k, i))
            n_data += len(data)
            operators.append(with_data(operator, data) if angles else operator)
        self.wires = wires
        trace = Trace(tuple(operators), wires, len(self._places), len(self._places))
        self._program: SectorProgram = compile_trace(trace, [], several=True, machine=machine("exact"))
        self._objectives: dict[Hashable, tuple[Any, Objective | None]] = {}
        self._unprojected: dict[int, tuple[Any, Unprojected]] = {}
        self._last: tuple[np.ndarray, np.ndarray] | None = None  # angles and state of the latest run

    @property
    def sector(self) -> Sector:
        """The basis states that the circuit can reach."""
        return self._program.sector

    def can_restrict(self, tape: qml.tape.QuantumScript) -> bool:
        """Whether all exact expectation values and variances of the tape can be taken from its sector."""
        moments = qml.measurements.ExpectationMP | qml.measurements.VarianceMP
        wanted = [m.obs for m in tape.measurements if isinstance(m, moments) and not tape.shots]
        return all(self._objective(o) is not None for o in wanted)

    def can_differentiate(self, trainable: Iterable[int]) -> bool:
        """Whether all these parameters of the tape are gate angles."""
        return all(i in self._angle_of_datum for i in trainable)

    def expectation(self, state: np.ndarray, observable: Any) -> float:
        """The expectation value of one observable in a state on the sector."""
        objective = self._known(observable)
        ket = state if objective.is_real else state.astype(np.complex128)
        return objective.apply(ket, np.empty_like(ket))

    def variance(self, state: np.ndarray, observable: Any) -> float:
        """The variance of one observable in a state on the sector, from all that the observable reaches from it."""
        key = id(observable)
        if key not in self._unprojected or self._unprojected[key][0] is not observable:
            if len(self._unprojected) >= MAX_OBSERVABLES:
                self._unprojected.pop(next(iter(self._unprojected)))
            self._unprojected[key] = (observable, Unprojected.of(observable, self.sector))
        return self._unprojected[key][1].variance(state)

    def values_and_slopes(self, tape: qml.tape.QuantumScript) -> tuple[np.ndarray, np.ndarray]:
        """Values, shape (m,), and their slopes by the trainable parameters, shape (m, n_trainable)."""
        values, slopes = self._measured_by(tape).value_and_grad(self._angles(tape))
        return values, slopes[:, self._trainable(tape)]

    def vjp(self, tape: qml.tape.QuantumScript, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values, shape (m,), and cotangents . Jacobian, shape (n_trainable,), from one adjoint pass."""
        values, slopes = self._measured_by(tape).vjp(self._angles(tape), cotangents)
        return values, slopes[self._trainable(tape)]

    def jvp(self, tape: qml.tape.QuantumScript, tangent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values and their derivatives along a direction in the space of trainable parameters, both of shape (m,)."""
        direction = np.zeros(len(self._places))
        np.add.at(direction, self._trainable(tape), tangent)
        return self._measured_by(tape).jvp(self._angles(tape), direction)

    def state(self, tape: qml.tape.QuantumScript) -> np.ndarray:
        """The amplitudes on the sector, shape (dimension,); not to be written to."""
        angles = self._angles(tape)
        if self._last is not None and np.array_equal(self._last[0], angles):
            return self._last[1]
        state = self._program.state(angles)
        self._last = (angles, state) if state.nbytes <= MAX_REMEMBERED_BYTES else None
        return state

    def marginal(self, state: np.ndarray, wires: Sequence[Hashable]) -> np.ndarray:
        """Probabilities of the bit strings on some wires, shape (2^len(wires),)."""
        columns = [self.wires.index(w) for w in wires]
        bits = self.sector.bitstrings()[:, columns].astype(np.int64)
        index = bits @ (1 << np.arange(len(columns) - 1, -1, -1))
        return scattered(index, np.abs(state) ** 2, 2 ** len(columns))

    def dense(self, state: np.ndarray) -> np.ndarray:
        """All amplitudes, shape (2,) * n_wires."""
        n = len(self.wires)
        everything = np.zeros(2**n, dtype=np.complex128)
        everything[self.sector.numbers()] = state
        return everything.reshape((2,) * n)

    def sample(self, state: np.ndarray, shots: int, rng: np.random.Generator) -> np.ndarray:
        """Measured bit strings, shape (shots, n_wires)."""
        weights = np.abs(state) ** 2
        rows = rng.choice(len(weights), size=shots, p=weights / weights.sum())
        return self.sector.bits_of(rows).astype(np.int64)

    def _measured_by(self, tape: qml.tape.QuantumScript) -> SectorProgram:
        observables = [m.obs for m in tape.measurements]
        return self._program.with_objectives(observables, [self._known(o) for o in observables])

    def _angles(self, tape: qml.tape.QuantumScript) -> np.ndarray:
        operations = tape.operations
        return np.array([float(operations[k].data[i]) for k, i in self._places], dtype=np.float64)

    def _trainable(self, tape: qml.tape.QuantumScript) -> list[int]:
        return [self._angle_of_datum[i] for i in tape.trainable_params]

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
