"""QAOA: train an alternating ansatz on a problem's cost, sample it, and say how good the samples are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from optimization.alternating import Mixer, QaoaProblem
from optimization.sample_quality import SampleQuality, distribution_quality, sample_quality
from optimization.samples import Samples
from optimization.training import Training, train

if TYPE_CHECKING:
    from runtime import Machine, Status


@dataclass(frozen=True, kw_only=True)
class QaoaSeconds:
    """Wall-clock seconds of a run, simulator time, by what they were spent on."""

    build: float
    compile: float
    optimize: float
    sample: float

    @property
    def total(self) -> float:
        """End to end."""
        return self.build + self.compile + self.optimize + self.sample


@dataclass(frozen=True, kw_only=True)
class QaoaResult:
    """Trained angles and the samples drawn from their circuit."""

    problem: QaoaProblem
    depth: int
    training: Training
    samples: Samples
    seconds: QaoaSeconds

    @property
    def best(self) -> np.ndarray | None:
        """The best feasible bitstring sampled, uint8, (n_variables,); None if no sample is feasible."""
        return None if self.samples.best is None else self.samples.best[0]

    @property
    def objective(self) -> float:
        """The objective of the best sample, in the problem's unit and sense; NaN if no sample is feasible."""
        return float("nan") if self.samples.best is None else self.samples.best[1]

    @property
    def feasible_rate(self) -> float:
        """The share of samples that satisfy every constraint, without any repair."""
        return self.samples.feasible_rate

    @property
    def parameters(self) -> np.ndarray:
        """The trained angles (gamma_1 ... gamma_p, beta_1 ... beta_p)."""
        return self.training.parameters

    @property
    def status(self) -> "Status":
        """How the training ended."""
        return self.training.status

    @property
    def n_evaluations(self) -> int:
        """Evaluations of the circuit by the training, with or without a gradient, over all starts."""
        return self.training.n_evaluations

    @cached_property
    def expectation(self) -> float:
        """The mean objective of the samples' feasible part."""
        return sample_quality(self.samples, self.problem, best=self.optimum).expectation

    @cached_property
    def optimum(self) -> float:
        """The objective of the problem's exact solution, computed when first asked for."""
        return self.problem.solve_exact().objective

    @property
    def gap(self) -> float:
        """The gap of the best sample to the exact optimum: 0 is the optimum, 1 the mean of uniform sampling."""
        return float(self.problem.gap(self.objective, self.optimum))

    @cached_property
    def quality(self) -> SampleQuality:
        """The quality of the samples that were drawn."""
        return sample_quality(self.samples, self.problem, best=self.optimum)

    @cached_property
    def exact_quality(self) -> SampleQuality:
        """The quality of the trained circuit's whole distribution, free of sampling noise."""
        program = self.training.program
        return distribution_quality(
            program.probabilities(self.parameters), program.sector.bitstrings(), self.problem, best=self.optimum
        )


def qaoa(
    problem: QaoaProblem,
    *,
    depth: int,
    seed: int,
    mixer: Mixer | None = None,
    shots: int = 1000,
    objective: Literal["expectation", "cvar"] = "expectation",
    alpha: float = 0.1,
    start: np.ndarray | None = None,
    n_starts: int = 3,
    max_evaluations: int = 500,
    machine: "Machine | str" = "exact",
    time_limit: float | None = None,
    callback: Callable[[float], None] | None = None,
) -> QaoaResult:
    """Run QAOA on a problem within its feasible set.

    Args:
        problem: A `BinaryProblem`, a `TabulatedProblem`, or anything that answers as they do.
        depth: The number of layers.
        seed: Seed of the starting angles and of the samples.
        mixer: What moves amplitude about; None for the problem's own default.
        shots: How many samples to draw from the trained circuit.
        objective: What is trained: the mean cost, or the mean of its best share `alpha` (CVaR, Barkoutsos et al. 2020).
        alpha: The share for "cvar", in (0, 1].
        start: Angles to descend from besides the ramps, such as those of a shallower circuit, interpolated.
        n_starts: How many starts are descended from.
        max_evaluations: Evaluations of each descent.
        machine: "exact", "shots", or what `runtime.machine` returns.
        time_limit: Seconds for everything; training stops in time to sample what it has.
        callback: Called with each value of the training.

    Raises:
        ValueError: On options that make no sense, or a sector that does not fit in memory.
    """
    import runtime

    if shots < 1:
        raise ValueError(f"shots needs at least one sample, but is {shots}.")
    if objective not in ("expectation", "cvar"):
        raise ValueError(f"objective must be 'expectation' or 'cvar', but is {objective!r}.")
    if time_limit is not None and time_limit <= 0:
        raise ValueError(f"time_limit needs a positive number of seconds, but is {time_limit}.")
    started = perf_counter()
    ansatz = problem.ansatz(depth, mixer)
    cost = problem.observable()
    built = perf_counter()
    training = train(
        ansatz,
        runtime.CVaR(cost, alpha) if objective == "cvar" else cost,
        seed=seed,
        start=start,
        n_starts=n_starts,
        max_evaluations=max_evaluations,
        machine=machine,
        time_limit=None if time_limit is None else time_limit - (built - started),
        callback=callback,
    )
    trained = perf_counter()
    samples = Samples.from_shots(training.program.sample(training.parameters, shots=shots, seed=seed), problem)
    return QaoaResult(
        problem=problem,
        depth=depth,
        training=training,
        samples=samples,
        seconds=QaoaSeconds(
            build=built - started,
            compile=training.seconds_compile,
            optimize=training.seconds_optimize,
            sample=perf_counter() - trained,
        ),
    )
