"""What a run shows in the terminal: progress bars on standard error, answers on standard output."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from reports.record import Record
from reports.section import Section
from workloads.preparation import Prepared, duration
from workloads.workload import Task, Workload

WIDEST = 100  # columns; longer lines are hard to read
LONG = 1800.0  # seconds; a run that is expected to take longer says so before it starts
ROLE_STYLES = {"quantum": "blue", "classical": "yellow", "tie": "default", "none": "default"}


def make_console(*, stderr: bool = False) -> Console:
    """A console no wider than one can read, that takes no text for markup."""
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if console.width > WIDEST:
        console.width = WIDEST
    return console


class Bars:
    """Progress bars on standard error: one per workload, and under it the task that runs."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._all: TaskID | None = None
        self._one: TaskID | None = None

    def began(self, workload: Workload, n_tasks: int) -> None:
        """Show the workload's bar."""
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=make_console(stderr=True),
            transient=True,
        )
        self._all = self._progress.add_task(workload.name, total=n_tasks, count=f"0/{n_tasks}")
        self._one = self._progress.add_task("", total=1.0, count="")
        self._progress.start()

    def task_began(self, task: Task) -> None:
        """Name the task."""
        if self._progress and self._one is not None:
            seed = "" if task.seed is None else f", seed {task.seed}"
            name = shortened(f"  {task.method}, {task.case}{seed}", 46)
            self._progress.reset(self._one, description=name, count="")

    def progressed(self, fraction: float, message: str) -> None:
        """Move the task's bar."""
        if self._progress and self._one is not None:
            self._progress.update(self._one, completed=min(max(fraction, 0.0), 1.0), count=shortened(message, 20))

    def task_done(self, record: Record, *, stored: bool) -> None:  # noqa: ARG002 - the face of a watcher
        """Move the workload's bar."""
        if self._progress and self._all is not None:
            self._progress.advance(self._all)
            bar = self._progress.tasks[0]
            self._progress.update(self._all, count=f"{bar.completed:.0f}/{bar.total:.0f}")

    def ended(self) -> None:
        """Take the bars away."""
        if self._progress:
            self._progress.stop()


class JsonLines(Bars):
    """The bars, and every record as a line of JSON as soon as it is there."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def task_done(self, record: Record, *, stored: bool) -> None:
        """Write the record."""
        print(record.to_json(), file=self._stream, flush=True)
        super().task_done(record, stored=stored)


def shortened(text: str, width: int) -> str:
    """The text, cut to a width."""
    return text if len(text) <= width else text[: width - 1] + "…"


def show_opening(console: Console, prepared: Prepared) -> None:
    """The question, its size, and what is assumed, before it runs."""
    question, size = prepared.question, prepared.size
    console.print()
    console.print(Text(question.title, style="bold"), Text(f"({question.industry})", style="dim"))
    console.print(Text(question.question))
    seeds = f"{len(prepared.options.seeds)} seeds" if len(prepared.options.seeds) > 1 else "1 seed"
    facts = f"{size.qubits} qubits, about {size.sector_dimension:,} basis states; {len(prepared.tasks)} tasks, {seeds}"
    console.print(Padding(Text(f"{facts}; expect {duration(size.seconds)}", style="dim"), (0, 0, 0, 2)))
    if size.seconds > LONG:
        sentence = (
            f"This takes about {duration(size.seconds)}. Ctrl-C stops it, and the same command goes on from there."
        )
        console.print(Padding(Text(sentence, style="bold"), (0, 0, 0, 2)))
    for note in question.notes:
        console.print(Padding(Text(note, style="dim"), (0, 0, 0, 2)))


def show_section(console: Console, section: Section) -> None:
    """The three lines, and how much failed."""
    console.print()
    console.print(Text(section.question.title, style="bold"))
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(width=14, style="dim")
    grid.add_column()
    for name, line in section.lines:
        style = ROLE_STYLES[section.winner] if name == "Quantum or classical" else "default"
        grid.add_row(Text(name), Text(line, style=style))
    if section.failures:
        grid.add_row(Text("Failed"), failures_text(section.failures))
    console.print(Padding(grid, (0, 0, 0, 2)))
    for name in section.files:
        console.print(Padding(Text(f"Written: {name}", style="dim"), (0, 0, 0, 2)))


def failures_text(failures: Sequence[str], most: int = 3) -> Text:
    """The first few failures."""
    lines = [*failures[:most], *([f"and {len(failures) - most} more, in the report"] if len(failures) > most else [])]
    return Text("\n".join(lines), style="red")


def show_address(console: Console, page: Path) -> None:
    """The page's address, never wrapped, as the last line."""
    console.print()
    console.print(Text(f"Report: {page.resolve().as_uri()}"), soft_wrap=True)


def complain(sentence: str) -> None:
    """One sentence on standard error."""
    print(sentence, file=sys.stderr)
