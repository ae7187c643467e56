"""The xyz format: the number of atoms, a comment, one atom per line in angstrom; then perhaps further frames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from chemistry.geometry.atom_lists import parse_atom_list
from chemistry.geometry.atoms import Atom, parse_atom
from chemistry.geometry.comments import Statement, read_comment
from chemistry.geometry.extended_columns import Columns, read_columns
from chemistry.geometry.geometries import Geometry, geometry_of, unit_meant
from chemistry.geometry.text_files import read_text

_ENTRY = re.compile(r"""(\w+)=(?:"([^"]*)"|(\S+))""")  # of an extended file's comment: name=value or name="values"

# The first line: `3`, `3 atoms`, `natoms = 3`, `Number of atoms: 3`, `3 bohr`, `3 # water`; what follows is a comment.
_HEADERS = (
    re.compile(r"(\d+)()"),
    re.compile(r"(\d+)\s+atoms?\b[\s,;:.]*(.*)", re.IGNORECASE),
    re.compile(r"(?:n_?atoms?|(?:number|no\.?|#) ?of atoms|atoms)\s*[=:]?\s*(\d+)[\s,;]*()", re.IGNORECASE),
    re.compile(r"(\d+)\s+([(\[]?(?:bohrs?|angstroms?|ang|å|au|a\.u\.)[)\]]?)", re.IGNORECASE),
    re.compile(r"(\d+)\s*[#!]+(.*)"),
)


def read_xyz(path: str | Path, *, frame: int | None = None, unit: str | None = None) -> Geometry:
    """Read a molecule from an xyz file, plain or extended.

    Elements may be symbols or atomic numbers with or without a label, isotopes (`D`, `C@13`) or ghosts (`Ghost-He`,
    `He-Bq`, `@He`), and Fortran's exponents are understood. The charge, the spin and the unit that the comment states
    are followed: see `chemistry.geometry.comments.read_comment`. Columns after the coordinates are not looked at; where
    the comment of an extended file says in which columns things are, it is followed. A file without a number of atoms
    is a list of atoms.

    Args:
        path: The file.
        frame: Which of several frames, counted from 1, or from the end with -1 for the last; None: the file has one.
        unit: Of the coordinates: `angstrom` or `bohr`; None: what the comment says, or else angstrom.

    Returns:
        The atoms, with the charge and the spin if the comment states them.

    Raises:
        ValueError: If there is no such file or frame, it is not an xyz file, it is a crystal, its comment contradicts
            the unit or itself, or it has several frames and none is asked for.
    """
    frames = read_xyz_frames(path, unit=unit)
    count = f"{path} has {len(frames)} frame{'s' if len(frames) > 1 else ''}"
    if frame is None:
        if len(frames) > 1:
            raise ValueError(f"{count}: say which is meant, from frame=1 for the first to frame=-1 for the last.")
        return frames[0]
    if isinstance(frame, bool) or not isinstance(frame, int) or not 1 <= abs(frame) <= len(frames):
        raise ValueError(f"{count}, counted from 1, or from -1 at the end, but frame={frame!r} was asked for.")
    return frames[frame - 1 if frame > 0 else frame]


def read_xyz_frames(path: str | Path, *, unit: str | None = None) -> tuple[Geometry, ...]:
    """Read all frames of an xyz file: a trajectory, or a reaction path.

    Raises:
        ValueError: As for `read_xyz`.
    """
    text, source = read_text(path, "xyz file"), str(path)
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise ValueError(f"An xyz file is the number of atoms, a comment and the atoms, but {path} is empty.")
    return _parse_frames(text, source, unit) if xyz_header(first) else (parse_atom_list(text, source, unit=unit),)


def parse_xyz(text: str, *, unit: str | None = None) -> Geometry:
    """Read the text of an xyz file that has one frame.

    Args:
        text: The number of atoms, a comment, one atom per line.
        unit: Of the coordinates: `angstrom` or `bohr`; None: what the comment says, or else angstrom.

    Raises:
        ValueError: If it is something else.
    """
    frames = _parse_frames(text, "the text", unit)
    if len(frames) > 1:
        raise ValueError(f"The text has {len(frames)} frames, but one molecule was expected.")
    return frames[0]


