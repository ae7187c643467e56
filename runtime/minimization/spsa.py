"""SPSA: descent on values measured with shots, two for each step whatever the number of parameters."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runtime.minimization.evaluations import Best, Evaluations, StopSearch
from runtime.minimization.outcome import Status

if TYPE_CHECKING:
    from runtime.minimization.method import State

CALIBRATIONS = 5  # slopes at the start, which set the gain
LONGEST = 3.0  # moves in units of the first: one wrong reading must not throw the search away


@dataclass(frozen=True)
class SPSA:
    """Simultaneous perturbation (Spall, IEEE Trans. Aerosp. Electron. Syst. 34, 817 (1998)).

    Spall's standard gains: a_k = a / (k + 1 + A)^0.602 and c_k = c / (k + 1)^0.101, with A a tenth of the iterations.

    Attributes:
        perturbation: c, the displacement of every parameter in the first measurements, radians.
        first_move: about how far every parameter moves in the first iteration, radians; sets a from measured slopes.
    """

    perturbation: float = 0.1
    first_move: float = 0.1
    needs = "estimate"

    def __post_init__(self) -> None:
        if not (0 < self.perturbation < float("inf") and 0 < self.first_move < float("inf")):
            raise ValueError(
                "SPSA's displacements must be positive, got"
                f" perturbation={self.perturbation}, first_move={self.first_move}."
            )

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """See `Method.iterations`.

        Each iteration draws from a stream of its own, so that a resumed search draws what it would have drawn.
        """
        if saved is None:
            planned = (evaluations.limit - 1) // 2  # two measurements each; one is left for the last point
            state: State = {"parameters": start, "done": 0, "slopes": np.zeros(0), "planned": planned}
        else:
            state = saved
        status = Status.COMPLETED
        try:
            while int(state["done"]) < (evaluations.limit - 1) // 2:
                state = self._iterate(evaluations, state)
                yield state
        except StopSearch as stop:
            status = stop.status
        # One low reading among noisy ones is not the best point: the result is where the method ended.
        last = state["parameters"]
        try:
            evaluations.estimate(last, _stream(evaluations.seed, 0)[1])
        except StopSearch as stop:
            status = stop.status if stop.status is Status.NOT_FINITE else status
        evaluations.best = Best(last, evaluations.trace[-1], float("nan"))
        return status

    def _iterate(self, evaluations: Evaluations, state: State) -> State:
        """Measure a slope along a random direction; the first slopes set the gain, the others are descended."""
        parameters, slopes, planned = state["parameters"], state["slopes"], int(state["planned"])
        done = int(state["done"]) + 1
        rng, noise = _stream(evaluations.seed, done)
        direction = rng.choice([-1.0, 1.0], len(parameters))
        calibrations = min(CALIBRATIONS, max(1, planned // 10))
        k = max(0, done - 1 - calibrations)
        width = self.perturbation / (k + 1) ** 0.101
        above = evaluations.estimate(parameters + width * direction, noise)
        below = evaluations.estimate(parameters - width * direction, noise + 1)
        slope = (above - below) / (2 * width)
        if done <= calibrations:
            slopes = np.append(slopes, abs(slope))
        else:
            stability = 0.1 * planned
            gain = ((stability + 1) / (k + 1 + stability)) ** 0.602
            move = self.first_move * gain * slope / max(float(np.median(slopes)), 1e-12)
            parameters = parameters - np.clip(move, -LONGEST * self.first_move, LONGEST * self.first_move) * direction
        return {"parameters": parameters, "done": done, "slopes": slopes, "planned": planned}


def _stream(seed: tuple[int, int], iteration: int) -> tuple[np.random.Generator, int]:
    """The random numbers of one iteration, and the seed of its shots."""
    rng = np.random.default_rng([*seed, iteration])
    return rng, int(rng.integers(2**31 - 1))
