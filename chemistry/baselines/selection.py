"""Selected CI: the determinants that matter, found by their coupling to those already there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from chemistry.baselines.determinant_states import wanted_spin_squared
from chemistry.baselines.energy import Energy, energy_of
from chemistry.baselines.exact_states import full_ci
from chemistry.baselines.pyscf_reference import n_determinants, on_few_threads, silent_mole
from chemistry.baselines.string_products import ProductState, lowest_product_states
from chemistry.integrals.spin_integrals import check_shared_orbitals
from chemistry.problem import ElectronicProblem

_LOWER = 1e-7  # hartree
_MOST_RUNS = 4  # each from the lowest state that the one before overlooked
_ROOTS_LOOKED_AT = 3  # of the selected space
_OTHER_SPIN = 0.1  # of S^2, beyond what an incomplete set of determinants mixes in


@on_few_threads
def selected_ci(problem: ElectronicProblem, *, cutoff: float = 1e-3) -> Energy:
    """Selected CI over all products of the occupation strings of either spin that were selected.

    A string is added if an integral times a coefficient to which it couples exceeds the cutoff, and dropped if no
    determinant with it has a coefficient above the cutoff, until the energy settles. The selected space is then
    searched for several states, and selection begins again from the lowest if that was not found at first. PySCF's
    variant of the heat-bath selection of Holmes, Tubman and Umrigar, J. Chem. Theory Comput. 12, 3674 (2016).

    Args:
        problem: The electronic problem; both spins in the same orbitals.
        cutoff: In hartree for integrals, as a number for coefficients; with 0 it is full CI.

    Returns:
        The energy, bounded from below by the exact one. The detail has the number of selected `determinants`, how many
        there are in `all`, the `cutoff`, and `energies` and `s_squared` of the lowest states in the selected space;
        incomplete sets of determinants mix spins a little.

    Raises:
        ValueError: If the cutoff is negative, or the reference is unrestricted.
    """
    if not cutoff >= 0.0:
        raise ValueError(f"The cutoff of selected CI is at least 0, but {cutoff} was given.")
    check_shared_orbitals(problem.beta, "Selected CI")
    problem = problem.canonical or problem
    everything = n_determinants(problem)
    if 0 in (problem.n_alpha, problem.n_beta):
        # PySCF selects for both spins; with one alone there are few determinants.
        exact = full_ci(problem)
        detail = {**exact.detail, "all": everything, "cutoff": cutoff}
        status = f"{exact.status} Electrons of one spin only: all determinants are taken."
        return replace(exact, method="Selected CI", status=status, detail=detail)
    states, converged = selected_states(problem, cutoff)
    wanted = wanted_spin_squared(problem)
    other = f"The lowest state has S² = {states[0].s_squared:.2f}, not the {wanted:.2f} of its unpaired electrons."
    return energy_of(
        "Selected CI", states[0].energy, converged, other if abs(states[0].s_squared - wanted) > _OTHER_SPIN else "",
        variational=True,
        detail={
            "determinants": states[0].coefficients.size,
            "all": everything,
            "cutoff": cutoff,
            "energies": [state.energy for state in states],
            "s_squared": [state.s_squared for state in states],
        },
    )  # fmt: skip


def selected_states(problem: ElectronicProblem, cutoff: float) -> tuple[list[ProductState], bool]:
    """The lowest states in a selected space, and whether selection and states converged.

    Args:
        problem: With electrons of both spins, in the same orbitals.
        cutoff: As for `selected_ci`.
    """
    vector = None
    for _ in range(_MOST_RUNS):
        solver, found, vector = _select(problem, cutoff, vector)
        states = lowest_product_states(problem, *vector._strs, n_roots=_ROOTS_LOOKED_AT, guess=vector)
        vector = states[0].vector
        if states[0].energy > found - _LOWER:
            break
    return states, bool(np.all(solver.converged)) and states[0].converged


def _select(problem: ElectronicProblem, cutoff: float, start: Any) -> tuple[Any, float, Any]:
    """PySCF's selection from the reference determinant or from a vector: solver, energy in hartree and vector."""
    from pyscf import fci

    solver = fci.selected_ci.SelectedCI(silent_mole())
    solver.select_cutoff = solver.ci_coeff_cutoff = cutoff
    solver.conv_tol, solver.max_cycle, solver.max_space = 1e-10, 200, 20
    electrons = (problem.n_alpha, problem.n_beta)
    energy, vector = solver.kernel(
        problem.one_body, problem.two_body, problem.n_orbitals, electrons, ci0=start, ecore=problem.constant
    )
    return solver, float(energy), vector
