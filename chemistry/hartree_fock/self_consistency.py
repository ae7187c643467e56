"""Solving the equations of one mean field, from one start, to the end."""

from __future__ import annotations

from typing import Any

import numpy as np

_SMALL_BASIS = 40  # functions
_LARGE_BASIS = 120  # functions; beyond, each cycle takes seconds
_ENERGY_TOLERANCE = 1e-11  # hartree
_LARGE_ENERGY_TOLERANCE = 1e-9  # hartree, in large bases, whose energies of a thousand hartree are not known better
_FITTED_ENERGY_TOLERANCE = 1e-8  # hartree, of a first guess
_GRADIENT_TOLERANCE = 1e-7  # hartree, in small bases; so that a curvature near zero is known by its sign
_ENOUGH_GRADIENT = 1e-5  # hartree; what is called converged where rounding stops the search earlier
_MOST_CYCLES = 100


def converged_field(solver: Any, density: np.ndarray | None = None) -> Any:
    """Solve a PySCF mean field, by second-order steps where the usual iteration does not converge.

    Args:
        solver: An RHF, ROHF or UHF object.
        density: Where to start, or None.
    """
    if density is None and solver.mol.nao > _LARGE_BASIS:
        density = with_fitted_integrals(solver).run(conv_tol=_FITTED_ENERGY_TOLERANCE).make_rdm1()
    _set_tolerances(solver)
    solver.kernel(density)
    return solver if solver.converged else second_order_field(solver, solver.mo_coeff, solver.mo_occ)


def with_fitted_integrals(solver: Any) -> Any:
    """The same field, its integrals approximated by density fitting where the basis is large.

    Good for a first guess and for the sign of a curvature, at a small part of the cost.
    """
    return solver.density_fit() if solver.mol.nao > _LARGE_BASIS else solver


def second_order_field(solver: Any, coefficients: np.ndarray, occupations: np.ndarray) -> Any:
    """Solve a mean field from given orbitals by second-order steps, which stay near them.

    Where two fields lie close together the steps become short before the gradient is small. A search begun afresh from
    there trusts its steps again, and is repeated as long as it makes the gradient at least twice as small.
    """
    solver = solver.newton()
    _set_tolerances(solver)
    solver.kernel(coefficients, occupations)
    before = np.inf
    while not solver.converged and (remaining := _gradient_norm(solver)) < before / 2:
        before = remaining
        solver.kernel(solver.mo_coeff, solver.mo_occ)
    solver.converged = solver.converged or _gradient_norm(solver) < _ENOUGH_GRADIENT
    return solver


def _gradient_norm(solver: Any) -> float:
    return float(np.linalg.norm(solver.get_grad(solver.mo_coeff, solver.mo_occ)))


def _set_tolerances(solver: Any) -> None:
    large = solver.mol.nao > _LARGE_BASIS
    solver.conv_tol = _LARGE_ENERGY_TOLERANCE if large else _ENERGY_TOLERANCE
    solver.max_cycle = _MOST_CYCLES
    if solver.mol.nao <= _SMALL_BASIS:
        solver.conv_tol_grad = _GRADIENT_TOLERANCE
