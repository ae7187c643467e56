"""Bond lengths and angles of a molecule, and which of them are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR, distance_matrix

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

_REACH = 1.3  # of the sum of two covalent radii, within which atoms count as bonded
_SAME_LENGTH, _SAME_ANGLE = 2e-3, 0.2  # angstrom, degrees


@dataclass(frozen=True, kw_only=True)
class AlikeCoordinates:
    """Bonds or angles between the same elements that have about the same value."""

    name: str  # "O–H", with the atoms' numbers where there are others of the name: "C–H (1-3)"
    keys: tuple[str, ...]  # atoms counted from 1: "1-2", or "2-1-3" with the vertex in the middle


def bonded_pairs(molecule: Molecule) -> list[tuple[int, int]]:
    """Atoms, counted from 1, that are nearer than 1.3 times the sum of their covalent radii; ghosts have no bonds."""
    from pyscf.data.radii import COVALENT

    distances = distance_matrix(molecule.atoms)
    reach = _REACH * ANGSTROM_PER_BOHR * np.array([COVALENT[atom.number] for atom in molecule.atoms])
    pairs = combinations((index for index, atom in enumerate(molecule.atoms) if not atom.is_ghost), 2)
    return [(i + 1, j + 1) for i, j in pairs if distances[i, j] < reach[i] + reach[j]]


def internal_coordinates(positions: Any, bonds: Sequence[Sequence[int]]) -> tuple[dict[str, float], dict[str, float]]:
    """Bond lengths in angstrom, and angles in degrees between bonds of one atom, by the atoms' numbers.

    Args:
        positions: Angstrom, shape (n_atoms, 3).
        bonds: Pairs of atoms, counted from 1.
    """
    at = np.asarray(positions, dtype=np.float64)
    lengths = {f"{i}-{j}": float(np.linalg.norm(at[i - 1] - at[j - 1])) for i, j in bonds}
    angles = {}
    for vertex in range(1, len(at) + 1):
        ends = sorted({*(j for i, j in bonds if i == vertex), *(i for i, j in bonds if j == vertex)})
        for first, second in combinations(ends, 2):
            u, v = at[first - 1] - at[vertex - 1], at[second - 1] - at[vertex - 1]
            angle = np.degrees(np.arctan2(np.linalg.norm(np.cross(u, v)), u @ v))
            angles[f"{first}-{vertex}-{second}"] = float(angle)
    return lengths, angles


def alike(values: Mapping[str, float], symbols: Sequence[str]) -> list[AlikeCoordinates]:
    """Lengths, or angles, in groups of the same elements and about the same value.

    Args:
        values: One of the two that `internal_coordinates` gives.
        symbols: The atoms' elements.
    """
    groups: list[tuple[str, float, list[str]]] = []
    for key, value in values.items():
        elements = [symbols[int(number) - 1] for number in key.split("-")]
        ordered = sorted(elements, key=_heavy_first) if len(elements) == 2 else min(elements, elements[::-1])
        name, tolerance = "–".join(ordered), _SAME_LENGTH if len(elements) == 2 else _SAME_ANGLE
        fitting = next((group for group in groups if group[0] == name and abs(group[1] - value) < tolerance), None)
        if fitting is None:
            groups.append((name, value, [key]))
        else:
            fitting[2].append(key)
    names = [name for name, _, _ in groups]
    return [
        AlikeCoordinates(name=f"{name} ({keys[0]})" if names.count(name) > 1 else name, keys=tuple(keys))
        for name, _, keys in groups
    ]


def _heavy_first(symbol: str) -> tuple[bool, str]:
    return symbol == "H", symbol
