"""Methods side by side: medians over seeds, with quartiles, and each method's worst case.

A failed seed and a value that does not rank count as infinitely far from the reference, so that a method which fails in
most of its seeds has no finite median to show, and none is dropped.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.record import Record, Role


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Median and quartiles of some numbers."""

    lower: float
    median: float
    upper: float
    count: int


@dataclass(frozen=True, kw_only=True)
class MethodSummary:
    """One method over all of its cases and seeds."""

    method: str
    role: Role
    machine: str
    cases: tuple[str, ...]
    n_records: int
    n_failed: int
    n_unranked: int  # gave a value that must not rank
    covers_all_cases: bool
    ranks: bool  # a median over seeds that ranks exists in every case of the question
    feasible: bool  # an answer that meets every constraint exists in every case
    gap: Spread | None  # over every record with a value, the ones that do not rank included; for the table
    worst_gap: float | None  # largest over the cases of the median over seeds; None if a case has no ranking median
    worst_case: str | None
    feasible_rate: Spread | None
    success_probability: Spread | None
    seconds: Spread | None  # end to end for one seed through all cases
    n_seeds: int
    qubits: int | None  # the largest of its cases, as are the next four
    sector_dimension: int | None
    two_qubit_gates: int | None
    depth: int | None
    shots: int | None


def spread(values: Iterable[float | None]) -> Spread | None:
    """Median and quartiles, linearly interpolated; None if there are no values. Infinities are allowed."""
    numbers = sorted(v for v in values if v is not None and not math.isnan(v))
    if not numbers:
        return None
    return Spread(
        lower=quantile(numbers, 0.25),
        median=quantile(numbers, 0.5),
        upper=quantile(numbers, 0.75),
        count=len(numbers),
    )


def median_of(values: Sequence[float]) -> float:
    """The median, infinite where it is."""
    return quantile(sorted(values), 0.5)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of sorted numbers, linear between neighbours (numpy's default), infinity where one is touched."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    part = place - below
    if part == 0.0:
        return ordered[below]
    low, high = ordered[below], ordered[below + 1]
    return low + part * (high - low) if math.isfinite(high) else math.inf


def summarise(records: Sequence[Record]) -> list[MethodSummary]:
    """One summary per method, in the order in which the methods were first asked for."""
    cases = tuple(dict.fromkeys(record.case for record in records))
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.method, record.machine), []).append(record)
    return [summarise_method(group, cases) for group in groups.values()]


def summarise_method(group: Sequence[Record], all_cases: Sequence[str]) -> MethodSummary:
    """The summary of one method's records; all have the same method, role and machine."""
    by_case = {case: [r for r in group if r.case == case] for case in all_cases}
    covered = [case for case, records in by_case.items() if records]
    medians = {case: median_of([ranked_gap(r) for r in by_case[case]]) for case in covered}
    seconds = [spread([r.seconds.total for r in by_case[case] if not r.failed]) for case in covered]
    whole = [s for s in seconds if s is not None]
    complete = len(covered) == len(all_cases)
    finite = complete and all(math.isfinite(median) for median in medians.values())
    worst = max(covered, key=medians.__getitem__) if finite else None
    done = [r for r in group if not r.failed]
    return MethodSummary(
        method=group[0].method,
        role=group[0].role,
        machine=group[0].machine,
        cases=tuple(covered),
        n_records=len(group),
        n_failed=sum(r.failed for r in group),
        n_unranked=sum(not r.failed and not r.ranks for r in group),
        covers_all_cases=complete,
        ranks=finite,
        feasible=complete and all(any(is_feasible(r) for r in by_case[case]) for case in covered),
        gap=spread([r.gap for r in done]),
        worst_gap=None if worst is None else medians[worst],
        worst_case=worst,
        feasible_rate=spread([r.feasible_rate for r in done]),
        success_probability=spread([r.success_probability for r in done]),
        seconds=Spread(
            lower=sum(s.lower for s in whole),
            median=sum(s.median for s in whole),
            upper=sum(s.upper for s in whole),
            count=len(whole),
        )
        if whole
        else None,
        n_seeds=len({r.seed for r in group}),
        qubits=largest(r.qubits for r in done),
        sector_dimension=largest(r.sector_dimension for r in done),
        two_qubit_gates=largest(r.two_qubit_gates for r in done),
        depth=largest(r.depth for r in done),
        shots=largest(r.shots for r in done),
    )


def ranked_gap(record: Record) -> float:
    """How far the record is from its reference, infinite where it must not count.

    On either side of a certified reference a value is wrong by its distance: a sampled energy that scatters below the
    exact one is no better for it. A best-known value, on the other hand, may truly be bettered.
    """
    if record.gap is None or not record.ranks or not is_feasible(record):
        return math.inf
    return abs(record.gap) if record.reference_kind == "certified" else record.gap


def is_feasible(record: Record) -> bool:
    """Whether the record's answer meets every constraint: something was found, and not only by breaking one."""
    return not record.failed and record.feasible_rate != 0.0


def largest(values: Iterable[int | None]) -> int | None:
    """The largest that is there."""
    return max((v for v in values if v is not None), default=None)
