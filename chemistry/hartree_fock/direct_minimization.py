"""The minimum of a restricted field near given orbitals, by quasi-Newton rotations of them.

An extrapolation of Fock matrices may leave the neighborhood that it begins in, or not settle at all where an open d
shell has many fields close together. Here the energy falls with every step, orbitals of different irreps do not mix,
and each step costs one Fock matrix.

Van Voorhis and Head-Gordon, Mol. Phys. 100, 1713 (2002).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

_REMEMBERED = 12  # steps, from whose change of gradient the curvature is known
_SOFTEST = 0.25  # hartree; no diagonal curvature is taken for smaller
_LONGEST = 0.6  # radians, the norm of a step
_SUFFICIENT = 1e-4  # of the decrease that the slope promises
_ROUNDING = 1e-12  # of the energy
_SHORTEST = 1e-3  # of a step, after which the search ends
_FRESH_AFTER = 15  # steps, after which the diagonal curvature is taken anew


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """Where a search ended."""

    energy: float  # hartree
    orbitals: np.ndarray  # shape: (n_basis_functions, n_orbitals)
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree, of the mean Fock matrix
    slope: float  # hartree, the norm of the gradient


def minimized(
    solver: Any, orbitals: np.ndarray, occupations: np.ndarray, irreps: np.ndarray, *, to: float, most_steps: int
) -> Minimum:
    """Rotate orbitals downhill, each irrep's among themselves.

    Args:
        solver: An RHF or ROHF object of PySCF.
        orbitals: Shape (n_basis_functions, n_orbitals), orthonormal.
        occupations: Shape (n_orbitals,), 2, 1 or 0 electrons; they stay with their orbitals.
        irreps: Shape (n_orbitals,).
        to: The norm of the gradient at which to stop, in hartree.
        most_steps: At which to stop as well.

    Returns:
        The minimum; orbitals of one irrep and occupation diagonalize the mean Fock matrix of both spins.
    """
    up, down = occupations > 0, occupations == 2
    same = irreps[:, None] == irreps
    # Rows are the emptier orbital of a pair, for either spin; a pair may turn both.
    pairs_up, pairs_down = same & ~up[:, None] & up, same & ~down[:, None] & down
    rows, columns = np.nonzero(pairs_up | pairs_down)
    turns_up, turns_down = pairs_up[rows, columns], pairs_down[rows, columns]
    surface = _Surface(solver, up, down)
    energy, focks = surface.at(orbitals)

    def slopes() -> np.ndarray:
        return 2.0 * (turns_up * focks[0][rows, columns] + turns_down * focks[1][rows, columns])

    history: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=_REMEMBERED)
    for k in range(most_steps + 1):
        if k % _FRESH_AFTER == 0:
            canonical = _canonical(focks, occupations, irreps)
            orbitals, focks = orbitals @ canonical, canonical.T @ focks @ canonical
            gaps = np.array([np.diag(f)[rows] - np.diag(f)[columns] for f in focks])
            diagonal = np.maximum(np.abs(2.0 * (turns_up * gaps[0] + turns_down * gaps[1])), _SOFTEST)
            gradient = slopes()
            history.clear()
        if np.linalg.norm(gradient) < to or k == most_steps:
            break
        step = _quasi_newton(gradient, history, diagonal)
        if step @ gradient >= 0.0:
            history.clear()
            step = -gradient / diagonal
        step *= min(1.0, _LONGEST / float(np.linalg.norm(step)))
        taken = _downhill(surface, orbitals, energy, gradient, step, rows, columns)
        if taken is None:
            break
        length, energy, orbitals, focks = taken
        change = slopes() - gradient
        if change @ step > 1e-12:
            history.append((length * step, change))
        gradient = gradient + change
    canonical = _canonical(focks, occupations, irreps)
    return Minimum(
        energy=energy,
        orbitals=orbitals @ canonical,
        orbital_energies=np.diag(canonical.T @ focks.mean(axis=0) @ canonical),
        slope=float(np.linalg.norm(gradient)),
    )


def _downhill(
    surface: _Surface,
    orbitals: np.ndarray,
    energy: float,
    gradient: np.ndarray,
    step: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
) -> tuple[float, float, np.ndarray, np.ndarray] | None:
    """The length of a step that lowers the energy, and energy, orbitals and Fock matrices there; None if none does."""
    slope = float(step @ gradient)
    length = 1.0
    while length > _SHORTEST:
        turned = orbitals @ _rotation(length * step, rows, columns, orbitals.shape[1])
        lower, focks = surface.at(turned)
        if lower <= energy + _SUFFICIENT * length * slope + _ROUNDING * abs(energy):
            return length, lower, turned, focks
        length /= 3.0
    return None


class _Surface:
    """The energy, and the Fock matrices of either spin among the orbitals."""

    def __init__(self, solver: Any, up: np.ndarray, down: np.ndarray) -> None:
        self._solver, self._up, self._down = solver, up, down
        self._core, self._nuclear = solver.get_hcore(), float(solver.energy_nuc())
        self._closed = bool((up == down).all())

    def at(self, orbitals: np.ndarray) -> tuple[float, np.ndarray]:
        densities = np.array([orbitals[:, kind] @ orbitals[:, kind].T for kind in (self._up, self._down)])
        asked = densities[:1] if self._closed else densities
        coulomb, exchange = self._solver.get_jk(self._solver.mol, asked, hermi=1)
        if self._closed:
            coulomb, exchange = np.repeat(coulomb, 2, axis=0), np.repeat(exchange, 2, axis=0)
        focks = self._core + coulomb.sum(axis=0) - exchange
        energy = 0.5 * float(np.einsum("spq,sqp->", self._core + focks, densities)) + self._nuclear
        return energy, orbitals.T @ focks @ orbitals


def _quasi_newton(
    gradient: np.ndarray, history: deque[tuple[np.ndarray, np.ndarray]], diagonal: np.ndarray
) -> np.ndarray:
    """The step of limited-memory BFGS, from a diagonal curvature."""
    direction = -gradient
    weights = []
    for step, change in reversed(history):
        weight = (step @ direction) / (step @ change)
        direction = direction - weight * change
        weights.append(weight)
    direction = direction / diagonal
    for (step, change), weight in zip(history, reversed(weights), strict=True):
        direction = direction + step * (weight - (change @ direction) / (step @ change))
    return direction


def _canonical(focks: np.ndarray, occupations: np.ndarray, irreps: np.ndarray) -> np.ndarray:
    """The rotation among orbitals of one irrep and occupation that makes the mean Fock matrix diagonal there."""
    rotation = np.zeros_like(focks[0])
    mean = focks.mean(axis=0)
    for kind in {*zip(occupations.tolist(), irreps.tolist(), strict=True)}:
        members = np.flatnonzero((occupations == kind[0]) & (irreps == kind[1]))
        rotation[np.ix_(members, members)] = np.linalg.eigh(mean[np.ix_(members, members)])[1]
    return rotation


def _rotation(angles: np.ndarray, rows: np.ndarray, columns: np.ndarray, n: int) -> np.ndarray:
    """An orthogonal matrix that turns pairs of orbitals by these angles, to first order (Cayley's)."""
    generator = np.zeros((n, n))
    generator[rows, columns] = 0.5 * angles
    generator -= generator.T
    return np.linalg.solve(np.eye(n) - generator, np.eye(n) + generator)
