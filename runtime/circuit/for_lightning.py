"""Fixed gates as lightning.qubit's adjoint method counts them.

It finds a parameter by the number of numbers before it, and miscounts those of gates that it has no kernel for: behind
a `DiagonalQubitUnitary` or a `CRot`, gradients are those of another gate, or it stops with an error. As matrices they
are counted rightly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pennylane as qml

MAX_WIRES = 6  # of a matrix
MISCOUNTED = qml.DiagonalQubitUnitary | qml.CRot | qml.ControlledQubitUnitary | qml.PCPhase


def counted_rightly(operator: Any) -> Any:
    """A gate that lightning.qubit would miscount as its matrix, if its numbers are fixed; any other as it is."""
    base = operator
    while isinstance(base, qml.ops.Adjoint | qml.ops.Controlled) and not isinstance(base, MISCOUNTED):
        base = base.base
    if not isinstance(base, MISCOUNTED) or len(operator.wires) > MAX_WIRES or any(_is_open(d) for d in operator.data):
        return operator
    with qml.QueuingManager.stop_recording():
        return qml.QubitUnitary(np.asarray(qml.matrix(operator), dtype=complex), wires=operator.wires)


def _is_open(datum: Any) -> bool:
    return bool(qml.math.requires_grad(datum) or qml.math.is_abstract(datum))
