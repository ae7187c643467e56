"""How methods become tasks and outcomes where the question is an energy: classical, trained circuits, the control."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from workloads.answers.energies import CIRCUITS, EXACT, SINGLE, UNTRAINED
from workloads.units import CHEMICAL_ACCURACY
from workloads.workload import Context, Options, Outcome, Seconds, Task

if TYPE_CHECKING:
    from chemistry import Ansatz, ElectronicProblem, Molecule, VqeResult
    from runtime import Program

TRACE_POINTS = 150

Solve = Callable[[Context], Outcome]
Build = Callable[[], "tuple[ElectronicProblem, float]"]  # a case's problem, and the seconds that a method owes for it


def energy_tasks(
    options: Options,
    *,
    case: str,
    asked: Mapping[str, Any],
    classical: Mapping[str, Solve],
    train: Callable[[str, Context], Outcome],
    untrained: Solve,
) -> list[Task]:
    """One case by classical methods, full CI as the reference, by UCCSD and its repetitions, and by the control.

    Circuits are deterministic unless a start fails, so one seed is enough.

    Args:
        options: The run's.
        case: As a reader calls it.
        asked: What the case depends on.
        classical: How each classical method solves it.
        train: How a circuit does, by its name.
        untrained: The same without training.
    """
    common: dict[str, Any] = {"case": case, "asked": asked}
    circuit: dict[str, Any] = {**common, "machine": options.machine}
    return [
        *(
            Task(method=method, role="classical", solve=solve, is_reference=method == EXACT, **common)
            for method, solve in classical.items()
        ),
        *(
            Task(method=method, role="quantum", solve=partial(train, method), seed=options.seeds[0], **circuit)
            for method in CIRCUITS
        ),
        Task(method=UNTRAINED, role="control", solve=untrained, **circuit),
    ]


@cache
def warm_up() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import Molecule, repeated_uccsd, vqe
    from chemistry.baselines import BASELINES

    problem = Molecule("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7").problem()
    for baseline in BASELINES.values():
        baseline(problem)
    vqe(problem, repeated_uccsd(problem), max_evaluations=3).program.resources()


@cache
def shared_problem(
    molecule: "Molecule", frozen_core: bool, active_space: str | None
) -> "tuple[ElectronicProblem, float]":
    """A molecule over its mean field's orbitals, and what the field and the choice of orbitals took.

    Solved once, and owed by every method alike, whichever came first.
    """
    began = perf_counter()
    problem = molecule.problem(frozen_core=frozen_core, active_space=active_space)
    return problem, perf_counter() - began


def circuit_problem(
    molecule: "Molecule", frozen_core: bool, active_space: str | None
) -> "tuple[ElectronicProblem, float]":
    """The same over the orbitals that serve a circuit best; who needs that owes the search for them as well."""
    from chemistry import choose_reference

    shared, seconds = shared_problem(molecule, frozen_core, active_space)
    began = perf_counter()
    # Without what another method left in it, such as its Hamiltonian.
    problem = choose_reference(replace(shared)).problem
    return problem, seconds + perf_counter() - began


def expected_state_problem(
    molecule: "Molecule", frozen_core: bool, active_space: str | None
) -> "tuple[ElectronicProblem, float]":
    """A circuit's, for a classical method that is asked for the circuit's state: it owes what it shares alone."""
    problem, _ = circuit_problem(molecule, frozen_core, active_space)
    return problem, shared_problem(molecule, frozen_core, active_space)[1]


def solve_classically(baseline: str, build: Build, facts: Mapping[str, Any], _: Context) -> Outcome:
    """One of PySCF's methods; the suite marks what lies below the exact energy."""
    from chemistry.baselines import BASELINES

    warm_up()
    problem, build_seconds = build()
    began = perf_counter()
    # A certificate needs every irrep and spin.
    energy = BASELINES[baseline](problem, **({"irreps": "all"} if baseline == "FCI" else {}))
    return Outcome(
        objective=energy.energy,
        status=energy.status,
        seconds=Seconds(build=build_seconds, optimize=perf_counter() - began),
        ranks=energy.converged,
        detail={**facts, **energy.detail},
        reference_kind="certified" if baseline == "FCI" and energy.converged else "best known",
    )


