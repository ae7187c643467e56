"""What does it cost to pull the nitrogen molecule apart? Its energy along the breaking bond, by every method.

The triple bond of N2 is what makes ammonia, and with it fertiliser, expensive. While it breaks, six electrons unpair at
once and no single determinant describes them: Hartree-Fock fails, and coupled cluster, the method that chemistry calls
its gold standard, leaves the curve with it. The exact answer in a minimal basis set (full CI) is still affordable and
is the reference. Two quantum circuits are trained against it: one repetition of unitary coupled cluster, and the
suite's default of up to four.

With `geometry` the same methods run on a molecule of one's own, as it stands or along a bond that is stretched.
"""

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.answers.nitrogen_bond import (
    EXACT,
    GLOSSARY,
    METHODS,
    ONE_STATE,
    PLOTS,
    REPEATED,
    SINGLE,
    UNTRAINED,
    answer,
    contribution,
    tables,
)
from workloads.methods.energies import (
    Build,
    ansatz_of,
    circuit_outcome,
    circuit_problem,
    energy_tasks,
    expected_state_problem,
    leave_untrained,
    shared_problem,
    solve_classically,
    trained,
    warm_up,
)
from workloads.molecules import MoleculeSettings, geometry_table, space_that_fits, would_fit
from workloads.settings import setting
from workloads.units import CHEMICAL_ACCURACY
from workloads.workload import Context, GapScale, Options, Outcome, Size, Table, Task, Workload, difference_gap

if TYPE_CHECKING:
    from chemistry import Molecule

NITROGEN = "N 0 0 0; N 0 0 1.1"
NITROGEN_BOND_ATOMS = (1, 2)
LENGTHS = tuple(round(0.8 + 0.1 * step, 1) for step in range(17))
QUICK_LENGTHS = (0.8, 1.1, 1.5, 2.0, 2.4)
LONGEST = 100.0  # angstrom; nothing is left of a bond long before

# Each method, and its name among chemistry's baselines.
CLASSICAL = {EXACT: "FCI", ONE_STATE: ONE_STATE, "HF": "HF", "MP2": "MP2", "CCSD": "CCSD", "CCSD(T)": "CCSD(T)"}


class NitrogenBondSettings(MoleculeSettings):
    """What a partner may set."""

    bond: tuple[int, int] | None = setting(
        None, description="two atoms, counted from 1, whose bond is stretched; none: own geometry as it stands"
    )
    lengths: tuple[float, ...] = setting(
        LENGTHS, description="lengths of the stretched bond", unit="angstrom", min_length=1
    )

    @model_validator(mode="after")
    def _check(self) -> "NitrogenBondSettings":
        if not all(length > 0 for length in self.lengths):
            raise ValueError(f"Bond lengths are positive numbers of angstrom, got {list(self.lengths)}")
        if max(self.lengths) > LONGEST:
            raise ValueError(f"Bond lengths are at most {LONGEST:g} angstrom, got {max(self.lengths):g}")
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError(f"Each bond length is given once, got {list(self.lengths)}")
        if self.stretched is None and self.lengths not in (LENGTHS, QUICK_LENGTHS):
            raise ValueError("Bond lengths need the bond that they are for, such as --set bond=1,2")
        return self

    @property
    def stretched(self) -> tuple[int, int] | None:
        """The bond that is stretched, if any: that of N2, or of two atoms for which lengths are given."""
        if self.bond is not None:
            return self.bond
        if self.geometry is None:
            return NITROGEN_BOND_ATOMS
        return None if self.lengths in (LENGTHS, QUICK_LENGTHS) else molecule_of(self).only_bond


def molecule_of(settings: NitrogenBondSettings) -> "Molecule":
    """The molecule as given."""
    return settings.molecule(NITROGEN)


def cases_of(settings: NitrogenBondSettings) -> "list[tuple[str, float | None, Molecule]]":
    """Each case's name, bond length in angstrom and molecule."""
    molecule = molecule_of(settings)
    if settings.stretched is None:
        return [(molecule.formula, None, molecule)]
    return [
        (f"{length:g} angstrom", length, molecule.with_bond(settings.stretched, length))
        for length in sorted(settings.lengths)
    ]


