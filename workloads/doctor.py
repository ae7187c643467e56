"""`kaname doctor`: what is installed and what this computer allows. It imports none of the heavy libraries."""

import importlib.util
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from workloads.preparation import available_memory, bytes_text
from workloads.provenance import LIBRARIES, commit, cpu, threads

EXTRAS = {
    "bench": ("ffsim", "qulacs"),
    "molecules": ("rdkit", "geometric"),
    "notebook": ("jupytext", "nbclient"),
}
WINDOWS_LACKS = ("pyscf",)  # no wheel there; everything but chemistry works
OLDEST_PYTHON = (3, 11)
LITTLE_MEMORY = 2_000_000_000  # bytes; the demo's libraries alone take a quarter of it


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the examination."""

    what: str
    value: str
    good: bool
    essential: bool = False  # without it nothing runs


def examine(folder: Path) -> list[Finding]:
    """Everything there is to say about this computer.

    Args:
        folder: the working folder, under which runs are written.
    """
    return [python_finding(), *library_findings(), *extra_findings(), *computer_findings(), *folder_findings(folder)]


def python_finding() -> Finding:
    """Python's version."""
    return Finding(
        what="Python",
        value=f"{platform.python_version()} on {platform.system()}",
        good=sys.version_info >= OLDEST_PYTHON,
        essential=True,
    )


def library_findings() -> list[Finding]:
    """The libraries that compute."""
    findings = []
    for library in LIBRARIES:
        try:
            findings.append(Finding(what=library, value=metadata.version(library), good=True, essential=True))
        except metadata.PackageNotFoundError:
            lacking = platform.system() == "Windows" and library in WINDOWS_LACKS
            value = "no wheel for Windows: no chemistry" if lacking else "missing: pip install kaname"
            findings.append(Finding(what=library, value=value, good=False, essential=not lacking))
    return findings


def extra_findings() -> list[Finding]:
    """The optional parts."""
    findings = []
    for extra, modules in EXTRAS.items():
        there = all(importlib.util.find_spec(module) is not None for module in modules)
        value = "installed" if there else f"not installed ({', '.join(modules)})"
        findings.append(Finding(what=f"extra {extra}", value=value, good=there))
    return findings


def computer_findings() -> list[Finding]:
    """Processor, threads, memory, machines for circuits."""
    free = available_memory()
    return [
        Finding(what="processor", value=cpu(), good=True),
        Finding(what="threads", value=str(threads()), good=True),
        Finding(what="memory free", value=bytes_text(free), good=free >= LITTLE_MEMORY),
        Finding(what="machines", value="exact, shots (simulated here)", good=True),
        Finding(what="commit", value=commit() or "not a checkout", good=True),
    ]


def folder_findings(folder: Path) -> list[Finding]:
    """Where compiled kernels and results would be written."""
    spec = importlib.util.find_spec("runtime")
    package = Path((spec.submodule_search_locations or ["."])[0]) if spec else Path()
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or package)
    return [
        writable_finding("kernel cache", cache, "they are kept in a temporary folder"),
        writable_finding("results", folder / "runs", "else give --output", essential=True),
    ]


def writable_finding(what: str, folder: Path, otherwise: str, *, essential: bool = False) -> Finding:
    """Whether a folder, or the nearest one above it, can be written."""
    nearest = next((f for f in (folder, *folder.absolute().parents) if f.exists()), folder)
    good = nearest.is_dir() and os.access(nearest, os.W_OK)
    value = f"{folder} can be written" if good else f"{folder} cannot be written; {otherwise}"
    return Finding(what=what, value=value, good=good, essential=essential)


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """The findings, what is not well marked by a word and a colour."""
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in findings:
        word, style = ("ok", "green") if finding.good else ("missing", "red") if finding.essential else ("none", "dim")
        grid.add_row(Text(word, style=style), Text(finding.what), Text(finding.value))
    console.print(grid)
