"""Pictures of a Hubbard model along its repulsion, from the rows of a run.

A row is a method at one repulsion: `method`, `role` (quantum, classical or control), `objective` and `reference` as
energies per site in units of t, `ranks`, and in `detail` the `repulsion` U/t and what was computed of the
`charge_gap` (t), `double_occupancy` and `neighbour_spin` (hbar^2). What does not rank is drawn hollow. Colours are the
caller's: C0 quantum, C1 classical, C2 controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_EXACT = 1e-9  # t; a method this close everywhere is drawn as the exact curve
_SMALLEST = 1e-6  # t, on a logarithmic axis
_COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
_MARKERS = ("o", "s", "^", "D", "v", "P")
_LINES = ("-", "--", ":", "-.")


def charge_gaps(rows: pd.DataFrame, *, infinite_chain: bool | None = None) -> Figure:
    """What moving a charge costs by each method; with that of the infinite chain, if the rows are of a chain.

    Args:
        rows: As the module says.
        infinite_chain: Whether to draw the Bethe ansatz's gap; none: if `is_half_filled_chain` is in a row's detail.
    """
    import matplotlib.pyplot as plt

    if infinite_chain is None:
        infinite_chain = any(detail.get("is_half_filled_chain") for detail in rows["detail"])
    figure, axes = plt.subplots(figsize=(7.0, 4.8))
    shown = _with(rows, "charge_gap")
    _exact_curve(axes, shown, "charge_gap")
    if infinite_chain and len(shown):
        from chemistry.lattice.infinite_chain import hubbard_chain_gap

        repulsions = np.linspace(max(0.0, shown["repulsion"].min()), max(0.0, shown["repulsion"].max()), 60)
        gaps = [hubbard_chain_gap(u) for u in repulsions]
        axes.plot(repulsions, gaps, color="black", linewidth=1.0, linestyle=(0, (1, 2)), label="infinite chain")
    _methods(axes, shown, "charge_gap")
    axes.set_xlabel("repulsion U / t")
    axes.set_ylabel("charge gap (t)")
    axes.set_title("What does it cost to move a charge?")
    _legend(figure, axes, shown)
    return figure


def local_order(rows: pd.DataFrame) -> Figure:
    """How often two electrons meet on a site, and how neighbouring spins are correlated, by each method."""
    import matplotlib.pyplot as plt

    figure, (above, below) = plt.subplots(2, 1, figsize=(7.0, 7.0), sharex=True)
    for axes, name, label in (
        (above, "double_occupancy", "sites with two electrons (mean)"),
        (below, "neighbour_spin", "$\\langle S_i \\cdot S_j\\rangle$ of neighbours ($\\hbar^2$)"),
    ):
        shown = _with(rows, name)
        _exact_curve(axes, shown, name)
        _methods(axes, shown, name)
        axes.set_ylabel(label)
    above.set_ylim(bottom=0.0)
    above.set_title("Do electrons still pass each other?")
    below.set_xlabel("repulsion U / t")
    _legend(figure, above, _with(rows, "double_occupancy"))
    return figure


def energy_errors(rows: pd.DataFrame, *, tolerance: float) -> Figure:
    """How far each method's energy is from the exact one, on a logarithmic scale.

    Args:
        rows: As the module says.
        tolerance: Energies closer than that are called equal, in units of t per site.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.8))
    shown = _with(rows, "repulsion").dropna(subset=["objective", "reference"])
    shown = shown.assign(error=(shown["objective"] - shown["reference"]).abs())
    shown = shown[shown["error"].groupby(shown["method"]).transform("max") > _EXACT]
    shown = shown.assign(error=shown["error"].clip(lower=_SMALLEST))
    _methods(axes, shown, "error")
    axes.axhline(tolerance, color="black", linewidth=0.8, linestyle="--")
    axes.annotate(
        f"{tolerance:g} t", (0.99, tolerance), xycoords=("axes fraction", "data"), xytext=(0, 2),
        textcoords="offset points", ha="right", va="bottom", fontsize="small",
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlabel("repulsion U / t")
    axes.set_ylabel("distance from exact (t per site)")
    axes.set_title("Which method follows from weak to strong repulsion?")
    _legend(figure, axes, shown)
    return figure


def _with(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows that have a number of this name in their detail, as a column, by repulsion."""
    rows = rows.assign(repulsion=[detail.get("repulsion") for detail in rows["detail"]])
    if name != "repulsion":
        rows = rows.assign(**{name: [detail.get(name) for detail in rows["detail"]]})
    rows = rows.dropna(subset=["repulsion", name])
    return rows.astype({"repulsion": float, name: float}).sort_values("repulsion", kind="stable")


def _is_exact(rows: pd.DataFrame) -> pd.Series:
    return rows["method"].str.contains("exact")


def _exact_curve(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    exact = rows[_is_exact(rows)]
    axes.plot(exact["repulsion"], exact[name], color="black", linewidth=3.0, alpha=0.25, label="exact (FCI)")


def _methods(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    """Colour by role; marker and line by the method's place within its role."""
    seen: dict[str, int] = {}
    for key, group in rows[~_is_exact(rows)].groupby(["role", "method"], sort=False):
        role, method = map(str, key)
        place = seen[role] = seen.get(role, -1) + 1
        style: dict[str, Any] = {"color": _COLOURS[role], "marker": _MARKERS[place % len(_MARKERS)]}
        line = _LINES[place % len(_LINES)]
        x, y, solid = group["repulsion"].to_numpy(), group[name].to_numpy(), group["ranks"].to_numpy(dtype=bool)
        axes.plot(x, y, color=style["color"], linestyle=line, linewidth=1.2, alpha=0.8)
        axes.plot(x[~solid], y[~solid], linestyle="none", markerfacecolor="none", **style)
        axes.plot(x[solid], y[solid], linestyle="none", **style)
        axes.plot([], [], linestyle=line, label=method, **style)


def _legend(figure: Figure, axes: Axes, rows: pd.DataFrame) -> None:
    hollow = None if rows["ranks"].all() else "hollow: below the exact energy or not converged, so no answer"
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, title=hollow)
