"""Unitary matrices on a few wires as products of two-level ones, one block of coupled basis states at a time.

A unitary that conserves something is block-diagonal once its basis states are sorted; each block of k states is a
product of at most k (k - 1) / 2 matrices on two of them, after Reck et al., "Experimental realization of any discrete
unitary operator", Phys. Rev. Lett. 73, 58 (1994).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from runtime.circuit.actions import Action, Case, Mixing, Permutation, Rotation, Term, local_mask, mask_of
from runtime.circuit.affine import Affine

NEGLIGIBLE = 1e-12
MAX_BLOCK = 32  # states


def from_blocks(matrix: np.ndarray, where: tuple[int, ...]) -> list[Action]:
    """A fixed unitary, shape (2^n, 2^n), as two-level matrices."""
    blocks = coupled_states(matrix)
    return [action for block in blocks for action in _block(matrix[np.ix_(block, block)], block, where)]


def exponential(angle: Affine, generator: np.ndarray, where: tuple[int, ...]) -> list[Action] | None:
    """exp(i angle G) for a Hermitian G, shape (2^n, 2^n): into G's eigenbasis, a phase, and back.

    None if G couples more than `MAX_BLOCK` states with each other.
    """
    before: list[Action] = []
    after: list[Action] = []
    phases: list[Term] = []
    everything = mask_of(where, [1] * len(where))
    for block in coupled_states(generator):
        if len(block) > MAX_BLOCK:
            return None
        eigenvalues, vectors = np.linalg.eigh(generator[np.ix_(block, block)])
        before += _block(vectors.conj().T, block, where)
        after += _block(vectors, block, where)
        phases += [
            Term(complex(e), everything, local_mask(where, int(s)))
            for s, e in zip(block, eigenvalues, strict=True)
            if abs(e) > NEGLIGIBLE
        ]
    return [*before, Rotation(angle, 0, tuple(phases)), *after] if phases else []


def couples_all(matrix: np.ndarray) -> bool:
    """Whether a matrix couples all of more than two basis states, so that its blocks show nothing."""
    return len(matrix) > 2 and len(list(coupled_states(matrix))) == 1


def coupled_states(matrix: np.ndarray) -> Iterator[np.ndarray]:
    """Sets of basis states that a matrix mixes only among themselves, each in increasing order."""
    count, labels = connected_components(csr_array(np.abs(matrix) > NEGLIGIBLE), directed=False)
    for label in range(count):
        yield np.flatnonzero(labels == label)


def _block(unitary: np.ndarray, states: np.ndarray, where: tuple[int, ...]) -> list[Action]:
    """A unitary on some local basis states: phases first, then two-level matrices."""
    everything = mask_of(where, [1] * len(where))
    turned, undoing = unitary.astype(complex), []
    for column in range(len(states)):
        for row in range(column + 1, len(states)):
            a, b = turned[column, column], turned[row, column]
            if abs(b) < NEGLIGIBLE:
                continue
            givens = np.array([[np.conj(a), np.conj(b)], [-b, a]]) / np.hypot(abs(a), abs(b))
            turned[[column, row]] = givens @ turned[[column, row]]
            undoing.append((int(states[column]), int(states[row]), givens.conj().T))
    actions: list[Action] = []
    cases = tuple(
        Case(everything, local_mask(where, int(s)), 0, complex(p))
        for s, p in zip(states, np.diagonal(turned), strict=True)
        if abs(p - 1) > NEGLIGIBLE
    )
    if cases:
        actions.append(Permutation(cases))
    for s, t, entries in reversed(undoing):
        a, b, c, d = (complex(e) for e in entries.reshape(-1))
        actions.append(Mixing(local_mask(where, s ^ t), everything, local_mask(where, s), (a, b, c, d)))
    return actions
