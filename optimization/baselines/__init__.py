"""Classical solvers of binary problems, on the same feasible set as the circuits: nothing here pays penalties.

`enumerate_optimum` and `solve_scip` certify; `greedy`, `anneal` and `descend` are heuristics; `uniform_control` is the
control that every quantum sampler is set beside. Each honours `time_limit` and returns the best it has, with a status.
"""

from importlib import import_module
from typing import Any

_SUBMODULES = {
    "anneal": "optimization.baselines.annealing",
    "descend": "optimization.baselines.local_search",
    "enumerate_optimum": "optimization.baselines.enumeration",
    "greedy": "optimization.baselines.greedy",
    "solve_scip": "optimization.baselines.mixed_integer",
    "uniform_control": "optimization.baselines.uniform",
}

__all__ = list(_SUBMODULES)


def __getattr__(name: str) -> Any:
    """Load a solver when it is asked for: numba and SCIP take their time."""
    if name not in _SUBMODULES:
        raise AttributeError(f"module 'optimization.baselines' has no attribute {name!r}")
    return getattr(import_module(_SUBMODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
