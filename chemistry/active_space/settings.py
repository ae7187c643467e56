"""Active spaces written as text, for the command line and for settings files."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import index
from typing import Any

from chemistry.active_space.advisor import Advised
from chemistry.active_space.avas import Avas
from chemistry.active_space.chosen_orbitals import ChosenOrbitals
from chemistry.active_space.method import ActiveSpaceMethod
from chemistry.active_space.natural_orbitals import NaturalOrbitals
from chemistry.active_space.window import NAMED_SPACES

_LONGEST_RANGE = 1000  # orbitals

# What may follow a method's name and a colon.
METHODS = {
    "orbitals": "chosen by number, counted from 1, as in orbitals:3-5,7",
    "avas": "made of atomic orbitals, as in avas:O 2p,H 1s or avas:C 2p pi",
    "mp2-natural": "MP2 natural orbitals, by number or occupation, as in mp2-natural:6,6 or mp2-natural:0.02",
    "advised": "the advisor's choice, with the most orbitals that it may take, as in advised:8",
}


def read_active_space(value: Any) -> tuple[int, int] | str | ActiveSpaceMethod | None:
    """What a caller gave as an active space: text is read, two whole numbers are taken in any form.

    Raises:
        ValueError: If it is nothing of the kind.
    """
    if value is None or (isinstance(value, ActiveSpaceMethod) and not isinstance(value, type)):
        return value
    if isinstance(value, str):
        return parse_active_space(value)
    try:
        n_electrons, n_orbitals = value
        return index(n_electrons), index(n_orbitals)
    except (TypeError, ValueError):
        raise ValueError(
            "An active space is two whole numbers (electrons, orbitals), text such as 'avas:O 2p', or a method such as "
            f"Avas('O 2p'), but {value!r} was given."
        ) from None


def parse_active_space(text: str) -> tuple[int, int] | str | ActiveSpaceMethod:
    """Read "(6,6)", "6,6", one of `NAMED_SPACES`, or one of `METHODS` with what follows it.

    Raises:
        ValueError: If it is none of them.
    """
    name = text.strip().lower().replace("_", "-")
    if name in NAMED_SPACES:
        return name
    pair = _pair(name)
    if pair is not None:
        return pair
    method, _, rest = text.partition(":")
    reader = _READERS.get(method.strip().lower().replace("_", "-"))
    if reader is None:
        names, methods = ", ".join(NAMED_SPACES), ", ".join(METHODS)
        raise ValueError(
            f"An active space is (electrons,orbitals), as in (6,6), or one of {names}, or begins with {methods} and a "
            f"colon, as in avas:O 2p, but {text!r} was given."
        )
    return reader(rest.strip(), text)


def _pair(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\(?\s*(\d+)\s*,\s*(\d+)\s*\)?", text)
    return None if match is None else (int(match[1]), int(match[2]))


def _orbitals(rest: str, text: str) -> ChosenOrbitals:
    numbers: list[int] = []
    for part in rest.split(","):
        match = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
        if match is None:
            raise _unreadable("orbitals", text)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < _LONGEST_RANGE:
            raise _unreadable("orbitals", text)
        numbers += range(first, last + 1)
    return ChosenOrbitals(tuple(numbers))


def _avas(rest: str, text: str) -> Avas:
    labels = tuple(label.strip() for label in rest.split(","))
    if not all(labels):
        raise _unreadable("avas", text)
    return Avas(labels)


def _natural(rest: str, text: str) -> NaturalOrbitals:
    if not rest:
        return NaturalOrbitals()
    pair = _pair(rest)
    if pair is not None:
        return NaturalOrbitals(*pair)
    try:
        threshold = float(rest)
    except ValueError:
        raise _unreadable("mp2-natural", text) from None
    return NaturalOrbitals(threshold=threshold)


def _advised(rest: str, text: str) -> Advised:
    if not rest:
        return Advised()
    if not rest.isdecimal():
        raise _unreadable("advised", text)
    return Advised(int(rest))


def _unreadable(method: str, text: str) -> ValueError:
    return ValueError(f"Active orbitals are {METHODS[method]}, but {text!r} was given.")


_READERS: dict[str, Callable[[str, str], ActiveSpaceMethod]] = {
    "orbitals": _orbitals,
    "avas": _avas,
    "mp2-natural": _natural,
    "advised": _advised,
}
