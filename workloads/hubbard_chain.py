"""When does a chain of sites stop conducting? Its charge gap from weak to strong repulsion, by every method.

With one electron per site, band theory calls a chain a metal. Where two electrons on a site repel each other they stay
apart, and in the end none can move: a Mott insulator, as in the oxides that became high-temperature superconductors.
The Hubbard model is the smallest model of it. Mean fields describe its weak end and break symmetries at the other;
coupled cluster leaves it on the way. The exact answer for a few sites (full CI) is the reference. Two quantum circuits
are trained against it: the Hamiltonian variational ansatz, made of the model's own terms, and the suite's default
coupled cluster over the mean field's orbitals.

With `hopping` the same methods run on sites of one's own, such as a Wannier model of a band structure.
"""

from collections.abc import Callable
from functools import cache, partial
from math import comb, isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from workloads.answers.hubbard_chain import (
    COUPLED_CLUSTER,
    EXACT,
    GIVEN,
    GLOSSARY,
    METHODS,
    PERTURBED,
    PLOTS,
    RAMP,
    REPEATED,
    RESTRICTED,
    TOLERANCE,
    UNRESTRICTED,
    VARIATIONAL,
    answer,
    contribution,
    tables,
)
from workloads.energy_methods import circuit_cost, share_done
from workloads.hopping_file import read_hopping
from workloads.settings import InputFile, Settings, setting
from workloads.workload import Context, GapScale, Options, Outcome, Seconds, Size, Table, Task, Workload, difference_gap

if TYPE_CHECKING:
    from chemistry.baselines import Energy
    from chemistry.eigensolver import VqeResult
    from chemistry.lattice import Hubbard, SiteCorrelations

SITES, QUICK_SITES = 8, 6
REPULSIONS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
QUICK_REPULSIONS = (0.0, 2.0, 4.0, 8.0, 12.0)
MOST_EVALUATIONS = 6000  # of each search

CLASSICAL = (EXACT, RESTRICTED, UNRESTRICTED, COUPLED_CLUSTER)


class HubbardChainSettings(Settings):
    """What a partner may set."""

    lattice: str = setting(
        "chain", description="chain, ring, ladder (two rows of half the sites), or ROWSxCOLUMNS of a square lattice"
    )
    sites: int = setting(SITES, description="sites of a chain, ring or ladder", unit="sites", ge=2)
    hopping: InputFile | None = setting(
        None, description="own sites, a CSV file of their symmetric one-body matrix; none: the lattice"
    )
    repulsions: tuple[float, ...] = setting(
        REPULSIONS, description="repulsion of two electrons on a site", unit="t", min_length=1
    )
    electrons: int | None = setting(None, description="electrons on all sites; none: one per site", unit="electrons")
    layers: int | None = setting(
        None, description="of the Hamiltonian variational circuit; none: two more than sites", ge=1
    )

    @model_validator(mode="after")
    def _check(self) -> "HubbardChainSettings":
        if not all(u >= 0 for u in self.repulsions):
            raise ValueError(f"Repulsions are numbers from 0 in units of t, got {list(self.repulsions)}")
        if len(set(self.repulsions)) < len(self.repulsions):
            raise ValueError(f"Each repulsion is given once, got {list(self.repulsions)}")
        if self.hopping is not None and ("lattice" in self.model_fields_set or self.sites not in (SITES, QUICK_SITES)):
            raise ValueError("The hopping file says which sites there are: give it, or lattice and sites, not both")
        model_of(self)
        return self


