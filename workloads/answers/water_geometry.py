"""What structures and vibrations by several methods are like, beside each other and experiment, from the records."""

from collections.abc import Mapping, Sequence

import numpy as np

from workloads.answers.energies import MILLIHARTREE
from workloads.answers.wording import listed
from workloads.workload import DrawnBy, Plot, Record, Table

# Equilibrium structure: Hoy and Bunker, J. Mol. Spectrosc. 74, 1 (1979). Dipole: Clough, Beers, Klein and Rothman,
# J. Chem. Phys. 59, 2254 (1973). The harmonic frequencies are in the records.
EXPERIMENT = {"bond": 0.9578, "angle": 104.48, "dipole": 1.855}  # angstrom, degrees, debye

EXACT, CIRCUIT, PAIRS = "CASSCF (exact in the space)", "oo-VQE", "oo-VQE, pairs only"
HARTREE_FOCK, ALL_ELECTRONS = "HF", "CCSD, all electrons"
UNEQUAL = 5e-3  # angstrom, between bonds that other methods have equal
ORDER = (HARTREE_FOCK, PAIRS, CIRCUIT, EXACT, ALL_ELECTRONS)
MEASURES = ("bonds (angstrom)", "angles (degrees)", "dipole (debye)", "frequencies (1/cm)")


def found_by(records: Sequence[Record]) -> dict[str, Record]:
    """The records that have a structure, by method."""
    return {r.method: r for r in records if r.objective is not None and "positions" in r.detail}


def mean_text(values: Mapping[str, float], keys: Sequence[str], decimals: int) -> str:
    """The mean of alike coordinates."""
    return f"{np.mean([values[key] for key in keys]):.{decimals}f}"


def described(record: Record) -> str:
    """A structure with its dipole and vibrations in words."""
    from chemistry.structure.internal_coordinates import alike, internal_coordinates

    symbols, waves = record.detail["symbols"], record.detail.get("wavenumbers")
    parts = [
        f"{group.name} {mean_text(values, group.keys, decimals)} {unit}"
        for values, (unit, decimals) in zip(
            internal_coordinates(record.detail["positions"], record.detail["bonds"]),
            (("angstrom", 3), ("degrees", 1)),
            strict=True,
        )
        for group in alike(values, symbols)
    ]
    parts.append(f"dipole {record.detail['dipole']:.2f} debye")
    parts += [f"vibrations at {listed([f'{w:.0f}' for w in waves])} cm⁻¹"] if waves else []
    return ", ".join(parts)


def counterparts(
    values: Mapping[str, float], reference: Mapping[str, float], symbols: Sequence[str]
) -> dict[str, float]:
    """For each length, or angle, of the reference the one of the same elements and rank, from the smallest on.

    Which of several equal atoms is which says nothing, so copies of one structure with atoms exchanged agree.
    """
    from chemistry.structure.internal_coordinates import alike

    found: dict[str, float] = {}
    for kind in alike(dict.fromkeys(reference, 0.0), symbols):  # all of the same elements
        mine, others = (sorted(kind.keys, key=of.__getitem__) for of in (values, reference))
        found |= {key: values[own] for key, own in zip(others, mine, strict=True)}
    return found


def caution(shown: Record, by_method: Mapping[str, Record]) -> str:
    """Where bonds are equal by a method that has no active space, and unequal by the one shown."""
    from chemistry.structure.internal_coordinates import alike, internal_coordinates

    symbols, bonds = shown.detail["symbols"], shown.detail["bonds"]
    own, _ = internal_coordinates(shown.detail["positions"], bonds)
    for method in (m for m in (HARTREE_FOCK, ALL_ELECTRONS) if m in by_method and by_method[m] is not shown):
        theirs, _ = internal_coordinates(by_method[method].detail["positions"], bonds)
        matched = counterparts(own, theirs, symbols)
        for group in alike(theirs, symbols):
            lengths = [matched[key] for key in group.keys]
            if max(lengths) - min(lengths) > UNEQUAL:
                return (
                    f"A caution: by {method} these {group.name} bonds are equal, here they go from {min(lengths):.3f} "
                    f"to {max(lengths):.3f} angstrom, so the symmetry is probably broken by an active space that is "
                    "too small: try a larger one."
                )
    return ""


