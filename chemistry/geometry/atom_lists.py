"""Atoms one after another, without their number: a geometry string, or a file that lacks its first two lines."""

from __future__ import annotations

import re

from chemistry.geometry.atoms import parse_atom
from chemistry.geometry.comments import read_comment
from chemistry.geometry.geometries import Geometry, geometry_of, unit_meant

CHARGE_AND_MULTIPLICITY = re.compile(r"([+-]?\d+)[\s,]+(\d+)")  # of a first line


def parse_atom_list(text: str, source: str = "the text", *, unit: str | None = None) -> Geometry:
    """Read atoms separated by semicolons or new lines, with charge, spin and unit in comments or lines of their own.

    Args:
        text: The atoms; `#` or `!` begins a comment, which ends with the line or at a semicolon. A first line of two
            whole numbers is charge and multiplicity.
        source: Where it is from, for messages.
        unit: Of the coordinates: `angstrom` or `bohr`; None: what the text says, or else angstrom.

    Raises:
        ValueError: If a line is neither an atom nor says something that is understood, or two atoms coincide.
    """
    rows: list[tuple[int, str]] = []
    comments: list[str] = []
    numbered = [(number, part) for number, line in enumerate(text.splitlines(), start=1) for part in line.split(";")]
    for number, part in numbered:
        row, comment = split_comment(part)
        comments.append(comment)
        pair = None if rows else CHARGE_AND_MULTIPLICITY.fullmatch(row)
        if pair:
            comments.append(f"charge={pair[1]} multiplicity={pair[2]}")
        elif row and _says_something(row, source):
            comments.append(row)
        elif row:
            rows.append((number, row))
    comment = "; ".join(filter(None, comments))
    statement = read_comment(comment, source)
    length = unit_meant(unit, statement.unit, source)
    found = []
    for number, row in rows:
        try:
            found.append(parse_atom(row, unit=length))
        except ValueError as error:
            where = "" if source == "the text" else f"Line {number} of {source}: "
            raise ValueError(f"{where}{error}") from None
    return geometry_of(found, comment, source, statement=statement, unit=unit)


def split_comment(line: str) -> tuple[str, str]:
    """What a line says before `#` or `!`, and its comment."""
    row, _, comment = line.replace("!", "#").partition("#")
    return row.strip(), comment.strip("# \t")


def _says_something(row: str, source: str) -> bool:
    """Whether a line that is not an atom states a charge, a spin or a unit."""
    if CHARGE_AND_MULTIPLICITY.fullmatch(row):
        return False
    try:
        parse_atom(row)
    except ValueError:
        said = read_comment(row, source)
        return any(value is not None for value in (said.charge, said.spin, said.unit, said.unclear_spin))
    return False
