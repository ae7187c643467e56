import subprocess
import sys

import pytest

import runtime


def test_public_names_are_frozen():
    assert runtime.__all__ == [
        "CVaR",
        "DiagonalObservable",
        "DoesNotFitError",
        "Estimate",
        "Gibbs",
        "Machine",
        "Minimum",
        "Program",
        "Resources",
        "Sector",
        "Status",
        "clear_cache",
        "compile",
        "machine",
        "minimize",
    ]
    for name in runtime.__all__:
        assert getattr(runtime, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        _ = runtime.simulate


def test_importing_the_runtime_imports_neither_pennylane_nor_numba():
    code = "import runtime, sys; print(sorted({'pennylane', 'numba', 'scipy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
