"""What does it cost to pull the nitrogen molecule apart? Its energy along the breaking bond, by every method.

The triple bond of N2 is what makes ammonia, and with it fertiliser, expensive. While it breaks, six electrons unpair at
once and no single determinant describes them: Hartree-Fock fails, and coupled cluster, the method that chemistry calls
its gold standard, leaves the curve with it. The exact answer in a minimal basis set (full CI) is still affordable and
is the reference. Two quantum circuits are trained against it: one repetition of unitary coupled cluster, and the
suite's default of up to four.

With `geometry` the same methods run on a molecule of one's own, as it stands or along a bond that is stretched.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.molecules import (
    CHEMICAL_ACCURACY,
    EV_PER_HARTREE,
    SAME_STATE,
    MoleculeSettings,
    circuit_outcome,
    energy_text,
    error_text,
    geometry_table,
    is_accurate,
    leave_untrained,
    solve_classically,
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
    Size,
    Table,
    Task,
    Workload,
    difference_gap,
)

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from chemistry import ElectronicProblem, Molecule

NITROGEN = "N 0 0 0; N 0 0 1.1"
NITROGEN_BOND_ATOMS = (1, 2)
LENGTHS = tuple(round(0.8 + 0.1 * step, 1) for step in range(17))
QUICK_LENGTHS = (0.8, 1.1, 1.5, 2.0, 2.4)

EXACT = "FCI (exact)"
REPEATED, SINGLE, UNTRAINED = "repeated UCCSD", "UCCSD", "UCCSD, untrained"
ONE_STATE = "FCI, one state"
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
    from chemistry import what_would_fit
    from chemistry.size import MAX_ORBITALS, check_fits

    cases = cases_of(settings)
    molecule = cases[0][2]
    space = molecule.active_space(**settings.space)
    if space.n_orbitals > MAX_ORBITALS:
        check_fits(molecule, space)
    largest = max((case.size(**settings.space) for _, _, case in cases), key=lambda one: one.memory_bytes)
    return Size(
        qubits=largest.qubits,
        sector_dimension=largest.sector_dimension,
        memory_bytes=largest.memory_bytes,
        seconds=8.0 + len(cases) * (1.0 + largest.seconds),
        would_fit=f"On this machine --set {what_would_fit(molecule).replace(' or active', ' or --set active')}.",
    )


def notes(settings: NitrogenBondSettings) -> list[str]:
    """Say what was assumed."""
    lines = settings.notes(molecule_of(settings))
    lines.append("All classical methods start from the same restricted Hartree-Fock orbitals and integrals.")
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
    """Every method on every geometry; circuits are deterministic unless a start fails, so one seed is enough."""
    listed: list[Task] = []
    for case, length, molecule in cases_of(settings):
        asked = settings.asked(molecule)
        build = partial(molecule.problem, **settings.space)
        facts: dict[str, Any] = {"formula": molecule.formula, "basis": settings.basis}
        if length is not None:
            facts["bond_length"] = length
        listed += [
            Task(
                case=case,
                method=method,
                role="classical",
                solve=partial(solve_classically, baseline, build, facts),
                asked=asked,
                is_reference=method == EXACT,
            )
            for method, baseline in CLASSICAL.items()
        ]
        listed += [
            Task(
                case=case,
                method=method,
                role="quantum",
                solve=partial(train, method, build, facts),
                asked=asked,
                seed=options.seeds[0],
                machine=options.machine,
            )
            for method in (SINGLE, REPEATED)
        ]
        listed.append(
            Task(
                case=case,
                method=UNTRAINED,
                role="control",
                solve=partial(leave_untrained, build, facts),
                asked=asked,
                machine=options.machine,
            )
        )
    return listed


def train(method: str, build: "Callable[[], ElectronicProblem]", facts: dict[str, Any], context: Context) -> Outcome:
    """A circuit, its parameters minimised on exact gradients from MP2 amplitudes."""
    from time import perf_counter

    from chemistry import repeated_uccsd, uccsd, vqe

    warm_up()
    began = perf_counter()
    problem = build()
    ansatz = uccsd(problem) if method == SINGLE else repeated_uccsd(problem)
    built = perf_counter()
    result = vqe(
        problem,
        ansatz,
        seed=context.seed or 0,
        time_limit=context.time_limit,
        callback=lambda count, energy: context.progress(1 - 1 / (1 + count / 300), f"{energy:.6f} hartree"),
    )
    return circuit_outcome(result, build_seconds=built - began, facts=facts)


# --- The answer ---------------------------------------------------------------------------------------------------


def answer(records: Sequence[Record]) -> str:
    """The cost of the bond, or the molecule's energy, and whose numbers can be trusted."""
    exact = {r.case: r for r in records if r.method == EXACT and r.objective is not None}
    if not exact:
        return "The exact energy could not be computed, so nothing can be said."
    ordered = sorted(exact.values(), key=lambda record: record.detail.get("bond_length") or 0.0)
    first = ordered[0]
    formula, basis = first.detail["formula"], str(first.detail["basis"]).upper()
    if len(ordered) == 1:
        at = f" at {first.detail['bond_length']:g} angstrom" if "bond_length" in first.detail else ""
        energy = f"The energy of {formula}{at} in the {basis} basis is {first.objective:.6f} hartree."
        return " ".join(filter(None, (energy, _symmetry(records), _trust(records))))
    lowest = min(ordered, key=lambda record: record.objective or 0.0)
    last = ordered[-1]
    cost = (last.objective or 0.0) - (lowest.objective or 0.0)
    if lowest is last:
        curve = (
            f"In the {basis} basis the energy of {formula} still falls at {last.detail['bond_length']:g} angstrom, the "
            "longest bond asked for: its most stable length needs longer ones."
        )
    else:
        curve = (
            f"In the {basis} basis {formula} is most stable near {lowest.detail['bond_length']:g} angstrom, and "
            f"stretching the bond from there to {last.detail['bond_length']:g} angstrom costs {cost:.3f} hartree "
            f"({cost * EV_PER_HARTREE:.1f} eV)."
        )
        if lowest is first:
            curve += " That is the shortest bond asked for: shorter ones may be more stable."
    return " ".join(filter(None, (curve, _symmetry(records), _trust(records))))