def answer(records: Sequence[Record]) -> str:
    """The structure by the circuit, how near the exact one of the same electrons it is, and experiment."""
    by_method = found_by(records)
    shown = next((by_method[m] for m in (CIRCUIT, EXACT, PAIRS) if m in by_method and by_method[m].ranks), None)
    if shown is None:
        return "No method found a minimum with its vibrations, so nothing can be said of the structure."
    facts = shown.detail
    text = (
        f"By {shown.method} in the {str(facts['basis']).upper()} basis, active space {facts['space']}, "
        f"{facts['formula']} has {described(shown)}."
    )
    if shown.method == CIRCUIT and EXACT in by_method:
        text += (
            " The exact state of the same electrons (CASSCF) gives the same to within "
            f"{differences_text(shown, by_method[EXACT])}."
            if is_same(shown, by_method[EXACT])
            else f" CASSCF, the exact state of these electrons, is off by {differences_text(shown, by_method[EXACT])}."
        )
    warning = caution(shown, by_method)
    text += f" {warning}" if warning else ""
    if facts.get("experiment"):
        waves = listed([f"{w:.0f}" for w in facts["experiment"]])
        text += (
            f" Experiment has {EXPERIMENT['bond']:.3f} angstrom, {EXPERIMENT['angle']:.1f} degrees, "
            f"{EXPERIMENT['dipole']:.2f} debye and harmonic {waves} cm⁻¹: what is missing is in the basis set and "
            "the electrons outside the active space, not in the circuit."
        )
    return text


def differences(record: Record, reference: Record) -> list[float | None]:
    """The largest differences in bonds, angles, dipole and frequencies; None where there is nothing to compare."""
    from chemistry.structure.internal_coordinates import internal_coordinates

    bonds, symbols = reference.detail["bonds"], reference.detail["symbols"]
    mine, others = (internal_coordinates(r.detail["positions"], bonds) for r in (record, reference))
    matched = [counterparts(a, b, symbols) for a, b in zip(mine, others, strict=True)]
    found = [max((abs(a[key] - b[key]) for key in b), default=None) for a, b in zip(matched, others, strict=True)]
    found.append(abs(record.detail["dipole"] - reference.detail["dipole"]))
    ours, theirs = (np.array(r.detail.get("wavenumbers") or []) for r in (record, reference))
    same = len(ours) == len(theirs) > 0
    return [*found, float(np.abs(ours - theirs).max()) if same else None]


def is_same(record: Record, reference: Record) -> bool:
    """Whether a structure and its vibrations agree to what experiments can tell."""
    limits = (1e-3, 0.1, 0.01, 5.0)  # angstrom, degrees, debye, 1/cm
    found = differences(record, reference)
    return all(value is None or value <= limit for value, limit in zip(found, limits, strict=True))


def differences_text(record: Record, reference: Record) -> str:
    """The largest differences in words."""
    length, angle, _, wavenumber = differences(record, reference)
    parts = [
        f"{max(value, 10.0**-decimals):.{decimals}f} {unit}"
        for value, decimals, unit in ((length, 4, "angstrom"), (angle, 2, "degrees"), (wavenumber, 1, "cm⁻¹"))
        if value is not None
    ]
    return listed(parts)


def contribution(records: Sequence[Record]) -> str:
    """What training added to the circuit with all of its parameters at zero, which is Hartree-Fock."""
    by_method = found_by(records)
    if not {EXACT, HARTREE_FOCK, CIRCUIT} <= set(by_method):
        return "Some methods found no structure, so what training adds cannot be said."
    before, after = (differences_text(by_method[m], by_method[EXACT]) for m in (HARTREE_FOCK, CIRCUIT))
    return (
        f"With every parameter at zero the circuit is Hartree-Fock, off CASSCF by {before}; trained, it is within "
        f"{after} of it. Circuit and CASSCF both ran on this computer: "
        "their seconds say nothing of a quantum processor."
    )


