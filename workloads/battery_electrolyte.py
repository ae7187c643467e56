"""What does it take to free lithium from superoxide, and what does the solvent of the electrolyte change about it?

A lithium-oxygen battery discharges through lithium superoxide, LiO2. Its bond is ionic, Li+ O2-; pulled apart in vacuum
an electron goes back and neutral lithium and oxygen are left, whose electrons no single determinant describes, while a
polar solvent holds the ions. So the path is followed in vacuum and in the solvent, a polarisable continuum. At each
point orbitals and the solvent's charges are optimized along with a circuit on either side of the transfer, the lower
one is taken, and in its orbitals and field every method treats the same electrons; full CI there is the proof.

With `geometry` the same is done for one's own lithium-oxygen species, along one of its bonds.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from math import acos, cos, dist, exp, sin
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.answers.battery_electrolyte import (
    EXACT,
    GLOSSARY,
    METHODS,
    PLOTS,
    REPEATED,
    SINGLE,
    SOLVENT,
    UNTRAINED,
    VACUUM,
    answer,
    contribution,
    tables,
)
from workloads.methods.energies import ansatz_of, circuit_outcome, energy_tasks, leave_untrained, trained, warm_up
from workloads.molecules import MoleculeSettings, geometry_table, space_that_fits, would_fit
from workloads.settings import setting
from workloads.units import CHEMICAL_ACCURACY
from workloads.workload import Context, GapScale, Options, Outcome, Seconds, Size, Table, Task, Workload, difference_gap

if TYPE_CHECKING:
    from chemistry import Molecule
    from chemistry.orbital_optimization.charge_transfer import BondPoint

# Angstrom. LiO2 is an isosceles triangle (Andrews, J. Chem. Phys. 50, 4288 (1969)); O2 has 1.21 angstrom.
LITHIUM_OXYGEN, SUPEROXIDE, OXYGEN, RELAXATION = 1.77, 1.34, 1.21, 0.8
DISTANCES = (1.6, 1.77, 2.0, 2.5, 3.0, 4.0, 6.0)
QUICK_DISTANCES = (1.77, 3.0, 6.0)
# Of an own bond's length, where no distances are given.
MULTIPLES, QUICK_MULTIPLES = (0.9, 1.0, 1.15, 1.4, 1.7, 2.5, 4.0), (1.0, 1.7, 4.0)
# Each classical method, and its name among chemistry's baselines.
CLASSICAL = {EXACT: "FCI", "HF": "HF", "CCSD": "CCSD", "CCSD(T)": "CCSD(T)"}


class BatteryElectrolyteSettings(MoleculeSettings):
    """What a partner may set."""

    basis: str = setting("6-31g", description="basis set, by its usual name")
    spin: int = setting(1, description="unpaired electrons before the bond breaks", unit="electrons", ge=0)
    active_space: str | None = setting(
        "avas:O 2p,Li 2s",
        description="electrons,orbitals around the gap, as in 9,7, or a method, as in avas:O 2p,Li 2s; none: all",
    )
    bond: tuple[int, int] | None = setting(
        None, description="own molecule: the two atoms, counted from 1, whose bond is pulled"
    )
    distances: tuple[float, ...] = setting(
        DISTANCES,
        description="lengths of the bond that is pulled; own molecule: unless given, 0.9 to 4 times its own length",
        unit="angstrom",
        min_length=2,
    )
    permittivity: float = setting(
        46.7,
        description="of the solvent, relative: dimethoxyethane 7.2, acetonitrile 35.9, dimethyl sulfoxide 46.7",
        gt=1,
        le=1000,
    )

    @model_validator(mode="after")
    def _check(self) -> "BatteryElectrolyteSettings":
        if not all(distance > 0 for distance in self.distances):
            raise ValueError(f"Distances are positive numbers of angstrom, got {list(self.distances)}")
        if len(set(self.distances)) < len(self.distances):
            raise ValueError(f"Each distance is given once, got {list(self.distances)}")
        if self.geometry is None and self.bond is not None:
            raise ValueError("The bond is for a molecule of one's own, so give --set geometry=mine.xyz as well")
        if self.geometry is None and (self.charge, self.spin) != (0, 1):
            raise ValueError("LiO2 is neutral with one unpaired electron: leave charge and spin to one's own molecule")
        if self.frozen_core:
            raise ValueError("The active space already says what is frozen: leave frozen_core out")
        return self

    @property
    def gives_distances(self) -> bool:
        """Whether the distances are the user's own, not the example's."""
        return "distances" in self.model_fields_set and self.distances != QUICK_DISTANCES


def lithium_superoxide(distance: float) -> str:
    """LiO2 with lithium at a distance (angstrom) from one oxygen, seen under the angle that it has when bound.

    The two oxygen atoms come together from 1.34 angstrom, as in superoxide, to 1.21, as in oxygen.
    """
    angle = acos(0.5 * SUPEROXIDE / LITHIUM_OXYGEN)
    pulled = max(distance - LITHIUM_OXYGEN, 0.0)
    between = OXYGEN + (SUPEROXIDE - OXYGEN) * exp(-pulled / RELAXATION)
    return f"O 0 0 0; O {between} 0 0; Li {distance * cos(angle)} {distance * sin(angle)} 0"


def bound_molecule(settings: BatteryElectrolyteSettings) -> "Molecule":
    """The molecule before its bond is pulled."""
    return settings.molecule(lithium_superoxide(LITHIUM_OXYGEN))


def path_of(settings: BatteryElectrolyteSettings) -> "list[tuple[float, Molecule]]":
    """Each distance in angstrom, and the molecule there."""
    if settings.geometry is None:
        return [(d, settings.molecule(lithium_superoxide(d))) for d in sorted(settings.distances)]
    molecule = bound_molecule(settings)
    bond = settings.bond or molecule.only_bond
    if bond is None:
        raise ValueError(f"{molecule.formula} has several bonds: say which one is pulled, as in --set bond=1,2.")
    if settings.gives_distances:
        return [(d, molecule.with_bond(bond, d)) for d in sorted(settings.distances)]
    length = bond_length(molecule, bond)
    multiples = QUICK_MULTIPLES if settings.distances == QUICK_DISTANCES else MULTIPLES
    distances = [length if multiple == 1.0 else round(multiple * length, 2) for multiple in multiples]
    return [(distance, molecule.with_bond(bond, distance)) for distance in distances]


def bond_length(molecule: "Molecule", bond: tuple[int, int]) -> float:
    """Between two atoms, counted from 1, in angstrom."""
    ends = [atom.position for number, atom in enumerate(molecule.atoms, start=1) if number in bond]
    if len(ends) != 2:
        raise ValueError(
            f"A bond is two different atoms counted from 1 to {len(molecule.atoms)}, but {bond[0]} and {bond[1]} were "
            "given."
        )
    return round(dist(*ends), 6)


def restated(settings: BatteryElectrolyteSettings) -> tuple[str, str] | None:
    """Title and question for a molecule of one's own."""
    if settings.geometry is None:
        return None
    formula = bound_molecule(settings).formula
    return f"{formula} in an electrolyte", f"What does it take to pull {formula} apart, and what does a solvent change?"


