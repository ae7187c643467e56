"""What each PennyLane operator does to basis states: the vocabulary that reach and lowering work with.

An operator becomes a list of actions, always from its highest level: a `SingleExcitation` couples 01 with 10, which its
decomposition into H, CNOT and RY no longer shows. Masks are Python integers in which bit i stands for the wire at
position i of the circuit, so any number of wires fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pennylane as qml

from runtime.affine import Affine
from runtime.operations import DiagonalCost, DickeState, GuardedHop, UniformSuperposition
from runtime.structure import NoStructureError
from runtime.tracing import UNTRACEABLE

MAX_DENSE_WIRES = 5  # local matrices beyond 32 x 32 are not looked at; such operators are decomposed
NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class Term:
    """coefficient * [x & mask == value] * (-1)^popcount(x & parity): one term of an amplitude g(x)."""

    coefficient: complex
    mask: int = 0
    value: int = 0
    parity: int = 0


@dataclass(frozen=True)
class Rotation:
    """exp(i angle G) with G|x> = g(x)|x ^ flip>; without a flip it is a diagonal phase."""

    angle: Affine
    flip: int
    terms: tuple[Term, ...]
    guarded: bool = False
    mergeable: bool = False  # a Pauli rotation that may conserve only together with its neighbours
    origin: str = ""  # the operator it comes from, for people


@dataclass(frozen=True)
class Cost:
    """exp(-i angle f(x)) for a cost evaluated on the sector's bit strings, restricted to some wires."""

    angle: Affine
    function: Callable[[np.ndarray], np.ndarray]
    wires: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """|x> -> phase |x ^ flip> where x & mask == value."""

    mask: int
    value: int
    flip: int
    phase: complex = 1.0


@dataclass(frozen=True)
class Permutation:
    """A permutation of basis states with phases; states that match no case stay as they are."""

    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Mixing:
    """A fixed 2x2 matrix on each pair (x, x ^ flip) with x & mask == value."""

    flip: int
    mask: int
    value: int
    matrix: tuple[complex, complex, complex, complex]
    origin: str = ""


@dataclass(frozen=True)
class Preparation:
    """Amplitudes on wires that are still in the state 0."""

    wires: tuple[int, ...]
    bits: np.ndarray  # shape: (m, len(wires)), uint8
    amplitudes: np.ndarray  # shape: (m,)
    origin: str = ""


Action = Rotation | Cost | Permutation | Mixing | Preparation
Positions = Mapping[Any, int]


def actions_of(operator: qml.operation.Operator, positions: Positions, untouched: frozenset[int]) -> list[Action]:
    """The actions of an operator, decomposing it only if it has no action of its own.

    Args:
        operator: its parameters may be `Affine`.
        positions: wire label -> position in the circuit.
        untouched: positions of wires that no earlier operator has acted on.

    Raises:
        NoStructureError: if neither the operator nor its decomposition can be run in a sector.
    """
    native = _native(operator, positions, untouched)
    if native is not None:
        return native
    if not operator.has_decomposition:
        raise NoStructureError(f"{operator.name} has neither a native form nor a decomposition.")
    actions: list[Action] = []
    try:
        with qml.QueuingManager.stop_recording():
            parts = operator.decomposition()
    except UNTRACEABLE as reason:
        raise NoStructureError(f"The decomposition of {operator.name} cannot be traced: {reason}") from reason
    for part in parts:
        actions += actions_of(part, positions, untouched)
        untouched -= {positions[w] for w in part.wires}
    return actions


