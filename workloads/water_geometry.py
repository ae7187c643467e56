"""What does a molecule look like and how does it vibrate? Structure, dipole and frequencies from circuits' gradients.

A circuit whose orbitals are optimized along with its parameters (oo-VQE) has an energy that is stationary in both, so
the forces on the nuclei follow from its density matrices without further equations. Along these forces the molecule
relaxes; their differences between displaced geometries give its harmonic vibrations. CASSCF does the same with the
exact state of the same electrons in as many orbitals and is the reference. Coupled cluster, which correlates all
electrons, stands beside it as what a chemist would run today.

With `geometry` the same methods relax a small molecule of one's own, from where the file has it.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from math import comb
from typing import TYPE_CHECKING, Any

from workloads.answers.water_geometry import (
    ALL_ELECTRONS,
    CIRCUIT,
    EXACT,
    GLOSSARY,
    HARTREE_FOCK,
    METHODS,
    PAIRS,
    PLOTS,
    answer,
    contribution,
    tables,
)
from workloads.methods.energies import circuit_cost, shared_problem, warm_up
from workloads.methods.watched_surface import Journey
from workloads.molecules import MoleculeSettings, geometry_table, is_minimal, would_fit
from workloads.settings import setting
from workloads.units import CHEMICAL_ACCURACY, SAME_STATE
from workloads.workload import Context, GapScale, Options, Outcome, Seconds, Size, Table, Task, Workload, difference_gap

if TYPE_CHECKING:
    from chemistry import Energy, Molecule
    from chemistry.structure import Equilibrium, Surface

WATER = "O 0 0 0.12; H 0 0.76 -0.47; H 0 -0.76 -0.47"
MOST_ATOMS = 6
MOST_LOWER = 2  # times that CASSCF is relaxed again, in a lower state that other orbitals led to
# 1/cm, harmonic, of water: Benedict, Gailar and Plyler, J. Chem. Phys. 24, 1139 (1956).
MEASURED_WAVENUMBERS = (1648.47, 3832.17, 3942.53)


class WaterGeometrySettings(MoleculeSettings):
    """What a partner may set."""

    basis: str = setting("6-31g", description="basis set, by its usual name")
    active_space: str | None = setting(
        "4,4", description="electrons,orbitals around the gap, as in 4,4, or homo-lumo, or a method; none: all"
    )


def molecule_of(settings: WaterGeometrySettings) -> "Molecule":
    """The molecule as given."""
    return settings.molecule(WATER)


def space_of(settings: WaterGeometrySettings) -> str | None:
    """The active space as `Molecule.problem` takes it, a frozen core included."""
    return "frozen-core" if settings.frozen_core else settings.active_space


def restated(settings: WaterGeometrySettings) -> tuple[str, str] | None:
    """Title and question for a molecule of one's own."""
    if settings.geometry is None:
        return None
    formula = molecule_of(settings).formula
    return f"The structure of {formula}", f"What does {formula} look like, and how does it vibrate?"


# --- Before it runs -----------------------------------------------------------------------------------------------


def size(settings: WaterGeometrySettings) -> Size:
    """Estimate the run; refuse what has no structure, and what would take hours."""
    from chemistry.structure.surface import check_nuclei

    molecule = molecule_of(settings)
    n_atoms = len(molecule.atoms)
    if not 2 <= n_atoms <= MOST_ATOMS:
        raise ValueError(
            f"Vibrations need the gradient at six displacements of each atom, so a molecule of 2 to {MOST_ATOMS} atoms "
            f"is taken, but {molecule.formula} has {n_atoms}."
        )
    check_nuclei(molecule, "The structure of a molecule")
    estimate, space = molecule.size(**settings.space), molecule.active_space(**settings.space)
    per_geometry = 0.5 + 1e-5 * molecule.active_space().n_orbitals ** 3 + 0.1 * estimate.seconds
    return Size(
        qubits=estimate.qubits,
        # Circuits keep no point group here: the nuclei move out of it.
        sector_dimension=comb(space.n_orbitals, space.n_alpha) * comb(space.n_orbitals, space.n_beta),
        memory_bytes=estimate.memory_bytes,
        seconds=10.0 + n_geometries(molecule) * per_geometry,
        would_fit=would_fit(molecule),
    )


def n_geometries(molecule: "Molecule") -> int:
    """About how many geometries a method visits: some to relax, and the displaced ones."""
    return 8 + 6 * len(molecule.atoms)


