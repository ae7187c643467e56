"""Particle number and spin of a program's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.states.ci_vectors import ci_vectors
from chemistry.states.density_matrices import reduced_density_matrices

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime import Program

_SPIN_TO = 0.1  # of <S^2>


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


def expected_quantum_numbers(
    program: Program, params: Any, *, problem: ElectronicProblem | None = None
) -> QuantumNumbers:
    """Particle number, S_z and S^2 of a program's state, exact.

    Args:
        program: on wires 2p (spin up of orbital p) and 2p + 1 (spin down), on either engine.
        params: shape (n_params,).
        problem: needed where spin up and down have orbitals of their own: it knows how they overlap, and S^2 then is
            that of all electrons, frozen ones included.

    Raises:
        ValueError: if the wires are not numbers, `params` has another shape or is not finite, or the problem has
            orbitals for each spin whose overlap is not known.
    """
    from pyscf.fci import spin_op

    n_orbitals, vectors = ci_vectors(program, params)
    if problem is None or problem.beta is None:
        spin_squared = sum(
            spin_op.spin_square0(part, n_orbitals, (v.n_alpha, v.n_beta))[0] for v in vectors for part in v.real_parts
        )
    else:
        density = reduced_density_matrices(program, params)
        spin_squared = spin_squared_of(problem, density.one_alpha, density.one_beta, density.two_alpha_beta)
    return QuantumNumbers(
        n_electrons=sum(v.weight * (v.n_alpha + v.n_beta) for v in vectors),
        spin_projection=sum(v.weight * (v.n_alpha - v.n_beta) / 2 for v in vectors),
        spin_squared=float(spin_squared),
    )


def has_spin_asked_for(problem: ElectronicProblem, spin_squared: float) -> bool:
    """Whether <S^2> is that of the problem's unpaired electrons, all parallel, to 0.1.

    A singlet with 0.1 has a twentieth of a triplet in it.
    """
    spin = 0.5 * abs(problem.n_alpha - problem.n_beta)
    return abs(spin_squared - spin * (spin + 1.0)) < _SPIN_TO


def spin_squared_from(one_body: np.ndarray, two_body: np.ndarray) -> float:
    """<S^2> of electrons in orbitals that both spins share, from densities summed over spin.

    S^2 = 3/4 N - 1/2 sum_pq <p+ q+ p q> - 1/4 N (N - 1), with the first pair of operators of one spin and the second
    of one, summed over both.

    Args:
        one_body: Shape (n_orbitals,) * 2, <p+ q>.
        two_body: Shape (n_orbitals,) * 4, <p+ r+ s q> at [p, q, r, s].
    """
    electrons = float(np.trace(one_body))
    exchanged = float(np.einsum("pqqp->", two_body))
    return 0.75 * electrons - 0.5 * exchanged - 0.25 * electrons * (electrons - 1.0)


def spin_squared_of(
    problem: ElectronicProblem, one_alpha: np.ndarray, one_beta: np.ndarray, two_alpha_beta: np.ndarray
) -> float:
    """<S^2> of a state with the problem's electrons over orbitals that differ between the spins.

    With O the overlap of spin-up orbitals with those of spin down, frozen ones included,

        S² = S_z (S_z + 1) + N_down - sum_pqrs O_pq O_rs <r+ q+ s p>,

    where p and r have spin up, q and s spin down.

    Args:
        problem: with integrals for either spin.
        one_alpha: shape (n_orbitals,) * 2, as in `DensityMatrices`, as are the following.
        one_beta: shape (n_orbitals,) * 2.
        two_alpha_beta: shape (n_orbitals,) * 4.

    Raises:
        ValueError: if the overlap of the orbitals is not known.
    """
    overlap = None if problem.beta is None else problem.beta.overlap
    if overlap is None:
        raise ValueError(
            "S² over orbitals that differ between the spins needs their overlap, which bare integrals do not tell: "
            "set `overlap` of the problem's `beta`."
        )
    n_frozen = len(overlap) - problem.n_orbitals
    core, active = slice(0, n_frozen), slice(n_frozen, None)
    both = overlap[active, active]
    paired = np.sum(overlap[core, core] ** 2)
    paired += np.einsum("pq,ps,sq", overlap[core, active], overlap[core, active], one_beta).real
    paired += np.einsum("pq,rq,pr", overlap[active, core], overlap[active, core], one_alpha).real
    paired += np.einsum("pq,rs,rpqs", both, both, two_alpha_beta).real
    projection = 0.5 * (problem.n_alpha - problem.n_beta)
    return float(projection * (projection + 1.0) + problem.n_beta + n_frozen - paired)
