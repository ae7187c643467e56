"""Which stocks are the best to hold, and what quantum samples add to finding them, from the records."""

from collections.abc import Sequence

import numpy as np

from workloads.workload import DrawnBy, Plot, Record, Table

ENUMERATION, SCIP, GREEDY = "enumeration", "SCIP", "greedy"
ANNEALING = "swap-move annealing"
UNIFORM = "uniform, equal shots"
UNIFORM_MORE = "uniform, the training's shots too"
AS_GOOD = 1.1  # times a control's share: a circuit that holds the best portfolio less often is no better


def qaoa_name(depth: int) -> str:
    """What a circuit's row is called."""
    return f"QAOA, {depth} layer{'s' if depth > 1 else ''}"


def answer(records: Sequence[Record]) -> str:
    """Name the best selection, its return and risk, and how it is known to be best."""
    found = [r for r in records if r.objective is not None and r.ranks and r.detail.get("chosen")]
    if not found:
        return "No selection was found."
    best = max(found, key=lambda r: r.objective or 0.0)
    proofs = [r.method for r in records if r.detail.get("certified")]
    proved = f", the optimum proved by {' and by '.join(proofs)}" if proofs else _unproved(best)
    return (
        f"Hold {', '.join(best.detail['chosen'])}: {100 * best.detail['expected_return']:.1f} % mean return a year at "
        f"{100 * best.detail['volatility']:.1f} % volatility{proved}. In-sample: a selection exercise, not a forecast."
    )


def _unproved(best: Record) -> str:
    """How much better a selection could be by what is proved, where the optimum is not."""
    text = ", not proved to be the best"
    if best.bound is None or best.objective is None:
        return text
    return f"{text}: it scores {best.objective:.4f} a year, and the proof leaves room up to {best.bound:.4f}"


def contribution(records: Sequence[Record]) -> str:
    """Say how often a run of a trained circuit holds the best portfolio, and how often random picks do."""
    quantum = [r for r in records if r.role == "quantum" and r.success_probability is not None]
    if not quantum:
        return "No circuit ran beside its control, so what the quantum part added cannot be said."
    by_method = {m: [r for r in quantum if r.method == m] for m in dict.fromkeys(r.method for r in quantum)}
    best = max(by_method, key=lambda m: float(np.median([r.success_probability or 0.0 for r in by_method[m]])))
    own, samples = by_method[best], _n_samples(by_method[best][0])
    target = "the best portfolio" if records[0].reference_kind == "certified" else "the best portfolio known"
    share = _median(own, "success_in_run")
    if share > 0.0:
        text = f"{samples:,} samples of {best} contain {target} in {_share(share)} of runs"
    else:  # what was not seen in so many samples has a probability of at most 3 in so many, with 95 % confidence
        seen = sum(map(_n_samples, own))
        text = f"None of {seen:,} samples of {best} is {target}: at most {_share(3 / seen)} of samples are"
    controls = {
        f"{samples:,} random picks": [r for r in records if r.method == UNIFORM and "success_in_run" in r.detail],
        "random picks given the training's budget as well": [
            r for r in records if r.method == UNIFORM_MORE and "success_in_run" in r.detail
        ],
    }
    shares = {name: _median(group, "success_in_run") for name, group in controls.items() if group}
    text += "".join(f"; {name} in {_share(control)}" for name, control in shares.items()) + "."
    equals = [name for name, control in shares.items() if share < AS_GOOD * control]
    if equals:
        text += f" {equals[0][:1].upper()}{equals[0][1:]} did as well."
    annealed = [r for r in records if r.method == ANNEALING and r.success_probability is not None]
    if annealed:
        found = _share(_median(annealed, "success_probability"))
        text += f" Each annealing run finds {'it' if share else target} {found} of the time."
    return text


def _n_samples(record: Record) -> int:
    """How many samples a run drew from the trained circuit; early records tell the shots alone."""
    return int(record.detail.get("n_samples", record.shots or 1))


