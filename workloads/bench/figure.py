"""The picture of a bench: how cost grows with size, and how far each case is from what memory allows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workloads.bench.catalogue import CHAINS, X_MIXER
from workloads.bench.results import Results, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OURS, PEERS = "C0", {"lightning.qubit": ("C1", "o", "-"), "qulacs": ("C1", "s", "--"), "ffsim": ("C2", "D", "-")}
ALT = (
    "Milliseconds against qubits for coupled cluster and for QAOA, one curve for this runtime and one for each peer; "
    "and the time of each larger case over the time that memory bandwidth allows."
)


def write_figure(results: Results, folder: Path) -> list[Path]:
    """Draw the picture into the folder, as PNG and as SVG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from reports.figure_style import report_style

    with report_style():
        figure = draw(results)
        paths = [folder / "bench.png", folder / "bench.svg"]
        figure.savefig(paths[0], dpi=160, metadata={"Description": ALT})
        figure.savefig(paths[1], metadata={"Date": None, "Creator": None, "Description": ALT})
        pyplot.close(figure)
    return paths


def draw(results: Results) -> Figure:
    """One panel for each series that was measured, and one for the distance from the bound."""
    from matplotlib import pyplot

    series = [name for name in (CHAINS, X_MIXER) if sum(row.series == name for row in results.rows) > 1]
    bounded = [row for row in results.rows if row.least_bytes is not None]
    n_panels = len(series) + bool(bounded)
    figure, panels = pyplot.subplots(1, max(n_panels, 1), figsize=(4.4 * max(n_panels, 1), 4.2), squeeze=False)
    for name, axes in zip(series, panels[0], strict=False):
        _draw_series(axes, name, [row for row in results.rows if row.series == name])
    if bounded:
        _draw_distances(panels[0][-1], bounded, results)
    return figure


def _draw_series(axes: Axes, name: str, rows: Sequence[Row]) -> None:
    rows = sorted(rows, key=lambda row: row.size)
    axes.set_title(f"{name}:\nvalue and gradient")
    ends: list[tuple[float, float, str, str]] = []
    sizes, times = [row.size for row in rows], [1e3 * row.seconds for row in rows]
    axes.plot(sizes, times, color=OURS, marker="o")
    ends.append((sizes[-1], times[-1], "this runtime", OURS))
    for peer, (colour, marker, line) in PEERS.items():
        measured = [(row.size, 1e3 * row.seconds * t.ratios[1], t) for row in rows if (t := row.of(peer))]
        if not measured:
            continue
        x, y, timings = zip(*measured, strict=True)
        scale = [value / timing.ratios[1] for value, timing in zip(y, timings, strict=True)]
        spread = [
            [v - s * t.ratios[0] for v, s, t in zip(y, scale, timings, strict=True)],
            [s * t.ratios[2] - v for v, s, t in zip(y, scale, timings, strict=True)],
        ]
        axes.errorbar(x, y, yerr=spread, color=colour, marker=marker, linestyle=line, elinewidth=1.0, capsize=2)
        ends.append((x[-1], y[-1], peer, colour))
    axes.set_yscale("log")
    axes.set_xlabel("qubits")
    axes.set_ylabel("milliseconds")
    axes.set_xticks(sizes)
    axes.margins(x=0.08)
    _label_ends(axes, ends)


def _label_ends(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Name each curve above its last point, or below it where it is the lowest."""
    lowest = min(y for _, y, _, _ in ends)
    taken: list[float] = []
    for x, y, name, colour in sorted(ends, key=lambda end: -end[1]):
        below = y == lowest or any(0.4 < y / other < 2.5 for other in taken)
        taken.append(y)
        axes.annotate(
            name,
            (x, y),
            xytext=(4, -8 if below else 7),
            textcoords="offset points",
            ha="right",
            va="top" if below else "bottom",
            color=_dark(colour),
            fontsize=9,
        )


def _dark(colour: str) -> Any:
    return {"C0": "#0072B2", "C1": "#B24A00", "C2": "#555555"}[colour]


def _draw_distances(axes: Axes, rows: Sequence[Row], results: Results) -> None:
    """One line per case: how many times longer than its bytes take at the copy bandwidth."""
    rows = sorted(rows, key=lambda row: row.above_bound(results.bandwidth) or 0.0, reverse=True)
    places = range(len(rows))
    ours = [row.above_bound(results.bandwidth) or 0.0 for row in rows]
    axes.axvline(1.0, color="#555555", linewidth=1.2)
    axes.scatter(ours, places, color=OURS, zorder=3)
    for peer, (colour, marker, _) in PEERS.items():
        points = [(t.ratios[1] * ours[i], i) for i, row in enumerate(rows) if (t := row.of(peer))]
        if points:
            axes.scatter(*zip(*points, strict=True), color=colour, marker=marker, facecolor="white", zorder=2)
    axes.set_xscale("log")
    axes.set_yticks(list(places), [_short(row) for row in rows])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"time / (least bytes / {results.bandwidth / 1e9:.0f} GB/s)")
    axes.set_title("How far from what\nmemory bandwidth allows")


def _short(row: Row) -> str:
    return f"{row.label}\n{row.quantity}"