def model_of(settings: HubbardChainSettings, u: float = 0.0) -> "Hubbard":
    """The model in units of t."""
    from chemistry.lattice import chain, hubbard, hubbard_from_hopping, ladder, square

    name, n = settings.lattice.strip().lower(), settings.sites
    if settings.hopping is not None:
        matrix, _ = read_hopping(settings.hopping)
        return hubbard_from_hopping(matrix, u=u, n_electrons=settings.electrons)
    if name in ("chain", "ring"):
        lattice = chain(n, periodic=name == "ring")
    elif name == "ladder":
        if n % 2:
            raise ValueError(f"A ladder has two sites on each rung, so an even number of sites, got {n}")
        lattice = ladder(n // 2)
    else:
        rows, times, columns = name.partition("x")
        if not (times and rows.isdecimal() and columns.isdecimal()):
            raise ValueError(
                f"The lattice is chain, ring, ladder or ROWSxCOLUMNS such as 2x3, got {settings.lattice!r}"
            )
        lattice = square(int(rows), int(columns))
    return hubbard(lattice, u=u, n_electrons=settings.electrons)


def restated(settings: HubbardChainSettings) -> tuple[str, str] | None:
    """Title and question for other sites than the chain's."""
    model = model_of(settings)
    name = "your sites" if settings.hopping is not None else model.lattice.name
    if settings.hopping is None and settings.lattice == "chain" and settings.electrons is None:
        return None
    return (
        f"Electrons on {'' if settings.hopping else 'a '}{name}",
        f"How do {model.n_electrons} electrons on {'' if settings.hopping else 'a '}{name} answer to their repulsion, "
        "and which method follows them?",
    )


# --- Before it runs -----------------------------------------------------------------------------------------------


def layers_of(settings: HubbardChainSettings) -> int:
    """Of the Hamiltonian variational circuit."""
    return settings.layers or model_of(settings).n_sites + 2


def size(settings: HubbardChainSettings) -> Size:
    """Estimate from the states of either spin and the gates that act on them."""
    model = model_of(settings)
    n = model.n_sites
    dimension = comb(n, model.n_alpha) * comb(n, model.n_beta)
    gates = layers_of(settings) * (n + 6 * len([bond for group in model.hopping_groups for bond in group]))
    each = 2.0 + 2 * 1000 * 2.0e-9 * dimension * gates
    return Size(
        qubits=2 * n,
        sector_dimension=dimension,
        memory_bytes=int(300_000_000 + 8 * dimension * (70 + 0.4 * n * n)),
        seconds=8.0 + 1.6 * len(settings.repulsions) * each,
        would_fit="On most machines --set sites=10.",
    )


def notes(settings: HubbardChainSettings) -> list[str]:
    """Say what was assumed."""
    model = model_of(settings)
    where = f"a {model.lattice.name}" if settings.hopping is None else model.lattice.name
    lines = [
        f"The Hubbard model of {where} with {model.n_electrons} electrons ({model.n_alpha} of spin up): hopping t "
        "between neighbours, repulsion U where two electrons share a site.",
        "A model of one orbital per site: no phonons, no disorder, no further bands. All energies are in units of t, "
        "which is 0.1 to 1 eV in most oxides and organic crystals.",
        "So few sites have a gap from their levels' spacing alone, without repulsion, and turn gradually; a chain "
        "without end insulates at any repulsion if it is half filled, however small its gap.",
    ]
    if settings.hopping is not None:
        lines.append(f"t is the largest hopping of the file, {read_hopping(settings.hopping)[1]:g} in the file's unit.")
    return lines


def instance(settings: HubbardChainSettings) -> list[Table]:
    """Show who neighbours whom."""
    model = model_of(settings)
    bonds = [(i, j) for group in model.hopping_groups for i, j in group]
    rows = [(f"{i + 1} – {j + 1}", f"{-model.hopping[i, j]:.4f}") for i, j in sorted(bonds)]
    return [Table(title=f"{model.lattice.name[:1].upper()}{model.lattice.name[1:]}: who neighbours whom",
                  columns=("sites", "hopping (t)"), rows=rows)]  # fmt: skip


# --- The methods --------------------------------------------------------------------------------------------------


def tasks(settings: HubbardChainSettings, options: Options) -> list[Task]:
    """Every method at every repulsion; circuits start from where their theory says, so one seed is enough."""
    listed: list[Task] = []
    for u in sorted(settings.repulsions):
        model = model_of(settings, u)
        lattice = model.lattice.name if settings.hopping is None else GIVEN
        asked = {
            "hopping": model.hopping.tolist(), "repulsion": u, "lattice": lattice,
            "electrons": [model.n_alpha, model.n_beta],
        }  # fmt: skip
        is_chain = settings.hopping is None and settings.lattice in ("chain", "ring")
        facts = {
            "repulsion": u,
            "lattice": lattice,
            "electrons": model.n_electrons,
            "sites": model.n_sites,
            "is_half_filled_chain": is_chain and model.n_electrons == model.n_sites,
        }
        common: dict[str, Any] = {"case": f"U = {u:g} t", "asked": asked}
        listed += [
            Task(
                method=method, role="classical", solve=partial(solve_classically, method, model, facts),
                is_reference=method == EXACT, **common,
            )
            for method in CLASSICAL
        ]  # fmt: skip
        layers = layers_of(settings)
        for method in (VARIATIONAL, REPEATED):
            common["asked"] = {**asked, "layers": layers} if method == VARIATIONAL else asked
            listed.append(
                Task(
                    method=method, role="quantum", solve=partial(train, method, model, layers, facts),
                    seed=options.seeds[0], machine=options.machine, **common,
                )
            )  # fmt: skip
            control = RAMP if method == VARIATIONAL else PERTURBED
            solve = partial(leave_untrained, control, model, layers, facts)
            listed.append(Task(method=control, role="control", solve=solve, machine=options.machine, **common))
    return listed


@cache
def warm_up() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import repeated_uccsd, vqe
    from chemistry.baselines import ccsd, full_ci
    from chemistry.lattice import chain, exact_correlations, hamiltonian_variational, hubbard

    model = hubbard(chain(4), u=2.0)
    sites, orbitals = model.problem(reference="sites"), model.problem()
    full_ci(sites), ccsd(orbitals), exact_correlations(sites)
    vqe(sites, hamiltonian_variational(model, layers=1), max_evaluations=3).program.resources()
    vqe(orbitals, repeated_uccsd(orbitals), max_evaluations=3).program.resources()


def solve_classically(method: str, model: "Hubbard", facts: dict[str, Any], _: Context) -> Outcome:
    """A mean field, coupled cluster or full CI, with its charge gap and what its state is like."""
    from chemistry.lattice import determinant_correlations, exact_correlations

    warm_up()
    began = perf_counter()
    energy = _classical_energy(method, model)
    detail = {**facts, "charge_gap": _gap_by(lambda one: _classical_energy(method, one), model, energy)}
    if method == EXACT:
        detail |= _described(exact_correlations(model.problem(reference="sites")), model)
        detail |= {"target_energy": energy.detail["target_energy"]}
    elif method == UNRESTRICTED:
        detail |= _described(determinant_correlations(model.problem(reference="unrestricted")), model)
    elif method == RESTRICTED:
        problem = model.problem()
        detail |= _described(determinant_correlations(problem.canonical or problem), model)
    certified = method == EXACT and energy.converged
    status = energy.status if method in (EXACT, COUPLED_CLUSTER) else "Converged."
    value = energy.energy
    if not isfinite(value):
        problem = model.problem()
        value = (problem.canonical or problem).reference_energy
        status = "Not converged: the amplitudes grow without bound, and the mean field's energy stands in."
    return Outcome(
        objective=value / model.n_sites,
        status=status,
        seconds=Seconds(optimise=perf_counter() - began),
        ranks=energy.converged,
        detail=detail,
        reference_kind="certified" if certified else "best known",
    )


def _classical_energy(method: str, model: "Hubbard") -> "Energy":
    from chemistry.baselines import ccsd, full_ci, hartree_fock_energy

    if method == EXACT:
        return full_ci(model.problem(reference="sites"))
    if method == UNRESTRICTED:
        return hartree_fock_energy(model.problem(reference="unrestricted"))
    return (ccsd if method == COUPLED_CLUSTER else hartree_fock_energy)(model.problem())


def _gap_by(energy: "Callable[[Hubbard], Energy]", model: "Hubbard", own: "Energy") -> float | None:
    """The charge gap by a classical method; None where it does not converge or no charge can move."""
    from chemistry.lattice import charge_gap

    if not own.converged or not 2 <= model.n_electrons < 2 * model.n_sites:
        return None
    energies = {(model.n_alpha, model.n_beta): own}

    def once(one: "Hubbard") -> float:
        key = (one.n_alpha, one.n_beta)
        energies.setdefault(key, own if key in energies else energy(one))
        return energies[key].energy

    gap = charge_gap(model, once)
    return gap if all(one.converged for one in energies.values()) else None


def _described(state: "SiteCorrelations", model: "Hubbard") -> dict[str, Any]:
    """What the tables and plots show of a state."""
    bonds = [bond for group in model.hopping_groups for bond in group]
    neighbours = [state.spin[bond] for bond in bonds]
    return {
        "double_occupancy": state.mean_double_occupancy,
        "local_moment": float(state.local_moment.mean()),
        "neighbour_spin": sum(neighbours) / len(neighbours) if neighbours else None,
        "staggered_moment": float(abs(state.occupations[0] - state.occupations[1]).mean()),
    }


def train(method: str, model: "Hubbard", layers: int, facts: dict[str, Any], context: Context) -> Outcome:
    """A circuit, its parameters minimised on exact gradients, for the model's electrons and for one less or more."""
    from chemistry import reduced_density_matrices
    from chemistry.lattice import charge_gap, site_correlations

    warm_up()
    began = perf_counter()
    results: dict[tuple[int, int], VqeResult] = {}

    def energy(one: "Hubbard") -> float:
        key = (one.n_alpha, one.n_beta)
        if key not in results:
            left = None if context.time_limit is None else max(context.time_limit - (perf_counter() - began), 0.1)
            results[key] = _trained(method, one, layers, context, left)
        return results[key].energy

    energy(model)
    gap = charge_gap(model, energy) if 2 <= model.n_electrons < 2 * model.n_sites else None
    seconds = perf_counter() - began
    result = results[model.n_alpha, model.n_beta]
    problem = model.problem(reference="sites") if method == VARIATIONAL else model.problem()
    state = site_correlations(problem, reduced_density_matrices(result.program, result.parameters))
    compiling = sum(one.compile_seconds for one in results.values())
    optimising = sum(one.optimise_seconds for one in results.values())
    cost = circuit_cost(result.program)
    return Outcome(
        objective=result.energy / model.n_sites,
        status=result.status.value,
        seconds=Seconds(build=max(seconds - compiling - optimising, 0.0), compile=compiling, optimise=optimising),
        ranks=result.status.converged,
        evaluations=sum(one.n_evaluations for one in results.values()),
        **cost,
        detail={
            **facts, **_described(state, model), "charge_gap": gap, "ansatz": result.ansatz.name,
            "parameters": result.ansatz.n_params,
            "gap_converged": all(one.status.converged for one in results.values()),
        },
    )  # fmt: skip


def _trained(method: str, model: "Hubbard", layers: int, context: Context, seconds: float | None) -> "VqeResult":
    from chemistry import repeated_uccsd, vqe
    from chemistry.lattice import hamiltonian_variational

    problem = model.problem(reference="sites") if method == VARIATIONAL else model.problem()
    variational = method == VARIATIONAL
    ansatz = hamiltonian_variational(model, layers=layers, resolved=True) if variational else repeated_uccsd(problem)
    return vqe(
        problem, ansatz, seed=context.seed or 0, time_limit=seconds, max_evaluations=MOST_EVALUATIONS,
        n_starts=1 if variational else None,
        callback=lambda count, energy: context.progress(share_done(count), f"{energy / model.n_sites:.5f} t"),
    )  # fmt: skip


def leave_untrained(method: str, model: "Hubbard", layers: int, facts: dict[str, Any], _: Context) -> Outcome:
    """The control of a trained circuit: what its training starts from."""
    import runtime
    from chemistry import uccsd
    from chemistry.lattice import hamiltonian_variational

    warm_up()
    began = perf_counter()
    ramp = method == RAMP
    problem = model.problem(reference="sites") if ramp else model.problem()
    ansatz = hamiltonian_variational(model, layers=layers, resolved=True) if ramp else uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    built = perf_counter()
    energy = program.expval(ansatz.initial_params)
    cost = circuit_cost(program)
    return Outcome(
        objective=energy / model.n_sites,
        status="Not trained: a ramp of the repulsion." if ramp else "Not trained: the circuit with MP2 amplitudes.",
        seconds=Seconds(build=built - began, optimise=perf_counter() - built),
        evaluations=1,
        **cost,
        detail={**facts, "ansatz": ansatz.name, "parameters": ansatz.n_params},
    )


HUBBARD_CHAIN = Workload(
    name="hubbard_chain",
    title="When repulsion stops a current",
    industry="Materials",
    question="When does a half-filled chain of sites stop conducting, and which method follows it there?",
    unit="t per site",
    sense="minimise",
    typical_size="16 qubits, 4,900 determinants",
    typical_seconds=(30.0, 200.0),
    own_data="kaname run hubbard_chain --set hopping=mine.csv",
    restated=restated,
    settings=HubbardChainSettings,
    quick={"sites": QUICK_SITES, "repulsions": QUICK_REPULSIONS},
    n_seeds=1,
    quick_seeds=1,
    machines=("exact",),
    packages=("chemistry", "runtime"),
    size=size,
    notes=notes,
    instance=instance,
    tasks=tasks,
    gap=difference_gap,
    gap_scale=GapScale(factor=1, unit="t per site", decimals=4, name="error"),
    tolerance=TOLERANCE,
    slack=1e-8,
    controls={VARIATIONAL: (RAMP,), REPEATED: (PERTURBED,)},
    answer=answer,
    contribution=contribution,
    tables=tables,
    plots=PLOTS,
    methods=METHODS,
    glossary=GLOSSARY,
)

if __name__ == "__main__":
    from workloads.command_line import main

    raise SystemExit(main(HUBBARD_CHAIN))
