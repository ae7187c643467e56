"""Which orbital of one geometry is which of another, so that parameters and states keep their meaning.

Basis functions move with their atoms, so orbitals are compared by their coefficients over orthogonalised basis
functions, C_a^T S_a^(1/2) S_b^(1/2) C_b, and not by the integral over space, in which even the core orbital of an atom
that moved by a fifth of an angstrom is hardly that of before. Each orbital goes to one (the assignment of the largest
squared overlaps), its sign is made that of before, and degenerate ones are rotated to be as similar as they can be.

Löwdin, J. Chem. Phys. 18, 365 (1950), for the basis; Schönemann, Psychometrika 31, 1 (1966), for the rotation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from chemistry.integrals.orbital_rotation import rotated_problem
from chemistry.problem import ElectronicProblem

_DEGENERATE = 1e-4  # hartree
CHANGED = 0.7  # an overlap below which an orbital is said to be another


@dataclass(frozen=True)
class Frame:
    """Orbitals as another geometry sees them."""

    active: np.ndarray = field(repr=False)  # shape: (n_basis_functions, n_orbitals), over orthogonalised functions
    n_alpha: int
    n_beta: int


@dataclass(frozen=True)
class Following:
    """How the orbitals of a problem follow those of another geometry."""

    problem: ElectronicProblem  # over the orbitals in the other's order, with the other's signs
    overlaps: np.ndarray  # shape: (n_orbitals,), of each with the one that it follows
    changes: tuple[str, ...]  # sentences on what could not be followed


def frame_of(problem: ElectronicProblem) -> Frame:
    """The problem's active orbitals over orthogonalised basis functions.

    Raises:
        ValueError: If the problem does not know its orbitals, or each spin has its own.
    """
    if problem.orbitals is None or problem.mean_field is None or problem.beta is not None:
        raise ValueError("Orbitals that are followed are those of a molecule, shared by both spins.")
    overlap = problem.mean_field.scf.mol.intor_symmetric("int1e_ovlp")
    values, vectors = np.linalg.eigh(overlap)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return Frame(root @ problem.orbitals, problem.n_alpha, problem.n_beta)


def follow(before: Frame, problem: ElectronicProblem) -> Following:
    """The problem over its orbitals in the order, and with the signs, of those at another geometry.

    Args:
        before: Orbitals at the other geometry.
        problem: With as many active orbitals and electrons.

    Raises:
        ValueError: If the numbers differ.
    """
    here = frame_of(problem)
    if (here.active.shape, here.n_alpha, here.n_beta) != (before.active.shape, before.n_alpha, before.n_beta):
        raise ValueError("Orbitals are followed between geometries with the same basis, active space and electrons.")
    overlap = before.active.T @ here.active
    rotation, order = _matched(overlap, problem.orbital_energies, problem.irreps, problem.n_alpha, problem.n_beta)
    occupied_alike = _occupies_alike(order, problem.n_alpha, problem.n_beta)
    followed = rotated_problem(
        problem,
        rotation,
        irreps=problem.irreps[order],
        orbital_energies=problem.orbital_energies[order] if occupied_alike else None,
        fix_signs=False,
    )
    overlaps = np.abs(np.einsum("pq,qp->p", overlap, rotation))
    return Following(followed, overlaps, _changes(overlap, overlaps, occupied_alike))


def matched_overlaps(
    overlap: np.ndarray, energies: np.ndarray, irreps: np.ndarray, n_alpha: int, n_beta: int
) -> tuple[np.ndarray, list[str]]:
    """How well the orbitals of one geometry follow those of another.

    Args:
        overlap: Of the orbitals there with those here, shape (n_orbitals, n_orbitals).
        energies: Of the orbitals here, hartree.
        irreps: Of the orbitals here.
        n_alpha: Electrons of spin up in the first orbitals.
        n_beta: Electrons of spin down.

    Returns:
        The overlap of each orbital there with the one that follows it, and sentences on what changed.
    """
    rotation, order = _matched(overlap, energies, irreps, n_alpha, n_beta)
    overlaps = np.abs(np.einsum("pq,qp->p", overlap, rotation))
    return overlaps, list(_changes(overlap, overlaps, _occupies_alike(order, n_alpha, n_beta)))


def _matched(
    overlap: np.ndarray, energies: np.ndarray, irreps: np.ndarray, n_alpha: int, n_beta: int
) -> tuple[np.ndarray, np.ndarray]:
    """The rotation of the orbitals here, shape (n_orbitals, n_orbitals), and which of them follows each there."""
    from scipy.optimize import linear_sum_assignment

    _, order = linear_sum_assignment(-(overlap**2))
    places = np.arange(len(order))
    rotation = np.zeros_like(overlap)
    rotation[order, places] = np.where(overlap[places, order] < 0, -1.0, 1.0)
    for group in _degenerate(order, energies, irreps, n_alpha, n_beta):
        left, _, right = np.linalg.svd(overlap[np.ix_(group, order[group])].T)
        rotation[np.ix_(order[group], group)] = left @ right
    return rotation, order


def _occupies_alike(order: np.ndarray, n_alpha: int, n_beta: int) -> bool:
    return all(set(order[:n].tolist()) == set(range(n)) for n in (n_alpha, n_beta))


def _degenerate(
    order: np.ndarray, energies: np.ndarray, irreps: np.ndarray, n_alpha: int, n_beta: int
) -> list[list[int]]:
    """Places in the new order whose orbitals share energy, irrep and occupation."""

    def kind(place: int) -> tuple[int, int]:
        orbital = order[place]
        return int(irreps[orbital]), int(orbital < n_alpha) + int(orbital < n_beta)

    def by_energy(place: int) -> tuple[tuple[int, int], float]:
        return kind(place), float(energies[order[place]])

    groups: list[list[int]] = []
    for _, members in groupby(sorted(range(len(order)), key=by_energy), key=kind):
        last = -np.inf
        for place in members:
            energy = float(energies[order[place]])
            if energy - last < _DEGENERATE:
                groups[-1].append(place)
            else:
                groups.append([place])
            last = energy
    return [sorted(group) for group in groups if len(group) > 1]


def _changes(overlap: np.ndarray, overlaps: np.ndarray, occupied_alike: bool) -> tuple[str, ...]:
    sentences = []
    kept = float(np.linalg.svd(overlap, compute_uv=False).min(initial=1.0)) if len(overlap) else 1.0
    if kept < CHANGED:
        sentences.append(f"The active space changed: its least similar part has overlap {kept:.2f}.")
    changed = np.flatnonzero(overlaps < CHANGED).tolist()
    sentences += [f"Orbital {orbital + 1} changed: overlap {overlaps[orbital]:.2f}." for orbital in changed]
    if not occupied_alike:
        sentences.append("The reference determinant occupies other orbitals.")
    return tuple(sentences)
