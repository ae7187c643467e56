"""What freeing lithium takes in vacuum and in a solvent, and where its electron goes back, from the records."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

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
    by_place,
    circuit_table,
    error_table,
    is_accurate,
    of_method,
    training_added,
)
from workloads.units import EV_PER_HARTREE
from workloads.workload import DrawnBy, Plot, Record, Table

KJ_PER_EV = 96.485332
VACUUM, SOLVENT = "vacuum", "solvent"
ENVIRONMENTS = (VACUUM, SOLVENT)
APPROXIMATE = ("HF", "CCSD", "CCSD(T)")


def answer(records: Sequence[Record]) -> str:
    """What the bond costs in either environment, what is left, and whose numbers can be trusted."""
    curves = {environment: _curve(records, EXACT, environment) for environment in (VACUUM, SOLVENT)}
    if any(len(curve) < 2 for curve in curves.values()):
        return "The exact energy could not be computed along the path, so nothing can be said."
    first, last = curves[SOLVENT][0], curves[SOLVENT][-1]
    costs = {environment: _cost(curve) for environment, curve in curves.items()}
    begins = {environment: _lowest(curve).detail["distance"] for environment, curve in curves.items()}
    alike = begins[VACUUM] == begins[SOLVENT]
    apart = f"{f'from {begins[VACUUM]:g} ' if alike else ''}to {last.detail['distance']:g} angstrom"
    where = {
        VACUUM: f"in vacuum{'' if alike else f' (from {begins[VACUUM]:g} angstrom)'}",
        SOLVENT: f"in a solvent of permittivity {last.detail['permittivity']:g}"
        f"{'' if alike else f' (from {begins[SOLVENT]:g} angstrom)'}",
    }
    parts = [
        f"In the {str(first.detail['basis']).upper()} basis, pulling {first.detail['formula']} apart {apart} costs "
        f"{_energy_text(costs[VACUUM])} {where[VACUUM]} and {_energy_text(costs[SOLVENT])} {where[SOLVENT]}, "
        f"{_shift_text(costs[SOLVENT] - costs[VACUUM])}.",
        _still_falling(curves),
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


def _lowest(curve: Sequence[Record]) -> Record:
    """The point from which the cost is counted."""
    return min(curve, key=lambda record: record.objective or 0.0)


def _cost(curve: Sequence[Record]) -> float:
    """Hartree from the lowest point to the last."""
    return (curve[-1].objective or 0.0) - (_lowest(curve).objective or 0.0)


def _still_falling(curves: Mapping[str, Sequence[Record]]) -> str:
    """Where the longest distance is the lowest point, so that no bond is seen."""
    falling = [f"in {environment}" for environment, curve in curves.items() if _lowest(curve) is curve[-1]]
    falling = [place.replace(SOLVENT, f"the {SOLVENT}") for place in falling]
    return f"The energy is lowest at the longest distance {' and '.join(falling)}: no bond holds there." * bool(falling)


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
    sound = accurate_everywhere(records, (REPEATED, SINGLE, *reversed(APPROXIMATE)))
    sentence = f"Within 1.6 millihartree of the exact energy everywhere: {', '.join(sound) or 'no other method'}."
    triples = of_method(records, "CCSD(T)")
    if triples and "CCSD(T)" not in sound:
        sentence += f" CCSD(T) is at {sum(map(is_accurate, triples))} of {len(triples)} points."
    return sentence


def contribution(records: Sequence[Record]) -> str:
    """What training added to the circuit with MP2 amplitudes."""
    return training_added(records, decimals_before=1)


def tables(records: Sequence[Record]) -> list[Table]:
    """The path with what the electrons do, the errors, and what the circuits cost."""
    cases = [r.case for environment in ENVIRONMENTS for r in _curve(records, EXACT, environment)]
    return [
        _path_table(records),
        error_table(records, cases, (*APPROXIMATE, *CIRCUITS), place="point"),
        circuit_table(records, cases, place="point"),
    ]


def _path_table(records: Sequence[Record]) -> Table:
    """Energies, and what the electrons do, along the path."""
    found = by_place(records)
    preparation = sum(r.detail.get("preparation_seconds", 0.0) for r in of_method(records, EXACT))
    rows = []
    for environment in ENVIRONMENTS:
        exact = _curve(records, EXACT, environment)
        lowest = min((r.objective or 0.0 for r in exact), default=0.0)
        rows += [
            (
                r.case,
                f"{((r.objective or 0.0) - lowest) * EV_PER_HARTREE:.2f}",
                *_state_texts(found.get((r.case, REPEATED))),
                f"{r.detail['s_squared'][0]:.2f}",
            )
            for r in exact
        ]
    return Table(
        title="Along the path",
        columns=("point", "energy (eV)", "dipole (debye)", "lithium's charge", "half-filled orbitals", "S²"),
        rows=rows,
        note="Energies are exact, from the lowest in the same environment; S² is 0.75 for a doublet, 3.75 a quartet. "
        "Dipole, charge (Löwdin) and natural orbitals with 0.5 to 1.5 electrons are those of the circuit's state. "
        f"Optimizing orbitals and charges took {preparation:.0f} s in all, which is in no method's seconds.",
    )


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


PLOTS = (
    Plot(
        name="path",
        draw=DrawnBy("chemistry.plots.reaction_path", "energies"),
        caption="Energy from the lowest point in vacuum; lines are exact, circles the default circuit.",
        alt="Two curves of energy against distance, vacuum and solvent, with the circuit's energies on them.",
    ),
    Plot(
        name="transfer",
        draw=DrawnBy("chemistry.plots.reaction_path", "charge_transfer"),
        caption="Charge of lithium and dipole moment of the circuit's state; where they fall the electron returns.",
        alt="Charge of lithium above and dipole moment below, against distance, in vacuum and in the solvent.",
    ),
    Plot(
        name="errors",
        draw=DrawnBy("chemistry.plots.reaction_path", "errors"),
        caption="Distance from the exact energy; hollow markers are not converged or below it.",
        alt="Error of each method against distance on a logarithmic scale: left in vacuum, right in the solvent.",
    ),
)
METHODS = {
    EXACT: "Full configuration interaction: exact in the active space; several states, their spin looked at.",
    "HF": "Hartree-Fock for the active electrons, unrestricted, from the lowest determinant.",
    "CCSD": "Coupled cluster with singles and doubles on it.",
    "CCSD(T)": TRIPLES_METHOD,
    SINGLE: SINGLE_METHOD,
    REPEATED: "The suite's default: up to four repetitions of it.",
    UNTRAINED: UNTRAINED_METHOD,
}
GLOSSARY = {
    "mHa": MILLIHARTREE,
    "Permittivity": "How much a solvent weakens the attraction of charges: 1 in vacuum, 46.7 in DMSO.",
    "Polarisable continuum": "A solvent without molecules: charges that it forms on a cavity around the solute.",
    "Active space": ACTIVE_SPACE,
    "Determinant": DETERMINANT,
}
