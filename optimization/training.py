"""Training the angles of an alternating ansatz: ramps are screened, and the best of them are descended from."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from optimization.alternating import AlternatingAnsatz
from optimization.schedules import linear_ramp

if TYPE_CHECKING:
    from runtime import Machine, Program, Status

SCREENED_RAMPS = 24
RAMP_RANGE = (0.15, 1.5)  # of the angles that ramps lead to, in the ansatz's scale


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
    seconds_optimise: float


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
    """Compile the ansatz and minimise the observable over its angles.

    Linear ramps with seeded slopes are evaluated first; from the best of them, L-BFGS descends on adjoint gradients.

    Args:
        ansatz: The circuit.
        observable: What is minimised: a diagonal cost, or a `runtime.CVaR` of one.
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
    deadline = None if time_limit is None else started + time_limit
    values: list[float] = []

    def value_and_grad(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = program.value_and_grad(params)
        values.append(value)
        if callback is not None:
            callback(value)
        return value, gradient

    candidates = [] if start is None else [np.asarray(start, dtype=np.float64)]
    rng = np.random.default_rng(seed)
    for gamma, beta in np.exp(rng.uniform(*np.log(RAMP_RANGE), size=(SCREENED_RAMPS, 2))):
        candidates.append(linear_ramp(ansatz.depth, gamma=gamma, beta=beta))
    screened = []
    for candidate in candidates:
        screened.append(program.expval(candidate))
        if deadline is not None and perf_counter() > deadline:
            break
    values.extend(screened)
    best = None
    for index in np.argsort(screened)[:n_starts]:
        remaining = None if deadline is None else max(deadline - perf_counter(), 0.0)
        minimum = runtime.minimize(
            value_and_grad, candidates[index], seed=seed, max_evaluations=max_evaluations, time_limit=remaining
        )
        if best is None or minimum.value < best.value:
            best = minimum
        if deadline is not None and perf_counter() > deadline:
            break
    return Training(
        program=program,
        parameters=best.parameters,
        value=best.value,
        status=best.status,
        n_evaluations=len(values),
        trace=np.minimum.accumulate(values),
        seconds_compile=compiled - started,
        seconds_optimise=perf_counter() - compiled,
    )
