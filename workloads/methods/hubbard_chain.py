"""How mean fields, coupled cluster, full CI and circuits solve a Hubbard model."""

from collections.abc import Callable
from functools import cache
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from workloads.answers.hubbard_chain import COUPLED_CLUSTER, EXACT, RAMP, RESTRICTED, UNRESTRICTED, VARIATIONAL
from workloads.methods.energies import circuit_cost, share_done
from workloads.workload import Context, Outcome, Seconds

if TYPE_CHECKING:
    from chemistry.baselines import Energy
    from chemistry.eigensolver import VqeResult
    from chemistry.lattice import Hubbard, SiteCorrelations

MOST_EVALUATIONS = 6000  # of each search


@cache
def warm_up() -> None:
    """Import the libraries and compile the kernels, once per process, so that no method's seconds hold it."""
    from chemistry import repeated_uccsd, vqe
    from chemistry.baselines import ccsd, full_ci
    from chemistry.lattice import chain, exact_correlations, hamiltonian_variational, hubbard

    model = hubbard(chain(4), u=2.0)
    sites, orbitals = model.problem(reference="sites"), model.problem()
    full_ci(sites), ccsd(orbitals), exact_correlations(sites)
    vqe(sites, hamiltonian_variational(model, layers=1), max_evaluations=3).program.resources()
    vqe(orbitals, repeated_uccsd(orbitals), max_evaluations=3).program.resources()


def solve_classically(method: str, model: "Hubbard", facts: dict[str, Any], _: Context) -> Outcome:
    """A mean field, coupled cluster or full CI, with its charge gap and what its state is like."""
    from chemistry.lattice import determinant_correlations, exact_correlations

    warm_up()
    began = perf_counter()
    energy = _classical_energy(method, model)
    detail = {**facts, "charge_gap": _gap_by(lambda one: _classical_energy(method, one), model, energy)}
    if method == EXACT:
        detail |= _described(exact_correlations(model.problem(reference="sites")), model)
        detail |= {"target_energy": energy.detail["target_energy"]}
    elif method == UNRESTRICTED:
        detail |= _described(determinant_correlations(model.problem(reference="unrestricted")), model)
    elif method == RESTRICTED:
        problem = model.problem()
        detail |= _described(determinant_correlations(problem.canonical or problem), model)
    certified = method == EXACT and energy.converged
    status = energy.status if method in (EXACT, COUPLED_CLUSTER) else "Converged."
    value = energy.energy
    if not isfinite(value):
        problem = model.problem()
        value = (problem.canonical or problem).reference_energy
        status = "Not converged: the amplitudes grow without bound, and the mean field's energy stands in."
    return Outcome(
        objective=value / model.n_sites,
        status=status,
        seconds=Seconds(optimize=perf_counter() - began),
        ranks=energy.converged,
        detail=detail,
        reference_kind="certified" if certified else "best known",
    )


def _classical_energy(method: str, model: "Hubbard") -> "Energy":
    from chemistry.baselines import ccsd, full_ci, hartree_fock_energy

    if method == EXACT:
        return full_ci(model.problem(reference="sites"), irreps="all")
    if method == UNRESTRICTED:
        return hartree_fock_energy(model.problem(reference="unrestricted"))
    return (ccsd if method == COUPLED_CLUSTER else hartree_fock_energy)(model.problem())


def _gap_by(energy: "Callable[[Hubbard], Energy]", model: "Hubbard", own: "Energy") -> float | None:
    """The charge gap by a classical method; None where it does not converge or no charge can move."""
    from chemistry.lattice import charge_gap

    if not own.converged or not 2 <= model.n_electrons < 2 * model.n_sites:
        return None
    energies = {(model.n_alpha, model.n_beta): own}

    def once(one: "Hubbard") -> float:
        key = (one.n_alpha, one.n_beta)
        energies.setdefault(key, own if key in energies else energy(one))
        return energies[key].energy

    gap = charge_gap(model, once)
    return gap if all(one.converged for one in energies.values()) else None


