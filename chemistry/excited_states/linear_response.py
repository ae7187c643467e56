"""The quantum equation of motion: excited states from how the ground state responds to excitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from chemistry.excited_states.determinant_vector import DeterminantVector, string_irreps
from chemistry.excited_states.equation_of_motion import Excitations, Images, solve, solve_projected
from chemistry.excited_states.excitation_operators import ExcitationOperator, excitation_operators
from chemistry.excited_states.requirements import check_shared_orbitals, check_states
from chemistry.excited_states.state import FAR, ExcitedStates, Found, ascending, described
from chemistry.excited_states.transition_dipole import position_integrals

if TYPE_CHECKING:
    from chemistry.eigensolver import VqeResult
    from chemistry.problem import ElectronicProblem

_INEXACT = 1e-2  # hartree, of the ground state's residual, from which it is mentioned
_IMPURE = 1e-3  # the weight of other symmetries from which a state has none
_NOTHING = 1e-6  # the length of a vector that is rounding
_VECTORS = 12  # of the length of the determinants, held for each operator of one symmetry

# A combination of operators: an operator, or the sum or difference of two spin-flipped partners.
_Combination = tuple[tuple[ExcitationOperator, float], ...]


def qeom(
    problem: ElectronicProblem,
    ground: VqeResult | None = None,
    *,
    n_states: int = 4,
    rank: int = 2,
    generalised: bool = False,
) -> ExcitedStates:
    """The lowest excited states by the quantum equation of motion, from the state that a circuit was trained to.

    Excitation energies are those at which the state responds to excitations of up to `rank` electrons from the
    reference's occupied to its empty orbitals, and to their adjoints. They lead to every irrep and out of what the
    circuit itself can reach, so all is computed over all determinants. States that differ from the ground state by more
    electrons than `rank` are missed or lie too high; with an exact ground state and the rank of all electrons the
    method is exact.

    Ollitrault et al., Phys. Rev. Research 2, 043140 (2020).

    Args:
        problem: The electronic problem.
        ground: What `vqe` gave for it; None: it is called with its default ansatz.
        n_states: How many states, the ground state included; fewer are returned where there are no more.
        rank: Electrons excited at once, at least 1.
        generalised: Excite between all orbitals, and project the operators on the ground state. It is what strongly
            correlated ground states ask for, whose excitations do not begin at the reference determinant.

    Returns:
        The states, lowest first. Spins, irreps and residuals are those of O+|0>; the status says where residuals are
        large, which `converged` does not.

    Raises:
        ValueError: If a number is not positive, both spins have orbitals of their own, the ground state belongs to
            another problem, or the operators would not fit in memory.
    """
    check_shared_orbitals(problem)
    check_states(problem, n_states, None)
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise ValueError(f"rank is how many electrons are excited at once, a whole number of at least 1, got {rank!r}.")
    if ground is None:
        from chemistry.eigensolver import vqe

        ground = vqe(problem)
    electrons = (problem.n_alpha, problem.n_beta)
    trained = DeterminantVector.of_program(ground.program, ground.parameters).normalised()
    if trained.n_orbitals != problem.n_orbitals or trained.parts.keys() != {electrons}:
        raise ValueError(
            f"The ground state must be of this problem's {problem.n_orbitals} orbitals with {electrons[0]} electrons of"
            f" spin up and {electrons[1]} of spin down, but it is over {trained.n_orbitals} orbitals, or has other"
            " numbers of electrons: take what vqe gives for this problem with a circuit that conserves them."
        )
    state, is_pure = _purified(problem, trained)
    found = [
        Found(
            vector=state, energy=ground.energy, converged=ground.status.converged, status=ground.status.value,
        )
    ]  # fmt: skip
    solutions = []
    blocks = _by_symmetry(problem, rank, generalised)
    if not is_pure:
        blocks = [[combination for block in blocks for combination in block]]
    for combinations in blocks:
        excited, solution = _excited(problem, state, ground, combinations, generalised)
        found += excited
        solutions.append(solution)
    found = ascending(found)[:n_states]
    if found[0].vector is not state:
        # What light does is said from the lowest state, and the response is that of another one.
        found = [replace(one, transition_dipole=None) for one in found]
    states = described(problem, found)
    sentences = [f"Response of rank {rank} to the state of {ground.ansatz.name}."]
    if not all(solution.stable for solution in solutions):
        sentences.append("That state is not the lowest: the energy falls along some excitation.")
    if any(solution.degenerate for solution in solutions):
        sentences.append("It is degenerate, and not all states of its energy respond: generalised=True finds them.")
    farthest = max((s.residual for s in states if s.vector is not state), default=0.0)
    if farthest > FAR and not generalised:
        sentences.append(
            f"Residuals reach {farthest:.2f} hartree: some of these states are far from eigenstates and others may be "
            "missing, as where electrons correlate strongly; take generalised=True, which excites between all orbitals."
        )
    of_ground = next((s for s in states if s.vector is state), None)
    if of_ground is not None and of_ground.residual > _INEXACT:
        sentences.append(f"Its residual of {of_ground.residual:.3f} hartree limits what follows from it.")
    return ExcitedStates(
        method="qEOM",
        states=states,
        n_params=ground.ansatz.n_params,
        n_evaluations=ground.n_evaluations,
        status=" ".join(sentences),
    )


def _by_symmetry(problem: ElectronicProblem, rank: int, generalised: bool) -> list[list[_Combination]]:
    """The operators of each irrep and, with as many electrons of spin up as down, of each parity under spin flip."""
    blocks: dict[tuple[int, int], list[_Combination]] = {}
    for operator in excitation_operators(problem, rank, generalised=generalised):
        irrep = operator.irrep(problem.irreps)
        partner = operator.spin_flipped()
        if problem.n_alpha != problem.n_beta or partner == operator:
            blocks.setdefault((irrep, 1), []).append(((operator, 1.0),))
        elif (operator.up, operator.down) < (partner.up, partner.down):
            for parity in (1, -1):
                blocks.setdefault((irrep, parity), []).append(((operator, 1.0), (partner, float(parity))))
    return [blocks[key] for key in sorted(blocks)]


def _purified(problem: ElectronicProblem, state: DeterminantVector) -> tuple[DeterminantVector, bool]:
    """The part of a state with its leading irrep and parity under spin flip, if that is nearly all of it.

    A trace of another symmetry would be excited like the rest, and every state be found in two blocks.
    """
    ((electrons, part),) = state.parts.items()
    labels = string_irreps(problem.irreps, electrons[0])[:, None] ^ string_irreps(problem.irreps, electrons[1])
    weights = {label: float(np.linalg.norm(part[labels == label])) for label in np.unique(labels).tolist()}
    pure = np.where(labels == max(weights, key=lambda label: weights[label]), part, 0.0)
    if electrons[0] == electrons[1]:
        # Spin flip exchanges rows and columns, up to a sign that all determinants share.
        even, odd = 0.5 * (pure + pure.T), 0.5 * (pure - pure.T)
        pure = even if np.linalg.norm(even) > np.linalg.norm(odd) else odd
    if np.linalg.norm(pure) ** 2 < 1.0 - _IMPURE:
        return state, False
    return replace(state, parts={electrons: pure}).normalised(), True


def _excited(
    problem: ElectronicProblem,
    state: DeterminantVector,
    ground: VqeResult,
    combinations: Sequence[_Combination],
    generalised: bool,
) -> tuple[list[Found], Excitations]:
    """The excited states that one symmetry's operators lead to, and the solution that they come from."""
    _check_memory(len(combinations), sum(part.size for part in state.parts.values()))
    dipoles = None
    if generalised:
        raised = [_apart(_applied(one, state), state) for one in combinations]
        vectors = _columns(raised)
        images = _columns([vector.times_hamiltonian(problem) for vector in raised])
        excitations = solve_projected(vectors, images, ground.energy)
    else:
        response = _images(problem, state, combinations).with_adjoints()
        vectors, excitations = response.raised, solve(response)
        dipoles = _transition_dipoles(problem, state, response, excitations.amplitudes)
    sound = excitations.stable and ground.status.converged
    found = []
    for number, omega in enumerate(excitations.energies.tolist()):
        vector = _apart(_as_vector(state, vectors @ excitations.amplitudes[:, number]), state)
        if vector.norm < _NOTHING:
            continue  # a change of the ground state's phase
        found.append(
            Found(
                vector=vector.normalised(),
                energy=ground.energy + omega,
                converged=sound,
                status=f"Response to a state that {'is' if sound else 'is not'} a converged minimum.",
                transition_dipole=None if dipoles is None else dipoles[:, number],
            )
        )
    return found, excitations


