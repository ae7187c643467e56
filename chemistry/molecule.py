"""A molecule: nuclei, a basis set, a charge and a spin."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chemistry.active_space import (
    ActiveSpace,
    ActiveSpaceMethod,
    SelectedOrbitals,
    choose_active_space,
    n_core_orbitals,
    read_active_space,
)
from chemistry.basis_sets import (
    BasisSet,
    basis_set_name,
    core_electrons,
    element_basis_sets,
    element_core_potentials,
)
from chemistry.geometry import (
    Atom,
    Geometry,
    check_atoms,
    chemical_formula,
    embed_smiles,
    only_bond,
    parse_geometry,
    parse_z_matrix,
    read_xyz,
    stretch_bond,
    xyz_text,
)
from chemistry.geometry.atoms import atom_at
from chemistry.size import Size, check_fits, problem_size

if TYPE_CHECKING:
    from pyscf import gto

    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.hartree_fock.unrestricted_field import UnrestrictedMeanField
    from chemistry.problem import ElectronicProblem

# The default of a field that a text may state as well: what is not said is looked up there.
_UNSAID: Any = None

_GROUP_ORDERS = {"D2h": 8, "C2v": 4, "C2h": 4, "D2": 4, "C2": 2, "Cs": 2, "Ci": 2, "C1": 1}


@dataclass(frozen=True)
class Molecule:
    """A molecule in a Gaussian basis set.

    Args:
        geometry: `"Li 0 0 0; H 0 0 1.6"`, the text of an xyz file, or atoms that were read before.
        basis: Any basis set that PySCF knows by name, or a mapping from elements to such names, with `"default"` for
            those that it does not name.
        charge: In units of the elementary charge; None: what the geometry's text states, or else 0.
        spin: The number of unpaired electrons, 2S; None: what the geometry's text states, or else 0.
        ecp: Effective core potentials, by name or element; None: those that the basis sets were made for, if any.
        unit: Of the coordinates in a geometry string: `angstrom` or `bohr`; None: what it states, or else angstrom.

    Raises:
        ValueError: If the geometry cannot be read, the basis is unknown, charge and spin do not go together, or what is
            given contradicts what the geometry's text states.
    """

    geometry: str | Geometry | tuple[Atom, ...]
    basis: BasisSet = field(default="sto-3g", kw_only=True, hash=False)
    charge: int = field(default=_UNSAID, kw_only=True)
    spin: int = field(default=_UNSAID, kw_only=True)
    ecp: BasisSet | None = field(default=None, kw_only=True, hash=False)
    unit: str = field(default=_UNSAID, kw_only=True)
    atoms: tuple[Atom, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check_whole_numbers()
        if isinstance(self.geometry, str):
            read = parse_geometry(self.geometry, unit=self.unit)
        elif self.unit not in (None, "angstrom"):
            raise ValueError(f"Atoms that were read before are in angstrom, but unit={self.unit!r} was given.")
        elif isinstance(self.geometry, Geometry):
            read = self.geometry
        else:
            read = Geometry(atoms=self._given_atoms())
        charge, spin = read.charge_and_spin(charge=self.charge, spin=self.spin)
        # What a text stated is in the fields from here on, so that a copy with another charge does not contradict it.
        is_plain = isinstance(self.geometry, str) and not read.comment
        object.__setattr__(self, "geometry", self.geometry if is_plain else read.atoms)
        object.__setattr__(self, "unit", (self.unit if is_plain else None) or "angstrom")
        object.__setattr__(self, "charge", charge)
        object.__setattr__(self, "spin", spin)
        object.__setattr__(self, "atoms", read.atoms)
        for name in ("basis", "ecp"):
            value = getattr(self, name)
            if isinstance(value, Mapping):
                object.__setattr__(self, name, dict(value))
        self._check_electrons(self.n_electrons, "")
        self._check_basis()

    @classmethod
    def from_xyz(
        cls,
        path: str | Path,
        *,
        frame: int | None = None,
        basis: BasisSet = "sto-3g",
        charge: int | None = None,
        spin: int | None = None,
        ecp: BasisSet | None = None,
        unit: str | None = None,
    ) -> Molecule:
        """Read a molecule from an xyz file; see `chemistry.geometry.read_xyz`.

        Args:
            path: The file.
            frame: Which of several frames, from 1, or -1 for the last.
            basis: As for any molecule.
            charge: None: what the file's comment states, as in `charge=1`, or else 0.
            spin: The number of unpaired electrons; None: what the file's comment states, as in `multiplicity=3`, or
                else 0.
            ecp: As for any molecule.
            unit: `angstrom` or `bohr`; None: what the file's comment states, or else angstrom.

        Raises:
            ValueError: If the file cannot be read, or states another charge, spin or unit than is given.
        """
        read = read_xyz(path, frame=frame, unit=unit)
        stated: dict[str, Any] = {"charge": charge, "spin": spin}
        return cls(read, basis=basis, ecp=ecp, **stated)

    @classmethod
    def from_z_matrix(
        cls,
        text: str,
        *,
        basis: BasisSet = "sto-3g",
        charge: int | None = None,
        spin: int | None = None,
        ecp: BasisSet | None = None,
        unit: str | None = None,
    ) -> Molecule:
        """Read a Z-matrix, `"O; H 1 0.96; H 1 0.96 2 104.5"`; see `chemistry.geometry.parse_z_matrix`."""
        stated: dict[str, Any] = {"charge": charge, "spin": spin}
        return cls(parse_z_matrix(text, unit=unit), basis=basis, ecp=ecp, **stated)

    @classmethod
    def from_smiles(
        cls,
        smiles: str,
        *,
        basis: BasisSet = "sto-3g",
        spin: int | None = None,
        ecp: BasisSet | None = None,
        seed: int = 7,
    ) -> Molecule:
        """Make a molecule from SMILES, with a force-field geometry; see `chemistry.geometry.embed_smiles`.

        Args:
            smiles: Says the charge as well: `"[NH4+]"`.
            basis: As for any molecule.
            spin: The number of unpaired electrons; None: those of the radical centres, all parallel. Where the ground
                state is known to have others, as for `O=O`, a warning says so.
            ecp: As for any molecule.
            seed: Of the embedding.

        Raises:
            ValueError: If the string is not SMILES, no geometry is found, or it holds a metal with an open d or f
                shell, whose spin it does not say, and none is given.
        """
        made = embed_smiles(smiles, seed=seed)
        if spin is None:
            spin = made.spin
            if spin is None:
                raise ValueError(
                    f"SMILES does not say how many electrons of a metal are unpaired, as in {smiles!r}: give spin=, "
                    "the number of unpaired electrons."
                )
            if made.ground_state_spin is not None:
                warnings.warn(
                    f"The SMILES string {smiles!r} says {spin} unpaired electron{'' if spin == 1 else 's'}, but the "
                    f"ground state has {made.ground_state_spin}: give spin={made.ground_state_spin} for it, or "
                    f"spin={spin} if the other is meant.",
                    stacklevel=2,
                )
        return cls(made.atoms, basis=basis, charge=made.charge, spin=spin, ecp=ecp)

    @classmethod
    def from_pennylane(cls, molecule: Any) -> Molecule:
        """The same molecule as a `qml.qchem.Molecule`; see `chemistry.integrals.pennylane_input.molecule_data`."""
        from chemistry.integrals.pennylane_input import molecule_data

        return cls(**molecule_data(molecule))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Molecule:
        """The molecule that `to_dict` describes.

        Raises:
            ValueError: If an entry is missing or unknown, or there is no such molecule.
        """
        known = {"atoms", "basis", "charge", "spin", "ecp"}
        if "atoms" not in data or set(data) - known:
            raise ValueError(f"A molecule is described by {', '.join(sorted(known))}, but got {', '.join(data)}.")
        try:
            rows = [(str(label), (float(x), float(y), float(z))) for label, x, y, z in data["atoms"]]
        except (TypeError, ValueError):
            raise ValueError(
                "The atoms of a molecule are lists of a symbol and three coordinates in angstrom."
            ) from None
        atoms = tuple(atom_at(label, position) for label, position in rows)
        return cls(atoms, **{name: value for name, value in data.items() if name != "atoms"})

    def to_dict(self) -> dict[str, Any]:
        """What it is made of, in angstrom, for JSON; isotopes as `D` and `C@13`, ghosts as `Ghost-He`."""
        return {
            "atoms": [[atom.label, *atom.position] for atom in self.atoms],
            "basis": dict(self.basis) if isinstance(self.basis, Mapping) else self.basis,
            "charge": self.charge,
            "spin": self.spin,
            "ecp": dict(self.ecp) if isinstance(self.ecp, Mapping) else self.ecp,
        }

    def to_xyz(self) -> str:
        """The text of an xyz file, in angstrom."""
        return xyz_text(self.atoms, comment=f"{self.formula}, charge {self.charge}, {self.spin} unpaired electrons")

    @property
    def formula(self) -> str:
        """The chemical formula, carbon and hydrogen first."""
        return chemical_formula(self.atoms)

    @property
    def n_electrons(self) -> int:
        """Electrons in all, those that effective core potentials stand for included."""
        return sum(atom.number for atom in self.atoms) - self.charge

    @property
    def only_bond(self) -> tuple[int, int] | None:
        """The bond of a molecule of two atoms, counted from 1; None for any other."""
        return only_bond(self.atoms)

    @property
    def basis_name(self) -> str:
        """The basis set in a few words: `sto-3g`, or `O: 6-31g, H: sto-3g`."""
        return basis_set_name(self.basis)

    @property
    def core_potentials(self) -> dict[str, Any]:
        """The effective core potential of each element that has one, given or by its basis set."""
        return self._core_potentials

    def with_bond(self, bond: tuple[int, int], length: float) -> Molecule:
        """The same molecule with one bond set to a length; see `chemistry.geometry.stretch_bond`.

        Args:
            bond: Two atoms, counted from 1.
            length: Angstrom.
        """
        return replace(self, geometry=stretch_bond(self.atoms, bond, length), unit="angstrom")

    def active_space(
        self, *, frozen_core: bool = False, active_space: tuple[int, int] | str | ActiveSpaceMethod | None = None
    ) -> ActiveSpace:
        """How many orbitals and electrons `problem` would treat.

        Nothing is solved where the numbers are given; AVAS solves the mean field, and a threshold of natural
        occupations and the advisor what they need besides.
        """
        chosen = read_active_space(active_space)
        if isinstance(chosen, ActiveSpaceMethod):
            if frozen_core:
                raise ValueError(
                    "An active space already says what is frozen: give frozen_core or active_space, not both."
                )
            return chosen.count(self)
        mol = self._mole
        n_alpha, n_beta = mol.nelec
        return choose_active_space(
            n_alpha=n_alpha,
            n_beta=n_beta,
            n_orbitals=mol.nao,
            n_core=self._n_core,
            frozen_core=frozen_core,
            active_space=chosen,
        )

    def selected_orbitals(self, method: ActiveSpaceMethod) -> SelectedOrbitals:
        """The orbitals that a method of `chemistry.active_space` selects; each method is asked once."""
        if method not in self._selections:
            self._selections[method] = method.select(self)
        return self._selections[method]

    @cached_property
    def _selections(self) -> dict[ActiveSpaceMethod, SelectedOrbitals]:
        return {}

    def size(
        self,
        *,
        frozen_core: bool = False,
        active_space: tuple[int, int] | str | ActiveSpaceMethod | None = None,
        symmetric: bool = True,
    ) -> Size:
        """Qubits, determinants, memory and time of the problem, estimated as `active_space` finds the numbers.

        Args:
            frozen_core: As for `problem`, as is the active space.
            active_space: The electrons and orbitals treated.
            symmetric: Whether orbitals keep the nuclei's point group; optimized ones and those of each spin need not.
        """
        space = self.active_space(frozen_core=frozen_core, active_space=active_space)
        n_irreps = self._n_irreps if symmetric else 1
        return problem_size(space, n_irreps=n_irreps, n_basis_functions=self._mole.nao)

    def problem(
        self,
        *,
        frozen_core: bool = False,
        active_space: tuple[int, int] | str | ActiveSpaceMethod | None = None,
        reference: str = "restricted",
    ) -> ElectronicProblem:
        """The electronic problem over the molecule's Hartree-Fock orbitals, or over what a method makes of them.

        Where several fields lie close together, another may serve a circuit better: see `chemistry.choose_reference`.

        Args:
            frozen_core: Freeze the atoms' closed inner shells.
            active_space: (electrons, orbitals) around the gap; a name: full, frozen-core, homo-lumo; or a method of
                `chemistry.active_space`, such as `Avas("C 2p pi")`, `NaturalOrbitals(6, 6)` or an `Advice`. All but an
                `Advice` may be written as text, as in `"avas:C 2p pi"`.
            reference: `restricted`, both spins in the same orbitals (restricted open-shell for unpaired electrons), or
                `unrestricted`, each spin in its own, for a window of orbitals only.

        Raises:
            ValueError: If there is no such space or reference, or the problem would not fit in memory.
        """
        from chemistry.problem import electronic_problem

        space = self.active_space(frozen_core=frozen_core, active_space=active_space)
        check_fits(self, space, symmetric=reference != "unrestricted")
        chosen = read_active_space(active_space)
        if reference == "unrestricted":
            return self._unrestricted_problem(space, chosen)
        if reference != "restricted":
            raise ValueError(f"The reference is 'restricted' or 'unrestricted', but {reference!r} was given.")
        if isinstance(chosen, ActiveSpaceMethod):
            return self.selected_orbitals(chosen).problem(self.mean_field)
        return electronic_problem(self.mean_field, space)

    @cached_property
    def mean_field(self) -> MeanField:
        """The restricted Hartree-Fock solution."""
        from chemistry.hartree_fock.restricted_field import hartree_fock

        return hartree_fock(self._mole)

    @cached_property
    def unrestricted_mean_field(self) -> UnrestrictedMeanField:
        """The unrestricted Hartree-Fock solution."""
        from chemistry.hartree_fock.unrestricted_field import unrestricted_hartree_fock

        return unrestricted_hartree_fock(self.mean_field)

    def _unrestricted_problem(self, space: ActiveSpace, chosen: object) -> ElectronicProblem:
        from chemistry.integrals.unrestricted_problem import unrestricted_problem

        if isinstance(chosen, ActiveSpaceMethod):
            raise ValueError(
                "The methods of chemistry.active_space select orbitals that both spins share: with an unrestricted "
                "reference give (electrons, orbitals) around the gap, full, frozen-core or homo-lumo."
            )
        return unrestricted_problem(self.unrestricted_mean_field, space)

    @cached_property
    def _mole(self) -> gto.Mole:
        from chemistry.hartree_fock.nuclear_symmetry import symmetric_mole

        settings = {
            "atom": [(f"ghost-{atom.symbol}" if atom.is_ghost else atom.symbol, atom.position) for atom in self.atoms],
            "unit": "angstrom",
            "basis": self._basis_sets,
            "ecp": self._core_potentials,
            "charge": self.charge,
            "spin": self.spin,
            "verbose": 0,
        }
        mole = symmetric_mole(settings)
        if mole.nelec[0] > mole.nao:
            raise ValueError(
                f"{self.formula} with charge {self.charge} and {self.spin} unpaired electrons has {mole.nelec[0]} "
                f"electrons of spin up, but only {mole.nao} orbital{'s' if mole.nao > 1 else ''} in {self.basis_name}: "
                "use a larger basis set."
            )
        return mole

    @cached_property
    def _basis_sets(self) -> dict[str, Any]:
        return element_basis_sets(self.basis, self.atoms)

    @cached_property
    def _core_potentials(self) -> dict[str, Any]:
        return element_core_potentials(self.ecp, self._basis_sets)

    @property
    def _n_core(self) -> int:
        """Orbitals of the atoms' closed inner shells, less those that a core potential stands for."""
        replaced = (self._mole.atom_nelec_core(index) for index in range(len(self.atoms)))
        return sum(n_core_orbitals(atom.number, n) for atom, n in zip(self.atoms, replaced, strict=True))

    @property
    def _n_irreps(self) -> int:
        return _GROUP_ORDERS[self._mole.groupname]

    def _given_atoms(self) -> tuple[Atom, ...]:
        try:
            atoms = tuple(self.geometry)  # type: ignore[arg-type]
        except TypeError:
            raise ValueError(
                f"A geometry is a string of atoms or a sequence of them, got {self.geometry!r}: "
                "read a file with Molecule.from_xyz."
            ) from None
        check_atoms(atoms)  # type: ignore[arg-type]
        return atoms  # type: ignore[return-value]

    def _check_whole_numbers(self) -> None:
        for name, meaning in (("charge", "elementary charges"), ("spin", "unpaired electrons")):
            value = getattr(self, name)
            if value is None:
                continue
            try:
                whole = index(value)
            except TypeError:
                whole = None
            if whole is None or isinstance(value, bool):
                raise ValueError(f"{name} is a whole number of {meaning}, but {value!r} was given.")
            object.__setattr__(self, name, whole)

    def _check_electrons(self, electrons: int, where: str) -> None:
        """Refuse a charge and a spin that the electrons, or those outside core potentials, cannot have."""
        if electrons < 1:
            raise ValueError(f"{self.formula} with charge {self.charge} has no electrons left{where}.")
        if self.spin < 0 or self.spin > electrons or (electrons - self.spin) % 2:
            parity = "odd" if electrons % 2 else "even"
            raise ValueError(
                f"{self.formula} with charge {self.charge} has {electrons} electrons{where}, so the number of unpaired "
                f"ones (spin) is {parity} and at most {electrons}, but {self.spin} was given: try spin={electrons % 2}."
            )

    def _check_basis(self) -> None:
        try:
            import pyscf  # noqa: F401
        except ImportError:
            raise ValueError(
                "Chemistry needs PySCF, which has no wheel for Windows: run it on Linux, macOS or in WSL."
            ) from None
        core = core_electrons(self._core_potentials, self.atoms)
        if core:
            self._check_electrons(self.n_electrons - core, " outside the core potentials")
