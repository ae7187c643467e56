"""Doubles amplitudes as a sequence of diagonal Coulomb evolutions in rotated orbitals."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_NEGLIGIBLE = 1e-8  # an eigenvalue of the amplitudes that has no effect


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor R exp(i J) R†, with J = 1/2 sum J_pq n_p n_q over both spins in the rotated orbitals."""

    rotation: np.ndarray = field(repr=False)  # shape: (n_orbitals, n_orbitals), complex, unitary
    coulomb: np.ndarray = field(repr=False)  # shape: (n_orbitals, n_orbitals), real, symmetric


def factorised(doubles: np.ndarray, n_factors: int) -> list[Factor]:
    """The first factors of a product that equals exp(T - T†) to first order, largest amplitudes first.

    T = 1/2 sum t_aibj E_ai E_bj is symmetric in (ai) and (bj), hence T = 1/2 sum_m w_m Y_m^2 with one-electron
    operators Y_m, and for each

        Y^2 - Y†^2 = i/4 ((Y + Y† - i (Y - Y†))^2 - (Y + Y† + i (Y - Y†))^2)

    is a difference of squares of Hermitian one-electron operators, each diagonal in orbitals of its own: two factors.

    Matsuzawa and Kurashige, J. Chem. Theory Comput. 16, 944 (2020); Motta et al., Chem. Sci. 14, 11213 (2023).

    Args:
        doubles: Shape (n_orbitals,) * 4, [a, i, b, j]; where spins differ, the mean of both is taken.
        n_factors: How many; where there are fewer, the others do nothing.
    """
    n = len(doubles)
    matrix = doubles.reshape(n * n, n * n)
    weights, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    factors: list[Factor] = []
    for number in np.argsort(-np.abs(weights), kind="stable").tolist():
        if len(factors) >= n_factors or abs(weights[number]) < _NEGLIGIBLE:
            break
        y = vectors[:, number].reshape(n, n)
        for sign in (1.0, -1.0):
            occupations, rotation = np.linalg.eigh(y + y.T - 1j * sign * (y - y.T))
            coulomb = 0.25 * sign * weights[number] * np.outer(occupations, occupations)
            factors.append(Factor(rotation=rotation, coulomb=coulomb))
    idle = Factor(rotation=factors[-1].rotation if factors else np.eye(n), coulomb=np.zeros((n, n)))
    return (factors + [idle] * n_factors)[:n_factors]
