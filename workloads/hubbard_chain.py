"""When does a chain of sites stop conducting? Its charge gap from weak to strong repulsion, by every method.

With one electron per site, band theory calls a chain a metal. Where two electrons on a site repel each other they stay
apart, and in the end none can move: a Mott insulator, as in the oxides that became high-temperature superconductors.
The Hubbard model is the smallest model of it. Mean fields describe its weak end and break symmetries at the other;
coupled cluster leaves it on the way. The exact answer for a few sites (full CI) is the reference. Two quantum circuits
are trained against it: the Hamiltonian variational ansatz, made of the model's own terms, and the suite's default
coupled cluster over the mean field's orbitals.

With `hopping` the same methods run on sites of one's own, such as a Wannier model of a band structure.
"""

from functools import partial
from math import comb
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
from workloads.hopping_file import read_hopping
from workloads.methods.hubbard_chain import leave_untrained, solve_classically, train
from workloads.settings import InputFile, Settings, setting
from workloads.workload import GapScale, Options, Size, Table, Task, Workload, difference_gap

if TYPE_CHECKING:
    from chemistry.lattice import Hubbard

SITES, QUICK_SITES = 8, 6
REPULSIONS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
QUICK_REPULSIONS = (0.0, 2.0, 4.0, 8.0, 12.0)

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
            "is_degenerate": u == 0 and model.has_open_level,
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


HUBBARD_CHAIN = Workload(
    name="hubbard_chain",
    title="When repulsion stops a current",
    industry="Materials",
    question="When does a half-filled chain of sites stop conducting, and which method follows it there?",
    unit="t per site",
    sense="minimize",
    typical_size="16 qubits, 4,900 determinants",
    typical_seconds=(20.0, 130.0),
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
