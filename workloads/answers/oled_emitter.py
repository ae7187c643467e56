"""Whether triplets come back in an emitter, and how it shines, from the records."""

from collections.abc import Sequence
from typing import Any

from workloads.answers.energies import largest_error
from workloads.units import EV_PER_HARTREE
from workloads.workload import DrawnBy, Plot, Record, Table

EXACT, SINGLES, WHOLE = "CASCI (exact)", "CIS, same orbitals", "CIS, whole molecule"
VQD, SSVQE, QEOM, UNTRAINED = "VQD", "SSVQE", "qEOM", "SSVQE, untrained"
QUANTUM = (VQD, SSVQE, QEOM)

THERMAL_ENERGY = 0.02585  # eV, kT at 300 K
# eV; emitters whose triplets come back lie below it: Adachi, Jpn. J. Appl. Phys. 53, 060101 (2014).
FAST_ENOUGH = 0.2
VIOLET = 3.26  # eV, 380 nm
NANOMETRE_EV = 1239.842  # wavelength in nm times photon energy in eV
PER_CENTIMETRE = 8065.544  # per eV


def exact_records(records: Sequence[Record]) -> list[Record]:
    """The exact answer of each window that has one, smallest window first."""
    return [r for r in records if r.method == EXACT and r.objective is not None]


def state_in(record: Record, name: str) -> dict[str, Any]:
    """One of a record's states."""
    return next(dict(row) for row in record.detail["states"] if row["state"] == name)


def answer(records: Sequence[Record]) -> str:
    """Whether triplets come back, and how S1 shines; then how much hangs on the model."""
    exact = exact_records(records)
    if not exact:
        return "The exact states could not be computed, so nothing can be said."
    widest = exact[-1]
    gap, s1, t1 = widest.objective or 0.0, state_in(widest, "S1"), state_in(widest, "T1")
    basis, name = str(widest.detail["basis"]).upper(), widest.detail["name"]
    where = f"In the {basis} basis, with {widest.case}, "
    if t1["excitation_ev"] < 0:
        return (
            f"{where}the ground state of {name} is a triplet, {-t1['excitation_ev']:.2f} eV below the lowest singlet:"
            " it is no emitter of this kind."
        )
    caution = _caution(s1, basis, str(widest.case))
    return " ".join(filter(None, (where + _way_back(name, gap), _brightness(s1), caution, _beside(records, exact))))


def _way_back(name: str, gap: float) -> str:
    """Whether room temperature lifts T1 to S1."""
    if gap <= 0:
        return f"S1 of {name} lies {-gap:.2f} eV below T1: triplets come back without any heat."
    steps = f"S1 of {name} lies {gap:.2f} eV above T1, {gap / THERMAL_ENERGY:.0f} times the thermal energy at 300 K"
    if gap <= FAST_ENOUGH:
        return f"{steps}: near enough for triplets to come back."
    return f"{steps}: too far for triplets to come back, which takes less than about {FAST_ENOUGH:g} eV."


def _brightness(s1: dict[str, Any]) -> str:
    """How strongly S1 shines, and at which wavelength."""
    energy, strength = s1["excitation_ev"], s1["strength"]
    text = f"S1 is {energy:.2f} eV above the ground state ({NANOMETRE_EV / energy:.0f} nm)"
    if strength is None:
        return f"{text}."
    word = "bright" if strength >= 0.1 else "weak" if strength >= 0.01 else "nearly dark"
    shown = f"of {strength:.3f}" if strength >= 0.001 else "below 0.001"
    return f"{text} and {word}, with an oscillator strength {shown}."


def _caution(s1: dict[str, Any], basis: str, case: str) -> str:
    """A sentence where no light that an emitter is made for comes out, so that the model is to blame."""
    if s1["excitation_ev"] < VIOLET:
        return ""
    return (
        f"That is ultraviolet, which no display shines with: the {basis} basis and a window of {case} put excitations"
        " too high, so this compares methods, and is no verdict on the molecule."
    )


def _beside(records: Sequence[Record], exact: Sequence[Record]) -> str:
    """What other windows and the whole molecule say."""
    sentences = []
    if len(exact) > 1:
        gaps = [record.objective or 0.0 for record in exact]
        sentences.append(f"The windows of orbitals give {min(gaps):.2f} to {max(gaps):.2f} eV")
    whole = next((r for r in records if r.method == WHOLE and r.objective is not None), None)
    if whole is not None:
        opening = "single excitations" if sentences else "Single excitations"
        sentences.append(f"{opening} of the whole molecule give {whole.objective:.2f} eV")
    return "; ".join(sentences) + "." if sentences else ""


def contribution(records: Sequence[Record]) -> str:
    """What training added to the configurations that it starts from."""
    worst = [largest_error(records, method) for method in (UNTRAINED, *QUANTUM, SINGLES)]
    if any(error is None for error in worst):
        return "Some methods gave no gap, so what training adds cannot be said."
    before, *trained, singles = (_meV(error or 0.0) for error in worst)
    text = ", ".join(f"{method} {error}" for method, error in zip(QUANTUM, trained, strict=True))
    return (
        f"At worst the untrained configurations miss the exact gap by {before} meV; trained: {text} meV."
        f" Single excitations in the same orbitals, which need no circuit, miss it by {singles} meV."
    )


def _meV(gap: float) -> str:  # noqa: N802  # the unit's own letters
    return f"{1e3 * gap:.2f}"