def _symmetry(records: Sequence[Record]) -> str:
    """Where the lowest state is out of the circuits' reach, because it has another symmetry or spin."""
    exact = {r.case: r.objective for r in records if r.method == EXACT and r.objective is not None}
    missed = {
        r.case: 1e3 * (r.objective - exact[r.case])
        for r in records
        if r.method == ONE_STATE and r.ranks and r.objective is not None and r.case in exact
    }
    missed = {case: excess for case, excess in missed.items() if excess > 1e3 * SAME_STATE}
    if not missed:
        return ""
    return (
        f"At {', '.join(missed)} the lowest state has another symmetry or spin than the reference determinant, which "
        f"no circuit here can reach: their own lowest lies at least {min(missed.values()):.1f} mHa higher."
    )


def _trust(records: Sequence[Record]) -> str:
    """Which methods are within chemical accuracy everywhere, and where the others leave."""
    approximate = [m for m in (REPEATED, SINGLE, "CCSD(T)", "CCSD", "MP2", "HF") if any(r.method == m for r in records)]
    sound = [m for m in approximate if all(is_accurate(r) for r in records if r.method == m)]
    if not sound:
        return "No method but the exact one stays within 1.6 millihartree of it."
    names = sound[0] if len(sound) == 1 else f"{', '.join(sound[:-1])} and {sound[-1]}"
    sentence = f"Within 1.6 millihartree of the exact energy {'everywhere' if _n_cases(records) > 1 else ''}".strip()
    sentence += f": {names}."
    triples = [r for r in records if r.method == "CCSD(T)"]
    if "CCSD(T)" not in sound and len(triples) > 1:
        sentence += f" CCSD(T) only at {sum(map(is_accurate, triples))} of {len(triples)} lengths."
    return sentence


def _n_cases(records: Sequence[Record]) -> int:
    return len({record.case for record in records})


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
        f"At worst the circuit with untrained MP2 amplitudes is {before:.2f} mHa off; training brings it to "
        f"{single:.2f} mHa, and repeating it to {repeated:.2f} mHa."
    )


