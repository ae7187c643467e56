"""Reader of TSPLIB95 and CVRPLIB files.

G. Reinelt, "TSPLIB95", Universität Heidelberg (1995). Sections may come in any order. Of the format, what symmetric and
asymmetric TSP and CVRP files use is read; anything else is refused by name, with its line number.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from optimization.routing.distances import TSPLIB_FUNCTIONS

_TYPES = ("TSP", "ATSP", "CVRP")
_MATRIX_FORMATS = ("FULL_MATRIX", "LOWER_ROW", "UPPER_ROW", "LOWER_DIAG_ROW", "UPPER_DIAG_ROW")
_SECTIONS = (
    "NODE_COORD_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "DISPLAY_DATA_SECTION",
)
_MOST_NODES = 5000  # a dense matrix of 200 MB


@dataclass(frozen=True, kw_only=True, eq=False)
class TsplibFile:
    """What a TSPLIB95 file says, with the travel matrix worked out and nodes in the order of the file's numbers."""

    path: Path
    name: str
    kind: str  # TSP, ATSP or CVRP
    travel: np.ndarray  # shape: (n, n)
    coordinates: np.ndarray | None  # shape: (n, 2); in the plane, or degrees for GEO
    geographic: bool
    demands: np.ndarray | None  # shape: (n,)
    capacity: float | None
    depot: int | None  # index from 0


@dataclass
class _Section:
    line: int
    values: list[tuple[str, int]] = field(default_factory=list)  # (token, line number)


class _Reader:
    """Splits a file into keywords and sections, and turns a complaint into one sentence with its line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.keywords: dict[str, tuple[str, int]] = {}
        self.sections: dict[str, _Section] = {}
        section: _Section | None = None
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip()
            if not line:
                continue
            word = re.split(r"[\s:]", line, maxsplit=1)[0]
            if word == "EOF":
                break
            if word.endswith("_SECTION"):
                if word not in _SECTIONS:
                    raise self.error(
                        f"the section {word} is not one of those read here ({', '.join(_SECTIONS)})", number
                    )
                if word in self.sections:
                    raise self.error(f"{word} appears a second time", number)
                section = self.sections[word] = _Section(number)
                rest = line[len(word) :].lstrip(" \t:")
                section.values.extend((token, number) for token in rest.split())
            elif re.match(r"[A-Z][A-Z_0-9]*\s*:", line):
                key, value = line.split(":", 1)
                self.keywords[key.strip()] = (value.strip(), number)
                section = None
            elif section is not None:
                section.values.extend((token, number) for token in line.split())
            else:
                raise self.error(f"expected 'KEYWORD : value' or a section, found {line[:40]!r}", number)

    def error(self, sentence: str, line: int | None = None) -> ValueError:
        where = f"{self.path}, line {line}" if line else f"{self.path}"
        return ValueError(f"{where}: {sentence}.")

    def keyword(self, name: str) -> str | None:
        return self.keywords[name][0] if name in self.keywords else None

    def line_of(self, name: str) -> int | None:
        return self.keywords[name][1] if name in self.keywords else None

    def required(self, name: str) -> str:
        value = self.keyword(name)
        if not value:
            raise self.error(f"the line '{name} : ...' is missing")
        return value

    def numbers(self, name: str) -> tuple[np.ndarray, list[int]]:
        """Return a section's numbers, shape (count,), with the line of each."""
        section = self.sections[name]
        values = np.empty(len(section.values))
        for i, (token, line) in enumerate(section.values):
            try:
                values[i] = float(token)
            except ValueError:
                raise self.error(f"{name} wants numbers, found {token!r}", line) from None
            if not np.isfinite(values[i]):
                raise self.error(f"{name} wants finite numbers, found {token!r}", line)
        return values, [line for _, line in section.values]

    def table(self, name: str, n: int, columns: int) -> np.ndarray:
        """Return a section of n numbered rows, shape (n, columns), in the order of the row numbers."""
        values, lines = self.numbers(name)
        start = self.sections[name].line
        if len(values) != n * (columns + 1):
            raise self.error(
                f"{name} should hold, for DIMENSION {n}, as many rows of a node number and {columns} "
                f"value{'s' * (columns > 1)}, that is {n * (columns + 1)} numbers, but it holds {len(values)}",
                start,
            )
        rows = values.reshape(n, columns + 1)
        result = np.full((n, columns), np.nan)
        for i, row in enumerate(rows):
            line = lines[i * (columns + 1)]
            node = row[0]
            if node != int(node) or not 1 <= node <= n:
                raise self.error(f"{name} numbers nodes from 1 to {n}, found {node:g}", line)
            if not np.isnan(result[int(node) - 1, 0]):
                raise self.error(f"{name} gives node {node:g} a second time", line)
            result[int(node) - 1] = row[1:]
        return result


