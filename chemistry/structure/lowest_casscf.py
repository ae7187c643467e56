"""The lowest CASSCF surface that starts from several orbitals find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.orbital_optimization.orbital_space import orbital_space
from chemistry.structure.classical_surfaces import CasscfSurface
from chemistry.structure.surface import positions_of

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

_TURN = 0.05  # radians, of each pair of orbitals
_SAME_STATE = 1e-6  # hartree


def lowest_casscf_surface(molecule: Molecule, *, active_space: Any, n_turned: int = 4, seed: int = 7) -> CasscfSurface:
    """A CASSCF surface begun where the lowest of several searches ended.

    A search from symmetric orbitals can stop at a saddle point, or keep the wrong orbitals active. So others begin from
    orbitals that are turned at random and keep no symmetry.

    Args:
        molecule: Where the surface begins.
        active_space: As for `Molecule.problem`.
        n_turned: Searches from turned orbitals, besides that from Hartree-Fock's.
        seed: Of the turns.

    Raises:
        ValueError: If there is no such active space.
    """
    orbitals = orbital_space(molecule.problem(active_space=active_space)).coefficients
    random = np.random.default_rng(seed)
    starts = [None, *(orbitals @ _turn(orbitals.shape[1], random) for _ in range(n_turned))]
    surfaces = [CasscfSurface(molecule, active_space=active_space, orbitals=start) for start in starts]
    points = [surface.point(positions_of(molecule)) for surface in surfaces]
    lowest = min((point.energy for point in points if point.converged), default=min(point.energy for point in points))
    # Of equal ones the first, whose orbitals are the most regular.
    for surface, point in zip(surfaces, points, strict=True):
        if point.energy <= lowest + _SAME_STATE and (point.converged or not any(p.converged for p in points)):
            return surface
    return surfaces[0]


def _turn(n_orbitals: int, random: np.random.Generator) -> np.ndarray:
    """A small rotation of every pair of orbitals."""
    from scipy.linalg import expm

    angles = np.tril(random.normal(scale=_TURN, size=(n_orbitals, n_orbitals)), -1)
    return np.asarray(expm(angles - angles.T))
