"""What makes a record the same record: the content hash of what was asked and of what computed it."""

import ast
import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reports.record import plain_json
from workloads.workload import Options, Reference, Task, Workload

ILLUSTRATIONS = "plots"  # in the path of a module: a domain's pictures compute no record
_FRAME = ("workloads.workload", "workloads.settings")  # what every workload is made of; it computes nothing
_ANSWERS = "workloads.answers"  # what is said of records that are there


def input_hash(
    workload: Workload, task: Task, options: Options, reference: Reference | None, versions: Mapping[str, str]
) -> str:
    """The hash under which the task's record is kept.

    It covers what was asked (files by their contents), the value that the case is measured against, the sources of the
    workload, of what it shares with others and of its packages, and the versions of the libraries: a mended bug is
    never hidden by an old number. Pictures and the sentences of `workloads.answers` compute no record and are left out.
    """
    asked = {
        "workload": workload.name,
        "case": task.case,
        "method": task.method,
        "role": task.role,
        "machine": task.machine,
        "seed": task.seed,
        "shots": task.shots,
        "time_limit": options.time_limit,
        "asked": with_contents(task.asked),
        "reference": None if reference is None else [repr(reference.value), reference.kind, repr(reference.bound)],
        "sources": source_hash(workload_file(workload), workload.packages),
        "versions": dict(versions),
    }
    text = json.dumps(plain_json(asked), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def with_contents(value: Any) -> Any:
    """The value with every path replaced by the hash of that file's contents."""
    if isinstance(value, Path):
        return {"file": hashlib.sha256(value.read_bytes()).hexdigest()}
    if isinstance(value, Mapping):
        return {key: with_contents(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_contents(item) for item in value]
    return value


def workload_file(workload: Workload) -> Path:
    """The file that states the workload, also when it is run as a script."""
    module = sys.modules[workload.tasks.__module__]
    return Path(module.__file__ or "")


@cache
def source_hash(file: Path, packages: tuple[str, ...]) -> str:
    """One hash over the workload's file and every source and data file of its packages."""
    digest = hashlib.sha256()
    for name, path in sorted(sources(file, packages)):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources(file: Path, packages: Iterable[str]) -> list[tuple[str, Path]]:
    """The files that compute a workload's records, named from their package."""
    here = Path(__file__).parent
    found = [("workload", file), *((path.relative_to(here).as_posix(), path) for path in shared_modules(file))]
    found += [(f"data/{path.name}", path) for path in sorted((here / "data").glob("*"))]
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ValueError(f"The workload {file.stem} wants the package {package!r}, which is not installed.")
        folder = Path(spec.submodule_search_locations[0])
        found += [
            (f"{package}/{path.relative_to(folder).as_posix()}", path)
            for path in folder.rglob("*.py")
            if ILLUSTRATIONS not in path.relative_to(folder).as_posix()
        ]
    return found


def shared_modules(file: Path) -> list[Path]:
    """The modules of this package from which a workload's file imports, and those from which these do in turn."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        for name in imported_modules(waiting.pop()):
            path = Path(__file__).parents[1].joinpath(*name.split(".")).with_suffix(".py")
            if path.is_file() and path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(found - {file})


def imported_modules(file: Path) -> list[str]:
    """What a file imports from this package at its top, but for the frame and the answers."""
    names: list[str] = []
    for line in ast.parse(file.read_bytes()).body:
        if isinstance(line, ast.ImportFrom):
            names += [line.module or "", *(f"{line.module}.{alias.name}" for alias in line.names)]
        elif isinstance(line, ast.Import):
            names += [alias.name for alias in line.names]
    return [n for n in names if n.startswith("workloads.") and n not in _FRAME and not n.startswith(_ANSWERS)]
