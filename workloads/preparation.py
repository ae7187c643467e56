"""Everything that is settled before anything runs: settings, options, size, tasks. Nothing is written here."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reports.question import Question
from reports.record import plain_json
from workloads.settings import Settings, make_settings, split_assignments, suggest
from workloads.workload import Options, Size, Task, Workload

BYTE_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command line, already of the right type; None leaves the workload's default."""

    quick: bool = False
    seed: int = 1
    n_seeds: int | None = None
    shots: int | None = None
    machine: str | None = None
    time_limit: float | None = None
    assignments: tuple[str, ...] = ()
    output: str | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A workload that is ready to run."""

    workload: Workload
    settings: Settings
    options: Options
    size: Size
    tasks: tuple[Task, ...]
    question: Question


def choose(names: Sequence[str], everything: bool, workloads: Mapping[str, Workload]) -> list[Workload]:
    """The workloads that the command line names.

    Raises:
        ValueError: if one is unknown, or none or both of names and --all are given.
    """
    if everything and names:
        raise ValueError(f"Give names or --all, not both; got --all and {', '.join(names)}.")
    if everything:
        return list(workloads.values())
    if not names:
        raise ValueError(f"Name a workload to run, or --all; there are {', '.join(workloads)}.")
    return [find(name, workloads) for name in dict.fromkeys(names)]


def find(name: str, workloads: Mapping[str, Workload]) -> Workload:
    """The workload of that name.

    Raises:
        ValueError: if there is none, with a close match.
    """
    if name not in workloads:
        raise ValueError(f"There is no workload {name!r}; {suggest(name, workloads)}")
    return workloads[name]


def settings_of(workload: Workload, asked: Asked) -> Settings:
    """The workload's settings as asked."""
    return make_settings(
        workload.settings,
        workload=workload.name,
        overrides=workload.quick if asked.quick else {},
        assignments=split_assignments(asked.assignments),
    )


def options_of(workload: Workload, asked: Asked) -> Options:
    """The run's options as asked, the workload's defaults for the rest.

    Raises:
        ValueError: if the workload does not run on that machine.
    """
    machine = asked.machine or workload.machines[0]
    if machine not in workload.machines:
        raise ValueError(
            f"{workload.name} runs on the machines {', '.join(workload.machines)}, got --machine {machine!r}."
        )
    default_seeds = workload.quick_seeds if asked.quick else workload.n_seeds
    n_seeds = default_seeds if asked.n_seeds is None else asked.n_seeds
    return Options(
        seeds=tuple(range(asked.seed, asked.seed + n_seeds)),
        shots=workload.shots if asked.shots is None else asked.shots,
        machine=machine,
        time_limit=asked.time_limit,
    )


def prepare(workload: Workload, asked: Asked) -> Prepared:
    """Settle everything about a workload's run.

    Raises:
        ValueError: one sentence about the first thing that is wrong, or that would not fit into memory.
    """
    lacking = lacking_packages(workload)
    if lacking:
        raise ValueError(f"{workload.name} needs what is not installed: {install_line(lacking)}")
    settings = settings_of(workload, asked)
    options = options_of(workload, asked)
    size = workload.size(settings)
    refuse_too_large(workload, size)
    tasks = tuple(workload.tasks(settings, options))
    if not tasks:
        raise ValueError(f"{workload.name} has nothing to do with these settings.")
    return Prepared(
        workload=workload,
        settings=settings,
        options=options,
        size=size,
        tasks=tasks,
        question=make_question(workload, settings, tasks, asked),
    )


def lacking_packages(workload: Workload) -> list[str]:
    """The packages beyond the suite's own that a run of the workload needs and that are not installed."""
    return [package for package in workload.needs if find_spec(package) is None]


def installed(workloads: Sequence[Workload]) -> list[Workload]:
    """Those of all workloads that can run here; of each of the others one sentence is said, with what it needs.

    Raises:
        ValueError: if none can.
    """
    found = []
    for workload in workloads:
        lacking = lacking_packages(workload)
        if lacking:
            print(
                f"{workload.name} is left out, it needs what is not installed: {install_line(lacking)}", file=sys.stderr
            )
        else:
            found.append(workload)
    if not found:
        raise ValueError("No workload can run here: install what they need.")
    return found


def install_line(packages: Sequence[str]) -> str:
    """The line that installs packages for the Python that runs."""
    return shlex.join([sys.executable or "python", "-m", "pip", "install", *packages])


def refuse_too_large(workload: Workload, size: Size) -> None:
    """Refuse what would not fit, before it allocates.

    Raises:
        ValueError: with the bytes needed, the bytes there, and what would fit.
    """
    there = available_memory()
    if size.memory_bytes > there:
        raise ValueError(
            f"{workload.name} with these settings needs {bytes_text(size.memory_bytes)} of memory "
            f"({size.qubits} qubits, {size.sector_dimension:,} basis states) and {bytes_text(there)} are free. "
            f"{size.would_fit}".strip()
        )


def available_memory() -> int:
    """Bytes that can be allocated now."""
    import psutil

    return int(psutil.virtual_memory().available)


def bytes_text(number: float) -> str:
    """Bytes as they are read."""
    for unit in BYTE_UNITS[:-1]:
        if abs(number) < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} {BYTE_UNITS[-1]}" if number < 1000 else f"more than 1,000 {BYTE_UNITS[-1]}"


def duration(seconds: float) -> str:
    """A rough time: 20 s, 4 min, 3 h."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def make_question(workload: Workload, settings: Settings, tasks: Sequence[Task], asked: Asked) -> Question:
    """The question as the store keeps it."""
    restated = workload.restated(settings) if workload.restated else None
    title, question = restated or (workload.title, workload.question)
    return Question(
        workload=workload.name,
        title=title,
        industry=workload.industry,
        question=question,
        unit=workload.unit,
        sense=workload.sense,
        gap_scale=workload.gap_scale,
        tolerance=workload.tolerance,
        command=command_line(workload, asked),
        settings=settings_json(settings),
        references=tuple(dict.fromkeys(task.method for task in tasks if task.is_reference)),
        controls={method: tuple(names) for method, names in workload.controls.items()},
        methods=dict(workload.methods),
        glossary=dict(workload.glossary),
        notes=tuple(workload.notes(settings)) if workload.notes else (),
        instance=tuple(workload.instance(settings)) if workload.instance else (),
    )


def settings_json(settings: Settings) -> dict[str, Any]:
    """The settings as JSON types, files by their paths, the suite's own ones from its folder."""
    suite = Path(__file__).parent.parent
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    own = {name: value for name, value in values.items() if isinstance(value, Path) and suite in value.parents}
    shown: dict[str, Any] = plain_json(settings.model_dump(mode="json"))
    return shown | {name: path.relative_to(suite).as_posix() for name, path in own.items()}


def command_line(workload: Workload, asked: Asked) -> str:
    """The line that runs this again."""
    words = ["kaname", "run", workload.name]
    words += ["--quick"] if asked.quick else []
    words += ["--seed", str(asked.seed)] if asked.seed != Asked.seed else []
    for option, value in (
        ("--seeds", asked.n_seeds),
        ("--shots", asked.shots),
        ("--machine", asked.machine),
        ("--time-limit", asked.time_limit),
    ):
        words += [option, f"{value:g}" if isinstance(value, float) else str(value)] if value is not None else []
    for assignment in asked.assignments:
        words += ["--set", assignment]
    words += ["--output", asked.output] if asked.output is not None else []
    return shlex.join(words)