def _apart(vector: DeterminantVector, state: DeterminantVector) -> DeterminantVector:
    """The part of a vector that is orthogonal to the state."""
    return DeterminantVector.combined([vector, state], [1.0, -state.dot(vector)])


def _columns(vectors: Sequence[DeterminantVector]) -> np.ndarray:
    return np.stack([_flat(vector) for vector in vectors], axis=1)


def _images(problem: ElectronicProblem, state: DeterminantVector, combinations: Sequence[_Combination]) -> Images:
    image = state.times_hamiltonian(problem)
    operators = {
        "raised": (combinations, state),
        "lowered": (_adjoints(combinations), state),
        "raised_energy": (combinations, image),
        "lowered_energy": (_adjoints(combinations), image),
    }
    columns = {name: [_applied(one, vector) for one in ops] for name, (ops, vector) in operators.items()}
    for name in ("raised", "lowered"):
        columns[f"energy_{name}"] = [vector.times_hamiltonian(problem) for vector in columns[name]]
    return Images(**{name: _columns(vectors) for name, vectors in columns.items()})


def _adjoints(combinations: Sequence[_Combination]) -> list[_Combination]:
    return [tuple((operator.adjoint(), factor) for operator, factor in one) for one in combinations]


def _applied(combination: _Combination, state: DeterminantVector) -> DeterminantVector:
    ((electrons, part),) = state.parts.items()
    total = sum(factor * operator.apply(part, state.n_orbitals, electrons) for operator, factor in combination)
    return replace(state, parts={electrons: np.asarray(total) / np.sqrt(len(combination))})


