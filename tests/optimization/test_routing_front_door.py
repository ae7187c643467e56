"""The names that routing offers, and that asking for a problem does not import a solver."""

import subprocess
import sys

from optimization import routing


def test_the_names_are_these():
    assert routing.__all__ == [
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
    assert all(getattr(routing, name) is not None for name in routing.__all__)


def test_problems_are_read_without_solvers():
    script = (
        "import sys; from optimization.routing import Cvrp, Tsp, check; "
        "print([m for m in ('numba', 'pennylane', 'highspy', 'pyvrp', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