def _native(operator: Any, positions: Positions, untouched: frozenset[int]) -> list[Action] | None:
    """The operator's own actions, or None."""
    where = tuple(positions[w] for w in operator.wires)
    if isinstance(operator, qml.Barrier | qml.Snapshot | qml.Identity) or (
        isinstance(operator, qml.WireCut) and not where
    ):
        return []
    if isinstance(operator, qml.ops.Controlled):
        return _controlled(operator, positions)
    if isinstance(operator, qml.ops.Adjoint):
        return _adjoint(operator, positions)
    if isinstance(operator, DickeState | UniformSuperposition | qml.StatePrep | qml.BasisState):
        return _preparation(operator, where) if untouched.issuperset(where) else None
    if isinstance(operator, GuardedHop):
        return _guarded_hop(operator, where)
    if isinstance(operator, DiagonalCost):
        return [Cost(_affine(operator.data[0]), operator.hyperparameters["function"], where)]
    if isinstance(operator, qml.FermionicSingleExcitation | qml.FermionicDoubleExcitation):
        return _fermionic(operator, positions)
    if isinstance(operator, qml.GlobalPhase):
        return [Rotation(_affine(operator.data[0]), 0, (Term(-1.0),))]
    if isinstance(operator, qml.PauliRot):
        word = operator.hyperparameters["pauli_word"]
        return _from_words(operator.data[0], {word: -0.5}, where)
    if isinstance(operator, qml.MultiRZ):
        return _from_words(operator.data[0], {"Z" * len(where): -0.5}, where)
    if len(operator.data) == 1 and np.ndim(operator.data[0]) == 0 and operator.has_generator:
        return _from_generator(operator, where)
    if not operator.data and operator.has_matrix and len(where) <= MAX_DENSE_WIRES:
        return _from_matrix(_fixed_matrix(operator), where)
    if all(np.ndim(d) > 0 and not _is_symbolic(d) for d in operator.data) and operator.has_matrix:
        return _from_matrix(qml.matrix(operator), where) if len(where) <= MAX_DENSE_WIRES else None
    return None


def _affine(angle: Any) -> Affine:
    return angle if isinstance(angle, Affine) else Affine({}, float(angle))


def _is_symbolic(data: Any) -> bool:
    return isinstance(data, Affine) or (isinstance(data, np.ndarray) and data.dtype == object)


def mask_of(where: tuple[int, ...], bits: Any) -> int:
    """The integer with a one at where[i] for each bits[i] that is set."""
    return sum(1 << w for w, b in zip(where, bits, strict=True) if b)


def local_mask(where: tuple[int, ...], pattern: int) -> int:
    """A pattern over local wires, the first the most significant, as a mask over the circuit."""
    n = len(where)
    return sum(1 << w for i, w in enumerate(where) if pattern >> (n - 1 - i) & 1)


def _preparation(operator: Any, where: tuple[int, ...]) -> list[Action]:
    if isinstance(operator, DickeState):
        bits = _strings_of_weight(len(where), operator.hyperparameters["n_chosen"])
    elif isinstance(operator, UniformSuperposition):
        bits = operator.hyperparameters["bitstrings"]
    elif isinstance(operator, qml.BasisState):
        bits = np.asarray(operator.data[0], dtype=np.uint8).reshape(1, -1)
    else:
        vector = np.asarray(operator.state_vector(wire_order=operator.wires)).reshape(-1)
        support = np.flatnonzero(np.abs(vector) > 0)
        shifts = np.arange(len(where) - 1, -1, -1)
        bits = (support[:, None] >> shifts & 1).astype(np.uint8)
        return [Preparation(where, bits, vector[support])]
    return [Preparation(where, bits, np.full(len(bits), 1 / np.sqrt(len(bits))))]


def _strings_of_weight(n: int, k: int) -> np.ndarray:
    """All bit strings of length n with k ones, shape (C(n, k), n): column by column, no Python loop over strings."""
    strings = np.zeros((1, 0), dtype=np.uint8)
    for length in range(1, n + 1):
        zeros = np.c_[strings, np.zeros(len(strings), np.uint8)]
        ones = np.c_[strings, np.ones(len(strings), np.uint8)]
        strings = np.r_[zeros, ones]
        weights = strings.sum(axis=1)
        strings = strings[(weights <= k) & (weights + n - length >= k)]
    return strings


