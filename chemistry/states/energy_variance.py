"""The variance of a state's energy, which is zero for an eigenstate alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.integrals.spin_integrals import by_spin
from chemistry.states.ci_vectors import CiVector, ci_vectors

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime import Program

_MOST_DETERMINANTS = 20_000_000  # of all symmetries, 160 MB each vector


def energy_variance(problem: ElectronicProblem, program: Program, params: Any) -> float | None:
    """<H^2> - <H>^2 of a circuit's state in hartree^2, exact.

    Args:
        problem: Whose Hamiltonian it is.
        program: Of a circuit over the problem's wires, on either engine.
        params: Shape (n_params,).

    Returns:
        The variance; None where the determinants of all symmetries are more than twenty million.
    """
    n_orbitals, vectors = ci_vectors(program, params)
    if sum(vector.coefficients.size for vector in vectors) > _MOST_DETERMINANTS:
        return None
    mean, square = 0.0, 0.0
    for vector in vectors:
        for part in vector.real_parts:
            product = _times_hamiltonian(problem, vector, part, n_orbitals)
            mean += float(np.vdot(part, product))
            square += float(np.vdot(product, product))
    return max(square - mean**2, 0.0)


def _times_hamiltonian(problem: ElectronicProblem, vector: CiVector, part: np.ndarray, n_orbitals: int) -> np.ndarray:
    """H |part> without the constant, which does not change the variance."""
    from pyscf.fci import direct_spin1, direct_uhf

    electrons = (vector.n_alpha, vector.n_beta)
    if not sum(electrons):
        return np.zeros_like(part)
    solver = direct_spin1 if problem.beta is None else direct_uhf
    one, two = by_spin(problem.one_body, problem.two_body, problem.beta)
    integrals = (one[0], two[0]) if problem.beta is None else (one, two)
    absorbed = solver.absorb_h1e(*integrals, n_orbitals, electrons, 0.5)
    return np.asarray(solver.contract_2e(absorbed, part, n_orbitals, electrons))
