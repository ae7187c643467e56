"""A question as it was asked: all that a report needs beside the records, in a form that the store keeps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reports.record import Sense
from reports.table import Table


@dataclass(frozen=True, kw_only=True)
class GapScale:
    """How a gap is read aloud: gap * factor, then the unit."""

    factor: float  # 100 for a fraction in per cent, 1000 for hartree in millihartree
    unit: str  # "%", "mHa"
    decimals: int = 2
    name: str = "gap"  # "error" for energies

    def number(self, gap: float) -> str:
        """The gap as it is read, without its unit."""
        text = f"{gap * self.factor:,.{self.decimals}f}"
        return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")

    def text(self, gap: float) -> str:
        """The gap as it is read, with its unit."""
        return f"{self.number(gap)} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One workload with its settings, as a run asked it."""

    workload: str
    title: str
    industry: str
    question: str
    unit: str
    sense: Sense
    gap_scale: GapScale
    tolerance: float  # gaps closer than this are equal; in the gap's own unit, before the scale's factor
    command: str  # the line that runs it again
    settings: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()  # the methods that the cases are measured against
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # quantum method -> its control methods
    methods: Mapping[str, str] = field(default_factory=dict)  # method -> what it is, in one sentence
    glossary: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what was assumed
    instance: tuple[Table, ...] = ()

    @property
    def is_quick(self) -> bool:
        """Whether it was asked with the smaller settings of `--quick`."""
        return "--quick" in self.command.split()

    def to_json(self) -> dict[str, Any]:
        """The question as JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Question":
        """The question that `to_json` wrote."""
        values = dict(row)
        values["gap_scale"] = GapScale(**values["gap_scale"])
        values["controls"] = {method: tuple(names) for method, names in values["controls"].items()}
        values["references"] = tuple(values["references"])
        values["notes"] = tuple(values["notes"])
        values["instance"] = tuple(
            Table(**{**table, "columns": tuple(table["columns"])}) for table in values["instance"]
        )
        return cls(**values)
