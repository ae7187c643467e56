"""A geometry as a text gives it: the atoms, and what the text says besides about charge and spin."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

from chemistry.geometry.atoms import Atom, check_atoms, unit_length
from chemistry.geometry.comments import Statement, charge_named, read_comment, spin_named, warn_of_bohr


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Atoms, and the charge and spin that came with them: one frame of an xyz file, or a geometry string."""

    atoms: tuple[Atom, ...]
    charge: int | None = None
    """Elementary charges; None: the text does not say."""
    spin: int | None = None
    """Unpaired electrons, 2S; None: the text does not say."""
    comment: str = field(default="", compare=False)
    """What the text holds besides atoms."""
    source: str = field(default="the text", compare=False, repr=False)
    """Where it is from, for messages."""
    statement: Statement = field(default_factory=Statement, compare=False, repr=False)
    """What the comment says, read."""

    def charge_and_spin(self, *, charge: int | None = None, spin: int | None = None) -> tuple[int, int]:
        """The charge and the unpaired electrons that are meant: a caller's, or else the text's, or else 0.

        A comment that says a state in words, such as `triplet`, is warned of and not followed.

        Args:
            charge: What the caller says, elementary charges.
            spin: What the caller says, unpaired electrons.

        Raises:
            ValueError: If the caller contradicts the text, or the text may mean different things and the caller does
                not say which.
        """
        for name, given, stated in (("charge", charge, self.charge), ("spin", spin, self.spin)):
            if None not in (given, stated) and given != stated:
                raise ValueError(
                    f"The comment of {self.source} says {_meaning(name, stated)}, but {name}={given!r} was given: "
                    f"leave {name} out, or correct the comment."
                )
        charge_said = self.charge if charge is None else charge
        spin_said = self.spin if spin is None else spin
        self._check_pair(charge_said, spin_said)
        unclear = self.statement.unclear_spin
        if unclear is not None and spin_said is None:
            raise ValueError(
                f"The comment of {self.source} says spin={unclear}, which may be S, 2S or 2S + 1: give spin=, the "
                "number of unpaired electrons, or write multiplicity= in the comment."
            )
        word = spin_named(self.comment)
        if word and spin_said is None and word[1] != 0:
            warnings.warn(
                f"The comment of {self.source} says {word[0]!r}, which is not read as its spin: 0 unpaired electrons "
                f"are assumed; give spin={word[1]}, or write multiplicity={word[1] + 1} in the comment.",
                stacklevel=4,
            )
        ion = charge_named(self.comment)
        if ion and charge_said is None:
            warnings.warn(
                f"The comment of {self.source} says {ion!r}, which is not read as its charge: 0 is assumed; give "
                "charge=, or write it in the comment as charge=1.",
                stacklevel=4,
            )
        return charge_said or 0, spin_said or 0

    def _check_pair(self, charge: int | None, spin: int | None) -> None:
        """Refuse a comment that begins as in `0 3 methylene`, where that would matter and electrons allow it."""
        pair = self.statement.pair
        if pair is None or (charge is not None and spin is not None):
            return
        meant = (pair[0] if charge is None else charge, pair[1] - 1 if spin is None else spin)
        electrons = sum(atom.number for atom in self.atoms) - meant[0]
        possible = electrons >= max(1, meant[1]) and (electrons - meant[1]) % 2 == 0
        if possible and meant != (charge or 0, spin or 0):
            raise ValueError(
                f"The comment of {self.source} begins with {pair[0]} {pair[1]}, which may be charge and multiplicity: "
                f"write charge={pair[0]} multiplicity={pair[1]} in it, or give charge= and spin=."
            )


def geometry_of(
    atoms: Iterable[Atom], comment: str, source: str, *, statement: Statement | None = None, unit: str | None = None
) -> Geometry:
    """A geometry whose comment is read, its atoms checked.

    Args:
        atoms: In angstrom.
        comment: What the text holds besides them.
        source: Where it is from, for messages.
        statement: What the comment says, if it was read before.
        unit: That the caller gave.

    Raises:
        ValueError: If the atoms cannot be, or the comment contradicts itself.
    """
    found = tuple(atoms)
    check_atoms(found)
    said = read_comment(comment, source) if statement is None else statement
    if unit is None and said.unit is None:
        warn_of_bohr(comment, source)
    return Geometry(
        atoms=found, charge=said.charge, spin=said.spin, comment=comment.strip(), source=source, statement=said
    )


def unit_meant(given: str | None, stated: str | None, source: str) -> str:
    """The unit of length: the caller's, or else the text's, or else angstrom.

    Raises:
        ValueError: If the caller contradicts the text, or the unit is neither `angstrom` nor `bohr`.
    """
    if given is not None:
        length = unit_length(given)
        if stated is not None and length != unit_length(stated):
            raise ValueError(
                f"The comment of {source} says that coordinates are in {stated}, but unit={given!r} was given: leave "
                "unit out, or correct the comment."
            )
        return given
    return stated or "angstrom"


def _meaning(name: str, value: int | None) -> str:
    return f"charge {value}" if name == "charge" else f"{value} unpaired electron{'' if value == 1 else 's'}"
