"""Which vehicle visits which supplier, and what QAOA's samples added to the plans, from the records."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workloads.answers.wording import counted
from workloads.workload import DrawnBy, Plot, Record, Table

CERTIFIED, PYVRP, ANNEALING = "certified (HiGHS)", "PyVRP", "annealing on routes"
SAVINGS, NEAREST = "savings, 2-opt", "nearest neighbour, 2-opt"
QAOA = "QAOA neighbourhood search"
UNIFORM = "uniform draws, equal shots"
UNIFORM_MORE = "uniform draws, shots of the training too"


def answer(records: Sequence[Record]) -> str:
    """Say the shortest plan, and how the quantum route's compares."""
    best = _best(records)
    if best is None or best.objective is None:
        return "No plan was found."
    used, fleet = len(best.detail["vehicles"]), best.detail["n_vehicles"]
    stops = len(best.detail["stops"]) - 1
    proof = ""
    if best.reference is not None and best.reference_kind == "certified":
        proof = ", proved the shortest" if best.objective <= best.reference * (1 + 1e-9) else ""
    elif best.bound is not None and best.bound > 0:
        longer = 100 * (best.objective / best.bound - 1)
        proof = f", at most {longer:.1f} % longer than the shortest there can be"
    serve = "serves" if used == 1 else "serve"
    vehicles = f"{used} of {counted(fleet, 'vehicle')}"
    text = f"{vehicles} {serve} {counted(stops, 'stop')} in {best.objective:,.1f} km{proof}."
    quantum = _best([r for r in records if r.role == "quantum"])
    if quantum is not None and quantum.objective is not None:
        excess = quantum.objective - best.objective
        same = "the same length" if abs(excess) < 0.05 else f"{excess:,.1f} km longer"
        text += f" The quantum route's best plan is {same}."
    return text


def contribution(records: Sequence[Record]) -> str:
    """Say what QAOA's samples added over uniform draws, in plans and on the subproblems themselves."""
    quantum = [r for r in records if r.role == "quantum" and r.objective is not None]
    if not quantum:
        return "No quantum plan was found, so what the quantum part added cannot be said."
    sampled = [s for r in quantum for s in r.detail.get("subproblems", ())]
    text = ""
    if sampled:
        own = float(np.median([s["success_probability"] for s in sampled]))
        uniform = float(np.median([s["uniform_probability"] for s in sampled]))
        ratio = float(np.median([s["success_probability"] / s["uniform_probability"] for s in sampled]))
        text = (
            f"One QAOA sample is a subproblem's optimum with probability {own:.2g}, a uniform draw with {uniform:.2g} "
            f"({ratio:.3g} times; medians over {counted(len(sampled), 'subproblem')}). "
        )
    parts = []
    for method in (QAOA, UNIFORM, UNIFORM_MORE):
        gaps = [100 * r.gap for r in records if r.method == method and r.gap is not None]
        if gaps:
            low, median, high = np.quantile(gaps, [0.25, 0.5, 0.75])
            spread = f" ({low:.2f} to {high:.2f})" if high - low >= 0.005 else ""
            parts.append(f"{median:.2f} %{spread} with {method}")
    return f"{text}Median gap (quartiles) over the seeds: {'; '.join(parts)}."


