"""How S0, T1 and S1 are found in a window of orbitals: exactly, by single excitations and by circuits."""

from collections.abc import Callable
from functools import cache, partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from workloads.answers.oled_emitter import QEOM, SSVQE, UNTRAINED, VQD, WHOLE
from workloads.methods.energies import circuit_cost
from workloads.units import EV_PER_HARTREE
from workloads.workload import Context, Outcome, Seconds

if TYPE_CHECKING:
    from chemistry import ElectronicProblem, Molecule
    from chemistry.excited_states import SingletTripletGap
    from chemistry.excited_states.gap_methods import MethodGap

BELOW_EXACT = 1e-7  # hartree
STATES = ("S0", "T1", "S1")


@cache
def mean_field_seconds(molecule: "Molecule") -> float:
    """What the mean field took when it was first solved."""
    began = perf_counter()
    molecule.mean_field  # noqa: B018  # solved on first use, then kept by the molecule
    return perf_counter() - began


@cache
def built(molecule: "Molecule", window: str) -> "tuple[ElectronicProblem, float]":
    """The window's problem and the seconds it took, mean field included: every method needs them, none is spared."""
    seconds = mean_field_seconds(molecule)
    began = perf_counter()
    problem = molecule.problem(active_space=window)
    return problem, seconds + perf_counter() - began


@cache
def warm_up() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import Molecule, vqe
    from chemistry.excited_states import qeom, singlet_triplet_gap, ssvqe

    problem = Molecule("H 0 0 0; H 0 0 0.9").problem()
    singlet_triplet_gap(problem)
    ssvqe(problem, n_states=2, multiplicity=1)
    qeom(problem, vqe(problem))


def solve_exactly(context: Context, *, molecule: "Molecule", window: str, facts: dict[str, Any]) -> Outcome:
    """The exact states of the window, and the frontier orbitals that explain their gap."""
    from chemistry.excited_states.exact_gap import exact_singlet_triplet_gap
    from chemistry.properties.frontier_orbitals import frontier_orbitals

    warm_up()
    context.progress(0.1, "the mean field of the whole molecule")
    problem, build_seconds = built(molecule, window)
    began = perf_counter()
    gap = exact_singlet_triplet_gap(problem)
    seconds = perf_counter() - began
    frontier = frontier_orbitals(molecule.mean_field)
    field = molecule.mean_field
    return Outcome(
        objective=gap.s1_t1_ev,
        status=gap.status if field.converged else "Exact in orbitals of a mean field that did not converge.",
        seconds=Seconds(build=build_seconds, optimize=seconds),
        ranks=field.converged,
        detail={
            **facts,
            "states": states_of(gap),
            "mean_field": {"converged": field.converged, "stable": field.stable, "spin_stable": field.spin_stable},
            "frontier": {
                "homo": frontier.homo_energy,
                "lumo": frontier.lumo_energy,
                "overlap": frontier.overlap,
                "exchange": frontier.exchange,
            },
            "molecule": molecule.to_dict(),
            "orbitals": frontier.coefficients.round(5),
        },
        reference_kind="certified" if field.converged else "best known",
    )


def solve_singles(
    method: str, context: Context, *, molecule: "Molecule", window: str, facts: dict[str, Any]
) -> Outcome:
    """Single excitations: in the window, or over all orbitals as a view from outside it."""
    from chemistry.excited_states.single_excitations import singles_gap, whole_molecule_singles_gap

    warm_up()
    if method == WHOLE:
        context.progress(0.1, "all orbitals")
        build_seconds = mean_field_seconds(molecule)
        began = perf_counter()
        found = whole_molecule_singles_gap(molecule.mean_field)
        status = "Another model than the windows': it stands beside the others and does not rank."
    else:
        problem, build_seconds = built(molecule, window)
        began = perf_counter()
        found = singles_gap(problem.canonical or problem)
        status = "Solved directly."
    seconds = perf_counter() - began
    return Outcome(
        objective=found.s1_t1_ev,
        status=status if found.converged else f"Not converged. {status}",
        seconds=Seconds(build=build_seconds, optimize=seconds),
        ranks=found.converged and method != WHOLE,
        detail={
            **facts,
            "states": [
                state_row("T1", found.t1_excitation, 0.0, None),
                state_row("S1", found.s1_excitation, found.oscillator_strength, None),
            ],
        },
    )


def solve_by_circuits(
    method: str, context: Context, *, molecule: "Molecule", window: str, facts: dict[str, Any]
) -> Outcome:
    """S0, T1 and S1 by one of the three quantum methods, or by subspace search that is not trained."""
    import runtime
    from chemistry.excited_states.gap_methods import gap_by_deflation, gap_by_response, gap_by_subspace_search

    warm_up()
    solvers: dict[str, Callable[..., MethodGap]] = {
        VQD: gap_by_deflation,
        SSVQE: gap_by_subspace_search,
        QEOM: gap_by_response,
        UNTRAINED: partial(gap_by_subspace_search, trained=False),
    }
    problem, build_seconds = built(molecule, window)
    began = perf_counter()
    found = solvers[method](problem, seed=context.seed or 0, time_limit=context.time_limit)
    seconds, gap, circuit = perf_counter() - began, found.gap, found.ansatz
    cost = circuit_cost(runtime.compile(circuit, problem.hamiltonian))
    status = gap.status if method != UNTRAINED else "Not trained: the configurations that subspace search begins from."
    rows = states_of(gap)
    ranks = gap.converged and gap.s1 is not None
    exact = {row["state"]: row["energy"] for row in (context.reference.detail["states"] if context.reference else ())}
    below = {row["state"]: 1e3 * (exact[row["state"]] - row["energy"]) for row in rows if row["state"] in exact}
    if method != QEOM and max(below.values(), default=0.0) > 1e3 * BELOW_EXACT:
        state = max(below, key=lambda name: below[name])
        raise ValueError(f"A bug: {state} lies {below[state]:.6f} mHa below its exact energy, which no state can.")
    return Outcome(
        objective=gap.s1_t1_ev,
        status=status,
        seconds=Seconds(build=build_seconds, optimize=seconds),
        ranks=ranks or method == UNTRAINED,
        evaluations=found.n_evaluations,
        **cost,
        detail={**facts, "states": rows, "parameters": circuit.n_params, "circuit": circuit.name},
    )


def states_of(gap: "SingletTripletGap") -> list[dict[str, Any]]:
    """The states as a record keeps them."""
    states = zip(STATES, (gap.s0, gap.t1, gap.s1), strict=True)
    return [
        {**state_row(name, s.excitation_energy, s.oscillator_strength, s.spin_squared), "energy": s.energy}
        for name, s in states
        if s is not None
    ]


def state_row(name: str, excitation: float, strength: float | None, spin_squared: float | None) -> dict[str, Any]:
    """One state: eV above S0, oscillator strength, S^2."""
    ev = excitation * EV_PER_HARTREE
    return {"state": name, "excitation_ev": ev, "strength": strength, "spin_squared": spin_squared}
