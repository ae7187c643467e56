"""Which vehicle visits which supplier, and in what order? A plant's milk run, by quantum and classical methods.

The suite's own instance, `data/toyota_suppliers.csv`, is an assembly plant in Toyota City (Aichi, Japan) that collects
pallets of parts from sixteen suppliers with four lorries of twelve pallets each, 47 of 48 places filled. Latitudes and
longitudes are those of the towns; the suppliers, what they make and their numbers of pallets are invented.

The quantum route is a neighbourhood search: a few neighbouring routes at a time are freed, QAOA samples which of their
stops goes on which of their vehicles, within the capacities, and the best sample replaces them if it is shorter. The
order of stops inside each vehicle is worked out classically, for QAOA and its controls alike.
"""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import model_validator

from reports.record import Role
from workloads.answers.parts_delivery import (
    ANNEALING,
    CERTIFIED,
    GLOSSARY,
    METHODS,
    NEAREST,
    PLOTS,
    PYVRP,
    QAOA,
    SAVINGS,
    UNIFORM,
    UNIFORM_MORE,
    answer,
    contribution,
    files,
    tables,
)
from workloads.answers.wording import counted
from workloads.settings import InputFile, Settings, setting
from workloads.workload import Context, GapScale, Options, Outcome, Seconds, Size, Table, Task, Workload, relative_gap

if TYPE_CHECKING:
    from optimization.routing import Cvrp, Plan

OWN_INSTANCE = Path(__file__).parent / "data" / "toyota_suppliers.csv"
OWN_CASE = "16 suppliers around Toyota City"
DEFAULT_VEHICLES, DEFAULT_CAPACITY = 4, 12.0  # of a CSV
CERTIFIED_SECONDS = 60.0
MOST_SECONDS = 200.0  # of a heuristic for one unit of effort; twenty times the calibration's, so that it ends
MOST_LOOKED_AT = 8  # subproblems of the starting plan that are set up to tell the size


class PartsDeliverySettings(Settings):
    """What a partner may set."""

    stops: InputFile = setting(
        OWN_INSTANCE,
        description="the stops: a CSV (name, latitude, longitude, demand; the depot first) or a CVRPLIB .vrp file",
    )
    travel: InputFile | None = setting(
        None, description="a CSV of kilometres from each stop (row) to each (column), by name; may be asymmetric"
    )
    vehicles: int | None = setting(
        None, description="vehicles there are; none: 4 for a CSV, the -kN of a CVRPLIB name", unit="vehicles", ge=1
    )
    capacity: float | None = setting(
        None, description="of one vehicle; none: 12 for a CSV, what a .vrp file says", unit="as the demands", gt=0
    )
    depth: int = setting(4, description="layers of the QAOA circuit", unit="layers", ge=1, le=20)
    effort: float = setting(
        1.0,
        description="work of each heuristic for one seed, counted in its own steps",
        unit="about 10 s",
        gt=0,
        le=1000,
    )

    @property
    def is_cvrplib(self) -> bool:
        """Whether the stops are a CVRPLIB file."""
        return self.stops.suffix.lower() == ".vrp"

    @model_validator(mode="after")
    def _travel_goes_with_a_csv(self) -> "PartsDeliverySettings":
        if self.is_cvrplib and self.travel is not None:
            raise ValueError(
                f"The file {self.stops} brings its own distances: leave travel out, or give stops as a CSV."
            )
        return self


def problem_of(settings: PartsDeliverySettings) -> "Cvrp":
    """Read the stops."""
    from optimization.routing import Cvrp

    if settings.is_cvrplib:
        problem = Cvrp.from_file(settings.stops, n_vehicles=settings.vehicles)
        return problem if settings.capacity is None else replace(problem, capacity=settings.capacity)
    return Cvrp.from_csv(
        settings.stops,
        capacity=DEFAULT_CAPACITY if settings.capacity is None else settings.capacity,
        vehicles=DEFAULT_VEHICLES if settings.vehicles is None else settings.vehicles,
        travel=settings.travel,
    )


