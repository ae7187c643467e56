"""Geometry strings: `"Li 0 0 0; H 0 0 1.6"`."""

from __future__ import annotations

from chemistry.geometry.atoms import Atom, check_atoms, parse_atom, unit_length
from chemistry.geometry.xyz_files import parse_xyz


def parse_geometry(text: str, *, unit: str = "angstrom") -> tuple[Atom, ...]:
    """Read `"Li 0 0 0; H 0 0 1.6"`: atoms separated by semicolons or new lines.

    An element may be given by its symbol or number, and bear a label (`C1`); a `#` begins a comment. The text of an xyz
    file, number of atoms and comment line included, is read as well.

    Args:
        text: The atoms.
        unit: Of the coordinates: `angstrom` or `bohr`.

    Raises:
        ValueError: If a line is not an element and three finite numbers, or two atoms coincide.
    """
    unit_length(unit)
    if text.strip().lower().endswith(".xyz"):
        raise ValueError(f"A geometry is atoms and coordinates, got {text!r}: read a file with Molecule.from_xyz.")
    whole = text.strip().splitlines()
    if whole and whole[0].strip().isdecimal():
        return parse_xyz("\n".join(whole), unit=unit)
    lines = [line.split("#")[0].strip() for line in text.replace(";", "\n").splitlines()]
    atoms = tuple(parse_atom(line, unit=unit) for line in lines if line)
    check_atoms(atoms)
    return atoms
