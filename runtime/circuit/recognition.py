"""Recognising PennyLane operators: each becomes a list of actions, always from its highest level.

A `SingleExcitation` couples 01 with 10, which its decomposition into H, CNOT and RY no longer shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.actions import (
    Action,
    AnyPreparation,
    Cost,
    DickePreparation,
    Exchange,
    Mixing,
    Permutation,
    PermutationPreparation,
    Positions,
    Preparation,
    Reflection,
    Rotation,
    Term,
    mask_of,
)
from runtime.circuit.affine import Affine, NotAffineError
from runtime.circuit.dependence import WEIGHTED_SUMS, innermost
from runtime.circuit.fixed_angles import settled
from runtime.circuit.generators import (
    MAX_DENSE_WIRES,
    affine,
    fixed_matrix,
    from_exponential,
    from_generator,
    from_matrix,
    from_words,
)
from runtime.circuit.held_evolution import HeldEvolution
from runtime.circuit.structure import NoStructureError
from runtime.circuit.tracing import UNTRACEABLE, plain
from runtime.circuit.writing_out import parts_of, refuse_non_unitary
from runtime.operations import (
    DiagonalCost,
    DickeState,
    GroverMixer,
    GuardedHop,
    PermutationState,
    RegisterSwap,
    UniformSuperposition,
)

# These have no decomposition.
ONLY_NATIVE = (DiagonalCost, GroverMixer, GuardedHop, PermutationState, RegisterSwap, UniformSuperposition)
BARE_MATRICES = (qml.QubitUnitary, qml.ControlledQubitUnitary, qml.BlockEncode)
PREPARATIONS = (
    DickeState,
    PermutationState,
    UniformSuperposition,
    qml.StatePrep,
    qml.BasisState,
    qml.MottonenStatePreparation,
)


def actions_of(operator: qml.operation.Operator, positions: Positions, untouched: frozenset[int]) -> list[Action]:
    """The actions of an operator, decomposing it only if it has no action of its own.

    Args:
        operator: its parameters may be `Affine`.
        positions: wire label -> position in the circuit.
        untouched: positions of wires that no earlier operator has acted on.

    Raises:
        NoStructureError: if neither the operator nor its decomposition can be run in a sector.
    """
    try:
        native = _native(operator, positions, untouched)
    except (NotAffineError, TypeError, AttributeError) as reason:
        raise NoStructureError(f"{operator.name} cannot be traced: {reason}") from reason
    if native is not None:
        return [simpler for action in native for simpler in settled(action)]
    actions: list[Action] = []
    try:
        with qml.QueuingManager.stop_recording():
            parts = parts_of(operator)
    except UNTRACEABLE as reason:
        raise NoStructureError(f"The decomposition of {operator.name} cannot be traced: {reason}") from reason
    if parts is None:
        raise NoStructureError(f"{operator.name} has neither a native form nor a decomposition.")
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
    if isinstance(operator, qml.ops.Exp):
        return from_exponential(operator.coeff, operator.base, where)
    if isinstance(operator, HeldEvolution):
        return from_exponential(operator.data[0] * -1j, operator.hyperparameters["generator"], where)
    if isinstance(operator, qml.ops.Adjoint):
        return _adjoint(operator, positions)
    if isinstance(operator, PREPARATIONS):
        return _preparation(operator, where) if untouched.issuperset(where) else None
    if isinstance(operator, GuardedHop):
        return _guarded_hop(operator, where)
    if isinstance(operator, RegisterSwap):
        half = len(where) // 2
        return [Exchange(affine(operator.data[0]), where[:half], where[half:])]
    if isinstance(operator, GroverMixer):
        if set(where) != set(positions.values()):
            raise NoStructureError("A GroverMixer needs all wires of the circuit.")
        return [Reflection(affine(operator.data[0]))]
    if isinstance(operator, DiagonalCost):
        return [Cost(affine(operator.data[0]), operator.hyperparameters["function"], where)]
    if isinstance(operator, qml.FermionicSingleExcitation | qml.FermionicDoubleExcitation):
        return _fermionic(operator, positions)
    if isinstance(operator, qml.GlobalPhase):
        return [Rotation(affine(operator.data[0]), 0, (Term(-1.0),))]
    if isinstance(operator, qml.PauliRot):
        word = operator.hyperparameters["pauli_word"]
        return from_words(operator.data[0], {word: -0.5}, where)
    if isinstance(operator, qml.MultiRZ):
        return from_words(operator.data[0], {"Z" * len(where): -0.5}, where)
    if len(operator.data) == 1 and np.ndim(operator.data[0]) == 0 and operator.has_generator:
        return from_generator(operator, where)
    if len(where) > MAX_DENSE_WIRES or any(_is_symbolic(d) for d in operator.data):
        return None
    if any(np.ndim(d) == 0 for d in operator.data) and not isinstance(innermost(operator), WEIGHTED_SUMS):
        return None
    if operator.has_matrix:
        matrix = fixed_matrix(plain(operator))
        refuse_non_unitary(operator, matrix)
        bare = isinstance(operator, BARE_MATRICES) or not operator.has_decomposition
        return from_matrix(matrix, where, even_if_full=bare)
    return _small_template(operator, where)


def _small_template(operator: Any, where: tuple[int, ...]) -> list[Action] | None:
    """A fixed template whose matrix shows what its decomposition hides, as of arithmetic written in QFTs."""
    if not operator.has_decomposition:
        return None
    try:
        with qml.QueuingManager.stop_recording():
            parts = operator.decomposition()
            if len(parts) < 2 or any(isinstance(part, PREPARATIONS) for part in parts):
                return None
            matrix = qml.matrix(qml.tape.QuantumScript(parts), wire_order=operator.wires)
    except (*UNTRACEABLE, qml.operation.OperatorPropertyUndefined):
        return None  # work wires, measurements, or no matrix
    return from_matrix(np.asarray(matrix), where, even_if_full=False)


def _is_symbolic(data: Any) -> bool:
    return isinstance(data, Affine) or (isinstance(data, np.ndarray) and data.dtype == object)


def _preparation(operator: Any, where: tuple[int, ...]) -> list[Action]:
    if isinstance(operator, DickeState):
        return [DickePreparation(where, operator.hyperparameters["n_chosen"])]
    if isinstance(operator, PermutationState):
        return [PermutationPreparation(where)]
    if isinstance(operator, UniformSuperposition):
        bits = operator.hyperparameters["bitstrings"]
    elif isinstance(operator, qml.BasisState):
        bits = np.asarray(operator.data[0], dtype=np.uint8).reshape(1, -1)
    else:
        given = operator.data[0] if isinstance(operator, qml.MottonenStatePreparation) else operator.state_vector()
        vector = np.asarray(given.todense() if hasattr(given, "todense") else given).reshape(-1)
        if not np.isfinite(vector).all():
            raise ValueError(f"The amplitudes of {operator.name} must be finite, got nan or infinity.")
        support = np.flatnonzero(np.abs(vector) > 0)
        shifts = np.arange(len(where) - 1, -1, -1)
        bits = (support[:, None] >> shifts & 1).astype(np.uint8)
        return [Preparation(where, bits, vector[support])]
    return [Preparation(where, bits, np.full(len(bits), 1 / np.sqrt(len(bits))))]


def _guarded_hop(operator: GuardedHop, where: tuple[int, ...]) -> list[Action]:
    everything = mask_of(where, [1] * len(where))
    terms = []
    flip = 0
    for s, t in operator.hyperparameters["pairs"]:
        flip = mask_of(where, s) ^ mask_of(where, t)
        terms += [Term(-1.0, everything, mask_of(where, s)), Term(-1.0, everything, mask_of(where, t))]
    return [Rotation(affine(operator.data[0]), flip, tuple(terms), guarded=True)]


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
    rotations = from_generator(bare(operator.data[0], wires=range(len(ends))), ends) or []
    # The half angles are the same in the fermionic and in the qubit gates.
    return [
        replace(r, terms=tuple(replace(t, coefficient=sign * t.coefficient, parity=t.parity ^ parity) for t in r.terms))
        for r in rotations
        if isinstance(r, Rotation)
    ]


def _controlled(operator: Any, positions: Positions) -> list[Action] | None:
    """The base's actions, each under the condition that the controls match."""
    base = actions_of(operator.base, positions, frozenset())
    if any(isinstance(a, AnyPreparation | Cost | Reflection | Exchange) for a in base):
        return None
    controls = tuple(positions[w] for w in operator.control_wires)
    mask, value = mask_of(controls, [1] * len(controls)), mask_of(controls, operator.control_values)
    conditioned: list[Action] = []
    for action in base:
        if isinstance(action, Rotation):
            terms = tuple(replace(t, mask=t.mask | mask, value=t.value | value) for t in action.terms)
            conditioned.append(replace(action, terms=terms))
        elif isinstance(action, Permutation):
            cases = tuple(replace(c, mask=c.mask | mask, value=c.value | value) for c in action.cases)
            conditioned.append(Permutation(cases))
        elif isinstance(action, Mixing):
            conditioned.append(replace(action, mask=action.mask | mask, value=action.value | value))
    return conditioned


def _adjoint(operator: Any, positions: Positions) -> list[Action] | None:
    """The base's actions undone in the opposite order."""
    base = actions_of(operator.base, positions, frozenset())
    if any(isinstance(a, AnyPreparation) for a in base):
        return None
    undone: list[Action] = []
    for action in reversed(base):
        if isinstance(action, Rotation | Cost | Reflection | Exchange):
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
