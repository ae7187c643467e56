"""The lowest curvature of a function of which the gradient is known, by Davidson's method on differences of it.

Davidson, J. Comput. Phys. 17, 87 (1975).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_DIFFERENCE = 1e-3  # radians, the step of differences of gradients
_DENSE = 40  # so few variables have their Hessian written out
_MOST_PRODUCTS = 60
_N_STARTS = 4  # at random, so that no symmetry is missed
_RESIDUAL = 2e-3  # hartree; an eigenvalue is then right to its square
_SMALLEST_GAP = 0.05  # hartree, in the preconditioner


def lowest_curvature(
    gradient: Callable[[np.ndarray], np.ndarray], x: np.ndarray, diagonal: np.ndarray
) -> tuple[float, np.ndarray, int]:
    """The lowest eigenvalue of the Hessian, or an upper bound to it, with its vector.

    Args:
        gradient: Of the function.
        x: A stationary point, shape (n_params,).
        diagonal: Estimates of the Hessian's diagonal, shape (n_params,).

    Returns:
        Eigenvalue, eigenvector of unit norm, and how many gradients were taken.
    """
    n = len(x)

    def times(direction: np.ndarray) -> np.ndarray:
        step = _DIFFERENCE * direction
        return (gradient(x + step) - gradient(x - step)) / (2.0 * _DIFFERENCE)

    dense = n <= _DENSE
    basis = np.eye(n) if dense else np.linalg.qr(np.random.default_rng(0).normal(size=(n, _N_STARTS)))[0].T
    products = np.array([times(direction) for direction in basis])
    while True:
        projected = basis @ products.T
        values, mixing = np.linalg.eigh(0.5 * (projected + projected.T))
        vector = mixing[:, 0] @ basis
        residual = mixing[:, 0] @ products - values[0] * vector
        if dense or len(basis) >= min(n, _MOST_PRODUCTS) or np.linalg.norm(residual) < _RESIDUAL:
            return float(values[0]), vector, 2 * len(basis)
        further = residual / np.maximum(diagonal - values[0], _SMALLEST_GAP)
        for _ in range(2):  # once leaves rounding behind
            further -= basis.T @ (basis @ further)
        further /= np.linalg.norm(further)
        basis, products = np.vstack([basis, further]), np.vstack([products, times(further)])
