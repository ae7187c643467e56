"""Candidates from a trained circuit: QAOA on a subproblem's feasible assignments."""

from time import perf_counter
from typing import Any

import numpy as np

from optimization.routing.clock import Clock
from optimization.routing.samplers import Drawn, best_of, is_optimal
from optimization.tabulated_problem import TabulatedProblem
from optimization.training import SCREENED_RAMPS, train

_BEST_SHARE = 0.1  # what is trained is the mean cost of this best share of the samples
_DESCENT_EVALUATIONS = 40
#: No training takes more evaluations than this, whatever the subproblem.
MOST_EVALUATIONS = SCREENED_RAMPS + 2 * _DESCENT_EVALUATIONS


class QaoaSampler:
    """Trains angles on the first subproblem of each kind of mixer, and uses them again on those that follow.

    Only the best sample counts, so the mean cost of the best tenth is trained (CVaR: P. K. Barkoutsos et al., Quantum
    4, 256 (2020)). Costs enter the circuit divided by their standard deviation, so that angles mean the same in every
    subproblem (J. Wurtz and D. Lykov, Phys. Rev. A 104, 052419 (2021)).

    Measured as the median over subproblems of the optimum's probability: CVaR gave 1.1 to 2.5 times that of the plain
    mean (A-n32-k5, E-n13-k4, the plant in Toyota City); angles handed on gave 0.7 to 1.0 times that of angles trained
    anew on each subproblem, for a tenth of the evaluations.

    Args:
        depth: layers of the circuit.
        shots: samples for each subproblem.
    """

    def __init__(self, *, depth: int, shots: int) -> None:
        self._depth = depth
        self._shots = shots
        self._angles: dict[str, np.ndarray] = {}

    def draw(self, table: TabulatedProblem, mixer: Any, *, seed: int, clock: Clock) -> Drawn:
        """Compile the circuit, train it if its kind of mixer is new, and draw samples."""
        import runtime

        started = perf_counter()
        ansatz, observable = table.ansatz(self._depth, mixer), table.observable()
        kind = mixer if isinstance(mixer, str) else mixer.kind
        n_evaluations, optimizing = 0, 0.0
        if kind in self._angles:
            program = runtime.compile(ansatz, observable)
        else:
            training = train(
                ansatz,
                runtime.CVaR(observable, _BEST_SHARE),
                seed=seed,
                n_starts=1,
                machine="exact",
                max_evaluations=_DESCENT_EVALUATIONS,
                time_limit=max(clock.left, 0.01) if np.isfinite(clock.left) else None,
            )
            program, n_evaluations = training.program, training.n_evaluations
            optimizing = training.seconds_optimize
            self._angles[kind] = training.parameters
        compiled = perf_counter()
        angles = self._angles[kind]
        bitstring, cost = best_of(program.sample(angles, shots=self._shots, seed=seed), table)
        probabilities = program.probabilities(angles)
        optimal = is_optimal(table, table.objective(program.sector.bitstrings()))
        return Drawn(
            bitstring=bitstring,
            cost=cost,
            success_probability=float(probabilities[optimal].sum()),
            n_evaluations=n_evaluations,
            n_shots=self._shots,
            seconds_compile=compiled - started - optimizing,
            seconds_optimize=optimizing,
            seconds_sample=perf_counter() - compiled,
        )