def _guarded_hop(operator: GuardedHop, where: tuple[int, ...]) -> list[Action]:
    everything = mask_of(where, [1] * len(where))
    terms = []
    flip = 0
    for s, t in operator.hyperparameters["pairs"]:
        flip = mask_of(where, s) ^ mask_of(where, t)
        terms += [Term(-1.0, everything, mask_of(where, s)), Term(-1.0, everything, mask_of(where, t))]
    return [Rotation(_affine(operator.data[0]), flip, tuple(terms), guarded=True)]


def _fermionic(operator: Any, positions: Positions) -> list[Action]:
    """Excitations between fermionic modes: two local patterns and the parity of the modes in between."""
    if isinstance(operator, qml.FermionicSingleExcitation):
        strings = [operator.wires]
        bare, sign = qml.SingleExcitation, -1.0  # PennyLane's two singles have opposite signs
    else:
        strings = [operator.hyperparameters["wires1"], operator.hyperparameters["wires2"]]
        bare, sign = qml.DoubleExcitation, 1.0
    ends = tuple(positions[w] for s in strings for w in (s[0], s[-1]))
    parity = 0
    for s in strings:
        parity ^= mask_of(tuple(positions[w] for w in s[1:-1]), [1] * (len(s) - 2))
    [rotation] = _from_generator(bare(operator.data[0], wires=range(len(ends))), ends)
    assert isinstance(rotation, Rotation)
    # A half angle in SingleExcitation and DoubleExcitation is a half angle in the fermionic ones, too.
    terms = tuple(replace(t, coefficient=sign * t.coefficient, parity=t.parity ^ parity) for t in rotation.terms)
    return [replace(rotation, terms=terms)]


def _from_generator(operator: Any, where: tuple[int, ...]) -> list[Action] | None:
    """exp(i angle G), with G split by the wires it flips; only if the parts commute is their product the operator."""
    words = _generator_words(operator)
    if words is None:
        return None
    if len(where) <= MAX_DENSE_WIRES and len(words) > 1:
        matrix = _dense_generator(type(operator), len(where), _hashable(operator), operator)
        return _from_dense_generator(operator.data[0], matrix, where)
    return _from_words(operator.data[0], words, where)


def _hashable(operator: Any) -> tuple[Any, ...]:
    return tuple(sorted((k, repr(v)) for k, v in operator.hyperparameters.items()))


_WORDS: dict[Any, dict[str, float] | None] = {}
_DENSE: dict[Any, np.ndarray] = {}


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
        return None
    return [Rotation(_affine(angle), local_mask(where, p), tuple(terms)) for p, terms in parts.items()]


def _all_commute(matrices: list[np.ndarray]) -> bool:
    return all(np.allclose(a @ b, b @ a, atol=NEGLIGIBLE) for i, a in enumerate(matrices) for b in matrices[:i])


def _from_words(angle: Any, words: Mapping[str, float], where: tuple[int, ...]) -> list[Action] | None:
    parts: dict[int, list[Term]] = {}
    for word, coefficient in words.items():
        flip = mask_of(where, [p in "XY" for p in word])
        parity = mask_of(where, [p in "YZ" for p in word])
        parts.setdefault(flip, []).append(Term(coefficient * 1j ** word.count("Y"), parity=parity))
    if len(parts) > 1 and not _words_commute(list(words)):
        return None
    return [Rotation(_affine(angle), f, tuple(t), mergeable=f != 0 and len(parts) == 1) for f, t in parts.items()]


def _words_commute(words: list[str]) -> bool:
    def commute(a: str, b: str) -> bool:
        return sum(p != q and "I" not in (p, q) for p, q in zip(a, b, strict=True)) % 2 == 0

    return all(commute(a, b) for i, a in enumerate(words) for b in words[:i])


