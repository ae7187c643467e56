"""The lowest curvature of a function at a stationary point, by Davidson's method.

Davidson, J. Comput. Phys. 17, 87 (1975).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_DENSE = 40  # so few variables have their Hessian written out
_MOST_PRODUCTS = 60
_N_STARTS = 4  # at random, so that no symmetry is missed
_RESIDUAL = 2e-3  # hartree; an eigenvalue is then right to its square
_SMALLEST_GAP = 0.05  # hartree, in the preconditioner


def lowest_curvature(times: Callable[[np.ndarray], np.ndarray], diagonal: np.ndarray) -> tuple[float, np.ndarray, int]:
    """The lowest eigenvalue of the Hessian, or an upper bound to it, with its vector.

    Args:
        times: The Hessian's product with a direction, shape (n_params,).
        diagonal: Estimates of the Hessian's diagonal, shape (n_params,).

    Returns:
        Eigenvalue (infinite where there are no parameters), eigenvector of unit norm, and how many products were taken.
    """
    n = len(diagonal)
    if n == 0:
        return np.inf, np.zeros(0), 0
    dense = n <= _DENSE
    basis = np.eye(n) if dense else np.linalg.qr(np.random.default_rng(0).normal(size=(n, _N_STARTS)))[0].T
    products = np.array([times(direction) for direction in basis])
    while True:
        projected = basis @ products.T
        values, mixing = np.linalg.eigh(0.5 * (projected + projected.T))
        vector = mixing[:, 0] @ basis
        residual = mixing[:, 0] @ products - values[0] * vector
        if dense or len(basis) >= min(n, _MOST_PRODUCTS) or np.linalg.norm(residual) < _RESIDUAL:
            return float(values[0]), vector, len(basis)
        further = residual / np.maximum(diagonal - values[0], _SMALLEST_GAP)
        for _ in range(2):  # once leaves rounding behind
            further -= basis.T @ (basis @ further)
        further /= np.linalg.norm(further)
        basis, products = np.vstack([basis, further]), np.vstack([products, times(further)])
