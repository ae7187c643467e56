"""The xyz format: the number of atoms, a comment, one atom per line in angstrom; then perhaps further frames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from chemistry.geometry.atoms import Atom, check_atoms, parse_atom
from chemistry.geometry.text_files import read_text

_ENTRY = re.compile(r"""(\w+)=(?:"([^"]*)"|(\S+))""")  # of an extended file's comment: name=value or name="values"


def read_xyz(path: str | Path, *, frame: int | None = None) -> tuple[Atom, ...]:
    """Read a molecule from an xyz file, plain or extended, in angstrom.

    Elements may be symbols or atomic numbers, and Fortran's exponents are understood. Columns after the coordinates
    are not looked at; where the comment of an extended file says in which columns things are, it is followed.

    Args:
        path: The file.
        frame: Which of several frames, counted from 1, or from the end with -1 for the last; None: the file has one.

    Raises:
        ValueError: If there is no such file or frame, it is not an xyz file, it is a crystal, or it has several frames
            and none is asked for.
    """
    frames = read_xyz_frames(path)
    count = f"{path} has {len(frames)} frame{'s' if len(frames) > 1 else ''}"
    if frame is None:
        if len(frames) > 1:
            raise ValueError(f"{count}: say which is meant, from frame=1 for the first to frame=-1 for the last.")
        return frames[0]
    if isinstance(frame, bool) or not isinstance(frame, int) or not 1 <= abs(frame) <= len(frames):
        raise ValueError(f"{count}, counted from 1, or from -1 at the end, but frame={frame!r} was asked for.")
    return frames[frame - 1 if frame > 0 else frame]


def read_xyz_frames(path: str | Path) -> tuple[tuple[Atom, ...], ...]:
    """Read all frames of an xyz file: a trajectory, or a reaction path.

    Raises:
        ValueError: As for `read_xyz`.
    """
    return _parse_frames(read_text(path, "xyz file"), str(path), "angstrom")


def parse_xyz(text: str, *, unit: str = "angstrom") -> tuple[Atom, ...]:
    """Read the text of an xyz file that has one frame.

    Args:
        text: The number of atoms, a comment, one atom per line.
        unit: Of the coordinates, for programs that write bohr: `angstrom` or `bohr`.

    Raises:
        ValueError: If it is something else.
    """
    frames = _parse_frames(text, "the text", unit)
    if len(frames) > 1:
        raise ValueError(f"The text has {len(frames)} frames, but one molecule was expected.")
    return frames[0]


def xyz_text(atoms: Sequence[Atom], *, comment: str = "") -> str:
    """The text of an xyz file, in angstrom to twelve decimals.

    Args:
        atoms: The molecule.
        comment: One line.

    Raises:
        ValueError: If the comment is not one line.
    """
    if len(comment.splitlines()) > 1:
        raise ValueError(f"The comment of an xyz file is one line, but {comment!r} was given.")
    rows = (f"{atom.symbol:<2}" + "".join(f" {value:18.12f}" for value in atom.position) for atom in atoms)
    return "\n".join([str(len(atoms)), comment, *rows]) + "\n"


def _parse_frames(text: str, source: str, unit: str) -> tuple[tuple[Atom, ...], ...]:
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    frames: list[tuple[Atom, ...]] = []
    start = 0
    while start < len(lines) or not frames:
        header = lines[start] if lines else ""
        if not header.isdecimal():
            if not frames:
                begins = f"begins with {header!r}" if header else "begins with a blank line" if lines else "is empty"
                raise ValueError(f"The first line of an xyz file is the number of atoms, but {source} {begins}.")
            raise ValueError(
                f"{source} announces {len(frames[-1])} atoms in frame {len(frames)} but goes on with {header!r}."
            )
        stop = start + 2 + int(header)
        body = lines[start + 2 : stop]
        if len(body) < int(header):
            raise ValueError(f"{source} announces {int(header)} atoms but lists {len(body)}.")
        if "" in body:
            blank = body.index("")
            raise ValueError(
                f"Line {start + 3 + blank} of {source} is blank, where atom {blank + 1} of {int(header)} was expected: "
                "delete the line."
            )
        atoms = tuple(_parse_rows(body, start + 3, "".join(lines[start + 1 : start + 2]), source, unit))
        check_atoms(atoms)
        frames.append(atoms)
        start = stop
        while start < len(lines) and not lines[start]:
            start += 1
    return tuple(frames)


def _parse_rows(rows: Sequence[str], first: int, comment: str, source: str, unit: str) -> list[Atom]:
    """The atoms of a frame, whose comment may say in which columns they are and whose first has a line's number."""
    entries = {key.lower(): quoted or plain for key, quoted, plain in _ENTRY.findall(comment)}
    if "lattice" in entries and "t" in entries.get("pbc", "T T T").lower():
        raise ValueError(f"{source} is a crystal: its comment gives a Lattice, and only molecules are treated.")
    columns, width = _columns(entries["properties"], source) if "properties" in entries else (None, 0)
    atoms = []
    for number, row in enumerate(rows, start=first):
        fields = row.split()
        if len(fields) < width:
            raise ValueError(f"{source} announces {width} columns, but one of its lines is {row!r}.")
        line = row if columns is None else " ".join(fields[column] for column in columns)
        try:
            atoms.append(parse_atom(line, unit=unit, extra_columns=columns is None))
        except ValueError as error:
            raise ValueError(f"Line {number} of {source}: {error}") from None
    return atoms


def _columns(properties: str, source: str) -> tuple[list[int], int]:
    """The columns of the element and of the coordinates by `species:S:1:pos:R:3:...`, and how many there are."""
    parts = properties.split(":")
    first: dict[str, int] = {}
    width = 0
    for name, count in zip(parts[0::3], parts[2::3], strict=False):
        first[name.lower()] = width
        width += int(count) if count.isdecimal() else 0
    element = first.get("species", first.get("z"))
    if element is None or "pos" not in first:
        raise ValueError(f"{source} announces the columns {properties!r}, which lack species or pos.")
    return [element, *(first["pos"] + axis for axis in range(3))], width
