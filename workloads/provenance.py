"""Where numbers come from: versions, commit, threads, processor."""

import os
import platform
import subprocess
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

LIBRARIES = (
    "kaname",
    "pennylane",
    "pennylane-lightning",
    "numpy",
    "scipy",
    "numba",
    "pyscf",
    "highspy",
    "pyscipopt",
    "pyvrp",
    "skfolio",
)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What every record of a run notes about its origin."""

    versions: dict[str, str] = field(default_factory=dict)
    commit: str = ""
    threads: int = 1
    cpu: str = ""


def find_provenance() -> Provenance:
    """The provenance of whatever this process computes."""
    return Provenance(versions=versions(), commit=commit(), threads=threads(), cpu=cpu())


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that compute, where they are installed."""
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """The checkout's commit, with "+" after it if files have changed since; "" outside a checkout."""
    folder = Path(__file__).parent
    try:
        head = subprocess.run(
            ["git", "-C", folder, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, timeout=5
        )
        changes = subprocess.run(
            ["git", "-C", folder, "status", "--porcelain"], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if head.returncode != 0:
        return ""
    return head.stdout.strip() + ("+" if changes.stdout.strip() else "")


def threads() -> int:
    """How many threads the runtime may use."""
    for variable in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(variable, "").isdigit():
            return int(os.environ[variable])
    return available_cores()


def available_cores() -> int:
    """The cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