# --- Before it runs -----------------------------------------------------------------------------------------------


def size(settings: BatteryElectrolyteSettings) -> Size:
    """Estimate one point; the others are as large."""
    molecule = bound_molecule(settings)
    space_that_fits(molecule, settings)
    one = molecule.size(**settings.space, symmetric=False)  # optimized orbitals keep no point group
    return Size(
        qubits=one.qubits,
        sector_dimension=one.sector_dimension,
        memory_bytes=one.memory_bytes,
        seconds=8.0 + 2 * len(path_of(settings)) * (7.0 + 2 * one.seconds),
        would_fit=would_fit(molecule),
    )


def notes(settings: BatteryElectrolyteSettings) -> list[str]:
    """Say what was assumed."""
    lines = settings.notes(bound_molecule(settings))
    lines.append(
        f"The solvent is a polarisable continuum (C-PCM) of relative permittivity {settings.permittivity:g}: it has no "
        "molecules, so neither their binding to lithium nor entropy is in the numbers."
    )
    lines.append(
        "At each point orbitals and the solvent's charges are optimized along with UCCSD; all methods then treat the "
        "same integrals, and no method's seconds hold what making them took. Correlation outside the active space is "
        "left out: errors compare methods, not with nature."
    )
    lines.append(
        "Without diffuse functions in the basis set and correlation outside the active space, negative ions such as "
        "superoxide are held too weakly: energies of free ions come out too high."
    )
    if settings.geometry is not None and not settings.gives_distances:
        listed = ", ".join(f"{distance:g}" for distance, _ in path_of(settings))
        lines.append(f"No distances were given: the bond's own length and multiples of it, {listed} angstrom.")
    if settings.geometry is None:
        lines.append(
            "The path is a model: lithium leaves one oxygen at a fixed angle while O-O shortens from 1.34 to 1.21 "
            "angstrom."
        )
    return lines


def instance(settings: BatteryElectrolyteSettings) -> list[Table]:
    """Show the molecule."""
    molecule = bound_molecule(settings)
    return [geometry_table(molecule, f"{molecule.formula}, bound")]


# --- The methods --------------------------------------------------------------------------------------------------


@cache
def point_of(
    molecule: "Molecule", bound: "Molecule", active_space: str | None, permittivity: float | None
) -> "tuple[BondPoint, float]":
    """The point's problem and the seconds that it took, once for all methods."""
    from chemistry.orbital_optimization import Solvent
    from chemistry.orbital_optimization.charge_transfer import bond_point

    warm_up()
    began = perf_counter()
    solvent = None if permittivity is None else Solvent(permittivity=permittivity)
    point = bond_point(molecule, bound=bound, active_space=active_space, solvent=solvent)
    return point, perf_counter() - began


