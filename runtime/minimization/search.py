"""Minimizing a program's value: the starts, the limits and the checkpoints that all methods share."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from runtime.minimization.adam import Adam
from runtime.minimization.checkpoint import Progress, Question, Searched
from runtime.minimization.evaluations import Differentiable, Evaluations, Function, StopSearch
from runtime.minimization.journal import Journal, open_journal
from runtime.minimization.method import Method
from runtime.minimization.natural_gradient import NaturalGradient
from runtime.minimization.outcome import Minimum, Status
from runtime.minimization.quasi_newton import BFGS, LBFGS
from runtime.minimization.spsa import SPSA
from runtime.minimization.starts import starts_from

METHODS: dict[str, Method] = {
    "L-BFGS": LBFGS(),
    "BFGS": BFGS(),
    "natural gradient": NaturalGradient(),
    "Adam": Adam(),
    "SPSA": SPSA(),
}


def minimize(
    program: Differentiable | Function,
    start: Any,
    *,
    method: Literal["L-BFGS", "BFGS", "natural gradient", "Adam", "SPSA"] | Method = "L-BFGS",
    seed: int = 7,
    n_starts: int = 1,
    spread: float = 0.1,
    gradient_tolerance: float = 1e-5,
    max_evaluations: int = 2000,
    time_limit: float | None = None,
    callback: Callable[[int, float], None] | None = None,
    checkpoint: str | os.PathLike[str] | Journal | None = None,
    checkpoint_seconds: float = 5.0,
) -> Minimum:
    """Minimize a program's value.

    With a checkpoint, a search that was interrupted, killed or stopped at a limit goes on from its last complete
    iteration when it is called again, and gives what it would have given without the interruption, bit for bit, with
    every method. Limits may be changed between calls, and the time limit is each call's own; starts that have ended are
    not taken up again. That the problem is the same is seen from its value at the first start, which costs an
    evaluation; for SPSA, whose values are noisy, from settings, seed and starts alone.

    Args:
        program: a `runtime.Program`, or for methods that need gradients alone a function that returns value and
            gradient, shapes () and (n_params,).
        start: initial parameters, shape (n_params,), or one row for each start, shape (n_starts, n_params).
        method: "L-BFGS" (exact gradients), "BFGS" (which keeps the whole inverse Hessian, and does not creep along the
            flat valleys of redundant parameters), "natural gradient" (a program's metric), "Adam" (exact gradients),
            "SPSA" (estimates with the shots of the program's machine), or one with settings of its own, such as
            `runtime.minimization.Adam(learning_rate=0.05)`.
        seed: of further starts and of SPSA's directions and shots; nothing else is random.
        n_starts: how many starts to make from one: itself, and then itself displaced.
        spread: standard deviation of the normal displacement of every parameter in further starts, radians.
        gradient_tolerance: converged when no component of the gradient exceeds this.
        max_evaluations: of value and gradient, or of estimates, for each start.
        time_limit: seconds, for all starts; the best point so far is returned when they are over.
        callback: called with the number of evaluations so far, over all starts, and the value after each.
        checkpoint: a path of a file, or a journal: an object with `save(data)` and `load()` of a dictionary of plain
            arrays.
        checkpoint_seconds: at most this much work is lost when the process is killed.

    Returns:
        The best of all starts, with the status as data: a run that did not converge says so.

    Raises:
        ValueError: if the method is unknown or needs what the program lacks, a limit is not positive, the start has
            the wrong shape, the value is not finite at a start, or the checkpoint belongs to another search.
        DoesNotFitError: if BFGS is asked to keep a matrix that does not fit in memory.
    """
    chosen = _method(program, method)
    starts = starts_from(start, n_starts, spread, seed, n_params=getattr(program, "n_params", None))
    _check_limits(gradient_tolerance, max_evaluations, time_limit, checkpoint_seconds)
    question = Question(repr(chosen), seed, starts)
    keeper = _Keeper(question, open_journal(checkpoint), checkpoint_seconds)
    progress = keeper.load()
    if progress.first_value is not None and chosen.needs != "estimate":
        _refuse_another_problem(program, starts[0], progress.first_value)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    ended = list(progress.ended)
    current = progress.current
    for index in range(len(ended), len(starts)):
        if ended and deadline is not None and time.monotonic() > deadline:
            break
        evaluations = Evaluations(
            program,
            tolerance=gradient_tolerance,
            limit=max_evaluations,
            deadline=deadline,
            callback=callback,
            before=sum(minimum.n_evaluations for minimum in ended),
            start=starts[index],
            seed=(seed, index),
        )
        ended.append(_from_one_start(chosen, evaluations, starts[index], tuple(ended), current, keeper))
        current = None
    return _best(ended, several=len(starts) > 1)


def _from_one_start(
    method: Method,
    evaluations: Evaluations,
    start: np.ndarray,
    ended: tuple[Minimum, ...],
    current: Searched | None,
    keeper: _Keeper,
) -> Minimum:
    n_iterations = 0
    if current is not None:
        n_iterations, evaluations.best = current.n_iterations, current.best
        evaluations.trace.extend(current.trace)
    n_values, best, state = len(evaluations.trace), evaluations.best, None if current is None else current.state

    def progress() -> Progress:
        if state is None:
            return Progress(ended)
        return Progress(ended, Searched(state, n_iterations, evaluations.trace[:n_values], best))

    iterations = method.iterations(evaluations, start, state)
    try:
        while True:
            state = next(iterations)
            n_iterations += 1
            n_values, best = len(evaluations.trace), evaluations.best
            keeper.keep_now_and_then(progress)
    except StopIteration as end:
        status: Status = end.value
    except StopSearch as stop:
        status = stop.status
    except BaseException:
        if evaluations.inside:
            keeper.keep(progress())
        raise
    keeper.keep(progress())
    found = evaluations.best
    return Minimum(
        parameters=found.parameters,
        value=found.value,
        status=status,
        n_evaluations=len(evaluations.trace),
        n_iterations=n_iterations,
        gradient_norm=found.gradient_norm,
        trace=tuple(evaluations.trace),
    )


def _best(ended: list[Minimum], several: bool) -> Minimum:
    best = min(ended, key=lambda minimum: minimum.value)
    if not several:
        return best
    return replace(
        best,
        n_evaluations=sum(minimum.n_evaluations for minimum in ended),
        n_iterations=sum(minimum.n_iterations for minimum in ended),
        starts=tuple(ended),
    )


@dataclass
class _Keeper:
    """Hands progress to the journal, if there is one."""

    question: Question
    journal: Journal | None
    seconds: float
    last: float = -math.inf  # of the clock

    def load(self) -> Progress:
        self.last = time.monotonic()
        data = None if self.journal is None else self.journal.load()
        return Progress() if data is None else self.question.unpack(data)

    def keep_now_and_then(self, progress: Callable[[], Progress]) -> None:
        if self.journal is not None and time.monotonic() - self.last >= self.seconds:
            self.keep(progress())

    def keep(self, progress: Progress) -> None:
        if self.journal is not None:
            self.journal.save(self.question.pack(progress))
            self.last = time.monotonic()


def _method(program: Differentiable | Function, method: str | Method) -> Method:
    if isinstance(method, str):
        if method not in METHODS:
            raise ValueError(f"There is no method {method!r}: choose one of {', '.join(map(repr, METHODS))}.")
        method = METHODS[method]
    if not hasattr(program, method.needs) and not (method.needs == "value_and_grad" and callable(program)):
        raise ValueError(
            f"The method {method} works on `{method.needs}` of a runtime.Program, and"
            f" {type(program).__name__!r} has none: give it a program."
        )
    return method


def _check_limits(tolerance: float, max_evaluations: int, time_limit: float | None, seconds: float) -> None:
    if max_evaluations < 1 or (time_limit is not None and not time_limit > 0):
        raise ValueError(f"Limits must be positive, got max_evaluations={max_evaluations}, time_limit={time_limit}.")
    if not (tolerance >= 0 and seconds >= 0):
        raise ValueError(
            "gradient_tolerance and checkpoint_seconds must not be negative, got"
            f" gradient_tolerance={tolerance}, checkpoint_seconds={seconds}."
        )


def _refuse_another_problem(program: Any, start: np.ndarray, expected: float) -> None:
    value = float(getattr(program, "value_and_grad", program)(start)[0])
    if not math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-12):
        raise ValueError(
            f"The checkpoint belongs to another problem, whose value at the first start is {expected}, not {value}:"
            " give another one."
        )
