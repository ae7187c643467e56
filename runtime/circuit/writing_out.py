"""Writing operators out until every open number is the angle of a gate.

A matrix, a list of coefficients or a vector of amplitudes that depends on the parameters is no angle. What holds one is
replaced by the gates that it consists of, with the numbers of whoever follows them (our symbols, autograd, JAX, Torch)
passed on. What cannot be replaced is refused: taken as it is, its derivative would silently be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pennylane as qml

from runtime.circuit.affine import Affine
from runtime.circuit.dependence import has_loose_numbers, is_gate, is_open, kinds, value_of
from runtime.circuit.held_evolution import HeldEvolution
from runtime.circuit.one_qubit import exponential_of_paulis, rotations_of
from runtime.circuit.state_preparation import gates_preparing

LOSES_DERIVATIVES = qml.BasisRotation  # decomposed by PennyLane with some of its numbers cut loose
NEGLIGIBLE = 1e-12
UNITARY_TO = 1e-5  # single precision
MAX_DENSE_WIRES = 5  # of an exponential that is written out in its eigenbasis
MAX_PHASES = 256  # entries of a diagonal that are written as controlled phases
Kinds = Collection[tuple[type, ...]]


def written_out(operator: Any, follows: Callable[[Any], bool], also: Kinds = ()) -> list[Any]:
    """An operator itself if its open numbers are angles, else the gates that it consists of.

    Args:
        operator: A PennyLane operator; anything else, such as a measurement, is left as it is.
        follows: Whether a number is open: `dependence.depends` or `dependence.is_open`.
        also: Kinds of operators (see `dependence.kinds`) that are written out in any case.

    Raises:
        ValueError: If an open number is not an angle and the operator cannot be written out.
    """
    if not is_gate(operator):
        return [operator]
    loose = has_loose_numbers(operator, follows)
    if not loose and not (also and kinds(operator) in also):
        return [operator]
    parts = None if isinstance(operator, LOSES_DERIVATIVES) else _parts_if_possible(operator)
    if parts is None or any(_is_no_smaller(part, operator, follows) for part in parts):
        if loose:
            raise ValueError(cannot_be_differentiated(operator))
        return [operator]
    gates = [gate for part in parts for gate in written_out(part, follows, also)]
    idle = [w for w in operator.wires if not any(w in part.wires for part in parts)]
    return [*gates, qml.Identity(idle)] if idle else gates  # the circuit still has these wires


def parts_of(operator: Any) -> list[Any] | None:
    """The operators whose product an operator is, in the order in which they act; None if it has no such form."""
    if isinstance(operator, qml.ops.Adjoint | qml.ops.Controlled) and isinstance(operator.base, qml.GlobalPhase):
        if isinstance(operator, qml.ops.Adjoint):
            return [qml.GlobalPhase(-operator.data[0], wires=operator.wires)]
        return operator.decomposition()
    if isinstance(operator, qml.ops.Adjoint):
        parts = parts_of(operator.base)
        return None if parts is None else [qml.adjoint(part) for part in reversed(parts)]
    if isinstance(operator, qml.ControlledQubitUnitary):
        base = qml.QubitUnitary(operator.data[0], wires=operator.target_wires)
        return _controlled(operator, parts_of(base))
    if isinstance(operator, qml.ops.Controlled) and type(operator) in (qml.ops.Controlled, qml.ops.ControlledOp):
        return _controlled(operator, parts_of(operator.base))
    if isinstance(operator, qml.DiagonalQubitUnitary):
        return _phase_by_phase(operator)
    if isinstance(operator, qml.QubitUnitary):
        refuse_non_unitary(operator, operator.data[0])
        if len(operator.wires) > 1:
            if is_open(operator.data[0]):
                return None
            return qml.QubitUnitary(np.asarray(operator.data[0]), wires=operator.wires).decomposition()
        return rotations_of(operator.data[0], operator.wires[0])
    if isinstance(operator, qml.SpecialUnitary) and len(operator.wires) == 1:
        return rotations_of(exponential_of_paulis(operator.data[0]), operator.wires[0])
    if isinstance(operator, qml.StatePrep | qml.MottonenStatePreparation) and is_open(operator.data[0]):
        vector = operator.data[0] if isinstance(operator, qml.MottonenStatePreparation) else operator.state_vector()
        return gates_preparing(qml.math.reshape(vector, (-1,)), operator.wires)
    if isinstance(operator, qml.ops.Exp):
        return _exponential(operator)
    if isinstance(operator, qml.ops.Pow) and not operator.has_decomposition and operator.z == int(operator.z):
        base = operator.base if operator.z > 0 else qml.adjoint(operator.base)
        return [base] * abs(int(operator.z))
    return operator.decomposition() if operator.has_decomposition else None


def _parts_if_possible(operator: Any) -> list[Any] | None:
    with qml.QueuingManager.stop_recording():
        try:
            return parts_of(operator)
        except NotImplementedError:  # autograd has no derivative of something that the decomposition computes
            return None


def _is_no_smaller(part: Any, operator: Any, follows: Callable[[Any], bool]) -> bool:
    """Whether writing out leads back to where it began."""
    return kinds(part) == kinds(operator) and part.wires == operator.wires and has_loose_numbers(part, follows)


def refuse_non_unitary(operator: Any, matrix: Any) -> None:
    """Refuse a matrix, or the diagonal of one, that is known and not unitary: its angles would be those of another.

    Raises:
        ValueError: If it is not.
    """
    value = value_of(matrix)
    if value is None:
        return
    full = np.diag(value) if value.ndim == 1 else value
    if not np.allclose(full @ full.conj().T, np.eye(len(full)), atol=UNITARY_TO):
        raise ValueError(
            f"A gate must be unitary, and the matrix of {operator.name} on wires {operator.wires.tolist()} is not."
        )


def _controlled(operator: Any, parts: list[Any] | None) -> list[Any] | None:
    if parts is None:
        return None
    wires, values = operator.control_wires, operator.control_values
    return [qml.ctrl(part, control=wires, control_values=values) for part in parts]


def _phase_by_phase(operator: Any) -> list[Any] | None:
    """A diagonal unitary as one controlled phase for each basis state of its wires."""
    refuse_non_unitary(operator, operator.data[0])
    phases = qml.math.angle(operator.data[0])
    count = 2 ** len(operator.wires)
    if count > MAX_PHASES:
        return None
    last = len(operator.wires) - 1
    return [
        qml.ctrl(
            qml.GlobalPhase(-phases[i]),
            control=operator.wires,
            control_values=[bool(i >> (last - place) & 1) for place in range(last + 1)],
        )
        for i in range(count)
    ]


def _exponential(operator: Any) -> list[Any] | None:
    """A unitary exponential as one of a fixed generator, or as rotations about Pauli words that commute."""
    base, sentence = operator.base, operator.base.pauli_rep
    turn = operator.data[0] if isinstance(operator, qml.ops.Evolution) else 1j * operator.coeff
    if not isinstance(operator, qml.ops.Evolution) and not any(map(is_open, base.data)):
        angle = _real(turn)
        return None if angle is None else [HeldEvolution(angle, base)]
    if sentence is None:
        return _in_eigenbasis(turn, base)
    words = list(sentence)
    if not all(a.commutes_with(b) for i, a in enumerate(words) for b in words[:i]):
        return _in_eigenbasis(turn, base)
    gates = []
    for word, coefficient in sentence.items():
        angle = _real(turn * coefficient)
        if angle is None:
            return None
        if word:
            letters = "".join(word.values())
            gates.append(qml.PauliRot(2 * angle, letters, wires=list(word)))
        else:
            gates.append(qml.GlobalPhase(angle))
    return gates


def _in_eigenbasis(turn: Any, base: Any) -> list[Any] | None:
    """exp(-i turn G) of a fixed generator on few wires: to its eigenbasis, rotations about words of Z, and back."""
    wires = base.wires
    if len(wires) > MAX_DENSE_WIRES or any(map(is_open, base.data)) or not base.has_matrix:
        return None
    eigenvalues, vectors = np.linalg.eigh(qml.matrix(base, wire_order=wires))
    n = len(wires)
    gates = [qml.QubitUnitary(vectors.conj().T, wires=wires)]
    for subset in range(2**n):
        signs = 1 - 2 * (np.bitwise_count(np.arange(2**n) & subset).astype(int) % 2)
        weight = float(eigenvalues @ signs) / 2**n
        chosen = [w for i, w in enumerate(wires) if subset >> (n - 1 - i) & 1]
        if abs(weight) > NEGLIGIBLE:
            angle = turn * weight
            gates.append(qml.MultiRZ(2 * angle, wires=chosen) if chosen else qml.GlobalPhase(angle))
    return [*gates, qml.QubitUnitary(vectors, wires=wires)]


def _real(angle: Any) -> Any:
    """A real number without its imaginary part; None if it has one, so that its exponential is not unitary."""
    if isinstance(angle, Affine):
        return angle.real()
    if not qml.math.is_abstract(angle) and abs(float(qml.math.toarray(qml.math.imag(angle)))) > NEGLIGIBLE:
        return None
    return qml.math.real(angle)


def cannot_be_differentiated(operator: Any) -> str:
    """A sentence that refuses an operator, with what to do."""
    where = f"{operator.name} on wires {operator.wires.tolist()}"
    if isinstance(operator, qml.QubitUnitary | qml.ControlledQubitUnitary | qml.DiagonalQubitUnitary):
        return (
            f"A matrix that depends on the parameters, of {where}, cannot be differentiated: write it as rotations, or"
            " as qml.evolve of its generator."
        )
    if isinstance(operator, qml.ops.Exp):
        return (
            f"Coefficients that depend on the parameters, of {where}, can be differentiated where the exponentiated"
            " terms are Pauli words that commute, and these are not: use qml.TrotterProduct, or one exponential for"
            " each term."
        )
    return (
        f"A number that depends on the parameters, of {where}, is not the angle of a gate and has no decomposition into"
        " such gates: write the operation as gates whose angles depend on the parameters."
    )
