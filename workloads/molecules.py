"""What the workloads about molecules share: settings, what fits, and how an instance is shown."""

import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workloads.settings import InputFile, Settings, setting
from workloads.workload import Table

if TYPE_CHECKING:
    from chemistry import ActiveSpace, Molecule

MOST_ATOMS_SHOWN = 16


class MoleculeSettings(Settings):
    """Which molecule, and which of its electrons."""

    geometry: InputFile | None = setting(None, description="own molecule, an xyz file; none: the example")
    basis: str = setting("sto-3g", description="basis set, by its usual name")
    charge: int = setting(0, description="charge of the molecule, unless its file states one", unit="e")
    spin: int = setting(0, description="unpaired electrons, unless the file states them", unit="electrons", ge=0)
    frozen_core: bool = setting(False, description="freeze the atoms' closed inner shells")
    active_space: str | None = setting(
        None,
        description="electrons,orbitals around the gap, as in 6,6, or homo-lumo, or a method, as in avas:N 2p, "
        "mp2-natural:6,6 or advised:8; none: all",
    )

    def molecule(self, example: str) -> "Molecule":
        """The molecule as given, or the example."""
        from chemistry import Molecule

        if self.geometry is None:
            return Molecule(example, basis=self.basis, charge=self.charge, spin=self.spin)
        return self.own_molecule(self.geometry)

    def own_molecule(self, path: Path) -> "Molecule":
        """The molecule in a file, with the charge and spin that the file states where the user gave none."""
        from chemistry import Molecule
        from chemistry.geometry import read_xyz

        read = read_xyz(path)
        options: dict[str, Any] = {
            "charge": self._unless_stated("charge", read.charge),
            "spin": self._unless_stated("spin", read.spin),
        }
        return Molecule(read, basis=self.basis, **options)

    def remarks(self) -> list[str]:
        """What reading the user's own molecule warned of, one sentence each."""
        path = self.geometry
        return [] if path is None else warnings_of(lambda: self.own_molecule(path))

    def _unless_stated(self, name: str, stated: int | None) -> int | None:
        """A setting that the user gave, or else one that has a default other than 0, where the file is silent."""
        value: int = getattr(self, name)
        return value if name in self.model_fields_set or (stated is None and value) else None

    @property
    def space(self) -> dict[str, Any]:
        """Which electrons and orbitals are treated, as keywords of `Molecule.problem`."""
        return {"frozen_core": self.frozen_core, "active_space": self.active_space}

    def asked(self, molecule: "Molecule") -> dict[str, Any]:
        """What an energy of the molecule depends on, for the store."""
        return {
            "atoms": [[atom.label, *atom.position] for atom in molecule.atoms],
            "basis": self.basis,
            "charge": molecule.charge,
            "spin": molecule.spin,
            **self.space,
        }

    def notes(self, molecule: "Molecule") -> list[str]:
        """What was assumed about it, one sentence each."""
        lines = [
            f"{molecule.formula} with charge {molecule.charge} and {molecule.spin} unpaired "
            f"electron{'' if molecule.spin == 1 else 's'}; coordinates and lengths are in angstrom."
        ]
        lines += self.remarks()
        space = molecule.active_space(**self.space)
        lines.append(
            f"Basis set {self.basis}: {space} electrons and orbitals are treated, {space.n_frozen} are frozen."
        )
        if is_minimal(self.basis):
            lines.append(MINIMAL_BASIS)
        return lines


def warnings_of(make: "Callable[[], Molecule]") -> list[str]:
    """What making a molecule warns of; a run shows it among its notes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make()
    return [str(warning.message) for warning in caught if warning.category is UserWarning]


MINIMAL_BASIS = "This is a minimal basis set: methods can be compared in it, but its energies are not nature's."


def is_minimal(basis: str) -> bool:
    """Whether it is one of the basis sets with one function per orbital of the atoms."""
    return basis.lower().replace("-", "").replace("_", "") in ("sto3g", "sto6g", "minao")


def geometry_table(molecule: "Molecule", title: str) -> Table:
    """The atoms and where they are; of a large molecule, how many there are."""
    if len(molecule.atoms) > MOST_ATOMS_SHOWN:
        counts = Counter(atom.label for atom in molecule.atoms)
        return Table(
            title=title,
            columns=("element", "atoms"),
            rows=[(element, counts[element]) for element in sorted(counts)],
            note="Where they are is kept with the records.",
        )
    rows = [
        (str(number), atom.label, *(f"{coordinate:.4f}" for coordinate in atom.position))
        for number, atom in enumerate(molecule.atoms, start=1)
    ]
    return Table(title=title, columns=("atom", "element", "x (angstrom)", "y (angstrom)", "z (angstrom)"), rows=rows)


def space_that_fits(molecule: "Molecule", settings: MoleculeSettings) -> "ActiveSpace":
    """The active space asked for; what no setting of the memory could hold is refused, with a size that fits."""
    from chemistry.size import MAX_ORBITALS, check_fits

    space = molecule.active_space(**settings.space)
    if space.n_orbitals > MAX_ORBITALS:
        check_fits(molecule, space)
    return space


def would_fit(molecule: "Molecule") -> str:
    """The sentence about what would fit, with the settings to paste."""
    from chemistry import what_would_fit

    return f"On this machine --set {what_would_fit(molecule).replace(' or active', ' or --set active')}."
