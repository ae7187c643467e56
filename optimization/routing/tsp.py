"""The travelling salesman problem, symmetric or not."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimization.routing import stops, tsplib
from optimization.routing.distances import great_circle
from optimization.routing.travel import validated_travel


@dataclass(frozen=True, kw_only=True, eq=False)
class Tsp:
    """Visit every city once and return, at the least total travel.

    Cities are numbered from 1, as in TSPLIB tour files; a plan's only route is the whole tour, from city 1.
    """

    name: str
    names: tuple[str, ...]
    travel: np.ndarray  # shape: (n, n), from row to column, in `unit`; may be asymmetric
    unit: str = "distance"
    coordinates: np.ndarray | None = None  # shape: (n, 2)
    geographic: bool = False  # coordinates are latitude and longitude, in degrees
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.names)
        if n < 2:
            raise ValueError(f"A tour wants two cities or more, got {n}.")
        if len(set(self.names)) != n:
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise ValueError(f"Every city needs a name of its own, but {twice!r} appears more than once.")
        object.__setattr__(self, "travel", validated_travel(self.travel, self.names))

    @property
    def n_cities(self) -> int:
        """Number of cities."""
        return len(self.names)

    @classmethod
    def from_file(cls, path: str | Path) -> "Tsp":
        """Read a TSPLIB file of TYPE TSP or ATSP.

        Args:
            path: the file.

        Returns:
            The problem, with distances rounded as the file's EDGE_WEIGHT_TYPE prescribes.

        Raises:
            ValueError: if the file is missing or malformed, in one sentence with the line number.
        """
        if Path(path).suffix.lower() == ".csv":
            raise ValueError(f"{path} is a CSV, and this reads TSPLIB files (.tsp, .atsp): read it with Tsp.from_csv.")
        content = tsplib.read(path)
        if content.kind == "CVRP":
            raise ValueError(f"{path} is of TYPE CVRP, not TSP: read it with Cvrp.from_file.")
        return cls(
            name=content.name,
            names=tuple(str(city) for city in range(1, len(content.travel) + 1)),
            travel=content.travel,
            coordinates=content.coordinates,
            geographic=content.geographic,
        )

    @classmethod
    def from_csv(cls, path: str | Path, *, travel: str | Path | np.ndarray | None = None) -> "Tsp":
        """Read named places from a CSV with the columns name, latitude, longitude; the tour starts at the first row.

        Args:
            path: the CSV; latitude and longitude in decimal degrees.
            travel: kilometres from each place (row) to each (column), shape (n, n), or the path of a CSV of them; by
                default great-circle kilometres.

        Returns:
            The problem, in kilometres; `assumptions` says which distances were taken.

        Raises:
            ValueError: if a file or a value is missing or unusable.
        """
        table = stops.read_stops(path, coordinates_needed=travel is None, demands_needed=False)
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
            unit="km",
            coordinates=table.coordinates,
            geographic=table.coordinates is not None,
            assumptions=(distances, *stops.remarks(table)),
        )
