"""Is an emitter's singlet-triplet gap small enough for triplets to come back, and how bright is its lowest singlet?

Three of four excitations in an organic light-emitting diode are triplets, which do not shine. An emitter with thermally
activated delayed fluorescence wins them back: room temperature lifts T1 to S1, if the gap between them is small. The
example is PSPCz, a blue emitter of carbazole and phenylsulfone. Three quantum methods find S0, T1 and S1 in windows of
orbitals around the gap; the exact states of the same windows are the reference, single excitations stand beside them.

With `geometry` or `smiles` the same is asked of an emitter of one's own.
"""

from functools import cache, partial
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.answers.oled_emitter import (
    EXACT,
    GLOSSARY,
    METHODS,
    PLOTS,
    QUANTUM,
    SINGLES,
    UNTRAINED,
    WHOLE,
    answer,
    contribution,
    tables,
)
from workloads.methods.oled_emitter import solve_by_circuits, solve_exactly, solve_singles
from workloads.molecules import MINIMAL_BASIS, MoleculeSettings, geometry_table, is_minimal, warnings_of
from workloads.settings import setting
from workloads.units import CHEMICAL_ACCURACY, EV_PER_HARTREE
from workloads.workload import GapScale, Options, Reference, Size, Table, Task, Workload

if TYPE_CHECKING:
    from chemistry import Molecule

EXAMPLE = Path(__file__).parent / "data" / "pspcz.xyz"
WINDOWS, QUICK_WINDOWS = "homo-lumo; 4,4; 6,6", "homo-lumo"


class OledEmitterSettings(MoleculeSettings):
    """What a partner may set."""

    smiles: str | None = setting(None, description="own molecule in SMILES, instead of an xyz file")
    active_space: str = setting(
        WINDOWS, description="electrons,orbitals around the gap, or homo-lumo; several are separated by semicolons"
    )
    whole_molecule: bool = setting(True, description="single excitations over all orbitals as well, which takes longer")

    @model_validator(mode="after")
    def _check(self) -> "OledEmitterSettings":
        if self.smiles is not None and self.geometry is not None:
            raise ValueError("Give a geometry or smiles, not both")
        if self.smiles is not None and self.charge:
            raise ValueError("SMILES say the charge themselves, as in [NH4+]: leave charge out")
        if self.spin:
            raise ValueError(f"An emitter's ground state is a closed shell, so spin is 0, got {self.spin}")
        if self.frozen_core:
            raise ValueError("The windows of active_space say what is frozen: leave frozen_core out")
        if not self.windows:
            raise ValueError("active_space needs at least one window, such as homo-lumo or 4,4")
        if len(set(self.windows)) < len(self.windows):
            raise ValueError(f"Each window is given once, got {self.active_space!r}")
        return self

    @property
    def windows(self) -> tuple[str, ...]:
        """The windows of orbitals, each a case."""
        return tuple(part.strip() for part in self.active_space.split(";") if part.strip())

    def remarks(self) -> list[str]:
        """What reading the user's own molecule warned of, one sentence each."""
        from chemistry import Molecule

        smiles = self.smiles
        if smiles is None:
            return super().remarks()
        return warnings_of(lambda: Molecule.from_smiles(smiles, basis=self.basis))

    @property
    def is_example(self) -> bool:
        """Whether it is the shipped molecule."""
        return self.geometry is None and self.smiles is None


def molecule_of(settings: OledEmitterSettings) -> "Molecule":
    """The molecule as given, the same object for all windows: its mean field is solved once."""
    from chemistry import Molecule

    if settings.smiles is not None:
        return _embedded(settings.smiles, settings.basis)
    if settings.geometry is None:
        return _shared(Molecule.from_xyz(EXAMPLE, basis=settings.basis, charge=settings.charge))
    molecule = settings.own_molecule(settings.geometry)
    if molecule.spin:
        raise ValueError(
            f"An emitter's ground state is a closed shell, but {settings.geometry} states {molecule.spin} unpaired "
            "electrons."
        )
    return _shared(molecule)


@cache
def _embedded(smiles: str, basis: str) -> "Molecule":
    from chemistry import Molecule

    molecule = Molecule.from_smiles(smiles, basis=basis)
    if molecule.spin:
        raise ValueError(f"An emitter's ground state is a closed shell, but {smiles!r} has unpaired electrons.")
    return _shared(molecule)


@cache
def _shared(molecule: "Molecule") -> "Molecule":
    return molecule


def cases_of(settings: OledEmitterSettings) -> "list[tuple[str, str]]":
    """Each window's name for a reader, and as it was given."""
    molecule = molecule_of(settings)
    spaces = [(molecule.active_space(active_space=window), window) for window in settings.windows]
    names = [f"{space.n_electrons} electrons in {space.n_orbitals} orbitals" for space, _ in spaces]
    if len(set(names)) < len(names):
        raise ValueError(f"Two of the windows {settings.active_space!r} are the same: give each once.")
    return [(name, window) for name, (_, window) in zip(names, spaces, strict=True)]


def restated(settings: OledEmitterSettings) -> tuple[str, str] | None:
    """Title and question for a molecule of one's own."""
    if settings.is_example:
        return None
    formula = molecule_of(settings).formula
    return f"{formula} as an emitter", (
        f"Is the singlet-triplet gap of {formula} small enough for triplets to come back, and how bright is its S1?"
    )


# --- Before it runs -----------------------------------------------------------------------------------------------


