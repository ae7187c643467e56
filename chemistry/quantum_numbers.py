"""Particle number and spin of a program's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.ci_vectors import ci_vectors

if TYPE_CHECKING:
    from runtime import Program


@dataclass(frozen=True, kw_only=True)
class QuantumNumbers:
    """Expectation values of particle number and spin; those of an eigenstate are its quantum numbers."""

    n_electrons: float
    spin_projection: float  # <S_z>, in units of hbar
    spin_squared: float  # <S^2>, in units of hbar^2: S (S + 1)

    @property
    def multiplicity(self) -> float:
        """2 S + 1 for the S with S (S + 1) = <S^2>: 1 for singlets, 2 for doublets, 3 for triplets."""
        return float(np.sqrt(4.0 * self.spin_squared + 1.0))


def expected_quantum_numbers(program: Program, params: Any) -> QuantumNumbers:
    """Particle number, S_z and S^2 of a program's state, exact.

    Args:
        program: on wires 2p (spin up of orbital p) and 2p + 1 (spin down), on either engine.
        params: shape (n_params,).

    Raises:
        ValueError: if the wires are not numbers, or `params` has another shape or is not finite.
    """
    from pyscf.fci import spin_op

    n_orbitals, vectors = ci_vectors(program, params)
    spin_squared = sum(
        spin_op.spin_square0(part, n_orbitals, (v.n_alpha, v.n_beta))[0] for v in vectors for part in v.real_parts
    )
    return QuantumNumbers(
        n_electrons=sum(v.weight * (v.n_alpha + v.n_beta) for v in vectors),
        spin_projection=sum(v.weight * (v.n_alpha - v.n_beta) / 2 for v in vectors),
        spin_squared=float(spin_squared),
    )
