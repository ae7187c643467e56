"""The command `kaname`, and `python workloads/x.py`.

Exit codes: 0 all went well; 1 a method failed (the report says which) or something essential is missing; 2 the input
was not understood or cannot be done, and nothing was written; 130 interrupted, with every finished record kept.
"""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workloads.workload import Workload

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
LARGEST_SEED = 2**32 - 1  # what every generator takes
MOST_SEEDS, MOST_SHOTS = 1000, 10_000_000

app = typer.Typer(
    help="Three industries' questions, answered by quantum circuits and by the strongest classical methods.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from importlib.metadata import version

        print(f"kaname {version('kaname')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Three industries' questions, answered by quantum circuits and by the strongest classical methods."""


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise typer.BadParameter(f"takes a whole number from {least} to {most:,}, got {shortened(text)!r}.")
        return number

    return parse


def shortened(text: str) -> str:
    """A text that somebody typed, cut where it is long."""
    return text if len(text) <= 40 else f"{text[:40]}..."


def positive_seconds(text: str) -> float:
    """A parser of a time limit."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise typer.BadParameter(f"takes a number of seconds above 0, got {text!r}.")
    return seconds


Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="The workloads to run.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A workload.", show_default=False)]
Quick = Annotated[bool, typer.Option("--quick", help="Smaller settings, for a first look.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting, of one workload at a time.", show_default=False),
]
Shots = Annotated[
    int | None,
    typer.Option(
        "--shots", metavar="N", parser=whole_number(1, MOST_SHOTS), help="Samples of each circuit.", show_default=False
    ),
]


@app.command("list")
def list_workloads(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One of them.", show_default=False)] = None,
) -> int:
    """List the workloads, or the settings of one."""
    from workloads.listing import show_list, show_workload
    from workloads.preparation import find
    from workloads.terminal import make_console

    workloads = context.obj()
    if name is None:
        show_list(make_console(), list(workloads.values()))
    else:
        show_workload(make_console(), find(name, workloads))
    return 0


@app.command()
def run(
    context: typer.Context,
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every workload.")] = False,
    quick: Quick = False,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", parser=whole_number(0, LARGEST_SEED), help="The first seed.")
    ] = 1,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds", metavar="N", parser=whole_number(1, MOST_SEEDS), help="How many seeds.", show_default=False
        ),
    ] = None,
    shots: Shots = None,
    assignments: Set = None,
    machine: Annotated[
        str | None,
        typer.Option("--machine", metavar="NAME", help="Where circuits run: exact, shots.", show_default=False),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", metavar="SECONDS", parser=positive_seconds, help="For each method.", show_default=False
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="DIR", help="Where results go; else runs/NAME or runs/all.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One record per line on standard output.")] = False,
) -> int:
    """Run workloads and print their answers.

    The last line is the report's address. What the folder holds already is not computed again.
    """
    from workloads.preparation import Asked, choose, installed
    from workloads.session import run_session

    workloads = context.obj()
    chosen = choose(names or [], everything, workloads)
    if everything:
        chosen = installed(chosen)
    if assignments and len(chosen) > 1:
        raise ValueError("--set belongs to one workload at a time; name a single one.")
    asked = Asked(
        quick=quick,
        seed=seed,
        n_seeds=seeds,
        shots=shots,
        machine=machine,
        time_limit=time_limit,
        assignments=tuple(assignments or ()),
        output=output,
    )
    folder = Path(output or Path("runs", "all" if everything else "+".join(w.name for w in chosen)))
    with standard_output_for_records(as_json) as stream:
        return FAILED if run_session(chosen, asked, folder, workloads, stream) else 0


@app.command()
def report(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that a run wrote.", show_default=False)],
) -> int:
    """Build a folder's report again from its records."""
    from workloads.session import rebuild

    rebuild(folder, context.obj())
    return 0


@app.command()
def size(context: typer.Context, name: Name, quick: Quick = False, assignments: Set = None) -> int:
    """Say how large a run would be, before anything runs."""
    from workloads.listing import show_size
    from workloads.preparation import Asked, find, settings_of
    from workloads.terminal import make_console

    workload = find(name, context.obj())
    settings = settings_of(workload, Asked(quick=quick, assignments=tuple(assignments or ())))
    show_size(make_console(), workload, workload.size(settings))
    return 0


@app.command()
def bench(
    cases: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="NAME", help="A case; may be given several times.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every case and peer; takes an hour or more.")] = False,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Where results go.")] = Path("runs/bench"),
    write_readme: Annotated[
        bool, typer.Option("--write-readme", help="Put the table into README.md, between its markers.")
    ] = False,
) -> int:
    """Measure the runtime against its peers, in one run, as ratios.

    Without --case or --all: the cases and peers that take a few minutes together.
    """
    from workloads.bench.session import run_bench

    readme = Path("README.md") if write_readme else None
    return run_bench(names=cases or [], everything=everything, output=output, readme=readme)


@app.command()
def doctor() -> int:
    """Examine this computer and what is installed on it."""
    from workloads.doctor import examine, show_findings
    from workloads.terminal import make_console

    findings = examine(Path.cwd())
    show_findings(make_console(), findings)
    return FAILED if any(finding.essential and not finding.good for finding in findings) else 0


@contextmanager
def standard_output_for_records(wanted: bool) -> "Iterator[TextIO | None]":
    """With --json, keep standard output for records alone: whatever libraries print goes to standard error."""
    if not wanted:
        yield None
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(os.dup(kept), "w", encoding="utf-8") as stream:
            yield stream
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def registered() -> "Mapping[str, Workload]":
    """The registry, loaded when a command needs it."""
    from workloads.registry import WORKLOADS

    return WORKLOADS


def registered_with(workload: "Workload") -> "Mapping[str, Workload]":
    """The registry, in which the file that is being run stands for itself, so that it is not loaded a second time."""
    sys.modules.setdefault(f"workloads.{workload.name}", sys.modules[workload.tasks.__module__])
    return {**registered(), workload.name: workload}


def main(workload: "Workload | None" = None) -> int:
    """Run the command line and return its exit code.

    Args:
        workload: of a file that is run by itself, `python workloads/x.py`: the same as `kaname run x`, with the same
            options, and without loading the file a second time through the registry.
    """
    arguments = sys.argv[1:] or ["--help"]
    workloads = registered
    if workload is not None:
        arguments = ["run", workload.name, *sys.argv[1:]]
        workloads = partial(registered_with, workload)
    for stream in (sys.stdout, sys.stderr):  # a name that the output's encoding lacks is no reason to stop
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's warnings are for its developers; statuses are ours to report
    try:
        code = int(app(args=arguments, prog_name="kaname", standalone_mode=False, obj=workloads) or 0)
    except ValueError as error:
        return complain(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader has gone; nothing is left to flush to
        return 0
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own errors, whichever click it is built on
            return complain(usage_sentence(error), BAD_INPUT)
        if type(error).__name__ != "Abort":  # how some versions of typer pass an interrupt on; others return 130
            raise
        code = INTERRUPTED
    if code == INTERRUPTED:
        return complain("Interrupted: finished records are kept, and the same command goes on from there.", code)
    return code


def usage_sentence(error: Any) -> str:
    """One of typer's complaints as one sentence."""
    message = str(error.message)
    option = getattr(error, "param", None)
    if option is not None and message.startswith("takes "):
        message = f"{option.opts[0]} {message}"
    else:
        message = error.format_message()
    message = " ".join(message.split())
    return f"{message}{'' if message.endswith(('.', '?')) else '.'} `kaname --help` shows what there is."


def complain(sentence: str, code: int) -> int:
    """One line on standard error."""
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
