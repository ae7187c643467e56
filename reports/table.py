"""A small table as a page, a Markdown file and a terminal all show it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float | None

NUMBER = re.compile(r"\(?[-−+<]?[\d,]+(\.\d+)?(e[-+]?\d+)?( ?%)?\)?")  # brackets: a value set aside
MISSING = ("", "–", "—")
MANY_COLUMNS = 7
FIGURE_SPACE, PUNCTUATION_SPACE = "\u2007", "\u2008"  # as wide as a digit, as wide as a full stop


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

    @property
    def texts(self) -> list[list[str]]:
        """The cells as text."""
        return [[cell_text(cell) for cell in row] for row in self.rows]

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers only (and gaps), and are aligned on the decimal point."""
        columns = list(zip(*self.texts, strict=True)) or [() for _ in self.columns]
        return [is_numeric(column) for column in columns]

    @property
    def crowded(self) -> bool:
        """Whether it has more columns than one line of text can hold comfortably."""
        return len(self.columns) > MANY_COLUMNS

    @property
    def aligned(self) -> list[list[str]]:
        """The cells as text, padded so that right-aligned numbers meet on the decimal point."""
        columns = list(zip(*self.texts, strict=True))
        padded = [pad_fractions(c) if is_numeric(c) else list(c) for c in columns]
        return [list(row) for row in zip(*padded, strict=True)]


def cell_text(cell: Cell) -> str:
    """A cell as it is read; a missing one is a dash."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}".replace("-", "−")
    if isinstance(cell, float):
        return "–" if cell != cell else f"{cell:.6g}".replace("-", "−", 1) if cell < 0 else f"{cell:.6g}"
    return cell


def is_numeric(column: Sequence[str]) -> bool:
    """Whether a column holds numbers, and at least one."""
    numbers = [cell for cell in column if cell not in MISSING]
    return bool(numbers) and all(NUMBER.fullmatch(cell) for cell in numbers)


def pad_fractions(column: Sequence[str]) -> list[str]:
    """The column with blanks of a digit's width where fractions are shorter than the longest."""
    tails = [cell.partition(".")[2] for cell in column]
    longest = max(map(len, tails))
    padded = []
    for cell, tail in zip(column, tails, strict=True):
        point = PUNCTUATION_SPACE if longest and not tail else ""
        padded.append(cell + point + FIGURE_SPACE * (longest - len(tail)))
    return padded