def _flat(vector: DeterminantVector) -> np.ndarray:
    (part,) = vector.parts.values()
    return part.ravel()


def _as_vector(like: DeterminantVector, amplitudes: np.ndarray) -> DeterminantVector:
    ((electrons, part),) = like.parts.items()
    return replace(like, parts={electrons: amplitudes.reshape(part.shape)})


def _transition_dipoles(
    problem: ElectronicProblem, state: DeterminantVector, images: Images, amplitudes: np.ndarray
) -> np.ndarray | None:
    """-<0|[r, O+]|0>, shape (3, n_solutions), e bohr."""
    integrals = position_integrals(problem)
    if integrals is None:
        return None
    moved = [_flat(state.times_one_body(component)) for component in integrals]
    return -np.array([(m.conj() @ images.raised - (images.lowered.conj().T @ m)) @ amplitudes for m in moved])


def _check_memory(n_operators: int, n_determinants: int) -> None:
    import psutil

    needed = 2 * _VECTORS * n_operators * n_determinants * 8
    there = psutil.virtual_memory().available
    if needed > there:
        raise ValueError(
            f"The {n_operators} operators of one symmetry over {n_determinants} determinants need"
            f" {needed / 1e9:.1f} GB, and {there / 1e9:.1f} GB are free: take a lower rank or a smaller active space."
        )
