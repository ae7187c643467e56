"""CVRPLIB solution files: `Route #1: 2 5 3` with customers numbered from 1, then `Cost 450`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A solution file's routes, customers numbered from 1, and the cost that it states."""

    routes: tuple[tuple[int, ...], ...]
    cost: float | None


def read_solution(path: str | Path) -> Solution:
    """Read a CVRPLIB solution file.

    Args:
        path: the `.sol` file.

    Returns:
        Its routes and stated cost; neither is checked here (see `checker.check`).

    Raises:
        ValueError: if the file is missing, has no route, or has a line that cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"No solution file at {path}: give the path of a CVRPLIB .sol file.")
    routes: list[tuple[int, ...]] = []
    cost: float | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if match := re.fullmatch(r"Route\s*#\d+\s*:([\d\s]*)", line, flags=re.IGNORECASE):
            routes.append(tuple(int(token) for token in match[1].split()))
        elif match := re.fullmatch(r"Cost\s*:?\s*([-+.\deE]+)", line, flags=re.IGNORECASE):
            cost = float(match[1])
        elif line:
            raise ValueError(f"{path}, line {number}: expected 'Route #1: 3 1 2' or 'Cost 450', found {line[:40]!r}.")
    if not routes:
        raise ValueError(f"{path} holds no 'Route #1: ...' line: give a CVRPLIB .sol file.")
    return Solution(routes=tuple(routes), cost=cost)


def write_solution(path: str | Path, routes: Sequence[Sequence[int]], cost: float) -> None:
    """Write routes as a CVRPLIB solution file.

    Args:
        path: the file to write.
        routes: customers of each vehicle, numbered from 1.
        cost: total cost, in the problem's unit.
    """
    lines = [f"Route #{i}: {' '.join(map(str, route))}" for i, route in enumerate(routes, start=1)]
    Path(path).write_text("\n".join([*lines, f"Cost {cost:.10g}"]) + "\n", encoding="utf-8")
