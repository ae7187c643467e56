"""Pictures of routing runs, from rows of records: the routes on scaled axes, gaps, and what sampling added.

Rows are a pandas DataFrame with the record's columns; `detail` holds `stops` (name, x, y, the depot first),
`positions` ("geographic", "plane" or "fitted"), `vehicles` (stops by number, load, length) and, for the sampled
searches, `subproblems`. The colours C0, C1, C2 of the caller's cycle stand for quantum, classical and control.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROUTE_COLOURS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")  # none of the roles' colours
_ROUTE_LINES = ("-", "--", "-.", ":")
_ROLES = {"quantum": ("C0", "o"), "classical": ("C1", "s"), "control": ("C2", "D")}
_NAME_SIZE = 7.5  # points
_NAME_SIDES = (
    ("left", 6.0, 0.0),
    ("right", -6.0, 0.0),
    ("center", 0.0, 7.0),
    ("center", 0.0, -11.0),
    ("left", 6.0, 7.0),
    ("right", -6.0, 7.0),
    ("left", 6.0, -9.0),
    ("right", -6.0, -9.0),
)
_KM_PER_DEGREE = 111.195  # of latitude, on the mean sphere


def route_map(rows: "pd.DataFrame") -> "Figure":
    """Draw the best plan, which is the answer, each stop by its name.

    Args:
        rows: records of one case or several; the first case is drawn, and controls are no answer.

    Returns:
        The figure, its axes to scale.
    """
    from matplotlib import pyplot as plt

    done = rows[rows["objective"].notna() & (rows["case"] == rows["case"].iloc[0])]
    best = best_of(done)
    detail = best["detail"]
    stops = detail["stops"]
    x, y = np.array([stop["x"] for stop in stops]), np.array([stop["y"] for stop in stops])
    figure, axes = plt.subplots(figsize=(6.4, 6.0))
    for index, vehicle in enumerate(detail["vehicles"]):
        path = [0, *vehicle["numbers"], 0]
        colour, line = _ROUTE_COLOURS[index % len(_ROUTE_COLOURS)], _ROUTE_LINES[index % len(_ROUTE_LINES)]
        label = f"vehicle {vehicle['vehicle']}: load {vehicle['load']:g}, {vehicle['length']:.1f} {best['unit']}"
        axes.plot(x[path], y[path], line, color=colour, linewidth=1.8, label=label, zorder=2)
    axes.plot(x[1:], y[1:], "o", color="white", markeredgecolor="#333333", markersize=5, zorder=3)
    axes.plot(x[0], y[0], "s", color="#333333", markersize=9, zorder=4)
    _scale(axes, detail["positions"], y)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, fontsize=8)
    title = f"Which vehicle goes where? {best['method']}: {best['objective']:.1f} {best['unit']}"
    if best["reference"] is not None and np.isfinite(best["reference"]):
        title += f"\n({best['reference_kind']} value: {best['reference']:.1f} {best['unit']})"
    axes.set_title(title)
    _name_stops(figure, axes, [stop["name"] for stop in stops], x, y)
    return figure


def best_of(rows: "pd.DataFrame") -> Any:
    """The row of the shortest plan that ranks and is no control's; of equals, of the lowest seed, then the first."""
    plans = rows[rows["ranks"].astype(bool) & (rows["role"] != "control")]
    plans = plans if len(plans) else rows
    order = plans.assign(rounded=plans["objective"].round(6), first_seed=plans["seed"].fillna(0))
    return order.sort_values(["rounded", "first_seed"], kind="stable").iloc[0]


def _name_stops(figure: "Figure", axes: "Axes", names: list[str], x: np.ndarray, y: np.ndarray) -> None:
    """Write each name beside its stop, on the side where it covers least of what is there already."""
    figure.draw_without_rendering()  # settles the layout, so that places on the page are known
    points = axes.transData.transform(np.column_stack([x, y])) * 72.0 / figure.dpi
    width, height = 0.58 * _NAME_SIZE, 1.15 * _NAME_SIZE  # of a letter, in points
    taken = [(px - 4, py - 4, px + 4, py + 4) for px, py in points]
    for index, ((px, py), name) in enumerate(zip(points, names, strict=True)):
        best, chosen = np.inf, ("left", 6.0, 4.0)
        for side, dx, dy in _NAME_SIDES:
            left = px + dx - {"left": 0.0, "center": 0.5, "right": 1.0}[side] * width * len(name)
            box = (left, py + dy - 0.3 * height, left + width * len(name), py + dy + 0.7 * height)
            covered = sum(_overlap(box, other) for place, other in enumerate(taken) if place != index)
            if covered < best - 1e-9:
                best, chosen, chosen_box = covered, (side, dx, dy), box
        taken.append(chosen_box)
        axes.annotate(
            name,
            (x[index], y[index]),
            xytext=chosen[1:],
            textcoords="offset points",
            ha=chosen[0],
            fontsize=_NAME_SIZE,
            weight="bold" if index == 0 else "normal",
            bbox={"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
            zorder=5,
        )


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the area that two boxes (left, bottom, right, top) share."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(
        0.0, min(one[3], other[3]) - max(one[1], other[1])
    )


