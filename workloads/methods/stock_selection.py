"""How the best selection is proved, searched for and sampled, and how good the samples are."""

from collections.abc import Mapping
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from workloads.answers.stock_selection import ENUMERATION
from workloads.workload import Context, Outcome, Seconds

if TYPE_CHECKING:
    from finance import Portfolio
    from optimization import SampleQuality, Samples, Solution
    from runtime import Resources

PROOF_SECONDS = 60.0  # for SCIP, where no time limit is given
CLOUD = 400  # uniform portfolios drawn behind the risk and return plane
EVALUATIONS_PER_DESCENT = 40


def training_budget() -> int:
    """The most circuit evaluations that a training takes: the screened ramps and one descent."""
    from optimization.training import SCREENED_RAMPS

    return SCREENED_RAMPS + EVALUATIONS_PER_DESCENT


def certify(problem: "Portfolio", method: str, context: Context) -> Outcome:
    """The optimum, proved by enumeration or by SCIP, with what gaps are measured against."""
    from optimization.baselines import enumerate_optimum, solve_scip

    context.progress(0.1, "proving the optimum")
    if method == ENUMERATION:
        solution = enumerate_optimum(problem, time_limit=context.time_limit)
    else:
        solution = solve_scip(problem, time_limit=context.time_limit or PROOF_SECONDS)
    detail = _detail(problem, solution.bitstring) | _surroundings(problem)
    proved = solution.certified
    return Outcome(
        objective=solution.objective,
        status=solution.status.value,
        seconds=Seconds(optimize=solution.seconds),
        evaluations=solution.n_evaluations,
        feasible_rate=1.0,
        detail=detail | {"certified": proved, "n_optima": solution.n_optima},
        reference_kind="certified" if proved else "best known",
        bound=solution.bound,
    )


def _surroundings(problem: "Portfolio") -> dict[str, Any]:
    """What gaps and pictures are measured against: the uniform mean, and a cloud of portfolios and single assets."""
    cloud = problem.uniform(CLOUD, seed=0)
    return {
        "uniform_mean": problem.uniform_mean,
        "risk_aversion": problem.risk_aversion,
        "n_feasible": float(problem.feasible.size),
        "cloud_return": problem.expected_return(cloud),
        "cloud_volatility": np.sqrt(problem.variance(cloud)),
        "asset_names": problem.names,
        "asset_return": problem.expected_returns,
        "asset_volatility": np.sqrt(np.diag(problem.covariance)),
    }


def choose_greedily(problem: "Portfolio", _: Context) -> Outcome:
    """One asset after another."""
    from optimization.baselines import greedy

    return _heuristic(problem, greedy(problem))


def anneal(problem: "Portfolio", context: Context) -> Outcome:
    """Swap-move annealing, as many reads as a circuit has shots."""
    from optimization import baselines

    solution = baselines.anneal(problem, seed=context.seed or 0, n_reads=context.shots, time_limit=context.time_limit)
    return _heuristic(problem, solution, context)


def _heuristic(problem: "Portfolio", solution: "Solution", context: Context | None = None) -> Outcome:
    detail, probability = _detail(problem, solution.bitstring), None
    if solution.samples is not None and context is not None and context.reference is not None:
        from optimization import sample_quality

        quality = sample_quality(solution.samples, problem, best=context.reference.value)
        detail, probability = detail | _quality_detail(quality, solution.samples), quality.success_probability
    return Outcome(
        objective=solution.objective,
        status=solution.status.value,
        seconds=Seconds(optimize=solution.seconds),
        evaluations=solution.n_evaluations,
        shots=None if solution.samples is None else solution.samples.n_shots,
        feasible_rate=1.0,
        success_probability=probability,
        detail=detail,
    )


