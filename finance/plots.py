"""Pictures of selections: the quality of samples, and the plane of risk and return.

Each takes a table of records, one row each with `method`, `role`, `seed`, `success_probability` and `detail`, and
returns a figure. C0 is quantum, C1 classical, C2 the controls.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SMALLEST_GAP = 1e-3  # where the logarithmic axis of gaps begins; what is closer is drawn there


def sample_quality(frame: "pandas.DataFrame") -> "Figure":
    """The share of samples within each gap of the optimum, median and quartiles over seeds.

    Args:
        frame: Records whose `detail` holds `gap_levels` and `gap_quantiles`.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, PercentFormatter

    figure = Figure()
    axes = figure.subplots()
    styles: dict[str, int] = {}
    for method, role, group in _methods(frame):
        details = [detail for detail in group["detail"] if detail.get("gap_quantiles")]
        if not details:
            continue
        levels = np.array(details[0]["gap_levels"], dtype=float)
        gaps = np.maximum([[_number(gap) for gap in detail["gap_quantiles"]] for detail in details], SMALLEST_GAP)
        low, middle, high = np.quantile(gaps, [0.25, 0.5, 0.75], axis=0)
        line = LINES[styles.setdefault(role, 0) % len(LINES)]
        styles[role] += 1
        axes.plot(middle, levels, color=COLOURS[role], linestyle=line, label=method)
        axes.fill_betweenx(levels, low, high, color=COLOURS[role], alpha=0.2, linewidth=0)
    axes.set(
        title="How close to the optimum are the samples?",
        xlabel="gap (0 % is the optimum, 100 % the mean of uniform samples)",
        ylabel="share of samples within the gap",
        xscale="log",
        yscale="log",
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda gap, _: f"{100 * gap:g} %"))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(loc="lower right")
    return figure


def success_probability(frame: "pandas.DataFrame") -> "Figure":
    """The probability that one sample is the optimum, a row for each method, median and quartiles over seeds."""
    from matplotlib.figure import Figure

    rows = [
        (method, role, np.quantile(chances, [0.25, 0.5, 0.75]))
        for method, role, group in _methods(frame)
        if len(chances := group["success_probability"].dropna().to_numpy(dtype=float)) and chances.max() > 0
    ]
    figure = Figure()
    axes = figure.subplots()
    for place, (_, role, (low, middle, high)) in enumerate(reversed(rows)):
        marker = {"quantum": "o", "classical": "s", "control": "D"}[role]
        # A quartile of zero has no place on a logarithmic axis; its bar ends at the median.
        reach = [[middle - low if low > 0 else 0.0], [high - middle]]
        axes.errorbar(middle, place, xerr=reach, color=COLOURS[role], marker=marker, capsize=3, linestyle="none")
    axes.set_yticks(range(len(rows)), [method for method, _, _ in reversed(rows)])
    axes.set(
        title="How likely is one sample to be the optimum?",
        xlabel="probability of the optimum, median and quartiles over seeds",
        xscale="log",
        ylim=(-0.6, len(rows) - 0.4),
    )
    return figure


def risk_and_return(frame: "pandas.DataFrame") -> "Figure":
    """Volatility and mean return of each method's best selection, over a cloud of uniform ones and the assets.

    Args:
        frame: Records whose `detail` holds `expected_return` and `volatility`; one of them also the cloud and assets.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure()
    axes = figure.subplots()
    surroundings = next((detail for detail in frame["detail"] if "cloud_return" in detail), None)
    if surroundings is not None:
        axes.plot(
            surroundings["cloud_volatility"],
            surroundings["cloud_return"],
            linestyle="none",
            marker=".",
            markersize=3,
            color="C2",
            alpha=0.4,
            label="uniform selections",
        )
    selections: dict[tuple[float, float], list[tuple[str, str]]] = {}
    for method, role, group in _methods(frame):
        held = group[[bool(detail.get("chosen")) for detail in group["detail"]]]
        if not len(held):
            continue
        best = held.loc[held["objective"].astype(float).idxmax(), "detail"]
        place = (round(best["volatility"], 9), round(best["expected_return"], 9))
        selections.setdefault(place, []).append((method, role))
    for number, ((volatility, mean), found) in enumerate(selections.items()):
        # Methods that hold the same assets share a marker, in the colour of the first.
        axes.plot(
            volatility,
            mean,
            linestyle="none",
            marker=MARKERS[number % len(MARKERS)],
            markersize=9,
            color=COLOURS[found[0][1]],
            markeredgecolor="white",
            label=_names([method for method, _ in found]),
        )
    axes.set(
        title="Where do the selections lie in risk and return?",
        xlabel="volatility (a year)",
        ylabel="mean return (a year)",
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.legend(loc="lower right")
    return figure


def _methods(frame: "pandas.DataFrame") -> Any:
    """Each method with its role and its rows, in the order of the records, failures left out."""
    done = frame[frame["objective"].notna()]
    for method in dict.fromkeys(done["method"]):
        group = done[done["method"] == method]
        yield method, group["role"].iloc[0], group


def _names(methods: list[str]) -> str:
    return methods[0] if len(methods) == 1 else f"{methods[0]} and {len(methods) - 1} more"


def _number(gap: float | None) -> float:
    """A stored gap; what was infinite is stored as None."""
    return np.inf if gap is None else float(gap)
