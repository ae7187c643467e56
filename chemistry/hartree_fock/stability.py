"""The curvature of the Hartree-Fock energy under rotations of the orbitals: whether a solution is a minimum.

A solution where every gradient vanishes may be a saddle. The lowest eigenvalue of the energy's second derivative tells,
and its eigenvector is the way down. Where several directions share that eigenvalue, the one most like a fixed operator
is taken, so that the same solution is found on every run.

Seeger and Pople, J. Chem. Phys. 66, 3045 (1977).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

NEGATIVE_CURVATURE = 1e-6  # hartree; less is rounding, and the rotations that cost nothing
_DENSE_ROTATIONS = 64  # so few orbital rotations have their curvature written out
_DEGENERATE = 1e-6  # hartree
_TOLERANCE = 1e-8  # hartree, of an eigenvalue
# Hartree: the tolerance of a first look, and the curvature above which it is surely positive. Where rotations are many,
# each product takes seconds.
_FIRST_LOOK, _FIRST_LOOK_AT_MANY, _MANY_ROTATIONS = (1e-6, 1e-3), (1e-4, 1e-2), 4_000
_STARTS = 4  # of the iteration
_MOST_CYCLES = 60


def restricted_descent(solver: Any) -> np.ndarray | None:
    """Orbitals rotated down the most negative curvature, spin and symmetry kept, or None at a minimum.

    Args:
        solver: A converged RHF or ROHF solution of PySCF.
    """
    from pyscf.scf.hf import uniq_var_indices
    from pyscf.soscf import newton_ah
    from scipy.linalg import expm

    orbitals = solver.mo_coeff
    generate = newton_ah.gen_g_hop_rhf if solver.mol.spin == 0 else newton_ah.gen_g_hop_rohf
    _, times, diagonal = generate(solver, orbitals, solver.mo_occ, with_symmetry=True)
    rotations = uniq_var_indices(solver.mo_occ)
    allowed = diagonal != 0  # what symmetry forbids is zero there

    def among_all(vector: np.ndarray) -> np.ndarray:
        whole = np.zeros(len(diagonal))
        whole[allowed] = vector
        return whole

    def among_allowed(vector: np.ndarray) -> np.ndarray:
        return np.ravel(times(among_all(vector)))[allowed]

    operator = orbitals.T @ _fixed_operator(len(orbitals)) @ orbitals
    curvature, direction = _lowest(_each(among_allowed), diagonal[allowed], operator[rotations][allowed])
    if curvature > -NEGATIVE_CURVATURE:
        return None
    generator = np.zeros_like(operator)
    generator[rotations] = among_all(direction)
    return orbitals @ expm(generator - generator.T)


def spin_descent(solver: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Orbitals of either spin that a closed shell is rotated to by its most negative triplet curvature, if any.

    Args:
        solver: A converged RHF solution of PySCF; its symmetry need not be kept.
    """
    from scipy.linalg import expm

    occupied = solver.mo_occ > 0
    up, down = solver.mo_coeff[:, ~occupied], solver.mo_coeff[:, occupied]
    if not up.size or not down.size:
        return None
    fock = solver.mo_coeff.T @ solver.get_fock() @ solver.mo_coeff
    above, below = fock[np.ix_(~occupied, ~occupied)], fock[np.ix_(occupied, occupied)]
    response = solver.gen_response(singlet=False, hermi=1)
    shape = up.shape[1], down.shape[1]

    def products(vectors: np.ndarray) -> np.ndarray:
        rotations = vectors.reshape(-1, *shape)
        densities = 2.0 * up @ rotations @ down.T
        felt = up.T @ response(densities + densities.transpose(0, 2, 1)) @ down
        return (above @ rotations - rotations @ below + felt).reshape(vectors.shape)

    diagonal = (np.diag(above)[:, None] - np.diag(below)).ravel()
    curvature, direction = _lowest(products, diagonal, (up.T @ _fixed_operator(len(up)) @ down).ravel())
    if curvature > -NEGATIVE_CURVATURE:
        return None
    generator = np.zeros_like(fock)
    generator[np.ix_(~occupied, occupied)] = direction.reshape(shape)
    generator -= generator.T
    return solver.mo_coeff @ expm(generator), solver.mo_coeff @ expm(-generator)


