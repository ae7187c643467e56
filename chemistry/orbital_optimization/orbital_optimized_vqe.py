"""The variational quantum eigensolver with orbitals that are optimized along with the circuit's parameters."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.ansatz.energy_curvatures import energy_curvatures
from chemistry.orbital_optimization.circuit_states import CircuitStates
from chemistry.orbital_optimization.environment import ElectricField, Solvent, Surrounding
from chemistry.orbital_optimization.limits import SearchLimits
from chemistry.orbital_optimization.natural_start import natural_start
from chemistry.orbital_optimization.orbital_energy import OrbitalEnergy, OrbitalSolution, Place
from chemistry.orbital_optimization.orbital_space import OrbitalSpace, orbital_space
from chemistry.orbital_optimization.reference_states import FromReference, lowest_references
from chemistry.orbital_optimization.search import Found, is_minimum, search
from chemistry.problem import check_problem, problem_in_orbitals
from chemistry.states.quantum_numbers import has_spin_asked_for, spin_squared_from
from chemistry.threads import SMALL_BASIS, SMALL_SECTOR, one_thread_if
from runtime import Status

if TYPE_CHECKING:
    from chemistry.ansatz import Ansatz
    from chemistry.problem import ElectronicProblem

_LOWER = 1e-6  # hartree, by which a further search must lie lower to be kept
_SPIN_PENALTY = 0.25  # hartree for each unit of <S^2> too much, where a search has ended in another spin

AnsatzFactory = Callable[["ElectronicProblem"], "Ansatz"]


@dataclass(frozen=True, kw_only=True)
class OrbitalOptimizedResult:
    """Energy, circuit and orbitals at the end of the search; means over the states where there are several."""

    energy: float  # hartree, nuclear repulsion and surroundings included
    state_energies: tuple[float, ...]  # hartree, ascending; one unless several were asked for
    parameters: np.ndarray = field(repr=False)  # shape: (n_params,)
    status: Status
    stable: bool | None  # whether it is a minimum and no saddle point; None if it is not even stationary
    gradient_norm: float  # hartree per radian, largest component, of circuit parameters and rotations
    n_evaluations: int  # of energy and gradient, and of products of second derivatives with a direction
    n_rotations: int  # orbital rotations that were varied
    initial_energy: float  # hartree, of the circuit trained for the orbitals where the search began
    trace: tuple[float, ...] = field(repr=False)  # hartree, for each set of orbitals of the search that is kept
    problem: ElectronicProblem = field(repr=False)  # over the optimized orbitals; without surroundings
    ansatz: Ansatz = field(repr=False)
    solution: OrbitalSolution = field(repr=False)  # orbitals, density matrices and states

    @property
    def spin_squared(self) -> float:
        """<S^2> of the active electrons; the mean where there are several states."""
        return spin_squared_from(self.solution.one_body_density, self.solution.two_body_density)

    @property
    def keeps_spin(self) -> bool:
        """Whether <S^2> is within 0.1 of that of the problem's unpaired electrons; see `VqeResult.keeps_spin`."""
        return has_spin_asked_for(self.problem, self.spin_squared)

    @property
    def orbitals(self) -> np.ndarray:
        """Frozen, active and empty orbitals, shape (n_basis_functions, n_orbitals)."""
        return self.solution.space.coefficients


