"""Pictures of scans: surfaces as filled contours, and followed states along a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chemistry.scan.result import PotentialScan
from chemistry.scan.spectroscopy import HARTREE_IN_KJ_MOL
from chemistry.scan.stationary_point import minimum

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEVELS = 14
_SPLINE, _FINE = 4, 121  # points along a coordinate: at least, and after refinement
_NEAR = 0.9  # of the points: those higher than so many share the last colour
# Okabe and Ito's colours, which colour-blind readers tell apart; markers tell states apart as well.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_NAMES = {1: "singlet", 2: "doublet", 3: "triplet", 4: "quartet", 5: "quintet"}


def surface_picture(scan: PotentialScan, method: str) -> Figure:
    """A surface as filled contours above its lowest energy, with the minimum and the points of the grid.

    Colours run from dark to light as energy rises, so that they can be read in grey and by the colour-blind. Between
    the points of the grid, which are drawn, lie cubic splines, or straight lines where points are few or missing.

    Args:
        scan: Of two coordinates.
        method: One of `scan.methods`.

    Returns:
        A Matplotlib figure.

    Raises:
        ValueError: If the scan is no surface, or has fewer than two sound points along a coordinate.
    """
    import matplotlib.pyplot as plt

    energies = scan.energies(method, sound=True)
    if energies.ndim != 2 or min(energies.shape) < 2:
        raise ValueError(f"A surface has two coordinates with two points or more each, but this scan has {scan.shape}.")
    if not np.isfinite(energies).any():
        raise ValueError(f"{method} has no sound energy in this scan, so there is nothing to draw.")
    first, second = scan.axes
    above = (energies - np.nanmin(energies)) * HARTREE_IN_KJ_MOL
    top = float(np.nanquantile(above, _NEAR)) or 1.0
    figure, axes = plt.subplots(figsize=(7.0, 5.2), layout="constrained")
    levels = _round_levels(top)
    between = _between(np.array(first.values), np.array(second.values), above)
    filled = axes.contourf(*between, levels=levels, cmap="cividis", extend="max")
    lines = axes.contour(*between, levels=levels[1:], colors="white", linewidths=0.6)
    axes.clabel(lines, levels=levels[1::2], fmt="%g", fontsize="small")
    places = np.array([point.coordinates for point in scan.points])
    sound = np.isfinite(above).ravel()
    axes.plot(*places[sound].T, linestyle="none", marker=".", markersize=3, color="white", alpha=0.7)
    if not sound.all():
        axes.plot(*places[~sound].T, linestyle="none", marker="x", color="black", label="no sound energy")
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, -0.12))
    axes.set_xlabel(first.label)
    axes.set_ylabel(second.label)
    axes.set_title(f"Where is the molecule most stable?\n{_minimum_text(scan, method, axes)}", fontsize="medium")
    bar = figure.colorbar(filled, ax=axes)
    bar.set_label("energy above the lowest point (kJ/mol)")
    return figure


def state_picture(scan: PotentialScan) -> Figure:
    """The followed exact states along a curve: each keeps its colour and marker where it crosses another.

    Args:
        scan: Of one coordinate, with states.

    Raises:
        ValueError: If the scan is no curve, or followed no states.
    """
    import matplotlib.pyplot as plt

    states = [(point.coordinates[0], state) for point in scan.points for state in point.states]
    if len(scan.axes) != 1 or not states:
        raise ValueError("A picture of states is of a curve that was scanned with n_states of one or more.")
    lowest = min(state.energy for _, state in states)
    figure, axes = plt.subplots(figsize=(7.0, 4.6), layout="constrained")
    labels = sorted({state.label for _, state in states})
    for place, label in enumerate(labels):
        mine = [(x, state) for x, state in states if state.label == label]
        spin, irrep = mine[0][1].multiplicity, mine[0][1].irrep
        axes.plot(
            [x for x, _ in mine],
            [(state.energy - lowest) * HARTREE_IN_KJ_MOL for _, state in mine],
            color=_COLOURS[place % len(_COLOURS)],
            marker=_MARKERS[place % len(_MARKERS)],
            # Degenerate states lie on each other: those behind show around those in front.
            markersize=4.0 + 5.0 * (len(labels) - 1 - place) / len(labels),
            markerfacecolor="none",
            linewidth=1.2,
            label=f"state {label}, {_NAMES.get(spin, f'2S+1 = {spin}')} {irrep}",
        )
    axes.set_xlabel(scan.axes[0].label)
    axes.set_ylabel("energy above the lowest point (kJ/mol)")
    axes.set_title("Which states cross as the geometry changes?")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _between(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid and its values, refined where a spline can be laid through them, as contours are drawn."""
    if min(values.shape) < _SPLINE or not np.isfinite(values).all():
        return x, y, np.ma.masked_invalid(values.T)
    from scipy.interpolate import RectBivariateSpline

    fine_x, fine_y = (np.linspace(axis[0], axis[-1], _FINE) for axis in (x, y))
    return fine_x, fine_y, np.maximum(RectBivariateSpline(x, y, values)(fine_x, fine_y).T, 0.0)


def _round_levels(top: float) -> np.ndarray:
    """From zero in steps of 1, 2 or 5 times a power of ten."""
    rough = top / _LEVELS
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(factor for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough)
    return np.arange(0.0, top + step, step)


def _minimum_text(scan: PotentialScan, method: str, axes: object) -> str:
    """Mark the minimum, where there is one inside the grid, and say where it is."""
    try:
        found = minimum(scan, method)
    except ValueError:
        return f"{method}; the lowest point lies on the edge of the grid"
    axes.plot(*found.coordinates, marker="*", markersize=13, color="#D55E00", markeredgecolor="white")  # type: ignore[attr-defined]
    where = ", ".join(f"{value:.3g} {axis.unit}" for value, axis in zip(found.coordinates, scan.axes, strict=True))
    return f"{method}, minimum (star) at {where}"