def notes(settings: WaterGeometrySettings) -> list[str]:
    """Say what was assumed."""
    lines = settings.notes(molecule_of(settings))
    if not is_minimal(settings.basis):
        lines.append("What the basis set lacks, such as polarisation functions, shows as a distance from experiment.")
    lines += [
        "Frozen orbitals stay doubly occupied, but all orbitals are optimized at every geometry.",
        "The start is relaxed, not taken as it stands; frequencies are harmonic, those of standard atomic weights.",
        "Circuits and CASSCF correlate the same electrons; CCSD correlates all, which is another problem, so that its "
        "energy is lower and does not rank.",
    ]
    return lines


def instance(settings: WaterGeometrySettings) -> list[Table]:
    """Show the molecule."""
    molecule = molecule_of(settings)
    return [geometry_table(molecule, f"{molecule.formula}, where it starts")]


# --- The methods --------------------------------------------------------------------------------------------------


def tasks(settings: WaterGeometrySettings, options: Options) -> list[Task]:
    """Every method once: nothing in them is random."""
    molecule = molecule_of(settings)
    everything = molecule.active_space()
    asked = settings.asked(molecule)
    labels = sorted(atom.label for atom in molecule.atoms)  # isotopes have other frequencies
    is_water = (labels, molecule.charge, molecule.spin) == (["H", "H", "O"], 0, 0)
    facts = {
        "formula": molecule.formula,
        "basis": settings.basis,
        "space": str(molecule.active_space(**settings.space)),
        "experiment": MEASURED_WAVENUMBERS if is_water else None,
    }
    methods = [EXACT, HARTREE_FOCK, CIRCUIT]
    if molecule.spin == 0:
        methods.insert(2, PAIRS)
    if everything.n_electrons > 1 and everything.n_beta < everything.n_orbitals:
        methods.append(ALL_ELECTRONS)
    return [
        Task(
            case=molecule.formula,
            method=method,
            role="quantum" if method in (CIRCUIT, PAIRS) else "control" if method == HARTREE_FOCK else "classical",
            solve=partial(relax, method, molecule, space_of(settings), facts),
            asked=asked,
            machine=options.machine if method in (CIRCUIT, PAIRS) else "classical",
            is_reference=method == EXACT,
        )
        for method in methods
    ]


def surface_of(method: str, space: str | None, molecule: "Molecule") -> "Surface":
    """The energy by a method as a function of where the nuclei are."""
    from chemistry.ansatz import puccd
    from chemistry.structure import CasscfSurface, CircuitSurface, CoupledClusterSurface, HartreeFockSurface

    makers: dict[str, Callable[[], Surface]] = {
        EXACT: lambda: CasscfSurface(molecule, active_space=space),
        HARTREE_FOCK: lambda: HartreeFockSurface(molecule),
        CIRCUIT: lambda: CircuitSurface(molecule, active_space=space),
        PAIRS: lambda: CircuitSurface(molecule, puccd, active_space=space),
        ALL_ELECTRONS: lambda: CoupledClusterSurface(molecule),
    }
    return makers[method]()


def relax(method: str, molecule: "Molecule", space: str | None, facts: Mapping[str, Any], context: Context) -> Outcome:
    """A method's minimum with its vibrations."""
    from chemistry.structure import bonded_pairs

    warm_up_surfaces()
    _, shared = shared_problem(molecule, frozen_core=False, active_space=space)
    journey = Journey(context, n_geometries(molecule))
    found = journey.equilibrium(partial(surface_of, method, space), molecule, space)
    for _ in range(MOST_LOWER if method == EXACT else 0):
        lower = lower_surface(found, space)
        if lower is None:
            break
        found = journey.equilibrium(partial(followed, lower), found.geometry.molecule, space)
    seconds = Seconds(build=shared, optimize=journey.seconds)
    modes = found.vibrations
    detail = {
        **facts,
        "symbols": [atom.symbol for atom in molecule.atoms],
        "positions": found.geometry.point.positions,
        "bonds": bonded_pairs(found.geometry.molecule),
        "dipole": found.dipole.magnitude,
        "path": [point.energy for point in found.path],
        "gradient_norm": found.geometry.gradient_norm,
        "n_geometries": journey.n_visited,
        **({"wavenumbers": modes.wavenumbers, "intensities": modes.intensities, "modes": modes.modes} if modes else {}),
    }
    status, ranks = ended(found), found.is_minimum
    circuit: dict[str, Any] = {}
    if method == EXACT:
        status = f"{status} {certificate(found, exact_there(found, space))}"
    if method == ALL_ELECTRONS:
        status, ranks = f"{status} All electrons are correlated: another problem, whose energy does not rank.", False
    if method in (CIRCUIT, PAIRS):
        circuit, evidence = circuit_facts(found)
        circuit["evaluations"] = journey.n_evaluations
        detail |= evidence
    return Outcome(
        objective=found.geometry.energy,
        status=status,
        seconds=seconds,
        ranks=ranks,
        detail=detail,
        reference_kind="best known" if method == EXACT else None,
        **circuit,
    )


