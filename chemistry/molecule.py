"""A molecule: nuclei, a basis set, a charge and a spin."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chemistry.active_space import ActiveSpace, choose_active_space
from chemistry.geometry import Atom, check_atoms, chemical_formula, parse_geometry, read_xyz, stretch_bond
from chemistry.size import Size, check_fits, problem_size

if TYPE_CHECKING:
    from pyscf import gto

    from chemistry.mean_field import MeanField
    from chemistry.problem import ElectronicProblem

_NOBLE_GASES = (2, 10, 18, 36, 54)  # electrons
_GROUP_ORDERS = {"D2h": 8, "C2v": 4, "C2h": 4, "D2": 4, "C2": 2, "Cs": 2, "Ci": 2, "C1": 1}


@dataclass(frozen=True)
class Molecule:
    """A molecule in a Gaussian basis set.

    Args:
        geometry: `"Li 0 0 0; H 0 0 1.6"` in angstrom, or atoms that were read before.
        basis: Any basis set that PySCF knows by name.
        charge: In units of the elementary charge.
        spin: The number of unpaired electrons, 2S.

    Raises:
        ValueError: If the geometry cannot be read, the basis is unknown, or charge and spin do not go together.
    """

    geometry: str | tuple[Atom, ...]
    basis: str = field(default="sto-3g", kw_only=True)
    charge: int = field(default=0, kw_only=True)
    spin: int = field(default=0, kw_only=True)
    atoms: tuple[Atom, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.geometry, str):
            atoms = parse_geometry(self.geometry)
        else:
            atoms = tuple(self.geometry)
            check_atoms(atoms)
        object.__setattr__(self, "atoms", atoms)
        self._check_electrons()
        self._check_basis()

    @classmethod
    def from_xyz(cls, path: str | Path, *, basis: str = "sto-3g", charge: int = 0, spin: int = 0) -> Molecule:
        """Read the nuclei from an xyz file in angstrom."""
        return cls(read_xyz(path), basis=basis, charge=charge, spin=spin)

    @property
    def formula(self) -> str:
        """The chemical formula, carbon and hydrogen first."""
        return chemical_formula(self.atoms)

    @property
    def n_electrons(self) -> int:
        """Electrons in all, those of effective core potentials included."""
        return sum(atom.number for atom in self.atoms) - self.charge

    def with_bond(self, bond: tuple[int, int], length: float) -> Molecule:
        """The same molecule with one bond set to a length; see `chemistry.geometry.stretch_bond`.

        Args:
            bond: Two atoms, counted from 1.
            length: Angstrom.
        """
        atoms = stretch_bond(self.atoms, bond, length)
        return Molecule(atoms, basis=self.basis, charge=self.charge, spin=self.spin)

    def active_space(
        self, *, frozen_core: bool = False, active_space: tuple[int, int] | str | None = None
    ) -> ActiveSpace:
        """The window of orbitals that `problem` would treat, found without solving anything."""
        mol = self._mole
        n_alpha, n_beta = mol.nelec
        return choose_active_space(
            n_alpha=n_alpha,
            n_beta=n_beta,
            n_orbitals=mol.nao,
            n_core=self._n_core,
            frozen_core=frozen_core,
            active_space=active_space,
        )

    def size(self, *, frozen_core: bool = False, active_space: tuple[int, int] | str | None = None) -> Size:
        """Qubits, determinants, memory and time of the problem, estimated without solving anything."""
        space = self.active_space(frozen_core=frozen_core, active_space=active_space)
        return problem_size(space, n_irreps=self._n_irreps, n_basis_functions=self._mole.nao)

    def problem(
        self, *, frozen_core: bool = False, active_space: tuple[int, int] | str | None = None
    ) -> ElectronicProblem:
        """The electronic problem over the molecule's Hartree-Fock orbitals.

        Args:
            frozen_core: Freeze the atoms' closed inner shells.
            active_space: (electrons, orbitals) around the gap, or a name: full, frozen-core, homo-lumo.

        Raises:
            ValueError: If there is no such space, or the problem would not fit in memory.
        """
        from chemistry.problem import electronic_problem

        space = self.active_space(frozen_core=frozen_core, active_space=active_space)
        check_fits(self, space)
        return electronic_problem(self.mean_field, space)

    @cached_property
    def mean_field(self) -> MeanField:
        """The restricted Hartree-Fock solution."""
        from chemistry.mean_field import hartree_fock

        return hartree_fock(self._mole)

    @cached_property
    def _mole(self) -> gto.Mole:
        from pyscf import gto

        from chemistry.mean_field import abelian_point_group

        settings = {
            "atom": [(atom.symbol, atom.position) for atom in self.atoms],
            "unit": "angstrom",
            "basis": self.basis,
            "charge": self.charge,
            "spin": self.spin,
            "verbose": 0,
        }
        group = abelian_point_group(gto.M(symmetry=True, **settings))
        return gto.M(symmetry=group, **settings)

    @property
    def _n_core(self) -> int:
        """Orbitals of the noble-gas shells below each atom's own, less those that a core potential stands for."""
        inner = [max((size for size in _NOBLE_GASES if size < atom.number), default=0) for atom in self.atoms]
        replaced = [self._mole.atom_nelec_core(index) for index in range(len(self.atoms))]
        return sum(max(0, shell - potential) // 2 for shell, potential in zip(inner, replaced, strict=True))

    @property
    def _n_irreps(self) -> int:
        return _GROUP_ORDERS[self._mole.groupname]

    def _check_electrons(self) -> None:
        electrons = self.n_electrons
        if electrons < 1:
            raise ValueError(f"{self.formula} with charge {self.charge} has no electrons left.")
        if self.spin < 0 or self.spin > electrons or (electrons - self.spin) % 2:
            parity = "odd" if electrons % 2 else "even"
            raise ValueError(
                f"{self.formula} with charge {self.charge} has {electrons} electrons, so the number of unpaired ones "
                f"(spin) is {parity} and at most {electrons}, but {self.spin} was given: try spin={electrons % 2}."
            )

    def _check_basis(self) -> None:
        try:
            from pyscf import gto
        except ImportError:
            raise ValueError(
                "Chemistry needs PySCF, which has no wheel for Windows: run it on Linux, macOS or in WSL."
            ) from None
        for symbol in dict.fromkeys(atom.symbol for atom in self.atoms):
            try:
                gto.basis.load(self.basis, symbol)
            except Exception:
                raise ValueError(
                    f"There is no basis set {self.basis!r} for {symbol}: "
                    "use a name that PySCF knows, such as sto-3g, 6-31g or cc-pvdz."
                ) from None
