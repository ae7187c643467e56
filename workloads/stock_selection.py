"""Which k of n stocks would have been the best to hold, and what do quantum samples add to finding them?

An in-sample exercise: expected returns and risk are those of the past, and the suite's own twenty stocks are ones that
stayed in the S&P 500 to the end, so that the answer is a selection among survivors, never a forecast.

All methods choose among the same portfolios, exactly k stocks at equal weights. QAOA starts from their uniform
superposition and never leaves them; annealing swaps one stock for another; the controls draw uniformly among them.
"""

from collections.abc import Mapping
from functools import cache, partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import model_validator

from workloads.answers.stock_selection import (
    ANNEALING,
    ENUMERATION,
    GLOSSARY,
    GREEDY,
    METHODS,
    PLOTS,
    SCIP,
    UNIFORM,
    UNIFORM_MORE,
    answer,
    contribution,
    files,
    qaoa_name,
    tables,
)
from workloads.settings import InputFile, Settings, setting
from workloads.workload import Context, GapScale, Options, Outcome, Reference, Seconds, Size, Table, Task, Workload

if TYPE_CHECKING:
    from finance import Market, Portfolio
    from optimization import SampleQuality, Samples, Solution
    from runtime import Resources

PROOF_SECONDS = 60.0  # for SCIP, where no time limit is given
CLOUD = 400  # uniform portfolios drawn behind the risk and return plane
EVALUATIONS_PER_DESCENT = 40


class StockSelectionSettings(Settings):
    """What a partner may set."""

    prices: InputFile | None = setting(
        None, description="own prices: a CSV with dates in the first column and one column per asset; none: S&P 500"
    )
    returns: InputFile | None = setting(
        None, description="own simple returns per period, as fractions, in the same layout; instead of prices"
    )
    first_date: str | None = setting(None, description="first date to use, as 2013-01-01; none: all there are")
    last_date: str | None = setting(None, description="last date to use; none: all there are")
    n_chosen: int = setting(8, description="how many assets to hold, at equal weights", unit="assets", ge=1)
    risk_aversion: float = setting(
        5.0, description="price of a unit of annual variance, in annual return", unit="per variance", ge=0
    )
    depths: tuple[int, ...] | None = setting(
        (1, 2, 4), description="layers of the QAOA circuits; none: no circuits, classical methods only", unit="layers"
    )
    mixer: Literal["xy-ring", "xy-complete"] = setting(
        "xy-complete", description="which pairs of assets a circuit's mixer exchanges: neighbours on a ring, or all"
    )
    objective: Literal["cvar", "expectation"] = setting(
        "cvar", description="what is trained: the mean of the best share of outcomes (CVaR), or of all"
    )
    alpha: float = setting(0.1, description="that share", unit="of the outcomes", gt=0, le=1)

    @model_validator(mode="after")
    def _one_source_and_sensible_depths(self) -> "StockSelectionSettings":
        if self.prices is not None and self.returns is not None:
            raise ValueError("Give prices or returns, not both: each is a whole market")
        if self.depths is not None and (not self.depths or min(self.depths) < 1):
            given = ",".join(map(str, self.depths))
            raise ValueError(f"Circuits have at least 1 layer, such as depths=1,2,4, but depths={given} was given")
        return self


@cache
def market_of(settings: StockSelectionSettings) -> "Market":
    """Read the market."""
    from finance import Market

    window = {"start": settings.first_date, "end": settings.last_date}
    if settings.returns is not None:
        return Market.from_csv(settings.returns, kind="returns", **window)
    if settings.prices is not None:
        return Market.from_csv(settings.prices, kind="prices", **window)
    return Market.sp500(**window)


def problem_of(settings: StockSelectionSettings) -> "Portfolio":
    """Pose the selection."""
    return market_of(settings).portfolio(n_chosen=settings.n_chosen, risk_aversion=settings.risk_aversion)


