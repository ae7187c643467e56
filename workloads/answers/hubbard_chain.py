"""Where a chain of sites stops conducting, and which methods follow it there, from the records."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf

from workloads.answers.energies import (
    EXACT,
    NO_CONTRIBUTION,
    REPEATED,
    SET_ASIDE,
    accurate_everywhere,
    by_place,
    circuit_table,
    is_accurate,
    largest_error,
    of_method,
)
from workloads.units import SAME_STATE
from workloads.workload import DrawnBy, Plot, Record, Table

TOLERANCE = 0.005  # t per site: a sixtieth of what exchanging two neighbouring spins costs at the strongest repulsion
GIVEN = "sites as given"
FEWEST_SITES = 4  # of which one may say that they conduct or insulate

DEGENERATE = (
    " At U = 0 t many states share the lowest energy: this is the one that the least repulsion selects. Methods that "
    "end in another of them have the same energy and are not wrong for it."
)

VARIATIONAL, RAMP, PERTURBED = "Hamiltonian variational", "Hamiltonian variational, untrained", "UCCSD, untrained"
RESTRICTED, UNRESTRICTED, COUPLED_CLUSTER = "restricted mean field", "unrestricted mean field", "CCSD"
# Each method but the exact one, and its name in a table's head.
APPROXIMATE = {
    VARIATIONAL: "variational",
    REPEATED: "UCCSD",
    RESTRICTED: "restricted",
    UNRESTRICTED: "unrestricted",
    COUPLED_CLUSTER: "CCSD",
}


def answer(records: Sequence[Record]) -> str:
    """Where the sites stop conducting, and whose numbers can be trusted."""
    exact = [r for r in of_method(records, EXACT) if r.objective is not None]
    if not exact:
        return "The exact energies could not be computed, so nothing can be said."
    ordered = sorted(exact, key=_repulsion)
    first, last = ordered[0], ordered[-1]
    lattice = first.detail["lattice"]
    where = f"{first.detail['sites']} sites as given" if lattice == GIVEN else lattice
    return " ".join(
        filter(
            None,
            (
                f"On the {where} with {first.detail['electrons']} electrons {_what_changes(first, last)}"
                f"{_crossover(ordered)}.",
                _other_state(ordered),
                _trust(records),
            ),
        )
    )


def _what_changes(first: Record, last: Record) -> str:
    """What moving a charge costs, and how often electrons meet, at one repulsion or at the first and the last."""
    before, after = (r.detail.get("charge_gap") for r in (first, last))
    often = [f"{100 * r.detail['double_occupancy']:.1f} %" for r in (first, last)]
    if first is last:
        cost = "" if before is None else f"moving a charge costs {_amount(before)} t and "
        return f"at {first.case} {cost}a site holds two electrons {often[0]} of the time"
    if before is None or after is None:
        return f"a site holds two electrons {often[0]} of the time at {first.case} and {often[1]} at {last.case}"
    return (
        f"moving a charge costs {_amount(before)} t at {first.case} and {_amount(after)} t at {last.case}, and a site "
        f"holds two electrons {often[0]} and {often[1]} of the time"
    )


def _amount(energy: float) -> str:
    """An energy with two digits; what rounds to nothing has no sign."""
    return f"{energy:.2f}".replace("-0.00", "0.00")


def _crossover(ordered: Sequence[Record]) -> str:
    """Near which repulsion electrons meet half as often as without it."""
    first = ordered[0]
    if len(ordered) == 1 or _repulsion(first) > 0 or first.detail["electrons"] != first.detail["sites"]:
        return ""
    half = 0.5 * first.detail["double_occupancy"]
    is_solid = first.detail["lattice"] != GIVEN and first.detail["sites"] >= FEWEST_SITES
    for before, after in pairwise(ordered):
        high, low = before.detail["double_occupancy"], after.detail["double_occupancy"]
        if high > half >= low:
            place = _repulsion(before) + (high - half) / (high - low) * (_repulsion(after) - _repulsion(before))
            turns = ", where metal turns into Mott insulator" if is_solid else ""
            return f"; half of the first near U = {place:.1f} t{turns}"
    return f"; never half as often as at first{', so the sites still conduct' if is_solid else ''}"


def _other_state(ordered: Sequence[Record]) -> str:
    """Where the lowest state has another spin than circuits from a closed shell keep."""
    missed = [
        r for r in ordered
        if (target := r.detail.get("target_energy")) is not None
        and target / r.detail["sites"] - (r.objective or 0.0) > SAME_STATE
    ]  # fmt: skip
    if not missed:
        return ""
    return f"At {', '.join(r.case for r in missed)} the lowest state has a higher spin than the circuits keep."


def _trust(records: Sequence[Record]) -> str:
    """Which methods follow the exact energy everywhere, and where the others leave it."""
    sound = accurate_everywhere(records, APPROXIMATE, TOLERANCE)
    leaving = []
    for method in (m for m in APPROXIMATE if m not in sound):
        lost = [r for r in sorted(of_method(records, method), key=_repulsion) if not is_accurate(r, TOLERANCE)]
        if lost:
            leaving.append(f"{method} (from {lost[0].case})")
    sentence = f"Within {TOLERANCE:g} t per site of the exact energy: {' and '.join(sound)}" if sound else ""
    lost_sentence = f"{'not ' if sound else 'No longer exact: '}{', '.join(leaving)}" if leaving else ""
    return "; ".join(filter(None, (sentence, lost_sentence))) + "." if sentence or lost_sentence else ""


def contribution(records: Sequence[Record]) -> str:
    """What training added to the circuits."""
    worst = {method: largest_error(records, method) for method in (RAMP, VARIATIONAL, PERTURBED, REPEATED)}
    if any(error is None for error in worst.values()):
        return NO_CONTRIBUTION
    return (
        f"At worst the untrained ramp is {worst[RAMP]:.3f} t per site off, and training brings it to "
        f"{worst[VARIATIONAL]:.4f}; coupled cluster goes from {worst[PERTURBED]:.3f} with MP2 amplitudes to "
        f"{worst[REPEATED]:.4f}."
    )


def _repulsion(record: Record) -> float:
    return float(record.detail.get("repulsion", inf))


def tables(records: Sequence[Record]) -> list[Table]:
    """Errors, charge gaps and what the electrons do, by repulsion; what the circuits cost."""
    exact = sorted(of_method(records, EXACT), key=_repulsion)
    cases = [r.case for r in exact]
    return [
        Table(
            title="Energy per site: exact, and what the others are off (t)",
            columns=("repulsion", "exact", *APPROXIMATE.values()),
            rows=_rows_by_method(records, cases, _energy_or_error),
            note=SET_ASIDE,
        ),
        Table(
            title="Charge gap: what moving a charge costs (t)",
            columns=("repulsion", "exact", *APPROXIMATE.values()),
            rows=_rows_by_method(records, cases, lambda r: _set_aside(r, r.detail.get("charge_gap"), 3)),
            note="E(N+1) + E(N-1) - 2 E(N) by the same method; in brackets and dashes as above.",
        ),
        Table(
            title="What the electrons do, exactly",
            columns=("repulsion", "two on a site", "local moment", "spins of neighbours"),
            rows=[
                (
                    r.case,
                    f"{r.detail['double_occupancy']:.4f}",
                    f"{r.detail['local_moment']:.4f}",
                    _set_aside(r, r.detail["neighbour_spin"], 4),
                )
                for r in exact
                if r.objective is not None
            ],
            note="Means over sites and bonds; the spin correlation is -0.75 for a singlet on each bond."
            + (DEGENERATE if any(r.detail.get("is_degenerate") for r in exact) else ""),
        ),
        circuit_table(
            records,
            cases,
            place="repulsion",
            circuits=(VARIATIONAL, REPEATED),
            name=lambda r: APPROXIMATE[r.method],
            note="Evaluations are those of all numbers of electrons",
        ),
    ]


def _rows_by_method(
    records: Sequence[Record], cases: Sequence[str], show: Callable[[Record], str | None]
) -> list[tuple[str | None, ...]]:
    """What is shown of each method's record, a row for each case; a dash where there is no energy."""
    places = by_place(records)
    rows: list[tuple[str | None, ...]] = []
    for case in cases:
        found = [places.get((case, method)) for method in (EXACT, *APPROXIMATE)]
        rows.append((case, *(None if r is None or r.objective is None else show(r) for r in found)))
    return rows