@cache
def warm_up_surfaces() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import Molecule
    from chemistry.orbital_optimization import oo_vqe

    warm_up()
    oo_vqe(Molecule("H 0 0 0; H 0 0 0.8").problem(), max_evaluations=3)


def ended(found: "Equilibrium") -> str:
    """How a search for a minimum ended."""
    if found.vibrations is None:
        return found.geometry.status.value
    if not found.vibrations.converged:
        return "The electronic structure did not converge at every displacement."
    n_imaginary = found.vibrations.n_imaginary
    if not found.is_minimum:
        return f"A saddle point: {n_imaginary} of its frequencies {'is' if n_imaginary == 1 else 'are'} imaginary."
    return f"A minimum: the nuclei rest after {found.geometry.n_steps} steps, and every frequency is real."


def lower_surface(found: "Equilibrium", space: str | None) -> "Surface | None":
    """That of CASSCF from orbitals turned at random, if it lies lower at the minimum; not in anyone's seconds."""
    from chemistry.structure import lowest_casscf_surface

    surface = lowest_casscf_surface(found.geometry.molecule, active_space=space)
    point = surface.point(found.geometry.point.positions)
    return surface if point.converged and point.energy < found.geometry.energy - 10 * SAME_STATE else None


def followed(surface: "Surface", _: "Molecule") -> "Surface":
    """The same surface wherever a search begins: it goes on from the orbitals of the nearest geometry."""
    return surface


def exact_there(found: "Equilibrium", space: str | None) -> "Energy":
    """CASSCF at the minimum by other searches, one of them from orbitals without symmetry; not in anyone's seconds."""
    from chemistry.baselines import casscf

    return casscf(found.geometry.molecule.problem(active_space=space))


def certificate(found: "Equilibrium", other: "Energy") -> str:
    """What other searches, and the exact states over their orbitals, say of a CASSCF energy."""
    if not other.converged or abs(other.energy - found.geometry.energy) > 10 * SAME_STATE:
        return f"Searches there from other orbitals ended at {other.energy:.6f} hartree: {other.status}"
    spins = ", ".join(f"{max(value, 0.0):.2f}" for value in other.detail["s_squared"])
    return f"Searches there from other orbitals agree; S² of the exact states over them, lowest first: {spins}."


def circuit_facts(found: "Equilibrium") -> tuple[dict[str, Any], dict[str, Any]]:
    """What a circuit cost, and how far it is above the exact energy over its own orbitals."""
    import runtime
    from chemistry import full_ci

    first = found.surface.surface.first  # type: ignore[attr-defined]
    program = runtime.compile(first.ansatz, first.problem.hamiltonian)
    exact = full_ci(first.problem)
    evidence = {
        "ansatz": first.ansatz.name,
        "parameters": first.ansatz.n_params,
        "rotations": first.n_rotations,
        "above_exact": first.energy - exact.energy,
        "stable": first.stable,
    }
    return circuit_cost(program), evidence


WATER_GEOMETRY = Workload(
    name="water_geometry",
    title="The shape of water",
    industry="Chemicals",
    question="What does the molecule look like and how does it vibrate, from the forces that a quantum circuit gives?",
    unit="hartree",
    sense="minimize",
    typical_size="8 qubits, 20 to 36 determinants",
    typical_seconds=(40.0, 60.0),
    own_data="kaname run water_geometry --set geometry=mine.xyz",
    restated=restated,
    settings=WaterGeometrySettings,
    quick={"basis": "sto-3g"},
    n_seeds=1,
    quick_seeds=1,
    machines=("exact",),
    packages=("chemistry", "runtime"),
    needs=("geometric",),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=difference_gap,
    gap_scale=GapScale(factor=1000, unit="mHa", name="error"),
    tolerance=CHEMICAL_ACCURACY,
    controls={CIRCUIT: (HARTREE_FOCK,), PAIRS: (HARTREE_FOCK,)},
    answer=answer,
    contribution=contribution,
    tables=tables,
    plots=PLOTS,
    methods=METHODS,
    glossary=GLOSSARY,
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(WATER_GEOMETRY))