def notes(settings: StockSelectionSettings) -> list[str]:
    """Say what was assumed."""
    lines = list(market_of(settings).assumptions)
    lines.append(
        f"In-sample: {settings.n_chosen} assets at equal weights that would have been best in the past, with risk "
        f"aversion {settings.risk_aversion:g}; a selection exercise, not a forecast and not performance."
    )
    if settings.prices is None and settings.returns is None:
        lines.append("The twenty stocks stayed in the index to the end: survivors, so that returns flatter.")
    if settings.depths is None:
        lines.append("No circuits were asked for, so that nothing here is quantum.")
    return lines


def size(settings: StockSelectionSettings) -> Size:
    """Count the portfolios, and what a circuit over them takes."""
    from optimization.footprint import largest_choice, predicted_bytes
    from runtime.memory import available_bytes

    feasible = problem_of(settings).feasible
    classical = 200_000_000
    if settings.depths is None:
        return Size(qubits=0, sector_dimension=0, memory_bytes=classical, seconds=20.0, would_fit="")
    n_assets = feasible.n_variables
    fitting = largest_choice(n_assets, settings.mixer, max(available_bytes() - classical, 0))
    layers = sum(settings.depths)
    hops = n_assets * (n_assets - 1) / 2 if settings.mixer == "xy-complete" else n_assets
    return Size(
        qubits=n_assets,
        sector_dimension=feasible.size,
        memory_bytes=classical + predicted_bytes(feasible, settings.mixer),
        # Measured: 3 ns for a state, a hop and a layer with its gradient, 40 evaluations for each of 5 seeds.
        seconds=10.0 + 200 * 3e-9 * float(feasible.size) * (hops + 10) * layers,
        would_fit=f"At most --set n_chosen={fitting} of {n_assets} assets would fit; --set depths=none leaves the "
        "circuits out, and the classical methods answer alone.",
    )


def instance(settings: StockSelectionSettings) -> list[Table]:
    """Show the assets."""
    market = market_of(settings)
    deviation = np.sqrt(np.diag(market.covariance))
    rows = [
        (name, f"{100 * mean:.1f}", f"{100 * risk:.1f}")
        for name, mean, risk in zip(market.names, market.expected_returns, deviation, strict=True)
    ]
    title = f"{market.n_assets} assets, of which {settings.n_chosen} are chosen"
    return [Table(title=title, columns=("asset", "mean return (% a year)", "volatility (% a year)"), rows=rows)]


def tasks(settings: StockSelectionSettings, options: Options) -> list[Task]:
    """The optimum by two ways, heuristics, circuits of each depth and both controls with every seed."""
    from optimization.baselines.enumeration import LISTABLE

    problem = problem_of(settings)
    case = f"{settings.n_chosen} of {problem.n_variables}"
    source = {name: getattr(settings, name) for name in ("prices", "returns", "first_date", "last_date")}
    asked = {**source, "n_chosen": settings.n_chosen, "risk_aversion": settings.risk_aversion}
    listable = problem.feasible.size <= LISTABLE

    def exact(method: str, *, is_reference: bool) -> Task:
        solve = partial(_certify, problem, method)
        return Task(case=case, method=method, role="classical", solve=solve, asked=asked, is_reference=is_reference)

    def sampled(method: str, role: Literal["classical", "control"], solve: Any, seed: int) -> Task:
        return Task(case=case, method=method, role=role, solve=solve, asked=asked, seed=seed, shots=options.shots)

    listed = [exact(ENUMERATION, is_reference=True)] if listable else []
    listed.append(exact(SCIP, is_reference=not listable))
    listed.append(Task(case=case, method=GREEDY, role="classical", solve=partial(_greedy, problem), asked=asked))
    for seed in options.seeds:
        listed.append(sampled(ANNEALING, "classical", partial(_anneal, problem), seed))
        for depth in settings.depths or ():
            circuit = {"mixer": settings.mixer, "objective": settings.objective, "alpha": settings.alpha}
            listed.append(
                Task(
                    case=case,
                    method=qaoa_name(depth),
                    role="quantum",
                    solve=partial(_qaoa, problem, depth, circuit),
                    asked={**asked, **circuit, "depth": depth},
                    seed=seed,
                    machine=options.machine,
                    shots=options.shots,
                )
            )
        listed.append(sampled(UNIFORM, "control", partial(_uniform, problem, 0), seed))
        if settings.depths is not None:
            listed.append(sampled(UNIFORM_MORE, "control", partial(_uniform, problem, training_budget()), seed))
    return listed


