"""The circuit that excited states are made with by default: generalised singles and doubles."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import Excitation
from chemistry.excited_states.determinant_vector import string_irreps

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

_SURPLUS = 1.5  # parameters for each of the numbers that fix the states: with fewer, searches end in local minima
_MOST_REPETITIONS = 8
_MOST_PARAMETERS = 2000


def generalised_circuit(problem: ElectronicProblem, *, repetitions: int = 1) -> ExcitationCircuit:
    """Singles and doubles between all orbitals that keep spin projection and symmetry, doubles first.

    Excitations from occupied to empty orbitals alone serve one determinant; those between all orbitals serve every
    configuration, which is what states other than the ground state ask for. Each gate has a parameter of its own: a
    circuit in which spin-flipped partners share theirs keeps singlets and triplets apart, but has no way between some
    triplets of four unpaired electrons.

    Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311 (2019).

    Args:
        problem: The electronic problem.
        repetitions: How often the gates are applied, each time with parameters of their own.

    Returns:
        The circuit, starting from zero.

    Raises:
        ValueError: If there is not at least one repetition.
    """
    if repetitions < 1:
        raise ValueError(f"The number of repetitions is at least 1, but {repetitions} was given.")
    gates = tuple(_generalised(problem)) * repetitions
    return ExcitationCircuit(
        name="generalised UCCSD" + (f", {repetitions} repetitions" if repetitions > 1 else ""),
        reference_occupation=problem.reference_occupation,
        excitations=gates,
        parameter_of=tuple(range(len(gates))),
        factors=(1.0,) * len(gates),
        initial_params=np.zeros(len(gates)),
    )


def circuit_for(problem: ElectronicProblem, states_of: Mapping[int, int]) -> ExcitationCircuit:
    """The generalised circuit, repeated as often as so many states at once ask for.

    k orthogonal states of an irrep of d determinants are fixed, up to rotations among themselves, by k (d - k) numbers.

    Args:
        problem: The electronic problem.
        states_of: How many states at once one set of parameters makes, by irrep.
    """
    dimension_of = determinants_by_irrep(problem)
    needed = sum(k * max(dimension_of.get(irrep, 0) - k, 0) for irrep, k in states_of.items())
    once = max(1, generalised_circuit(problem).n_params)
    most = max(1, min(_MOST_REPETITIONS, _MOST_PARAMETERS // once))
    return generalised_circuit(problem, repetitions=min(most, max(1, ceil(_SURPLUS * needed / once))))


def determinants_by_irrep(problem: ElectronicProblem) -> dict[int, int]:
    """How many determinants with the problem's electrons of either spin each irrep has."""
    counts: dict[int, int] = {}
    up, down = (np.unique(string_irreps(problem.irreps, n), return_counts=True) for n in _electrons(problem))
    for left, n_left in zip(*(part.tolist() for part in up), strict=True):
        for right, n_right in zip(*(part.tolist() for part in down), strict=True):
            counts[left ^ right] = counts.get(left ^ right, 0) + n_left * n_right
    return counts


def _electrons(problem: ElectronicProblem) -> tuple[int, int]:
    return problem.n_alpha, problem.n_beta


def _generalised(problem: ElectronicProblem) -> list[Excitation]:
    """Doubles between four different wires, then singles, each in the direction in which its sources come first."""
    wires = range(problem.n_wires)
    irreps = np.repeat(np.asarray(problem.irreps, dtype=np.int64), 2).tolist()
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair in combinations(wires, 2):
        pairs.setdefault((sum(w % 2 for w in pair), irreps[pair[0]] ^ irreps[pair[1]]), []).append(pair)
    # A gate that moves more electrons, or more holes, than there are does nothing.
    movable = [min(n, problem.n_orbitals - n) for n in _electrons(problem)]

    def acts(moved: tuple[int, ...]) -> bool:
        return all(sum(w % 2 == spin for w in moved) <= movable[spin] for spin in (0, 1))

    doubles = [
        Excitation(sources, targets)
        for alike in pairs.values()
        for sources, targets in combinations(alike, 2)
        if not set(sources) & set(targets) and acts(sources)
    ]
    singles = [
        Excitation((p,), (q,))
        for p, q in combinations(wires, 2)
        if p % 2 == q % 2 and irreps[p] == irreps[q] and acts((p,))
    ]
    return doubles + singles
