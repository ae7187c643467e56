"""The Grover mixer over whatever set of states the circuit has reached."""

from __future__ import annotations

from pennylane.operation import Operation


class GroverMixer(Operation):
    r"""The mixer :math:`\exp(-i \beta |s\rangle\langle s|)`, with s the equal superposition of all reached states.

    Bärtschi & Eidenbenz, "Grover mixers for QAOA" (QCE 2020, arXiv:2006.00354). Started from the equal superposition
    over a feasible set, it connects every state of the set with every other, however the set is made. Its circuit would
    be the preparation of s, undone and done again around one phase; for an arbitrary set that is not affordable, so no
    decomposition is declared.

    Args:
        beta: the mixing angle.
        wires: all wires of the circuit.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(self, beta: float, wires: object, id: str | None = None) -> None:
        super().__init__(beta, wires=wires, id=id)
