"""Timing one case on every engine, in paired rounds, after they have agreed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from workloads.bench.case import Case
from workloads.bench.peers.configuration import Configuration, NotForThisPeerError
from workloads.bench.results import PeerTiming, Row

ROUNDS = 7
TOLERANCE = 1e-8  # all engines must agree to this, relative to the value if it is above 1
LEAST_SECONDS = 0.05  # of one timing of this runtime: short evaluations are repeated that long
PAUSE = 0.02  # seconds before each timing: threads of the engine before spin for a while, and would hold a core
PATIENCE = 0.25  # of a peer's seconds: what a configuration may take before the next one is not tried


@dataclass(frozen=True)
class Prepared:
    """A peer's fastest configuration, that has agreed with the runtime."""

    peer: str
    configuration: Configuration
    seconds: float  # of the first call
    gradient_checked: bool


class DisagreementError(RuntimeError):
    """Two engines give different answers to one case: no time means anything."""


def measure(case: Case, peers: Sequence[ModuleType], *, rounds: int = ROUNDS, seconds: float = 20.0) -> Row:
    """Compile the case, let the peers agree, and time everyone in turn.

    Args:
        case: the question.
        peers: modules of `workloads.bench.peers`.
        rounds: how often, at most; the median is of these.
        seconds: for each peer's rounds; one that takes longer for a single run is timed once, by its first run.

    Raises:
        DisagreementError: if a peer's value or gradient is another.
    """
    import runtime

    started = time.perf_counter()
    program = runtime.compile(case.circuit, case.observable, n_params=case.n_params)
    compile_seconds = time.perf_counter() - started
    evaluate: Callable[[Any], Any] = program.value_and_grad if case.gradient else program.expval
    found = evaluate(case.params)
    value, gradient = found if case.gradient else (found, None)
    ready: list[Prepared] = []
    notes: list[str] = []
    for peer in peers:
        try:
            ready.append(fastest(peer, case, float(value), gradient, seconds))
        except NotForThisPeerError as reason:
            notes.append(f"{peer.NAME}: {reason}")
    here, there = rounds_of(lambda: evaluate(case.params), ready, rounds, seconds)
    sector = program.engine == "sector"
    bounded = case.traffic.bounds(program, gradient=case.gradient)
    return Row(
        name=case.name,
        label=case.label,
        quantity=case.quantity,
        qubits=case.n_wires,
        states=program.sector.dimension if sector else 2**case.n_wires,
        parameters=case.n_params,
        engine=program.engine,
        seconds=float(np.median(here)),
        compile_seconds=compile_seconds,
        least_bytes=case.traffic.least_bytes(program, gradient=case.gradient) if bounded else None,
        peers=tuple(_timing(p, here, there[p.peer]) for p in ready),
        notes=tuple(notes),
        series=case.series,
        size=case.size,
    )


def fastest(peer: ModuleType, case: Case, value: float, gradient: np.ndarray | None, seconds: float) -> Prepared:
    """Try the peer's configurations, check each, and keep the fastest.

    Raises:
        DisagreementError: if a value or gradient is another.
        NotForThisPeerError: if the peer cannot do the case.
    """
    best: Prepared | None = None
    for configuration in peer.configurations(case):
        outcome, first = _timed(configuration.run)
        checked = check(case, peer.NAME, configuration.outcome(outcome), value, gradient)
        if first < seconds or configuration.compiles:  # the first call also starts threads and fills caches
            _, first = _timed(configuration.run)
        if best is None or first < best.seconds:
            best = Prepared(peer.NAME, configuration, first, checked)
        if first > PATIENCE * seconds:
            break
    if best is None:
        raise NotForThisPeerError("no configuration")
    return best


def check(
    case: Case, peer: str, outcome: tuple[float, np.ndarray | None], value: float, gradient: np.ndarray | None
) -> bool:
    """Whether the gradients were compared too.

    Raises:
        DisagreementError: if value or gradient differ by more than the tolerance.
    """
    peer_value, peer_gradient = outcome
    if not abs(peer_value - value) <= TOLERANCE * max(1.0, abs(value)):
        raise DisagreementError(f"{case.label}: {peer} says {peer_value}, this runtime {value}.")
    if gradient is None or peer_gradient is None:
        return False
    difference = float(np.abs(peer_gradient - gradient).max())
    if not difference <= TOLERANCE * max(1.0, float(np.abs(gradient).max())):
        raise DisagreementError(f"{case.label}: the gradients of {peer} and this runtime differ by {difference}.")
    return True


def rounds_of(
    ours: Callable[[], Any], ready: Sequence[Prepared], rounds: int, seconds: float
) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of this runtime in each round, and of each peer in the first rounds, as many as its time allows."""
    _, once = _timed(ours)
    repeats = max(1, min(1000, int(LEAST_SECONDS / max(once, 1e-9))))
    here: list[float] = []
    there: dict[str, list[float]] = {p.peer: [] for p in ready}
    for turn in range(rounds):
        time.sleep(PAUSE)
        ours()  # brings tables back into the cache, where an optimizer's repeated evaluations find them
        started = time.perf_counter()
        for _ in range(repeats):
            ours()
        here.append((time.perf_counter() - started) / repeats)
        for p in ready:
            if turn == 0 and p.seconds > seconds:
                there[p.peer].append(p.seconds)  # its check was a run like any other, and as long as patience allows
            elif turn == 0 or (turn + 1) * p.seconds <= seconds:
                time.sleep(PAUSE)
                there[p.peer].append(_timed(p.configuration.run)[1])
    return here, there


def _timing(prepared: Prepared, here: list[float], times: list[float]) -> PeerTiming:
    paired = here[: len(times)] if len(times) > 1 else [float(np.median(here))]
    ratios = np.array(times) / np.array(paired)
    return PeerTiming(
        peer=prepared.peer,
        configuration=prepared.configuration.name,
        seconds=float(np.median(times)),
        ratios=(float(ratios.min()), float(np.median(ratios)), float(ratios.max())),
        rounds=len(times),
        gradient_checked=prepared.gradient_checked,
    )


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    found = run()
    return found, time.perf_counter() - started
