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

from chemistry.mappings.pauli_words import NEGLIGIBLE, PauliWords, commuting

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.mappings.mapping import Mapping

_MAX_DENSE_WIRES = 6  # generators that are no sums of Pauli words are expanded up to here

# Parts of a generator that commute, so that the gate is the product of their rotations.
Parts = tuple[PauliWords, ...]


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
        """Where an optimisation starts, shape (n_params,)."""
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
        has_angle = len(operation.data) == 1 and np.ndim(operation.data[0]) == 0
        if has_angle or not operation.data:
            parts = self._parts(operation, has_angle=has_angle)
            if parts is not None:
                for part in parts:
                    _rotate(operation.data[0] if has_angle else 1.0, part)
                return
        if not operation.has_decomposition:
            raise ValueError(f"{operation.name} cannot be mapped: it has neither a generator nor a decomposition.")
        with qml.QueuingManager.stop_recording():
            gates = operation.decomposition()
        for gate in gates:
            self._apply(gate)

    def _parts(self, operation: Any, *, has_angle: bool) -> Parts | None:
        """The mapped generator as parts that commute; None if it has no such form."""
        key = _key(operation)
        if key is None or key not in self._known:
            n = self.mapping.n_modes
            words = _generator(operation, n) if has_angle else _fixed_generator(operation, n)
            parts = None
            if words is not None:
                separate = _commuting_parts(words)
                parts = None if separate is None else tuple(self.mapping.words(part) for part in separate)
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

    words = _generator(operation, max(operation.wires) + 1) if len(operation.data) == 1 else None
    parts = None if words is None else _commuting_parts(words)
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


def _key(operation: Any) -> Hashable | None:
    """What a generator depends on; None for those that hold other operators."""
    import pennylane as qml

    if isinstance(operation, qml.ops.SymbolicOp | qml.ops.Evolution) or not all(
        isinstance(value, str | int | float | bool | tuple | qml.wires.Wires | None.__class__)
        for value in operation.hyperparameters.values()
    ):
        return None
    return type(operation), tuple(operation.wires), repr(sorted(operation.hyperparameters.items()))


def _generator(operation: Any, n_modes: int) -> PauliWords | None:
    """G of a gate exp(i angle G); None if it has none."""
    import pennylane as qml

    if isinstance(operation, qml.FermionicSingleExcitation | qml.FermionicDoubleExcitation):
        return _fermionic_generator(operation, n_modes)
    if not operation.has_generator:
        return None
    with qml.QueuingManager.stop_recording():
        try:
            # The angle may be a symbol, which generators have no use for.
            generator = qml.ops.functions.bind_new_parameters(operation, [0.5]).generator()
        except qml.exceptions.GeneratorUndefinedError:
            return None
    return _words_of(generator, n_modes)


def _words_of(operator: Any, n_modes: int) -> PauliWords | None:
    import pennylane as qml

    sentence = operator.pauli_rep
    if sentence is None:
        if len(operator.wires) > _MAX_DENSE_WIRES:
            return None
        matrix = qml.matrix(operator, wire_order=operator.wires)
        sentence = qml.pauli_decompose(matrix, wire_order=operator.wires, pauli=True)
    return PauliWords.of_sentence(sentence, n_modes).collected()


def _fermionic_generator(operation: Any, n_modes: int) -> PauliWords:
    """That of the excitation between the ends, times Z on the wires in between."""
    import pennylane as qml

    with qml.QueuingManager.stop_recording():
        if isinstance(operation, qml.FermionicSingleExcitation):
            strings, sign = [operation.wires], -1.0  # PennyLane's two singles have opposite signs
            bare = qml.SingleExcitation(0.5, wires=[operation.wires[0], operation.wires[-1]])
        else:
            strings, sign = [operation.hyperparameters[name] for name in ("wires1", "wires2")], 1.0
            bare = qml.DoubleExcitation(0.5, wires=[s[end] for s in strings for end in (0, -1)])
        words = PauliWords.of_sentence(bare.generator().pauli_rep, n_modes)
    between = sum(1 << int(wire) for s in strings for wire in s[1:-1])
    return PauliWords(n_modes, sign * words.coefficients, words.x, words.z ^ np.uint64(between)).collected()


def _fixed_generator(operation: Any, n_modes: int) -> PauliWords | None:
    """G of a gate exp(i G) without an angle, from its matrix; None if it has no small one."""
    import pennylane as qml
    from scipy.linalg import schur

    if not operation.has_matrix or len(operation.wires) > _MAX_DENSE_WIRES:
        return None
    triangle, basis = schur(np.asarray(qml.matrix(operation, wire_order=operation.wires), dtype=complex), "complex")
    phases = np.angle(np.diag(triangle))
    phases[np.abs(phases + np.pi) < NEGLIGIBLE] = np.pi  # -1 has one logarithm, whatever the rounding
    sentence = qml.pauli_decompose(
        (basis * phases) @ basis.conj().T, wire_order=operation.wires, pauli=True, check_hermitian=False
    )
    return PauliWords.of_sentence(sentence, n_modes).collected()


def _commuting_parts(words: PauliWords) -> Parts | None:
    """Words that flip the same wires and commute, together; None if such parts do not commute with each other."""
    keys = list(zip(words.x.tolist(), (np.bitwise_count(words.x & words.z) % 2).tolist(), strict=True))
    parts = [words.part(np.array([k == key for k in keys])) for key in dict.fromkeys(keys)]
    if all(_commute(a, b) for i, a in enumerate(parts) for b in parts[:i]):
        return tuple(parts)
    return None


def _commute(a: PauliWords, b: PauliWords) -> bool:
    """Whether the commutator of two sums is zero: 2 P Q for each pair of words that does not commute."""
    total: dict[int, complex] = {}
    both = PauliWords(a.n_wires, np.r_[a.coefficients, b.coefficients], np.r_[a.x, b.x], np.r_[a.z, b.z])
    others = np.arange(len(a), len(both))
    for i in range(len(a)):
        for j in others[~commuting(both, i, others)].tolist():
            # i^y X^x Z^z each; Z of the left passes X of the right.
            ys = int(np.bitwise_count(both.x[i] & both.z[i]) + np.bitwise_count(both.x[j] & both.z[j]))
            sign = -1.0 if np.bitwise_count(both.z[i] & both.x[j]) % 2 else 1.0
            z = int(both.z[i] ^ both.z[j])  # all x of a part are the same, so all products flip the same wires
            total[z] = total.get(z, 0.0) + sign * 1j**ys * both.coefficients[i] * both.coefficients[j]
    return all(abs(value) < NEGLIGIBLE for value in total.values())
