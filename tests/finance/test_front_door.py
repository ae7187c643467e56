import subprocess
import sys

import finance

HEAVY = ("pennylane", "pandas", "matplotlib", "skfolio", "numba", "scipy", "pyscipopt")


def test_names_are_frozen() -> None:
    assert finance.__all__ == ["Market", "Portfolio", "efficient_frontier"]
    for name in finance.__all__:
        assert callable(getattr(finance, name))


def test_the_front_door_imports_nothing_heavy() -> None:
    check = f"import finance, sys; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