def _share(share: float) -> str:
    """A share as a board member reads it: "96 %", "0.3 %", "over 99 %"."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    if share > 0.995:
        return "over 99 %"
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.1g} %"


def _median(records: Sequence[Record], name: str) -> float:
    values = [getattr(r, name) if hasattr(r, name) else r.detail[name] for r in records]
    return float(np.median(values))


def tables(records: Sequence[Record]) -> list[Table]:
    """How good the samples are, and what each method would hold."""
    sampled = [r for r in records if r.detail.get("gap_quantiles")]
    shown = (0.01, 0.25, 0.5, 0.75)
    rows = []
    for method in dict.fromkeys(r.method for r in sampled):
        group = [r for r in sampled if r.method == method]
        levels = list(group[0].detail["gap_levels"])
        quantiles = np.array([r.detail["gap_quantiles"] for r in group], dtype=float)
        chances = np.quantile([r.success_probability or 0.0 for r in group], [0.25, 0.5, 0.75])
        rows.append(
            (
                method,
                f"{chances[1]:.2g}",
                f"{chances[0]:.2g} to {chances[2]:.2g}",
                f"{100 * _median(group, 'success_in_run'):.1f}",
                *(f"{100 * np.median(quantiles[:, levels.index(level)]):.1f}" for level in shown),
            )
        )
    quality = Table(
        title="Quality of the samples",
        columns=(
            "method",
            "chance of optimum",
            "quartiles",
            "found in a run (%)",
            *(f"{100 * level:g} % of samples within (gap %)" for level in shown),
        ),
        rows=rows,
        note="Medians over seeds. The gap is 0 % at the optimum and 100 % at the mean of uniform samples.",
    )
    held = []
    for method in dict.fromkeys(r.method for r in records):
        group = [r for r in records if r.method == method and r.objective is not None and r.detail.get("chosen")]
        if group:
            best = max(group, key=lambda r: r.objective or 0.0)
            held.append(
                (
                    method,
                    f"{100 * best.detail['expected_return']:.2f}",
                    f"{100 * best.detail['volatility']:.2f}",
                    ", ".join(best.detail["chosen"]),
                )
            )
    columns = ("method", "mean return (% a year)", "volatility (% a year)", "holds")
    return [quality, Table(title="The best selection of each method", columns=columns, rows=held)]


def files(records: Sequence[Record]) -> dict[str, str]:
    """The best selection as a CSV of weights."""
    found = [r for r in records if r.objective is not None and r.ranks and r.detail.get("chosen")]
    if not found:
        return {}
    chosen = max(found, key=lambda r: r.objective or 0.0).detail["chosen"]
    lines = ["asset,weight", *(f"{_quoted(name)},{1 / len(chosen):.6g}" for name in chosen)]
    return {"selection.csv": "\n".join(lines) + "\n"}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n') else name


PLOTS = (
    Plot(
        name="sample_quality",
        draw=DrawnBy("finance.plots", "sample_quality"),
        caption="Share of samples within a gap of the optimum: median over seeds, with quartiles as a band.",
        alt="Rising curves of the share of samples against the gap, for circuits, annealing and uniform samples.",
    ),
    Plot(
        name="success_probability",
        draw=DrawnBy("finance.plots", "success_probability"),
        caption="Probability that one sample (small), or a run of all samples (large, pale), holds the optimum.",
        alt="Probabilities on a logarithmic scale, one row for each method that samples.",
    ),
    Plot(
        name="risk_and_return",
        draw=DrawnBy("finance.plots", "risk_and_return"),
        caption="Selections in the plane of risk and return; above the grey line one would beat the optimum.",
        alt="Mean return against volatility: a cloud of portfolios, and the best selection of each kind of method.",
    ),
)
METHODS = {
    ENUMERATION: "Every portfolio looked at: certified.",
    SCIP: "A mixed-integer quadratic programme, solved to proved optimality: certified, independently.",
    GREEDY: "One stock after another, always the one that helps most.",
    ANNEALING: "Simulated annealing that swaps a held stock for another; as many reads as a circuit has shots.",
    UNIFORM: "The control: portfolios drawn uniformly, as many as a circuit has shots.",
    UNIFORM_MORE: "The control with as many more draws as the training would have cost in shots.",
    **{
        qaoa_name(depth): "A Dicke state, then phases by the objective and exchanges of stocks, trained on gradients."
        for depth in (1, 2, 4, 8)
    },
}
GLOSSARY = {
    "QAOA": "Quantum approximate optimization algorithm: layers of phases by the objective and of mixing.",
    "Dicke state": "The equal superposition of all choices of k out of n.",
    "CVaR": "Conditional value at risk: here the mean of a circuit's best outcomes, which is what is trained.",
    "Gap": "0 % at the optimum, 100 % at the mean of uniformly drawn portfolios.",
    "Volatility": "Standard deviation of the return over a year.",
    "Risk aversion": "How much return a unit of variance must pay.",
}