def restated(settings: NitrogenBondSettings) -> tuple[str, str] | None:
    """Title and question for a molecule of one's own."""
    if settings.geometry is None:
        return None
    formula = molecule_of(settings).formula
    if settings.stretched is None:
        return f"The energy of {formula}", f"What is the energy of {formula}, and which method can be trusted with it?"
    bond = "-".join(map(str, settings.stretched))
    question = f"What does it cost to pull atoms {bond} of {formula} apart, and which method can be trusted with it?"
    return f"Breaking a bond of {formula}", question


# --- Before it runs -----------------------------------------------------------------------------------------------


def size(settings: NitrogenBondSettings) -> Size:
    """Estimate the largest case; refuse what no setting of the memory could hold."""
    cases = cases_of(settings)
    molecule = cases[0][2]
    space_that_fits(molecule, settings)
    largest = max((case.size(**settings.space) for _, _, case in cases), key=lambda one: one.memory_bytes)
    return Size(
        qubits=largest.qubits,
        sector_dimension=largest.sector_dimension,
        memory_bytes=largest.memory_bytes,
        seconds=8.0 + len(cases) * (1.0 + largest.seconds),
        would_fit=would_fit(molecule),
    )


def notes(settings: NitrogenBondSettings) -> list[str]:
    """Say what was assumed."""
    lines = settings.notes(molecule_of(settings))
    lines.append(
        "All methods share one restricted Hartree-Fock field, whose time is in the seconds of each; the search for the "
        "orbitals that serve a circuit best is in the circuits' alone."
    )
    if settings.stretched is not None:
        first, second = settings.stretched
        lines.append(f"The bond between atoms {first} and {second} is set to each length; the rest moves rigidly.")
    return lines


def instance(settings: NitrogenBondSettings) -> list[Table]:
    """Show the molecule."""
    molecule = molecule_of(settings)
    return [geometry_table(molecule, f"{molecule.formula}, as given")]


# --- The methods --------------------------------------------------------------------------------------------------


def tasks(settings: NitrogenBondSettings, options: Options) -> list[Task]:
    """Every method on every geometry."""
    listed: list[Task] = []
    for case, length, molecule in cases_of(settings):
        asked = (molecule, settings.frozen_core, settings.active_space)
        by_circuit = partial(circuit_problem, *asked)
        classically = dict.fromkeys(CLASSICAL, shared_problem) | {ONE_STATE: expected_state_problem}
        facts: dict[str, Any] = {"formula": molecule.formula, "basis": settings.basis}
        if length is not None:
            facts["bond_length"] = length
        listed += energy_tasks(
            options,
            case=case,
            asked=settings.asked(molecule),
            classical={
                method: partial(solve_classically, name, partial(classically[method], *asked), facts)
                for method, name in CLASSICAL.items()
            },
            train=partial(train, build=by_circuit, facts=facts),
            untrained=partial(leave_untrained, by_circuit, facts),
        )
    return listed


def train(method: str, context: Context, *, build: Build, facts: dict[str, Any]) -> Outcome:
    """A circuit, its parameters minimized on exact gradients from MP2 amplitudes."""
    warm_up()
    problem, build_seconds = build()
    began = perf_counter()
    ansatz = ansatz_of(method, problem)
    build_seconds += perf_counter() - began
    return circuit_outcome(trained(problem, ansatz, context), context, build_seconds=build_seconds, facts=facts)


NITROGEN_BOND = Workload(
    name="nitrogen_bond",
    title="Breaking the nitrogen bond",
    industry="Chemicals",
    question="What does it cost to pull the nitrogen molecule apart, and which method can be trusted with the answer?",
    unit="hartree",
    sense="minimize",
    typical_size="20 qubits, 1,824 determinants",
    typical_seconds=(25.0, 60.0),
    own_data="kaname run nitrogen_bond --set geometry=mine.xyz",
    restated=restated,
    settings=NitrogenBondSettings,
    quick={"lengths": QUICK_LENGTHS},
    n_seeds=1,
    quick_seeds=1,
    machines=("exact",),
    packages=("chemistry", "runtime"),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=difference_gap,
    gap_scale=GapScale(factor=1000, unit="mHa", name="error"),
    tolerance=CHEMICAL_ACCURACY,
    slack=1e-8,
    controls={SINGLE: (UNTRAINED,), REPEATED: (UNTRAINED,)},
    answer=answer,
    contribution=contribution,
    tables=tables,
    plots=PLOTS,
    methods=METHODS,
    glossary=GLOSSARY,
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(NITROGEN_BOND))
