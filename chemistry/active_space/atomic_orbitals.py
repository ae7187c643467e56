"""Atomic orbitals by name, and how much of a molecular orbital they make up."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.geometry import ATOMIC_NUMBERS

if TYPE_CHECKING:
    from pyscf import gto

_MINIMAL = "minao"
# From these nuclear charges on MINAO is made from cc-pVTZ-PP: it lacks so many inner shells of s, p, d and f, those of
# 28 electrons and of 60, and its first functions are of the shells above them.
_INNER_SHELLS = ((72, (4, 3, 2, 1)), (37, (3, 2, 1, 0)), (1, (0, 0, 0, 0)))
_LABEL = re.compile(
    r"(?:(?P<atom>\d+) ?)?(?P<element>[A-Za-z]{1,2}) (?P<shell>[1-7][spdf])(?: ?(?P<component>[a-z][\w^+-]*))?",
    re.IGNORECASE,
)
_BOND = 1.3  # times the sum of the covalent radii: so far apart atoms are neighbours
# Of an atom and its neighbours: how wide they lie, and how flat, for a plane to be theirs.
_WIDE, _FLAT = 0.1, 0.7


@dataclass(frozen=True)
class AtomicOrbitals:
    """The orbitals of one shell of one element's atoms, as a label names them."""

    atom: int | None  # counted from 1; None: all atoms of the element
    element: str
    shell: str  # such as 2p
    component: str  # such as z, pi, or nothing for the whole shell

    @classmethod
    def read(cls, label: str) -> AtomicOrbitals:
        """Read a label such as `O 2p`, `2 O 2p`, `C 2pz` or `C 2p pi`.

        Raises:
            ValueError: If it cannot be read.
        """
        match = _LABEL.fullmatch(" ".join(label.split()))
        if match is None:
            raise ValueError(
                f"An atomic orbital is named as in O 2p, 2 O 2p (the second atom), C 2pz or C 2p pi, "
                f"but {label!r} was given."
            )
        atom = None if match["atom"] is None else int(match["atom"])
        component = (match["component"] or "").lower()
        if component == "pi" and match["shell"][1].lower() != "p":
            raise ValueError(f"Only a p shell has a pi orbital, as in C 2p pi, but {label!r} was given.")
        return cls(atom, match["element"].capitalize(), match["shell"].lower(), component)

    def vectors(self, mol: gto.Mole, minimal: gto.Mole, atoms: Sequence[int]) -> list[np.ndarray]:
        """The orbitals over a minimal basis set, each of shape (n_minimal_functions,).

        Args:
            mol: The molecule.
            minimal: Some of its atoms in a minimal basis set.
            atoms: Which ones, counted from 0.
        """
        found: dict[int, list[int]] = {}
        for index, (place, symbol, shell, component) in enumerate(_names(minimal)):
            atom = atoms[place]
            if (
                self.element == symbol
                and shell == self.shell
                and self.atom in (None, atom + 1)
                and (self.component in ("", "pi") or component.lower() == self.component)
            ):
                found.setdefault(atom, []).append(index)
        vectors = []
        for atom, indices in found.items():
            directions = plane_normal(mol, atom)[None, :] if self.component == "pi" else np.eye(len(indices))
            for direction in directions:
                vector = np.zeros(minimal.nao)
                vector[indices] = direction
                vectors.append(vector)
        return vectors


