"""Pictures of molecular energies, from the rows of a run.

A row is a method on a geometry: `method`, `role` (quantum, classical or control), `objective` and `reference` in
hartree, `ranks`, `status`, and in `detail` the bond length in angstrom and the trace of an optimization. What does not
rank is drawn hollow. Colours are the caller's: C0 quantum, C1 classical, C2 controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHEMICAL_ACCURACY = 1.6  # millihartree, 1 kcal/mol
_EXACT = 1e-7  # hartree; a method this close everywhere is drawn as the exact curve
_COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_LINES = ("-", "--", ":", "-.")


def curve_or_errors(rows: pd.DataFrame) -> Figure:
    """The dissociation curve where a bond is stretched, the errors where there is one geometry."""
    lengths = {detail.get("bond_length") for detail in rows["detail"]} - {None}
    return dissociation_curve(rows) if len(lengths) > 1 else energy_errors(rows)


def dissociation_curve(rows: pd.DataFrame) -> Figure:
    """Energies along a stretched bond over their errors against the exact energy, on a logarithmic scale."""
    import matplotlib.pyplot as plt

    rows = _approximate(_with_lengths(rows))
    figure, (above, below) = plt.subplots(2, 1, figsize=(7.0, 7.4), sharex=True, height_ratios=(3, 4))
    exact = rows.dropna(subset=["reference"]).drop_duplicates("length").sort_values("length")
    above.plot(exact["length"], exact["reference"], color="black", linewidth=2.5, alpha=0.25, label="exact (FCI)")
    for colour, marker, line, method, group in _styled(rows):
        _draw(above, group["length"], group["objective"], group["ranks"], colour, marker, line, method)
        error = 1000 * (group["objective"] - group["reference"]).abs()
        _draw(below, group["length"], error.clip(lower=1e-4), group["ranks"], colour, marker, line, method)
    energies = np.concatenate([exact["reference"], rows.loc[rows["ranks"], "objective"].dropna()])
    if len(energies):
        margin = 0.05 * (energies.max() - energies.min()) + 1e-3
        above.set_ylim(energies.min() - 4 * margin, energies.max() + margin)
    above.set_ylabel("energy (hartree)")
    above.set_title("How far does each method follow the breaking bond?")
    below.axhline(CHEMICAL_ACCURACY, color="black", linewidth=0.8, linestyle="--")
    below.annotate(
        "chemical accuracy, 1.6 mHa", (0.99, CHEMICAL_ACCURACY), xycoords=("axes fraction", "data"),
        xytext=(0, 2), textcoords="offset points", ha="right", va="bottom", fontsize="small",
    )  # fmt: skip
    below.set_yscale("log")
    below.set_ylabel("distance from exact (millihartree)")
    below.set_xlabel("bond length (angstrom)")
    handles, labels = above.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, title=_hollow_note(rows))
    return figure


def energy_errors(rows: pd.DataFrame) -> Figure:
    """The error of each method at one geometry, on a logarithmic scale, one line per method."""
    import matplotlib.pyplot as plt

    rows = _approximate(rows.dropna(subset=["objective", "reference"]))
    methods = list(dict.fromkeys(rows["method"]))
    figure, axes = plt.subplots(figsize=(7.0, 0.8 + 0.4 * max(1, len(methods))))
    for colour, marker, _, method, group in _styled(rows):
        error = 1000 * (group["objective"] - group["reference"]).abs().clip(lower=1e-7)
        place = [methods.index(method)] * len(group)
        _draw(axes, error, place, group["ranks"], colour, marker, "", method)
    axes.axvline(CHEMICAL_ACCURACY, color="black", linewidth=0.8, linestyle="--")
    axes.annotate(
        "chemical accuracy, 1.6 mHa",
        (CHEMICAL_ACCURACY, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize="small",
    )
    axes.set_xscale("log")
    axes.set_yticks(range(len(methods)), methods)
    axes.invert_yaxis()
    axes.set_xlabel("distance from exact (millihartree)")
    axes.set_title("How close does each method come?")
    return figure


def convergence(rows: pd.DataFrame) -> Figure:
    """The best error so far against the number of evaluations, per circuit, with the spread over geometries."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.2))
    trained = rows[[bool(detail.get("trace")) for detail in rows["detail"]]].dropna(subset=["reference"])
    for index, (method, group) in enumerate(trained.groupby("method", sort=False)):
        line = _LINES[index % len(_LINES)]
        curves = [
            _best_error(detail["trace"], e) for detail, e in zip(group["detail"], group["reference"], strict=True)
        ]
        steps = np.unique(np.geomspace(1, max(curve[0][-1] for curve in curves), 120).astype(int))
        errors = np.array([curve[1][np.searchsorted(curve[0], steps, side="right") - 1] for curve in curves])
        low, middle, high = np.quantile(errors, (0.25, 0.5, 0.75), axis=0)
        axes.plot(steps, middle, color="C0", linestyle=line, label=str(method))
        axes.fill_between(steps, low, high, color="C0", alpha=0.15, linewidth=0)
    axes.axhline(CHEMICAL_ACCURACY, color="black", linewidth=0.8, linestyle="--", label="chemical accuracy, 1.6 mHa")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("evaluations of energy and gradient")
    axes.set_ylabel("distance from exact (millihartree)")
    axes.set_title("How much work does each circuit need?")
    axes.legend(frameon=False)
    return figure


def _approximate(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the methods that are exact everywhere: they are the reference, and have no error to show."""
    error = (rows["objective"] - rows["reference"]).abs().groupby(rows["method"]).transform("max")
    return rows[~(error < _EXACT)]


def _with_lengths(rows: pd.DataFrame) -> pd.DataFrame:
    lengths = [detail.get("bond_length") for detail in rows["detail"]]
    return rows.assign(length=lengths).dropna(subset=["length", "objective"]).sort_values("length", kind="stable")


def _styled(rows: pd.DataFrame) -> list[tuple[str, str, str, str, pd.DataFrame]]:
    """Colour by role; marker and line by the method's place within its role."""
    seen: dict[str, int] = {}
    styled = []
    for key, group in rows.groupby(["role", "method"], sort=False):
        role, method = map(str, key)
        place = seen[role] = seen.get(role, -1) + 1
        styled.append((_COLOURS[role], _MARKERS[place % len(_MARKERS)], _LINES[place % len(_LINES)], method, group))
    return styled


def _draw(axes: Axes, x: Any, y: Any, ranks: pd.Series, colour: str, marker: str, line: str, label: str) -> None:
    axes.plot(x, y, color=colour, linestyle=line or "none", linewidth=1.2, alpha=0.8)
    x, y, solid = np.asarray(x), np.asarray(y), np.asarray(ranks, dtype=bool)
    axes.plot(x[~solid], y[~solid], color=colour, linestyle="none", marker=marker, markerfacecolor="none")
    axes.plot(x[solid], y[solid], color=colour, linestyle="none", marker=marker)
    axes.plot([], [], color=colour, linestyle=line or "none", marker=marker, label=label)


def _hollow_note(rows: pd.DataFrame) -> str | None:
    return None if rows["ranks"].all() else "hollow: below the exact energy or not converged, so no answer"


def _best_error(trace: list[list[float]], exact: float) -> tuple[np.ndarray, np.ndarray]:
    """Evaluations and the best error so far, millihartree, from pairs (evaluation, energy)."""
    steps, energies = np.array(trace, dtype=float).T
    return steps, np.maximum(1000 * (np.minimum.accumulate(energies) - exact), 1e-4)
