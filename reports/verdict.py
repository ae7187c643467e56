"""Who won: feasible first, then the gap within a tolerance, then end-to-end seconds.

Where the two sides are equal in quality, it is a tie if both answer within half a second, or if neither is twice as
fast as the other: such differences depend on what else the computer does. Where the reference is a bound that says
nothing, every gap is 1, and costs decide instead.

A method is as good as its worst case. Controls are no contenders, but one that does as well as the quantum winner is
named with it. A method whose values must not rank (not converged, below the exact value, failed in most seeds of a
case) is no contender either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reports.comparison import MethodSummary

QUICK_SECONDS = 0.5  # answers within it are equally fast
FASTER = 2.0  # times: what is less than so many times as fast is not called faster

Winner = Literal["quantum", "classical", "tie", "none"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The best method of either side, and which of the two won."""

    winner: Winner
    reason: str  # "closer to the reference", "equal in quality, and faster", ...
    quantum: MethodSummary | None
    classical: MethodSummary | None
    control: MethodSummary | None = None  # of the quantum winner, as good in quality and not slower


def best(summaries: Sequence[MethodSummary], tolerance: float) -> MethodSummary | None:
    """The winner among some methods: of the feasible ones within `tolerance` of the smallest gap, the fastest.

    Args:
        summaries: the contenders; those that do not rank or are not feasible are passed over.
        tolerance: gaps closer than this are equal.
    """
    contenders = [s for s in summaries if s.ranks and s.feasible and s.worst_gap is not None]
    if not contenders:
        return None
    leader = min(contenders, key=lambda s: (gap_of(s), cost_of(s)))
    equals = [s for s in contenders if excess(s, leader) <= tolerance]
    return min(equals, key=lambda s: (seconds_of(s), gap_of(s), cost_of(s)))


def judge(
    summaries: Sequence[MethodSummary], tolerance: float, controls: Mapping[str, Sequence[str]] | None = None
) -> Verdict:
    """The verdict on a question's methods.

    Args:
        summaries: of every method, controls included.
        tolerance: gaps closer than this are equal, and seconds decide.
        controls: quantum method -> its control methods.
    """
    verdict = compare_sides(summaries, tolerance)
    winner = verdict.quantum
    if verdict.winner != "quantum" or winner is None:
        return verdict
    own = (controls or {}).get(winner.method, ())
    equals = [s for s in summaries if s.role == "control" and s.method in own and does_as_well(s, winner, tolerance)]
    return replace(verdict, control=min(equals, key=seconds_of, default=None))


def compare_sides(summaries: Sequence[MethodSummary], tolerance: float) -> Verdict:
    """The best quantum against the best classical method."""
    quantum = best([s for s in summaries if s.role == "quantum"], tolerance)
    classical = best([s for s in summaries if s.role == "classical"], tolerance)
    if quantum is None and classical is None:
        return Verdict(winner="none", reason="no method gave an answer that ranks", quantum=None, classical=None)
    if classical is None:
        return Verdict(winner="quantum", reason="no classical answer ranks", quantum=quantum, classical=None)
    if quantum is None:
        return Verdict(winner="classical", reason="no quantum answer ranks", quantum=None, classical=classical)
    difference = excess(quantum, classical)
    if abs(difference) > tolerance:
        winner: Winner = "classical" if difference > 0 else "quantum"
        return Verdict(winner=winner, reason="closer to the reference", quantum=quantum, classical=classical)
    faster, slower = sorted((seconds_of(quantum), seconds_of(classical)))
    if slower <= QUICK_SECONDS:
        reason = "equal in quality, and both answer within half a second"
        return Verdict(winner="tie", reason=reason, quantum=quantum, classical=classical)
    if slower < FASTER * faster:
        reason = "equal in quality, and neither is twice as fast as the other"
        return Verdict(winner="tie", reason=reason, quantum=quantum, classical=classical)
    winner = "classical" if slower == seconds_of(quantum) else "quantum"
    return Verdict(winner=winner, reason="equal in quality, and faster", quantum=quantum, classical=classical)


def does_as_well(control: MethodSummary, winner: MethodSummary, tolerance: float) -> bool:
    """Whether a control is as good as the quantum method in whose place it drew, and not slower."""
    if not (control.ranks and control.feasible) or excess(control, winner) > tolerance:
        return False
    return seconds_of(control) <= max(seconds_of(winner), QUICK_SECONDS)


def excess(one: MethodSummary, other: MethodSummary) -> float:
    """How much worse the one is than the other: in gap, or in relative cost where gaps say nothing."""
    if one.worst_cost is None or other.worst_cost is None or one.worst_case != other.worst_case:
        return gap_of(one) - gap_of(other)
    largest = max(abs(one.worst_cost), abs(other.worst_cost))
    return (one.worst_cost - other.worst_cost) / largest if largest else 0.0


def cost_of(summary: MethodSummary) -> float:
    """The cost that ranks where gaps say nothing, and 0 elsewhere."""
    return 0.0 if summary.worst_cost is None else summary.worst_cost


def gap_of(summary: MethodSummary) -> float:
    """The gap of a method that ranks."""
    return float("inf") if summary.worst_gap is None else summary.worst_gap


def seconds_of(summary: MethodSummary) -> float:
    """Median seconds through all cases."""
    return float("inf") if summary.seconds is None else summary.seconds.median
