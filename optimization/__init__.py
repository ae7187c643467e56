"""Binary problems, QAOA, the quality of its samples, and routing problems.

Import from here: problems (`BinaryProblem` over groups of variables with a chosen count, `TabulatedProblem` over a
listed feasible set, `Tsp` and `Cvrp`), the quantum optimiser `qaoa` and the ansatz and training it is made of, and what
is needed to set its samples beside uniform sampling of the same feasible set. The classical solvers of binary problems
are in `optimization.baselines`. Bitstrings are arrays of uint8 with variable 0 first; variable i is wire i.
"""

from importlib import import_module
from typing import Any

_SUBMODULES = {
    "AlternatingAnsatz": "optimization.alternating",
    "BinaryProblem": "optimization.binary_problem",
    "Cvrp": "optimization.routing",
    "Group": "optimization.binary_problem",
    "Plan": "optimization.routing",
    "QaoaResult": "optimization.qaoa",
    "SampleQuality": "optimization.sample_quality",
    "Samples": "optimization.samples",
    "Solution": "optimization.solution",
    "SolverStatus": "optimization.solution",
    "TabulatedProblem": "optimization.tabulated_problem",
    "Tsp": "optimization.routing",
    "distribution_quality": "optimization.sample_quality",
    "qaoa": "optimization.qaoa",
    "sample_quality": "optimization.sample_quality",
    "solve": "optimization.routing",
    "train": "optimization.training",
}

__all__ = list(_SUBMODULES)


def __getattr__(name: str) -> Any:
    """Load what was asked for: most of it is needed by few callers, and some of it is slow to import."""
    if name not in _SUBMODULES:
        raise AttributeError(f"module 'optimization' has no attribute {name!r}")
    return getattr(import_module(_SUBMODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
