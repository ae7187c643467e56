"""A small table as a page, a Markdown file and a terminal all show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A titled table of text and numbers.

    Numbers are given as text already rounded as they should be read ("0.42", "1,260"), or as plain numbers, which are
    then shown with six significant digits. Columns in which every cell is a number are aligned on the decimal point.
    A unit belongs into the column's head: "length (km)".
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)
    note: str = ""  # one sentence under the table

    def __post_init__(self) -> None:
        """Refuse ragged rows."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Every row of the table {self.title!r} needs {len(self.columns)} cells "
                    f"({', '.join(self.columns)}), got {len(row)}."
                )
