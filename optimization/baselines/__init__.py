"""Classical solvers of binary problems, on the same feasible set as the circuits: nothing here pays penalties.

`enumerate_optimum` and `solve_scip` certify; `greedy`, `anneal` and `descend` are heuristics; `uniform_control` is the
control that every quantum sampler is set beside. Each honours `time_limit` and returns the best it has, with a status.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimization.baselines.enumeration import enumerate_optimum
from optimization.baselines.greedy import greedy
from optimization.baselines.mixed_integer import solve_scip
from optimization.baselines.uniform import uniform_control

if TYPE_CHECKING:
    from optimization.baselines.annealing import anneal
    from optimization.baselines.local_search import descend

__all__ = ["anneal", "descend", "enumerate_optimum", "greedy", "solve_scip", "uniform_control"]

_COMPILED = {"anneal": "optimization.baselines.annealing", "descend": "optimization.baselines.local_search"}


def __getattr__(name: str) -> Any:
    """Load the solvers with compiled kernels when they are asked for: importing numba takes its time."""
    if name in _COMPILED:
        return getattr(import_module(_COMPILED[name]), name)
    raise AttributeError(f"module 'optimization.baselines' has no attribute {name!r}")