def tasks(settings: BatteryElectrolyteSettings, options: Options) -> list[Task]:
    """Every method at every point, in vacuum and in the solvent."""
    listed: list[Task] = []
    bound = bound_molecule(settings)
    for distance, molecule in path_of(settings):
        for environment, permittivity in ((VACUUM, None), (SOLVENT, settings.permittivity)):
            point = partial(point_of, molecule, bound, settings.active_space, permittivity)
            facts = {
                "formula": molecule.formula, "basis": settings.basis, "distance": distance, "environment": environment,
                "permittivity": permittivity, "lithium": _lithium(molecule),
            }  # fmt: skip
            listed += energy_tasks(
                options,
                case=f"{distance:g} angstrom, {environment}",
                asked={**settings.asked(molecule), "bound": settings.asked(bound), "permittivity": permittivity},
                classical={m: partial(solve_classically, name, point, facts) for m, name in CLASSICAL.items()},
                train=partial(train, point=point, facts=facts),
                untrained=partial(untrained, point, facts),
            )
    return listed


def _lithium(molecule: "Molecule") -> int | None:
    """The first lithium atom, whose charge is followed."""
    return next((place for place, atom in enumerate(molecule.atoms) if atom.symbol == "Li"), None)


Point = Callable[[], "tuple[BondPoint, float]"]


def solve_classically(baseline: str, point: Point, facts: dict[str, Any], _: Context) -> Outcome:
    """One of PySCF's methods, from a mean field of the active electrons that begins with the lowest determinant."""
    from chemistry.baselines import BASELINES
    from chemistry.orbital_optimization.charge_transfer import active_hartree_fock

    prepared, preparation = point()
    began = perf_counter()
    # Without its molecule's mean field, whose orbitals these no longer are.
    problem = replace(prepared.problem, mean_field=None)
    # A certificate needs every irrep and spin.
    options = {"irreps": "all"} if baseline == "FCI" else {}
    energy = active_hartree_fock(problem) if baseline == "HF" else BASELINES[baseline](problem, **options)
    return Outcome(
        objective=energy.energy,
        status=energy.status if prepared.converged else f"{energy.status} The orbitals are not fully optimized.",
        seconds=Seconds(optimize=perf_counter() - began),
        ranks=energy.converged,
        detail={
            **facts,
            **energy.detail,
            "settled": prepared.converged,
            "solvation": prepared.solvation,
            "preparation_seconds": preparation,
        },
        reference_kind="certified" if baseline == "FCI" and energy.converged else "best known",
    )


def train(method: str, context: Context, *, point: Point, facts: dict[str, Any]) -> Outcome:
    """A circuit, its parameters minimized on exact gradients, and what its state is like."""
    from chemistry import reduced_density_matrices
    from chemistry.orbital_optimization.charge_transfer import natural_occupations
    from chemistry.properties import atomic_populations, electric_moments

    prepared, _ = point()
    problem = replace(prepared.problem)  # without what another circuit left in it, such as its Hamiltonian
    began = perf_counter()
    ansatz = ansatz_of(method, problem)
    built = perf_counter()
    result = trained(problem, ansatz, context)
    outcome = circuit_outcome(result, context, build_seconds=built - began, facts=facts)
    densities = reduced_density_matrices(result.program, result.parameters)
    charges = atomic_populations(problem, densities, scheme="lowdin").charges
    found = {
        "dipole": electric_moments(problem, densities).magnitude_debye,
        "charge": None if facts["lithium"] is None else float(charges[facts["lithium"]]),
        "occupations": natural_occupations(problem, densities),
    }
    return replace(outcome, detail={**outcome.detail, **found})


def untrained(point: Point, facts: dict[str, Any], context: Context) -> Outcome:
    """The control of a trained circuit: UCCSD with the MP2 amplitudes that training starts from."""
    prepared, _ = point()
    return leave_untrained(lambda: (replace(prepared.problem), 0.0), facts, context)


BATTERY_ELECTROLYTE = Workload(
    name="battery_electrolyte",
    title="Lithium superoxide in an electrolyte",
    industry="Batteries",
    question="How much energy does it take to pull lithium from superoxide, and how does the solvent change it?",
    unit="hartree",
    sense="minimize",
    typical_size="16 qubits, 1,568 determinants",
    typical_seconds=(55.0, 110.0),
    own_data="kaname run battery_electrolyte --set geometry=mine.xyz --set bond=1,3 --set spin=1",
    restated=restated,
    settings=BatteryElectrolyteSettings,
    quick={"distances": QUICK_DISTANCES},
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
    slack=1e-6,  # orbitals that were made again in another run differ by as much
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

    raise SystemExit(main(BATTERY_ELECTROLYTE))
