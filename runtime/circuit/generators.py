"""From a gate's generator or matrix to what it does to basis states."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.actions import Action, Case, Permutation, Rotation, Term, local_mask, mask_of
from runtime.circuit.affine import Affine, NotAffineError
from runtime.circuit.two_level import couples_all, exponential, from_blocks

MAX_DENSE_WIRES = 5  # local matrices beyond 32 x 32 are not looked at; such operators are decomposed
NEGLIGIBLE = 1e-12

_WORDS: dict[Any, dict[str, float] | None] = {}
_DENSE: dict[Any, np.ndarray] = {}


def affine(angle: Any) -> Affine:
    """An angle as an affine number."""
    if isinstance(angle, np.ndarray) and angle.ndim == 0:  # a slice of an array of symbols
        angle = angle.item()
    return angle.real() if isinstance(angle, Affine) else Affine({}, float(angle))


def from_exponential(coefficient: Any, base: Any, where: tuple[int, ...]) -> list[Action] | None:
    """exp(coefficient * base) for a purely imaginary coefficient and a Hermitian base; None for any other."""
    sentence = base.pauli_rep
    exponent = coefficient if isinstance(coefficient, Affine) else Affine({}, complex(coefficient))
    try:
        angle = (exponent * -1j).real()
    except NotAffineError:
        return None
    if sentence is None:
        return _from_hermitian(angle, base, where)
    if any(abs(np.imag(c)) > NEGLIGIBLE for c in sentence.values()):
        return None
    words = {"".join(w.get(wire, "I") for wire in base.wires): float(np.real(c)) for w, c in sentence.items()}
    if len(where) <= MAX_DENSE_WIRES and len(words) > 1:
        return _from_dense_generator(angle, np.asarray(qml.matrix(base, wire_order=base.wires)), where)
    return from_words(angle, words, where)


def _from_hermitian(angle: Affine, base: Any, where: tuple[int, ...]) -> list[Action] | None:
    """exp(i angle G) for a G on few wires that is not made of Pauli words."""
    if len(where) > MAX_DENSE_WIRES or not base.has_matrix:
        return None
    matrix = np.asarray(qml.matrix(base, wire_order=base.wires))
    if not np.allclose(matrix, matrix.conj().T, atol=NEGLIGIBLE):
        return None
    return _from_dense_generator(angle, matrix, where)


def from_generator(operator: Any, where: tuple[int, ...]) -> list[Action] | None:
    """exp(i angle G), with G split by the wires it flips; only if the parts commute is their product the operator."""
    words = _generator_words(operator)
    if words is None:
        return None
    if len(where) <= MAX_DENSE_WIRES and len(words) > 1:
        matrix = _dense_generator(type(operator), len(where), _hashable(operator), operator)
        return _from_dense_generator(operator.data[0], matrix, where)
    return from_words(operator.data[0], words, where)


def _hashable(operator: Any) -> tuple[Any, ...]:
    return tuple(sorted((k, repr(v)) for k, v in operator.hyperparameters.items()))


def _example(operator: Any) -> Any:
    """The same operator on wires 0, 1, ... with a plain number for its angle."""
    with qml.QueuingManager.stop_recording():
        plain = qml.ops.functions.bind_new_parameters(operator, [0.5])
        return plain.map_wires(dict(zip(operator.wires, range(len(operator.wires)), strict=True)))


def _generator_words(operator: Any) -> dict[str, float] | None:
    """The generator as Pauli words over the operator's own wires (None: it has no such form)."""
    key = (type(operator), len(operator.wires), _hashable(operator))
    if isinstance(operator, qml.ops.Evolution | qml.ops.SymbolicOp):
        return _words_of(operator)
    if key not in _WORDS:
        _WORDS[key] = _words_of(operator)
    return _WORDS[key]


def _words_of(operator: Any) -> dict[str, float] | None:
    example = _example(operator)
    sentence = example.generator().pauli_rep
    if sentence is None:
        if len(example.wires) > MAX_DENSE_WIRES:
            return None
        sentence = qml.pauli_decompose(
            qml.matrix(example.generator(), wire_order=range(len(example.wires))), pauli=True, check_hermitian=True
        )
    wires = range(len(example.wires))
    return {"".join(word.get(w, "I") for w in wires): float(np.real(c)) for word, c in sentence.items()}


