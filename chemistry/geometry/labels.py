"""What stands for an atom in text: an element, an isotope, or a ghost that has an element's basis functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chemistry.geometry.elements import ATOMIC_NUMBERS, SYMBOLS
from chemistry.geometry.isotopes import isotope_mass

_HYDROGEN = {"D": 2, "T": 3}  # isotopes with symbols of their own
_ELEMENT = r"([A-Za-z]{1,2})(?:_?\d+|\(\d+\))?"  # with a number that tells atoms of an element apart

# PySCF and Gaussian 16 (Ghost-He, X-He), Gaussian (He-Bq), NWChem (bqHe), ORCA (He:), Psi4 (@He, Gh(He)), Jaguar (He@).
_GHOSTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:ghost|bq)[-_.:]?{_ELEMENT}",
        rf"(?:gh|x)[-_.:]{_ELEMENT}",
        rf"(?:ghost|gh|bq)\({_ELEMENT}\)",
        rf"{_ELEMENT}[-_](?:ghost|gh|bq)\d*",
        rf"{_ELEMENT}\((?:ghost|gh|bq)\)",
        rf"@{_ELEMENT}",
        rf"{_ELEMENT}[:@]",
    )
)
_NAMELESS_GHOST = re.compile(r"(?:ghost|gh|bq)[-_.:(]?\d*\)?|@\d*|x[-_.:]\d*", re.IGNORECASE)

_ISOTOPES = (
    re.compile(rf"{_ELEMENT}@(?P<mass>\d+)"),  # C@13
    re.compile(rf"{_ELEMENT}\(iso(?:tope)?=(?P<mass>\d+)\)", re.IGNORECASE),  # C(Iso=13), Gaussian
    re.compile(r"\^?(?P<mass>\d+)([A-Za-z]{1,2})"),  # 13C
    re.compile(r"\[(?P<mass>\d+)([A-Za-z]{1,2})\]"),  # [13C]
)


@dataclass(frozen=True)
class Label:
    """What a label says of its atom."""

    symbol: str
    mass_number: int | None = None
    is_ghost: bool = False


def read_label(text: str) -> Label:
    """The atom that a person means by `Li`, `li`, `3`, `Li2`, `Li(2)`, `D`, `C@13`, `13C`, `Ghost-He` or `He-Bq`.

    A number after the symbol tells atoms of an element apart and has no other meaning.

    Args:
        text: Without blanks.

    Raises:
        ValueError: If it is not an element, or an isotope that the table lacks; dummy atoms and ghosts that name no
            element are told why.
    """
    if text.isdecimal():
        if 1 <= int(text) <= len(SYMBOLS):
            return Label(SYMBOLS[int(text) - 1])
        raise ValueError(f"{text!r} is not an element: its atomic number is 1 (H) to {len(SYMBOLS)} (Og).")
    plain = re.fullmatch(_ELEMENT, text)
    symbol = plain[1].capitalize() if plain else ""
    if symbol in ATOMIC_NUMBERS:
        return Label(symbol)
    if symbol in _HYDROGEN:
        return Label("H", _HYDROGEN[symbol])
    if symbol == "X":
        raise ValueError("'X' is a dummy atom, which only a Z-matrix may have: leave it out.")
    label = _ghost(text) or _isotope(text)
    if label:
        return label
    if _NAMELESS_GHOST.fullmatch(text):
        raise ValueError(
            f"{text!r} is a ghost atom that names no element: write Ghost-He, with the element whose basis functions "
            "it has."
        )
    raise ValueError(
        f"{text!r} is not an element: write its symbol, as in 'Li 0 0 0', an isotope as C@13, a ghost atom as Ghost-Li."
    )


def _ghost(text: str) -> Label | None:
    for pattern in _GHOSTS:
        match = pattern.fullmatch(text)
        symbol = match[1].capitalize() if match else ""
        if symbol in _HYDROGEN:
            raise ValueError(f"{text!r} is a ghost atom, which has no nucleus and no mass: write Ghost-H.")
        if symbol in ATOMIC_NUMBERS:
            return Label(symbol, is_ghost=True)
    return None


def _isotope(text: str) -> Label | None:
    for pattern in _ISOTOPES:
        match = pattern.fullmatch(text)
        symbol = next(group for group in match.groups() if group.isalpha()).capitalize() if match else ""
        if match and symbol in ATOMIC_NUMBERS:
            isotope_mass(symbol, int(match["mass"]))
            return Label(symbol, int(match["mass"]))
    mass = re.fullmatch(rf"{_ELEMENT}@\d+\.\d*", text)
    if mass and mass[1].capitalize() in ATOMIC_NUMBERS:
        raise ValueError(
            f"{text!r} gives a mass: write the isotope with its mass number, as in H@2, and give exact masses as "
            "masses= to vibrations."
        )
    return None
