"""What does it take to free lithium from superoxide, and what does the solvent of the electrolyte change about it?

A lithium-oxygen battery discharges through lithium superoxide, LiO2. Its bond is ionic, Li+ O2-; pulled apart in vacuum
an electron goes back and neutral lithium and oxygen are left, whose electrons no single determinant describes, while a
polar solvent holds the ions. So the path is followed in vacuum and in the solvent, a polarisable continuum. At each
point orbitals and the solvent's charges are optimised along with a circuit on either side of the transfer, the lower
one is taken, and in its orbitals and field every method treats the same electrons; full CI there is the proof.

With `geometry` the same is done for one's own lithium-oxygen species, along one of its bonds.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from math import acos, comb, cos, exp, sin
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.molecules import (
    CHEMICAL_ACCURACY,
    EV_PER_HARTREE,
    MoleculeSettings,
    circuit_outcome,
    energy_text,
    error_text,
    geometry_table,
    is_accurate,
    leave_untrained,
    warm_up,
)
from workloads.settings import setting
from workloads.workload import (
    Context,
    GapScale,
    Options,
    Outcome,
    Plot,
    Record,
    Seconds,
    Size,
    Table,
    Task,
    Workload,
    difference_gap,
)

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from chemistry import Molecule
    from chemistry.orbital_optimization.charge_transfer import BondPoint

KJ_PER_EV = 96.485332
# Angstrom. LiO2 is an isosceles triangle (Andrews, J. Chem. Phys. 50, 4288 (1969)); O2 has 1.21 angstrom.
LITHIUM_OXYGEN, SUPEROXIDE, OXYGEN, RELAXATION = 1.77, 1.34, 1.21, 0.8
DISTANCES = (1.6, 1.77, 2.0, 2.5, 3.0, 4.0, 6.0)
QUICK_DISTANCES = (1.77, 3.0, 6.0)
VACUUM, SOLVENT = "vacuum", "solvent"

EXACT, REPEATED, SINGLE, UNTRAINED = "FCI (exact)", "repeated UCCSD", "UCCSD", "UCCSD, untrained"
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
        DISTANCES, description="lengths of the bond that is pulled", unit="angstrom", min_length=2
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
    distances = sorted(settings.distances)
    if settings.geometry is None:
        return [(distance, settings.molecule(lithium_superoxide(distance))) for distance in distances]
    molecule = bound_molecule(settings)
    bond = settings.bond or molecule.only_bond
    if bond is None:
        raise ValueError(f"{molecule.formula} has several bonds: say which one is pulled, as in --set bond=1,2.")
    return [(distance, molecule.with_bond(bond, distance)) for distance in distances]


def restated(settings: BatteryElectrolyteSettings) -> tuple[str, str] | None:
    """Title and question for a molecule of one's own."""
    if settings.geometry is None:
        return None
    formula = bound_molecule(settings).formula
    return f"{formula} in an electrolyte", f"What does it take to pull {formula} apart, and what does a solvent change?"


# --- Before it runs -----------------------------------------------------------------------------------------------


def size(settings: BatteryElectrolyteSettings) -> Size:
    """Estimate one point; the others are as large."""
    from chemistry import what_would_fit
    from chemistry.size import MAX_ORBITALS, check_fits

    path = path_of(settings)
    molecule = bound_molecule(settings)
    space = molecule.active_space(**settings.space)
    if space.n_orbitals > MAX_ORBITALS:
        check_fits(molecule, space)
    symmetric = molecule.size(**settings.space)
    # Optimised orbitals keep no point group: there are more determinants, each coupled to more others.
    determinants = comb(space.n_orbitals, space.n_alpha) * comb(space.n_orbitals, space.n_beta)
    larger = determinants / symmetric.sector_dimension
    return Size(
        qubits=symmetric.qubits,
        sector_dimension=determinants,
        memory_bytes=int(symmetric.memory_bytes * larger**2),
        seconds=8.0 + 2 * len(path) * (3.0 + 2 * symmetric.seconds * larger),
        would_fit=f"On this machine --set {what_would_fit(molecule).replace(' or active', ' or --set active')}.",
    )


