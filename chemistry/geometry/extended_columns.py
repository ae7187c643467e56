"""The columns of an extended xyz file, as its comment announces them: `Properties=species:S:1:pos:R:3`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What the sum of a column over the atoms says of the molecule, by the names that ASE writes.
_SUMS = {"initial_charges": "charge", "initial_magmoms": "spin"}
_SUM_ERROR = 1e-3


@dataclass(frozen=True)
class Columns:
    """Where things are in each line."""

    first: Mapping[str, int]  # column of each property, from 0
    width: int  # columns in all

    def atom(self, row: str, source: str) -> str:
        """The element and the coordinates of a line, as a line of a plain file.

        Raises:
            ValueError: If the line has fewer columns than were announced.
        """
        fields = self._fields(row, source)
        element = self.first.get("species", self.first.get("z", 0))
        return " ".join([fields[element], *fields[self.first["pos"] : self.first["pos"] + 3]])

    def sums(self, rows: Sequence[str], source: str) -> dict[str, int]:
        """The charge and the unpaired electrons that columns of charges and magnetic moments add up to.

        Columns of zeros say nothing; where a sum is not a whole number, it is warned of and left out.
        """
        found = {}
        for column, name in _SUMS.items():
            if column not in self.first:
                continue
            values = [float(self._fields(row, source)[self.first[column]]) for row in rows]
            total = sum(values)
            if abs(total - round(total)) > _SUM_ERROR:
                warnings.warn(
                    f"The column {column} of {source} adds up to {total:g}, which is not a whole number: it is left "
                    f"out; give {name}= if it matters.",
                    stacklevel=2,
                )
            elif any(values):
                found[name] = round(total) if name == "charge" else abs(round(total))
        return found

    def _fields(self, row: str, source: str) -> list[str]:
        fields = row.split()
        if len(fields) < self.width:
            raise ValueError(f"{source} announces {self.width} columns, but one of its lines is {row!r}.")
        return fields


def read_columns(properties: str, source: str) -> Columns:
    """Read `species:S:1:pos:R:3:...`.

    Args:
        properties: The value of `Properties` in the comment.
        source: The file, for messages.

    Raises:
        ValueError: If there are no columns for the element and the coordinates.
    """
    parts = properties.split(":")
    first: dict[str, int] = {}
    width = 0
    for name, count in zip(parts[0::3], parts[2::3], strict=False):
        first[name.lower()] = width
        width += int(count) if count.isdecimal() else 0
    if not {"species", "z"} & set(first) or "pos" not in first:
        raise ValueError(f"{source} announces the columns {properties!r}, which lack species or pos.")
    if "masses" in first:
        warnings.warn(
            f"The column masses of {source} is not read: write isotopes as D or C@13 in the column of elements, or "
            "give masses= to vibrations.",
            stacklevel=2,
        )
    return Columns(first, width)
