"""CASSCF: full CI in an active space whose orbitals are optimized with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chemistry.baselines.determinant_states import (
    ExactState,
    check_listable,
    has_wanted_spin,
    lowest_states,
    wanted_spin_squared,
)
from chemistry.baselines.energy import Energy, energy_of
from chemistry.baselines.exact_states import symmetric_ci
from chemistry.baselines.pyscf_reference import on_few_threads
from chemistry.integrals.spin_integrals import check_shared_orbitals
from chemistry.problem import ElectronicProblem, problem_in_orbitals

_ENERGY_TOLERANCE = 1e-9  # hartree
_GRADIENT_TOLERANCE = 1e-5  # hartree per radian
_SPIN_PENALTY = 0.5  # hartree for each unit of S^2 above the wanted one
_LOWER = 1e-6  # hartree
_MOST_RUNS = 3
_TURN = 0.02  # radians, of every pair of orbitals in the start that keeps no symmetry
_ROOTS_LOOKED_AT = 4


@on_few_threads
def casscf(problem: ElectronicProblem, *, seed: int = 7) -> Energy:
    """The lowest state of the reference's spin with orbitals optimized for it, through PySCF.

    A search can stop at orbitals that are a saddle point or in a state that is not the lowest: it is made from the
    problem's orbitals and from slightly turned ones, which keep no symmetry, and where full CI over what came out has a
    lower state of the same spin, it goes on from there.

    The energy lies below that of `full_ci` over the problem's own orbitals, which is no bound for it; full CI over all
    orbitals is.

    Args:
        problem: Made from a molecule, with its active space; both spins in the same orbitals.
        seed: Of the turned orbitals.

    Returns:
        The lowest of the searches; where all orbitals are active, `symmetric_ci`. The detail has `energies` and
        `s_squared` of the lowest states over the optimized orbitals, and `searches`, where each search ended (hartree).

    Raises:
        ValueError: If the problem is bare integrals, or its reference is unrestricted.
        DoesNotFitError: If there are more determinants than memory holds; a `ValueError`.
    """
    from chemistry.orbital_optimization.orbital_space import orbital_space

    check_shared_orbitals(problem.beta, "CASSCF")
    problem = problem.canonical or problem
    if problem.mean_field is None or problem.orbitals is None:
        raise ValueError(
            "CASSCF needs the orbitals of a molecule, but this problem is bare integrals: "
            "use Molecule(...).problem(active_space=...)."
        )
    check_listable(problem, "CASSCF")
    space = orbital_space(problem, symmetric=False)
    if space.n_active == space.n_orbitals:
        exact = symmetric_ci(problem)
        status = f"{exact.status} All orbitals are active: full CI."
        return replace(exact, method="CASSCF", own_orbitals=True, status=status)
    own, turned = space.coefficients, space.coefficients @ _slight_turn(space.n_orbitals, seed)
    runs = [_search(problem, space.n_frozen, start) for start in (own, turned)]
    best = min(runs, key=lambda run: (not run.converged, round(run.energy, 8)))
    s_squared = [state.s_squared for state in best.states]
    wanted = wanted_spin_squared(problem)
    sentence = ""
    if best.states[0].energy < best.energy - _LOWER:
        excess = 1e3 * (best.energy - best.states[0].energy)
        sentence = (
            f"Over these orbitals a state of S² = {s_squared[0]:.2f} lies {excess:.2f} mHa lower than this one, which "
            f"has the {wanted:.2f} of the reference."
        )
    return energy_of(
        "CASSCF",
        best.energy,
        best.converged,
        sentence,
        variational=True,
        own_orbitals=True,
        detail={
            "energies": [state.energy for state in best.states],
            "s_squared": s_squared,
            "searches": [run.energy for run in runs],
        },
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Search:
    """Where a search ended."""

    energy: float  # hartree
    converged: bool
    states: list[ExactState]  # the lowest over its orbitals


def _search(problem: ElectronicProblem, n_frozen: int, orbitals: np.ndarray) -> _Search:
    """Optimize orbitals for one state, and go on while a lower one of the same spin is found over them."""
    from pyscf import mcscf, scf

    field = problem.mean_field
    mol = field.scf.mol.copy()  # type: ignore[union-attr]
    mol.symmetry = False
    mean_field = scf.hf.RHF(mol) if mol.spin == 0 else scf.rohf.ROHF(mol)
    mean_field._eri = getattr(field.scf, "_eri", None)  # type: ignore[union-attr]
    # PySCF reads the convergence and the orbitals of a mean field before it looks at those it is given.
    mean_field.mo_coeff, mean_field.converged = orbitals, True
    solver: Any = mcscf.CASSCF(mean_field, problem.n_orbitals, (problem.n_alpha, problem.n_beta), ncore=n_frozen)
    wanted = wanted_spin_squared(problem)
    solver.fix_spin_(shift=_SPIN_PENALTY, ss=wanted)
    solver.conv_tol, solver.conv_tol_grad, solver.max_cycle_macro = _ENERGY_TOLERANCE, _GRADIENT_TOLERANCE, 200
    vector = None
    for _ in range(_MOST_RUNS):
        solver.kernel(orbitals, vector)
        orbitals = np.asarray(solver.mo_coeff)
        active = orbitals[:, n_frozen : n_frozen + problem.n_orbitals]
        over_these = problem_in_orbitals(
            field,  # type: ignore[arg-type]
            frozen=orbitals[:, :n_frozen],
            active=active,
            n_alpha=problem.n_alpha,
            n_beta=problem.n_beta,
        )
        states = lowest_states(over_these, 0, _ROOTS_LOOKED_AT)
        same_spin = [state for state in states if has_wanted_spin(problem, state.s_squared)]
        same_spin = same_spin or lowest_states(over_these, 0, 1, only_wanted_spin=True)
        is_lowest = same_spin[0].converged and same_spin[0].energy > solver.e_tot - _LOWER
        if is_lowest:
            break
        vector = same_spin[0].vector
    found, _ = solver.fcisolver.spin_square(solver.ci, problem.n_orbitals, (problem.n_alpha, problem.n_beta))
    converged = bool(solver.converged) and is_lowest and has_wanted_spin(problem, float(found))
    return _Search(energy=float(solver.e_tot), converged=converged, states=states)


def _slight_turn(n_orbitals: int, seed: int) -> np.ndarray:
    """A random rotation that no symmetry survives."""
    from scipy.linalg import expm

    angles = np.tril(np.random.default_rng(seed).normal(scale=_TURN, size=(n_orbitals, n_orbitals)), -1)
    return np.asarray(expm(angles - angles.T))
