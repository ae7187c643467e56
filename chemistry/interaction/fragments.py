"""Fragments of a molecule: some of its atoms, alone or among the others' basis functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import TYPE_CHECKING

from chemistry.basis_sets import BasisSet

if TYPE_CHECKING:
    from chemistry.molecule import Molecule


@dataclass(frozen=True)
class Fragment:
    """A part of a molecule.

    Args:
        atoms: Their numbers, counted from 1.
        charge: In units of the elementary charge.
        spin: The number of unpaired electrons, 2S.
    """

    atoms: Sequence[int]
    charge: int = 0
    spin: int = 0

    def alone(self, molecule: Molecule) -> Molecule:
        """The fragment in its own basis functions, where it is in the molecule."""
        atoms = tuple(molecule.atoms[number - 1] for number in self.atoms)
        symbols = {atom.symbol for atom in atoms}
        return replace(
            molecule,
            geometry=atoms,
            unit="angstrom",
            basis=_for_symbols(molecule.basis, symbols),
            ecp=None if molecule.ecp is None else _potentials(molecule, symbols),
            charge=self.charge,
            spin=self.spin,
        )

    def among_ghosts(self, molecule: Molecule) -> Molecule:
        """The fragment in the basis functions of the whole molecule: the other atoms are ghosts."""
        chosen = set(self.atoms)
        atoms = tuple(
            atom if number in chosen else replace(atom, is_ghost=True, mass_number=None)
            for number, atom in enumerate(molecule.atoms, start=1)
        )
        return replace(molecule, geometry=atoms, unit="angstrom", charge=self.charge, spin=self.spin)


def check_fragments(molecule: Molecule, fragments: Iterable[Fragment | Sequence[int]]) -> tuple[Fragment, ...]:
    """The fragments of a molecule; a list of atoms is a neutral one without unpaired electrons.

    Raises:
        ValueError: If there are fewer than two, one has no nucleus, they do not divide the molecule's nuclei among
            them, or their charges and spins do not make up the molecule's.
    """
    found = tuple(_read(fragment, len(molecule.atoms)) for fragment in fragments)
    if len(found) < 2:
        raise ValueError(f"An interaction energy is between two or more fragments, but {len(found)} was given.")
    numbers = [number for fragment in found for number in fragment.atoms]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    nuclei = {number for number, atom in enumerate(molecule.atoms, start=1) if not atom.is_ghost}
    for wrong, trouble in ((twice, "given more than once"), (sorted(nuclei - set(numbers)), "in no fragment")):
        if wrong:
            verb = "is" if len(wrong) == 1 else "are"
            raise ValueError(
                f"Each atom of {molecule.formula} belongs to one fragment, but {', '.join(map(str, wrong))} {verb} "
                f"{trouble}."
            )
    for fragment in found:
        if not nuclei & set(fragment.atoms):
            raise ValueError(f"A fragment has a nucleus, but {list(fragment.atoms)} are ghosts: leave it out.")
    charge, spins = sum(fragment.charge for fragment in found), [fragment.spin for fragment in found]
    if charge != molecule.charge:
        raise ValueError(
            f"The charges of the fragments add up to {charge}, but the molecule has {molecule.charge}: give each its "
            "own, as in Fragment([1], charge=1)."
        )
    smallest = max(0, 2 * max(spins) - sum(spins))
    if not smallest <= molecule.spin <= sum(spins) or (sum(spins) - molecule.spin) % 2:
        raise ValueError(
            f"Fragments with {' and '.join(map(str, spins))} unpaired electrons cannot make a molecule with "
            f"{molecule.spin}: give each its own, as in Fragment([1], spin=1)."
        )
    return found


def _read(fragment: Fragment | Sequence[int], n_atoms: int) -> Fragment:
    given = fragment if isinstance(fragment, Fragment) else Fragment(fragment)
    try:
        atoms = tuple(index(number) for number in given.atoms)
    except TypeError:
        atoms = ()
    if not atoms or not all(1 <= number <= n_atoms for number in atoms):
        raise ValueError(f"A fragment is a list of atoms counted from 1 to {n_atoms}, but {given.atoms!r} was given.")
    return replace(given, atoms=atoms)


def _for_symbols(given: BasisSet, symbols: set[str]) -> BasisSet:
    """What is given for each element, without those that a fragment lacks."""
    if not isinstance(given, Mapping):
        return given
    kept = {*(symbol.lower() for symbol in symbols), "default"}
    return {name: value for name, value in given.items() if str(name).strip().lower() in kept}


def _potentials(molecule: Molecule, symbols: set[str]) -> BasisSet | None:
    """The core potentials of a fragment's elements, by element: one name for all may leave light ones as they are."""
    return {symbol: potential for symbol, potential in molecule.core_potentials.items() if symbol in symbols} or None
