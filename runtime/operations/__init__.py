"""PennyLane operations that the workloads need and PennyLane lacks.

Each is an ordinary operator that can be queued in any circuit. The sector engine runs them natively. `DickeState` has a
decomposition that equals it, so it runs everywhere; the others have none that a machine could afford, declare none, and
are refused elsewhere with that reason.
"""

from runtime.operations.diagonal_cost import DiagonalCost
from runtime.operations.dicke_state import DickeState
from runtime.operations.grover_mixer import GroverMixer
from runtime.operations.guarded_hop import GuardedHop
from runtime.operations.permutation_state import PermutationState
from runtime.operations.register_swap import RegisterSwap
from runtime.operations.uniform_superposition import UniformSuperposition

__all__ = [
    "DiagonalCost",
    "DickeState",
    "GroverMixer",
    "GuardedHop",
    "PermutationState",
    "RegisterSwap",
    "UniformSuperposition",
]
