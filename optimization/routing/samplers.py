"""Where a subproblem's candidates come from: a trained quantum circuit, or uniform draws in its place."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from optimization.baselines.uniform import uniform_control
from optimization.routing.clock import Clock
from optimization.sample_quality import TOLERANCE
from optimization.samples import Samples
from optimization.tabulated_problem import TabulatedProblem


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Samples of one subproblem, and what drawing them took."""

    bitstring: np.ndarray  # shape: (n_wires,), the best sample
    cost: float
    success_probability: float  # that one sample is the subproblem's optimum, from the exact distribution
    n_evaluations: int
    n_shots: int  # samples drawn
    seconds_compile: float
    seconds_optimize: float
    seconds_sample: float


class Sampler(Protocol):
    """Draws candidates for a subproblem."""

    def draw(self, table: TabulatedProblem, mixer: Any, *, seed: int, clock: Clock) -> Drawn:
        """Return the best of the samples drawn; training, if any, stops in time."""


class UniformSampler:
    """The control: uniform draws from the same feasible assignments.

    Args:
        shots: samples for each subproblem.
        n_evaluations: what training is granted where QAOA trains, that is on the first subproblem of each kind of
            mixer; each evaluation is made up for by `shots` more samples there. 0 for the control with equal shots.
    """

    def __init__(self, *, shots: int, n_evaluations: int = 0) -> None:
        self._shots = shots
        self._n_evaluations = n_evaluations
        self._seen: set[str] = set()

    def draw(self, table: TabulatedProblem, mixer: Any, *, seed: int, clock: Clock) -> Drawn:  # noqa: ARG002
        """Draw uniformly."""
        started = perf_counter()
        kind = mixer if isinstance(mixer, str) else mixer.kind
        n_evaluations = 0 if kind in self._seen else self._n_evaluations
        self._seen.add(kind)
        samples = uniform_control(table, shots=self._shots, n_evaluations=n_evaluations, seed=seed)
        return Drawn(
            bitstring=samples.bitstrings[0],
            cost=float(samples.objectives[0]),
            success_probability=uniform_probability(table),
            n_evaluations=0,
            n_shots=samples.n_shots,
            seconds_compile=0.0,
            seconds_optimize=0.0,
            seconds_sample=perf_counter() - started,
        )


def uniform_probability(table: TabulatedProblem) -> float:
    """Return the probability that a uniform draw is the optimum."""
    return float(np.mean(is_optimal(table, table.objectives)))


def is_optimal(table: TabulatedProblem, objectives: np.ndarray) -> np.ndarray:
    """Tell which objectives are the table's least."""
    least = table.objectives.min()
    return objectives <= least + TOLERANCE * max(1.0, abs(least))


def best_of(shots: np.ndarray, table: TabulatedProblem) -> tuple[np.ndarray, float]:
    """Return the best bitstring among shots and its cost."""
    samples = Samples.from_shots(shots, table)
    return samples.bitstrings[0], float(samples.objectives[0])
