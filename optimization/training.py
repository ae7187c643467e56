"""Training the angles of an alternating ansatz: ramps are screened, and the best of them are descended from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from optimization.alternating import AlternatingAnsatz
from optimization.schedules import linear_ramp

if TYPE_CHECKING:
    from runtime import Machine, Minimum, Program, Status

SCREENED_RAMPS = 8
GAMMA_RANGE, BETA_RANGE = (0.3, 4.0), (0.3, 1.5)  # of the angles that ramps lead to
GRADIENT_TOLERANCE = 1e-2  # in the ansatz's scale of the cost: more digits change no sample


@dataclass(frozen=True, kw_only=True)
class Training:
    """Trained angles, the program they belong to, and what finding them took."""

    program: "Program"
    parameters: np.ndarray  # shape: (2 * depth,)
    value: float  # of the trained observable
    status: "Status"
    n_evaluations: int  # values, or values with gradients, over all starts
    trace: np.ndarray  # shape: (n_steps,), best value so far over the evaluations of all starts
    seconds_compile: float
    seconds_optimize: float


def train(
    ansatz: AlternatingAnsatz,
    observable: Any,
    *,
    seed: int,
    start: np.ndarray | None = None,
    n_starts: int = 3,
    machine: "Machine | str" = "exact",
    max_evaluations: int = 500,
    time_limit: float | None = None,
    callback: Callable[[float], None] | None = None,
) -> Training:
    """Compile the ansatz and minimize the observable over its angles.

    Linear ramps with seeded slopes are evaluated first; from the best of them, L-BFGS descends on adjoint gradients.
    On a machine with shots, values are estimates, and SPSA takes the place of L-BFGS.

    Args:
        ansatz: The circuit.
        observable: What is minimized: a diagonal cost, or a `runtime.CVaR` of one.
        seed: Seed of the ramps.
        start: Angles that are descended from as well, such as those of a shallower circuit, interpolated.
        n_starts: How many starts are descended from.
        machine: "exact", "shots", or what `runtime.machine` returns.
        max_evaluations: Evaluations of each descent.
        time_limit: Seconds after which the best angles so far are returned.
        callback: Called with each value.
    """
    import runtime

    if n_starts < 1:
        raise ValueError(f"n_starts needs at least one start, but is {n_starts}.")
    started = perf_counter()
    program = runtime.compile(ansatz, observable, machine=machine)
    compiled = perf_counter()
    deadline = np.inf if time_limit is None else started + time_limit

    starts = _ramps(ansatz.depth, seed)
    if start is not None:
        starts.insert(0, np.asarray(start, dtype=np.float64))
    trace: list[float] = []
    for angles in starts:
        trace.append(program.estimate(angles, seed=seed).value)
        if perf_counter() > deadline:
            break
    order = np.argsort(trace)
    parameters, value, status = starts[order[0]], trace[order[0]], runtime.Status.TIME_LIMIT
    descended = False
    for index in order[:n_starts]:
        remaining = deadline - perf_counter()
        if remaining <= 0:
            break
        minimum = _descend(program, starts[index], ansatz.scale, seed, max_evaluations, remaining, callback)
        trace.extend(minimum.trace)
        if not descended or minimum.value < value:
            parameters, value, status = minimum.parameters, minimum.value, minimum.status
        descended = True
    return Training(
        program=program,
        parameters=parameters,
        value=value,
        status=status,
        n_evaluations=len(trace),
        trace=np.minimum.accumulate(trace),
        seconds_compile=compiled - started,
        seconds_optimize=perf_counter() - compiled,
    )


def _ramps(depth: int, seed: int) -> list[np.ndarray]:
    """Ramps whose two end angles are drawn log-uniformly from their ranges."""
    lowest, highest = np.log([GAMMA_RANGE, BETA_RANGE]).T
    ends = np.exp(np.random.default_rng(seed).uniform(lowest, highest, size=(SCREENED_RAMPS, 2)))
    return [linear_ramp(depth, gamma=gamma, beta=beta) for gamma, beta in ends]


def _descend(
    program: "Program",
    start: np.ndarray,
    scale: float,
    seed: int,
    max_evaluations: int,
    time_limit: float,
    callback: Callable[[float], None] | None,
) -> "Minimum":
    """Minimize from one start, in the observable's own unit whatever the scale in which progress is measured."""
    import runtime

    limits: dict[str, Any] = {
        "max_evaluations": max_evaluations,
        "time_limit": time_limit if np.isfinite(time_limit) else None,
    }
    if program.machine.shots is not None:
        report = None if callback is None else lambda _, value: callback(value)
        return runtime.minimize(program, start, method="SPSA", seed=seed, callback=report, **limits)

    def scaled(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = program.value_and_grad(params)
        if callback is not None:
            callback(value)
        return value / scale, gradient / scale

    minimum = runtime.minimize(scaled, start, gradient_tolerance=GRADIENT_TOLERANCE, **limits)
    return replace(minimum, value=minimum.value * scale, trace=tuple(value * scale for value in minimum.trace))