def _dense_generator(kind: type, n_wires: int, hyperparameters: tuple[Any, ...], operator: Any) -> np.ndarray:
    key = (kind, n_wires, hyperparameters)
    if isinstance(operator, qml.ops.Evolution | qml.ops.SymbolicOp):
        return np.asarray(qml.matrix(_example(operator).generator(), wire_order=range(n_wires)))
    if key not in _DENSE:
        _DENSE[key] = np.asarray(qml.matrix(_example(operator).generator(), wire_order=range(n_wires)))
    return _DENSE[key]


def _from_dense_generator(angle: Any, matrix: np.ndarray, where: tuple[int, ...]) -> list[Action] | None:
    everything = mask_of(where, [1] * len(where))
    parts: dict[int, list[Term]] = {}
    dense: dict[int, np.ndarray] = {}
    for target, source in zip(*np.nonzero(np.abs(matrix) > NEGLIGIBLE), strict=True):
        pattern = int(source) ^ int(target)
        term = Term(complex(matrix[target, source]), everything, local_mask(where, int(source)))
        parts.setdefault(pattern, []).append(term)
        dense.setdefault(pattern, np.zeros_like(matrix))[target, source] = matrix[target, source]
    if not _all_commute(list(dense.values())):
        return exponential(affine(angle), matrix, where)
    return [Rotation(affine(angle), local_mask(where, p), tuple(terms)) for p, terms in parts.items()]


def _all_commute(matrices: list[np.ndarray]) -> bool:
    return all(np.allclose(a @ b, b @ a, atol=NEGLIGIBLE) for i, a in enumerate(matrices) for b in matrices[:i])


def from_words(angle: Any, words: Mapping[str, float], where: tuple[int, ...]) -> list[Action] | None:
    """exp(i angle G) for a sum G of Pauli words; None if words that flip different wires do not commute."""
    parts: dict[int, list[Term]] = {}
    for word, coefficient in words.items():
        flip = mask_of(where, [p in "XY" for p in word])
        parity = mask_of(where, [p in "YZ" for p in word])
        parts.setdefault(flip, []).append(Term(coefficient * 1j ** word.count("Y"), parity=parity))
    if len(parts) > 1 and not _words_commute(list(words)):
        return None
    return [Rotation(affine(angle), f, tuple(t), mergeable=f != 0 and len(parts) == 1) for f, t in parts.items()]


def _words_commute(words: list[str]) -> bool:
    def commute(a: str, b: str) -> bool:
        return sum(p != q and "I" not in (p, q) for p, q in zip(a, b, strict=True)) % 2 == 0

    return all(commute(a, b) for i, a in enumerate(words) for b in words[:i])


@lru_cache(maxsize=512)
def _named_matrix(kind: Any) -> np.ndarray:
    return np.asarray(kind.compute_matrix())


def fixed_matrix(operator: Any) -> np.ndarray:
    """The matrix of an operator without parameters, those of PennyLane's named gates remembered."""
    if not operator.hyperparameters and operator.__class__.__module__.startswith("pennylane.ops.qubit.non_parametric"):
        return _named_matrix(type(operator))  # type: ignore[arg-type]
    return np.asarray(qml.matrix(operator))


def from_matrix(matrix: np.ndarray, where: tuple[int, ...], *, even_if_full: bool) -> list[Action] | None:
    """A fixed unitary: a permutation with phases, or two-level matrices.

    Args:
        matrix: Shape (2^n, 2^n).
        where: The n wires, by position.
        even_if_full: Whether to take a matrix that couples all of more than two basis states, too: of a gate that has
            a decomposition, that is shorter; None is returned.
    """
    everything = mask_of(where, [1] * len(where))
    present = np.abs(matrix) > NEGLIGIBLE
    if (present.sum(axis=0) == 1).all():
        targets = present.argmax(axis=0)
        cases = [
            Case(everything, local_mask(where, s), local_mask(where, s ^ int(t)), complex(matrix[t, s]))
            for s, t in enumerate(targets)
            if s != t or abs(matrix[t, s] - 1) > NEGLIGIBLE
        ]
        return [Permutation(tuple(cases))] if cases else []
    return from_blocks(matrix, where) if even_if_full or not couples_all(matrix) else None
