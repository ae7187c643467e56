"""Verdicts and numbers in words."""

import math
from collections.abc import Mapping, Sequence

from reports.comparison import MethodSummary, Spread, ranked_gap, spread
from reports.question import GapScale, Question
from reports.record import Record
from reports.verdict import Verdict, best, gap_of, seconds_of


def verdict_sentence(verdict: Verdict, question: Question) -> str:
    """Line 2: the best classical against the best quantum method, and who won."""
    scale = question.gap_scale
    if verdict.winner == "none":
        return f"Nobody won: {verdict.reason}."
    sides = [s for s in (verdict.classical, verdict.quantum) if s is not None]
    if verdict.winner == "quantum" and verdict.quantum is not None:
        sides = sides[::-1]
    described = " against ".join(describe(s, scale) for s in sides)
    if verdict.winner == "tie":
        return f"A tie: {verdict.reason}: {described}."
    head = f"{verdict.winner.capitalize()} won ({verdict.reason})"
    if verdict.control is None:
        return f"{head}: {described}."
    control = f"its control, {verdict.control.method}, did as well in {seconds_text(seconds_of(verdict.control))}"
    return f"{head}, but {control}: the circuit is not why. It was {described}."


def describe(summary: MethodSummary, scale: GapScale) -> str:
    """A method with its gap, feasibility and seconds, in brackets."""
    several = len(summary.cases) > 1
    parts = [f"{scale.name} {'at most ' if several else ''}{scale.text(gap_of(summary))}"]
    if summary.feasible_rate is not None:
        parts.append(f"{percent(summary.feasible_rate.median)} feasible")
    simulated = " on the simulator" if summary.role == "quantum" else ""
    parts.append(f"{seconds_text(seconds_of(summary))}{simulated}")
    return f"{summary.method} ({', '.join(parts)})"


def contribution_sentence(records: Sequence[Record], summaries: Sequence[MethodSummary], question: Question) -> str:
    """Line 3: what the quantum part added over its own controls, in gap and in the probability of the optimum."""
    by_method = {s.method: s for s in summaries}
    paired = [
        (by_method[quantum], [by_method[c] for c in controls if c in by_method and by_method[c].n_failed == 0])
        for quantum, controls in question.controls.items()
        if quantum in by_method and by_method[quantum].ranks
    ]
    paired = [(quantum, controls) for quantum, controls in paired if controls]
    chosen = best([quantum for quantum, _ in paired], question.tolerance)
    if chosen is None:
        return "No quantum method ran beside a control of its own, so what the quantum part added cannot be said."
    controls = next(controls for quantum, controls in paired if quantum is chosen)
    gaps = median_gaps(records)
    clauses = []
    chances = [
        f"{probability(c.success_probability.median)} for {c.method}"
        f"{times(chosen.success_probability, c.success_probability)}"
        for c in controls
        if c.success_probability is not None and chosen.success_probability is not None
    ]
    if chances and chosen.success_probability is not None:
        chance = probability(chosen.success_probability.median)
        clauses.append(f"one sample is the optimum with probability {chance}, against {' and '.join(chances)}")
    scale = question.gap_scale
    others = [f"{scale.text(gaps[c.method])} for {c.method}" for c in controls if c.method in gaps]
    if others and chosen.method in gaps:
        clauses.append(f"the {scale.name} is {scale.text(gaps[chosen.method])}, against {' and '.join(others)}")
    if not clauses:
        return f"{chosen.method} and its control have no number in common to compare."
    return f"{chosen.method} against its control: {'; '.join(clauses)}."


def median_gaps(records: Sequence[Record]) -> Mapping[str, float]:
    """The median gap of every method over its seeds and cases, where it is finite."""
    gaps = {m: spread([ranked_gap(r) for r in records if r.method == m]) for m in {r.method for r in records}}
    return {method: s.median for method, s in gaps.items() if s is not None and s.median != math.inf}


def times(quantum: Spread, control: Spread) -> str:
    """How many times likelier, where that can be said."""
    if control.median <= 0.0 or quantum.median <= 0.0:
        return ""
    ratio = quantum.median / control.median
    return f" ({ratio:,.0f} times)" if ratio >= 10 else f" ({ratio:.2g} times)"


def probability(value: float) -> str:
    """A probability as it is read: 0.21, 0.0008, 3e-07."""
    return "0" if value == 0 else f"{value:.2g}"


def percent(share: float) -> str:
    """A share in per cent; 100 % and 0 % only where they are exact."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(share * 100, 0.1), 99.9):.1f} %"


def seconds_text(seconds: float) -> str:
    """Seconds as they are read: 0.004 s, 1.3 s, 250 s."""
    return f"{seconds_number(seconds)} s"


def seconds_number(seconds: float) -> str:
    """Seconds without their unit."""
    if seconds < 0.001:
        return "<0.001"
    digits = 3 if seconds < 0.1 else 2 if seconds < 1 else 1 if seconds < 100 else 0
    return f"{seconds:,.{digits}f}"
