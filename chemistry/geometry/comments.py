"""What a comment says about its molecule: the charge, the spin and the unit of length, in the forms programs write."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

_Value = TypeVar("_Value", int, str)

# Between a name and its value: `charge=1`, `charge: 1`, `charge 1`, `"charge": 1`, `charge of 1`.
_GAP = r"""["']?\s*(?:=|:|\bis\b|\bof\b)?\s*["']?\s*"""
_END = r"(?![\w.]|/\d)"
_SIGNED = rf"(\d+[+-]|[+-]?\d+(?:\.\d*)?){_END}"

# Charges of something else than the molecule.
_NOT_OF_ALL = r"(?<!nuclear )(?<!point )(?<!partial )(?<!atomic )(?<!formal )(?<!core )(?<!mulliken )(?<!lowdin )"
_CHARGE_NAME = rf"{_NOT_OF_ALL}\b(?:(?:total|net|molecular|system)[ _]?)?(?:charge|chrg)"
_CHARGE = re.compile(rf"{_CHARGE_NAME}{_GAP}{_SIGNED}")
_CHARGE_GIVEN = re.compile(rf"""{_CHARGE_NAME}["']?\s*=\s*(?!none\b)(\S+)""")

_NAMES = {
    "singlet": 1, "doublet": 2, "triplet": 3, "quartet": 4, "quintet": 5, "sextet": 6, "septet": 7, "octet": 8,
}  # fmt: skip
_MULTIPLICITY = re.compile(
    rf"(?:\b(?:spin[ _-]?)?(?:multiplicity|mult)|\b2s\s*\+\s*1){_GAP}(\d+(?:\.0*)?|{'|'.join(_NAMES)}){_END}"
)
_MULTIPLICITY_GIVEN = re.compile(r"""\b(?:spin[ _-]?)?(?:multiplicity|mult)["']?\s*=\s*(?!none\b)(\S+)""")

_COUNTS = {"no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4}
_UNPAIRED = (
    re.compile(rf"\b(\d+|{'|'.join(_COUNTS)})\s+unpaired\b"),
    re.compile(rf"\b(?:n_?|num_?)?(?:unpaired(?:[ _]electrons?)?|uhf|nopen){_GAP}(\d+){_END}"),
    re.compile(rf"\b2s\s*=\s*(\d+){_END}"),
)
_SPIN = re.compile(rf"(?<![\w-])(?:total[ _])?spin{_GAP}(\d+/2|\d+(?:\.\d*)?){_END}")

_LENGTHS = {
    **dict.fromkeys(("bohr", "bohrs", "au", "a.u.", "a.u", "atomic"), "bohr"),
    **dict.fromkeys(("angstrom", "angstroms", "ang", "angs", "å", "ångström", "ångstrom", "a"), "angstrom"),
}
_OTHER_LENGTHS = ("nm", "nanometer", "nanometers", "nanometre", "pm", "picometer", "picometers", "picometre", "meter")
_WORD = r"([a-zåö.]+)"
_UNIT = re.compile(rf"(?<!energy )\b(?:(?:length|position|coordinate)s?[ _])?units?{_GAP}{_WORD}")
_COORDINATES_IN = re.compile(rf"\b(?:coord\w*|geometry|positions?|xyz|cartesians?)\b[^.;,]*?\bin {_WORD}")
_IN_BRACKETS = re.compile(r"(?<!\d)(?<!\d )[(\[]\s*(?:in )?(bohrs?|angstroms?|ang|å)\s*[)\]]")
_BOHR_MENTIONED = re.compile(r"(?<![\w/*^])(?<!per )bohrs?\b(?!\s*[/*^])")

_MOST = 9  # a larger number than this is neither a charge nor a multiplicity
_PAIR = re.compile(r"\s*([+-]?\d+)[\s,;]+(\d+)(?=\s*$|[\s,;]+[^\s\d.+-])")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a comment says; None where it says nothing."""

    charge: int | None = None  # elementary charges
    spin: int | None = None  # unpaired electrons, 2S
    unit: str | None = None  # angstrom or bohr
    pair: tuple[int, int] | None = None  # it begins with two numbers that may be charge and multiplicity
    unclear_spin: str | None = None  # a spin of which it is not clear whether it is S, 2S or 2S + 1


def read_comment(comment: str, source: str) -> Statement:
    """Read what a comment says about charge, spin and unit.

    Understood are `charge=1`, `multiplicity=3`, `2 unpaired electrons`, `uhf=2`, `spin=1/2`, `units=bohr`, `(Bohr)`, in
    small or capital letters, with `=`, `:` or a blank. A comment that is two whole numbers and nothing else gives
    charge and multiplicity.

    Args:
        comment: One line, or several.
        source: What the comment is of, for messages: the name of a file.

    Raises:
        ValueError: If two parts of the comment contradict each other, or what follows `charge=` or `multiplicity=` is
            not a whole number.
    """
    text = comment.lower().replace("\u2212", "-")
    charges = [_whole(match[1], "charge", source) for match in _CHARGE.finditer(text)]
    for name, given, read in (("charge", _CHARGE_GIVEN, _CHARGE), ("multiplicity", _MULTIPLICITY_GIVEN, _MULTIPLICITY)):
        for match in given.finditer(text):
            if not read.match(text, match.start()):
                raise ValueError(f"The {name} in the comment of {source} is a whole number, but it is {match[1]!r}.")
    multiplicities = [_NAMES.get(value) or int(float(value)) for value in _MULTIPLICITY.findall(text)]
    if 0 in multiplicities:
        raise ValueError(f"The multiplicity in the comment of {source} is 2S + 1, at least 1, but it is 0.")
    spins = [multiplicity - 1 for multiplicity in multiplicities]
    spins += [_COUNTS[value] if value in _COUNTS else int(value) for one in _UNPAIRED for value in one.findall(text)]
    unclear_spin = None
    for value in _SPIN.findall(text):
        twice = _twice(value)
        if value.endswith("/2") or twice == 0 or twice % 2:
            spins.append(twice)
        else:
            unclear_spin = value
    charge, spin = _only(charges, "charge", source), _only(spins, "number of unpaired electrons", source)
    pair = _pair(text)
    if pair and len(re.split(r"[\s,;]+", text.strip())) == 2:
        charge, spin = pair[0], pair[1] - 1
    return Statement(
        charge=charge,
        spin=spin,
        unit=_only(_units(_without_statements(text), source), "unit of length", source),
        pair=pair if charge is None or spin is None else None,
        unclear_spin=unclear_spin if spin is None else None,
    )


def warn_of_bohr(comment: str, source: str) -> None:
    """Say so where a comment speaks of bohr without saying that coordinates are in it."""
    if _BOHR_MENTIONED.search(comment.lower()):
        warnings.warn(
            f"The comment of {source} mentions bohr, but does not say that the coordinates are in it: they are read in "
            "angstrom; if they are in bohr, write units=bohr.",
            stacklevel=2,
        )


def spin_named(comment: str) -> tuple[str, int] | None:
    """A word such as `triplet` in a comment, and the unpaired electrons that it means; None if it has none, or several.

    It may be of another state or another geometry, so it is not read as a statement.
    """
    words = {word for word in re.findall(r"[a-z]+", comment.lower()) if word in _NAMES}
    if len(words) != 1:
        return None
    (word,) = words
    return word, _NAMES[word] - 1


def charge_named(comment: str) -> str | None:
    """A word such as `cation` in a comment; None if it has none."""
    match = re.search(r"\b(?:di|tri|radical )?(?:cation|anion)\b", comment.lower())
    return match[0] if match else None


def _without_statements(text: str) -> str:
    """A comment whose charge and spin are left out, so that a bracket after them does not belong to their numbers."""
    for statement in (_CHARGE, _MULTIPLICITY, *_UNPAIRED, _SPIN):
        text = statement.sub(";", text)
    return text


def _pair(text: str) -> tuple[int, int] | None:
    """The two whole numbers with which a comment begins, if they can be a charge and a multiplicity."""
    match = _PAIR.match(text)
    charge, multiplicity = (int(match[1]), int(match[2])) if match else (0, 0)
    return (charge, multiplicity) if abs(charge) <= _MOST and 1 <= multiplicity <= _MOST else None


def _units(text: str, source: str) -> list[str]:
    words = [*_UNIT.findall(text), *_COORDINATES_IN.findall(text), *_IN_BRACKETS.findall(text)]
    whole = text.strip().strip("()[]").removeprefix("in ").strip()
    if whole in _LENGTHS and whole != "a":
        words.append(whole)
    for word in words:
        if word.rstrip(".") in _OTHER_LENGTHS:
            raise ValueError(
                f"Coordinates are in angstrom or bohr, but the comment of {source} says {word}: convert them."
            )
    return [_LENGTHS[word if word in _LENGTHS else word.rstrip(".")] for word in words if _is_length(word)]


def _is_length(word: str) -> bool:
    return word in _LENGTHS or word.rstrip(".") in _LENGTHS


def _whole(text: str, name: str, source: str) -> int:
    number = float(text[-1] + text[:-1] if text[-1] in "+-" else text)
    if number != int(number):
        raise ValueError(f"The {name} in the comment of {source} is a whole number, but it is {text}.")
    return int(number)


def _twice(text: str) -> int:
    """Twice a spin written as 1/2, 0.5 or 1; an even number where it is none of these."""
    if text.endswith("/2"):
        return int(text[:-2])
    doubled = 2 * float(text)
    return int(doubled) if doubled == int(doubled) else 2


def _only(values: Iterable[_Value], name: str, source: str) -> _Value | None:
    different = list(dict.fromkeys(values))
    if len(different) > 1:
        given = " and ".join(str(value) for value in different)
        raise ValueError(f"The comment of {source} gives the {name} as {given}: keep the one that is meant.")
    return different[0] if different else None
