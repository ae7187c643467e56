"""The generator of a PennyLane gate as Pauli words: G of exp(i angle G), or of exp(i G) for a gate without an angle."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from chemistry.mappings.pauli_words import NEGLIGIBLE, PauliWords, commuting

_MAX_DENSE_WIRES = 6  # generators that are no sums of Pauli words are expanded up to here

# Parts of a generator that commute, so that the gate is the product of their rotations.
Parts = tuple[PauliWords, ...]

# By kind of gate, on its own wires; a handful of kinds make up a circuit.
_KNOWN: dict[Hashable, Parts | None] = {}


def gate_key(operation: Any) -> Hashable | None:
    """What the generator of a gate depends on, its wires included; None for gates that hold other operators."""
    kind = _kind(operation)
    strings = tuple(tuple(operation.hyperparameters.get(name, ())) for name in ("wires1", "wires2"))
    return None if kind is None else (kind, tuple(operation.wires), strings)


def generator_parts(operation: Any, n_modes: int) -> Parts | None:
    """The generator as parts that commute, the words of each flipping the same wires; None if it has no such form.

    Args:
        operation: With one angle, which may be a symbol, or without; on wires 0 to n_modes - 1.
        n_modes: The wires that the words are to be on.
    """
    import pennylane as qml

    if operation.data and (len(operation.data) > 1 or np.ndim(operation.data[0]) != 0):
        return None
    places = operation.wires.tolist()
    between = 0
    if isinstance(operation, qml.FermionicSingleExcitation | qml.FermionicDoubleExcitation):
        # The excitation between the ends, times Z on the wires in between.
        is_single = isinstance(operation, qml.FermionicSingleExcitation)
        strings = [places] if is_single else [operation.hyperparameters[name].tolist() for name in ("wires1", "wires2")]
        places = [s[end] for s in strings for end in (0, -1)]
        between = sum(1 << wire for s in strings for wire in s[1:-1])
        with qml.QueuingManager.stop_recording():
            # PennyLane's two singles have opposite signs.
            operation = qml.SingleExcitation(0.5, places) if is_single else qml.DoubleExcitation(0.5, places)
        parts = _local_parts(operation)
        sign = -1.0 if is_single else 1.0
    else:
        parts, sign = _local_parts(operation), 1.0
    return None if parts is None else tuple(_placed(part, places, between, sign, n_modes) for part in parts)


def _local_parts(operation: Any) -> Parts | None:
    kind = _kind(operation)
    if kind is None or kind not in _KNOWN:
        words = _generator(operation) if operation.data else _fixed_generator(operation)
        parts = None if words is None else _commuting_parts(words)
        if kind is None:
            return parts
        _KNOWN[kind] = parts
    return _KNOWN[kind]


def _kind(operation: Any) -> Hashable | None:
    """What a generator depends on beside wires and angles; None for gates that hold other operators."""
    import pennylane as qml

    settings = {k: v for k, v in operation.hyperparameters.items() if not isinstance(v, qml.wires.Wires)}
    if type(operation).__module__ == "pennylane.ops.op_math.controlled_ops":
        settings.pop("base")  # CNOT, ControlledPhaseShift, ...: their name says what they hold
    elif isinstance(operation, qml.ops.SymbolicOp):
        return None
    if not all(isinstance(v, str | int | float | tuple | list | None) for v in settings.values()):
        return None
    return type(operation), len(operation.wires), repr(sorted(settings.items()))


def _placed(part: PauliWords, places: list[int], between: int, sign: float, n_modes: int) -> PauliWords:
    """Words on wires 0, 1, ... as words on other wires, times Z on those in between."""
    x, z = np.zeros_like(part.x), np.full_like(part.z, between)
    for i, place in enumerate(places):
        x |= (part.x >> np.uint64(i) & np.uint64(1)) << np.uint64(place)
        z |= (part.z >> np.uint64(i) & np.uint64(1)) << np.uint64(place)
    return PauliWords(n_modes, sign * part.coefficients, x, z)


def _generator(operation: Any) -> PauliWords | None:
    """G of a gate exp(i angle G) on its own wires; None if it has none."""
    import pennylane as qml

    if not operation.has_generator:
        return None
    with qml.QueuingManager.stop_recording():
        try:
            # The angle may be a symbol, which generators have no use for.
            generator = qml.ops.functions.bind_new_parameters(operation, [0.5]).generator()
        except qml.exceptions.GeneratorUndefinedError:
            return None
    return _words_of(generator, operation.wires)


def _words_of(operator: Any, wires: Any) -> PauliWords | None:
    import pennylane as qml

    sentence = operator.pauli_rep
    if sentence is None:
        if len(wires) > _MAX_DENSE_WIRES:
            return None
        sentence = qml.pauli_decompose(qml.matrix(operator, wire_order=wires), wire_order=wires, pauli=True)
    return _of_sentence(sentence, wires)


def _of_sentence(sentence: Any, wires: Any) -> PauliWords:
    numbers = {wire: i for i, wire in enumerate(wires)}
    return PauliWords.of_sentence(sentence.map_wires(numbers), len(wires)).collected()


def _fixed_generator(operation: Any) -> PauliWords | None:
    """G of a gate exp(i G) without an angle, from its matrix on its own wires; None if it has no small one."""
    import pennylane as qml
    from scipy.linalg import schur

    wires = operation.wires
    if not operation.has_matrix or len(wires) > _MAX_DENSE_WIRES:
        return None
    triangle, basis = schur(np.asarray(qml.matrix(operation, wire_order=wires), dtype=complex), "complex")
    phases = np.angle(np.diag(triangle))
    phases[np.abs(phases + np.pi) < NEGLIGIBLE] = np.pi  # -1 has one logarithm, whatever the rounding
    sentence = qml.pauli_decompose(
        (basis * phases) @ basis.conj().T, wire_order=wires, pauli=True, check_hermitian=False
    )
    return _of_sentence(sentence, wires)


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
