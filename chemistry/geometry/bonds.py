"""Bonds: which one a diatomic has, and how a molecule is pulled along one."""

from __future__ import annotations

import math

import numpy as np

from chemistry.geometry.atoms import Atom, check_atoms, distance_matrix


def only_bond(atoms: tuple[Atom, ...]) -> tuple[int, int] | None:
    """The bond of a molecule of two atoms, counted from 1; None for any other, which does not say which is meant."""
    return (1, 2) if len(atoms) == 2 else None


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
    if len(atoms) < 2:
        raise ValueError(f"A bond is between two atoms, but the molecule is a lone {atoms[0].label}.")
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
    stretched = tuple(atom.moved_to(position) for atom, position in zip(atoms, positions, strict=True))
    check_atoms(stretched)
    return stretched
