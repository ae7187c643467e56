"""Pictures of an emitter's states, from the rows of a run.

A row is a method in a window of orbitals (`case`): `method`, `role`, `objective` and `gap` in electronvolts, `ranks`,
and in `detail` the states and, for the exact method, the frontier orbitals. Colours are the caller's: C0 quantum, C1
classical, C2 controls.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_LEAST = 1e-3  # meV; what is nearer counts as exact
_ACCURACY = 43.4  # meV, chemical accuracy
_SPACING = {True: 0.35, False: 0.2}  # bohr, of the points of a large molecule's orbitals and of a small one's
_LARGE = 20  # atoms
_EMPTY = 1.0  # bohr at the edges of a view, where nothing is to be seen
_LONG = 0.65  # height over width


def state_levels(rows: pd.DataFrame, *, reference: str, threshold: float) -> Figure:
    """T1 and S1 above the ground state in every window: exact ones as lines, the other methods as markers.

    Args:
        rows: The run.
        reference: The exact method.
        threshold: The gap that is small enough, eV.
    """
    import matplotlib.pyplot as plt

    rows = rows.dropna(subset=["objective"])
    cases = list(dict.fromkeys(rows["case"]))
    methods = [m for m in dict.fromkeys(rows["method"]) if m != reference]
    figure, axes = plt.subplots(figsize=(7.0, 4.6))
    for place, case in enumerate(cases):
        here = rows[rows["case"] == case]
        for _, row in here[here["method"] == reference].iterrows():
            t1, s1 = _level(row, "T1"), _level(row, "S1")
            for name, energy in (("T1", t1), ("S1", s1)):
                axes.plot([place - 0.3, place + 0.3], [energy] * 2, color="0.25", linewidth=2.2, zorder=1)
                axes.annotate(
                    f"{name} {energy:.2f}", (place - 0.3, energy), xytext=(0, 3), textcoords="offset points",
                    ha="left", va="bottom", fontsize="small",
                )  # fmt: skip
            axes.annotate("", (place + 0.38, s1), (place + 0.38, t1), arrowprops={"arrowstyle": "<->", "color": "0.4"})
            axes.text(place + 0.41, 0.5 * (t1 + s1), f"{s1 - t1:.2f} eV", va="center", fontsize="small")
        for _, row in here[here["method"] != reference].iterrows():
            number = methods.index(row["method"])
            shift = 0.3 * (2 * (number + 1) / (len(methods) + 1) - 1) if len(methods) > 1 else 0.0
            face = _COLOURS[row["role"]] if row["ranks"] else "none"
            axes.plot(
                [place + shift] * 2, [_level(row, "T1"), _level(row, "S1")], linestyle="none",
                marker=_MARKERS[number % len(_MARKERS)], color=_COLOURS[row["role"]], markerfacecolor=face,
                label=row["method"] if place == 0 else None, zorder=2,
            )  # fmt: skip
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.06 * (high - low))
    axes.set_xlim(-0.5, len(cases) - 0.15)
    axes.set_xticks(range(len(cases)), [case.replace(" in ", "\nin ") for case in cases])
    axes.set_ylabel("energy above the ground state (eV)")
    axes.set_title(f"Is the step from T1 to S1 less than {threshold:g} eV?")
    axes.grid(axis="x", visible=False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, title="lines: exact; hollow: does not rank")
    return figure


def gap_errors(rows: pd.DataFrame, *, without: Collection[str] = ()) -> Figure:
    """The error of each method's singlet-triplet gap, on a logarithmic scale, a marker for each window.

    Args:
        rows: The run.
        without: Methods that are left out.
    """
    import matplotlib.pyplot as plt

    rows = rows[~rows["method"].isin(without)].dropna(subset=["gap"])
    methods, cases = (list(dict.fromkeys(rows[name])) for name in ("method", "case"))
    figure, axes = plt.subplots(figsize=(7.0, 1.6 + 0.42 * max(1, len(methods))))
    for _, row in rows.iterrows():
        colour = _COLOURS[row["role"]]
        face = colour if row["ranks"] else "none"
        axes.plot(
            max(1e3 * abs(row["gap"]), _LEAST), methods.index(row["method"]), linestyle="none", color=colour,
            marker=_MARKERS[cases.index(row["case"]) % len(_MARKERS)], markerfacecolor=face,
        )  # fmt: skip
    for place, case in enumerate(cases):
        axes.plot([], [], linestyle="none", color="0.3", marker=_MARKERS[place % len(_MARKERS)], label=case)
    axes.axvline(_ACCURACY, color="black", linewidth=0.8, linestyle="--", label="chemical accuracy, 43 meV")
    axes.set_xscale("log")
    axes.set_xlim(0.6 * _LEAST, None)
    axes.set_yticks(range(len(methods)), methods)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.set_xlabel(f"distance from the exact gap (meV; {_LEAST:g} or less at the left edge)")
    axes.set_title("How close does each method come to the exact gap?")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def frontier_picture(rows: pd.DataFrame) -> Figure:
    """The HOMO and the LUMO as surfaces over the molecule."""
    import matplotlib.pyplot as plt

    from chemistry.molecule import Molecule
    from chemistry.properties.isosurface import enclosing_level, seen, view_of
    from chemistry.properties.orbital_pictures import draw_orbital

    detail: dict[str, Any] | None = next((d for d in rows["detail"] if d.get("orbitals") is not None), None)
    if detail is None:
        figure, one = plt.subplots(figsize=(7.0, 1.0))
        one.set_axis_off()
        one.text(0.5, 0.5, "The orbitals were not computed.", ha="center")
        return figure
    mol = Molecule.from_dict(detail["molecule"])._mole
    view = view_of(mol, _SPACING[mol.natm > _LARGE])
    pictures = [seen(a, enclosing_level(a, 0.75), 2) for a in view.amplitudes(np.array(detail["orbitals"]))]
    left, right, bottom, top = view.extent
    shape = (top - bottom) / (right - left)
    # A long molecule's orbitals stand above each other, a compact one's side by side.
    stacked = shape < _LONG
    size = (7.0, 2 * (0.3 + 7.0 * shape) + 0.4) if stacked else (7.0, 3.5 * shape + 0.9)
    figure, axes = plt.subplots(2 if stacked else 1, 1 if stacked else 2, figsize=size, layout="constrained")
    frontier = detail["frontier"]
    titles = (
        f"HOMO, {27.211386 * frontier['homo']:.1f} eV: the electron leaves it",
        f"LUMO, {27.211386 * frontier['lumo']:.1f} eV: the electron enters it",
    )
    for one, (sign, brightness), title in zip(axes, pictures, titles, strict=True):
        one.set_axis_off()
        draw_orbital(one, view, sign, brightness)
        one.set_xlim(left + _EMPTY, right - _EMPTY)
        one.set_ylim(bottom + _EMPTY, top - _EMPTY)
        one.set_title(title, fontsize="medium")
    figure.suptitle(f"How far apart are they? They overlap by {frontier['overlap']:.2f} (1: fully)", x=0.02, ha="left")
    return figure


def _level(row: pd.Series, name: str) -> float:
    return float(next(state["excitation_ev"] for state in row["detail"]["states"] if state["state"] == name))
