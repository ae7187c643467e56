"""What a breaking bond costs and whose numbers can be trusted with it, from the records."""

from collections.abc import Sequence

from workloads.answers.energies import (
    ACTIVE_SPACE,
    CIRCUITS,
    DETERMINANT,
    EXACT,
    MILLIHARTREE,
    REPEATED,
    SINGLE,
    SINGLE_METHOD,
    TRIPLES_METHOD,
    UNTRAINED,
    UNTRAINED_METHOD,
    accurate_everywhere,
    circuit_table,
    error_table,
    is_accurate,
    of_method,
    training_added,
)
from workloads.answers.wording import listed
from workloads.units import EV_PER_HARTREE, SAME_STATE
from workloads.workload import DrawnBy, Plot, Record, Table

ONE_STATE = "FCI, one state"
APPROXIMATE = ("HF", "MP2", "CCSD", "CCSD(T)")


def answer(records: Sequence[Record]) -> str:
    """The cost of the bond, or the molecule's energy, and whose numbers can be trusted."""
    exact = {r.case: r for r in records if r.method == EXACT and r.objective is not None}
    if not exact:
        return "The exact energy could not be computed, so nothing can be said."
    ordered = sorted(exact.values(), key=lambda record: record.detail.get("bond_length") or 0.0)
    said = _energy(ordered[0]) if len(ordered) == 1 else _curve(ordered)
    return " ".join(filter(None, (said, _symmetry(records), _trust(records))))


def _energy(record: Record) -> str:
    """The energy of a single geometry."""
    detail = record.detail
    at = f" at {detail['bond_length']:g} angstrom" if "bond_length" in detail else ""
    basis = str(detail["basis"]).upper()
    return f"The energy of {detail['formula']}{at} in the {basis} basis is {record.objective:.6f} hartree."


def _curve(ordered: Sequence[Record]) -> str:
    """Where the molecule is most stable, and what the way from there to the longest bond costs."""
    first, last = ordered[0], ordered[-1]
    lowest = min(ordered, key=lambda record: record.objective or 0.0)
    formula, basis = first.detail["formula"], str(first.detail["basis"]).upper()
    if lowest is last:
        return (
            f"In the {basis} basis the energy of {formula} still falls at {last.detail['bond_length']:g} angstrom, the "
            "longest bond asked for: its most stable length needs longer ones."
        )
    cost = (last.objective or 0.0) - (lowest.objective or 0.0)
    text = (
        f"In the {basis} basis {formula} is most stable near {lowest.detail['bond_length']:g} angstrom, and "
        f"stretching the bond from there to {last.detail['bond_length']:g} angstrom costs {cost:.3f} hartree "
        f"({cost * EV_PER_HARTREE:.1f} eV)."
    )
    return f"{text} That is the shortest bond asked for: shorter ones may be more stable." if lowest is first else text


def _symmetry(records: Sequence[Record]) -> str:
    """Where the lowest state is not the one that the circuits are asked for, but of another symmetry or spin."""
    exact = {r.case: r.objective for r in records if r.method == EXACT and r.objective is not None}
    missed = {
        r.case: 1e3 * (r.objective - exact[r.case])
        for r in records
        if r.method == ONE_STATE and r.ranks and r.objective is not None and r.case in exact
    }
    missed = {case: excess for case, excess in missed.items() if excess > 1e3 * SAME_STATE}
    if not missed:
        return ""
    lowest = "The lowest state" if len(exact) == 1 else f"At {', '.join(missed)} the lowest state"
    return (
        f"{lowest} has another symmetry or spin than the reference determinant, while the circuits are asked for the "
        f"lowest with those of the determinant: it lies at least {min(missed.values()):.1f} mHa higher."
    )


def _trust(records: Sequence[Record]) -> str:
    """Which methods are within chemical accuracy everywhere, and where the others leave."""
    sound = accurate_everywhere(records, (REPEATED, SINGLE, *reversed(APPROXIMATE)))
    if not sound:
        return "No method but the exact one stays within 1.6 millihartree of it."
    everywhere = " everywhere" if len({record.case for record in records}) > 1 else ""
    sentence = f"Within 1.6 millihartree of the exact energy{everywhere}: {listed(sound)}."
    triples = of_method(records, "CCSD(T)")
    if "CCSD(T)" not in sound and len(triples) > 1:
        sentence += f" CCSD(T) only at {sum(map(is_accurate, triples))} of {len(triples)} lengths."
    return sentence


def contribution(records: Sequence[Record]) -> str:
    """What training added to the circuit with MP2 amplitudes."""
    return training_added(records, decimals_before=2)


def tables(records: Sequence[Record]) -> list[Table]:
    """Errors by geometry, and what the circuits cost."""
    cases = list(dict.fromkeys(r.case for r in records))
    return [
        error_table(records, cases, (*APPROXIMATE, *CIRCUITS), place="geometry"),
        circuit_table(records, cases, place="geometry"),
    ]


PLOTS = (
    Plot(
        name="energies",
        draw=DrawnBy("chemistry.plots.energy_curves", "curve_or_errors"),
        caption="Energies and their distance from the exact one; hollow markers are not converged or below it.",
        alt="Energy of each method against bond length, and below it the error on a logarithmic scale.",
    ),
    Plot(
        name="convergence",
        draw=DrawnBy("chemistry.plots.energy_curves", "convergence"),
        caption="The best error so far while the circuits are trained: median and quartiles over the geometries.",
        alt="Error of each circuit against the number of evaluations, falling on logarithmic scales.",
    ),
)
METHODS = {
    EXACT: "Full configuration interaction: exact in the chosen orbitals; several states, their spin looked at.",
    ONE_STATE: "The same for one state of the expected symmetry, which is what the circuits search too.",
    "HF": "Restricted Hartree-Fock: one determinant, its stability checked.",
    "MP2": "Second-order perturbation theory on it.",
    "CCSD": "Coupled cluster with singles and doubles.",
    "CCSD(T)": TRIPLES_METHOD,
    SINGLE: SINGLE_METHOD,
    REPEATED: "The suite's default: up to four repetitions of it, with one amplitude for both spins.",
    UNTRAINED: UNTRAINED_METHOD,
}
GLOSSARY = {
    "mHa": MILLIHARTREE,
    "FCI": "Full configuration interaction, the exact solution in the chosen orbitals.",
    "Determinant": DETERMINANT,
    "Active space": ACTIVE_SPACE,
}
