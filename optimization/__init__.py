"""Binary problems, QAOA, the quality of its samples, and routing problems.

Import from here: problems (`BinaryProblem` over groups of variables with a chosen count, `TabulatedProblem` over a
listed feasible set, `Tsp` and `Cvrp`), the quantum optimizer `qaoa` and the ansatz and training it is made of, and what
is needed to set its samples beside uniform sampling of the same feasible set. The classical solvers of binary problems
are in `optimization.baselines`. Bitstrings are arrays of uint8 with variable 0 first; variable i is wire i.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimization.alternating import AlternatingAnsatz, QaoaProblem
from optimization.binary_problem import BinaryProblem
from optimization.feasible_set import Group
from optimization.qaoa import QaoaResult, qaoa
from optimization.sample_quality import SampleQuality, distribution_quality, sample_quality
from optimization.samples import Samples
from optimization.solution import Solution, SolverStatus
from optimization.tabulated_problem import TabulatedProblem
from optimization.training import Training, train

if TYPE_CHECKING:
    from optimization.routing import Cvrp, Plan, Tsp, solve

__all__ = [
    "AlternatingAnsatz",
    "BinaryProblem",
    "Cvrp",
    "Group",
    "Plan",
    "QaoaProblem",
    "QaoaResult",
    "SampleQuality",
    "Samples",
    "Solution",
    "SolverStatus",
    "TabulatedProblem",
    "Training",
    "Tsp",
    "distribution_quality",
    "qaoa",
    "sample_quality",
    "solve",
    "train",
]

_ROUTING = ("Cvrp", "Plan", "Tsp", "solve")


def __getattr__(name: str) -> Any:
    """Load routing when it is asked for: it brings solvers that a portfolio does not need."""
    if name in _ROUTING:
        return getattr(import_module("optimization.routing"), name)
    raise AttributeError(f"module 'optimization' has no attribute {name!r}")