def notes(settings: PartsDeliverySettings) -> list[str]:
    """Say what was assumed."""
    problem = problem_of(settings)
    lines = [f"{assumption[:1].upper()}{assumption[1:]}." for assumption in problem.assumptions]
    demand = "demands" if problem.n_customers == 1 else "demand"
    lines.append(
        f"At most {counted(problem.n_vehicles, 'vehicle')}, each carrying at most {problem.capacity:g}; "
        f"{counted(problem.n_customers, 'stop')} {demand} {problem.demands.sum():g} in all."
    )
    if settings.is_cvrplib:
        lines.append("CVRPLIB distances carry no unit; one unit is shown as one kilometre.")
    if settings.stops == OWN_INSTANCE:
        lines.append("The towns are real; the suppliers and their pallets are invented.")
    lines.append(
        f"Every heuristic may take steps worth about {10 * settings.effort:g} s for each seed on the computer of the "
        "calibration, and may end earlier by its own rule. They are counted, not timed: the same seed gives the same "
        "plans on every computer, and only the seconds differ. Compiling the kernels, once per installation, is not "
        "counted."
    )
    return lines


def size(settings: PartsDeliverySettings) -> Size:
    """Look at the subproblems of the starting plan."""
    problem = problem_of(settings)  # first: a mistake in a file is answered before numba is imported

    from optimization.routing.construction import nearest_neighbour_routes
    from optimization.routing.neighbourhood_search import MOST_ASSIGNMENTS
    from optimization.routing.neighbourhoods import GroupChooser

    routes = [tuple(route) for route in nearest_neighbour_routes(problem)]
    chooser = GroupChooser(problem, MOST_ASSIGNMENTS)
    subproblems = [chooser.subproblem(group, routes) for group in chooser.groups(routes)[:MOST_LOOKED_AT]]
    tables = [subproblem.table for subproblem in subproblems if subproblem is not None]
    dimension = max((len(table.objectives) for table in tables), default=1)
    customers = problem.n_customers
    listed_sets = min(2.0**customers, 400_000.0)
    return Size(
        qubits=max((table.n_variables for table in tables), default=0),
        sector_dimension=dimension,
        memory_bytes=int(200e6 + 2000 * dimension + listed_sets * customers * 24 + 60 * customers**2),
        seconds=15.0 + 25.0 * min(1.0, customers / 16) * min(10.0 * settings.effort, 10.0) / 3.0,
        would_fit="fewer stops, for example those of one district: --set stops=district.csv",
    )


def instance(settings: PartsDeliverySettings) -> list[Table]:
    """Show the stops."""
    problem = problem_of(settings)
    stops, vehicles = counted(problem.n_customers, "stop"), counted(problem.n_vehicles, "vehicle")
    title = f"{stops}, {vehicles} of capacity {problem.capacity:g}"
    rows = [
        (name, f"{demand:g}", f"{distance:.1f}")
        for name, demand, distance in zip(problem.names, problem.demands, problem.travel[0], strict=True)
    ]
    return [Table(title=title, columns=("stop", "demand", "from the depot (km)"), rows=rows)]


def tasks(settings: PartsDeliverySettings, options: Options) -> list[Task]:
    """One certified reference; heuristics, quantum and not, with every seed; constructions once."""
    problem = problem_of(settings)
    case = OWN_CASE if settings.stops == OWN_INSTANCE and settings.travel is None else problem.name
    asked = {
        "stops": settings.stops,
        "travel": settings.travel,
        "vehicles": problem.n_vehicles,
        "capacity": problem.capacity,
    }
    limited = {**asked, "effort": settings.effort}

    def task(method: str, role: Role, solver: str, seed: int | None, *, sampled: bool = False) -> Task:
        depth = settings.depth if solver == "qaoa" else 1
        return Task(
            case=case,
            method=method,
            role=role,
            solve=partial(_solve, problem, solver, depth, settings.effort),
            asked={**limited, "depth": depth} if sampled else limited if seed is not None else asked,
            seed=seed,
            machine=options.machine if role == "quantum" else "classical",
            shots=options.shots if sampled else None,
        )

    reference = Task(
        case=case, method=CERTIFIED, role="classical", solve=partial(_certify, problem), asked=asked, is_reference=True
    )
    listed = [
        reference,
        task(SAVINGS, "classical", "savings", None),
        task(NEAREST, "classical", "nearest-neighbour", None),
    ]
    for seed in options.seeds:
        listed += [
            task(PYVRP, "classical", "pyvrp", seed),
            task(ANNEALING, "classical", "annealing", seed),
            task(QAOA, "quantum", "qaoa", seed, sampled=True),
            task(UNIFORM, "control", "uniform", seed, sampled=True),
            task(UNIFORM_MORE, "control", "uniform-more-shots", seed, sampled=True),
        ]
    return listed


