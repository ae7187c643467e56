"""Run a workload's tasks, one record each, into the store: references first, what is already there not again.

A record without an objective (the task failed, found nothing, or was refused as impossible) is computed again on the
next run; every other one is kept until what was asked or what computes it changes.
"""

import math
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from reports.question import Question
from reports.record import Record, Seconds
from reports.store import Store
from workloads.identity import input_hash
from workloads.provenance import Provenance
from workloads.workload import Context, Options, Outcome, Reference, Task, Workload


class Watcher(Protocol):
    """Who wants to know how a run goes: the progress bars, or the lines of --json."""

    def began(self, workload: Workload, n_tasks: int) -> None:
        """A workload's tasks are about to run."""

    def task_began(self, task: Task) -> None:
        """A task starts."""

    def progressed(self, fraction: float, message: str) -> None:
        """The running task is `fraction` done."""

    def task_done(self, record: Record, *, stored: bool) -> None:
        """A task has its record; `stored` if it was there already."""

    def ended(self) -> None:
        """The workload's tasks are done, or were interrupted."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one workload's run needs beside the workload."""

    options: Options
    store: Store
    provenance: Provenance
    watcher: Watcher


def run_workload(workload: Workload, tasks: Sequence[Task], question: Question, run: Run) -> list[Record]:
    """Run the tasks and return their records, in the order of the tasks.

    Args:
        workload: whose measure fills the gaps.
        tasks: the workload's tasks for these settings.
        question: what the store notes of the run.
        run: options, store, provenance, watcher.

    Raises:
        ValueError: if a case has two reference tasks.
    """
    order = references_first(workload, tasks)
    name = run.store.begin(question)
    references: dict[str, Reference] = {}
    records: dict[int, Record] = {}
    run.watcher.began(workload, len(tasks))
    try:
        for position in order:
            task = tasks[position]
            reference = references.get(task.case)
            key = input_hash(workload, task, run.options, reference, run.provenance.versions)
            run.watcher.task_began(task)
            record = run.store.get(key)
            stored = record is not None and not record.failed
            if record is None or record.failed:
                record = compute(workload, task, reference, key, run)
            run.store.put(record, run=name, position=position)
            if task.is_reference and record.reference is not None and record.reference_kind is not None:
                references[task.case] = Reference(
                    value=record.reference,
                    kind=record.reference_kind,
                    bound=record.bound,
                    detail=record.detail,
                )
            records[position] = record
            run.watcher.task_done(record, stored=stored)
    finally:
        run.watcher.ended()
    return [records[position] for position in range(len(tasks))]


def references_first(workload: Workload, tasks: Sequence[Task]) -> list[int]:
    """The positions of the tasks, each case's reference before the others."""
    cases = [task.case for task in tasks if task.is_reference]
    twice = sorted({case for case in cases if cases.count(case) > 1})
    if twice:
        raise ValueError(f"{workload.name} gives the case {twice[0]!r} more than one reference task; one is wanted.")
    return sorted(range(len(tasks)), key=lambda position: not tasks[position].is_reference)


