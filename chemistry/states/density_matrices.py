"""Reduced one- and two-particle density matrices of a program's state, in PySCF's conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.integrals.spin_integrals import by_spin
from chemistry.states.ci_vectors import CiVector, ci_vectors

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime import Program


@dataclass(frozen=True, eq=False, kw_only=True)
class DensityMatrices:
    """Reduced density matrices over the active orbitals, by spin; real, or complex where the state is.

    With p+ creating and p annihilating an electron of the first spin, and r+, r one of the second,

        one[p, q] = <q+ p>,    two[p, q, r, s] = <p+ r+ s q>,

    so that E = constant + sum_pq h[p, q] one_body[q, p] + 1/2 sum_pqrs (pq|rs) two_body[p, q, r, s] where both spins
    share the orbitals; where they do not, sums over spin have no meaning, and only the parts are to be used.
    """

    one_alpha: np.ndarray  # shape: (n_orbitals,) * 2
    one_beta: np.ndarray  # shape: (n_orbitals,) * 2
    two_alpha_alpha: np.ndarray  # shape: (n_orbitals,) * 4
    two_alpha_beta: np.ndarray  # shape: (n_orbitals,) * 4; the first pair of indices has spin up
    two_beta_beta: np.ndarray  # shape: (n_orbitals,) * 4

    @property
    def one_body(self) -> np.ndarray:
        """The one-particle density matrix summed over spin, shape (n_orbitals,) * 2; its trace is the electrons."""
        return self.one_alpha + self.one_beta

    @property
    def two_body(self) -> np.ndarray:
        """The two-particle density matrix summed over both spins, shape (n_orbitals,) * 4."""
        mixed = self.two_alpha_beta
        return self.two_alpha_alpha + self.two_beta_beta + mixed + mixed.transpose(2, 3, 0, 1)

    def energy(self, problem: ElectronicProblem) -> float:
        """The energy in hartree, nuclear repulsion and frozen core included.

        Raises:
            ValueError: if the problem has another number of orbitals.
        """
        if problem.n_orbitals != len(self.one_alpha):
            raise ValueError(
                f"Density matrices over {len(self.one_alpha)} orbitals have no energy in a problem of"
                f" {problem.n_orbitals}: take those of a program compiled for the problem's Hamiltonian."
            )
        (one_up, one_down), (up_up, mixed, down_down) = by_spin(problem.one_body, problem.two_body, problem.beta)
        one = np.einsum("pq,qp", one_up, self.one_alpha) + np.einsum("pq,qp", one_down, self.one_beta)
        same = np.einsum("pqrs,pqrs", up_up, self.two_alpha_alpha) + np.einsum(
            "pqrs,pqrs", down_down, self.two_beta_beta
        )
        opposite = np.einsum("pqrs,pqrs", mixed, self.two_alpha_beta)
        return float(np.real(problem.constant + one + 0.5 * same + opposite))


def reduced_density_matrices(program: Program, params: Any) -> DensityMatrices:
    """The reduced density matrices of a program's state, exact.

    The sector may hold only part of the determinants, or several numbers of electrons; the work is PySCF's for full CI
    vectors over the same orbitals (Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984)).

    Args:
        program: on wires 2p (spin up of orbital p) and 2p + 1 (spin down), on either engine.
        params: shape (n_params,).

    Raises:
        ValueError: if it is no program, the wires are not numbers, or `params` has another shape or is not finite.
    """
    return density_matrices_of(*ci_vectors(program, params))


def density_matrices_of(n_orbitals: int, vectors: Sequence[CiVector]) -> DensityMatrices:
    """The reduced density matrices of a state given by its numbers of electrons, as `ci_vectors` gives it."""
    names = ("one_alpha", "one_beta", "two_alpha_alpha", "two_alpha_beta", "two_beta_beta")
    parts = [_of_vector(v, n_orbitals) for v in vectors]
    return DensityMatrices(
        **{name: sum(part[1:], part[0]) for name, part in zip(names, zip(*parts, strict=True), strict=True)}
    )


def _of_vector(vector: CiVector, n_orbitals: int) -> list[np.ndarray]:
    """The five density matrices of one CI vector."""
    from pyscf.fci import direct_spin1

    electrons = (vector.n_alpha, vector.n_beta)
    parts = vector.real_parts
    results = []
    for part in parts:
        one, two = direct_spin1.make_rdm12s(part, n_orbitals, electrons)
        results.append([*one, *two])
    if len(parts) == 1:
        return results[0]
    # For c = x + i y, <c|O|c> = <x|O|x> + <y|O|y> + i (<x|O|y> - <y|O|x>), and <y|O|x> = <x|O+|y>.
    one, (same_alpha, mixed, _, same_beta) = direct_spin1.trans_rdm12s(*parts, n_orbitals, electrons)
    crossed = [*one, same_alpha, mixed, same_beta]
    return [x + y + 1j * (c - _adjoint(c)) for x, y, c in zip(*results, crossed, strict=True)]


def _adjoint(density: np.ndarray) -> np.ndarray:
    """The same elements of the adjoint operators."""
    return density.T if density.ndim == 2 else density.transpose(1, 0, 3, 2)