@cache
def _warm_up(solver: str) -> None:
    """Run a method on four stops, so that compiling its kernels is not counted as its time."""
    from optimization.routing import Cvrp, solve

    places = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0], [1.0, -1.0]])
    toy = Cvrp(
        name="warm-up",
        names=("depot", "a", "b", "c", "d"),
        travel=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
        demands=np.array([0.0, 1.0, 1.0, 1.0, 1.0]),
        capacity=3.0,
        n_vehicles=2,
    )
    solve(toy, method=solver, seed=0, time_limit=30.0, depth=1, shots=8)


def _certify(problem: "Cvrp", context: Context) -> Outcome:
    from optimization.routing import PlanStatus, solve

    _warm_up("certified")
    context.progress(0.1, "proving the optimum")
    plan = solve(problem, method="certified", seed=0, time_limit=context.time_limit or CERTIFIED_SECONDS)
    outcome = _outcome(plan)
    proved = plan.status is PlanStatus.OPTIMAL
    return replace(outcome, reference_kind="certified" if proved else "best known", bound=plan.lower_bound)


def _solve(problem: "Cvrp", solver: str, depth: int, effort: float, context: Context) -> Outcome:
    from optimization.routing import solve

    _warm_up(solver)
    context.progress(0.1, "")
    plan = solve(
        problem,
        method=solver,
        seed=context.seed or 0,
        time_limit=min(MOST_SECONDS * max(effort, 1.0), context.time_limit or np.inf),
        effort=effort,
        depth=depth,
        shots=context.shots or 1,
    )
    return _outcome(plan)


def _outcome(plan: "Plan") -> Outcome:
    from optimization.routing.drawn_positions import drawn_positions

    positions, kind = drawn_positions(plan.problem)
    subproblems = plan.details.get("subproblems", ())
    spent = {part: sum(s[f"seconds_{part}"] for s in subproblems) for part in ("compile", "optimize", "sample")}
    if subproblems:
        seconds = Seconds(build=max(0.0, plan.seconds - sum(spent.values())), **spent)
    else:
        seconds = Seconds(optimize=plan.seconds)
    vehicles = [
        {"vehicle": number, "stops": names, "numbers": route, "load": load, "length": length}
        for number, (names, route, load, length) in enumerate(
            zip(plan.stop_names(), plan.routes, plan.loads, plan.lengths, strict=True), start=1
        )
    ]
    stops = [
        {"name": name, "x": x, "y": y} for name, (x, y) in zip(plan.problem.names, positions.tolist(), strict=True)
    ]
    return Outcome(
        objective=plan.cost,
        status=str(plan.status),
        seconds=seconds,
        evaluations=sum(s["n_evaluations"] for s in subproblems) if subproblems else None,
        shots=sum(s["n_shots"] for s in subproblems) if subproblems else None,
        qubits=max((s["qubits"] for s in subproblems), default=None),
        sector_dimension=max((s["sector_dimension"] for s in subproblems), default=None),
        feasible_rate=1.0,  # the checker has passed it; circuits and moves stay within the capacities
        detail={
            **plan.details,
            "vehicles": vehicles,
            "stops": stops,
            "positions": kind,
            "n_vehicles": getattr(plan.problem, "n_vehicles", 1),
        },
    )


PARTS_DELIVERY = Workload(
    name="parts_delivery",
    title="Collecting parts for a plant",
    industry="Automotive",
    question="Which vehicle should visit which supplier, and in what order, so that the fewest kilometres are driven?",
    unit="km",
    sense="minimize",
    typical_size="16 stops, 4 vehicles; sectors up to 10,000",
    typical_seconds=(45.0, 95.0),
    own_data="kaname run parts_delivery --set stops=mine.csv --set vehicles=4 --set capacity=12",
    settings=PartsDeliverySettings,
    quick={"effort": 0.3},
    shots=128,
    machines=("exact",),
    packages=("optimization", "runtime"),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=relative_gap,
    gap_scale=GapScale(factor=100.0, unit="%"),
    tolerance=1e-6,
    controls={QAOA: (UNIFORM, UNIFORM_MORE)},
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

    raise SystemExit(main(PARTS_DELIVERY))