def train_qaoa(problem: "Portfolio", depth: int, circuit: Mapping[str, Any], context: Context) -> Outcome:
    """A circuit of that many layers, trained from the best of a few ramps, and the quality of its samples."""
    import runtime
    from optimization import qaoa

    exact, shots, budget = context.machine == "exact", context.shots or 1, training_budget()
    values: list[float] = []

    def report(value: float) -> None:
        values.append(value)
        context.progress(min(len(values) / budget, 1.0), f"training, {len(values)} evaluations")

    result = qaoa(
        problem,
        depth=depth,
        seed=context.seed or 0,
        shots=shots,
        n_starts=1,
        max_evaluations=EVALUATIONS_PER_DESCENT,
        machine=context.machine if exact else runtime.machine(context.machine, shots=shots),
        time_limit=context.time_limit,
        callback=report,
        **circuit,
    )
    detail: dict[str, Any] = {} if result.best is None else _detail(problem, result.best)
    detail |= {"layers": depth, "parameters": result.parameters, "trace": result.training.trace}
    probability = None
    if context.reference is not None:
        from optimization import distribution_quality, sample_quality

        program, best = result.training.program, context.reference.value
        if exact:
            probabilities = program.probabilities(result.parameters)
            quality = distribution_quality(probabilities, program.sector.bitstrings(), problem, best=best)
        else:
            quality = sample_quality(result.samples, problem, best=best)
        detail, probability = detail | _quality_detail(quality, result.samples), quality.success_probability
    resources = _resources(problem, depth, circuit["mixer"])
    seconds = result.seconds
    return Outcome(
        objective=None if result.best is None else result.objective,
        status=result.status.value,
        seconds=Seconds(build=seconds.build, compile=seconds.compile, optimize=seconds.optimize, sample=seconds.sample),
        evaluations=result.n_evaluations,
        shots=shots if exact else shots * (1 + result.n_evaluations),
        qubits=resources.qubits,
        sector_dimension=resources.sector_dimension,
        depth=resources.depth,
        two_qubit_gates=resources.two_qubit_gates,
        feasible_rate=result.feasible_rate,
        success_probability=probability,
        detail=detail,
    )


@cache
def _resources(problem: "Portfolio", depth: int, mixer: str) -> "Resources":
    """Count a circuit's gates once for all seeds: decomposing it takes longer than compiling it."""
    import runtime

    return runtime.compile(problem.ansatz(depth, mixer), problem.observable()).resources()


def draw_uniformly(problem: "Portfolio", n_evaluations: int, context: Context) -> Outcome:
    """The control: as many uniform draws as a circuit's samples, and as so many evaluations would have cost."""
    from optimization import sample_quality
    from optimization.baselines import uniform_control

    started = perf_counter()
    samples = uniform_control(problem, shots=context.shots or 1, n_evaluations=n_evaluations, seed=context.seed or 0)
    seconds = perf_counter() - started
    bitstring, objective = samples.bitstrings[0], float(samples.objectives[0])
    detail, probability = _detail(problem, bitstring), None
    if context.reference is not None:
        quality = sample_quality(samples, problem, best=context.reference.value)
        # Of uniform draws the probability is known where all portfolios were looked at: the share of the optima.
        n_optima = context.reference.detail.get("n_optima")
        probability = (n_optima or 1) / problem.feasible.size
        detail["n_optima"] = n_optima
        detail |= _quality_detail(quality, samples)
        detail["success_in_run"] = float(-np.expm1(samples.n_shots * np.log1p(-min(probability, 1 - 1e-16))))
    return Outcome(
        objective=objective,
        status="Drawn uniformly among the feasible portfolios.",
        seconds=Seconds(sample=seconds),
        shots=samples.n_shots,
        feasible_rate=samples.feasible_rate,
        success_probability=probability,
        detail=detail,
    )


def _detail(problem: "Portfolio", bitstring: np.ndarray) -> dict[str, Any]:
    return {
        "chosen": problem.chosen(bitstring),
        "expected_return": float(problem.expected_return(bitstring)),
        "volatility": float(np.sqrt(problem.variance(bitstring))),
    }


def _quality_detail(quality: "SampleQuality", samples: "Samples") -> dict[str, Any]:
    from optimization.sample_quality import LEVELS

    return {
        "gap_levels": LEVELS,
        "gap_quantiles": quality.gap_quantiles,
        "mean_gap": quality.mean_gap,
        "success_in_run": quality.success_in(samples.n_shots),
        "distinct": len(samples.counts),
        "n_samples": samples.n_shots,
    }