def _energy_or_error(record: Record) -> str | None:
    """The exact energy as it is, the others' distance from it."""
    if record.method == EXACT:
        return f"{record.objective:.5f}".replace("-", "−")
    return _set_aside(record, record.gap, 4)


def _set_aside(record: Record, value: float | None, digits: int) -> str | None:
    """A number as a table shows it: in brackets where the record is no answer."""
    if value is None:
        return None
    text = f"{value:.{digits}f}".replace("-", "−")
    text = text.replace("−", "") if float(text.replace("−", "-")) == 0 else text
    return text if record.ranks else f"({text})"


PLOTS = (
    Plot(
        name="charge_gap",
        draw=DrawnBy("chemistry.lattice.plots", "charge_gaps"),
        caption="The charge gap against repulsion; what is there at U = 0 comes from the few sites alone.",
        alt="Charge gap of each method rising with repulsion, beside the exact one and that of an infinite chain.",
    ),
    Plot(
        name="order",
        draw=DrawnBy("chemistry.lattice.plots", "local_order"),
        caption="How often two electrons share a site, and how the spins of neighbours are correlated.",
        alt="Double occupancy falling and neighbouring spins aligning oppositely as repulsion grows, by method.",
    ),
    Plot(
        name="errors",
        draw=DrawnBy("chemistry.lattice.plots", "energy_errors", {"tolerance": TOLERANCE}),
        caption="Distance from the exact energy per site; the dashed line is called equal.",
        alt="Error of each method against repulsion on a logarithmic scale.",
    ),
)
METHODS = {
    EXACT: "Full configuration interaction: exact for these sites; several states, their spin looked at.",
    RESTRICTED: "Restricted Hartree-Fock: one determinant, both spins in the same orbitals, as band theory has it.",
    UNRESTRICTED: "Unrestricted Hartree-Fock: each spin in its own orbitals, which alternate from site to site.",
    COUPLED_CLUSTER: "Coupled cluster with singles and doubles on the restricted mean field.",
    VARIATIONAL: "Layers of evolutions under hopping and repulsion on the mean field, their times trained.",
    REPEATED: "The suite's default: up to four repetitions of UCCSD over the mean field's orbitals.",
    RAMP: "The control: the same layers as training finds them, a ramp that turns the repulsion up.",
    PERTURBED: "The control of coupled cluster: the circuit with MP2 amplitudes.",
}
GLOSSARY = {
    "t": "The hopping amplitude between neighbours, the unit of energy: a quarter of a wide chain's band width.",
    "U": "What it costs in energy that two electrons share a site.",
    "Mott insulator": "What would conduct by band theory, but does not because its electrons repel each other.",
    "Charge gap": "What it costs to take an electron from one part of a crystal and add it to another.",
    "Local moment": "The mean square of the difference of up and down on a site: 0.5 uncorrelated, 1 for one spin.",
    "Half filling": "One electron per site.",
}
