"""Pictures of selections: the quality of samples, and the plane of risk and return.

Each takes a table of records, one row each with `method`, `role`, `seed`, `objective`, `success_probability` and
`detail`, and returns a figure. C0 is quantum, C1 classical, C2 the controls.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"quantum": "C0", "classical": "C1", "control": "C2"}
MARKERS = {"quantum": "o", "classical": "s", "control": "D"}
SIZES = {"quantum": 8, "classical": 14, "control": 5}  # equal selections lie on top of each other
LINES = ("-", "--", ":", "-.")
LARGEST_GAP = 1.5  # where the axis of gaps ends


def sample_quality(frame: "pandas.DataFrame") -> "Figure":
    """The share of samples within each gap of the optimum, median and quartiles over seeds.

    Args:
        frame: Records whose `detail` holds `gap_levels` and `gap_quantiles`.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure()
    axes = figure.subplots()
    drawn: dict[str, int] = {}
    for method, role, group in _methods(frame):
        details = [detail for detail in group["detail"] if detail.get("gap_quantiles")]
        if not details:
            continue
        levels = np.array(details[0]["gap_levels"], dtype=float)
        gaps = np.array([[_number(gap) for gap in detail["gap_quantiles"]] for detail in details])
        low, middle, high = np.quantile(gaps, [0.25, 0.5, 0.75], axis=0)
        line = LINES[drawn.setdefault(role, 0) % len(LINES)]
        drawn[role] += 1
        axes.plot([0.0, *middle], [0.0, *levels], color=COLOURS[role], linestyle=line, label=method)
        axes.fill_betweenx(levels, low, high, color=COLOURS[role], alpha=0.2, linewidth=0)
    axes.set(
        title="How close to the optimum are the samples?",
        xlabel="gap (0 % is the optimum, 100 % the mean of uniform samples)",
        ylabel="share of samples within the gap",
        xlim=(0.0, LARGEST_GAP),
        ylim=(0.0, 1.02),
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.legend(loc="lower right")
    return figure


def success_probability(frame: "pandas.DataFrame") -> "Figure":
    """The probability that one sample, and that a run of all its samples, holds the optimum, a row for each method.

    Args:
        frame: Records; `detail` holds `success_in_run`.
    """
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    names: list[str] = []
    for method, role, group in _methods(frame):
        chances = group["success_probability"].dropna().to_numpy(dtype=float)
        if not len(chances) or chances.max() <= 0:
            continue
        runs = np.array([detail.get("success_in_run", np.nan) for detail in group["detail"]], dtype=float)
        place = -len(names)
        style: dict[str, Any] = {"color": COLOURS[role], "marker": MARKERS[role], "capsize": 3, "linestyle": "none"}
        label = None if names else "one sample"
        axes.errorbar(*_bar(chances, place), **style, label=label)
        if np.isfinite(runs).any():
            label = None if names else "a run of all its samples"
            axes.errorbar(*_bar(runs[np.isfinite(runs)], place), **style, markersize=10, alpha=0.45, label=label)
        names.append(method.replace(", ", ",\n", 1) if len(method) > 20 else method)
    axes.set_yticks([-place for place in range(len(names))], names)
    axes.set(
        title="How likely is the optimum found?",
        xlabel="probability, median and quartiles over seeds",
        xscale="log",
        xlim=(None, 2.0),
        ylim=(0.6 - len(names), 0.6),
    )
    if names:
        figure.legend(loc="outside lower right", ncols=2)
    return figure


def risk_and_return(frame: "pandas.DataFrame") -> "Figure":
    """Volatility and mean return of the best selection of each role, over a cloud of uniform selections.

    Args:
        frame: Records whose `detail` holds `expected_return` and `volatility`; that of the reference also the cloud and
            `risk_aversion`, for the line of selections as good as the best.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure()
    axes = figure.subplots()
    surroundings = next((detail for detail in frame["detail"] if "cloud_return" in detail), None)
    if surroundings is not None:
        _draw_surroundings(axes, surroundings)
    held = frame[frame["objective"].notna() & frame["detail"].map(lambda detail: bool(detail.get("chosen")))]
    for role in ("classical", "quantum", "control"):
        group = held[held["role"] == role]
        if len(group):
            best = group.iloc[int(group["objective"].astype(float).argmax())]
            axes.plot(
                best["detail"]["volatility"],
                best["detail"]["expected_return"],
                linestyle="none",
                marker=MARKERS[role],
                markersize=SIZES[role],
                color=COLOURS[role],
                markeredgecolor="white",
                label=f"best {role}: {best['method']}",
            )
    axes.set(
        title="Where do the selections lie in risk and return?",
        xlabel="volatility (a year)",
        ylabel="mean return (a year)",
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    figure.legend(loc="outside lower left", ncols=1)
    return figure


def _draw_surroundings(axes: "Axes", detail: Any) -> None:
    """The cloud of uniform selections, and the line on which return pays for risk as it does at the reference."""
    volatility, mean = np.array(detail["cloud_volatility"]), np.array(detail["cloud_return"])
    axes.plot(
        volatility, mean, linestyle="none", marker=".", markersize=4, color="C2", alpha=0.4, label="uniform selections"
    )
    if "risk_aversion" in detail:
        along = np.linspace(min(volatility.min(), detail["volatility"]), volatility.max(), 50)
        aversion, best = detail["risk_aversion"], detail["expected_return"]
        level = best + aversion * (along**2 - detail["volatility"] ** 2)
        shown = level <= max(mean.max(), best)
        axes.plot(along[shown], level[shown], color="C2", linewidth=1, label="as good as the optimum")


def _bar(values: np.ndarray, place: float) -> tuple[float, float, None, list[list[float]]]:
    """A point with quartiles for `errorbar`; a quartile of zero has no place on a logarithmic axis."""
    low, middle, high = (float(value) for value in np.quantile(values, [0.25, 0.5, 0.75]))
    return middle, place, None, [[middle - low if low > 0 else 0.0], [high - middle]]


def _methods(frame: "pandas.DataFrame") -> Any:
    """Each method with its role and its rows, in the order of the records, failures left out."""
    done = frame[frame["objective"].notna()]
    for method in dict.fromkeys(done["method"]):
        group = done[done["method"] == method]
        yield method, group["role"].iloc[0], group


def _number(gap: float | None) -> float:
    """A stored gap; what was infinite is stored as None."""
    return np.inf if gap is None else float(gap)
