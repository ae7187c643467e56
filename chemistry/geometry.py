"""Where the nuclei are: geometry strings, xyz files, and the checks that both pass through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_PERIODS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr "
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu "
    "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn"
)
ATOMIC_NUMBERS = {symbol: number for number, symbol in enumerate(_PERIODS.split(), start=1)}

# Nuclei closer than this are a mistake in the input, not chemistry: the shortest bond there is, H2's, is 0.74 Å.
_SHORTEST_DISTANCE = 0.2


@dataclass(frozen=True)
class Atom:
    """One nucleus."""

    symbol: str
    position: tuple[float, float, float]  # angstrom

    @property
    def number(self) -> int:
        """Its nuclear charge."""
        return ATOMIC_NUMBERS[self.symbol]


def parse_geometry(text: str) -> tuple[Atom, ...]:
    """Read `"Li 0 0 0; H 0 0 1.6"`: atoms separated by semicolons or new lines, coordinates in angstrom.

    Raises:
        ValueError: If a line is not an element and three finite numbers, or two atoms coincide.
    """
    if text.strip().endswith(".xyz"):
        raise ValueError(f"A geometry is atoms and coordinates, got {text!r}: read a file with Molecule.from_xyz.")
    lines = [line.strip() for line in text.replace(";", "\n").splitlines()]
    atoms = tuple(_parse_atom(line) for line in lines if line)
    check_atoms(atoms)
    return atoms


def read_xyz(path: str | Path) -> tuple[Atom, ...]:
    """Read an xyz file: the number of atoms, a comment, then one atom per line in angstrom.

    Raises:
        ValueError: If there is no such file, or it is not an xyz file.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"No geometry file at {path}: give the path of an xyz file.")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file: an xyz file was expected.") from None
    if not lines or not lines[0].strip().isdigit():
        first = lines[0].strip() if lines else ""
        raise ValueError(f"The first line of an xyz file is the number of atoms, but {path} begins with {first!r}.")
    n_atoms = int(lines[0])
    body = [line.strip() for line in lines[2:]]
    while body and not body[-1]:
        body.pop()
    if len(body) != n_atoms:
        raise ValueError(f"{path} announces {n_atoms} atoms but lists {len(body)}.")
    atoms = tuple(_parse_atom(line) for line in body)
    check_atoms(atoms)
    return atoms


def check_atoms(atoms: tuple[Atom, ...]) -> None:
    """Refuse an empty molecule and nuclei on top of each other.

    Raises:
        ValueError: In either case.
    """
    if not atoms:
        raise ValueError("The geometry names no atom: write it as 'Li 0 0 0; H 0 0 1.6', in angstrom.")
    distances = distance_matrix(atoms)
    for second in range(len(atoms)):
        for first in range(second):
            if distances[first, second] < _SHORTEST_DISTANCE:
                raise ValueError(
                    f"Atoms {first + 1} ({atoms[first].symbol}) and {second + 1} ({atoms[second].symbol}) are only "
                    f"{distances[first, second]:.3f} angstrom apart: check the coordinates, which are in angstrom."
                )


def distance_matrix(atoms: tuple[Atom, ...]) -> np.ndarray:
    """Distances between all nuclei, in angstrom, shape (n_atoms, n_atoms)."""
    positions = np.array([atom.position for atom in atoms])
    return np.linalg.norm(positions[:, None] - positions[None, :], axis=2)


def stretch_bond(atoms: tuple[Atom, ...], bond: tuple[int, int], length: float) -> tuple[Atom, ...]:
    """Set the distance between two atoms by moving the second one's side of the molecule along the bond.

    The side that moves is everything nearer to the second atom than to the first, so a bond inside a ring is
    stretched by pulling the two halves apart.

    Args:
        atoms: The molecule.
        bond: The two atoms, counted from 1 as in the file.
        length: The new distance, angstrom.

    Raises:
        ValueError: If the bond does not name two different atoms, or the length is not a positive number.
    """
    first, second = bond
    if first == second or not all(1 <= index <= len(atoms) for index in bond):
        raise ValueError(
            f"A bond is two different atoms counted from 1 to {len(atoms)}, but {first} and {second} were given."
        )
    if not (math.isfinite(length) and length > 0):
        raise ValueError(f"A bond length is a positive number of angstrom, but {length} was given.")
    positions = np.array([atom.position for atom in atoms])
    axis = positions[second - 1] - positions[first - 1]
    current = float(np.linalg.norm(axis))
    distances = distance_matrix(atoms)
    moves = distances[second - 1] < distances[first - 1]
    positions[moves] += axis / current * (length - current)
    stretched = tuple(
        Atom(atom.symbol, (float(x), float(y), float(z))) for atom, (x, y, z) in zip(atoms, positions, strict=True)
    )
    check_atoms(stretched)
    return stretched


def chemical_formula(atoms: tuple[Atom, ...]) -> str:
    """The formula in Hill's order: carbon, hydrogen, then the alphabet (`C2H6O`)."""
    counts: dict[str, int] = {}
    for atom in atoms:
        counts[atom.symbol] = counts.get(atom.symbol, 0) + 1
    leading = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    ordered = leading + sorted(set(counts) - set(leading))
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] > 1 else "") for symbol in ordered)


def _parse_atom(line: str) -> Atom:
    fields = line.replace(",", " ").split()
    if len(fields) < 4:
        raise ValueError(f"An atom is an element and three coordinates in angstrom, but {line!r} was given.")
    symbol = fields[0].capitalize()
    if symbol not in ATOMIC_NUMBERS:
        raise ValueError(f"{fields[0]!r} is not an element: write its symbol, as in 'Li 0 0 0'.")
    try:
        x, y, z = (float(field) for field in fields[1:4])
    except ValueError:
        raise ValueError(f"An atom is an element and three coordinates in angstrom, but {line!r} was given.") from None
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(f"Coordinates are finite numbers in angstrom, but {line!r} was given.")
    return Atom(symbol, (x, y, z))
