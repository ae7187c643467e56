"""Groups of excitations that share a parameter: what the files of coupled-cluster ansätze are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import Excitation, starting_amplitude, starting_gain
from chemistry.problem import ElectronicProblem

# The excitations of one parameter in the order of their gates, each with the factor that it takes the parameter with.
Group = tuple[tuple[Excitation, float], ...]

_SPENT = 0.25  # of the energy that the starting amplitudes gain: what displacing rotations may cost


def circuit_of_groups(
    problem: ElectronicProblem, groups: Sequence[Group], *, name: str, initial_params: np.ndarray
) -> ExcitationCircuit:
    """The circuit that applies groups of excitations in order, each with a parameter of its own.

    Args:
        problem: The electronic problem.
        groups: One per parameter.
        name: Of the ansatz.
        initial_params: Shape (n_groups,).
    """
    gates = [(gate, factor, number) for number, group in enumerate(groups) for gate, factor in group]
    return ExcitationCircuit(
        name=name,
        reference_occupation=problem.reference_occupation,
        excitations=tuple(gate for gate, _, _ in gates),
        parameter_of=tuple(number for _, _, number in gates),
        factors=tuple(factor for _, factor, _ in gates),
        initial_params=np.asarray(initial_params, dtype=np.float64),
    )


def one_by_one(excitations: Iterable[Excitation]) -> list[Group]:
    """A parameter for each excitation."""
    return [((excitation, 1.0),) for excitation in excitations]


def with_spin_partners(problem: ElectronicProblem, excitations: Iterable[Excitation]) -> list[Group]:
    """In a closed shell an excitation and its spin-flipped partner share a parameter; otherwise each has its own."""
    if problem.n_alpha != problem.n_beta or problem.beta is not None:
        return one_by_one(excitations)
    groups: list[Group] = []
    seen: set[Excitation] = set()
    for excitation in excitations:
        if excitation in seen:
            continue
        partner = excitation.spin_flipped()
        seen |= {excitation, partner}
        group: Group = ((excitation, 1.0),)
        if partner != excitation:
            group += ((partner, float(excitation.spin_flip_sign())),)
        groups.append(group)
    return groups


def orbital_rotation(problem: ElectronicProblem, p: int, q: int) -> list[Group]:
    """Singles between two orbitals: one parameter for both spins, which keeps S^2, unless their orbitals differ."""
    lower, upper = sorted((p, q))
    up, down = (Excitation((2 * lower + spin,), (2 * upper + spin,)) for spin in (0, 1))
    both: Group = ((up, 1.0), (down, 1.0))
    return movable(problem, [both] if problem.beta is None else one_by_one((up, down)))


def pair_exchange(problem: ElectronicProblem, p: int, q: int) -> list[Group]:
    """Both electrons of an orbital move to another, which keeps S^2 where both spins have the same orbitals."""
    lower, upper = sorted((p, q))
    return movable(problem, one_by_one([Excitation((2 * lower, 2 * lower + 1), (2 * upper, 2 * upper + 1))]))


def movable(problem: ElectronicProblem, groups: Iterable[Group]) -> list[Group]:
    """The groups without gates that do nothing, for want of electrons or of places for them."""
    electrons = (problem.n_alpha, problem.n_beta)

    def acts(excitation: Excitation) -> bool:
        moved = [sum(wire % 2 == spin for wire in excitation.sources) for spin in (0, 1)]
        return all(m <= n <= problem.n_orbitals - m for m, n in zip(moved, electrons, strict=True))

    kept = [tuple((gate, factor) for gate, factor in group if acts(gate)) for group in groups]
    return [group for group in kept if group]


def starting_amplitudes(problem: ElectronicProblem, groups: Sequence[Group]) -> np.ndarray:
    """MP2 amplitudes, shape (n_groups,); zero where a group does not lead from occupied to empty wires."""
    amplitudes = np.zeros(len(groups))
    for number, group in enumerate(groups):
        # The amplitudes of a group are the same up to the sign, so the first of them sets it.
        excitation, factor = group[0]
        if _excites(problem, excitation):
            amplitudes[number] = factor * starting_amplitude(problem, excitation)
    return amplitudes


def displaced_layers(problem: ElectronicProblem, once: Sequence[Group], *, layers: int, seed: int) -> np.ndarray:
    """A start for repeated layers of pair exchanges and orbital rotations: MP2 amplitudes and small random rotations.

    Rotations that point-group symmetry forbids have no gradient where all of them are zero, so a search from there
    would never find them. They are displaced by as much as costs a quarter of what the pairs gain, so that the energy
    stays below the reference's.

    Args:
        problem: The electronic problem.
        once: The groups of one layer.
        layers: How many there are.
        seed: Of the random numbers.

    Returns:
        Shape (layers * n_groups,).
    """
    energies = problem.wire_energies
    start = np.zeros((layers, len(once)))
    if not once:
        return start.ravel()
    gain = cost = 0.0
    singles = np.array([len(group[0][0].sources) == 1 for group in once])
    for excitation in (gate for group in once for gate, _ in group if _excites(problem, gate)):
        if len(excitation.sources) == 1:
            cost += abs(float(energies[excitation.targets[0]] - energies[excitation.sources[0]]))
        else:
            gain += starting_gain(problem, excitation)
    scale = np.sqrt(_SPENT * gain / (layers * cost)) if cost else 0.0
    start[:, singles] = np.random.default_rng(seed).normal(scale=scale, size=(layers, int(singles.sum())))
    start[0] += starting_amplitudes(problem, once)
    return start.ravel()


def _excites(problem: ElectronicProblem, excitation: Excitation) -> bool:
    occupied = problem.reference_occupation
    return bool(occupied[list(excitation.sources)].all() and not occupied[list(excitation.targets)].any())
