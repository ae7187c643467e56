"""Routing problems, their solvers, and the one checker that every plan passes through.

Import from here: the problems `Cvrp` and `Tsp` with their readers, `solve` and the `Plan` it returns, `check`, and the
reader and writer of CVRPLIB solution files. Customers are numbered from 1, the depot being 0; cities of a tour from 1.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimization.routing.checker import Check, check
from optimization.routing.plan import Plan, PlanStatus
from optimization.routing.solution_file import Solution, read_solution, write_solution
from optimization.routing.tsp import Tsp
from optimization.routing.vehicle_routing import Cvrp

if TYPE_CHECKING:
    from optimization.routing.solving import solve

__all__ = [
    "Check",
    "Cvrp",
    "Plan",
    "PlanStatus",
    "Solution",
    "Tsp",
    "check",
    "read_solution",
    "solve",
    "write_solution",
]


def __getattr__(name: str) -> Any:
    """Load the solvers when they are asked for: importing numba takes its time."""
    if name == "solve":
        return import_module("optimization.routing.solving").solve
    raise AttributeError(f"module 'optimization.routing' has no attribute {name!r}")