def atomic_parts(mol: gto.Mole, labels: Sequence[str]) -> np.ndarray:
    """The overlaps of orthonormalised atomic orbitals with a molecule's basis functions.

    Multiplied by an orbital's coefficients they give its parts: the sum of their squares is how much of the orbital the
    atomic ones make up.

    Args:
        mol: The molecule.
        labels: Names of atomic orbitals; one that is named twice counts once.

    Returns:
        Shape (n_atomic_orbitals, n_basis_functions).

    Raises:
        ValueError: If the molecule has no such atomic orbitals.
    """
    from pyscf import gto

    wanted = [AtomicOrbitals.read(label) for label in labels]
    atoms = [atom for atom in range(mol.natm) if mol.atom_pure_symbol(atom) in {orbital.element for orbital in wanted}]
    minimal = _minimal_basis(mol, atoms)
    vectors = []
    for label, orbital in zip(labels, wanted, strict=True):
        named = orbital.vectors(mol, minimal, atoms)
        if not named:
            there = dict.fromkeys(f"{symbol} {shell}" for _, symbol, shell, _ in _names(minimal))
            elements = dict.fromkeys(mol.atom_pure_symbol(atom) for atom in range(mol.natm))
            what = f"it consists of {', '.join(elements)}"
            if there:
                what = f"of these elements there are {', '.join(there)}, those of a minimal basis set"
            raise ValueError(f"No atomic orbital of the molecule is called {label!r}: {what}.")
        vectors += named
    columns = np.array(vectors).T
    metric = columns.T @ minimal.intor_symmetric("int1e_ovlp") @ columns
    values, rotation = np.linalg.eigh(metric)
    # An orbital may be named twice, as part of its shell and by itself: the space counts, not the list.
    kept = values > 1e-8
    orthonormal = columns @ (rotation[:, kept] / np.sqrt(values[kept]))
    return orthonormal.T @ gto.intor_cross("int1e_ovlp", minimal, mol)


def _minimal_basis(mol: gto.Mole, atoms: Sequence[int]) -> gto.Mole:
    """Some of a molecule's atoms in a minimal basis set, with their inner shells whatever potentials stand for them."""
    from pyscf import gto

    minimal = gto.Mole(verbose=0)
    minimal.atom = [(mol.atom_pure_symbol(atom), mol.atom_coord(atom)) for atom in atoms]
    minimal.unit, minimal.basis, minimal.spin = "bohr", _MINIMAL, None
    for symbol in dict.fromkeys(mol.atom_pure_symbol(atom) for atom in atoms):
        try:
            with warnings.catch_warnings(action="ignore"):
                gto.basis.load(_MINIMAL, symbol)
        except Exception:
            raise ValueError(
                f"The minimal basis set that atomic orbitals are taken from, MINAO, has no {symbol}: "
                "choose the active space in another way."
            ) from None
    return minimal.build(False, False)


def _names(minimal: gto.Mole) -> list[tuple[int, str, str, str]]:
    """Atom from 0, element, shell and component of each function of the minimal basis set, as chemists count shells."""
    names = []
    for place, symbol, shell, component in minimal.ao_labels(fmt=None):
        inner = next(shells for first, shells in _INNER_SHELLS if ATOMIC_NUMBERS[symbol] >= first)
        number = int(shell[:-1]) + inner["spdf".index(shell[-1])]
        names.append((place, symbol, f"{number}{shell[-1]}", component))
    return names


def plane_normal(mol: gto.Mole, atom: int) -> np.ndarray:
    """The direction perpendicular to an atom and its neighbours, by least squares.

    An atom with one neighbour lies in the plane of that one's neighbours.

    Args:
        mol: The molecule.
        atom: Counted from 0.

    Returns:
        A unit vector, shape (3,).

    Raises:
        ValueError: If they lie in a line, or the atom has no neighbour.
    """
    near = _neighbours(mol, atom)
    if len(near) == 1:
        near = sorted({*near, *_neighbours(mol, near[0])} - {atom})
    points = mol.atom_coords()[[atom, *near]]
    extents, directions = np.linalg.svd(points - points.mean(axis=0))[1:]
    if len(points) < 3 or extents[1] < _WIDE * extents[0] or extents[2:].sum() > _FLAT * extents[1]:
        raise ValueError(
            f"Atom {atom + 1} ({mol.atom_symbol(atom)}) and its neighbours lie in no plane, so it has no one pi "
            "orbital: name directions instead, as in C 2px."
        )
    return np.asarray(directions[2])


def _neighbours(mol: gto.Mole, atom: int) -> list[int]:
    from pyscf.data.radii import COVALENT

    numbers = [mol.atom_charge(index) + mol.atom_nelec_core(index) for index in range(mol.natm)]
    positions = mol.atom_coords()
    return [
        other
        for other in range(mol.natm)
        if other != atom
        and numbers[other]  # a ghost is no neighbour
        and np.linalg.norm(positions[other] - positions[atom])
        < _BOND * (COVALENT[numbers[atom]] + COVALENT[numbers[other]])
    ]
