"""What a bench has measured: rows, and the machine they were measured on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PeerTiming:
    """One peer on one case."""

    peer: str
    configuration: str  # the fastest of those tried
    seconds: float  # median
    ratios: tuple[float, float, float]  # peer over this runtime, round by round: smallest, median, largest
    rounds: int
    gradient_checked: bool  # the gradients agreed as well as the values


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case, and everyone who ran it."""

    name: str
    label: str
    quantity: str  # value, or value and gradient
    qubits: int
    states: int  # that this runtime keeps
    parameters: int
    engine: str  # that this runtime chose
    seconds: float  # median
    compile_seconds: float
    least_bytes: float | None  # that must move; None where memory bounds nothing, or the engine is not ours
    peers: tuple[PeerTiming, ...]
    notes: tuple[str, ...]  # why a peer is missing
    series: str | None
    size: int

    def above_bound(self, bandwidth: float) -> float | None:
        """The measured time over the time that the bytes take at the copy bandwidth."""
        return None if self.least_bytes is None else self.seconds * bandwidth / self.least_bytes

    def of(self, peer: str) -> PeerTiming | None:
        """A peer's timing, if there is one."""
        return next((timing for timing in self.peers if timing.peer == peer), None)


@dataclass(frozen=True, kw_only=True)
class Results:
    """A whole bench."""

    rows: tuple[Row, ...]
    bandwidth: float  # bytes read and written per second
    cache_bytes: int
    cpu: str
    threads: int
    versions: dict[str, str]
    commit: str
    date: str  # ISO, UTC
    load: float  # cores that other programs kept busy when it began
    most_rounds: int

    def write(self, folder: Path) -> Path:
        """Write results.json into the folder."""
        path = folder / "results.json"
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what `write` wrote."""
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**(content | {"rows": tuple(_row(row) for row in content["rows"])}))


def _row(content: dict[str, Any]) -> Row:
    peers: Sequence[dict[str, Any]] = content["peers"]
    timings = tuple(PeerTiming(**(timing | {"ratios": tuple(timing["ratios"])})) for timing in peers)
    return Row(**(content | {"peers": timings, "notes": tuple(content["notes"])}))
