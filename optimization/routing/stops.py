"""Reader of a table of named places: `name, latitude, longitude, demand`, the depot first, and of a travel table."""

import csv
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_PLACE = ("latitude", "longitude")
_FAR, _NEAR = 1500.0, 100.0  # kilometers from the middle: always worth a word, and never
_TIMES = 10.0  # the typical distance from the middle, worth a word between the two
_CONSTRAINT = re.compile(
    r"ready|\bdue|window|earliest|latest|\bopen|\bclos|opening|closing|from_time|to_time|service|duration|deadline|"
    r"\bmax|\bmin\b|limit|volume|weight|skill|priority|vehicle|depot|pickup|deliver"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Stops:
    """A depot and its customers, in the order of the table."""

    names: tuple[str, ...]
    demands: np.ndarray | None  # shape: (n,), 0 for the depot; None if the table has no such column
    coordinates: np.ndarray | None  # shape: (n, 2), latitude and longitude in degrees
    unused: tuple[str, ...]  # columns that say nothing of the answer, as far as their names tell


def read_stops(path: str | Path, *, coordinates_needed: bool, demands_needed: bool) -> Stops:
    """Read a CSV of named places.

    Args:
        path: CSV with a header; columns name, latitude and longitude (decimal degrees), demand. Further columns are
            named in `unused`, or refused where their names say that they constrain a plan. The first row is the depot.
        coordinates_needed: whether latitude and longitude must be there (not where a travel matrix is given).
        demands_needed: whether the demand column must be there.

    Returns:
        The places; coordinates or demands are None where their columns are absent and were not needed.

    Raises:
        ValueError: if the file, a column or a value is missing or unusable, in one sentence with the line.
    """
    header, rows = _read_table(Path(path), what="stops")
    needed = ["name", *(_PLACE if coordinates_needed else ()), *(("demand",) if demands_needed else ())]
    missing = [column for column in needed if column not in header]
    if missing:
        raise ValueError(
            f"{path} has no column {', '.join(map(repr, missing))}: the header should name {', '.join(needed)}, "
            f"and it names {', '.join(header)}."
        )
    if len(rows) < 2:
        raise ValueError(
            f"{path} holds {len(rows)} places: give the depot in the first row and a customer or more below."
        )
    names = tuple(row[header.index("name")] for _, row in rows)
    for (line, _), name in zip(rows, names, strict=True):
        if not name:
            raise ValueError(f"{path}, line {line}: the name is empty; give each place a name of its own.")
        if names.count(name) > 1:
            raise ValueError(f"{path}, line {line}: the name {name!r} appears more than once; make each name unique.")

    def column(name: str) -> np.ndarray:
        at = header.index(name)
        return np.array([_number(path, line, name, row[at]) for line, row in rows])

    coordinates = None
    if all(name in header for name in _PLACE):
        coordinates = np.column_stack([column(name) for name in _PLACE])
        for (line, _), (latitude, longitude) in zip(rows, coordinates, strict=True):
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise ValueError(
                    f"{path}, line {line}: latitude should lie in [-90, 90] and longitude in [-180, 180] degrees, "
                    f"got {latitude:g} and {longitude:g}."
                )
    return Stops(
        names=names,
        demands=column("demand") if "demand" in header else None,
        coordinates=coordinates,
        unused=_unused(path, header),
    )


def _unused(path: str | Path, header: list[str]) -> tuple[str, ...]:
    """The columns that are not read.

    Raises:
        ValueError: if the name of one says that it constrains the plan.
    """
    unused = [name for name in header if name not in ("name", "demand", *_PLACE)]
    constraints = [name for name in unused if _CONSTRAINT.search(name)]
    if constraints:
        raise ValueError(
            f"{path} has the column {', '.join(map(repr, constraints))}, which seems to constrain the plan, and no "
            "method here can hold it: take it out of the file if the plan need not keep to it."
        )
    return tuple(unused)


def read_travel(path: str | Path, names: tuple[str, ...]) -> np.ndarray:
    """Read a CSV of travel between named places; row to column, so it may be asymmetric.

    Args:
        path: CSV whose header is an empty cell and then the places; each row starts with its place.
        names: the places wanted, in the order wanted; the file's own order is free.

    Returns:
        Travel from names[i] to names[j], shape (n, n).

    Raises:
        ValueError: if a place is missing or given twice, or an entry is not a number.
    """
    header, rows = _read_table(Path(path), what="travel matrix", lower=False)
    columns = header[1:]
    places = [row[0] for _, row in rows]
    for kind, found in (("row", places), ("column", columns)):
        absent = [name for name in names if found.count(name) != 1]
        if absent:
            raise ValueError(
                f"{path} should have one {kind} for each stop; {absent[0]!r} has {found.count(absent[0])} "
                f"(the matrix has {len(places)} rows and {len(columns)} columns for {len(names)} stops)."
            )
    travel = np.empty((len(names), len(names)))
    for i, start in enumerate(names):
        line, row = rows[places.index(start)]
        for j, end in enumerate(names):
            travel[i, j] = 0.0 if i == j else _number(path, line, f"travel to {end}", row[1 + columns.index(end)])
    return travel


def remarks(stops: Stops) -> tuple[str, ...]:
    """What to say of a table besides its numbers: columns that are not used, and a place far away."""
    unused = (f"columns not used: {', '.join(stops.unused)}",) if stops.unused else ()
    far = far_away(stops)
    return (*unused, far) if far else unused


def far_away(stops: Stops) -> str | None:
    """A sentence where a place lies so far from the others that its coordinates may be wrong; None elsewhere."""
    if stops.coordinates is None or len(stops.names) < 3:
        return None
    from optimization.routing.distances import great_circle

    middle = np.median(stops.coordinates, axis=0)
    away = great_circle(np.vstack([middle, stops.coordinates]))[0, 1:]
    place, typical = int(np.argmax(away)), float(np.median(away))
    if away[place] <= _FAR and (away[place] <= _NEAR or away[place] <= _TIMES * typical):
        return None
    return (
        f"{stops.names[place]} lies {away[place]:,.0f} km from the middle of all places, where a typical one lies "
        f"{typical:,.0f} km from it: look at its latitude and longitude"
    )


def _read_table(path: Path, *, what: str, lower: bool = True) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if not path.is_file():
        raise ValueError(f"No {what} file at {path}: give the path of a CSV file.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8: save it as a CSV in UTF-8.") from None
    reader = csv.reader(text.splitlines())
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path} is empty: a {what} file has a header and one row per place.")
    header = [cell.lower() if lower else cell for cell in rows[0][1]]
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise ValueError(f"{path}, line {line}: expected {len(header)} values as in the header, found {len(row)}.")
    return header, rows[1:]


def _number(path: str | Path, line: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{path}, line {line}: {column} should be a finite number, found {text!r}.")
    return value