def compute(workload: Workload, task: Task, reference: Reference | None, key: str, run: Run) -> Record:
    """Run one task. Whatever it raises becomes a record with a sentence as its status."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    context = Context(
        seed=task.seed,
        shots=task.shots,
        machine=task.machine,
        time_limit=run.options.time_limit,
        reference=reference,
        progress=run.watcher.progressed,
    )
    try:
        outcome = check_outcome(task, task.solve(context))
        record = to_record(workload, task, outcome, reference, key, run.provenance, started)
    except Exception as error:  # a failing method must not take the others with it; it is listed in the report
        failed = Outcome(
            objective=None,
            status=failure_sentence(error),
            seconds=Seconds(),
            ranks=False,
            detail={"traceback": traceback.format_exc()},
        )
        record = to_record(workload, task, failed, reference, key, run.provenance, started)
    return record


def failure_sentence(error: Exception) -> str:
    """What went wrong, as one sentence."""
    message = " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return f"Not enough memory{': ' + message if message else ''}."
    if isinstance(error, ValueError) and message:
        return message
    return f"Stopped by an unexpected {type(error).__name__}{': ' + message if message else ''}."


def check_outcome(task: Task, outcome: Outcome) -> Outcome:
    """The outcome with Python numbers, refused where a reference does not say what it is."""
    if task.is_reference and outcome.reference_kind is None:
        raise ValueError(f"The reference task {task.method!r} gave no reference_kind: certified or best known.")
    objective = None if outcome.objective is None else float(outcome.objective)
    if objective is not None and not math.isfinite(objective):
        return replace(outcome, objective=None, status=f"The objective is not a finite number. {outcome.status}")
    return replace(outcome, objective=objective)


def to_record(
    workload: Workload,
    task: Task,
    outcome: Outcome,
    reference: Reference | None,
    key: str,
    provenance: Provenance,
    started: str,
) -> Record:
    """The outcome as a record, with its reference, its gap, and whether it may rank."""
    if task.is_reference and outcome.reference_kind is not None:
        bound = python_float(outcome.bound)
        if outcome.objective is not None:
            reference = Reference(
                value=outcome.objective, kind=outcome.reference_kind, bound=bound, detail=outcome.detail
            )
    gap = None
    if reference is not None and outcome.objective is not None:
        gap = float(workload.gap(outcome.objective, reference))
        outcome = judge_impossible(workload, task, outcome, reference, gap)
    return Record(
        workload=workload.name,
        case=task.case,
        method=task.method,
        role=task.role,
        machine=task.machine,
        seed=task.seed,
        objective=outcome.objective,
        unit=workload.unit,
        sense=workload.sense,
        reference=None if reference is None else reference.value,
        reference_kind=None if reference is None else reference.kind,
        bound=None if reference is None else reference.bound,
        gap=gap if outcome.objective is not None else None,
        ranks=bool(outcome.ranks) and outcome.objective is not None,
        feasible_rate=python_float(outcome.feasible_rate),
        success_probability=python_float(outcome.success_probability),
        seconds=outcome.seconds,
        evaluations=python_int(outcome.evaluations),
        shots=python_int(outcome.shots),
        qubits=python_int(outcome.qubits),
        sector_dimension=python_int(outcome.sector_dimension),
        depth=python_int(outcome.depth),
        two_qubit_gates=python_int(outcome.two_qubit_gates),
        status=outcome.status,
        detail=outcome.detail,
        input_hash=key,
        versions=provenance.versions,
        commit=provenance.commit,
        threads=provenance.threads,
        cpu=provenance.cpu,
        started_at=started,
    )


def judge_impossible(workload: Workload, task: Task, outcome: Outcome, reference: Reference, gap: float) -> Outcome:
    """What lies below a certified reference: a classical value does not rank, an exact circuit's is a bug.

    With shots, and for a control that samples, a value may scatter below the reference, and stands.
    """
    if reference.kind != "certified" or gap >= -workload.slack or task.is_reference:
        return outcome
    below = f"lies {workload.gap_scale.text(-gap)} below the certified reference"
    if task.role == "classical":
        said = outcome.status.rstrip(".")
        return replace(
            outcome, ranks=False, status=f"{said}, but it {below}, which is impossible, so it is not ranked."
        )
    if task.role == "quantum" and task.machine == "exact":
        return replace(
            outcome,
            objective=None,
            ranks=False,
            status=f"A bug: {outcome.objective!r} {workload.unit} {below}, which no exact simulation can.",
        )
    return outcome


def python_float(value: float | None) -> float | None:
    """Numpy's number as Python's."""
    return None if value is None else float(value)


def python_int(value: int | None) -> int | None:
    """Numpy's integer as Python's."""
    return None if value is None else int(value)
