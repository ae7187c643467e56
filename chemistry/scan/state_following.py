"""Which state of one geometry is which of another: the overlap of their determinants over orbitals that differ.

The overlap of two determinants is that of their orbitals, det(C_a^T S C_b), so a state is first written in the other
geometry's orbitals (Malmqvist, Int. J. Quantum Chem. 30, 479 (1986)). Where two states of the same spin and irrep come
close they exchange their characters, and what is followed is the character: the labels cross although the energies do
not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chemistry.scan.lowest_states import ExactState

FAITHFUL = 0.5  # squared overlap from which a state is said to be the one before


@dataclass(frozen=True)
class FollowedStates:
    """The names of the states at a geometry, and how well they were recognised."""

    labels: tuple[int, ...]  # one per state, in ascending order of energy: the number of the state that it follows
    fidelities: tuple[float, ...]  # squared overlap of each with that state at the geometry before; 0 for a new one
    changes: tuple[str, ...]  # sentences: states that crossed, came or went


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

    n_orbitals = len(orbital_overlap)
    total = 0.0 + 0.0j
    for bra, left in _parts(before):
        for ket, right in _parts(here):
            value = addons.overlap(bra, ket, n_orbitals, electrons, s=orbital_overlap)
            total += np.conj(left) * right * value
    return float(abs(total) ** 2)


def follow_states(
    before: Sequence[ExactState],
    labels: Sequence[int],
    here: Sequence[ExactState],
    orbital_overlap: np.ndarray,
    electrons: tuple[int, int],
    *,
    next_label: int,
) -> FollowedStates:
    """Give the states of a geometry the labels of those that they resemble at the geometry before.

    Args:
        before: The states there, in ascending order of energy.
        labels: Theirs.
        here: The states here.
        orbital_overlap: Of the orbitals there with those here.
        electrons: Of spin up and of spin down.
        next_label: For a state that was not among those before.
    """
    from scipy.optimize import linear_sum_assignment

    fidelity = np.array(
        [[state_overlap(a.vector, b.vector, orbital_overlap, electrons) for b in here] for a in before]
    ).reshape(len(before), len(here))
    rows, columns = linear_sum_assignment(-fidelity)
    source = {int(c): int(r) for r, c in zip(rows, columns, strict=True) if fidelity[r, c] >= FAITHFUL}
    given: list[int] = []
    changes: list[str] = []
    for place in range(len(here)):
        if place in source:
            given.append(labels[source[place]])
            continue
        given.append(next_label)
        changes.append(f"State {next_label} is new among the lowest.")
        next_label += 1
    lost = [labels[place] for place in range(len(before)) if place not in source.values()]
    changes += [f"State {label} is no longer among the lowest." for label in lost]
    for low in range(len(here)):
        for high in range(low + 1, len(here)):
            if low in source and high in source and source[low] > source[high]:
                kinds = [(here[place].multiplicity, here[place].irrep) for place in (low, high)]
                verb = "exchange their characters at an avoided crossing" if kinds[0] == kinds[1] else "cross"
                changes.append(f"States {min(given[low], given[high])} and {max(given[low], given[high])} {verb}.")
    found = tuple(float(fidelity[source[p], p]) if p in source else 0.0 for p in range(len(here)))
    return FollowedStates(tuple(given), found, tuple(changes))


def _parts(vector: np.ndarray) -> list[tuple[np.ndarray, complex]]:
    if not np.iscomplexobj(vector):
        return [(np.ascontiguousarray(vector), 1.0)]
    return [(np.ascontiguousarray(vector.real), 1.0), (np.ascontiguousarray(vector.imag), 1.0j)]