def training_budget() -> int:
    """The most circuit evaluations that a training takes: the screened ramps and one descent."""
    from optimization.training import SCREENED_RAMPS

    return SCREENED_RAMPS + EVALUATIONS_PER_DESCENT


def _certify(problem: "Portfolio", method: str, context: Context) -> Outcome:
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
        seconds=Seconds(optimise=solution.seconds),
        evaluations=solution.n_evaluations,
        feasible_rate=1.0,
        detail=detail | {"bound": solution.bound, "certified": proved},
        reference=None if proved else solution.bound,
        reference_kind="certified" if proved else "best known" if solution.bound is None else "bound",
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


def _greedy(problem: "Portfolio", context: Context) -> Outcome:  # noqa: ARG001 - it ends at once
    from optimization.baselines import greedy

    return _heuristic(problem, greedy(problem))


def _anneal(problem: "Portfolio", context: Context) -> Outcome:
    from optimization.baselines import anneal

    solution = anneal(problem, seed=context.seed or 0, n_reads=context.shots, time_limit=context.time_limit)
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
        seconds=Seconds(optimise=solution.seconds),
        evaluations=solution.n_evaluations,
        shots=None if solution.samples is None else solution.samples.n_shots,
        feasible_rate=1.0,
        success_probability=probability,
        detail=detail,
    )


def _qaoa(problem: "Portfolio", depth: int, circuit: Mapping[str, Any], context: Context) -> Outcome:
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
        seconds=Seconds(build=seconds.build, compile=seconds.compile, optimise=seconds.optimise, sample=seconds.sample),
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


def _uniform(problem: "Portfolio", n_evaluations: int, context: Context) -> Outcome:
    from optimization import sample_quality
    from optimization.baselines import uniform_control

    started = perf_counter()
    samples = uniform_control(problem, shots=context.shots or 1, n_evaluations=n_evaluations, seed=context.seed or 0)
    seconds = perf_counter() - started
    bitstring, objective = samples.bitstrings[0], float(samples.objectives[0])
    detail, probability = _detail(problem, bitstring), None
    if context.reference is not None:
        quality = sample_quality(samples, problem, best=context.reference.value)
        # Of uniform draws the probability is known: the optima among all portfolios. Here one is assumed.
        probability = 1 / problem.feasible.size
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
    }


def gap(objective: float, reference: Reference) -> float:
    """(f - f_best) / (f_uniform_mean - f_best): it stands where the objective crosses zero."""
    spread = reference.detail["uniform_mean"] - reference.value
    return (objective - reference.value) / spread if spread else 0.0


STOCK_SELECTION = Workload(
    name="stock_selection",
    title="Choosing stocks",
    industry="Finance",
    question="Which stocks, a given number of them at equal weights, would have paid best for their risk?",
    unit="per year",
    sense="maximise",
    typical_size="20 qubits, 125,970 portfolios",
    typical_seconds=(30.0, 120.0),
    own_data="kaname run stock_selection --set prices=mine.csv --set n_chosen=10",
    settings=StockSelectionSettings,
    quick={"depths": (1, 2)},
    packages=("finance", "optimization", "runtime"),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=gap,
    gap_scale=GapScale(factor=100, unit="%"),
    tolerance=1e-6,
    slack=1e-9,
    controls={qaoa_name(depth): (UNIFORM, UNIFORM_MORE) for depth in range(1, 33)},
    answer=answer,
    contribution=contribution,
    tables=tables,
    files=files,
    plots=PLOTS,
    methods=METHODS,
    glossary=GLOSSARY,
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(STOCK_SELECTION))
