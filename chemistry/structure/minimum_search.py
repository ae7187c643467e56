"""From any geometry to a minimum that has been looked at: relaxed, searched afresh, its vibrations all real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR
from chemistry.molecule import Molecule
from chemistry.structure.geometry_optimization import OptimizedGeometry, optimize_geometry
from chemistry.structure.harmonic_vibrations import Vibrations, vibrations
from chemistry.structure.response import DipoleMoment
from chemistry.structure.surface import Surface, SurfacePoint, molecule_at, positions_of

_SAME_STATE = 1e-6  # hartree
_IMAGINARY = -20.0  # 1/cm; what differences of gradients leave of a frequency of zero is smaller
_DOWNHILL = 0.15  # angstrom, the length of the step from a saddle point
_MOST_ROUNDS = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Equilibrium:
    """Where the search for a minimum ended."""

    surface: Surface  # on which the vibrations are; it begins at this geometry if the vibrations are there
    geometry: OptimizedGeometry  # of the last relaxation
    vibrations: Vibrations | None  # None where the geometry did not converge
    path: tuple[SurfacePoint, ...]  # of every relaxation, in turn
    n_rounds: int  # relaxations; more than one where a lower state or the way down from a saddle point was found

    @property
    def dipole(self) -> DipoleMoment:
        """At the geometry, about the centre of nuclear charge."""
        molecule = self.geometry.molecule
        charges = np.array([atom.number for atom in molecule.atoms], dtype=np.float64)
        origin = charges @ positions_of(molecule) / charges.sum() / ANGSTROM_PER_BOHR
        return DipoleMoment(atomic_units=self.geometry.point.dipole - molecule.charge * origin, origin=origin)

    @property
    def is_minimum(self) -> bool:
        """Whether the geometry converged, and so did the electrons at each displacement, and no mode is imaginary."""
        found = self.vibrations
        return found is not None and found.converged and bool((found.wavenumbers >= _IMAGINARY).all())


def equilibrium(make_surface: Callable[[Molecule], Surface], molecule: Molecule) -> Equilibrium:
    """Relax a molecule to a minimum, and compute its vibrations there.

    A surface follows the electronic state with which it began, and a symmetric start stays symmetric. So at the relaxed
    geometry the electrons are searched afresh, and where that finds a lower state the molecule is relaxed on it; and
    where a mode is imaginary, it is displaced along it and relaxed again.

    Args:
        make_surface: Makes the surface that begins at a molecule's geometry, such as
            `lambda molecule: CircuitSurface(molecule, uccsd, active_space=(4, 4))`.
        molecule: Where to begin.

    Returns:
        Geometry and vibrations; `is_minimum` says whether they are one's.

    Raises:
        ValueError: If geomeTRIC is not installed.
    """
    surface = make_surface(molecule)
    path: list[SurfacePoint] = []
    for n_rounds in range(1, _MOST_ROUNDS + 1):
        relaxed = optimize_geometry(surface)
        path += relaxed.trajectory
        found = Equilibrium(
            surface=surface, geometry=relaxed, vibrations=None, path=tuple(path), n_rounds=n_rounds
        )  # fmt: skip
        if not relaxed.status.converged:
            return found
        centre = positions_of(relaxed.molecule)
        fresh = make_surface(relaxed.molecule)
        there = fresh.point(centre)
        if there.converged and there.energy < relaxed.energy - _SAME_STATE and n_rounds < _MOST_ROUNDS:
            surface = fresh
            continue
        # A fresh search that ends higher has found another state: then the one that was followed stays.
        chosen = fresh if there.converged and abs(there.energy - relaxed.energy) <= _SAME_STATE else surface
        modes = vibrations(chosen, centre)
        found = Equilibrium(
            surface=chosen, geometry=relaxed, vibrations=modes, path=tuple(path), n_rounds=n_rounds
        )  # fmt: skip
        if found.is_minimum or not modes.converged or n_rounds == _MOST_ROUNDS:
            break
        surface = make_surface(molecule_at(molecule, centre + _DOWNHILL * modes.modes[0]))
    return found