def oo_vqe(
    problem: ElectronicProblem,
    ansatz: AnsatzFactory | Ansatz | None = None,
    *,
    n_states: int = 1,
    surroundings: Surrounding | Sequence[Surrounding] = (),
    initial_params: np.ndarray | None = None,
    gradient_tolerance: float = 1e-6,
    max_evaluations: int = 50_000,
    time_limit: float | None = None,
    callback: Callable[[int, float], None] | None = None,
) -> OrbitalOptimizedResult:
    """Minimize an ansatz's energy over its parameters and the molecule's orbitals at once.

    All rotations are varied that can change the energy: between frozen, active and empty orbitals, and among the active
    ones, which matter for every ansatz that is not exact in its space. The result is stationary in all of them, so its
    first derivatives, such as nuclear gradients and dipole moments, need no response. With an ansatz that is exact in
    its space this is CASSCF.

    For each set of orbitals the circuit is trained anew, as closely as the orbitals' gradient is worth; see
    `chemistry.orbital_optimization.search`.

    Coupled cluster conserves S_z, not S^2. A search that ends in another spin than that of the problem's unpaired
    electrons is made again with a penalty on S^2.

    Where the search ends at a saddle point it goes on downhill. The orbitals of the lowest energy may have other irreps
    than those that it began with (a lone pair changes places with a bond), so a circuit that is made here keeps no
    point group. An ansatz that is given as it was made keeps that of its problem; `stable` then says whether orbitals
    without it lie lower.

    There are several minima, and a stable result need not be the lowest. One state in a window of Hartree-Fock's
    orbitals, with a circuit that is made here, is searched for from as many MP2 natural orbitals too, and the lower end
    is kept; from other orbitals, such as those that a method of `chemistry.active_space` chose, there is one search.

    Mizukami et al., Phys. Rev. Research 2, 033421 (2020); Sokolov et al., J. Chem. Phys. 152, 124107 (2020). Several
    states, with equal weights, begin from orthogonal references and stay orthogonal: Nakanishi, Mitarai and Fujii,
    Phys. Rev. Research 1, 033062 (2019); Yalouz et al., Quantum Sci. Technol. 6, 024004 (2021).

    Args:
        problem: Made from a molecule, with the active space to treat; its orbitals are where the search begins.
        ansatz: What makes the circuit for a problem, such as `uccsd`, or a circuit that was made for this problem;
            None: the suite's default, `repeated_uccsd`.
        n_states: States of the problem's spin whose mean energy is minimized.
        surroundings: A `Solvent`, an `ElectricField`, or several; in equilibrium with the (mean) density.
        initial_params: In place of the ansatz's own, shape (n_params,).
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        max_evaluations: Of the circuit's energy and gradient, and of products of the second derivatives with a
            direction, of all searches.
        time_limit: Seconds, of all searches; the best so far is returned.
        callback: Called with the number of evaluations and the energy after each set of orbitals.

    Returns:
        The result; one that did not converge says so in its status, one that left the spin of the problem's unpaired
        electrons in `keeps_spin`.

    Raises:
        ValueError: If the problem does not know its orbitals, the ansatz does not conserve electrons, there are not so
            many states, or a limit or the start is not as wanted.
    """
    check_problem(problem, "oo_vqe")
    made = ansatz is not None and hasattr(ansatz, "n_params")
    treated = problem if made else without_symmetry(problem)
    circuit: Any = ansatz if made else circuit_for(treated, ansatz)  # type: ignore[arg-type]
    began = time.monotonic()
    limits = SearchLimits(gradient_tolerance, max_evaluations, time_limit, callback)
    params = circuit.initial_params if initial_params is None else initial_params
    best = _search_from(treated, circuit, params, n_states, limits, surroundings, 0.0)
    starts = [(treated, circuit, params)]
    if not made and n_states == 1 and initial_params is None:
        starts += _natural_starts(problem, ansatz)
    further = [(start, 0.0) for start in starts[1:]] + [(start, _SPIN_PENALTY) for start in starts]
    n_evaluations = best.found.n_evaluations
    for start, penalty in further:
        left = limits.after(n_evaluations, time.monotonic() - began)
        if left is None or (penalty and best.keeps_spin):
            break
        other = _search_from(*start, n_states, left, surroundings, penalty)
        n_evaluations += other.found.n_evaluations
        best = other if other.is_better_than(best) else best
    found, solution = best.found, best.solution
    return OrbitalOptimizedResult(
        energy=solution.energy,
        state_energies=solution.state_energies,
        parameters=solution.parameters,
        status=found.status,
        stable=found.stable,
        gradient_norm=found.gradient_norm,
        n_evaluations=n_evaluations,
        n_rotations=best.n_rotations,
        initial_energy=found.trace[0],
        trace=found.trace,
        problem=_in_optimized_orbitals(best.problem, solution),
        ansatz=best.circuit,
        solution=solution,
    )


@dataclass(frozen=True, eq=False)
class _Search:
    """A search from one set of orbitals, and where it ended."""

    problem: ElectronicProblem
    circuit: Ansatz
    found: Found
    solution: OrbitalSolution
    n_rotations: int

    @property
    def keeps_spin(self) -> bool:
        """See `OrbitalOptimizedResult.keeps_spin`."""
        squared = spin_squared_from(self.solution.one_body_density, self.solution.two_body_density)
        return has_spin_asked_for(self.problem, squared)

    def is_better_than(self, other: _Search) -> bool:
        """Whether it is the one to keep: of the spin asked for, converged, and lower by more than rounding."""
        mine, its = ((s.keeps_spin, s.found.status.converged) for s in (self, other))
        if mine != its:
            return mine > its
        return self.solution.energy < other.solution.energy - _LOWER


def _search_from(
    problem: ElectronicProblem,
    circuit: Any,
    params: Any,
    n_states: int,
    limits: SearchLimits,
    surroundings: Surrounding | Sequence[Surrounding],
    spin_penalty: float,
) -> _Search:
    space = orbital_space(problem)
    mol = problem.mean_field.scf.mol  # type: ignore[union-attr]
    states = replace(circuit_states(problem, circuit, n_states), spin_penalty=spin_penalty)
    found, solution = optimized_orbitals(
        mol, space, states, params,
        limits=limits, surroundings=surroundings, curvatures=energy_curvatures(problem, circuit),
    )  # fmt: skip
    return _Search(problem, circuit, found, solution, len(space.rotations()[0]))


