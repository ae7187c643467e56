"""ADAPT-VQE: a circuit that grows by the operator of a pool along which the energy falls most steeply.

`adapt_vqe` grows it, from one of three pools, and records every step; its result carries an ordinary ansatz.
`cnot_circuit` writes that ansatz in CNOTs and rotations by the shortest circuits known, and `operator_counts` puts
several results in one table. Import what is listed in `__all__`.
"""

from chemistry.adapt.cnot_decomposition import CnotCircuit, cnot_circuit
from chemistry.adapt.growth import adapt_vqe
from chemistry.adapt.pools import POOLS, PoolOperator, operator_pool
from chemistry.adapt.qubit_excitations import QubitExcitation
from chemistry.adapt.record import AdaptResult, AdaptStatus, AdaptStep, operator_counts

__all__ = [
    "POOLS",
    "AdaptResult",
    "AdaptStatus",
    "AdaptStep",
    "CnotCircuit",
    "PoolOperator",
    "QubitExcitation",
    "adapt_vqe",
    "cnot_circuit",
    "operator_counts",
    "operator_pool",
]