def tables(records: Sequence[Record]) -> list[Table]:
    """The best plan, vehicle by vehicle, and the subproblems that QAOA answered."""
    result = []
    rows: list[tuple[str, ...]]
    columns: tuple[str, ...]
    for title, record in (
        ("The shortest plan", _best(records)),
        ("The quantum route's best plan", _best([r for r in records if r.role == "quantum"])),
    ):
        if record is not None:
            rows = [
                (str(v["vehicle"]), " > ".join(v["stops"]), f"{v['load']:g}", f"{v['length']:.1f}")
                for v in record.detail["vehicles"]
            ]
            columns = ("vehicle", "stops in order", "load", "length (km)")
            result.append(Table(title=f"{title} ({record.method})", columns=columns, rows=rows))
    sampled = [s for r in records if r.role == "quantum" for s in r.detail.get("subproblems", ())]
    if sampled:
        distinct = {(s["qubits"], s["sector_dimension"], s["cost_before"], s["cost_optimal"]): s for s in sampled}
        rows = [
            (
                str(s["qubits"]),
                f"{s['sector_dimension']:,}",
                s["mixer"],
                f"{s['cost_before']:.1f}",
                f"{s['cost_optimal']:.1f}",
                f"{s['success_probability']:.2g}",
                f"{s['uniform_probability']:.2g}",
            )
            for s in sorted(distinct.values(), key=lambda s: -s["sector_dimension"])[:12]
        ]
        columns = ("qubits", "sector", "mixer", "before (km)", "optimum (km)", "QAOA", "uniform")
        note = "QAOA and uniform: the probability that one sample is the subproblem's optimum."
        result.append(Table(title="The largest subproblems that QAOA sampled", columns=columns, rows=rows, note=note))
    return result


def files(records: Sequence[Record]) -> dict[str, str]:
    """The plans as CSV: each vehicle's stops by name, its load and its kilometres."""
    chosen = {
        "plan.csv": _best(records),
        "plan_quantum.csv": _best([r for r in records if r.role == "quantum"]),
    }
    return {name: _plan_csv(record.detail["vehicles"]) for name, record in chosen.items() if record is not None}


def _plan_csv(vehicles: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["vehicle", "stops", "load", "km"])
    for vehicle in vehicles:
        writer.writerow(
            [vehicle["vehicle"], " > ".join(vehicle["stops"]), f"{vehicle['load']:.10g}", f"{vehicle['length']:.3f}"]
        )
    return text.getvalue()


def _best(records: Sequence[Record]) -> Record | None:
    """The shortest plan; of equals, the first."""
    done = [r for r in records if r.objective is not None and r.ranks and r.role != "control"]
    return min(done, key=lambda r: (round(r.objective or 0.0, 6), r.seed or 0), default=None)


PLOTS = (
    Plot(
        name="routes",
        draw=DrawnBy("optimization.routing.plots", "route_map"),
        caption="The shortest plan, that of the answer and of plan.csv, to scale; lines join stops directly, no roads.",
        alt="A map of the stops by name with one closed line per vehicle through the depot.",
    ),
    Plot(
        name="gaps",
        draw=DrawnBy("optimization.routing.plots", "gap_by_method"),
        caption="Blue: quantum; vermilion: classical; grey: the controls, uniform draws in QAOA's place.",
        alt="One row per method with a mark for every seed at its gap to the reference.",
    ),
    Plot(
        name="subproblems",
        draw=DrawnBy("optimization.routing.plots", "subproblem_probabilities"),
        caption="Above the dashed line, a QAOA sample is the subproblem's optimum more often than a uniform draw.",
        alt="Scatter of the probability of the optimum, QAOA against uniform, one mark per subproblem.",
    ),
)
METHODS = {
    CERTIFIED: "set partitioning over every customer set that fits a vehicle, or branch and cut; proves its bound",
    PYVRP: "the strongest open heuristic for vehicle routing",
    ANNEALING: "simulated annealing whose moves never overload a vehicle",
    SAVINGS: "Clarke and Wright's mergers of routes, then reversals",
    NEAREST: "one vehicle after another to the nearest stop, then reversals",
    QAOA: "QAOA samples which stop of a few neighbouring routes goes on which of their vehicles; the order inside "
    "a vehicle is classical; starts from nearest neighbour without 2-opt",
    UNIFORM: "the same search with uniform draws of the same feasible assignments",
    UNIFORM_MORE: "the same, with as many more draws as QAOA's training would have cost in shots",
}
GLOSSARY = {
    "depot": "where every vehicle starts and ends: the plant",
    "subproblem": "the stops of a few neighbouring routes, to be dealt anew to their vehicles",
    "sector": "the assignments that overload no vehicle, all that the circuit can reach",
}
