"""Who won: feasible first, then the gap within a tolerance, then end-to-end seconds where they are far apart.

Of either side, the methods within the tolerance of its smallest gap are equally good and are named together, in the
order in which they were asked for. Where the two sides are equal in quality, seconds decide only if one side is five
times slower than the other and takes more than two seconds: smaller differences depend on what else the computer does.

A comparison needs two sides. Where no circuit ran, or no classical answer ranks, there is no verdict; circuits that ran
and gave no answer that ranks have lost.

A method is as good as its worst case. Controls are no contenders, but one that does as well as the quantum winner is
named with it. A method whose values must not rank (not converged, below the exact value, failed in most seeds of a
case) is no contender either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reports.comparison import MethodSummary

SLOW_SECONDS = 2.0  # answers within it are equally fast
SLOWER = 5.0  # times: what takes less than so many times as long is not called slower

Winner = Literal["quantum", "classical", "tie", "none"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """The best methods of one side, all within the tolerance of the smallest gap."""

    methods: tuple[MethodSummary, ...]  # in the order in which they were asked for
    leader: MethodSummary  # of the smallest gap; the first of several

    @property
    def seconds(self) -> float:
        """Of the fastest; what decides between the sides."""
        return min(map(seconds_of, self.methods))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The best methods of either side, and which of the two won."""

    winner: Winner
    reason: str  # "closer to the reference", "equal in quality, and at least 5 times faster", ...
    quantum: Side | None
    classical: Side | None
    control: MethodSummary | None = None  # of a quantum winner, as good in quality and not slower


def best(summaries: Sequence[MethodSummary], tolerance: float) -> Side | None:
    """The feasible methods within `tolerance` of the smallest gap; None if there are none.

    Args:
        summaries: the contenders; those that do not rank or are not feasible are passed over.
        tolerance: gaps closer than this are equal.
    """
    contenders = [s for s in summaries if s.ranks and s.feasible and s.worst_gap is not None]
    if not contenders:
        return None
    leader = min(contenders, key=gap_of)
    return Side(methods=tuple(s for s in contenders if excess(s, leader) <= tolerance), leader=leader)


def judge(
    summaries: Sequence[MethodSummary], tolerance: float, controls: Mapping[str, Sequence[str]] | None = None
) -> Verdict:
    """The verdict on a question's methods.

    Args:
        summaries: of every method, controls included.
        tolerance: gaps closer than this are equal, and seconds may decide.
        controls: quantum method -> its control methods.
    """
    verdict = compare_sides(summaries, tolerance)
    if verdict.winner != "quantum" or verdict.quantum is None:
        return verdict
    own = {name for winner in verdict.quantum.methods for name in (controls or {}).get(winner.method, ())}
    equals = [s for s in summaries if s.role == "control" and s.method in own]
    equals = [s for s in equals if does_as_well(s, verdict.quantum, tolerance)]
    return replace(verdict, control=equals[0] if equals else None)


def compare_sides(summaries: Sequence[MethodSummary], tolerance: float) -> Verdict:
    """The best quantum against the best classical methods."""
    circuits = [s for s in summaries if s.role == "quantum"]
    quantum = best(circuits, tolerance)
    classical = best([s for s in summaries if s.role == "classical"], tolerance)

    def found(winner: Winner, reason: str) -> Verdict:
        return Verdict(winner=winner, reason=reason, quantum=quantum, classical=classical)

    if quantum is None and classical is None:
        return found("none", "no method gave an answer that ranks")
    if classical is None:
        return found("none", "no classical answer ranks")
    if quantum is None:
        ran = any(s.n_failed < s.n_records for s in circuits)
        return found("classical", "no quantum answer ranks") if ran else found("none", "no circuit ran")
    difference = excess(quantum.leader, classical.leader)
    if abs(difference) > tolerance:
        return found("classical" if difference > 0 else "quantum", "closer to the reference")
    if max(quantum.seconds, classical.seconds) <= SLOW_SECONDS:
        return found("tie", f"equal in quality, and neither takes more than {SLOW_SECONDS:.0f} s")
    if is_slower(quantum.seconds, classical.seconds):
        return found("classical", f"equal in quality, and at least {SLOWER:.0f} times faster")
    if is_slower(classical.seconds, quantum.seconds):
        return found("quantum", f"equal in quality, and at least {SLOWER:.0f} times faster")
    return found("tie", f"equal in quality, and neither is {SLOWER:.0f} times faster")


def is_slower(seconds: float, than: float) -> bool:
    """Whether it takes so much longer that seconds decide."""
    return seconds > SLOW_SECONDS and seconds >= SLOWER * than


def does_as_well(control: MethodSummary, winner: Side, tolerance: float) -> bool:
    """Whether a control is as good as the quantum method in whose place it drew, and not slower."""
    if not (control.ranks and control.feasible) or excess(control, winner.leader) > tolerance:
        return False
    return not is_slower(seconds_of(control), winner.seconds)


def excess(one: MethodSummary, other: MethodSummary) -> float:
    """How much larger the gap of the one is."""
    return gap_of(one) - gap_of(other)


def gap_of(summary: MethodSummary) -> float:
    """The gap of a method that ranks."""
    return float("inf") if summary.worst_gap is None else summary.worst_gap


def seconds_of(summary: MethodSummary) -> float:
    """Median seconds through all cases."""
    return float("inf") if summary.seconds is None else summary.seconds.median