def tables(records: Sequence[Record]) -> list[Table]:
    """The emitter in figures, every method's states, and the circuits."""
    found = [r for r in records if r.objective is not None]
    exact = exact_records(records)
    states = Table(
        title="Energies above the ground state",
        columns=("window", "method", "T1 (eV)", "S1 (eV)", "S1 - T1 (eV)", "strength of S1"),
        rows=[
            (
                r.case,
                r.method,
                f"{state_in(r, 'T1')['excitation_ev']:.4f}",
                f"{state_in(r, 'S1')['excitation_ev']:.4f}",
                f"{r.objective:.4f}",
                None if state_in(r, "S1")["strength"] is None else f"{state_in(r, 'S1')['strength']:.4f}",
            )
            for r in found
        ],
        note="The strength is the oscillator strength: near 1 for a strong dye, 0 where light does nothing.",
    )
    circuits = Table(
        title="The circuits",
        columns=("window", "method", "qubits", "parameters", "determinants", "evaluations", "two-qubit gates"),
        rows=[
            (r.case, r.method, r.qubits, r.detail["parameters"], r.sector_dimension, r.evaluations, r.two_qubit_gates)
            for r in found
            if r.method in QUANTUM
        ],
        note="Evaluations are of energy and gradient, for all three states; gates are counted after decomposition.",
    )
    return [*([_emitter_table(exact)] if exact else []), states, circuits]


def _emitter_table(exact: Sequence[Record]) -> Table:
    """What a display maker compares emitters by."""
    frontier = exact[0].detail["frontier"]
    rows: list[tuple[str, ...]] = [
        ("S1 - T1 (eV)", *(f"{r.objective:.3f}" for r in exact)),
        ("in units of kT at 300 K", *(f"{(r.objective or 0.0) / THERMAL_ENERGY:.1f}" for r in exact)),
        ("wavelength of S1 (nm)", *(f"{NANOMETRE_EV / state_in(r, 'S1')['excitation_ev']:.0f}" for r in exact)),
        ("radiative lifetime of S1 (ns)", *(_lifetime(state_in(r, "S1")) for r in exact)),
    ]
    ev = EV_PER_HARTREE
    return Table(
        title="The emitter, from the exact states of each window",
        columns=("", *(record.case for record in exact)),
        rows=rows,
        note=(
            f"HOMO and LUMO lie {ev * (frontier['lumo'] - frontier['homo']):.2f} eV apart, overlap by "
            f"{frontier['overlap']:.2f} and have an exchange integral K of {ev * frontier['exchange']:.3f} eV; with "
            f"them alone S1 lies about 2K, {2 * ev * frontier['exchange']:.3f} eV, above T1."
        ),
    )


def _lifetime(s1: dict[str, Any]) -> str:
    """1.5 / (f v^2) seconds with v in 1/cm, in a vacuum."""
    if not s1["strength"] or s1["strength"] < 1e-6:
        return "–"
    return f"{1e9 * 1.5 / (s1['strength'] * (s1['excitation_ev'] * PER_CENTIMETRE) ** 2):.2f}"


PLOTS = (
    Plot(
        name="levels",
        draw=DrawnBy("chemistry.plots.emitter", "state_levels", {"reference": EXACT, "threshold": FAST_ENOUGH}),
        caption="The lowest triplet and singlet above the ground state; lines are exact in the window's orbitals.",
        alt="Energy levels of T1 and S1 in electronvolts for each window, with the gap between them.",
    ),
    Plot(
        name="orbitals",
        draw=DrawnBy("chemistry.plots.emitter", "frontier_picture"),
        caption="Surfaces that enclose 75 % of each orbital's density; blue and yellow (dashed) differ in sign.",
        alt="The highest occupied and the lowest empty orbital drawn over the molecule's skeleton.",
    ),
    Plot(
        name="errors",
        draw=DrawnBy("chemistry.plots.emitter", "gap_errors", {"without": (EXACT, WHOLE)}),
        caption="The error of the singlet-triplet gap against the exact one in the same orbitals.",
        alt="A row for each method with a marker for each window, on a logarithmic scale in millielectronvolts.",
    ),
)
METHODS = {
    EXACT: "All electron configurations of the window diagonalised at once: no state can be missed.",
    SINGLES: "Configuration interaction of single excitations in the window's orbitals.",
    WHOLE: "The same over all orbitals of the molecule (TDA on Hartree-Fock): what a window leaves out shows.",
    VQD: "Variational quantum deflation: one state after another, each kept away from those below it.",
    SSVQE: "Subspace search: one circuit trained for both singlets at once, another for the triplet.",
    QEOM: "The quantum equation of motion: how the trained ground state responds to excitations.",
    UNTRAINED: "The control: the configurations that subspace search begins from, mixed but not trained.",
}
GLOSSARY = {
    "S0, S1, T1": "The ground state, the lowest excited singlet (it shines) and the lowest triplet (it does not).",
    "TADF": "Thermally activated delayed fluorescence: heat lifts triplets to S1, from where they shine.",
    "HOMO, LUMO": "The highest occupied and the lowest empty orbital.",
    "Window": "The electrons and orbitals around the gap that are treated; the others are frozen or left empty.",
    "Exchange integral": "What parallel spins save in energy; it shrinks as HOMO and LUMO come apart.",
    "kT": "The energy that heat offers at 300 K, 0.026 eV.",
    "meV": "Millielectronvolt; 43 meV (1 kcal/mol) is called chemical accuracy.",
}
