"""What makes a record the same record: the content hash of what was asked and of what computed it."""

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


def input_hash(
    workload: Workload, task: Task, options: Options, reference: Reference | None, versions: Mapping[str, str]
) -> str:
    """The hash under which the task's record is kept.

    It covers what was asked (files by their contents), the value that the case is measured against, the sources of the
    workload and its packages, and the versions of the libraries: a mended bug is never hidden by an old number.
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
        "reference": None if reference is None else [repr(reference.value), reference.kind],
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
    found = [("workload", file), *((path.name, path) for path in shared_modules(file))]
    found += [(f"data/{path.name}", path) for path in sorted((Path(__file__).parent / "data").glob("*"))]
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
    """The files beside a workload's from which it takes functions and classes."""
    module = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == str(file)), None)
    homes = {getattr(value, "__module__", None) for value in vars(module).values()} if module else set()
    names = {name for name in homes if isinstance(name, str) and name.startswith("workloads.") and name not in _FRAME}
    paths = {Path(sys.modules[name].__file__ or "") for name in names if name in sys.modules}
    return sorted(paths - {file})