def ansatz_of(method: str, problem: "ElectronicProblem") -> "Ansatz":
    """A circuit by its method's name: UCCSD, or the suite's default, up to four repetitions of it."""
    from chemistry import repeated_uccsd, uccsd

    return uccsd(problem) if method == SINGLE else repeated_uccsd(problem)


def trained(problem: "ElectronicProblem", ansatz: "Ansatz", context: Context) -> "VqeResult":
    """A circuit's parameters, minimized on exact gradients from where the ansatz begins."""
    from chemistry import vqe

    return vqe(
        problem,
        ansatz,
        seed=context.seed or 0,
        time_limit=context.time_limit,
        callback=lambda count, energy: context.progress(share_done(count), f"{energy:.6f} hartree"),
    )


def share_done(count: int) -> float:
    """How far a training seems to be after so many evaluations: it never quite arrives."""
    return 1 - 1 / (1 + count / 300)


def circuit_cost(program: "Program") -> dict[str, Any]:
    """What a circuit takes, as an outcome has it."""
    cost = program.resources()
    return {
        "qubits": cost.qubits,
        "sector_dimension": cost.sector_dimension,
        "depth": cost.depth,
        "two_qubit_gates": cost.two_qubit_gates,
    }


def circuit_outcome(
    result: "VqeResult", context: Context, *, build_seconds: float, facts: Mapping[str, Any]
) -> Outcome:
    """What training a circuit gave; what lies low by having another spin than was asked for does not rank."""
    answers, remark = judged_spin(result, context)
    return Outcome(
        objective=result.energy,
        status=f"{result.status.value} {remark}".strip(),
        seconds=Seconds(build=build_seconds, compile=result.compile_seconds, optimize=result.optimize_seconds),
        ranks=result.status.converged and answers,
        evaluations=result.n_evaluations,
        **circuit_cost(result.program),
        detail={
            **facts,
            "ansatz": result.ansatz.name,
            "parameters": result.ansatz.n_params,
            "initial_energy": result.initial_energy,
            "gradient_norm": result.gradient_norm,
            "spin_squared": result.spin_squared,
            "trace": thinned(result.trace),
        },
    )


def judged_spin(result: "VqeResult", context: Context) -> tuple[bool, str]:
    """Whether a circuit's energy answers what was asked, and a sentence where its state has another spin.

    Where bonds are broken, states of several spins share an energy, and a mixture of them is no worse an answer.
    """
    if result.keeps_spin:
        return True, ""
    has = f"Its state has S² = {result.spin_squared:.2f}"
    asked = None if context.reference is None else context.reference.detail.get("target_energy")
    if asked is not None and result.energy > asked - CHEMICAL_ACCURACY:
        return True, f"{has}; one with the unpaired electrons asked for lies as low, to 1.6 mHa."
    return False, f"{has}, not that of the unpaired electrons asked for."


def leave_untrained(build: Build, facts: Mapping[str, Any], _: Context) -> Outcome:
    """The control of a trained circuit: UCCSD with the MP2 amplitudes that training starts from."""
    import runtime
    from chemistry import uccsd

    warm_up()
    problem, build_seconds = build()
    began = perf_counter()
    ansatz = uccsd(problem)
    built = perf_counter()
    program = runtime.compile(ansatz, problem.hamiltonian)
    compiled = perf_counter()
    energy = program.expval(ansatz.initial_params)
    cost = circuit_cost(program)
    return Outcome(
        objective=energy,
        status="Not trained: the circuit with MP2 amplitudes.",
        seconds=Seconds(
            build=build_seconds + built - began, compile=compiled - built, optimize=perf_counter() - compiled
        ),
        evaluations=1,
        **cost,
        detail={**facts, "ansatz": ansatz.name, "parameters": ansatz.n_params},
    )


def thinned(trace: Sequence[float]) -> list[list[float]]:
    """A long trace as at most 150 pairs (evaluation, lowest energy so far), denser at the start."""
    lowest = np.minimum.accumulate(np.array(trace, dtype=float))
    steps = np.unique(np.geomspace(1, len(lowest), TRACE_POINTS).astype(int))
    return [[int(step), float(lowest[step - 1])] for step in steps]
