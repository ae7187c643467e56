"""The Hartree-Fock energy, with the convergence and stability of its orbitals."""

from __future__ import annotations

import numpy as np

from chemistry.baselines.energy import Energy, energy_of
from chemistry.hartree_fock.restricted_field import MeanField
from chemistry.hartree_fock.unrestricted_field import UnrestrictedMeanField
from chemistry.problem import ElectronicProblem, check_problem
from chemistry.states.quantum_numbers import spin_squared_of

_FAR_BELOW = 0.02  # hartree; more than polarization of the spins
_LARGE_BASIS = 60  # functions, beyond which the unrestricted solution takes seconds


def hartree_fock_energy(problem: ElectronicProblem) -> Energy:
    """The energy of the reference determinant, with the convergence and stability of its orbitals.

    The detail says how its electrons are `occupied` by irrep and how far an unrestricted solution lies below it
    (`unrestricted_lowering`, hartree; 0 in bases of more than 60 functions, where it is not searched for). It has its
    `s_squared`, which exceeds S (S + 1) where an unrestricted determinant mixes spins (None where
    the overlap of its orbitals is not known).
    """
    check_problem(problem, "hartree_fock_energy")
    problem = problem.canonical or problem
    s_squared = reference_spin_squared(problem)
    field_ = problem.mean_field
    if field_ is None:
        return Energy(
            method="HF", energy=problem.reference_energy, converged=True, variational=True,
            status="The energy of the reference determinant of given integrals.", detail={"s_squared": s_squared},
        )  # fmt: skip
    sentences = []
    if not field_.stable:
        sentences.append("The orbitals are not stable.")
    elif field_.stability_restarts:
        sentences.append(f"An unstable solution was followed to this stable one in {field_.stability_restarts} steps.")
    lowering = _unrestricted_lowering(field_)
    if lowering > _FAR_BELOW or not field_.spin_stable:
        sentences.append(
            f"An unrestricted solution lies {1e3 * lowering:.1f} millihartree lower: the electrons are strongly"
            " correlated."
        )
    return energy_of(
        "HF", problem.reference_energy, field_.converged, *sentences,
        variational=True,
        detail={
            "stable": field_.stable,
            "spin_stable": field_.spin_stable,
            "restarts": field_.stability_restarts,
            "unrestricted_lowering": lowering,
            "occupied": field_.occupied_irreps if isinstance(field_, MeanField) else None,
            "s_squared": s_squared,
        },
    )  # fmt: skip


def _unrestricted_lowering(field_: MeanField | UnrestrictedMeanField) -> float:
    """In hartree; a closed shell that is stable has none, and in a large basis it is not searched for."""
    if not isinstance(field_, MeanField) or field_.scf.mol.nao > _LARGE_BASIS:
        return 0.0
    return field_.unrestricted_lowering if field_.scf.mol.spin or not field_.spin_stable else 0.0


def reference_spin_squared(problem: ElectronicProblem) -> float | None:
    """<S^2> of the reference determinant; None where the overlap of unrestricted orbitals is not known."""
    spin = 0.5 * (problem.n_alpha - problem.n_beta)
    if problem.beta is None:
        return abs(spin) * (abs(spin) + 1.0)
    if problem.beta.overlap is None:
        return None
    up, down = (np.diag((np.arange(problem.n_orbitals) < n).astype(float)) for n in (problem.n_alpha, problem.n_beta))
    return spin_squared_of(problem, up, down, np.einsum("pq,rs->pqrs", up, down))
