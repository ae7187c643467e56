"""Z-matrices: each atom by its distance, angle and dihedral angle to atoms before it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from chemistry.geometry.atom_lists import CHARGE_AND_MULTIPLICITY, split_comment
from chemistry.geometry.atoms import atom_at, parse_number, unit_length
from chemistry.geometry.comments import read_comment
from chemistry.geometry.geometries import Geometry, geometry_of, unit_meant
from chemistry.geometry.labels import read_label

# Three atoms this near to a line span no plane from which a dihedral angle could be measured.
_LINEAR = math.sin(math.radians(0.01))

_DUMMY = re.compile(r"X{1,2}\d*", re.IGNORECASE)
_SECTION = re.compile(r"(variables|constants)\s*:?", re.IGNORECASE)


@dataclass(frozen=True)
class _Row:
    """A line of the matrix: the number of each atom before it that it refers to, and the values."""

    line: str
    label: str
    references: tuple[int, ...]
    values: tuple[float, ...]  # distance, angle in degrees, dihedral angle in degrees


def parse_z_matrix(text: str, *, unit: str | None = None) -> Geometry:
    """Read a Z-matrix: `O; H 1 0.96; H 1 0.96 2 104.5`, one atom per line, angles in degrees.

    A line is an element, then up to three pairs of an atom before it (by number from 1, or by a label such as `C1`) and
    a value: the distance to the first, the angle with the second, the dihedral angle with the third. A value may be the
    name of a variable, with a minus sign perhaps; variables follow the atoms as `r = 0.96` or `r 0.96`, under the
    heading `Variables:` or after an empty line. Atoms X help to place others and are left out. A `#` or `!` begins a
    comment, which may state charge, spin and unit as in `chemistry.geometry.parse_geometry`; a first line of two whole
    numbers is charge and multiplicity.

    Args:
        text: The matrix, its lines separated by new lines or semicolons.
        unit: Of distances: `angstrom` or `bohr`; None: what a comment says, or else angstrom.

    Returns:
        The geometry, the first atom at the origin, the second on the z axis and the third in the xz plane.

    Raises:
        ValueError: If the text cannot be read, a variable is missing or not used, or a plane that a dihedral angle
            needs is undefined.
    """
    lines, variables, comment = _sections(text)
    statement = read_comment(comment, "the Z-matrix")
    scale = unit_length(unit_meant(unit, statement.unit, "the Z-matrix"))
    unused = set(variables)
    rows: list[_Row] = []
    for line in lines:
        rows.append(_parse_row(line, rows, variables, unused))
    if unused:
        raise ValueError(f"The Z-matrix gives {_listed(unused)} a value but does not use it.")
    positions: list[np.ndarray] = []
    for row in rows:
        positions.append(_place(row, positions))
    atoms = tuple(
        atom_at(row.label, scale * position)
        for row, position in zip(rows, positions, strict=True)
        if not _DUMMY.fullmatch(row.label)
    )
    if not atoms:
        raise ValueError("The Z-matrix names no atom: write it as 'O; H 1 0.96; H 1 0.96 2 104.5'.")
    return geometry_of(atoms, comment, "the Z-matrix", statement=statement, unit=unit)


def _sections(text: str) -> tuple[list[str], dict[str, float], str]:
    """The lines that are atoms, the values of variables, and what comments and a first line of two numbers say."""
    parts = [split_comment(line) for line in text.strip().replace(";", "\n").splitlines()]
    lines, comments = [row for row, _ in parts], [comment for _, comment in parts]
    while lines and not lines[0]:
        lines.pop(0)
    pair = CHARGE_AND_MULTIPLICITY.fullmatch(lines[0]) if lines else None
    if pair:
        comments.append(f"charge={pair[1]} multiplicity={pair[2]}")
        lines.pop(0)
    atoms: list[str] = []
    variables: dict[str, float] = {}
    in_atoms = True
    for line in lines:
        if not line or _SECTION.fullmatch(line):
            in_atoms = False
        elif in_atoms and "=" not in line:
            atoms.append(line)
        else:
            in_atoms = False
            name, value = _parse_variable(line)
            if name in variables:
                raise ValueError(f"The Z-matrix gives the variable {name!r} twice.")
            variables[name] = value
    return atoms, variables, "; ".join(filter(None, comments))


def _parse_variable(line: str) -> tuple[str, float]:
    fields = line.replace("=", " ").split()
    message = f"After the atoms of a Z-matrix come variables, as in 'r = 0.96', but {line!r} was given."
    if len(fields) != 2 or not re.fullmatch(r"[A-Za-z_]\w*", fields[0]):
        raise ValueError(message)
    try:
        value = parse_number(fields[1])
    except ValueError:
        raise ValueError(message) from None
    if not math.isfinite(value):
        raise ValueError(message)
    return fields[0], value


def _parse_row(line: str, before: list[_Row], variables: dict[str, float], unused: set[str]) -> _Row:
    fields = line.replace(",", " ").split()
    if not _DUMMY.fullmatch(fields[0]):
        read_label(fields[0])
    if len(fields) == 8:
        # Gaussian's mark for the meaning of the third value: 0 for a dihedral angle.
        if fields[7] != "0":
            raise ValueError(f"{line!r} ends in two angles: a Z-matrix is read with an angle and a dihedral angle.")
        del fields[7]
    n_pairs = min(len(before), 3)
    if len(fields) != 1 + 2 * n_pairs:
        names = ("distance", "angle", "dihedral angle")[:n_pairs]
        wanted = "an element alone" if not names else "an element and an earlier atom with each of " + ", ".join(names)
        raise ValueError(f"Line {len(before) + 1} of a Z-matrix is {wanted}, but {line!r} was given.")
    references = tuple(_reference(field, line, before) for field in fields[1::2])
    if len(set(references)) < len(references):
        raise ValueError(f"{line!r} refers to the same atom twice: distance, angle and dihedral need different ones.")
    values = tuple(_value(field, line, variables, unused) for field in fields[2::2])
    if values and values[0] <= 0:
        raise ValueError(f"A distance in a Z-matrix is positive, but {line!r} has {values[0]:g}.")
    if len(values) > 1 and not 0 <= values[1] <= 180:
        raise ValueError(f"An angle in a Z-matrix is between 0 and 180 degrees, but {line!r} has {values[1]:g}.")
    return _Row(line, fields[0], references, values)


def _reference(field: str, line: str, before: list[_Row]) -> int:
    if field.isdecimal() and 1 <= int(field) <= len(before):
        return int(field) - 1
    matches = [index for index, row in enumerate(before) if row.label == field]
    if len(matches) == 1:
        return matches[0]
    reason = "is the label of several atoms" if matches else "is no atom before it"
    raise ValueError(f"{line!r} refers to {field!r}, which {reason}: count atoms from 1, dummies included.")


def _value(field: str, line: str, variables: dict[str, float], unused: set[str]) -> float:
    name = field.lstrip("+-")
    if name in variables and len(field) - len(name) <= 1:
        unused.discard(name)
        return -variables[name] if field[0] == "-" else variables[name]
    try:
        value = parse_number(field)
    except ValueError:
        raise ValueError(f"{line!r} uses {field!r}, which is neither a number nor a variable with a value.") from None
    if not math.isfinite(value):
        raise ValueError(f"The values of a Z-matrix are finite, but {line!r} has {field}.")
    return value


def _place(row: _Row, positions: list[np.ndarray]) -> np.ndarray:
    """Where a row's atom is, in the unit of its distance, given all before it."""
    if not row.values:
        return np.zeros(3)
    first = positions[row.references[0]]
    distance = row.values[0]
    if len(row.values) == 1:
        return first + np.array([0.0, 0.0, distance])
    second = positions[row.references[1]]
    angle = math.radians(row.values[1])
    axis = _direction(second - first, row)
    if len(row.values) == 2:
        # Two atoms on the z axis: the third goes to its side, towards positive x.
        across, twist = np.array([1.0, 0.0, 0.0]), 0.0
    else:
        third = positions[row.references[2]]
        twist = math.radians(row.values[2])
        outward = third - second
        across = outward - axis * (axis @ outward)
        if np.linalg.norm(across) < _LINEAR * np.linalg.norm(outward) or not outward.any():
            if math.sin(angle) < _LINEAR:
                # On the line itself the dihedral angle has no effect.
                return first + axis * distance * math.cos(angle)
            raise ValueError(
                f"The dihedral angle of {row.line!r} is undefined, since the three atoms that it refers to lie on a "
                "line: refer to others, or place a dummy atom X beside the line."
            )
        across = across / np.linalg.norm(across)
    sideways = np.cross(across, axis)
    plane = across * math.cos(twist) + sideways * math.sin(twist)
    return first + distance * (axis * math.cos(angle) + plane * math.sin(angle))


def _direction(vector: np.ndarray, row: _Row) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    if length < 1e-8:
        raise ValueError(f"{row.line!r} refers to two atoms in the same place.")
    return vector / length


def _listed(names: set[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
