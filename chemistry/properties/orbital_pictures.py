"""A picture of natural orbitals: their shape, their sign and how many electrons each holds."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.properties.atomic_orbitals import molecule_of
from chemistry.properties.isosurface import View, enclosing_level, seen, view_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from chemistry.problem import ElectronicProblem
    from chemistry.properties.natural_occupations import NaturalOrbitalAnalysis

# A pair that colour-blind readers tell apart (Okabe and Ito), and grey print as well: one is drawn with a dark edge.
_POSITIVE = np.array((0.00, 0.45, 0.70))
_NEGATIVE = np.array((0.98, 0.72, 0.25))
_ENCLOSED = 0.75  # of an orbital's density, within the surface drawn
_FRACTIONAL = 0.02  # electrons away from 2 and 0, from which an orbital is of interest
_MOST = 8  # orbitals that are chosen at most
_OPACITY = 0.86
_RAYS = 3  # for each point along an edge of the picture: the outlines are smooth
_FREE = 0.7  # bohr around what is drawn
_ANGSTROM = 1.0 / 0.529177210903  # bohr
_BONDED = 1.3  # times the sum of covalent radii


def natural_orbital_picture(
    problem: ElectronicProblem,
    analysis: NaturalOrbitalAnalysis,
    *,
    orbitals: Sequence[int] | None = None,
    spacing: float = 0.2,
) -> Figure:
    """Draw natural orbitals as surfaces around the molecule, each with its occupation.

    Args:
        problem: The electronic problem, made from a molecule.
        analysis: From `natural_orbitals`.
        orbitals: Which, counted from 1; None: those whose occupation is neither 2 nor 0, at most eight, or the two on
            either side of the gap.
        spacing: Of the points that amplitudes are computed at, bohr; larger is faster and rougher.

    Returns:
        A Matplotlib figure, to be saved with `savefig`.

    Raises:
        ValueError: If the problem does not know its orbitals, there is no such orbital, or the spacing is not positive.
    """
    import matplotlib.pyplot as plt

    mol = molecule_of(problem)
    if analysis.coefficients is None:
        raise ValueError("These natural orbitals are not known over basis functions: make them from a Molecule.")
    if not 0 < spacing <= 1:
        raise ValueError(f"The spacing of points is above 0 and at most 1 bohr, but {spacing!r} was given.")
    chosen = interesting_orbitals(analysis.occupations) if orbitals is None else _checked(analysis, orbitals)
    view = view_of(mol, spacing)
    amplitudes = view.amplitudes(analysis.coefficients[:, chosen])
    columns = min(len(chosen), 4 if len(chosen) > 6 or len(chosen) == 4 else 3)
    rows = ceil(len(chosen) / columns)
    pictures = [seen(amplitude, enclosing_level(amplitude, _ENCLOSED), _RAYS) for amplitude in amplitudes]
    frame = left, right, bottom, top = _frame(view, [sign for sign, _ in pictures])
    width = 10.0 / max(columns, 2)
    height = np.clip(width * (top - bottom) / (right - left), 1.4, 1.5 * width)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(max(width * columns, 5.5), (height + 0.5) * rows + 1.1),
        squeeze=False,
        layout="constrained",
    )
    for one in axes.flat:
        one.set_axis_off()
    for one, number, (sign, brightness) in zip(axes.flat, chosen, pictures, strict=False):
        draw_orbital(one, view, sign, brightness)
        one.set_xlim(left, right)
        one.set_ylim(bottom, top)
        name = analysis.irrep_names[number]
        label = "" if problem.point_group == "C1" else f" ({name})"
        one.set_title(f"{number + 1}{label}: {analysis.occupations[number]:.3f} electrons", fontsize="medium")
    _scale_bar(axes[rows - 1, 0], frame)
    figure.suptitle("How many electrons does each natural orbital hold?", fontsize="large")
    figure.supxlabel(
        f"Surfaces enclose {100 * _ENCLOSED:.0f} % of each orbital's density; blue and yellow (dashed) differ in sign.",
        fontsize="small",
    )
    return figure


def interesting_orbitals(occupations: np.ndarray) -> list[int]:
    """The orbitals that are neither full nor empty, at most eight, or the two on either side of the gap."""
    apart = np.minimum(occupations, 2.0 - occupations)
    fractional = np.flatnonzero(apart > _FRACTIONAL)
    if len(fractional) > _MOST:
        fractional = np.sort(fractional[np.argsort(-apart[fractional], kind="stable")[:_MOST]])
    if len(fractional) >= 2:
        return [int(i) for i in fractional]
    last = int(np.count_nonzero(occupations >= 1.0)) - 1
    return [i for i in (last, last + 1) if 0 <= i < len(occupations)]


def _checked(analysis: NaturalOrbitalAnalysis, orbitals: Sequence[int]) -> list[int]:
    count = len(analysis.occupations)
    wrong = [i for i in orbitals if isinstance(i, bool) or not isinstance(i, int | np.integer) or not 1 <= i <= count]
    if wrong or not len(orbitals):
        raise ValueError(f"Natural orbitals are numbered from 1 to {count}, but {list(orbitals)} was asked for.")
    return [int(i) - 1 for i in orbitals]


def _frame(view: View, signs: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of what there is to see, the same for all orbitals, bohr."""
    left, right, bottom, top = view.extent
    drawn = np.any([sign != 0 for sign in signs], axis=0)
    places = view.projected()
    sides = []
    for axis, (low, high) in enumerate(((left, right), (bottom, top))):
        ticks = np.linspace(low, high, drawn.shape[axis])[drawn.any(axis=1 - axis)]
        reach = [ticks.min(), ticks.max(), places[:, axis].min(), places[:, axis].max()]
        sides += [float(min(reach)) - _FREE, float(max(reach)) + _FREE]
    return sides[0], sides[1], sides[2] - 0.6, sides[3]