def tables(records: Sequence[Record]) -> list[Table]:
    """Structure, vibrations, differences from the reference, and the circuits."""
    by_method = found_by(records)
    methods = [method for method in ORDER if method in by_method]
    shown = next((by_method[m] for m in (EXACT, CIRCUIT, *methods) if m in by_method), None)
    if shown is None:
        return []
    own_tables = [structure_table(by_method, methods, shown), vibration_table(by_method, methods, shown)]
    if EXACT in by_method:
        own_tables.append(difference_table(by_method, methods))
    circuits = [by_method[m] for m in (PAIRS, CIRCUIT) if m in by_method]
    own_tables.append(
        Table(
            title="The circuits and their orbitals",
            columns=("circuit", "parameters", "rotations", "evaluations", "above exact (mHa)", "stable"),
            rows=[
                (f"{r.method}: {r.detail.get('ansatz')}", r.detail.get("parameters"), r.detail.get("rotations"),
                 r.evaluations, f"{1000 * r.detail['above_exact']:.3f}", r.detail.get("stable"))
                for r in circuits
            ],
            note="Rotations are those of orbitals; above the exact energy over the circuit's own orbitals; stable: a "
            "minimum in parameters and rotations.",
        )
    )  # fmt: skip
    return own_tables


def structure_table(by_method: Mapping[str, Record], methods: Sequence[str], shown: Record) -> Table:
    """Bonds, angles and dipole by each method."""
    from chemistry.structure.internal_coordinates import alike, internal_coordinates

    bonds = shown.detail["bonds"]
    found = [internal_coordinates(by_method[m].detail["positions"], bonds) for m in methods]
    reference = internal_coordinates(shown.detail["positions"], bonds)
    has_experiment = bool(shown.detail.get("experiment"))
    symbols = shown.detail["symbols"]
    rows: list[tuple[str, ...]] = []
    for place, (unit, decimals, kind) in enumerate((("angstrom", 4, "bond"), ("degrees", 2, "angle"))):
        matched = [counterparts(values[place], reference[place], symbols) for values in found]
        for group in alike(reference[place], symbols):
            cells = [mean_text(values, group.keys, decimals) for values in matched]
            cells += [f"{EXPERIMENT[kind]:.{decimals}f}"] if has_experiment else []
            rows.append((f"{group.name} ({unit})", *cells))
    dipoles = [f"{by_method[m].detail['dipole']:.3f}" for m in methods]
    rows.append(("dipole (debye)", *dipoles, *([f"{EXPERIMENT['dipole']:.3f}"] if has_experiment else [])))
    note = (
        "Means over equivalent bonds and angles, by size where they differ; CCSD's dipole is that of its density "
        "without orbital response."
    )
    if has_experiment:
        note += " Experiment: Hoy and Bunker 1979 (equilibrium), Clough et al. 1973 (dipole)."
    columns = ("", *map(short, methods), *(["experiment"] if has_experiment else []))
    return Table(title="Structure and dipole", columns=columns, rows=rows, note=note)


