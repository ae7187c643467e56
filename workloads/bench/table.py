"""The table of a bench: for a terminal, and for the README."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workloads.bench.results import PeerTiming, Results, Row


def terminal_table(results: Results) -> Any:
    """A line for each case, and under it one for each peer, as a rich table of at most 80 columns."""
    from rich.table import Table

    title = "Milliseconds; UCCSD and gradient: value and gradient"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for heading in ("circuit", "states", "time", "ratio", "min to max"):
        table.add_column(heading, justify="left" if heading == "circuit" else "right", no_wrap=True)
    for row in results.rows:
        bound = bound_text(row, results.bandwidth).replace("×", "× bound")
        table.add_row(circuit_text(row), f"{row.states:,}", milliseconds(row.seconds), "", bound, style="bold")
        for timing in row.peers:
            low, middle, high = timing.ratios
            spread = f"{ratio(low)} to {ratio(high)}" if timing.rounds > 1 else "1 round"
            name = timing.peer if middle >= 1 else f"{timing.peer} is faster"
            table.add_row(f"  {name}", "", milliseconds(timing.seconds), ratio(middle), spread)
    return table


def markdown(results: Results) -> str:
    """The README's section: a table, and what one must know to read it."""
    peers = list(dict.fromkeys(timing.peer for row in results.rows for timing in row.peers))
    heads = ["circuit", "qubits", "states", "here, ms", *peers, "bound"]
    lines = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 1)}"]
    for row in results.rows:
        cells = [markdown_cell(row.of(peer)) for peer in peers]
        left = [circuit_text(row), str(row.qubits), f"{row.states:,}", milliseconds(row.seconds)]
        lines.append(f"| {' | '.join([*left, *cells, bound_text(row, results.bandwidth)])} |")
    return "\n".join([*lines, "", *explanation(results)])


def markdown_cell(timing: PeerTiming | None) -> str:
    """A peer's ratio with its spread, bold where the peer is faster; its milliseconds."""
    if timing is None:
        return "–"
    low, middle, high = timing.ratios
    spread = f"{ratio(low)} to {ratio(high)}" if timing.rounds > 1 else "1 round"
    number = f"{ratio(middle)} ×" if middle >= 1 else f"**{ratio(middle)} ×, faster**"
    return f"{number} ({spread}); {milliseconds(timing.seconds)} ms"


def explanation(results: Results) -> list[str]:
    """How the numbers came about, in sentences."""
    libraries = ("pennylane-lightning", "qulacs", "ffsim", "numba", "python")
    versions = ", ".join(f"{name} {results.versions[name]}" for name in libraries if name in results.versions)
    return [
        f"Measured on {results.date[:10]} at commit {results.commit or 'unknown'}: {results.cpu},"
        f" {results.threads} threads, a load of {results.load:.1f} when it began, copy bandwidth"
        f" {results.bandwidth / 1e9:.1f} GB/s; {versions}."
        " A peer's number is how many times longer it takes than the runtime, the median of up to"
        f" {results.most_rounds} paired rounds with smallest and largest, and its median milliseconds; both gave"
        " the same value to 1e-8, and the same gradient. UCCSD rows, and those that say gradient, are value and"
        " gradient; qubit UCCSD has no Jordan-Wigner strings; rows with all excitations include those that point-group"
        " symmetry forbids. The bound is the measured time over that of the bytes that must move at the copy"
        " bandwidth; where everything stays in the cache there is none."
    ]


def notes(rows: Sequence[Row]) -> list[str]:
    """Why peers are missing, each reason once."""
    return sorted({note for row in rows for note in row.notes})


def circuit_text(row: Row) -> str:
    """The circuit, what is asked for where it is not the same in its family, and an engine that is not ours."""
    asked = "gradient" if "gradient" in row.quantity else "value"
    asked = "" if "UCCSD" in row.label else f", {asked}"
    return f"{row.label}{asked}{'' if row.engine == 'sector' else f' (on {row.engine})'}"


def bound_text(row: Row, bandwidth: float) -> str:
    """How far above the memory bound the runtime is."""
    above = row.above_bound(bandwidth)
    if row.engine != "sector":
        return "–"
    return "in cache" if above is None else f"{above:.1f} ×"


def milliseconds(seconds: float) -> str:
    """Three significant digits."""
    value = 1e3 * seconds
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def ratio(number: float) -> str:
    """Two significant digits below a hundred, else a whole number."""
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"
