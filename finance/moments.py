"""Checks on expected returns and covariances."""

from collections.abc import Sequence

import numpy as np

# Rounding leaves eigenvalues of an estimated, singular covariance this far below zero, relative to the largest one.
EIGENVALUE_TOLERANCE = 1e-9


def check_moments(
    expected_returns: np.ndarray, covariance: np.ndarray, names: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Check that moments describe a market, and return them as read-only arrays with the assets' names.

    Args:
        expected_returns: Expected simple return of each asset, (n_assets,).
        covariance: Covariance of the returns over the same period, (n_assets, n_assets).
        names: Distinct names; asset 1, asset 2, ... where none are given.

    Raises:
        ValueError: One sentence on the first thing that is wrong.
    """
    mu = np.array(expected_returns, dtype=np.float64)
    sigma = np.array(covariance, dtype=np.float64)
    if mu.ndim != 1 or not len(mu):
        raise ValueError(f"expected_returns needs one number per asset, shape (n,), but has shape {mu.shape}.")
    if sigma.shape != (len(mu), len(mu)):
        raise ValueError(f"covariance needs shape {(len(mu), len(mu))} for {len(mu)} assets, but has {sigma.shape}.")
    for label, values in (("expected_returns", mu), ("covariance", sigma)):
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{label} needs finite numbers, but holds NaN or infinity.")
    asymmetry = float(np.abs(sigma - sigma.T).max())
    if asymmetry > 1e-9 * max(float(np.abs(sigma).max()), 1e-300):
        raise ValueError(f"covariance needs to be symmetric, but differs from its transpose by up to {asymmetry:.3g}.")
    sigma = (sigma + sigma.T) / 2
    eigenvalues = np.linalg.eigvalsh(sigma)
    if eigenvalues[0] < -EIGENVALUE_TOLERANCE * max(abs(float(eigenvalues[-1])), 1e-300):
        raise ValueError(
            f"covariance needs to be positive semidefinite, but its smallest eigenvalue is {eigenvalues[0]:.3g} "
            f"(largest {eigenvalues[-1]:.3g}); estimate it from one complete history of all assets."
        )
    labels = tuple(str(name) for name in names) or tuple(f"asset {i + 1}" for i in range(len(mu)))
    if len(labels) != len(mu) or len(set(labels)) != len(labels):
        raise ValueError(f"names needs {len(mu)} distinct names, but has {len(labels)}, {len(set(labels))} distinct.")
    mu.flags.writeable = sigma.flags.writeable = False
    return mu, sigma, labels
