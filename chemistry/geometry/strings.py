"""Geometry strings: `"Li 0 0 0; H 0 0 1.6"`."""

from __future__ import annotations

from chemistry.geometry.atom_lists import parse_atom_list
from chemistry.geometry.atoms import unit_length
from chemistry.geometry.geometries import Geometry
from chemistry.geometry.xyz_files import parse_xyz, xyz_header


def parse_geometry(text: str, *, unit: str | None = None) -> Geometry:
    """Read `"Li 0 0 0; H 0 0 1.6"`: atoms separated by semicolons or new lines.

    An element may be given by its symbol or number, and bear a label (`C1`); isotopes are `D` and `C@13`, ghost atoms
    `Ghost-He`. A `#` begins a comment. Charge and spin may come with the atoms, in a comment or a line of its own
    (`charge=1 multiplicity=2`, or a first line `1 2`). The text of an xyz file, number of atoms and comment line
    included, is read as well.

    Args:
        text: The atoms.
        unit: Of the coordinates: `angstrom` or `bohr`; None: what the text says, or else angstrom.

    Raises:
        ValueError: If a line is not an element and three finite numbers, or two atoms coincide.
    """
    if unit is not None:
        unit_length(unit)
    if text.strip().lower().endswith(".xyz"):
        raise ValueError(f"A geometry is atoms and coordinates, got {text!r}: read a file with Molecule.from_xyz.")
    lines = text.strip().splitlines()
    if lines and xyz_header(lines[0]):
        return parse_xyz(text, unit=unit)
    return parse_atom_list(text, unit=unit)
