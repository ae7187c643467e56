"""`kaname list` and `kaname size`, 80 columns wide."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from reports.section import setting_text
from workloads.preparation import available_memory, bytes_text, duration, settings_json
from workloads.workload import Size, Workload


def show_list(console: Console, workloads: Sequence[Workload]) -> None:
    """The workloads, one row each."""
    table = plain_table("workload", "question", "size and time")
    table.columns[0].no_wrap = True
    for workload in workloads:
        quick, full = workload.typical_seconds
        table.add_row(
            Text.assemble((workload.name, "bold"), "\n", (workload.industry, "dim")),
            Text(workload.question),
            Text(f"{workload.typical_size}\n{duration(full)}, quick {duration(quick)}"),
        )
        table.add_row()
    console.print(table)
    console.print()
    console.print(Text("kaname list NAME shows the settings; kaname run NAME --quick is a first look."))


def show_workload(console: Console, workload: Workload) -> None:
    """One workload's question, methods and settings."""
    console.print(Text(workload.title, style="bold"), Text(f"({workload.industry})", style="dim"))
    console.print(Text(workload.question))
    console.print()
    table = plain_table("setting", "default", "unit", "what it is")
    table.columns[0].no_wrap = True
    defaults = settings_json(workload.settings())
    for name, field in workload.settings.model_fields.items():
        extra = field.json_schema_extra
        unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
        quick = f"\nquick: {setting_text(workload.quick[name])}" if name in workload.quick else ""
        cells = (name, setting_text(defaults[name]) + quick, unit)
        table.add_row(*map(Text, (*cells, field.description or "")))
    console.print(table)
    console.print()
    seeds = "1 seed" if workload.n_seeds == 1 else f"{workload.n_seeds} seeds"
    machines = " or ".join(workload.machines)
    console.print(Text(f"By default {seeds} and {workload.shots:,} shots, on the machine {machines}."))
    console.print(Text("A first look:"))
    show_line_to_paste(console, f"kaname run {workload.name} --quick")
    console.print(Text("With your own data:"))
    show_line_to_paste(console, workload.own_data)


def show_size(console: Console, workload: Workload, size: Size) -> None:
    """How large a run would be, and whether it fits."""
    there = available_memory()
    grid = RichTable.grid(padding=(0, 2))
    for name, value in (
        ("qubits", f"{size.qubits:,}"),
        ("basis states simulated", f"about {size.sector_dimension:,}"),
        ("memory needed", bytes_text(size.memory_bytes)),
        ("memory free", bytes_text(there)),
        ("expected time", duration(size.seconds)),
    ):
        grid.add_row(Text(name, style="dim"), Text(value))
    console.print(Text(workload.title, style="bold"))
    console.print(Padding(grid, (0, 0, 0, 2)))
    if size.memory_bytes > there:
        console.print(Text(f"Too large for this computer. {size.would_fit}".strip()), soft_wrap=True)


def show_line_to_paste(console: Console, line: str) -> None:
    """A command on one line, however long: rich would cut what is padded, and break what is wrapped."""
    console.print(Text(f"  {line}", style="bold"), soft_wrap=True)


def plain_table(*columns: str) -> RichTable:
    """A table with a line under its head and nothing else."""
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
