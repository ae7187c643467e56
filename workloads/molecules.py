"""What the workloads about molecules share: settings, how an instance is shown, and how a method becomes an outcome."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from workloads.settings import InputFile, Settings, setting
from workloads.workload import Context, Outcome, Record, Seconds, Table

if TYPE_CHECKING:
    from chemistry import ElectronicProblem, Molecule, VqeResult

CHEMICAL_ACCURACY = 1.6e-3  # hartree, 1 kcal/mol
EV_PER_HARTREE = 27.211386
SAME_STATE = 1e-6  # hartree: two ways to the same state agree to this
TRACE_POINTS = 150


class MoleculeSettings(Settings):
    """Which molecule, and which of its electrons."""

    geometry: InputFile | None = setting(None, description="own molecule, an xyz file in angstrom; none: the example")
    basis: str = setting("sto-3g", description="basis set, by its usual name")
    charge: int = setting(0, description="charge of the molecule", unit="e")
    spin: int = setting(0, description="unpaired electrons", unit="electrons", ge=0)
    frozen_core: bool = setting(False, description="freeze the atoms' closed inner shells")
    active_space: str | None = setting(
        None,
        description="electrons,orbitals around the gap, as in 6,6, or homo-lumo, or a method, as in avas:N 2p, "
        "mp2-natural:6,6 or advised:8; none: all",
    )

    def molecule(self, example: str) -> "Molecule":
        """The molecule as given, or the example."""
        from chemistry import Molecule

        options: dict[str, Any] = {"basis": self.basis, "charge": self.charge, "spin": self.spin}
        if self.geometry is None:
            return Molecule(example, **options)
        return Molecule.from_xyz(self.geometry, **options)

    @property
    def space(self) -> dict[str, Any]:
        """Which electrons and orbitals are treated, as keywords of `Molecule.problem`."""
        return {"frozen_core": self.frozen_core, "active_space": self.active_space}

    def asked(self, molecule: "Molecule") -> dict[str, Any]:
        """What an energy of the molecule depends on, for the store."""
        return {
            "atoms": [[atom.symbol, *atom.position] for atom in molecule.atoms],
            "basis": self.basis,
            "charge": self.charge,
            "spin": self.spin,
            **self.space,
        }

    def notes(self, molecule: "Molecule") -> list[str]:
        """What was assumed about it, one sentence each."""
        lines = [
            f"{molecule.formula} with charge {self.charge} and {self.spin} unpaired "
            f"electron{'' if self.spin == 1 else 's'}; coordinates and lengths are in angstrom."
        ]
        space = molecule.active_space(**self.space)
        lines.append(
            f"Basis set {self.basis}: {space} electrons and orbitals are treated, {space.n_frozen} are frozen."
        )
        if is_minimal(self.basis):
            lines.append(MINIMAL_BASIS)
        return lines


MINIMAL_BASIS = "This is a minimal basis set: methods can be compared in it, but its energies are not nature's."


def is_minimal(basis: str) -> bool:
    """Whether it is one of the basis sets with one function per orbital of the atoms."""
    return basis.lower().replace("-", "").replace("_", "") in ("sto3g", "sto6g", "minao")


def geometry_table(molecule: "Molecule", title: str) -> Table:
    """The atoms and where they are."""
    rows = [
        (str(number), atom.symbol, *(f"{coordinate:.4f}" for coordinate in atom.position))
        for number, atom in enumerate(molecule.atoms, start=1)
    ]
    return Table(title=title, columns=("atom", "element", "x (angstrom)", "y (angstrom)", "z (angstrom)"), rows=rows)


@cache
def warm_up() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import Molecule, repeated_uccsd, vqe
    from chemistry.baselines import BASELINES

    problem = Molecule("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7").problem()
    for baseline in BASELINES.values():
        baseline(problem)
    vqe(problem, repeated_uccsd(problem), max_evaluations=3).program.resources()


def solve_classically(
    baseline: str, build: "Callable[[], ElectronicProblem]", facts: Mapping[str, Any], _: Context
) -> Outcome:
    """One of PySCF's methods; the suite marks what lies below the exact energy."""
    from chemistry.baselines import BASELINES

    warm_up()
    began = perf_counter()
    problem = build()
    built = perf_counter()
    energy = BASELINES[baseline](problem)
    return Outcome(
        objective=energy.energy,
        status=energy.status,
        seconds=Seconds(build=built - began, optimise=perf_counter() - built),
        ranks=energy.converged,
        detail={**facts, **energy.detail},
        reference_kind="certified" if baseline == "FCI" and energy.converged else "best known",
    )


def circuit_outcome(result: "VqeResult", *, build_seconds: float, facts: Mapping[str, Any]) -> Outcome:
    """What training a circuit gave."""
    cost = result.program.resources()
    return Outcome(
        objective=result.energy,
        status=result.status.value,
        seconds=Seconds(build=build_seconds, compile=result.compile_seconds, optimise=result.optimise_seconds),
        ranks=result.status.converged,
        evaluations=result.n_evaluations,
        qubits=cost.qubits,
        sector_dimension=cost.sector_dimension,
        depth=cost.depth,
        two_qubit_gates=cost.two_qubit_gates,
        detail={
            **facts,
            "ansatz": result.ansatz.name,
            "parameters": result.ansatz.n_params,
            "initial_energy": result.initial_energy,
            "gradient_norm": result.gradient_norm,
            "trace": thinned(result.trace),
        },
    )


def leave_untrained(build: "Callable[[], ElectronicProblem]", facts: Mapping[str, Any], _: Context) -> Outcome:
    """The control of a trained circuit: UCCSD with the MP2 amplitudes that training starts from."""
    import runtime
    from chemistry import uccsd

    warm_up()
    began = perf_counter()
    problem = build()
    ansatz = uccsd(problem)
    built = perf_counter()
    program = runtime.compile(ansatz, problem.hamiltonian)
    compiled = perf_counter()
    energy = program.expval(ansatz.initial_params)
    cost = program.resources()
    return Outcome(
        objective=energy,
        status="Not trained: the circuit with MP2 amplitudes.",
        seconds=Seconds(build=built - began, compile=compiled - built, optimise=perf_counter() - compiled),
        evaluations=1,
        qubits=cost.qubits,
        sector_dimension=cost.sector_dimension,
        depth=cost.depth,
        two_qubit_gates=cost.two_qubit_gates,
        detail={**facts, "ansatz": ansatz.name, "parameters": ansatz.n_params},
    )


def thinned(trace: Sequence[float]) -> list[list[float]]:
    """A long trace as at most 150 pairs (evaluation, lowest energy so far), denser at the start."""
    lowest = np.minimum.accumulate(np.array(trace, dtype=float))
    steps = np.unique(np.geomspace(1, len(lowest), TRACE_POINTS).astype(int))
    return [[int(step), float(lowest[step - 1])] for step in steps]


def energy_text(record: Record | None) -> str | None:
    """An energy in hartree, as a table shows it."""
    return None if record is None or record.objective is None else f"{record.objective:.6f}"


def error_text(record: Record | None) -> str | None:
    """An error in millihartree, as a table shows it: in brackets where the value is no answer."""
    if record is None or record.gap is None:
        return None
    text = f"{1000 * record.gap:.2f}"
    return text if record.ranks else f"({text})"


def is_accurate(record: Record) -> bool:
    """Whether it may rank and lies within chemical accuracy of the exact energy."""
    return record.ranks and record.gap is not None and abs(record.gap) <= CHEMICAL_ACCURACY
