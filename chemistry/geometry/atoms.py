"""Atoms: elements, positions, and what must hold for any set of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_PERIODS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr "
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu "
    "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr "
    "Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
ATOMIC_NUMBERS = {symbol: number for number, symbol in enumerate(_PERIODS.split(), start=1)}
_SYMBOLS = tuple(ATOMIC_NUMBERS)

# PySCF's value (CODATA 2010), so that a geometry given in bohr reaches the integrals unchanged.
ANGSTROM_PER_BOHR = 0.52917721092
_ANGSTROM_PER_UNIT = {"angstrom": 1.0, "bohr": ANGSTROM_PER_BOHR}

# Nuclei closer than this are a mistake in the input, not chemistry: the shortest bond there is, H2's, is 0.74 Å.
_SHORTEST_DISTANCE = 0.2

# Basis functions without a nucleus, as PySCF, Gaussian, ORCA and Psi4 write them.
_GHOST = re.compile(r"gh(ost)?\b.*|gh\(.*\)|bq|[a-z]{1,2}-bq|@[a-z]{1,2}\d*|[a-z]{1,2}:|x-[a-z]{1,2}\d*", re.IGNORECASE)


@dataclass(frozen=True)
class Atom:
    """One nucleus."""

    symbol: str
    position: tuple[float, float, float]  # angstrom

    @property
    def number(self) -> int:
        """Its nuclear charge."""
        return ATOMIC_NUMBERS[self.symbol]


def element_symbol(text: str) -> str:
    """The element that a person means by `Li`, `li`, `LI`, `3` or, as a label within a molecule, `Li2`.

    Raises:
        ValueError: If it is not an element; isotopes, dummy and ghost atoms are told why.
    """
    if text.isdecimal():
        if 1 <= int(text) <= len(_SYMBOLS):
            return _SYMBOLS[int(text) - 1]
        raise ValueError(f"{text!r} is not an element: its atomic number is 1 (H) to {len(_SYMBOLS)} (Og).")
    label = re.fullmatch(r"([A-Za-z]{1,2})\d*", text)
    symbol = label[1].capitalize() if label else text
    if symbol in ATOMIC_NUMBERS:
        return symbol
    if _GHOST.fullmatch(text):
        raise ValueError(f"{text!r} is a ghost atom, basis functions without a nucleus, which are not treated.")
    if symbol in ("D", "T"):
        raise ValueError(f"{text!r} is an isotope of hydrogen: write H, electrons do not see the difference.")
    if symbol == "X":
        raise ValueError("'X' is a dummy atom, which only a Z-matrix may have: leave it out.")
    raise ValueError(f"{text!r} is not an element: write its symbol, as in 'Li 0 0 0'.")


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


def atom_at(symbol: str, position: Sequence[float] | np.ndarray) -> Atom:
    """An atom at a position in angstrom, whose coordinates become plain numbers."""
    x, y, z = (float(value) for value in position)
    return Atom(symbol, (x, y, z))


def parse_atom(line: str, *, unit: str = "angstrom", extra_columns: bool = False) -> Atom:
    """Read an element and three coordinates.

    Args:
        line: Separated by blanks or commas.
        unit: `angstrom` or `bohr`.
        extra_columns: Whether more may follow, which is not looked at.

    Raises:
        ValueError: If it is anything else, or has what may be decimal commas.
    """
    fields = _fields(line)
    wanted = f"An atom is an element and three coordinates in {unit}"
    if len(fields) < 4:
        raise ValueError(f"{wanted}, but {line!r} was given.")
    symbol = element_symbol(fields[0])
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
    return atom_at(symbol, unit_length(unit) * np.array(position))


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
    """Refuse an empty molecule, what is not an atom, and nuclei on top of each other.

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
        if len(atom.position) != 3 or not np.isfinite(atom.position).all():
            raise ValueError(f"Atom {number} ({atom.symbol}) is at {atom.position}: give three finite numbers.")
    distances = distance_matrix(atoms)
    near = np.argwhere(np.triu(distances < _SHORTEST_DISTANCE, k=1))
    if len(near):
        first, second = near[0].tolist()
        raise ValueError(
            f"Atoms {first + 1} ({atoms[first].symbol}) and {second + 1} ({atoms[second].symbol}) are only "
            f"{distances[first, second]:.3f} angstrom apart: check the coordinates and their unit."
        )


def distance_matrix(atoms: tuple[Atom, ...]) -> np.ndarray:
    """Distances between all nuclei, in angstrom, shape (n_atoms, n_atoms)."""
    positions = np.array([atom.position for atom in atoms])
    return np.linalg.norm(positions[:, None] - positions[None, :], axis=2)


def chemical_formula(atoms: tuple[Atom, ...]) -> str:
    """The formula in Hill's order: carbon, hydrogen, then the alphabet (`C2H6O`)."""
    counts: dict[str, int] = {}
    for atom in atoms:
        counts[atom.symbol] = counts.get(atom.symbol, 0) + 1
    leading = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    ordered = leading + sorted(set(counts) - set(leading))
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] > 1 else "") for symbol in ordered)
