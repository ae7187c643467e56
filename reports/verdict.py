"""Who won: feasible first, then the gap within a tolerance, then end-to-end seconds.

A method is as good as its worst case. Controls are no contenders, and a method whose values must not rank (not
converged, below the exact value, failed in most seeds of a case) is none either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reports.comparison import MethodSummary

Winner = Literal["quantum", "classical", "tie", "none"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The best method of either side, and which of the two won."""

    winner: Winner
    reason: str  # "smaller gap", "equal gaps, and faster", ...
    quantum: MethodSummary | None
    classical: MethodSummary | None


def best(summaries: Sequence[MethodSummary], tolerance: float) -> MethodSummary | None:
    """The winner among some methods: of the feasible ones within `tolerance` of the smallest gap, the fastest.

    Args:
        summaries: the contenders; those that do not rank or are not feasible are passed over.
        tolerance: gaps closer than this are equal.
    """
    contenders = [s for s in summaries if s.ranks and s.feasible and s.worst_gap is not None]
    if not contenders:
        return None
    smallest = min(gap_of(s) for s in contenders)
    return min((s for s in contenders if gap_of(s) <= smallest + tolerance), key=lambda s: (seconds_of(s), gap_of(s)))


def judge(summaries: Sequence[MethodSummary], tolerance: float) -> Verdict:
    """The verdict on a question's methods.

    Args:
        summaries: of every method, controls included.
        tolerance: gaps closer than this are equal, and seconds decide.
    """
    quantum = best([s for s in summaries if s.role == "quantum"], tolerance)
    classical = best([s for s in summaries if s.role == "classical"], tolerance)
    if quantum is None and classical is None:
        return Verdict(winner="none", reason="no method gave an answer that ranks", quantum=None, classical=None)
    if classical is None:
        return Verdict(winner="quantum", reason="no classical answer ranks", quantum=quantum, classical=None)
    if quantum is None:
        return Verdict(winner="classical", reason="no quantum answer ranks", quantum=None, classical=classical)
    difference = gap_of(quantum) - gap_of(classical)
    if abs(difference) > tolerance:
        winner: Winner = "classical" if difference > 0 else "quantum"
        return Verdict(winner=winner, reason="closer to the reference", quantum=quantum, classical=classical)
    if seconds_of(quantum) == seconds_of(classical):
        return Verdict(winner="tie", reason="equal in quality and in time", quantum=quantum, classical=classical)
    winner = "classical" if seconds_of(quantum) > seconds_of(classical) else "quantum"
    return Verdict(winner=winner, reason="equal in quality, and faster", quantum=quantum, classical=classical)


def gap_of(summary: MethodSummary) -> float:
    """The gap of a method that ranks."""
    return float("inf") if summary.worst_gap is None else summary.worst_gap


def seconds_of(summary: MethodSummary) -> float:
    """Median seconds through all cases."""
    return float("inf") if summary.seconds is None else summary.seconds.median
