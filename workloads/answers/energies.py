"""What the answers about energies share: the circuits' names, who is accurate, errors as text, tables and terms."""

from collections.abc import Callable, Iterable, Sequence

from workloads.units import CHEMICAL_ACCURACY
from workloads.workload import Record, Table

EXACT, REPEATED, SINGLE, UNTRAINED = "FCI (exact)", "repeated UCCSD", "UCCSD", "UCCSD, untrained"
CIRCUITS = (SINGLE, REPEATED)

SET_ASIDE = (
    "In brackets: not converged, of another spin than asked for, or below the exact energy; such a value is no answer."
)
NO_CONTRIBUTION = "Some circuits gave no energy, so what training adds cannot be said."

# Methods and terms that several workloads explain alike.
TRIPLES_METHOD = "Coupled cluster with perturbative triples, the usual standard of chemistry."
SINGLE_METHOD = "Unitary coupled cluster with singles and doubles, trained on exact gradients from MP2 amplitudes."
UNTRAINED_METHOD = "The control: the circuit as training finds it, with MP2 amplitudes."
MILLIHARTREE = "Millihartree, 0.027 eV or 2.6 kJ/mol; 1.6 mHa (1 kcal/mol) is called chemical accuracy."
ACTIVE_SPACE = "The electrons and orbitals that are treated; the others are frozen or left empty."
DETERMINANT = "One way of placing the electrons in the orbitals; the circuit moves amplitude between them."


def of_method(records: Iterable[Record], method: str) -> list[Record]:
    """A method's records."""
    return [r for r in records if r.method == method]


def present(records: Sequence[Record], methods: Iterable[str]) -> list[str]:
    """Those of the methods that have records."""
    return [method for method in methods if of_method(records, method)]


def by_place(records: Iterable[Record]) -> dict[tuple[str, str], Record]:
    """The records by case and method."""
    return {(r.case, r.method): r for r in records}


def is_accurate(record: Record, within: float = CHEMICAL_ACCURACY) -> bool:
    """Whether it may rank and lies that near to the exact energy."""
    return record.ranks and record.gap is not None and abs(record.gap) <= within


def accurate_everywhere(
    records: Sequence[Record], methods: Iterable[str], within: float = CHEMICAL_ACCURACY
) -> list[str]:
    """The methods all of whose records are accurate."""
    return [m for m in present(records, methods) if all(is_accurate(r, within) for r in of_method(records, m))]


def largest_error(records: Iterable[Record], method: str) -> float | None:
    """How far a method is off at worst, in the gap's unit; None where it never gave a value."""
    return max((abs(r.gap) for r in of_method(records, method) if r.gap is not None), default=None)


def training_added(records: Sequence[Record], *, decimals_before: int) -> str:
    """What training, and repeating, added to the circuit with MP2 amplitudes."""
    errors = [largest_error(records, method) for method in (UNTRAINED, SINGLE, REPEATED)]
    if any(error is None for error in errors):
        return NO_CONTRIBUTION
    before, single, repeated = (1000 * (error or 0.0) for error in errors)
    unsound = any(not r.ranks for method in CIRCUITS for r in of_method(records, method))
    return (
        f"At worst the circuit with untrained MP2 amplitudes is {before:.{decimals_before}f} mHa off; training brings "
        f"it to {single:.2f} mHa, and repeating it to {repeated:.2f} mHa"
        f"{', energies among them that are no answers and do not rank' if unsound else ''}."
    )


def energy_text(record: Record | None) -> str | None:
    """An energy in hartree, as a table shows it."""
    return None if record is None or record.objective is None else f"{record.objective:.6f}"


def error_text(record: Record | None) -> str | None:
    """An error in millihartree, as a table shows it: in brackets where the value is no answer."""
    if record is None or record.gap is None:
        return None
    text = f"{1000 * record.gap:.2f}"
    return text if record.ranks else f"({text})"


def error_table(records: Sequence[Record], cases: Iterable[str], methods: Iterable[str], *, place: str) -> Table:
    """Each case's exact energy, and the error of each method that has records; `place` heads the cases."""
    found, shown = by_place(records), present(records, methods)
    return Table(
        title="Error against the exact energy (millihartree)",
        columns=(place, "exact energy (hartree)", *shown),
        rows=[
            (case, energy_text(found.get((case, EXACT))), *(error_text(found.get((case, m))) for m in shown))
            for case in cases
        ],
        note=SET_ASIDE,
    )


def circuit_table(
    records: Iterable[Record],
    cases: Iterable[str],
    *,
    place: str,
    circuits: Sequence[str] = CIRCUITS,
    name: Callable[[Record], str] = lambda record: str(record.detail.get("ansatz", record.method)),
    note: str = "Determinants are those that the circuit reaches",
) -> Table:
    """What each circuit cost in each case."""
    found = by_place(records)
    shown = [found[case, circuit] for case in cases for circuit in circuits if (case, circuit) in found]
    return Table(
        title="The circuits",
        columns=(place, "circuit", "parameters", "determinants", "evaluations", "two-qubit gates"),
        rows=[
            (r.case, name(r), r.detail.get("parameters"), r.sector_dimension, r.evaluations, r.two_qubit_gates)
            for r in shown
        ],
        note=f"{note}; two-qubit gates are counted after decomposition.",
    )
