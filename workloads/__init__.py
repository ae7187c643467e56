"""What a partner runs: one file per question, the literal registry, the command line and execution.

`WORKLOADS` is the registry. A new question is one file that makes a `Workload` (its docstrings say what it needs), one
in `answers/` that says what its records mean, and one entry in `registry.py`; `run_workload` turns its tasks into
records. Import names from here only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workloads.command_line import main
    from workloads.execution import Run, run_workload
    from workloads.preparation import Asked, Prepared, prepare
    from workloads.registry import WORKLOADS
    from workloads.settings import InputFile, Settings, setting
    from workloads.workload import Context, Options, Outcome, Reference, Size, Task, Workload

MODULES = {
    "WORKLOADS": "registry",
    "Asked": "preparation",
    "Context": "workload",
    "InputFile": "settings",
    "Options": "workload",
    "Outcome": "workload",
    "Prepared": "preparation",
    "Reference": "workload",
    "Run": "execution",
    "Settings": "settings",
    "Size": "workload",
    "Task": "workload",
    "Workload": "workload",
    "main": "command_line",
    "prepare": "preparation",
    "run_workload": "execution",
    "setting": "settings",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for."""
    if name not in MODULES:
        raise AttributeError(f"module 'workloads' has no attribute {name!r}")
    return getattr(import_module(f"workloads.{MODULES[name]}"), name)