def notes(settings: BatteryElectrolyteSettings) -> list[str]:
    """Say what was assumed."""
    lines = settings.notes(bound_molecule(settings))
    lines.append(
        f"The solvent is a polarisable continuum (C-PCM) of relative permittivity {settings.permittivity:g}: it has no "
        "molecules, so neither their binding to lithium nor entropy is in the numbers."
    )
    lines.append(
        "At each point orbitals and the solvent's charges are optimised along with UCCSD; all methods then treat the "
        "same integrals. Correlation outside the active space is left out: errors compare methods, not with nature."
    )
    lines.append(
        "Without diffuse functions in the basis set and correlation outside the active space, negative ions such as "
        "superoxide are held too weakly: energies of free ions come out too high."
    )
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
    """Every method at every point, in vacuum and in the solvent; circuits are deterministic, so one seed is enough."""
    listed: list[Task] = []
    bound = bound_molecule(settings)
    for distance, molecule in path_of(settings):
        for environment, permittivity in ((VACUUM, None), (SOLVENT, settings.permittivity)):
            point = partial(point_of, molecule, bound, settings.active_space, permittivity)
            facts = {
                "formula": molecule.formula, "basis": settings.basis, "distance": distance, "environment": environment,
                "permittivity": permittivity, "lithium": _lithium(molecule),
            }  # fmt: skip
            common: dict[str, Any] = {
                "case": f"{distance:g} angstrom, {environment}",
                "asked": {**settings.asked(molecule), "bound": settings.asked(bound), "permittivity": permittivity},
            }
            listed += [
                Task(
                    method=method,
                    role="classical",
                    solve=partial(solve_classically, baseline, point, facts),
                    is_reference=method == EXACT,
                    **common,
                )
                for method, baseline in CLASSICAL.items()
            ]
            listed += [
                Task(
                    method=method,
                    role="quantum",
                    solve=partial(train, method, point, facts),
                    seed=options.seeds[0],
                    machine=options.machine,
                    **common,
                )
                for method in (SINGLE, REPEATED)
            ]
            listed.append(
                Task(
                    method=UNTRAINED,
                    role="control",
                    solve=partial(untrained, point, facts),
                    machine=options.machine,
                    **common,
                )
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

    prepared, seconds = point()
    began = perf_counter()
    # Without its molecule's mean field, whose orbitals these no longer are.
    problem = replace(prepared.problem, mean_field=None)
    energy = active_hartree_fock(problem) if baseline == "HF" else BASELINES[baseline](problem)
    return Outcome(
        objective=energy.energy,
        status=energy.status if prepared.converged else f"{energy.status} The orbitals are not fully optimised.",
        seconds=Seconds(build=seconds, optimise=perf_counter() - began),
        ranks=energy.converged,
        detail={**facts, **energy.detail, "settled": prepared.converged, "solvation": prepared.solvation},
        reference_kind="certified" if baseline == "FCI" and energy.converged else "best known",
    )


def train(method: str, point: Point, facts: dict[str, Any], context: Context) -> Outcome:
    """A circuit, its parameters minimised on exact gradients, and what its state is like."""
    from chemistry import reduced_density_matrices, repeated_uccsd, uccsd, vqe
    from chemistry.orbital_optimization.charge_transfer import natural_occupations
    from chemistry.properties import atomic_populations, electric_moments

    prepared, seconds = point()
    problem = prepared.problem
    result = vqe(
        problem,
        uccsd(problem) if method == SINGLE else repeated_uccsd(problem),
        seed=context.seed or 0,
        time_limit=context.time_limit,
        callback=lambda count, energy: context.progress(1 - 1 / (1 + count / 300), f"{energy:.6f} hartree"),
    )
    outcome = circuit_outcome(result, build_seconds=seconds, facts=facts)
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
    prepared, seconds = point()
    outcome = leave_untrained(lambda: prepared.problem, facts, context)
    return replace(outcome, seconds=replace(outcome.seconds, build=outcome.seconds.build + seconds))


# --- The answer ---------------------------------------------------------------------------------------------------


def answer(records: Sequence[Record]) -> str:
    """What the bond costs in either environment, what is left, and whose numbers can be trusted."""
    curves = {environment: _curve(records, EXACT, environment) for environment in (VACUUM, SOLVENT)}
    if any(len(curve) < 2 for curve in curves.values()):
        return "The exact energy could not be computed along the path, so nothing can be said."
    first, last = curves[SOLVENT][0], curves[SOLVENT][-1]
    costs = {environment: _cost(curve) for environment, curve in curves.items()}
    solvent = f"a solvent of permittivity {last.detail['permittivity']:g}"
    parts = [
        f"In the {str(first.detail['basis']).upper()} basis, pulling {first.detail['formula']} apart to "
        f"{last.detail['distance']:g} angstrom costs {_energy_text(costs[VACUUM])} in vacuum and "
        f"{_energy_text(costs[SOLVENT])} in {solvent}, {_shift_text(costs[SOLVENT] - costs[VACUUM])}."
    ]
    parts += [_transfer(_curve(records, REPEATED, environment), environment) for environment in (VACUUM, SOLVENT)]
    parts.append(_trust(records))
    return " ".join(filter(None, parts))


def _curve(records: Sequence[Record], method: str, environment: str) -> list[Record]:
    """A method's records in one environment, by distance."""
    found = [
        r for r in records
        if r.method == method and r.objective is not None and r.detail.get("environment") == environment
    ]  # fmt: skip
    return sorted(found, key=lambda record: record.detail["distance"])


def _cost(curve: Sequence[Record]) -> float:
    """Hartree from the lowest point to the last."""
    energies = [record.objective or 0.0 for record in curve]
    return energies[-1] - min(energies)


def _energy_text(hartree: float) -> str:
    volts = hartree * EV_PER_HARTREE
    return f"{volts:.2f} eV ({volts * KJ_PER_EV:.0f} kJ/mol)"


def _shift_text(hartree: float) -> str:
    return f"{abs(hartree) * EV_PER_HARTREE:.2f} eV {'less' if hartree < 0 else 'more'}"


def _transfer(curve: Sequence[Record], environment: str) -> str:
    """Between which points lithium's charge is halved, if it is."""
    charges = [(record.detail["distance"], record.detail["charge"]) for record in curve]
    if not charges or charges[0][1] is None:
        return ""
    where = "in vacuum" if environment == VACUUM else "in the solvent"
    for (before, _), (after, charge) in pairwise(charges):
        if charge < 0.5 * charges[0][1]:
            model = (
                ""
                if environment == VACUUM
                else (" (in this model: it puts free ions too high, so in a real solvent they may well win)")
            )
            return f"Lithium takes its electron back between {before:g} and {after:g} angstrom {where}{model}."
    return f"Lithium is still charged ({charges[-1][1]:+.2f}) at the end {where}."


def _trust(records: Sequence[Record]) -> str:
    """Which methods are within chemical accuracy everywhere."""
    present = [m for m in (REPEATED, SINGLE, "CCSD(T)", "CCSD", "HF") if any(r.method == m for r in records)]
    sound = [m for m in present if all(map(is_accurate, (r for r in records if r.method == m)))]
    triples = [r for r in records if r.method == "CCSD(T)"]
    sentence = f"Within 1.6 millihartree of the exact energy everywhere: {', '.join(sound) or 'no other method'}."
    if triples and "CCSD(T)" not in sound:
        sentence += f" CCSD(T) is at {sum(map(is_accurate, triples))} of {len(triples)} points."
    return sentence


def contribution(records: Sequence[Record]) -> str:
    """What training added to the circuit with MP2 amplitudes."""
    errors = {
        method: max((abs(r.gap) for r in records if r.method == method and r.gap is not None), default=None)
        for method in (UNTRAINED, SINGLE, REPEATED)
    }
    if any(error is None for error in errors.values()):
        return "Some circuits gave no energy, so what training adds cannot be said."
    before, single, repeated = (1000 * (errors[method] or 0.0) for method in (UNTRAINED, SINGLE, REPEATED))
    return (
        f"At worst the circuit with untrained MP2 amplitudes is {before:.1f} mHa off; training brings it to "
        f"{single:.2f} mHa, and repeating it to {repeated:.2f} mHa."
    )


def tables(records: Sequence[Record]) -> list[Table]:
    """The path with what the electrons do, and the errors."""
    by_place = {(r.case, r.method): r for r in records}
    exact = [*_curve(records, EXACT, VACUUM), *_curve(records, EXACT, SOLVENT)]
    lowest = {
        environment: min((r.objective or 0.0 for r in _curve(records, EXACT, environment)), default=0.0)
        for environment in (VACUUM, SOLVENT)
    }
    path = Table(
        title="Along the path",
        columns=("point", "energy (eV)", "dipole (debye)", "lithium's charge", "half-filled orbitals", "S^2"),
        rows=[
            (
                r.case,
                f"{((r.objective or 0.0) - lowest[r.detail['environment']]) * EV_PER_HARTREE:.2f}",
                *_state_texts(by_place.get((r.case, REPEATED))),
                f"{r.detail['s_squared'][0]:.2f}",
            )
            for r in exact
        ],
        note="Energies are exact, from the lowest in the same environment; S^2 is 0.75 for a doublet, 3.75 a quartet. "
        "Dipole, charge (Löwdin) and natural orbitals with 0.5 to 1.5 electrons are those of the circuit's state.",
    )
    methods = [m for m in ("HF", "CCSD", "CCSD(T)", SINGLE, REPEATED) if any(r.method == m for r in records)]
    errors = Table(
        title="Error against the exact energy (millihartree)",
        columns=("point", "exact energy (hartree)", *methods),
        rows=[
            (r.case, energy_text(r), *(error_text(by_place.get((r.case, method))) for method in methods)) for r in exact
        ],
        note="In brackets: not converged, or below the exact energy; such a value is no answer.",
    )
    circuits = [by_place[place] for r in exact for m in (SINGLE, REPEATED) if (place := (r.case, m)) in by_place]
    costs = Table(
        title="The circuits",
        columns=("point", "circuit", "parameters", "determinants", "evaluations", "two-qubit gates"),
        rows=[
            (r.case, str(r.detail["ansatz"]), r.detail["parameters"], r.sector_dimension, r.evaluations,
             r.two_qubit_gates)
            for r in circuits
        ],
        note="Determinants are those that the circuit reaches; two-qubit gates are counted after decomposition.",
    )  # fmt: skip
    return [path, errors, costs]


def _state_texts(record: Record | None) -> tuple[str | None, str | None, str | None]:
    if record is None or record.objective is None:
        return None, None, None
    detail = record.detail
    half = sum(0.5 < occupation < 1.5 for occupation in detail["occupations"])
    charge = detail["charge"]
    return (
        f"{detail['dipole']:.2f}",
        None if charge is None else f"{charge + 0.0:.2f}".replace("-0.00", "0.00"),
        str(half),
    )


def draw_path(frame: "pandas.DataFrame") -> "Figure":
    """Energies along the path, in vacuum and in the solvent."""
    from chemistry.plots import reaction_path

    return reaction_path.energies(frame)


def draw_transfer(frame: "pandas.DataFrame") -> "Figure":
    """Where the electron goes back."""
    from chemistry.plots import reaction_path

    return reaction_path.charge_transfer(frame)


def draw_errors(frame: "pandas.DataFrame") -> "Figure":
    """How far each method is from exact."""
    from chemistry.plots import reaction_path

    return reaction_path.errors(frame)


BATTERY_ELECTROLYTE = Workload(
    name="battery_electrolyte",
    title="Lithium superoxide in an electrolyte",
    industry="Batteries",
    question="How much energy does it take to pull lithium from superoxide, and how does the solvent change it?",
    unit="hartree",
    sense="minimise",
    typical_size="16 qubits, 1,568 determinants",
    typical_seconds=(40.0, 100.0),
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
    plots=(
        Plot(
            name="path",
            draw=draw_path,
            caption="Energy from the lowest point in vacuum; lines are exact, circles the default circuit.",
            alt="Two curves of energy against distance, vacuum and solvent, with the circuit's energies on them.",
        ),
        Plot(
            name="transfer",
            draw=draw_transfer,
            caption="Charge of lithium and dipole moment of the circuit's state; where they fall the electron returns.",
            alt="Charge of lithium above and dipole moment below, against distance, in vacuum and in the solvent.",
        ),
        Plot(
            name="errors",
            draw=draw_errors,
            caption="Distance from the exact energy; hollow markers are not converged or below it.",
            alt="Error of each method against distance on a logarithmic scale: left in vacuum, right in the solvent.",
        ),
    ),
    methods={
        EXACT: "Full configuration interaction: exact in the active space; several states, their spin looked at.",
        "HF": "Hartree-Fock for the active electrons, unrestricted, from the lowest determinant.",
        "CCSD": "Coupled cluster with singles and doubles on it.",
        "CCSD(T)": "Coupled cluster with perturbative triples, the usual standard of chemistry.",
        SINGLE: "Unitary coupled cluster with singles and doubles, trained on exact gradients from MP2 amplitudes.",
        REPEATED: "The suite's default: up to four repetitions of it.",
        UNTRAINED: "The control: the circuit as training finds it, with MP2 amplitudes.",
    },
    glossary={
        "mHa": "Millihartree, 0.027 eV or 2.6 kJ/mol; 1.6 mHa (1 kcal/mol) is called chemical accuracy.",
        "Permittivity": "How much a solvent weakens the attraction of charges: 1 in vacuum, 46.7 in DMSO.",
        "Polarisable continuum": "A solvent without molecules: charges that it forms on a cavity around the solute.",
        "Active space": "The electrons and orbitals that are treated; the others are frozen or left empty.",
        "Determinant": "One way of placing the electrons in the orbitals; the circuit moves amplitude between them.",
    },
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(BATTERY_ELECTROLYTE))
