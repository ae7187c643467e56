"""One call of `kaname run`: prepare everything, run it, write the report, say what came out."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from reports.store import Store
from reports.write import check_narrators, make_sections, write_report
from workloads.execution import Run, run_workload
from workloads.preparation import Asked, Prepared, prepare
from workloads.provenance import find_provenance
from workloads.terminal import Bars, JsonLines, make_console, show_address, show_opening, show_section
from workloads.workload import Workload


def run_session(
    chosen: Sequence[Workload], asked: Asked, folder: Path, workloads: Mapping[str, Workload], stream: TextIO | None
) -> bool:
    """Run the workloads into the folder and report.

    Args:
        chosen: what to run.
        asked: how.
        folder: where the store and the report go.
        workloads: the registry, for questions that the folder holds from earlier runs.
        stream: where records go as lines of JSON; None without --json. Then the words go to standard error.

    Returns:
        Whether any task failed.

    Raises:
        ValueError: about anything wrong with the input, before anything is written.
    """
    console = make_console(stderr=stream is not None)
    prepared = prepare_all(chosen, asked)
    provenance = find_provenance()
    failed = False
    with Store(folder) as store:
        check_narrators(store, workloads)
        for ready in prepared:
            show_opening(console, ready)
            watcher = Bars() if stream is None else JsonLines(stream)
            run = Run(options=ready.options, store=store, provenance=provenance, watcher=watcher)
            records = run_workload(ready.workload, ready.tasks, ready.question, run)
            failed = failed or any(record.failed for record in records)
        sections = make_sections(store, workloads)
        page = write_report(folder, sections)
    names = {workload.name for workload in chosen}
    for section in sections:
        if section.question.workload in names:
            show_section(console, section)
    show_address(console, page)
    return failed


def prepare_all(chosen: Sequence[Workload], asked: Asked) -> list[Prepared]:
    """Every workload ready to run, with a word on the screen while that takes its seconds."""
    console = make_console(stderr=True)
    if not sys.stderr.isatty():
        return [prepare(workload, asked) for workload in chosen]
    with console.status("Preparing"):
        return [prepare(workload, asked) for workload in chosen]


def rebuild(folder: Path, workloads: Mapping[str, Workload]) -> None:
    """Write a folder's report again from its records.

    Raises:
        ValueError: if there are none.
    """
    with Store(folder, create=False) as store:
        sections = make_sections(store, workloads)
        page = write_report(folder, sections)
    console = make_console()
    for section in sections:
        show_section(console, section)
    show_address(console, page)