def _scale(axes: "Axes", positions: str, y: np.ndarray) -> None:
    """Make a kilometre as long in both directions, and say what the axes are."""
    axes.margins(0.12)
    if positions == "geographic":
        squeeze = float(np.cos(np.radians(y.mean())))
        axes.set_aspect(1.0 / squeeze)
        axes.set(xlabel="longitude (degrees east)", ylabel="latitude (degrees north)")
        left, right = axes.get_xlim()
        bottom, top = axes.get_ylim()
        width = (right - left) * _KM_PER_DEGREE * squeeze
        bar = float(max(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if step <= max(1.0, width / 4)))
        start, height = left + 0.03 * (right - left), bottom + 0.03 * (top - bottom)
        end = start + bar / (_KM_PER_DEGREE * squeeze)
        axes.plot([start, end], [height, height], color="#333333", linewidth=3, solid_capstyle="butt")
        axes.text((start + end) / 2, height + 0.012 * (top - bottom), f"{bar:g} km", ha="center", fontsize=8)
        return
    axes.set_aspect("equal")
    if positions == "fitted":
        axes.set(xlabel="position fitted to the distances", ylabel="position fitted to the distances")
    else:
        axes.set(xlabel="x (distance units)", ylabel="y (distance units)")


def gap_by_method(rows: "pd.DataFrame") -> "Figure":
    """Draw every seed's gap to the reference, one line per method, with the median marked.

    Args:
        rows: records with a gap.

    Returns:
        The figure; values that do not rank are hollow.
    """
    from matplotlib import pyplot as plt

    done = rows[rows["gap"].notna()]
    methods = list(dict.fromkeys(done["method"]))[::-1]
    figure, axes = plt.subplots(figsize=(6.4, 1.2 + 0.42 * max(1, len(methods))))
    for line, method in enumerate(methods):
        own = done[done["method"] == method]
        colour, marker = _ROLES[own["role"].iloc[0]]
        gaps = 100.0 * own["gap"].to_numpy(dtype=float)
        spread = np.linspace(-0.18, 0.18, len(gaps)) if len(gaps) > 1 else np.zeros(1)
        for gap, shift, ranks in zip(gaps, spread, own["ranks"], strict=True):
            axes.plot(gap, line + shift, marker, color=colour, markerfacecolor=colour if ranks else "none", alpha=0.75)
        axes.plot([np.median(gaps)] * 2, [line - 0.33, line + 0.33], color=colour, linewidth=2.2)
    axes.set_yticks(range(len(methods)), methods)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("gap to the reference (%): one mark per seed, bar: median")
    axes.set_title("How far is each plan from the reference?")
    return figure


def subproblem_probabilities(rows: "pd.DataFrame") -> "Figure":
    """Draw, for every subproblem that QAOA sampled, its probability of the optimum against a uniform draw's.

    Args:
        rows: records; those of role quantum with `subproblems` in their detail are used.

    Returns:
        The figure, both axes logarithmic.
    """
    from matplotlib import pyplot as plt

    drawn: list[Mapping[str, Any]] = [
        subproblem
        for role, detail in zip(rows["role"], rows["detail"], strict=True)
        if role == "quantum"
        for subproblem in detail.get("subproblems", ())
    ]
    figure, axes = plt.subplots()
    uniform = np.array([subproblem["uniform_probability"] for subproblem in drawn])
    sampled = np.array([subproblem["success_probability"] for subproblem in drawn])
    if len(drawn):
        axes.loglog(uniform, sampled, "o", color="C0", alpha=0.5, label="QAOA, one mark per subproblem")
        low = float(min(uniform.min(), max(sampled.min(), 1e-12))) / 1.5
        axes.plot([low, 1.0], [low, 1.0], "--", color="C2", label="a uniform draw from the same feasible set")
        axes.legend(loc="lower right")
    axes.set_xlabel("probability that a uniform draw is the subproblem's optimum")
    axes.set_ylabel("probability that a QAOA\nsample is the subproblem's optimum")
    axes.set_title("What did the quantum circuit add to each subproblem?")
    return figure
