"""A potential energy surface: energy, nuclear gradient and dipole moment for any positions of a molecule's nuclei."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR, check_atoms
from chemistry.threads import SMALL_BASIS, one_thread_if

if TYPE_CHECKING:
    from chemistry.molecule import Molecule


@dataclass(frozen=True, eq=False, kw_only=True)
class SurfacePoint:
    """What is known at one geometry."""

    positions: np.ndarray  # shape: (n_atoms, 3), angstrom
    energy: float  # hartree
    gradient: np.ndarray = field(repr=False)  # shape: (n_atoms, 3), hartree/bohr
    dipole: np.ndarray = field(repr=False)  # shape: (3,), atomic units, about the origin of the coordinates
    converged: bool  # whether the electronic structure is
    n_evaluations: int = 0  # of the circuit's energy and gradient; zero for classical methods


class Surface(Protocol):
    """What geometry optimization, vibrations and polarisabilities ask of a method."""

    @property
    def molecule(self) -> Molecule:
        """The molecule, at the geometry where the surface begins."""

    def point(self, positions: Any, *, field: Sequence[float] | None = None) -> SurfacePoint:
        """Energy, gradient and dipole moment at positions in angstrom, shape (n_atoms, 3).

        Args:
            positions: In the order of the molecule's atoms.
            field: A homogeneous electric field in atomic units, shape (3,).
        """


def on_few_threads(point: Callable[..., SurfacePoint]) -> Callable[..., SurfacePoint]:
    """A classical surface's `point`, on one thread in a small basis set."""

    @wraps(point)
    def solved(surface: Surface, positions: Any, *, field: Sequence[float] | None = None) -> SurfacePoint:
        with one_thread_if(surface.molecule.mean_field.scf.mol.nao <= SMALL_BASIS):
            return point(surface, positions, field=field)

    return solved


def checked_positions(molecule: Molecule, positions: Any) -> np.ndarray:
    """Positions as an array, refused where they are not of this molecule.

    Raises:
        ValueError: If the shape is another, a coordinate is not finite, or nuclei coincide.
    """
    wanted = (len(molecule.atoms), 3)
    try:
        values = np.array(positions, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != wanted or not np.isfinite(values).all():
        raise ValueError(
            f"Positions of {molecule.formula} are finite numbers in angstrom of shape {wanted}, "
            f"got shape {values.shape}."
        )
    check_atoms(molecule_at(molecule, values).atoms)
    return values


def check_nuclei(molecule: Molecule, what: str) -> None:
    """Refuse ghost atoms, which have no nucleus to move and no mass.

    Args:
        molecule: The molecule.
        what: What wants nuclei, as the beginning of a sentence.

    Raises:
        ValueError: If an atom is a ghost.
    """
    number = next((number for number, atom in enumerate(molecule.atoms, start=1) if atom.is_ghost), None)
    if number is not None:
        label = molecule.atoms[number - 1].label
        raise ValueError(f"{what} is of nuclei, but atom {number} ({label}) is a ghost: leave ghost atoms out.")


def molecule_at(molecule: Molecule, positions: np.ndarray) -> Molecule:
    """The same molecule with its nuclei at positions in angstrom, shape (n_atoms, 3)."""
    atoms = tuple(atom.moved_to(position) for atom, position in zip(molecule.atoms, positions, strict=True))
    return replace(molecule, geometry=atoms, unit="angstrom")


def positions_of(molecule: Molecule) -> np.ndarray:
    """Angstrom, shape (n_atoms, 3)."""
    return np.array([atom.position for atom in molecule.atoms])


def moved_mol(mol: Any, positions: np.ndarray) -> Any:
    """A PySCF molecule with its nuclei at positions in angstrom, shape (n_atoms, 3), without symmetry."""
    moved = mol.copy()
    moved.symmetry = False
    moved.verbose = 0
    return moved.set_geom_(positions / ANGSTROM_PER_BOHR, unit="Bohr", inplace=False)


def dipole_of(mol: Any, density: np.ndarray) -> np.ndarray:
    """The dipole moment about the origin of the coordinates, atomic units, shape (3,).

    Args:
        mol: PySCF's.
        density: Over basis functions, both spins.
    """
    electrons = np.einsum("xij,ij->x", mol.intor("int1e_r"), density)
    return mol.atom_charges() @ mol.atom_coords() - electrons
