"""Verdicts and numbers in words."""

import math
from collections.abc import Mapping, Sequence

from reports.comparison import MethodSummary, Spread, ranked_gap, spread
from reports.question import GapScale, Question
from reports.record import Record
from reports.verdict import Side, Verdict, best, gap_of, seconds_of


def verdict_sentence(verdict: Verdict, question: Question) -> str:
    """Line 2: the best classical against the best quantum methods, and who won."""
    scale = question.gap_scale
    sides = [s for s in (verdict.classical, verdict.quantum) if s is not None]
    if verdict.winner == "quantum":
        sides = sides[::-1]
    described = " against ".join(describe(side, scale) for side in sides)
    if verdict.winner == "none":
        alone = f" There is nothing to compare with: {described}." if sides else ""
        return f"No verdict: {verdict.reason}.{alone}"
    if verdict.winner == "tie":
        return f"A tie: {verdict.reason}: {described}."
    head = f"{verdict.winner.capitalize()} won ({verdict.reason})"
    if verdict.control is None:
        return f"{head}: {described}."
    control = f"its control, {verdict.control.method}, did as well in {seconds_text(seconds_of(verdict.control))}"
    return f"{head}, but {control}: the circuit is not why. It was {described}."


def describe(side: Side, scale: GapScale) -> str:
    """The equally good methods of a side with their gap, feasibility and seconds, in brackets."""
    methods, several = side.methods, len(side.methods) > 1
    at_most = several or any(len(method.cases) > 1 for method in methods)
    parts = [f"{scale.name} {'at most ' if at_most else ''}{scale.text(max(map(gap_of, methods)))}"]
    rates = [method.feasible_rate.median for method in methods if method.feasible_rate is not None]
    if rates:
        parts.append(f"{'at least ' if several and min(rates) < 1 else ''}{percent(min(rates))} feasible")
    simulated = " on the simulator" if side.leader.role == "quantum" else ""
    parts.append(f"{seconds_range([seconds_of(method) for method in methods])}{simulated}")
    names = listed([method.method for method in methods])
    return f"{names}{', equally good' if several else ''} ({', '.join(parts)})"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "A", "A and B", "A; B and C"; semicolons, since names have commas of their own."""
    if len(names) < 2:
        return "".join(names)
    return f"{'; '.join(names[:-1])} and {names[-1]}"


def seconds_range(seconds: Sequence[float]) -> str:
    """Seconds of several methods: "0.1 to 4.2 s"."""
    lowest, highest = seconds_number(min(seconds)), seconds_number(max(seconds))
    return f"{highest} s" if lowest == highest else f"{lowest} to {highest} s"


def contribution_sentence(records: Sequence[Record], summaries: Sequence[MethodSummary], question: Question) -> str:
    """Line 3: what the quantum part added over its own controls, in gap and in the probability of the optimum."""
    by_method = {s.method: s for s in summaries}
    paired = [
        (by_method[quantum], [by_method[c] for c in controls if c in by_method and by_method[c].n_failed == 0])
        for quantum, controls in question.controls.items()
        if quantum in by_method and by_method[quantum].ranks
    ]
    paired = [(quantum, controls) for quantum, controls in paired if controls]
    side = best([quantum for quantum, _ in paired], question.tolerance)
    if side is None:
        return "No quantum method ran beside a control of its own, so what the quantum part added cannot be said."
    chosen = side.leader
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
