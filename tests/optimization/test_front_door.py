import subprocess
import sys
from types import ModuleType

import pytest

import optimization
import optimization.baselines

HEAVY = ("pennylane", "pandas", "matplotlib", "numba", "scipy", "pyscipopt", "pyvrp")


def test_names_are_frozen() -> None:
    assert optimization.__all__ == [
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
    assert optimization.baselines.__all__ == [
        "anneal",
        "descend",
        "enumerate_optimum",
        "greedy",
        "solve_scip",
        "uniform_control",
    ]


@pytest.mark.parametrize("package", [optimization, optimization.baselines])
def test_every_name_is_there_and_none_is_a_module(package: ModuleType) -> None:
    for name in package.__all__:
        assert not isinstance(getattr(package, name), ModuleType)
    with pytest.raises(AttributeError, match="no attribute 'tabu'"):
        _ = package.tabu


def test_front_doors_import_nothing_heavy() -> None:
    check = f"import optimization, optimization.baselines, sys; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
