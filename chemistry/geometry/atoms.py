"""Atoms: elements, positions, and what must hold for any set of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chemistry.geometry.elements import ATOMIC_NUMBERS
from chemistry.geometry.isotopes import isotope_mass
from chemistry.geometry.labels import read_label

# PySCF's value (CODATA 2010), so that a geometry given in bohr reaches the integrals unchanged.
ANGSTROM_PER_BOHR = 0.52917721092
_ANGSTROM_PER_UNIT = {"angstrom": 1.0, "bohr": ANGSTROM_PER_BOHR}

# Nuclei closer than this are a mistake in the input, not chemistry: the shortest bond there is, H2's, is 0.74 Å.
_SHORTEST_DISTANCE = 0.2

_OWN_SYMBOLS = {("H", 2): "D", ("H", 3): "T"}


@dataclass(frozen=True)
class Atom:
    """One nucleus, or a ghost: the basis functions of an element without a nucleus and electrons."""

    symbol: str
    position: tuple[float, float, float]  # angstrom
    mass_number: int | None = None
    """Of an isotope, which electrons do not see but vibrations do; None: the element as it occurs in nature."""
    is_ghost: bool = False

    @property
    def number(self) -> int:
        """Its nuclear charge; 0 for a ghost."""
        return 0 if self.is_ghost else ATOMIC_NUMBERS[self.symbol]

    @property
    def label(self) -> str:
        """What stands for it in files: `C`, `C@13`, `D`, `Ghost-He`."""
        if self.is_ghost:
            return f"Ghost-{self.symbol}"
        if self.mass_number is None:
            return self.symbol
        return _OWN_SYMBOLS.get((self.symbol, self.mass_number), f"{self.symbol}@{self.mass_number}")

    def moved_to(self, position: Sequence[float] | np.ndarray) -> Atom:
        """The same atom elsewhere, angstrom."""
        return replace(self, position=_plain(position))


def parse_number(text: str) -> float:
    """A number as people and Fortran write it: `1.5`, `15e-1`, `0.15D+01`.

    Raises:
        ValueError: As `float` does, without a sentence.
    """
    return float(text.replace("D", "e").replace("d", "e"))


def unit_length(unit: str) -> float:
    """A unit of length in angstrom.

    Raises:
        ValueError: If it is neither `angstrom` nor `bohr`.
    """
    name = unit.strip().lower() if isinstance(unit, str) else unit
    if name not in _ANGSTROM_PER_UNIT:
        raise ValueError(f"The unit of length is 'angstrom' or 'bohr', but {unit!r} was given.")
    return _ANGSTROM_PER_UNIT[name]


def atom_at(label: str, position: Sequence[float] | np.ndarray) -> Atom:
    """The atom that a label stands for, at a position in angstrom.

    Raises:
        ValueError: As for `read_label`, or if the position is not three numbers.
    """
    read = read_label(label)
    return Atom(read.symbol, _plain(position), read.mass_number, read.is_ghost)


def _plain(position: Sequence[float] | np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in position)
    return x, y, z


def parse_atom(line: str, *, unit: str = "angstrom", extra_columns: bool = False) -> Atom:
    """Read an atom, as `read_label` does, and three coordinates.

    Args:
        line: Separated by blanks or commas.
        unit: `angstrom` or `bohr`.
        extra_columns: Whether more may follow, which is not looked at.

    Raises:
        ValueError: If it is anything else, or has what may be decimal commas.
    """
    fields = _fields(line)
    if fields[1:2] == [":"]:  # a ghost, as ORCA's users write it
        fields = [fields[0] + ":", *fields[2:]]
    wanted = f"An atom is an element and three coordinates in {unit}"
    if len(fields) < 4:
        raise ValueError(f"{wanted}, but {line!r} was given.")
    read_label(fields[0])
    if len(fields) > 4 and not extra_columns:
        raise ValueError(
            f"{wanted}, but {line!r} has {len(fields) - 1} of them: separate atoms by semicolons or lines."
        )
    try:
        position = tuple(parse_number(field) for field in fields[1:4])
    except ValueError:
        raise ValueError(f"{wanted}, but {line!r} was given.") from None
    if not all(map(math.isfinite, position)):
        raise ValueError(f"Coordinates are finite numbers in {unit}, but {line!r} was given.")
    return atom_at(fields[0], unit_length(unit) * np.array(position))


def _fields(line: str) -> list[str]:
    """The parts of a line, in which a comma that may be a decimal one is refused and not taken to separate numbers."""
    words = re.sub(r"\s*,\s+|\s+,", " ", f"{line} ").split()
    if not any("," in word for word in words[:4]):
        return words
    # Commas between coordinates are understood where nothing else separates them: 'H,0,0,0.7' or 'H 0,0,0.7'.
    fields = ",".join(words).split(",")
    separate = "," not in words[0] if len(words) == 2 else len(words) == 1
    if separate and (len(fields) <= 4 or "." in "".join(fields[1:4])):
        return fields
    raise ValueError(f"Decimals are written with points, as in 'H 0.0 0.0 0.74', but {line!r} was given.")


def check_atoms(atoms: tuple[Atom, ...]) -> None:
    """Refuse an empty molecule, what is not an atom, and nuclei or ghosts on top of each other.

    Raises:
        ValueError: In each of these cases.
    """
    if not atoms:
        raise ValueError("The geometry names no atom: write it as 'Li 0 0 0; H 0 0 1.6', in angstrom.")
    for number, atom in enumerate(atoms, start=1):
        if not isinstance(atom, Atom):
            raise ValueError(f"A geometry is a string or a sequence of Atom, but number {number} of it is {atom!r}.")
        if atom.symbol not in ATOMIC_NUMBERS:
            raise ValueError(f"Atom {number} has the symbol {atom.symbol!r}, which is not an element's.")
        if atom.mass_number is not None:
            if atom.is_ghost:
                raise ValueError(f"Atom {number} ({atom.label}) is a ghost, which has no mass number: leave it out.")
            isotope_mass(atom.symbol, atom.mass_number)
        if len(atom.position) != 3 or not np.isfinite(atom.position).all():
            raise ValueError(f"Atom {number} ({atom.symbol}) is at {atom.position}: give three finite numbers.")
    if all(atom.is_ghost for atom in atoms):
        raise ValueError("The geometry has ghost atoms only, which have no electrons: add an atom with a nucleus.")
    distances = distance_matrix(atoms)
    near = np.argwhere(np.triu(distances < _SHORTEST_DISTANCE, k=1))
    if len(near):
        first, second = near[0].tolist()
        raise ValueError(
            f"Atoms {first + 1} ({atoms[first].label}) and {second + 1} ({atoms[second].label}) are only "
            f"{distances[first, second]:.3f} angstrom apart: check the coordinates and their unit."
        )


def distance_matrix(atoms: tuple[Atom, ...]) -> np.ndarray:
    """Distances between all atoms, ghosts included, in angstrom, shape (n_atoms, n_atoms)."""
    positions = np.array([atom.position for atom in atoms])
    return np.linalg.norm(positions[:, None] - positions[None, :], axis=2)


def chemical_formula(atoms: tuple[Atom, ...]) -> str:
    """The formula in Hill's order: carbon, hydrogen, then the alphabet (`C2H6O`).

    Isotopes count as their elements, and ghosts not at all.
    """
    counts: dict[str, int] = {}
    for atom in atoms:
        if atom.is_ghost:
            continue
        counts[atom.symbol] = counts.get(atom.symbol, 0) + 1
    leading = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    ordered = leading + sorted(set(counts) - set(leading))
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] > 1 else "") for symbol in ordered)
