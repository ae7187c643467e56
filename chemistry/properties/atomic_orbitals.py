"""Densities over basis functions: what properties in space and on atoms are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices


def molecule_of(problem: ElectronicProblem) -> Any:
    """The PySCF molecule that a problem's orbitals belong to.

    Raises:
        ValueError: If the problem has none.
    """
    if problem.mean_field is None or problem.orbitals is None:
        raise ValueError(
            "Properties in space need orbitals over basis functions, and this problem is one of bare integrals: make it"
            " from a Molecule."
        )
    return problem.mean_field.scf.mol


def spin_densities(problem: ElectronicProblem, densities: DensityMatrices) -> tuple[np.ndarray, np.ndarray]:
    """The one-particle densities of spin up and down over basis functions, those of frozen orbitals included.

    Args:
        problem: The electronic problem.
        densities: Over its active orbitals.

    Returns:
        Two arrays of shape (n_basis_functions, n_basis_functions), real.

    Raises:
        ValueError: If the problem does not know its orbitals, or has another number of them.
    """
    molecule_of(problem)
    check_orbitals(problem, densities)
    spins = [(problem.orbitals, problem.frozen_orbitals), (problem.orbitals, problem.frozen_orbitals)]
    if problem.beta is not None:
        spins[1] = (problem.beta.orbitals, problem.beta.frozen_orbitals)
    results = []
    for (active, frozen), one in zip(spins, (densities.one_alpha, densities.one_beta), strict=True):
        if active is None:
            raise ValueError("The orbitals of spin down are not known over basis functions: make the problem anew.")
        # The imaginary part of a Hermitian density is seen by no real one-particle operator.
        density = active @ np.real(one) @ active.T
        results.append(density if frozen is None else density + frozen @ frozen.T)
    return results[0], results[1]


def check_orbitals(problem: ElectronicProblem, densities: DensityMatrices) -> None:
    """Refuse density matrices over other orbitals than the problem's.

    Raises:
        ValueError: If their number is another.
    """
    if len(densities.one_alpha) != problem.n_orbitals:
        raise ValueError(
            f"The density matrices are over {len(densities.one_alpha)} orbitals, but the problem has"
            f" {problem.n_orbitals}: take those of a state of this problem."
        )
