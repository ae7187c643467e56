"""A plan: the routes that a method found for a routing problem, their cost, and what is proved about it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from optimization.routing.tsp import Tsp
from optimization.routing.vehicle_routing import Cvrp


class PlanStatus(StrEnum):
    """How a solver ended, as a sentence."""

    OPTIMAL = "proved optimal"
    FINISHED = "finished; nothing is proved about how far from the optimum the plan is"
    LOCAL_OPTIMUM = "no subproblem improves the plan any more; nothing is proved about the optimum"
    TIME_LIMIT = "stopped at the time limit with the best plan found so far"


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Routes that the checker has passed; made by `solve`.

    Of a Cvrp, each route lists customers numbered from 1, as in CVRPLIB solution files, and starts and ends at the
    depot; vehicles that stay there are left out. Of a Tsp, the only route is the tour, cities numbered from 1.
    """

    problem: Cvrp | Tsp
    method: str
    routes: tuple[tuple[int, ...], ...]
    cost: float  # in problem.unit
    lengths: tuple[float, ...]  # of each route, in problem.unit
    loads: tuple[float, ...]  # of each route, in the unit of the demands; zeros for a Tsp
    lower_bound: float | None  # no plan is cheaper; None where the method proves nothing
    status: PlanStatus
    seconds: float
    seed: int
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """(cost - lower_bound) / cost, or None where the method proves no bound."""
        if self.lower_bound is None:
            return None
        return (self.cost - self.lower_bound) / self.cost if self.cost else 0.0

    def stop_names(self) -> tuple[tuple[str, ...], ...]:
        """Return each route's stops by name, without the depot (of a Tsp: all cities)."""
        offset = 1 if isinstance(self.problem, Tsp) else 0
        return tuple(tuple(self.problem.names[stop - offset] for stop in route) for route in self.routes)

    def to_csv(self, path: str | Path) -> None:
        """Write one row per vehicle: its number, stops by name in order, load and length.

        Args:
            path: the file to write; the length's column is named after the problem's unit, e.g. `km`.
        """
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["vehicle", "stops", "load", self.problem.unit])
            rows = zip(self.stop_names(), self.loads, self.lengths, strict=True)
            for vehicle, (stops, load, length) in enumerate(rows, start=1):
                writer.writerow([vehicle, " > ".join(stops), f"{load:.10g}", f"{length:.3f}".rstrip("0").rstrip(".")])