def xyz_text(atoms: Sequence[Atom], *, comment: str = "") -> str:
    """The text of an xyz file, in angstrom to twelve decimals; isotopes as `D` and `C@13`, ghosts as `Ghost-He`.

    Args:
        atoms: The molecule.
        comment: One line.

    Raises:
        ValueError: If the comment is not one line.
    """
    if len(comment.splitlines()) > 1:
        raise ValueError(f"The comment of an xyz file is one line, but {comment!r} was given.")
    rows = (f"{atom.label:<2}" + "".join(f" {value:18.12f}" for value in atom.position) for atom in atoms)
    return "\n".join([str(len(atoms)), comment, *rows]) + "\n"


def xyz_header(line: str) -> tuple[int, str] | None:
    """The number of atoms that a first line gives, and what it says besides; None if it is not such a line."""
    for pattern in _HEADERS:
        match = pattern.fullmatch(line.strip())
        if match:
            return int(match[1]), match[2].strip()
    return None


def _parse_frames(text: str, source: str, unit: str | None) -> tuple[Geometry, ...]:
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    frames: list[Geometry] = []
    start = next((number for number, line in enumerate(lines) if line), 0)
    while start < len(lines) or not frames:
        header = xyz_header(lines[start]) if start < len(lines) else None
        if header is None:
            if not frames:
                raise ValueError(f"The first line of an xyz file is the number of atoms, but {source} has none.")
            raise ValueError(
                f"{source} announces {len(frames[-1].atoms)} atoms in frame {len(frames)} but goes on with "
                f"{lines[start]!r}."
            )
        count, besides = header
        stop = start + 2 + count
        comment = "".join(lines[start + 1 : start + 2])
        if _is_atom(comment):
            raise ValueError(
                f"Line {start + 2} of {source} is an atom where a comment was expected: put a line, which may be "
                "blank, between the number of atoms and the first atom."
            )
        body = lines[start + 2 : stop]
        if len(body) < count:
            raise ValueError(f"{source} announces {count} atoms but lists {len(body)}.")
        if "" in body:
            blank = body.index("")
            raise ValueError(
                f"Line {start + 3 + blank} of {source} is blank, where atom {blank + 1} of {count} was expected: "
                "delete the line."
            )
        frames.append(_parse_frame(body, start + 3, f"{besides} {comment}".strip(), source, unit))
        start = stop
        while start < len(lines) and not lines[start]:
            start += 1
    return tuple(frames)


def _is_atom(comment: str) -> bool:
    try:
        parse_atom(comment)
    except ValueError:
        return False
    return True


def _parse_frame(rows: Sequence[str], first: int, comment: str, source: str, unit: str | None) -> Geometry:
    """A frame, whose comment may say in which columns the atoms are and whose first has a line's number."""
    entries = {key.lower(): quoted or plain for key, quoted, plain in _ENTRY.findall(comment)}
    if "lattice" in entries and "t" in entries.get("pbc", "T T T").lower():
        raise ValueError(f"{source} is a crystal: its comment gives a Lattice, and only molecules are treated.")
    columns = read_columns(entries["properties"], source) if "properties" in entries else None
    said = read_comment(comment, source)
    length = unit_meant(unit, said.unit, source)
    atoms = []
    for number, row in enumerate(rows, start=first):
        line = row if columns is None else columns.atom(row, source)
        try:
            atoms.append(parse_atom(line, unit=length, extra_columns=columns is None))
        except ValueError as error:
            raise ValueError(f"Line {number} of {source}: {error}") from None
    if columns is None:
        _check_numbers(rows, atoms, source)
    else:
        said = _with_columns(said, columns, rows, source)
    return geometry_of(atoms, comment, source, statement=said, unit=unit)


def _check_numbers(rows: Sequence[str], atoms: Sequence[Atom], source: str) -> None:
    """Refuse the atomic number before the coordinates, as GAMESS has it, which would be read as the first of them."""
    fields = [row.replace(",", " ").split() for row in rows]
    if len(rows) > 1 and all(
        len(row) == 5 and _number(row[1]) == atom.number and _number(row[4]) is not None
        for row, atom in zip(fields, atoms, strict=True)
    ):
        raise ValueError(
            f"Each line of {source} has the atomic number between the element and the coordinates: delete that column."
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _with_columns(said: Statement, columns: Columns, rows: Sequence[str], source: str) -> Statement:
    """What the comment says, and columns of charges and of magnetic moments by their sums."""
    sums = columns.sums(rows, source)
    for name, value in sums.items():
        stated = getattr(said, name)
        if stated is not None and stated != value:
            raise ValueError(f"The comment of {source} gives the {name} as {stated}, but a column adds up to {value}.")
    return replace(said, charge=sums.get("charge", said.charge), spin=sums.get("spin", said.spin))