def _described(state: "SiteCorrelations", model: "Hubbard") -> dict[str, Any]:
    """What the tables and plots show of a state."""
    bonds = [bond for group in model.hopping_groups for bond in group]
    neighbours = [state.spin[bond] for bond in bonds]
    return {
        "double_occupancy": state.mean_double_occupancy,
        "local_moment": float(state.local_moment.mean()),
        "neighbour_spin": sum(neighbours) / len(neighbours) if neighbours else None,
        "staggered_moment": float(abs(state.occupations[0] - state.occupations[1]).mean()),
    }


def train(method: str, model: "Hubbard", layers: int, facts: dict[str, Any], context: Context) -> Outcome:
    """A circuit, its parameters minimized on exact gradients, for the model's electrons and for one less or more."""
    from chemistry import reduced_density_matrices
    from chemistry.lattice import charge_gap, site_correlations

    warm_up()
    began = perf_counter()
    results: dict[tuple[int, int], VqeResult] = {}

    def energy(one: "Hubbard") -> float:
        key = (one.n_alpha, one.n_beta)
        if key not in results:
            left = None if context.time_limit is None else max(context.time_limit - (perf_counter() - began), 0.1)
            results[key] = _trained(method, one, layers, context, left)
        return results[key].energy

    energy(model)
    gap = charge_gap(model, energy) if 2 <= model.n_electrons < 2 * model.n_sites else None
    seconds = perf_counter() - began
    result = results[model.n_alpha, model.n_beta]
    problem = model.problem(reference="sites") if method == VARIATIONAL else model.problem()
    state = site_correlations(problem, reduced_density_matrices(result.program, result.parameters))
    compiling = sum(one.compile_seconds for one in results.values())
    optimizing = sum(one.optimize_seconds for one in results.values())
    cost = circuit_cost(result.program)
    return Outcome(
        objective=result.energy / model.n_sites,
        status=result.status.value,
        seconds=Seconds(build=max(seconds - compiling - optimizing, 0.0), compile=compiling, optimize=optimizing),
        ranks=result.status.converged,
        evaluations=sum(one.n_evaluations for one in results.values()),
        **cost,
        detail={
            **facts, **_described(state, model), "charge_gap": gap, "ansatz": result.ansatz.name,
            "parameters": result.ansatz.n_params,
            "gap_converged": all(one.status.converged for one in results.values()),
        },
    )  # fmt: skip


def _trained(method: str, model: "Hubbard", layers: int, context: Context, seconds: float | None) -> "VqeResult":
    from chemistry import repeated_uccsd, vqe
    from chemistry.lattice import hamiltonian_variational

    problem = model.problem(reference="sites") if method == VARIATIONAL else model.problem()
    variational = method == VARIATIONAL
    ansatz = hamiltonian_variational(model, layers=layers, resolved=True) if variational else repeated_uccsd(problem)
    return vqe(
        problem, ansatz, seed=context.seed or 0, time_limit=seconds, max_evaluations=MOST_EVALUATIONS,
        n_starts=1 if variational else None,
        callback=lambda count, energy: context.progress(share_done(count), f"{energy / model.n_sites:.5f} t"),
    )  # fmt: skip


def leave_untrained(method: str, model: "Hubbard", layers: int, facts: dict[str, Any], _: Context) -> Outcome:
    """The control of a trained circuit: what its training starts from."""
    import runtime
    from chemistry import uccsd
    from chemistry.lattice import hamiltonian_variational

    warm_up()
    began = perf_counter()
    ramp = method == RAMP
    problem = model.problem(reference="sites") if ramp else model.problem()
    ansatz = hamiltonian_variational(model, layers=layers, resolved=True) if ramp else uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    built = perf_counter()
    energy = program.expval(ansatz.initial_params)
    cost = circuit_cost(program)
    return Outcome(
        objective=energy / model.n_sites,
        status="Not trained: a ramp of the repulsion." if ramp else "Not trained: the circuit with MP2 amplitudes.",
        seconds=Seconds(build=built - began, optimize=perf_counter() - built),
        evaluations=1,
        **cost,
        detail={**facts, "ansatz": ansatz.name, "parameters": ansatz.n_params},
    )
