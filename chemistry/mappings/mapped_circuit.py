"""Any ansatz on the qubits of a mapping.

Every gate exp(i angle G) of the ansatz becomes rotations about the Pauli words that its generator is mapped to, so
what conserved something still does, and gates with one angle stay gates with one angle. Fixed gates have generators as
well; gates whose generator has no such form are taken apart first.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.mappings.generators import Parts, gate_key, generator_parts
from chemistry.mappings.pauli_words import PauliWords

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.mappings.mapping import Mapping


@dataclass(frozen=True, kw_only=True)
class MappedCircuit:
    """An ansatz on the qubits of a mapping: the same states, for the same parameters."""

    mapping: Mapping
    ansatz: Ansatz
    _known: dict[Hashable, Parts | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The ansatz and the mapping."""
        return f"{self.ansatz.name}, {self.mapping.name}"

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return self.ansatz.n_params

    @property
    def initial_params(self) -> np.ndarray:
        """Where an optimization starts, shape (n_params,)."""
        return self.ansatz.initial_params

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: As the ansatz takes them, shape (n_params,).
        """
        import pennylane as qml

        with qml.queuing.AnnotatedQueue() as queue:
            self.ansatz(params)
        operations = qml.tape.QuantumScript.from_queue(queue).operations
        determinant, rest = self._prepared(operations)
        qml.BasisState(self.mapping.encode(determinant), wires=range(self.mapping.n_wires))
        for operation in rest:
            self._apply(operation)

    def check(self) -> None:
        """Apply the circuit to nothing.

        Raises:
            ValueError: If a gate cannot be mapped.
        """
        import pennylane as qml

        with qml.queuing.AnnotatedQueue():
            self(self.initial_params)

    def _prepared(self, operations: Sequence[Any]) -> tuple[np.ndarray, Sequence[Any]]:
        """The determinant that the circuit begins with, and the operations after it."""
        import pennylane as qml

        determinant = np.zeros(self.mapping.n_modes, dtype=np.int64)
        untouched = set(range(self.mapping.n_modes))
        for i, operation in enumerate(operations):
            where = operation.wires.tolist()
            self._check_wires(operation)
            if isinstance(operation, qml.BasisState) and untouched.issuperset(where):
                determinant[where] = operation.data[0]
            elif isinstance(operation, qml.PauliX):
                determinant[where] ^= 1
            else:
                return determinant, operations[i:]
            untouched -= set(where)
        return determinant, ()

    def _check_wires(self, operation: Any) -> None:
        n = self.mapping.n_modes
        outside = [w for w in operation.wires if not isinstance(w, int | np.integer) or not 0 <= w < n]
        if outside:
            raise ValueError(
                f"The mapping is of spin orbitals on wires 0 to {n - 1}, but the circuit also uses {outside}."
            )

    def _apply(self, operation: Any) -> None:
        """Apply a gate's mapped rotations, or those of the gates that it is made of."""
        import pennylane as qml

        self._check_wires(operation)
        if operation.name in ("Barrier", "Snapshot", "Identity"):
            return
        parts = self._parts(operation)
        if parts is not None:
            for part in parts:
                _rotate(operation.data[0] if operation.data else 1.0, part)
            return
        if not operation.has_decomposition:
            raise ValueError(f"{operation.name} cannot be mapped: it has neither a generator nor a decomposition.")
        with qml.QueuingManager.stop_recording():
            gates = operation.decomposition()
        for gate in gates:
            self._apply(gate)

    def _parts(self, operation: Any) -> Parts | None:
        """The mapped generator as parts that commute; None if it has no such form."""
        key = gate_key(operation)
        if key is None or key not in self._known:
            unmapped = generator_parts(operation, self.mapping.n_modes)
            parts = None if unmapped is None else tuple(self.mapping.words(part) for part in unmapped)
            if key is None:
                return parts
            self._known[key] = parts
        return self._known[key]


def flips_of(ansatz: Ansatz, n_modes: int) -> np.ndarray:
    """What the gates of an ansatz flip, masks of spin orbitals, shape (m,), uint64."""
    import pennylane as qml

    from chemistry.mappings.mapping import Mapping

    unmapped = Mapping(name="Jordan-Wigner", matrix=np.eye(n_modes, dtype=np.uint8), kept=tuple(range(n_modes)))
    with qml.queuing.AnnotatedQueue() as queue:
        unmapped.circuit(ansatz)(ansatz.initial_params)
    flips = {0}
    for gate in qml.tape.QuantumScript.from_queue(queue).operations:
        word = gate.hyperparameters.get("pauli_word") or gate.hyperparameters.get("words", [""])[0]
        flips.add(sum(1 << wire for wire, letter in zip(gate.wires, word, strict=False) if letter in "XY"))
    return np.array(sorted(flips), dtype=np.uint64)


def rotations_of(operation: Any) -> list[Any]:
    """A gate with one angle as rotations about the Pauli words of its generator; none if it has no such form."""
    import pennylane as qml

    parts = generator_parts(operation, max(operation.wires) + 1) if len(operation.data) == 1 else None
    with qml.queuing.AnnotatedQueue() as queue:
        for part in parts or ():
            _rotate(operation.data[0], part)
    return qml.tape.QuantumScript.from_queue(queue).operations


def _rotate(angle: Any, part: PauliWords) -> None:
    """Apply exp(i angle part)."""
    import pennylane as qml

    from chemistry.mappings.excitation_rotation import ExcitationRotation

    if not len(part):
        return
    support = int(np.bitwise_or.reduce(part.x | part.z))
    wires = [wire for wire in range(part.n_wires) if support >> wire & 1]
    words = tuple("".join(word[wire] for wire in wires) for word in part.letters())
    if len(words) > 1 and part.x[0]:
        ExcitationRotation(angle, wires, words, tuple(part.coefficients.tolist()))
        return
    for coefficient, word in zip(part.coefficients.tolist(), words, strict=True):
        where = [wire for wire, letter in zip(wires, word, strict=True) if letter != "I"]
        letters = word.replace("I", "")
        if not where:
            qml.GlobalPhase(-coefficient * angle)
        elif letters == "Z":
            qml.RZ(-2.0 * coefficient * angle, wires=where)
        elif set(letters) == {"Z"}:
            qml.MultiRZ(-2.0 * coefficient * angle, wires=where)
        else:
            qml.PauliRot(-2.0 * coefficient * angle, letters, wires=where)
