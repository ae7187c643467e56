"""The tables of a question's methods: how good, how sure, how long, and how large the circuits were."""

from collections.abc import Sequence

from reports.comparison import MethodSummary, Spread
from reports.question import GapScale, Question
from reports.sentences import percent, probability, seconds_number
from reports.table import Cell, Table

MARKS = {"quantum": "●", "classical": "■", "control": "○"}
SIMULATOR = "Quantum circuits ran on a simulator: their seconds are this computer's, not a quantum processor's."
CLOCK = "Seconds depend on the computer and its load, and so does what was stopped at a time limit; the rest does not."


def comparison_table(summaries: Sequence[MethodSummary], question: Question) -> Table:
    """Every method against the reference: gap, feasible rate, probability of the optimum, seconds, seeds."""
    several_cases = any(len(s.cases) > 1 for s in summaries)
    has_rates = any(s.feasible_rate is not None for s in summaries)
    has_probabilities = any(s.success_probability is not None for s in summaries)
    scale = question.gap_scale
    columns = ["method", f"{scale.name} ({scale.unit})", "quartiles"]
    columns += ["worst case"] if several_cases else []
    columns += ["feasible"] if has_rates else []
    columns += ["chance of optimum"] if has_probabilities else []
    columns += ["seconds", "runs"]
    rows = []
    for summary in summaries:
        row: list[Cell] = [method_name(summary, question)]
        row += [None if summary.gap is None else scale.number(summary.gap.median), gap_quartiles(summary.gap, scale)]
        if several_cases:
            row.append(None if summary.worst_gap is None else scale.number(summary.worst_gap))
        if has_rates:
            row.append(None if summary.feasible_rate is None else percent(summary.feasible_rate.median))
        if has_probabilities:
            chance = summary.success_probability
            row.append(None if chance is None else probability(chance.median))
        row.append(None if summary.seconds is None else seconds_number(summary.seconds.median))
        row.append(runs_text(summary))
        rows.append(row)
    return Table(title="Methods against the reference", columns=tuple(columns), rows=rows, note=notes(summaries))


def method_name(summary: MethodSummary, question: Question) -> str:
    """The method with its mark, and what it is beside a method."""
    extras = [summary.machine] if summary.machine not in ("exact", "classical") else []
    extras += ["reference"] if summary.method in question.references else []
    extras += ["does not rank"] if summary.n_unranked and not summary.ranks else []
    return f"{MARKS[summary.role]} {summary.method}" + (f" ({', '.join(extras)})" if extras else "")


def gap_quartiles(gap: Spread | None, scale: GapScale) -> str | None:
    """The quartiles where there is a spread."""
    if gap is None or scale.number(gap.lower) == scale.number(gap.upper):
        return None
    return f"{scale.number(gap.lower)}\u00a0to\u00a0{scale.number(gap.upper)}"


def runs_text(summary: MethodSummary) -> str:
    """How many runs there were, and how many gave nothing."""
    if not summary.n_failed:
        return f"{summary.n_records}"
    return f"{summary.n_records - summary.n_failed}\u00a0of\u00a0{summary.n_records}"


def notes(summaries: Sequence[MethodSummary]) -> str:
    """What the table's numbers are."""
    several_cases = any(len(s.cases) > 1 for s in summaries)
    over = "cases and seeds" if several_cases else "seeds"
    seconds = "seconds are end to end, for one seed through all cases" if several_cases else "seconds are end to end"
    sentences = [f"● quantum, ■ classical, ○ control. Medians over {over}; {seconds}."]
    if any(s.role == "quantum" and not s.machine.startswith("ibm:") for s in summaries):
        sentences.append(SIMULATOR)
    sentences.append(CLOCK)
    return " ".join(sentences)


def circuit_table(summaries: Sequence[MethodSummary]) -> Table | None:
    """How large the circuits were, the largest of the cases; None if no method reports any."""
    measured = [s for s in summaries if s.qubits is not None]
    if not measured:
        return None
    columns: dict[str, list[Cell]] = {
        "qubits": [s.qubits for s in measured],
        "states simulated": [s.sector_dimension for s in measured],
        "depth": [s.depth for s in measured],
        "two-qubit gates": [s.two_qubit_gates for s in measured],
        "samples": [s.shots for s in measured],
    }
    known = {name: cells for name, cells in columns.items() if any(cell is not None for cell in cells)}
    return Table(
        title="Circuits",
        columns=("method", *known),
        rows=[
            [f"{MARKS[summary.role]} {summary.method}", *cells]
            for summary, *cells in zip(measured, *known.values(), strict=True)
        ],
        note="States simulated: the basis states that the circuit can reach, of 2 to the power of the qubits.",
    )
