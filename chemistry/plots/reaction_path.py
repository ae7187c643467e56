"""Pictures of a reaction path in vacuum and in a solvent, from the rows of a run.

A row is a method at a point: `method`, `role`, `objective` and `reference` in hartree, `ranks`, and in `detail` the
`distance` in angstrom, the `environment` (vacuum or solvent) and, of a circuit, `dipole` in debye and `charge` of the
atom that leaves. What does not rank is drawn hollow. Colours are the caller's: C0 quantum, C1 classical, C2 controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

CHEMICAL_ACCURACY = 1.6  # millihartree, 1 kcal/mol
_ELECTRONVOLT = 27.211386  # per hartree
_COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
_MARKERS = ("o", "s", "^", "D", "v", "P")
_LINES = {"vacuum": "-", "solvent": "--"}
_EXACT = 1e-7  # hartree; a method this close everywhere is the reference


def energies(rows: pd.DataFrame) -> Figure:
    """The exact energy along the path in either environment, with the best circuit's on it."""
    import matplotlib.pyplot as plt

    rows = _placed(rows)
    figure, axes = plt.subplots(figsize=(7.0, 4.4))
    exact = rows.dropna(subset=["reference"]).drop_duplicates(["environment", "distance"])
    zero = exact.loc[exact["environment"] == "vacuum", "reference"].min()
    for environment, group in exact.groupby("environment", sort=False):
        axes.plot(
            group["distance"], _ELECTRONVOLT * (group["reference"] - zero), color="black", alpha=0.6,
            linestyle=_LINES[str(environment)], label=f"exact, {environment}",
        )  # fmt: skip
    circuit = _best_circuit(rows)
    if len(circuit):
        label = str(circuit["method"].iloc[0])
        energy = _ELECTRONVOLT * (circuit["objective"] - zero)
        axes.plot(circuit["distance"], energy, color="C0", linestyle="none", marker="o", label=label)
    axes.set_xlabel("length of the pulled bond (angstrom)")
    axes.set_ylabel("energy (eV)")
    axes.set_title("What does pulling cost?")
    axes.legend(frameon=False)
    return figure


def charge_transfer(rows: pd.DataFrame) -> Figure:
    """Charge of the leaving atom and dipole moment along the path, of the best circuit's state."""
    import matplotlib.pyplot as plt

    circuit = _best_circuit(_placed(rows))
    charge = [detail.get("charge") for detail in circuit["detail"]]
    values = {"dipole moment (debye)": np.array([detail.get("dipole") for detail in circuit["detail"]], dtype=float)}
    if all(one is not None for one in charge) and len(circuit):
        values = {"charge of lithium (e)": np.array(charge, dtype=float), **values}
    figure, panels = plt.subplots(len(values), 1, figsize=(7.0, 2.6 * len(values)), sharex=True, squeeze=False)
    for axes, (name, numbers) in zip(panels[:, 0], values.items(), strict=True):
        for environment, line in _LINES.items():
            here = (circuit["environment"] == environment).to_numpy()
            filled = "C0" if environment == "vacuum" else "none"
            axes.plot(
                circuit["distance"][here], numbers[here], color="C0", linestyle=line, marker="o",
                markerfacecolor=filled, label=environment,
            )  # fmt: skip
        axes.set_ylabel(name)
        axes.set_ylim(
            bottom=min(0.0, numbers.min(initial=0.0)) - 0.05 * float(np.ptp(numbers)) if len(numbers) else None
        )
    panels[0, 0].set_title("Where does the electron go back?")
    panels[0, 0].legend(frameon=False)
    panels[-1, 0].set_xlabel("length of the pulled bond (angstrom)")
    return figure


def errors(rows: pd.DataFrame) -> Figure:
    """The error of each method along the path on a logarithmic scale, a panel for each environment."""
    import matplotlib.pyplot as plt

    rows = _placed(rows)
    gaps = (rows["objective"] - rows["reference"]).abs()
    rows = rows[gaps.groupby(rows["method"]).transform("max") >= _EXACT]
    figure, panels = plt.subplots(1, 2, figsize=(7.0, 4.4), sharex=True, sharey=True)
    for axes, environment in zip(panels, _LINES, strict=True):
        seen: dict[str, int] = {}
        for key, group in rows[rows["environment"] == environment].groupby(["role", "method"], sort=False):
            role, method = map(str, key)
            place = seen[role] = seen.get(role, -1) + 1
            colour, marker = _COLOURS[role], _MARKERS[place % len(_MARKERS)]
            x = group["distance"].to_numpy()
            error = 1000 * (group["objective"] - group["reference"]).abs().clip(lower=1e-7).to_numpy()
            solid = group["ranks"].to_numpy(dtype=bool)
            axes.plot(x, error, color=colour, linewidth=1.0, alpha=0.7)
            axes.plot(x[~solid], error[~solid], color=colour, linestyle="none", marker=marker, markerfacecolor="none")
            axes.plot(x[solid], error[solid], color=colour, linestyle="none", marker=marker)
            axes.plot([], [], color=colour, marker=marker, label=method)
        axes.axhline(CHEMICAL_ACCURACY, color="black", linewidth=0.8, linestyle=":")
        axes.set_yscale("log")
        axes.set_xlabel("length (angstrom)")
        axes.set_title(f"How exact is each method? ({environment})" if environment == "vacuum" else f"({environment})")
    panels[0].set_ylabel("distance from exact (millihartree)")
    panels[0].annotate(
        "1.6 mHa", (0.99, CHEMICAL_ACCURACY), xycoords=("axes fraction", "data"), xytext=(0, 2),
        textcoords="offset points", ha="right", va="bottom", fontsize="small",
    )  # fmt: skip
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """With distance and environment as columns, by distance."""
    distances = [detail.get("distance") for detail in rows["detail"]]
    environments = [detail.get("environment") for detail in rows["detail"]]
    placed = rows.assign(distance=distances, environment=environments).dropna(subset=["distance", "objective"])
    return placed.sort_values("distance", kind="stable")


def _best_circuit(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the circuit whose largest error is the smallest."""
    trained = rows[[detail.get("dipole") is not None for detail in rows["detail"]]]
    if not len(trained):
        return trained
    worst = (trained["objective"] - trained["reference"]).abs().groupby(trained["method"]).max()
    return trained[trained["method"] == worst.idxmin()]
