"""Pictures of structures and vibrations, from the rows of a run.

A row is a method: `method`, `role` (quantum, classical or control), and in `detail` `symbols`, `positions` (angstrom),
`wavenumbers` (1/cm), `intensities` (km/mol), `modes` (displacements, shape (n_modes, n_atoms, 3)), `path`, the energies
of a relaxation (hartree), and perhaps `experiment`, wavenumbers to compare with. Colours are the caller's: C0 quantum,
C1 classical, C2 controls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
_MARKERS = ("o", "s", "^", "D", "v", "P")
_HALF_WIDTH = 25.0  # 1/cm, of the lines of a spectrum
_MOST_MODES = 6
_DEPTH = np.array([0.35, 0.25])  # how far the third axis is drawn along the other two
_ATOM, _ARROW, _SHORTEST_ARROW = 0.16, 0.8, 0.05  # angstrom: an atom's circle; per unit of displacement; angstrom
_SMALLEST_ENERGY = 1e-4  # millihartree


def infrared_spectrum(rows: pd.DataFrame, *, order: Sequence[str] = ()) -> Figure:
    """The harmonic infrared spectrum by each method, one above the other, on one scale.

    Args:
        rows: The run.
        order: In which the methods stand, all of them; none: as the rows do.
    """
    import matplotlib.pyplot as plt

    rows = _ordered(rows, order)
    rows = rows[[bool(detail.get("wavenumbers")) for detail in rows["detail"]]]
    figure, panels = plt.subplots(
        len(rows), 1, figsize=(7.0, 1.1 + 0.95 * len(rows)), sharex=True, sharey=True, squeeze=False
    )
    known = sorted({w for detail in rows["detail"] for w in detail.get("experiment") or ()})
    everything = [*known, *(w for detail in rows["detail"] for w in detail["wavenumbers"] if w > 0)]
    axis = np.linspace(max(0.0, min(everything, default=0.0) - 400), max(everything, default=4000.0) + 400, 1500)
    for axes, (_, row) in zip(panels[:, 0], rows.iterrows(), strict=True):
        curve = _spectrum(axis, row["detail"])
        axes.fill_between(axis, curve, color=_COLOURS[row["role"]], alpha=0.25, linewidth=0)
        axes.plot(axis, curve, color=_COLOURS[row["role"]], linewidth=1.2)
        for wavenumber in known:
            axes.axvline(wavenumber, color="black", linestyle="--", linewidth=0.8, alpha=0.6)
        axes.text(
            0.01, 0.93, str(row["method"]), transform=axes.transAxes, va="top",
            bbox={"facecolor": axes.get_facecolor(), "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        axes.set_yticks([])
    panels[0, 0].set_title("Where does the molecule absorb infrared light?")
    panels[-1, 0].set_xlabel("wavenumber (cm$^{-1}$)" + ("; dashed: experiment, harmonic" if known else ""))
    figure.supylabel("absorption", fontsize="medium")
    return figure


def vibration_pictures(rows: pd.DataFrame, *, order: Sequence[str] = ()) -> Figure:
    """The molecule and how its atoms move in each vibration (the strongest six), by the first row that has them.

    Args:
        rows: The run.
        order: Which method is the first, and so on, all of them; none: as the rows stand.
    """
    import matplotlib.pyplot as plt

    detail = next(detail for detail in _ordered(rows, order)["detail"] if detail.get("modes"))
    wavenumbers, intensities = np.array(detail["wavenumbers"]), np.array(detail["intensities"])
    chosen = np.sort(np.argsort(-intensities, kind="stable")[:_MOST_MODES])
    n_columns = min(3, len(chosen))
    n_rows = -(-len(chosen) // n_columns)
    figure, panels = plt.subplots(n_rows, n_columns, figsize=(7.0, 2.5 * n_rows), squeeze=False)
    frame = _principal_axes(np.array(detail["positions"]))
    flat, modes = _flat(frame[0]), _flat(np.array(detail["modes"]) @ frame[1])
    centre, reach = 0.5 * (flat.max(axis=0) + flat.min(axis=0)), 0.5 * float(np.ptp(flat, axis=0).max()) + 0.7
    for axes, mode in zip(panels.flat, chosen, strict=False):
        _draw_mode(axes, detail["symbols"], detail.get("bonds") or [], flat, modes[mode])
        axes.set_xlim(centre[0] - reach, centre[0] + reach)
        axes.set_ylim(centre[1] - reach, centre[1] + reach)
        sign = "i" if wavenumbers[mode] < 0 else ""
        axes.set_title(f"{abs(wavenumbers[mode]):,.0f}{sign} cm$^{{-1}}$", fontsize="medium", loc="center")
        axes.set_xlabel(f"{intensities[mode]:.1f} km/mol")
    for axes in panels.flat[len(chosen) :]:
        axes.axis("off")
    figure.suptitle("How does the molecule vibrate?")
    return figure


def relaxation(rows: pd.DataFrame, *, order: Sequence[str] = ()) -> Figure:
    """How the energy falls to its minimum while the nuclei follow the gradient, by each method.

    Args:
        rows: The run.
        order: In which the methods stand, all of them; none: as the rows do.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, axes = plt.subplots(figsize=(7.0, 4.0))
    rows = _ordered(rows, order)
    rows = rows[[len(detail.get("path") or ()) > 1 for detail in rows["detail"]]]
    for index, (_, row) in enumerate(rows.iterrows()):
        energies = np.array(row["detail"]["path"])
        above = np.maximum(1000 * (energies - energies.min()), _SMALLEST_ENERGY)
        axes.plot(
            range(len(above)), above, color=_COLOURS[row["role"]], marker=_MARKERS[index % len(_MARKERS)],
            linestyle=("-", "--", ":", "-.")[index % 4], label=str(row["method"]),
        )  # fmt: skip
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("steps of the nuclei")
    axes.set_ylabel("energy above its own minimum (millihartree)")
    axes.set_title("How fast do the nuclei find their place?")
    if len(rows):
        axes.legend(frameon=False)
    return figure


