"""What surrounds a molecule and acts on its charge: an electric field, or a solvent as a polarisable continuum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

_MOST_BYTES = 1_000_000_000  # of a solvent's tables; without them each evaluation solves its equations again
PcmModel = Literal["C-PCM", "IEF-PCM", "COSMO", "SS(V)PE"]


class Environment(Protocol):
    """An energy that depends on the electron density, placed around one geometry of a molecule."""

    def energy_and_potential(self, density: np.ndarray) -> tuple[float, np.ndarray]:
        """The energy in hartree, nuclei included, and its derivative by the density.

        Args:
            density: One-particle density matrix over basis functions, both spins, shape (n_basis_functions,) * 2.
        """

    def potential_change(self, change: np.ndarray) -> np.ndarray:
        """How the potential changes with the density, to which it is linear; both over basis functions."""

    def nuclear_gradient(self, density: np.ndarray) -> np.ndarray:
        """The derivative of the energy by the nuclei at a fixed density matrix, hartree/bohr, shape (n_atoms, 3)."""


@dataclass(frozen=True, kw_only=True)
class Solvent:
    """A solvent as a polarisable continuum in equilibrium with the state that is computed.

    The cavity is made of Bondi's spheres times 1.2 (Tomasi, Mennucci and Cammi, Chem. Rev. 105, 2999 (2005); the
    discretisation is that of Lange and Herbert, J. Chem. Phys. 133, 244111 (2010), as in PySCF).

    Args:
        permittivity: Relative, static; 78.3553 is water at 298 K.
        model: One of PySCF's.

    Raises:
        ValueError: If the permittivity is below that of vacuum, or there is no such model.
    """

    permittivity: float = 78.3553
    model: PcmModel = "C-PCM"

    def __post_init__(self) -> None:
        if not isinstance(self.permittivity, Real) or not self.permittivity >= 1.0:
            raise ValueError(
                "A relative permittivity is a number of at least 1, vacuum's, "
                f"but {self.permittivity!r} was given: water has 78.36."
            )
        if self.model not in get_args(PcmModel):
            raise ValueError(f"model is one of {', '.join(get_args(PcmModel))}, but {self.model!r} was given.")

    def around(self, mol: gto.Mole) -> Environment:
        """The solvent around a molecule.

        Raises:
            ValueError: If an atom is a ghost, around which no cavity is defined.
        """
        from pyscf.solvent import PCM

        if not mol.atom_charges().all():
            raise ValueError(
                "A solvent's cavity is made around nuclei, but the molecule has ghost atoms: leave the solvent or the "
                "ghosts out."
            )
        continuum = PCM(mol)
        continuum.method, continuum.eps = self.model, self.permittivity
        return _Continuum(continuum)


class _Continuum:
    """Surface charges q = M v for the potential v of nuclei and electrons on the cavity, and the energy q v / 2."""

    def __init__(self, continuum: Any) -> None:
        self._continuum = continuum  # PySCF's

    def energy_and_potential(self, density: np.ndarray) -> tuple[float, np.ndarray]:
        if self._tables is None:
            energy, matrix = self._continuum.kernel(density)
            return float(energy), np.asarray(matrix)
        of_nuclei, of_functions, response = self._tables
        potential = of_nuclei - np.tensordot(density, of_functions, axes=2)
        charges = response @ potential
        return float(0.5 * charges @ potential), -of_functions @ charges

    def potential_change(self, change: np.ndarray) -> np.ndarray:
        if self._tables is None:
            without, with_change = (self._continuum.kernel(d)[1] for d in (np.zeros_like(change), change))
            return np.asarray(with_change - without)
        _, of_functions, response = self._tables
        return of_functions @ (response @ np.tensordot(change, of_functions, axes=2))

    def nuclear_gradient(self, density: np.ndarray) -> np.ndarray:
        self._continuum.kernel(density)  # its gradient reads the surface charges of the last density
        return np.asarray(self._continuum.grad(density))

    @cached_property
    def _tables(self) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """The potentials of nuclei and of products of functions, and M made symmetric; None if they are too large."""
        from pyscf import df, gto

        continuum, mol = self._continuum, self._continuum.mol
        continuum.build()
        points, exponents = continuum.surface["grid_coords"], continuum.surface["charge_exp"]
        if 8 * len(points) * (mol.nao**2 + 3 * len(points)) > _MOST_BYTES:
            return None
        cavity = gto.fakemol_for_charges(points, expnt=exponents**2)
        cavity.cart = mol.cart
        of_functions = df.incore.aux_e2(mol, cavity, intor=mol._add_suffix("int3c2e"), aosym="s1")
        response = np.linalg.solve(continuum._intermediates["K"], continuum._intermediates["R"])
        return np.asarray(continuum.v_grids_n), np.asarray(of_functions), 0.5 * (response + response.T)


@dataclass(frozen=True, eq=False)
class ElectricField:
    """A homogeneous electric field.

    Args:
        strength: Shape (3,), atomic units (1 is 5.142e11 V/m); it pulls positive charges along itself.

    Raises:
        ValueError: If it is not three finite numbers.
    """

    strength: Sequence[float] | np.ndarray

    def __post_init__(self) -> None:
        try:
            strength = np.asarray(self.strength, dtype=np.float64)
        except (TypeError, ValueError):
            strength = np.empty(0)
        if strength.shape != (3,) or not np.isfinite(strength).all():
            raise ValueError(f"An electric field is three finite numbers in atomic units, got {self.strength!r}.")

    def around(self, mol: gto.Mole) -> Environment:
        """The field at a molecule."""
        strength = np.asarray(self.strength, dtype=np.float64)
        potential = np.einsum("x,xij->ij", strength, mol.intor("int1e_r"))
        return _Field(strength, potential, mol)


@dataclass(frozen=True, eq=False)
class _Field:
    strength: np.ndarray
    potential: np.ndarray
    mol: Any

    def energy_and_potential(self, density: np.ndarray) -> tuple[float, np.ndarray]:
        nuclei = self.mol.atom_charges() @ self.mol.atom_coords() @ self.strength
        return float(np.einsum("ij,ij", self.potential, density) - nuclei), self.potential

    def potential_change(self, change: np.ndarray) -> np.ndarray:
        return np.zeros_like(change)

    def nuclear_gradient(self, density: np.ndarray) -> np.ndarray:
        # int1e_irp is <i| r d/dx j>: the functions of an atom move with it, against the derivative by the electron.
        slope = self.mol.intor("int1e_irp", comp=9).reshape(3, 3, *density.shape)
        moved = -2.0 * np.einsum("x,xyij,ij->yj", self.strength, slope, density)
        per_atom = [moved[:, start:stop].sum(axis=1) for *_, start, stop in self.mol.aoslice_by_atom()]
        return np.array(per_atom) - self.mol.atom_charges()[:, None] * self.strength


Surrounding = Solvent | ElectricField
