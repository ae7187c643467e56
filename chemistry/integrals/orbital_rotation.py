"""The same electronic problem over rotated active orbitals; exact energies do not notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chemistry.problem import ElectronicProblem, reference_fock


def rotated_problem(
    problem: ElectronicProblem,
    rotation: np.ndarray,
    *,
    irreps: np.ndarray,
    orbital_energies: np.ndarray | None = None,
    fix_signs: bool = True,
) -> ElectronicProblem:
    """The problem over new orbitals, of which the reference occupies the first.

    Args:
        problem: Over orbitals that both spins share.
        rotation: Orthogonal, shape (n_orbitals, n_orbitals): column q is new orbital q in the old ones.
        irreps: Of the new orbitals, shape (n_orbitals,).
        orbital_energies: Of the new orbitals, hartree; None: the diagonal of the new reference's Fock matrix.
        fix_signs: Make the first of the largest elements of each column positive; False: the signs are those given.
    """
    rotation = np.where(problem.irreps[:, None] == irreps[None, :], rotation, 0.0)
    rotation = _with_fixed_signs(rotation) if fix_signs else rotation
    one_body = rotation.T @ problem.one_body @ rotation
    two_body = np.einsum("pqrs,pi,qj,rk,sl->ijkl", problem.two_body, *[rotation] * 4, optimize=True)
    product = irreps[:, None] ^ irreps[None, :]
    one_body = np.where(product == 0, one_body, 0.0)
    two_body = np.where(product[:, :, None, None] == product[None, None, :, :], two_body, 0.0)
    if orbital_energies is None:
        orbital_energies = np.diag(reference_fock(one_body, two_body, problem.n_alpha, problem.n_beta))
    names = dict(zip(problem.irreps.tolist(), problem.irrep_names, strict=False))
    return replace(
        problem,
        one_body=one_body,
        two_body=two_body,
        orbital_energies=np.asarray(orbital_energies),
        irreps=irreps,
        irrep_names=tuple(names[label] for label in irreps.tolist()) if names else (),
        orbitals=None if problem.orbitals is None else problem.orbitals @ rotation,
    )


def determinant_energy(problem: ElectronicProblem, alpha: Sequence[int], beta: Sequence[int]) -> float:
    """The energy in hartree of a determinant with these orbitals occupied by each spin."""
    coulomb = np.einsum("iijj->ij", problem.two_body)
    exchange = np.einsum("ijji->ij", problem.two_body)
    diagonal = np.diag(problem.one_body)
    energy = problem.constant + coulomb[np.ix_(alpha, beta)].sum()
    for occupied in (list(alpha), list(beta)):
        energy += diagonal[occupied].sum() + 0.5 * (coulomb - exchange)[np.ix_(occupied, occupied)].sum()
    return float(energy)


def _with_fixed_signs(rotation: np.ndarray) -> np.ndarray:
    """The first of the largest elements of each column positive, so that orbitals come out the same on every run."""
    magnitudes = np.abs(rotation)
    first = np.argmax(magnitudes > (1 - 1e-4) * magnitudes.max(axis=0), axis=0)
    return rotation * np.where(rotation[first, np.arange(rotation.shape[1])] < 0, -1.0, 1.0)