def size(settings: OledEmitterSettings) -> Size:
    """Estimate the largest window; refuse what has no exact answer to be measured against."""
    from chemistry.excited_states.exact_gap import MOST_DETERMINANTS

    molecule = molecule_of(settings)
    largest = None
    for name, window in cases_of(settings):
        space = molecule.active_space(active_space=window)
        if not 0 < space.n_alpha < space.n_orbitals or space.n_alpha != space.n_beta:
            raise ValueError(f"The window {window!r}, {name}, has no singlet and triplet to excite to: take another.")
        if comb(space.n_orbitals, space.n_alpha) ** 2 > MOST_DETERMINANTS:
            raise ValueError(
                f"The window {window!r}, {name}, has more than the {MOST_DETERMINANTS:,} determinants that are solved "
                "exactly here: take a smaller one, such as --set active_space=6,6."
            )
        one = molecule.size(active_space=window)
        largest = one if largest is None or one.qubits > largest.qubits else largest
    if largest is None:
        raise ValueError("active_space names no window: give one, such as homo-lumo.")
    return Size(
        qubits=largest.qubits,
        sector_dimension=largest.sector_dimension,
        memory_bytes=largest.memory_bytes,
        seconds=_expected_seconds(molecule._mole.nao, largest.qubits, settings.whole_molecule),
        would_fit="With --set basis=sto-3g --set active_space=homo-lumo less is needed.",
    )


def _expected_seconds(n_functions: int, qubits: int, whole_molecule: bool) -> float:
    """The mean field, single excitations of the whole molecule, and the circuits of the largest window."""
    return 8.0 + (330.0 if whole_molecule else 65.0) * (n_functions / 160.0) ** 3 + 0.008 * 2.0**qubits


def notes(settings: OledEmitterSettings) -> list[str]:
    """Say what was assumed."""
    molecule = molecule_of(settings)
    lines = [
        f"{molecule.formula} with charge {molecule.charge}, a closed shell; coordinates are in angstrom.",
        f"Basis set {settings.basis}; restricted Hartree-Fock orbitals, those outside a window frozen or empty.",
    ]
    lines += settings.remarks()
    if settings.is_example:
        lines.append(
            "The geometry is a force field's (MMFF94, from SMILES); in the published one HOMO and LUMO alone give a gap"
            " of 0.86 eV at 6-31G(d) (Gao et al., npj Comput. Mater. 7, 70, 2021)."
        )
    elif settings.smiles is not None:
        lines.append("The geometry is a force field's: MMFF94, or UFF where that has no parameters, seed 7.")
    lines.append(
        "Excitations are vertical, of a molecule alone: no solvent, no relaxation, little electron correlation, so that"
        " energies of S1 and T1 come out too high and wavelengths too short."
    )
    if is_minimal(settings.basis):
        lines.append(MINIMAL_BASIS)
    return lines


def instance(settings: OledEmitterSettings) -> list[Table]:
    """Show the molecule."""
    molecule = molecule_of(settings)
    return [geometry_table(molecule, f"{molecule.formula}, as given")]


# --- The methods --------------------------------------------------------------------------------------------------


def tasks(settings: OledEmitterSettings, options: Options) -> list[Task]:
    """Every method in every window of orbitals."""
    molecule = molecule_of(settings)
    name = "PSPCz" if settings.is_example else molecule.formula
    facts = {"name": name, "formula": molecule.formula, "basis": settings.basis}
    listed: list[Task] = []
    for case, window in cases_of(settings):
        task = partial(Task, case=case, asked={**settings.asked(molecule), "active_space": window, "name": name})
        bound: dict[str, Any] = {"molecule": molecule, "window": window, "facts": facts}
        listed.append(task(method=EXACT, role="classical", solve=partial(solve_exactly, **bound), is_reference=True))
        # What does not depend on the window stands beside the widest one.
        listed += [
            task(method=method, role="classical", solve=partial(solve_singles, method, **bound))
            for method in (
                (SINGLES, WHOLE) if settings.whole_molecule and window == settings.windows[-1] else (SINGLES,)
            )
        ]
        circuits = partial(task, machine=options.machine)
        listed += [
            circuits(
                method=method,
                role="quantum",
                solve=partial(solve_by_circuits, method, **bound),
                seed=options.seeds[0],
            )
            for method in QUANTUM
        ]
        listed.append(circuits(method=UNTRAINED, role="control", solve=partial(solve_by_circuits, UNTRAINED, **bound)))
    return listed


def gap_between(objective: float, reference: Reference) -> float:
    """How far a gap is from the exact one, eV, whichever way."""
    return abs(objective - reference.value)


OLED_EMITTER = Workload(
    name="oled_emitter",
    title="Winning back triplets in a display",
    industry="Displays",
    question="Is the singlet-triplet gap of the blue emitter PSPCz small enough for triplets to come back, and how "
    "bright is its lowest singlet?",
    unit="eV",
    sense="minimize",
    typical_size="4 to 12 qubits, a molecule of 45 atoms",
    typical_seconds=(75.0, 375.0),
    own_data="kaname run oled_emitter --set geometry=mine.xyz",
    restated=restated,
    settings=OledEmitterSettings,
    quick={"active_space": QUICK_WINDOWS, "whole_molecule": False},
    n_seeds=1,
    quick_seeds=1,
    machines=("exact",),
    packages=("chemistry", "runtime"),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=gap_between,
    gap_scale=GapScale(factor=1000, unit="meV", name="error"),
    tolerance=CHEMICAL_ACCURACY * EV_PER_HARTREE,
    controls=dict.fromkeys(QUANTUM, (UNTRAINED,)),
    answer=answer,
    contribution=contribution,
    tables=tables,
    plots=PLOTS,
    methods=METHODS,
    glossary=GLOSSARY,
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(OLED_EMITTER))