def read(path: str | Path) -> TsplibFile:
    """Read a TSPLIB95 or CVRPLIB problem file.

    Args:
        path: the file, of TYPE TSP, ATSP or CVRP.

    Returns:
        The file's contents; distances rounded as its EDGE_WEIGHT_TYPE prescribes.

    Raises:
        ValueError: if the file is missing or malformed; one sentence with the line number.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"No problem file at {path}: give the path of a TSPLIB or CVRPLIB file.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8: give the path of a TSPLIB or CVRPLIB file.") from None
    reader = _Reader(path, text)

    kind = reader.required("TYPE").split()[0]
    if kind not in _TYPES:
        raise reader.error(f"TYPE is {kind}, but only {', '.join(_TYPES)} can be read", reader.line_of("TYPE"))
    n = _dimension(reader)
    coordinates = None
    for name in ("NODE_COORD_SECTION", "DISPLAY_DATA_SECTION"):
        if coordinates is None and name in reader.sections:
            coordinates = reader.table(name, n, 2)
    travel = _travel(reader, n, coordinates)
    demands = reader.table("DEMAND_SECTION", n, 1)[:, 0] if "DEMAND_SECTION" in reader.sections else None
    return TsplibFile(
        path=path,
        name=reader.keyword("NAME") or path.stem,
        kind=kind,
        travel=travel,
        coordinates=coordinates,
        geographic=reader.keyword("EDGE_WEIGHT_TYPE") == "GEO",
        demands=demands,
        capacity=_capacity(reader),
        depot=_depot(reader, n),
    )


def _dimension(reader: _Reader) -> int:
    text = reader.required("DIMENSION")
    if not re.fullmatch(r"\d+", text) or not 2 <= int(text) <= _MOST_NODES:
        raise reader.error(
            f"DIMENSION should be an integer from 2 to {_MOST_NODES}, found {text!r}", reader.line_of("DIMENSION")
        )
    return int(text)


def _capacity(reader: _Reader) -> float | None:
    text = reader.keyword("CAPACITY")
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise reader.error(f"CAPACITY should be a number, found {text!r}", reader.line_of("CAPACITY")) from None


def _depot(reader: _Reader, n: int) -> int | None:
    if "DEPOT_SECTION" not in reader.sections:
        return None
    values, lines = reader.numbers("DEPOT_SECTION")
    depots = values[:-1] if len(values) and values[-1] == -1 else values
    if len(depots) != 1:
        raise reader.error(
            f"DEPOT_SECTION should name one depot and end in -1, found {len(depots)} depots",
            reader.sections["DEPOT_SECTION"].line,
        )
    if depots[0] != int(depots[0]) or not 1 <= depots[0] <= n:
        raise reader.error(f"DEPOT_SECTION should name a node from 1 to {n}, found {depots[0]:g}", lines[0])
    return int(depots[0]) - 1


def _travel(reader: _Reader, n: int, coordinates: np.ndarray | None) -> np.ndarray:
    weights = reader.required("EDGE_WEIGHT_TYPE")
    line = reader.line_of("EDGE_WEIGHT_TYPE")
    if weights == "EXPLICIT":
        return _explicit(reader, n)
    if weights not in TSPLIB_FUNCTIONS:
        supported = ", ".join((*TSPLIB_FUNCTIONS, "EXPLICIT"))
        raise reader.error(f"EDGE_WEIGHT_TYPE is {weights}, but only {supported} can be read", line)
    if coordinates is None:
        raise reader.error(f"EDGE_WEIGHT_TYPE {weights} needs a NODE_COORD_SECTION, and there is none", line)
    return TSPLIB_FUNCTIONS[weights](coordinates)


def _explicit(reader: _Reader, n: int) -> np.ndarray:
    layout = reader.required("EDGE_WEIGHT_FORMAT")
    if layout not in _MATRIX_FORMATS:
        raise reader.error(
            f"EDGE_WEIGHT_FORMAT is {layout}, but only {', '.join(_MATRIX_FORMATS)} can be read",
            reader.line_of("EDGE_WEIGHT_FORMAT"),
        )
    if "EDGE_WEIGHT_SECTION" not in reader.sections:
        raise reader.error("EDGE_WEIGHT_TYPE EXPLICIT needs an EDGE_WEIGHT_SECTION, and there is none")
    values, _ = reader.numbers("EDGE_WEIGHT_SECTION")
    expected = {
        "FULL_MATRIX": n * n,
        "LOWER_ROW": n * (n - 1) // 2,
        "UPPER_ROW": n * (n - 1) // 2,
        "LOWER_DIAG_ROW": n * (n + 1) // 2,
        "UPPER_DIAG_ROW": n * (n + 1) // 2,
    }[layout]
    if len(values) != expected:
        raise reader.error(
            f"EDGE_WEIGHT_SECTION in {layout} should hold {expected} numbers for DIMENSION {n}, "
            f"but it holds {len(values)}",
            reader.sections["EDGE_WEIGHT_SECTION"].line,
        )
    if layout == "FULL_MATRIX":
        travel = values.reshape(n, n).copy()
    else:
        offset = 0 if "DIAG" in layout else 1
        rows, columns = np.tril_indices(n, -offset) if layout.startswith("LOWER") else np.triu_indices(n, offset)
        travel = np.zeros((n, n))
        travel[rows, columns] = values
        travel[columns, rows] = values
    np.fill_diagonal(travel, 0.0)  # some files put a large number there
    return travel
