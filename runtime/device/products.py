"""Products of a circuit's Jacobian with vectors, in PennyLane's shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml

from runtime.device.measuring import unwrapped

if TYPE_CHECKING:
    from runtime.device.recorded_circuit import RecordedCircuit


def jacobian(recorded: RecordedCircuit, tape: qml.tape.QuantumScript) -> tuple[Any, Any]:
    """Values and the whole Jacobian."""
    values, rows = recorded.values_and_slopes(tape)
    return _numbers(values), unwrapped([_numbers(row) for row in rows])


def vector_jacobian(
    recorded: RecordedCircuit, tape: qml.tape.QuantumScript, cotangents: Any
) -> tuple[Any, tuple[Any, ...]]:
    """Values, and cotangents times Jacobian: one adjoint pass, however many observables the circuit measures.

    Args:
        recorded: the compiled circuit.
        tape: its angles and its m expectation values.
        cotangents: a number for each measurement, not in a tuple if there is only one; or an array of them each.
    """
    count = len(tape.measurements)
    weights = np.asarray(qml.math.toarray(cotangents if count == 1 else qml.math.stack(cotangents)), dtype=np.float64)
    pairs = [recorded.vjp(tape, column) for column in weights.reshape(count, -1).T]
    products = np.stack([product for _, product in pairs], axis=1)
    batched = weights.ndim > (0 if count == 1 else 1)
    return _numbers(pairs[0][0]), tuple(products if batched else products[:, 0])


def jacobian_vector(recorded: RecordedCircuit, tape: qml.tape.QuantumScript, tangents: Any) -> tuple[Any, Any]:
    """Values, and Jacobian times tangents: one pass, however many parameters the circuit has."""
    values, slopes = recorded.jvp(tape, numbers_of(tangents))
    return _numbers(values), _numbers(slopes)


def numbers_of(tangents: Any) -> np.ndarray:
    """Tangents of any interface as an array, shape (n_trainable,)."""
    return np.array([float(t) for t in tangents])


def times_tangents(rows: Any, tape: qml.tape.QuantumScript, tangents: Any) -> Any:
    """A Jacobian in PennyLane's shape, times tangents."""
    direction = numbers_of(tangents)
    matrix = np.reshape(np.asarray(rows, dtype=np.float64), (len(tape.measurements), len(direction)))
    return _numbers(matrix @ direction)


def _numbers(values: np.ndarray) -> Any:
    return unwrapped([np.float64(v) for v in values])
