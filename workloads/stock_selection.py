"""Which k of n stocks would have been the best to hold, and what do quantum samples add to finding them?

An in-sample exercise: expected returns and risk are those of the past, and the suite's own twenty stocks are ones that
stayed in the S&P 500 to the end, so that the answer is a selection among survivors, never a forecast.

All methods choose among the same portfolios, exactly k stocks at equal weights. QAOA starts from their uniform
superposition and never leaves them; annealing swaps one stock for another; the controls draw uniformly among them.
"""

from functools import cache, partial
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
from workloads.methods.stock_selection import (
    anneal,
    certify,
    choose_greedily,
    draw_uniformly,
    train_qaoa,
    training_budget,
)
from workloads.settings import InputFile, Settings, setting
from workloads.workload import GapScale, Options, Reference, Size, Table, Task, Workload

if TYPE_CHECKING:
    from finance import Market, Portfolio

MOST_LAYERS = 32  # of a circuit


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
        if self.depths is not None and max(self.depths) > MOST_LAYERS:
            raise ValueError(f"Circuits have at most {MOST_LAYERS} layers, but depths={max(self.depths)} was given")
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
    layers, room = sum(settings.depths), max(available_bytes() - classical, 0)
    fitting = largest_choice(n_assets, settings.mixer, room)
    would_fit = [f"At most --set n_chosen={fitting} of {n_assets} assets would fit."]
    if settings.mixer != "xy-ring" and predicted_bytes(feasible, "xy-ring") <= room:
        minutes = training_seconds(feasible.size, n_assets, 1) / 60
        line = "--set mixer=xy-ring --set depths=1"
        would_fit.insert(0, f"With a mixer on a ring it fits: {line} takes about {max(minutes, 1):.0f} min.")
    would_fit.append("--set depths=none leaves the circuits out, and the classical methods answer alone.")
    hops = n_assets * (n_assets - 1) / 2 if settings.mixer == "xy-complete" else n_assets
    return Size(
        qubits=n_assets,
        sector_dimension=feasible.size,
        memory_bytes=classical + predicted_bytes(feasible, settings.mixer),
        seconds=10.0 + training_seconds(feasible.size, hops, layers),
        would_fit=" ".join(would_fit),
    )


def training_seconds(n_states: float, hops: float, layers: int) -> float:
    """Measured: 3 ns for a state, a hop and a layer with its gradient, 40 evaluations for each of 5 seeds."""
    return 200 * 3e-9 * float(n_states) * (hops + 10) * layers


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
        solve = partial(certify, problem, method)
        return Task(case=case, method=method, role="classical", solve=solve, asked=asked, is_reference=is_reference)

    def sampled(method: str, role: Literal["classical", "control"], solve: Any, seed: int) -> Task:
        return Task(case=case, method=method, role=role, solve=solve, asked=asked, seed=seed, shots=options.shots)

    listed = [exact(ENUMERATION, is_reference=True)] if listable else []
    listed.append(exact(SCIP, is_reference=not listable))
    listed.append(
        Task(case=case, method=GREEDY, role="classical", solve=partial(choose_greedily, problem), asked=asked)
    )
    for seed in options.seeds:
        listed.append(sampled(ANNEALING, "classical", partial(anneal, problem), seed))
        for depth in settings.depths or ():
            circuit = {"mixer": settings.mixer, "objective": settings.objective, "alpha": settings.alpha}
            listed.append(
                Task(
                    case=case,
                    method=qaoa_name(depth),
                    role="quantum",
                    solve=partial(train_qaoa, problem, depth, circuit),
                    asked={**asked, **circuit, "depth": depth},
                    seed=seed,
                    machine=options.machine,
                    shots=options.shots,
                )
            )
        listed.append(sampled(UNIFORM, "control", partial(draw_uniformly, problem, 0), seed))
        if settings.depths is not None:
            listed.append(sampled(UNIFORM_MORE, "control", partial(draw_uniformly, problem, training_budget()), seed))
    return listed


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
    sense="maximize",
    typical_size="20 qubits, 125,970 portfolios",
    typical_seconds=(30.0, 120.0),
    own_data="kaname run stock_selection --set prices=mine.csv --set n_chosen=8",
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
    controls={qaoa_name(depth): (UNIFORM, UNIFORM_MORE) for depth in range(1, MOST_LAYERS + 1)},
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