def _natural_starts(problem: ElectronicProblem, ansatz: Any) -> list[tuple[ElectronicProblem, Ansatz, np.ndarray]]:
    natural = natural_start(problem)
    if natural is None:
        return []
    natural = without_symmetry(natural)
    circuit = circuit_for(natural, ansatz)
    return [(natural, circuit, circuit.initial_params)]


def circuit_for(problem: ElectronicProblem, ansatz: AnsatzFactory | None) -> Ansatz:
    """The circuit that a factory, or the suite's default, makes for a problem."""
    if ansatz is None:
        from chemistry.ansatz.repeated_uccsd import repeated_uccsd

        ansatz = repeated_uccsd
    if not callable(ansatz):
        raise ValueError(f"An ansatz is made by a function such as uccsd, but {ansatz!r} was given.")
    return ansatz(problem)


def circuit_states(problem: ElectronicProblem, ansatz: Ansatz, n_states: int) -> CircuitStates:
    """An ansatz compiled for one state or several.

    Raises:
        ValueError: If there are not so many references, or the ansatz does not begin with one.
    """
    if isinstance(n_states, bool) or not isinstance(n_states, Integral):
        raise ValueError(f"n_states is a whole number of states, but {n_states!r} was given.")
    circuits: list[Any] = [ansatz]
    if n_states != 1:
        circuits = [FromReference(ansatz=ansatz, reference=r) for r in lowest_references(problem, int(n_states))]
    return CircuitStates.of(circuits, problem)


def optimized_orbitals(
    mol: Any,
    space: OrbitalSpace,
    states: CircuitStates,
    start: Any,
    *,
    limits: SearchLimits,
    surroundings: Surrounding | Sequence[Surrounding] = (),
    curvatures: np.ndarray | None = None,
    follow: bool = True,
) -> tuple[Found, OrbitalSolution]:
    """Minimize over parameters and rotations from given orbitals.

    Raises:
        ValueError: If a limit is not positive or the start has the wrong shape.
    """
    params = np.asarray(start, dtype=np.float64)
    if params.shape != (states.n_params,):
        raise ValueError(f"The circuit takes {states.n_params} parameters, but the start has shape {params.shape}.")
    environments = [each.around(mol) for each in several_surroundings(surroundings)]
    with one_thread_if(mol.nao <= SMALL_BASIS and states.dimension <= SMALL_SECTOR):
        energy = OrbitalEnergy(mol, space, states, environments)
        found = search(energy, params, limits, curvatures=curvatures, follow=follow)
        solution = energy.solution(found.place)
        if found.stable and space.irreps.any():
            # The search kept the point group; whether lower symmetry lies lower is asked once, and not followed.
            everywhere = OrbitalEnergy(mol, solution.space.without_symmetry(), states, environments)
            place = Place(solution.parameters, everywhere.space)
            stable, cost = is_minimum(everywhere, place, curvatures)
            found = replace(found, stable=stable, n_evaluations=found.n_evaluations + cost)
        return found, solution


def several_surroundings(surroundings: Surrounding | Sequence[Surrounding]) -> tuple[Surrounding, ...]:
    """One or several surroundings as a tuple.

    Raises:
        ValueError: If something else is among them.
    """
    given = tuple(surroundings) if isinstance(surroundings, list | tuple) else (surroundings,)
    for each in given:
        if not isinstance(each, Solvent | ElectricField):
            raise ValueError(f"Surroundings are a Solvent or an ElectricField, or several, but {each!r} was given.")
    return given


def without_symmetry(problem: ElectronicProblem) -> ElectronicProblem:
    """The same problem for circuits that keep no point group."""
    return replace(problem, irreps=np.zeros(problem.n_orbitals, dtype=np.int64), irrep_names=(), point_group="C1")


def _in_optimized_orbitals(problem: ElectronicProblem, solution: OrbitalSolution) -> ElectronicProblem:
    space = solution.space
    has_symmetry = problem.point_group != "C1"
    irreps = space.irreps[space.n_frozen : space.n_frozen + space.n_active]
    mol = solution.mol
    names = dict(zip(mol.irrep_id, mol.irrep_name, strict=True)) if has_symmetry else {}
    return problem_in_orbitals(
        problem.mean_field,  # type: ignore[arg-type]
        frozen=space.frozen,
        active=space.active,
        n_alpha=problem.n_alpha,
        n_beta=problem.n_beta,
        irreps=irreps if has_symmetry else None,
        irrep_names=tuple(names[label] for label in irreps.tolist()) if has_symmetry else (),
    )
