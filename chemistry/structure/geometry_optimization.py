"""Equilibrium geometries, through geomeTRIC."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR, distance_matrix
from chemistry.structure.surface import Surface, SurfacePoint, check_nuclei, molecule_at, positions_of

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

# The other criteria in the proportions of Gaussian's: mean gradient, mean and largest step in angstrom.
_MEAN_GRADIENT, _MEAN_STEP, _LARGEST_STEP = 2 / 3, 8 / 3, 4.0
_ENERGY_CHANGE = 1e-6  # hartree


class GeometryStatus(Enum):
    """How a geometry optimization ended."""

    CONVERGED = "Gradient and step are smaller than asked for."
    STEP_LIMIT = "The limit on steps was reached first."
    ELECTRONS_NOT_CONVERGED = "The electronic structure did not converge at the last geometry."
    FAILED = "The optimizer found no further step."

    @property
    def converged(self) -> bool:
        """Whether the geometry is stationary to the tolerance asked for."""
        return self is GeometryStatus.CONVERGED


@dataclass(frozen=True, eq=False, kw_only=True)
class OptimizedGeometry:
    """Where a geometry optimization ended; the last point that was computed."""

    molecule: Molecule  # at that geometry
    energy: float  # hartree
    status: GeometryStatus
    gradient_norm: float  # hartree/bohr, largest component
    n_steps: int  # moves of the nuclei
    point: SurfacePoint = field(repr=False)
    trajectory: tuple[SurfacePoint, ...] = field(repr=False)  # the first is where it began

    @property
    def distances(self) -> np.ndarray:
        """Between all nuclei, angstrom, shape (n_atoms, n_atoms)."""
        return distance_matrix(self.molecule.atoms)

    def angle(self, first: int, vertex: int, third: int) -> float:
        """The angle between three atoms, counted from 1, in degrees.

        Raises:
            ValueError: If these are not three atoms of the molecule.
        """
        chosen = (first, vertex, third)
        n_atoms = len(self.molecule.atoms)
        if len(set(chosen)) != 3 or not all(1 <= number <= n_atoms for number in chosen):
            raise ValueError(f"An angle is between three different atoms counted from 1 to {n_atoms}, got {chosen}.")
        a, b, c = (np.array(self.molecule.atoms[number - 1].position) for number in chosen)
        u, v = a - b, c - b
        return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(u, v)), u @ v)))


def optimize_geometry(surface: Surface, *, gradient_tolerance: float = 3e-5, max_steps: int = 100) -> OptimizedGeometry:
    """Relax the nuclei of a surface's molecule, from where the surface begins.

    The steps are geomeTRIC's, in translation, rotation and internal coordinates (Wang and Song, J. Chem. Phys. 144,
    214108 (2016)). A stationary point may be a saddle point: `vibrations` says.

    Args:
        surface: Such as `CircuitSurface(molecule, uccsd, active_space=(4, 4))`.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree/bohr, and the last step was
            as small as this implies.
        max_steps: At most so many moves of the nuclei.

    Returns:
        The geometry; one that did not converge says so in its status.

    Raises:
        ValueError: If geomeTRIC is not installed, a limit is not positive, or the molecule has ghost atoms.
    """
    if not gradient_tolerance > 0 or max_steps < 1:
        raise ValueError(
            f"gradient_tolerance and max_steps must be positive, but {gradient_tolerance} and {max_steps} were given."
        )
    molecule = surface.molecule
    check_nuclei(molecule, "A geometry optimization")
    visited: list[SurfacePoint] = []
    if len(molecule.atoms) == 1:
        visited.append(surface.point(positions_of(molecule)))
        return _ended(molecule, visited, _first_status(visited[0]))
    try:
        import geometric  # noqa: F401
    except ImportError:
        raise ValueError(
            "Geometries are optimized by geomeTRIC, which is not installed: install the extra `molecules`."
        ) from None
    with _quiet(), tempfile.TemporaryDirectory() as folder:
        status = _run(surface, visited, folder, gradient_tolerance, max_steps)
    return _ended(molecule, visited, status)


def _run(
    surface: Surface, visited: list[SurfacePoint], folder: str, gradient_tolerance: float, max_steps: int
) -> GeometryStatus:
    from geometric.engine import Engine
    from geometric.errors import Error, GeomOptNotConvergedError
    from geometric.internal import DelocalizedInternalCoordinates
    from geometric.molecule import Molecule as Topology
    from geometric.optimize import Optimizer
    from geometric.params import OptParams

    class _SurfaceEngine(Engine):
        def calc_new(self, coords: np.ndarray, dirname: str) -> dict[str, Any]:  # noqa: ARG002
            visited.append(surface.point(np.reshape(coords, (-1, 3)) * ANGSTROM_PER_BOHR))
            if not visited[-1].converged:
                raise _ElectronsNotConverged
            return {"energy": visited[-1].energy, "gradient": visited[-1].gradient.ravel()}

    topology = Topology()
    topology.elem = [atom.symbol for atom in surface.molecule.atoms]
    topology.xyzs = [positions_of(surface.molecule)]
    topology.build_topology()
    params = OptParams(
        convergence_energy=_ENERGY_CHANGE,
        convergence_grms=_MEAN_GRADIENT * gradient_tolerance,
        convergence_gmax=gradient_tolerance,
        convergence_drms=_MEAN_STEP * gradient_tolerance,
        convergence_dmax=_LARGEST_STEP * gradient_tolerance,
        maxiter=max_steps,
    )
    coordinates = DelocalizedInternalCoordinates(topology, build=True, connect=False, addcart=False)
    start = positions_of(surface.molecule).ravel() / ANGSTROM_PER_BOHR
    try:
        Optimizer(start, topology, coordinates, _SurfaceEngine(topology), folder, params).optimizeGeometry()
    except _ElectronsNotConverged:
        return GeometryStatus.ELECTRONS_NOT_CONVERGED
    except GeomOptNotConvergedError:
        return GeometryStatus.STEP_LIMIT if len(visited) > max_steps else GeometryStatus.FAILED
    except Error:
        return GeometryStatus.FAILED
    return GeometryStatus.CONVERGED


class _ElectronsNotConverged(Exception):  # noqa: N818 - a signal from the surface to the driver, not an error
    pass


def _first_status(point: SurfacePoint) -> GeometryStatus:
    return GeometryStatus.CONVERGED if point.converged else GeometryStatus.ELECTRONS_NOT_CONVERGED


def _ended(molecule: Molecule, visited: list[SurfacePoint], status: GeometryStatus) -> OptimizedGeometry:
    last = visited[-1]
    return OptimizedGeometry(
        molecule=molecule_at(molecule, last.positions),
        energy=last.energy,
        status=status,
        gradient_norm=float(np.abs(last.gradient).max(initial=0.0)),
        n_steps=len(visited) - 1,
        point=last,
        trajectory=tuple(visited),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Without geomeTRIC's log, which goes wherever the program that uses this sends its own."""
    names = [name for name in ("geometric", *logging.root.manager.loggerDict) if name.split(".")[0] == "geometric"]
    loggers = [logging.getLogger(name) for name in {*names, "geometric.nifty"}]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