def vibration_table(by_method: Mapping[str, Record], methods: Sequence[str], shown: Record) -> Table:
    """Frequencies by each method, and intensities by the first of them that shows."""
    measured = shown.detail.get("experiment")
    waves = [by_method[m].detail.get("wavenumbers") or [] for m in methods]
    bright = by_method.get(CIRCUIT, shown)
    intensities = bright.detail.get("intensities") or []
    rows = [
        (
            str(mode + 1),
            *(f"{found[mode]:.1f}" if mode < len(found) else None for found in waves),
            *([f"{measured[mode]:.1f}"] if measured else []),
            f"{intensities[mode]:.1f}" if mode < len(intensities) else None,
        )
        for mode in range(max(map(len, waves)))
    ]
    note = "Ascending; below zero where imaginary."
    if measured:
        note += " Experiment: Benedict et al. 1956, harmonic; the fundamentals that a spectrum shows lie lower."
    return Table(
        title="Harmonic frequencies (1/cm) and infrared intensities (km/mol)",
        columns=(
            "mode",
            *map(short, methods),
            *(["experiment"] if measured else []),
            f"km/mol, {short(bright.method)}",
        ),
        rows=rows,
        note=note,
    )


def difference_table(by_method: Mapping[str, Record], methods: Sequence[str]) -> Table:
    """How far every method is from CASSCF."""
    reference = by_method[EXACT]
    rows = []
    for method in methods:
        if method == EXACT:
            continue
        energy = 1000 * ((by_method[method].objective or 0.0) - (reference.objective or 0.0))
        energy_text = f"{energy:.3f}".replace("-", "−") if round(energy, 3) else "0.000"
        energy_text = f"({energy_text})" if method == ALL_ELECTRONS else energy_text
        values = zip(differences(by_method[method], reference), (5, 3, 4, 2), strict=True)
        rows.append((method, energy_text, *(None if v is None else f"{v:.{n}f}" for v, n in values)))
    return Table(
        title="Largest differences from CASSCF",
        columns=("method", "energy (mHa)", *MEASURES),
        rows=rows,
        note="Energies at each method's own minimum; in brackets: of another problem, all electrons correlated.",
    )


def short(method: str) -> str:
    """A method's name where there is little room."""
    return {EXACT: "CASSCF", ALL_ELECTRONS: "CCSD", PAIRS: "pairs"}.get(method, method)


PLOTS = (
    Plot(
        name="spectrum",
        draw=DrawnBy("chemistry.plots.vibrations", "infrared_spectrum", {"order": ORDER}),
        caption="Harmonic infrared spectra by each method; lines are drawn 50 cm⁻¹ wide.",
        alt="Infrared absorption against wavenumber, one panel for each method, with the measured lines dashed.",
    ),
    Plot(
        name="vibrations",
        draw=DrawnBy("chemistry.plots.vibrations", "vibration_pictures", {"order": (CIRCUIT, EXACT, *ORDER)}),
        caption="The relaxed molecule by the circuit's forces; arrows show how the atoms move in each vibration.",
        alt="The molecule drawn once per vibration, with an arrow on every atom that moves.",
    ),
    Plot(
        name="relaxation",
        draw=DrawnBy("chemistry.plots.vibrations", "relaxation", {"order": ORDER}),
        caption="The energy above its minimum while the nuclei follow the forces, by each method.",
        alt="Energy above the minimum against steps of the nuclei, falling on a logarithmic scale.",
    ),
)
METHODS = {
    EXACT: "The exact state of the active electrons with orbitals optimized for it, from several starts.",
    HARTREE_FOCK: "The control: one determinant, which is the circuit with every parameter at zero.",
    CIRCUIT: "The suite's default circuit, repeated UCCSD, trained together with the molecule's orbitals.",
    PAIRS: "The same with a circuit that moves electrons in pairs only: few parameters, few gates.",
    ALL_ELECTRONS: "Coupled cluster with singles and doubles of all electrons, with analytic gradients.",
}
GLOSSARY = {
    "mHa": MILLIHARTREE,
    "oo-VQE": "A circuit whose parameters are trained together with the orbitals that it works on.",
    "CASSCF": "Complete active space self-consistent field: the classical counterpart, exact for these electrons.",
    "Active space": "The electrons and orbitals that are correlated; the others are optimized as one determinant.",
    "Harmonic frequency": "A vibration's frequency if its amplitude were tiny; measured lines lie lower.",
    "Infrared intensity": "How strongly a vibration absorbs light; zero where the dipole does not change.",
}
