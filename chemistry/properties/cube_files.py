"""Orbitals and densities as Gaussian cube files, which every molecular viewer reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from chemistry.properties.atomic_orbitals import molecule_of, spin_densities

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

_MARGIN = 4.0  # bohr around the outermost nuclei


def write_orbital_cube(
    path: str | Path, problem: ElectronicProblem, coefficients: np.ndarray, *, points: int = 80
) -> Path:
    """Write the amplitude of an orbital, in bohr^(-3/2), to a cube file.

    Args:
        path: Of the file, which is written over.
        problem: The electronic problem, made from a molecule.
        coefficients: Over basis functions, shape (n_basis_functions,), such as `problem.orbitals[:, 3]` or a natural
            orbital's.
        points: Along each edge of the box.

    Returns:
        The path.

    Raises:
        ValueError: If the coefficients have another shape, or there is not a handful of points.
    """
    from pyscf.tools import cubegen

    mol = molecule_of(problem)
    orbital = np.asarray(coefficients, dtype=np.float64)
    if orbital.shape != (mol.nao,):
        raise ValueError(
            f"An orbital is {mol.nao} coefficients over basis functions, but shape {orbital.shape} was given."
        )
    n = _checked(points)
    cubegen.orbital(mol, str(path), orbital, nx=n, ny=n, nz=n, margin=_MARGIN)
    return Path(path)


def write_density_cube(
    path: str | Path,
    problem: ElectronicProblem,
    densities: DensityMatrices,
    *,
    kind: Literal["electrons", "spin"] = "electrons",
    points: int = 80,
) -> Path:
    """Write a state's electron or spin density, in bohr^-3, to a cube file.

    Args:
        path: Of the file, which is written over.
        problem: The electronic problem, made from a molecule.
        densities: Of the state.
        kind: "electrons", frozen ones included, or "spin": spin up less spin down.
        points: Along each edge of the box.

    Returns:
        The path.

    Raises:
        ValueError: If the kind is another, or there is not a handful of points.
    """
    from pyscf.tools import cubegen

    if kind not in ("electrons", "spin"):
        raise ValueError(f"A density is of 'electrons' or of 'spin', but {kind!r} was given.")
    up, down = spin_densities(problem, densities)
    n = _checked(points)
    density = up + down if kind == "electrons" else up - down
    cubegen.density(molecule_of(problem), str(path), density, nx=n, ny=n, nz=n, margin=_MARGIN)
    return Path(path)


def _checked(points: int) -> int:
    if isinstance(points, bool) or not isinstance(points, int) or points < 8:
        raise ValueError(f"A cube has a whole number of at least 8 points along an edge, but {points!r} was given.")
    return points
