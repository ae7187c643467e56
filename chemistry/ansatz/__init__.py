"""Ansätze, one per file, behind one interface.

An ansatz is a callable that applies PennyLane operations for an array of parameters, beginning with the reference
determinant, and carries `n_params`, `initial_params` and a `name`; `runtime.compile` takes it as it is.
"""

from chemistry.ansatz.excitation_circuit import Ansatz, ExcitationCircuit
from chemistry.ansatz.repeated_uccsd import repeated_uccsd
from chemistry.ansatz.uccsd import uccsd

__all__ = ["Ansatz", "ExcitationCircuit", "repeated_uccsd", "uccsd"]
