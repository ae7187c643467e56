"""The capacitated vehicle routing problem: a depot, customers with demands, and equal vehicles."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimization.routing import stops, tsplib
from optimization.routing.distances import great_circle
from optimization.routing.travel import frozen, validated_travel


@dataclass(frozen=True, kw_only=True, eq=False)
class Cvrp:
    """Visit every customer once with at most `n_vehicles` routes from and to the depot, at the least total travel.

    Node 0 is the depot; customers are nodes 1 to n - 1, the numbers used in CVRPLIB solution files. `n_vehicles` is the
    fleet: a plan may leave vehicles at the depot. (In the published P-n16-k8, E-n13-k4 and XSH-n20-k4 the demands fill
    no fewer than k vehicles, so that "at most" and "exactly" k are the same there.)
    """

    name: str
    names: tuple[str, ...]  # of all nodes, the depot first
    travel: np.ndarray  # shape: (n, n), from row to column, in `unit`; may be asymmetric
    demands: np.ndarray  # shape: (n,), 0 for the depot
    capacity: float
    n_vehicles: int
    unit: str = "distance"
    coordinates: np.ndarray | None = None  # shape: (n, 2)
    geographic: bool = False  # coordinates are latitude and longitude, in degrees
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.names)
        if n < 2:
            raise ValueError(f"A vehicle routing problem wants a depot and a customer or more, got {n} places.")
        if len(set(self.names)) != n:
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise ValueError(f"Every place needs a name of its own, but {twice!r} appears more than once.")
        object.__setattr__(self, "travel", validated_travel(self.travel, self.names))
        demands = frozen(self.demands)
        object.__setattr__(self, "demands", demands)
        if demands.shape != (n,) or not np.all(np.isfinite(demands)):
            raise ValueError(
                f"Demands should be {n} finite numbers, one per place, got shape {demands.shape}: {demands}."
            )
        if demands[0] != 0:
            raise ValueError(
                f"The first place, {self.names[0]!r}, is the depot and should have demand 0, got {demands[0]:g}: "
                "put the depot first."
            )
        if not (np.isfinite(self.capacity) and self.capacity > 0):
            raise ValueError(f"The capacity of a vehicle should be a positive number, got {self.capacity}.")
        if (
            isinstance(self.n_vehicles, bool)
            or not isinstance(self.n_vehicles, int | np.integer)
            or self.n_vehicles < 1
        ):
            raise ValueError(f"The number of vehicles should be an integer of 1 or more, got {self.n_vehicles}.")
        self._check_loads()

    def _check_loads(self) -> None:
        worst = int(np.argmin(self.demands))
        if self.demands[worst] < 0:
            raise ValueError(
                f"The demand of {self.names[worst]!r} is {self.demands[worst]:g}, but demands cannot be negative."
            )
        largest = int(np.argmax(self.demands))
        if self.demands[largest] > self.capacity:
            raise ValueError(
                f"The demand of {self.names[largest]!r}, {self.demands[largest]:g}, is above every vehicle's capacity, "
                f"{self.capacity:g}: raise the capacity or split the delivery."
            )
        total = float(self.demands.sum())
        if total > self.capacity * self.n_vehicles * (1 + 1e-12):
            needed = int(np.ceil(total / self.capacity))
            raise ValueError(
                f"The demands sum to {total:g}, above the {self.capacity * self.n_vehicles:g} that {self.n_vehicles} "
                f"vehicle{'s' * (self.n_vehicles > 1)} of capacity {self.capacity:g} can carry: at least {needed} are "
                "needed."
            )

    @property
    def n_customers(self) -> int:
        """Number of customers, the depot not counted."""
        return len(self.names) - 1

    @classmethod
    def from_file(cls, path: str | Path, *, n_vehicles: int | None = None) -> "Cvrp":
        """Read a CVRPLIB file.

        Args:
            path: a `.vrp` file in TSPLIB95 format.
            n_vehicles: size of the fleet; by default the N of a `-kN` in the file's NAME.

        Returns:
            The problem; nodes are reordered only if the depot is not the first.

        Raises:
            ValueError: if the file is missing or malformed, or says nothing of the number of vehicles.
        """
        if Path(path).suffix.lower() == ".csv":
            raise ValueError(
                f"{path} is a CSV, and this reads CVRPLIB files (.vrp): read it with Cvrp.from_csv(path, capacity=..., "
                "vehicles=...)."
            )
        content = tsplib.read(path)
        if content.kind != "CVRP":
            raise ValueError(f"{path} is of TYPE {content.kind}, not CVRP: read it with Tsp.from_file.")
        if content.demands is None:
            raise ValueError(f"{path} has no DEMAND_SECTION: a CVRP file needs one.")
        if content.capacity is None:
            raise ValueError(f"{path} has no line 'CAPACITY : ...': a CVRP file needs one.")
        assumptions: tuple[str, ...] = ()
        if n_vehicles is None:
            match = re.search(r"-k(\d+)\b", content.name)
            if match is None:
                raise ValueError(
                    f"The NAME in {path}, {content.name!r}, has no -kN that says how many vehicles there are: "
                    "give n_vehicles."
                )
            n_vehicles = int(match[1])
            assumptions = (f"at most {n_vehicles} vehicle{'s' * (n_vehicles > 1)}, from the name {content.name}",)
        n = len(content.travel)
        depot = content.depot if content.depot is not None else 0
        if content.demands[depot] != 0:
            said = "DEPOT_SECTION names" if content.depot is not None else "Without a DEPOT_SECTION the depot is"
            raise ValueError(
                f"{path}: {said} node {depot + 1}, but DEMAND_SECTION gives that node the demand "
                f"{content.demands[depot]:g}: name the node that is the depot, or set its demand to 0."
            )
        order = np.array([depot, *(node for node in range(n) if node != depot)])
        return cls(
            name=content.name,
            names=("depot", *(str(customer) for customer in range(1, n))),
            travel=content.travel[np.ix_(order, order)],
            demands=content.demands[order],
            capacity=content.capacity,
            n_vehicles=n_vehicles,
            coordinates=None if content.coordinates is None else content.coordinates[order],
            geographic=content.geographic,
            assumptions=assumptions,
        )

    @classmethod
    def from_csv(
        cls, path: str | Path, *, capacity: float, vehicles: int, travel: str | Path | np.ndarray | None = None
    ) -> "Cvrp":
        """Read named places from a CSV with the columns name, latitude, longitude, demand; the first row is the depot.

        Args:
            path: the CSV; latitude and longitude in decimal degrees.
            capacity: of one vehicle, in the unit of the demands.
            vehicles: size of the fleet.
            travel: kilometres from each place (row) to each (column), shape (n, n) in the order of the CSV, or the path
                of a CSV with the places' names as header and first column; by default great-circle kilometres. Latitude
                and longitude may be left out where it is given.

        Returns:
            The problem, in kilometres; `assumptions` says which distances were taken.

        Raises:
            ValueError: if a file or a value is missing or unusable.
        """
        table = stops.read_stops(path, coordinates_needed=travel is None, demands_needed=True)
        depot = f"the depot is the first row, {table.names[0]}"
        if travel is None:
            matrix = great_circle(table.coordinates)  # type: ignore[arg-type]  # needed, hence there
            distances = "great-circle kilometres between latitudes and longitudes, not road distances"
        elif isinstance(travel, str | Path):
            matrix = stops.read_travel(travel, table.names)
            distances = f"kilometres as given in {travel}"
        else:
            matrix, distances = np.asarray(travel), "kilometres as given by the travel matrix"
        return cls(
            name=Path(path).stem,
            names=table.names,
            travel=matrix,
            demands=table.demands,  # type: ignore[arg-type]  # needed, hence there
            capacity=capacity,
            n_vehicles=vehicles,
            unit="km",
            coordinates=table.coordinates,
            geographic=table.coordinates is not None,
            assumptions=(depot, distances, *stops.remarks(table)),
        )