def tables(records: Sequence[Record]) -> list[Table]:
    """Errors by geometry, and what the circuits cost."""
    methods = [m for m in ("HF", "MP2", "CCSD", "CCSD(T)", SINGLE, REPEATED) if any(r.method == m for r in records)]
    cases = list(dict.fromkeys(r.case for r in records))
    by_place = {(r.case, r.method): r for r in records}
    errors = Table(
        title="Error against the exact energy (millihartree)",
        columns=("geometry", "exact energy (hartree)", *methods),
        rows=[
            (case, energy_text(by_place.get((case, EXACT))), *(error_text(by_place.get((case, m))) for m in methods))
            for case in cases
        ],
        note="In brackets: not converged, or below the exact energy; such a value is no answer.",
    )
    circuits = [by_place[place] for case in cases for m in (SINGLE, REPEATED) if (place := (case, m)) in by_place]
    costs = Table(
        title="The circuits",
        columns=("geometry", "circuit", "parameters", "determinants", "evaluations", "two-qubit gates"),
        rows=[
            (r.case, str(r.detail.get("ansatz", r.method)), r.detail.get("parameters"), r.sector_dimension,
             r.evaluations, r.two_qubit_gates)
            for r in circuits
        ],
        note="Determinants are those that the circuit reaches; two-qubit gates are counted after decomposition.",
    )  # fmt: skip
    return [errors, costs]


def draw_energies(frame: "pandas.DataFrame") -> "Figure":
    """The curve, or the errors of a single geometry."""
    from chemistry import plots

    lengths = {detail.get("bond_length") for detail in frame["detail"]} - {None}
    return plots.dissociation_curve(frame) if len(lengths) > 1 else plots.energy_errors(frame)


def draw_convergence(frame: "pandas.DataFrame") -> "Figure":
    """How the circuits were trained."""
    from chemistry import plots

    return plots.convergence(frame)


NITROGEN_BOND = Workload(
    name="nitrogen_bond",
    title="Breaking the nitrogen bond",
    industry="Chemicals",
    question="What does it cost to pull the nitrogen molecule apart, and which method can be trusted with the answer?",
    unit="hartree",
    sense="minimise",
    typical_size="20 qubits, 1,824 determinants",
    typical_seconds=(25.0, 70.0),
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
    plots=(
        Plot(
            name="energies",
            draw=draw_energies,
            caption="Energies and their distance from the exact one; hollow markers are not converged or below it.",
            alt="Energy of each method against bond length, and below it the error on a logarithmic scale.",
        ),
        Plot(
            name="convergence",
            draw=draw_convergence,
            caption="The best error so far while the circuits are trained: median and quartiles over the geometries.",
            alt="Error of each circuit against the number of evaluations, falling on logarithmic scales.",
        ),
    ),
    methods={
        EXACT: "Full configuration interaction: exact in the chosen orbitals; several states, their spin looked at.",
        ONE_STATE: "The same for one state of the expected symmetry, which is what the circuits search too.",
        "HF": "Restricted Hartree-Fock: one determinant, its stability checked.",
        "MP2": "Second-order perturbation theory on it.",
        "CCSD": "Coupled cluster with singles and doubles.",
        "CCSD(T)": "Coupled cluster with perturbative triples, the usual standard of chemistry.",
        SINGLE: "Unitary coupled cluster with singles and doubles, trained on exact gradients from MP2 amplitudes.",
        REPEATED: "The suite's default: up to four repetitions of it, with one amplitude for both spins.",
        UNTRAINED: "The control: the circuit as training finds it, with MP2 amplitudes.",
    },
    glossary={
        "mHa": "Millihartree, 0.027 eV or 2.6 kJ/mol; 1.6 mHa (1 kcal/mol) is called chemical accuracy.",
        "FCI": "Full configuration interaction, the exact solution in the chosen orbitals.",
        "Determinant": "One way of placing the electrons in the orbitals; the circuit moves amplitude between them.",
        "Active space": "The electrons and orbitals that are treated; the others are frozen or left empty.",
    },
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(NITROGEN_BOND))