@lru_cache(maxsize=512)
def _named_matrix(kind: type, n_wires: int) -> np.ndarray:
    return np.asarray(kind.compute_matrix())


def _fixed_matrix(operator: Any) -> np.ndarray:
    if not operator.hyperparameters and operator.__class__.__module__.startswith("pennylane.ops.qubit.non_parametric"):
        return _named_matrix(type(operator), len(operator.wires))
    return np.asarray(qml.matrix(operator))


def _from_matrix(matrix: np.ndarray, where: tuple[int, ...]) -> list[Action] | None:
    """A fixed unitary: a permutation with phases, or 2x2 blocks; None if it mixes more than two states at a time."""
    everything = mask_of(where, [1] * len(where))
    present = np.abs(matrix) > NEGLIGIBLE
    actions: list[Action] = []
    if (present.sum(axis=0) == 1).all():
        targets = present.argmax(axis=0)
        cases = [
            Case(everything, local_mask(where, s), local_mask(where, s ^ int(t)), complex(matrix[t, s]))
            for s, t in enumerate(targets)
            if s != t or abs(matrix[t, s] - 1) > NEGLIGIBLE
        ]
        return [Permutation(tuple(cases))] if cases else []
    for s in range(len(matrix)):
        block = np.flatnonzero(present[:, s] | present[s])
        if s not in block:
            block = np.sort(np.append(block, s))
        if len(block) > 2 or any((present[:, b] & ~np.isin(np.arange(len(matrix)), block)).any() for b in block):
            return None
        if len(block) == 1:
            if abs(matrix[s, s] - 1) > NEGLIGIBLE:
                actions.append(Permutation((Case(everything, local_mask(where, s), 0, complex(matrix[s, s])),)))
        elif s == block[0]:
            t = int(block[1])
            entries = tuple(complex(matrix[i, j]) for i in (s, t) for j in (s, t))
            actions.append(Mixing(local_mask(where, s ^ t), everything, local_mask(where, s), entries))  # type: ignore[arg-type]
    return actions


def _controlled(operator: Any, positions: Positions) -> list[Action] | None:
    """The base's actions, each under the condition that the controls match."""
    base = _native(operator.base, positions, frozenset())
    if base is None or any(isinstance(a, Preparation | Cost) for a in base):
        return None
    controls = tuple(positions[w] for w in operator.control_wires)
    mask, value = mask_of(controls, [1] * len(controls)), mask_of(controls, operator.control_values)
    conditioned: list[Action] = []
    for action in base:
        if isinstance(action, Rotation):
            terms = tuple(replace(t, mask=t.mask | mask, value=t.value | value) for t in action.terms)
            conditioned.append(replace(action, terms=terms, mergeable=False))
        elif isinstance(action, Permutation):
            cases = tuple(replace(c, mask=c.mask | mask, value=c.value | value) for c in action.cases)
            conditioned.append(Permutation(cases))
        elif isinstance(action, Mixing):
            conditioned.append(replace(action, mask=action.mask | mask, value=action.value | value))
    return conditioned


def _adjoint(operator: Any, positions: Positions) -> list[Action] | None:
    """The base's actions undone in the opposite order."""
    base = _native(operator.base, positions, frozenset())
    if base is None or any(isinstance(a, Preparation) for a in base):
        return None
    undone: list[Action] = []
    for action in reversed(base):
        if isinstance(action, Rotation | Cost):
            undone.append(replace(action, angle=-action.angle))
        elif isinstance(action, Permutation):
            undone.append(
                Permutation(
                    tuple(
                        replace(c, value=c.value ^ c.flip & c.mask, phase=complex(np.conj(c.phase)))
                        for c in action.cases
                    )
                )
            )
        elif isinstance(action, Mixing):
            a, b, c, d = (complex(np.conj(e)) for e in action.matrix)
            undone.append(replace(action, matrix=(a, c, b, d)))
    return undone
