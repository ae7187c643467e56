"""One differentiable simulator runtime for all workloads: it simulates only what a circuit can reach.

Conventions, followed everywhere: wire 0 comes first, in bit strings and in basis states; vectors on a sector are in the
order of its `bitstrings()`, which is lexicographic unless a large sector is kept as blocks; parameters and angles are
in radians; gradients are exact (adjoint method).

    import runtime

    program = runtime.compile(circuit, observable)
    value, gradient = program.value_and_grad(params)

Import what is listed in `__all__`, and PennyLane operations from `runtime.operations`. Nothing here imports PennyLane
before a circuit is compiled.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.compilation import compile
    from runtime.compilation_cache import clear_cache
    from runtime.machines import Machine, machine
    from runtime.measurement import Estimate
    from runtime.memory import DoesNotFitError
    from runtime.minimization import Minimum, Status, minimize
    from runtime.observables import CVaR, DiagonalObservable, Gibbs
    from runtime.program import Program
    from runtime.resources import Resources
    from runtime.sector import Sector

__all__ = [
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

_HOMES = {
    "CVaR": "observables",
    "DiagonalObservable": "observables",
    "DoesNotFitError": "memory",
    "Estimate": "measurement",
    "Gibbs": "observables",
    "Machine": "machines",
    "Minimum": "minimization",
    "Program": "program",
    "Resources": "resources",
    "Sector": "sector",
    "Status": "minimization",
    "clear_cache": "compilation_cache",
    "compile": "compilation",
    "machine": "machines",
    "minimize": "minimization",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'runtime' has no attribute {name!r}")
    value = getattr(import_module(f"runtime.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
