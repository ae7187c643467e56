"""A whole bench: choose, measure, show, write."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from rich.console import Console

from workloads.bench import peers as peers_of_bench
from workloads.bench.bandwidth import copy_bandwidth
from workloads.bench.catalogue import Entry, chosen
from workloads.bench.figure import write_figure
from workloads.bench.readme import around_markers, write_between_markers
from workloads.bench.results import Results, Row
from workloads.bench.table import markdown, notes, terminal_table
from workloads.bench.timing import ROUNDS, DisagreementError, measure
from workloads.bench.traffic import last_level_cache
from workloads.provenance import commit, cpu, threads, versions
from workloads.terminal import make_console

SECONDS, SECONDS_OF_ALL = 5.0, 30.0  # for each peer's rounds on each case
BUSY = 0.25  # of all cores: above this, others disturb the measurement


def run_bench(
    *,
    names: Iterable[str] = (),
    everything: bool = False,
    output: Path = Path("runs/bench"),
    readme: Path | None = None,
) -> int:
    """Time the chosen cases, print the table, and write results.json, bench.png and bench.svg.

    Args:
        names: cases of the catalogue; none: the default ones.
        everything: every case, and the peers that take minutes.
        output: the folder for the results.
        readme: where the table goes between markers, if anywhere.

    Raises:
        ValueError: if there is no such case, or the README has no markers.

    Returns:
        The exit code: 1 if engines disagreed on a case, which then has no row.
    """
    names = list(names)
    entries = chosen(names, everything=everything)
    if readme is not None:
        around_markers(readme)  # before minutes of measuring
    console = make_console()
    missing = peers_of_bench.missing_line()
    if missing:
        console.print(missing, soft_wrap=True)
    seconds = SECONDS_OF_ALL if everything else SECONDS
    cache = last_level_cache()
    results = empty_results(cache)
    if results.load > BUSY * results.threads:
        console.print(f"Other programs keep {results.load:.1f} of {results.threads} cores busy: expect wide spreads.")
    with console.status("Copying memory"):
        results = replace(results, bandwidth=copy_bandwidth(cache))
    output.mkdir(parents=True, exist_ok=True)
    disagreements = []
    for entry in entries:
        try:
            row = measure_entry(entry, everything or bool(names), seconds, console)
        except DisagreementError as error:
            disagreements.append(str(error))
            continue
        results = replace(results, rows=(*results.rows, row))
        path = results.write(output)  # at once: a long run that is interrupted keeps what it has
    for sentence in disagreements:
        console.print(f"No time for a wrong answer: {sentence}", style="red")
    if not results.rows:
        return 1
    show(results, console)
    pictures = write_figure(results, output)
    console.print(f"Written: {', '.join(str(p) for p in (path, *pictures))}", soft_wrap=True)
    if readme is not None:
        write_between_markers(readme, markdown(results))
        console.print(f"Written: the table of {readme}")
    return 1 if disagreements else 0


def empty_results(cache_bytes: int) -> Results:
    """What is known before the first case."""
    return Results(
        rows=(),
        bandwidth=0.0,
        cache_bytes=cache_bytes,
        cpu=cpu(),
        threads=threads(),
        versions=versions() | peer_versions(),
        commit=commit(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        most_rounds=ROUNDS,
    )


def measure_entry(entry: Entry, with_slow: bool, seconds: float, console: Console) -> Row:
    """Make the case and time it."""
    with console.status(f"{entry.name}: preparing and timing"):
        available = peers_of_bench.available()
        wanted = entry.peers_of(with_slow, (peer.NAME for peer in available))
        return measure(entry.make(), [peer for peer in available if peer.NAME in wanted], seconds=seconds)


def show(results: Results, console: Console) -> None:
    """The table, and what must be known to read it."""
    console.print(terminal_table(results))
    console.print(
        f"Medians of up to {results.most_rounds} paired rounds. Copy bandwidth {results.bandwidth / 1e9:.1f} GB/s;"
        " bound: the time over that of the bytes that must move at it."
    )
    for note in notes(results.rows):
        console.print(note)


def peer_versions() -> dict[str, str]:
    """The versions of the peers that are installed."""
    return {peer.DISTRIBUTION: metadata.version(peer.DISTRIBUTION) for peer in peers_of_bench.available()}
