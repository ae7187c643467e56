"""Which state of one geometry is which of another: the overlap of their determinants over orbitals that differ.

The overlap of two determinants is that of their orbitals, det(C_a^T S C_b), so a state is first written in the other
geometry's orbitals (Malmqvist, Int. J. Quantum Chem. 30, 479 (1986)). Where two states of the same spin and irrep come
close they exchange their characters, and what is followed is the character: the labels cross although the energies do
not. At a geometry in the middle of that, states are half of either; what they were before is remembered until they are
clearly one thing again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from chemistry.scan.lowest_states import ExactState

_FAITHFUL = 0.35  # squared overlap from which a state is said to be one of those before
_CLEAR = 0.75  # from which it takes the place of what is remembered
_MOST_STEPS = 3  # for which something else is remembered
_DEGENERATE = 1e-5  # hartree


@dataclass(frozen=True)
class Remembered:
    """A state as it was when it was last clearly recognised."""

    vector: np.ndarray = field(repr=False)  # shape: (n_alpha_strings, n_beta_strings)
    orbitals: np.ndarray = field(repr=False)  # shape: (n_basis_functions, n_orbitals), over orthogonalised functions
    steps: int = 0  # since then


@dataclass(frozen=True)
class NamedStates:
    """The states at a geometry with their names."""

    states: tuple[ExactState, ...] = field(repr=False)  # ascending in energy
    labels: tuple[int, ...]
    fidelities: tuple[float | None, ...]  # squared overlap with what is remembered of that state; 0: it is new
    changes: tuple[str, ...]  # sentences: states that crossed, came or went
    memory: dict[int, Remembered] = field(repr=False)  # by label


def state_overlap(
    before: np.ndarray, here: np.ndarray, orbital_overlap: np.ndarray, electrons: tuple[int, int]
) -> float:
    """The squared overlap of two states over the active orbitals of two geometries.

    Args:
        before: Shape (n_alpha_strings, n_beta_strings), real or complex, in PySCF's order.
        here: The same shape.
        orbital_overlap: Of the orbitals before with those here, shape (n_orbitals, n_orbitals).
        electrons: Of spin up and of spin down.
    """
    from pyscf.fci import addons

    total = 0.0 + 0.0j
    for bra, left in _parts(before):
        for ket, right in _parts(here):
            value = addons.overlap(bra, ket, len(orbital_overlap), electrons, s=orbital_overlap)
            total += np.conj(left) * right * value
    return float(abs(total) ** 2)


def first_states(states: Sequence[ExactState], orbitals: np.ndarray) -> NamedStates:
    """Name the states of the first geometry in ascending order of energy.

    Args:
        states: Ascending in energy.
        orbitals: Over which they are, shape (n_basis_functions, n_orbitals), over orthogonalised basis functions.
    """
    memory = {label: Remembered(state.vector, orbitals) for label, state in enumerate(states)}
    return NamedStates(tuple(states), tuple(range(len(states))), (None,) * len(states), (), memory)


def follow_states(
    before: NamedStates,
    states: Sequence[ExactState],
    orbitals: np.ndarray,
    electrons: tuple[int, int],
    *,
    next_label: int,
) -> NamedStates:
    """Give the states of a geometry the names of those that they resemble.

    Args:
        before: Those at the geometry before.
        states: Those here, ascending in energy.
        orbitals: Those here, as in `first_states`.
        electrons: Of spin up and of spin down.
        next_label: For a state that was not among those before.
    """
    from scipy.optimize import linear_sum_assignment

    known = list(before.memory)
    fidelity = np.array(
        [
            [state_overlap(old.vector, state.vector, old.orbitals.T @ orbitals, electrons) for state in states]
            for old in before.memory.values()
        ]
    ).reshape(len(known), len(states))
    pairs = zip(*linear_sum_assignment(-fidelity), strict=True)
    source = {int(place): known[row] for row, place in pairs if fidelity[row, place] >= _FAITHFUL}
    labels, fidelities, changes = [], [], []
    memory: dict[int, Remembered] = {}
    for place, state in enumerate(states):
        label = source.get(place, next_label)
        found = float(fidelity[known.index(label), place]) if place in source else 0.0
        old = before.memory.get(label)
        if old is None or found >= _CLEAR or old.steps >= _MOST_STEPS:
            memory[label] = Remembered(state.vector, orbitals)
        else:
            memory[label] = Remembered(old.vector, old.orbitals, old.steps + 1)
        if old is None:
            changes.append(f"State {label} is new among the lowest.")
            next_label += 1
        labels.append(label)
        fidelities.append(found)
    changes += [f"State {label} is no longer among the lowest." for label in before.labels if label not in labels]
    named = NamedStates(tuple(states), tuple(labels), tuple(fidelities), (), memory)
    return NamedStates(named.states, named.labels, named.fidelities, (*changes, *_crossings(before, named)), memory)


def _crossings(before: NamedStates, here: NamedStates) -> list[str]:
    """Pairs of states whose order in energy is not that of before; degenerate ones have none."""
    old = dict(zip(before.labels, before.states, strict=True))
    sentences = []
    for low, (label, state) in enumerate(zip(here.labels, here.states, strict=True)):
        for other, above in list(zip(here.labels, here.states, strict=True))[low + 1 :]:
            if label not in old or other not in old:
                continue
            if old[label].energy - old[other].energy < _DEGENERATE or above.energy - state.energy < _DEGENERATE:
                continue
            alike = (state.multiplicity, state.irrep) == (above.multiplicity, above.irrep)
            verb = "exchange their characters at an avoided crossing" if alike else "cross"
            sentences.append(f"States {min(label, other)} and {max(label, other)} {verb}.")
    return sentences


def _parts(vector: np.ndarray) -> list[tuple[np.ndarray, complex]]:
    if not np.iscomplexobj(vector):
        return [(np.ascontiguousarray(vector), 1.0)]
    return [(np.ascontiguousarray(vector.real), 1.0), (np.ascontiguousarray(vector.imag), 1.0j)]
