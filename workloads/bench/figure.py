"""The picture of a bench: how cost grows with size, and how far each case is from what memory allows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workloads.bench.catalogue import CHAINS, X_MIXER
from workloads.bench.results import Results, Row
from workloads.bench.table import circuit_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colour, marker and line of each peer: ffsim too keeps particle number only, the other two keep all amplitudes.
PEERS = {"lightning.qubit": ("C1", "o", "-"), "qulacs": ("C1", "s", "--"), "ffsim": ("C2", "D", "-")}
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
    n_panels = max(len(series) + bool(bounded), 1)
    figure, panels = pyplot.subplots(1, n_panels, figsize=(4.4 * n_panels, 4.0), squeeze=False)
    for name, axes in zip(series, panels[0], strict=False):
        _draw_series(axes, name, [row for row in results.rows if row.series == name])
    if bounded:
        _draw_distances(panels[0][-1], bounded, results)
    return figure


def _draw_series(axes: Axes, name: str, rows: Sequence[Row]) -> None:
    """Milliseconds against qubits; bars from the smallest to the largest ratio of a round."""
    rows = sorted(rows, key=lambda row: row.size)
    axes.plot([row.size for row in rows], [1e3 * row.seconds for row in rows], color="C0", marker="o", label="Kaname")
    for peer, (colour, marker, line) in PEERS.items():
        measured = [(row.size, timing) for row in rows if (timing := row.of(peer))]
        if not measured:
            continue
        times = np.array([1e3 * timing.seconds for _, timing in measured])
        low, middle, high = np.array([timing.ratios for _, timing in measured]).T
        axes.errorbar(
            [size for size, _ in measured],
            times,
            yerr=[times * (1 - low / middle), times * (high / middle - 1)],
            color=colour,
            marker=marker,
            linestyle=line,
            elinewidth=1.0,
            capsize=2,
            label=peer,
        )
    axes.set_yscale("log")
    axes.set_xticks([row.size for row in rows])
    axes.set_xlabel("qubits")
    axes.set_ylabel("value and gradient, milliseconds")
    axes.set_title(name)
    axes.legend(loc="upper left")


def _draw_distances(axes: Axes, rows: Sequence[Row], results: Results) -> None:
    """One line per case, nearest to the bound on top; open markers are the peers, as in the other panels."""
    rows = sorted(rows, key=lambda row: row.above_bound(results.bandwidth) or 0.0, reverse=True)
    for place, row in enumerate(rows):
        least = (row.least_bytes or 0.0) / results.bandwidth
        axes.scatter([row.seconds / least], [place], color="C0", zorder=3)
        for timing in row.peers:
            colour, marker, _ = PEERS[timing.peer]
            place_of_peer = [timing.seconds / least], [place]
            axes.scatter(*place_of_peer, edgecolor=colour, facecolor="white", marker=marker, zorder=2)
    axes.axvline(1.0, color="#222222", linewidth=1.2)
    axes.set_xscale("log")
    axes.set_xlim(left=0.7)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_yticks(range(len(rows)), [circuit_text(row).replace(", ", ",\n", 1) for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"time / time of its bytes at {results.bandwidth / 1e9:.0f} GB/s")
    axes.set_title("Distance from the memory bound")
