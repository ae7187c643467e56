"""States whose amplitudes depend on the parameters, as rotations controlled on the wires before.

Möttönen et al., "Transformation of quantum states using uniformly controlled rotations", Quantum Inf. Comput. 5, 467
(2005). Each pair of branches is divided by one rotation, and complex amplitudes get their phases at the end. The angles
are smooth where no branch is empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pennylane as qml


def gates_preparing(vector: Any, wires: Any) -> list[Any]:
    """Gates that take |0...0> to a normalised state, in the order in which they act.

    Args:
        vector: The amplitudes, shape (2^n,), of any interface.
        wires: The n wires, the first the most significant.

    Raises:
        ValueError: If all amplitudes of a branch are zero, so that the angles have no derivative by them.
    """
    n = len(wires)
    is_complex = "complex" in str(qml.math.get_dtype_name(vector))
    weights = qml.math.real(vector * qml.math.conj(vector)) if is_complex else vector**2
    _refuse_empty_branches(weights)
    gates = []
    for place in range(n):
        size = 2 ** (n - place - 1)
        for prefix in range(2**place):
            first = 2 * prefix * size
            if size == 1 and not is_complex:
                zero, one = vector[first], vector[first + 1]  # with their signs
            else:
                zero = qml.math.sqrt(qml.math.sum(weights[first : first + size]))
                one = qml.math.sqrt(qml.math.sum(weights[first + size : first + 2 * size]))
            turn = qml.RY(2 * qml.math.arctan2(one, zero), wires=wires[place])
            values = [bool(prefix >> (place - 1 - i) & 1) for i in range(place)]
            gates.append(qml.ctrl(turn, control=wires[:place], control_values=values) if place else turn)
    if is_complex:
        gates.append(qml.DiagonalQubitUnitary(vector / qml.math.sqrt(weights), wires=wires))
    return gates


def _refuse_empty_branches(weights: Any) -> None:
    if qml.math.is_abstract(weights):
        return
    values = np.asarray(qml.math.toarray(qml.math.unwrap([weights])[0]), dtype=float)
    if values.reshape(-1, 2).sum(axis=1).min() == 0.0:
        raise ValueError(
            "A prepared state whose amplitudes depend on the parameters cannot be differentiated where neighbors are"
            " both zero: prepare it with rotations by angles that depend on the parameters, or use default.qubit."
        )