def _ordered(rows: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    if not order:
        return rows
    return rows.sort_values("method", key=lambda names: names.map(list(order).index), kind="stable")


def _spectrum(axis: np.ndarray, detail: dict[str, list[float]]) -> np.ndarray:
    """Lorentzian lines whose areas are the intensities."""
    lines = [(w, i) for w, i in zip(detail["wavenumbers"], detail["intensities"], strict=True) if w > 0]
    curve = np.zeros_like(axis)
    for wavenumber, intensity in lines:
        curve += intensity / (1 + ((axis - wavenumber) / _HALF_WIDTH) ** 2)
    return curve


def _principal_axes(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centred positions along the axes of largest extent, and those axes in columns."""
    centred = positions - positions.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=True)[2].T
    axes = axes * np.where(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) < 0, -1.0, 1.0)
    return centred @ axes, axes


def _flat(vectors: np.ndarray) -> np.ndarray:
    """An oblique view of vectors on paper, shape (..., 3) to (..., 2)."""
    return vectors[..., :2] + vectors[..., 2:] * _DEPTH


def _draw_mode(axes: Axes, symbols: list[str], bonds: list[list[int]], flat: np.ndarray, mode: np.ndarray) -> None:
    from matplotlib.patches import Circle, FancyArrowPatch

    for first, second in bonds:
        ends = flat[[first - 1, second - 1]]
        axes.plot(ends[:, 0], ends[:, 1], color="grey", linewidth=3, alpha=0.5, zorder=1)
    for symbol, (x, y), (dx, dy) in zip(symbols, flat, mode, strict=True):
        axes.add_patch(Circle((x, y), _ATOM, facecolor="white", edgecolor="black", zorder=2))
        axes.text(x, y, symbol, ha="center", va="center", fontsize="small", color="black", zorder=3)
        length = float(np.hypot(dx, dy))
        if length > _SHORTEST_ARROW:
            near = _ATOM / length  # arrows begin where the atom's circle ends
            far = near + _ARROW
            axes.add_patch(
                FancyArrowPatch(
                    (x + near * dx, y + near * dy), (x + far * dx, y + far * dy), zorder=4,
                    arrowstyle="-|>", mutation_scale=9, color="C0", linewidth=1.8, shrinkA=0, shrinkB=0,
                )
            )  # fmt: skip
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(visible=False)
