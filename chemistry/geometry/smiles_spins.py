"""What a SMILES string says of unpaired electrons, and what it cannot: the spin of open d and f shells."""

from __future__ import annotations

from typing import Any

_METALS = frozenset({*range(21, 31), *range(39, 49), *range(57, 81), *range(89, 113)})  # of the d and f block

# Electrons around a metal that make a closed shell: noble gases, full d shells, those with s2, a full f shell.
_CLOSED_SHELLS = frozenset({18, 28, 30, 36, 46, 48, 54, 68, 78, 80, 86})
_OPEN_ATOMS = frozenset({28, 68, 78})  # nickel, erbium and platinum themselves have other configurations

_CORES = (2, 10, 18, 28, 36, 46, 54, 78, 86)  # electrons beneath the valence s and p shell of a main-group atom
_FULL_D_SHELLS = (28, 46, 78)
_CHALCOGENS = frozenset({8, 16, 34, 52})


def spin_of(molecule: Any) -> int | None:
    """The unpaired electrons of the radical centers, all parallel; None if a metal has an open d or f shell.

    An atom or ion alone has those of its ground state, by Hund's rule.

    Args:
        molecule: RDKit's, with all hydrogens.
    """
    counts = [_unpaired(atom) for atom in molecule.GetAtoms()]
    return None if None in counts else sum(count for count in counts if count is not None)


def other_ground_state(molecule: Any, spin: int) -> int | None:
    """The unpaired electrons of the ground state, where it is known to have other than `spin`; None elsewhere.

    Known are the diatomics of oxygen's group, whose ground states are triplets although their structures have a double
    bond (Huber and Herzberg, Constants of Diatomic Molecules (1979)).

    Args:
        molecule: RDKit's, with all hydrogens.
        spin: What the string says.
    """
    atoms = list(molecule.GetAtoms())
    is_known = len(atoms) == 2 and all(
        atom.GetAtomicNum() in _CHALCOGENS and not atom.GetFormalCharge() for atom in atoms
    )
    return 2 if is_known and spin != 2 else None


def hund_spin(number: int, charge: int) -> int:
    """Unpaired electrons of a main-group atom or ion whose valence electrons are s and p.

    Args:
        number: The element.
        charge: In units of the elementary charge.
    """
    # The d and f shells beneath the valence shell stay full in an ion: the core is the neutral atom's, where that fits.
    below = [core for core in _CORES if core < number and (core not in _FULL_D_SHELLS or number > core + 2)]
    valence = number - charge - max(below, default=0)
    if not 0 <= valence <= 8:
        valence = number - charge - max((core for core in _CORES if core <= number - charge), default=0)
    return valence % 2 if valence <= 2 else valence - 2 if valence <= 5 else 8 - valence


def _unpaired(atom: Any) -> int | None:
    number, charge = atom.GetAtomicNum(), atom.GetFormalCharge()
    if number in _METALS:
        # Each bond takes an electron away: what is left is that of the oxidation state.
        left = number - charge - atom.GetTotalValence()
        is_closed = left in _CLOSED_SHELLS and not (left == number and number in _OPEN_ATOMS)
        return 0 if is_closed else None
    return hund_spin(number, charge) if not atom.GetDegree() else int(atom.GetNumRadicalElectrons())