def draw_orbital(axes: Axes, view: View, sign: np.ndarray, brightness: np.ndarray) -> None:
    """Draw the molecule, then the lobes over it, then the symbols of the atoms over both."""
    places = view.projected()
    for first, second in _bonds(view.mol):
        axes.plot(*places[[first, second], :2].T, color="0.35", linewidth=2.2, solid_capstyle="round", zorder=1)
    colour = np.where((sign > 0)[..., None], _POSITIVE, _NEGATIVE)
    shaded = colour * (0.55 + 0.45 * brightness[..., None])
    shaded = shaded + (1 - shaded) * 0.45 * (brightness[..., None] ** 8)
    image = np.concatenate([shaded, np.where(sign != 0, _OPACITY, 0.0)[..., None]], axis=-1)
    axes.imshow(
        image.transpose(1, 0, 2), origin="lower", extent=view.extent, interpolation="bilinear", zorder=2, aspect="equal"
    )
    left, right, bottom, top = view.extent
    width, height = np.linspace(left, right, sign.shape[0]), np.linspace(bottom, top, sign.shape[1])
    for lobe, dark, line in ((1, 0.55 * _POSITIVE, "solid"), (-1, 0.5 * _NEGATIVE, "dashed")):
        shape = (sign == lobe).astype(float)
        if shape.any() and not shape.all():
            axes.contour(
                width, height, shape.T, levels=[0.5], colors=[tuple(dark)], linewidths=0.9, linestyles=line, zorder=3
            )
    size = float(np.clip(330.0 / max(len(places), 12), 6.0, 11.0))
    for atom, place in enumerate(places):
        symbol = view.mol.atom_pure_symbol(atom)
        if not view.mol.atom_charge(atom):
            continue  # a ghost is not there
        if symbol == "H" and len(places) > 12:
            continue  # of a large molecule the skeleton is enough
        _outlined(
            axes.text(place[0], place[1], symbol, ha="center", va="center", fontsize=size, color="0.05", zorder=4)
        )


def _outlined(text: Any) -> None:
    from matplotlib import patheffects

    text.set_path_effects([patheffects.withStroke(linewidth=2.0, foreground="white")])


def _bonds(mol: Any) -> list[tuple[int, int]]:
    from pyscf.data import radii

    places = mol.atom_coords()
    sizes = np.array([radii.COVALENT[mol.atom_charge(a) + mol.atom_nelec_core(a)] for a in range(mol.natm)])
    nuclei = [atom for atom in range(mol.natm) if mol.atom_charge(atom)]  # ghosts have no bonds
    pairs = [(a, b) for a in nuclei for b in nuclei if b < a]
    return [(a, b) for a, b in pairs if np.linalg.norm(places[a] - places[b]) < _BONDED * (sizes[a] + sizes[b])]


def _scale_bar(axes: Axes, frame: tuple[float, float, float, float]) -> None:
    left, _, bottom, _ = frame
    axes.plot([left + 0.1, left + 0.1 + _ANGSTROM], [bottom + 0.15] * 2, color="0.2", linewidth=1.6, clip_on=False)
    axes.text(left + 0.3 + _ANGSTROM, bottom + 0.15, "1 Å", ha="left", va="center", fontsize="small", color="0.2")