def unrestricted_descent(solver: Any) -> np.ndarray | None:
    """Orbitals of either spin rotated down the most negative curvature, or None at a minimum.

    Args:
        solver: A converged UHF solution of PySCF for a molecule without symmetry.

    Returns:
        Shape (2, n_basis_functions, n_orbitals).
    """
    from pyscf.soscf import newton_ah
    from scipy.linalg import expm

    _, times, diagonal = newton_ah.gen_g_hop_uhf(solver, solver.mo_coeff, solver.mo_occ, with_symmetry=False)
    spins = []
    for coefficients, occupations in zip(solver.mo_coeff, solver.mo_occ, strict=True):
        operator = coefficients.T @ _fixed_operator(len(coefficients)) @ coefficients
        spins.append(operator[np.ix_(occupations == 0, occupations > 0)].ravel())
    # Of opposite sign for spin down, or a direction that breaks the spin symmetry might have no part of it.
    curvature, direction = _lowest(_each(times), diagonal, np.concatenate([spins[0], -0.7 * spins[1]]))
    if curvature > -NEGATIVE_CURVATURE:
        return None
    rotated = []
    first = 0
    for coefficients, occupations in zip(solver.mo_coeff, solver.mo_occ, strict=True):
        place = np.ix_(occupations == 0, occupations > 0)
        generator = np.zeros((len(occupations),) * 2)
        size = generator[place].size
        generator[place] = direction[first : first + size].reshape(generator[place].shape)
        first += size
        rotated.append(coefficients @ expm(generator - generator.T))
    return np.array(rotated)


Products = Callable[[np.ndarray], np.ndarray]  # of the second derivative with vectors, shape (n_vectors, n_rotations)


def _each(times: Callable[[np.ndarray], np.ndarray]) -> Products:
    """Products with one vector after the other."""
    return lambda vectors: np.array([np.ravel(times(vector)) for vector in vectors])


def _lowest(products: Products, diagonal: np.ndarray, preferred: np.ndarray) -> tuple[float, np.ndarray]:
    """The lowest eigenvalue, and its normalised eigenvector most like the preferred one."""
    n = len(diagonal)
    if n == 0:
        return 0.0, np.zeros(0)
    if n <= _DENSE_ROTATIONS:
        matrix = products(np.eye(n))
        values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    else:
        values, vectors = _davidson(products, diagonal, preferred)
    shared = vectors[:, values - values[0] < _DEGENERATE]
    direction = shared @ (shared.T @ preferred)
    norm = float(np.linalg.norm(direction))
    # Symmetry may forbid that operator what is sought.
    return float(values[0]), direction / norm if norm > 1e-3 * np.linalg.norm(preferred) else vectors[:, 0]


def _davidson(products: Products, diagonal: np.ndarray, preferred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from pyscf import lib

    # The smallest diagonal elements belong to one or two symmetries only; the other starts hold all of them.
    starts = [preferred / (np.abs(diagonal) + 0.1), _fixed_vector(len(diagonal)) / (np.abs(diagonal) + 0.1)]
    starts += [np.eye(1, len(diagonal), int(place))[0] for place in np.argsort(diagonal, kind="stable")[: _STARTS - 2]]

    def precondition(residual: np.ndarray, value: float, *_: Any) -> np.ndarray:
        gap = diagonal - value
        return residual / np.where(np.abs(gap) < 0.01, 0.01, gap)

    def solve(starts: list[np.ndarray], tolerance: float) -> tuple[np.ndarray, np.ndarray]:
        # The second root keeps the iteration from resting at a symmetry that is not the lowest.
        _, values, vectors = lib.davidson1(
            lambda vectors: list(products(np.array(vectors))), starts, precondition,
            tol=tolerance, max_cycle=_MOST_CYCLES, max_space=30, nroots=2, verbose=0,
        )  # fmt: skip
        return np.asarray(values), np.linalg.qr(np.array(vectors).T)[0]

    many = len(diagonal) >= _MANY_ROTATIONS
    tolerance, surely_positive = _FIRST_LOOK_AT_MANY if many else _FIRST_LOOK
    values, vectors = solve(starts, tolerance)
    # What is found is never below the lowest: if it is negative, that is so, and a way down needs not be the steepest.
    known = values[0] > surely_positive or (many and values[0] < -tolerance)
    return (values, vectors) if known else solve([*vectors.T, *starts], _TOLERANCE)


def _fixed_operator(n: int) -> np.ndarray:
    """A symmetric matrix without any symmetry, the same on every run."""
    matrix = np.random.default_rng(0).normal(size=(n, n))
    return matrix + matrix.T


def _fixed_vector(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=n)
