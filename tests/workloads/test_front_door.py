import subprocess
import sys

import workloads

NAMES = [
    "WORKLOADS",
    "Asked",
    "Context",
    "InputFile",
    "Options",
    "Outcome",
    "Prepared",
    "Reference",
    "Run",
    "Settings",
    "Size",
    "Task",
    "Workload",
    "main",
    "prepare",
    "run_workload",
    "setting",
]
HEAVY = ("numpy", "pandas", "matplotlib", "pennylane", "pyscf", "scipy", "skfolio", "numba", "sqlite3", "jinja2")


def test_names_are_frozen():
    assert workloads.__all__ == NAMES
    assert all(hasattr(workloads, name) for name in NAMES)


def test_a_workload_is_described_without_heavy_libraries():
    code = f"import sys, workloads.workload, workloads.command_line; print([m for m in {HEAVY} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
