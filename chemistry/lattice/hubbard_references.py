"""A Hubbard model as an electronic problem over sites, or over the orbitals of a mean field."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from chemistry.hartree_fock.point_groups import subgroup_that_allows
from chemistry.integrals.bare_integrals import problem_from_integrals
from chemistry.integrals.spin_integrals import BetaIntegrals
from chemistry.lattice.hubbard_model import Hubbard
from chemistry.problem import ElectronicProblem

_POLARISATION = 0.5  # of a site's electrons, where the search for an unrestricted field begins
_MAX_STABILITY_RESTARTS = 20
_EQUAL = 1e-9


def site_problem(model: Hubbard) -> ElectronicProblem:
    """The problem over the sites themselves, the reference's electrons on the first ones."""
    return _problem_over(model, np.eye(model.n_sites))


def restricted_problem(model: Hubbard) -> ElectronicProblem:
    """The problem over the orbitals of the restricted mean field that serves circuits best."""
    from chemistry.hartree_fock.active_field import solve_active_field
    from chemistry.hartree_fock.reference_choice import choose_reference

    orbitals, irreps, group = _hopping_orbitals(model)
    problem = _problem_over(model, orbitals, irreps=irreps, point_group=group)
    occupied = [Counter(irreps[:n].tolist()) for n in (model.n_alpha, model.n_beta)]
    electrons = {label: (occupied[0][label], occupied[1][label]) for label in sorted(set(irreps.tolist()))}
    field = solve_active_field(problem, electrons)
    return choose_reference(problem if field is None else field).problem


def unrestricted_problem(model: Hubbard) -> ElectronicProblem:
    """The problem over the orbitals of the lowest unrestricted mean field that is found.

    The search begins from sites polarised oppositely to their neighbours and from the restricted field, and leaves
    saddles downhill.
    """
    from chemistry.hartree_fock.self_consistency import second_order_field
    from chemistry.hartree_fock.stability import unrestricted_descent

    best: Any = None
    n_rotations = sum(n * (model.n_sites - n) for n in (model.n_alpha, model.n_beta))
    for density in _unrestricted_starts(model):
        solver = _unrestricted_field(model)
        orbitals = np.linalg.eigh(solver.get_fock(dm=density))[1]
        occupations = np.array([np.arange(model.n_sites) < n for n in (model.n_alpha, model.n_beta)], dtype=float)
        if not n_rotations:
            solver.mo_coeff, solver.mo_occ, solver.converged = np.array([orbitals[0]] * 2), occupations, True
            best = solver
            break
        # By second-order steps: on so regular a lattice extrapolation meets singular matrices.
        solver = second_order_field(solver, orbitals, occupations)
        for _ in range(_MAX_STABILITY_RESTARTS):
            downhill = unrestricted_descent(solver)
            if downhill is None:
                break
            solver = second_order_field(solver, downhill, solver.mo_occ)
        if best is None or solver.e_tot < best.e_tot - _EQUAL:
            best = solver
    up, down = (_ordered(c, occ) for c, occ in zip(best.mo_coeff, best.mo_occ, strict=True))
    fields = best.get_fock()
    energies = [np.diag(c.T @ field @ c) for c, field in zip((up, down), fields, strict=True)]
    labels = np.zeros(model.n_sites, dtype=np.int64)
    return ElectronicProblem(
        constant=0.0,
        one_body=up.T @ model.hopping @ up,
        two_body=_repulsion(model, up, up),
        n_alpha=model.n_alpha,
        n_beta=model.n_beta,
        orbital_energies=energies[0],
        irreps=labels,
        orbitals=up,
        beta=BetaIntegrals(
            one_body=down.T @ model.hopping @ down,
            two_body=_repulsion(model, down, down),
            mixed=_repulsion(model, up, down),
            orbital_energies=energies[1],
            irreps=labels,
            overlap=up.T @ down,
            orbitals=down,
        ),
        notes=() if best.converged else ("The unrestricted mean field did not converge.",),
    )


def _problem_over(
    model: Hubbard, orbitals: np.ndarray, *, irreps: np.ndarray | None = None, point_group: str = "C1"
) -> ElectronicProblem:
    from dataclasses import replace

    names = subgroup_that_allows(point_group, ()).irrep_names
    problem = problem_from_integrals(
        0.0,
        orbitals.T @ model.hopping @ orbitals,
        _repulsion(model, orbitals, orbitals),
        model.n_alpha,
        model.n_beta,
        irreps=irreps,
        irrep_names=() if irreps is None else [names[label] for label in irreps.tolist()],
        point_group=point_group,
    )
    return replace(problem, orbitals=orbitals)


def _repulsion(model: Hubbard, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(pq|rs) with p and q among the left orbitals, r and s among the right."""
    one = np.einsum("ip,iq->ipq", left, left)
    other = np.einsum("ir,is->irs", right, right)
    return np.einsum("ipq,ij,jrs->pqrs", one, model.interaction, other, optimize=True)


def _hopping_orbitals(model: Hubbard) -> tuple[np.ndarray, np.ndarray, str]:
    """The eigenvectors of the hopping matrix by energy, each of one irrep of the symmetries that the model has."""
    n = model.n_sites
    permutations = model.symmetries
    group = subgroup_that_allows(model.lattice.point_group if permutations else "C1", ())
    columns, energies, irreps = [], [], []
    for label in range(1 << len(permutations)):
        projector = np.eye(n)
        for place, permutation in enumerate(permutations):
            sign = -1.0 if label >> place & 1 else 1.0
            projector = 0.5 * (projector + sign * projector[list(permutation)])
        values, vectors = np.linalg.eigh(projector)
        basis = vectors[:, values > 0.5]
        if basis.shape[1]:
            levels, mixed = np.linalg.eigh(basis.T @ model.hopping @ basis)
            columns.append(basis @ mixed)
            energies.append(levels)
            irreps.append(np.full(len(levels), label))
    labels, levels = np.concatenate(irreps), np.concatenate(energies)
    order = np.lexsort((labels, np.round(levels, 8)))
    return _with_fixed_signs(np.hstack(columns)[:, order]), labels[order], group.name


def _with_fixed_signs(orbitals: np.ndarray) -> np.ndarray:
    largest = np.argmax(np.abs(orbitals) > (1 - 1e-6) * np.abs(orbitals).max(axis=0), axis=0)
    return orbitals * np.where(orbitals[largest, np.arange(orbitals.shape[1])] < 0, -1.0, 1.0)


def _unrestricted_field(model: Hubbard) -> Any:
    from pyscf import ao2mo, scf

    from chemistry.baselines.pyscf_reference import silent_mole

    n = model.n_sites
    mol = silent_mole()
    mol.nelectron, mol.spin, mol.nao = model.n_electrons, model.n_alpha - model.n_beta, n
    mol.incore_anyway = True
    solver = scf.UHF(mol)
    solver.get_hcore = lambda *_: model.hopping
    solver.get_ovlp = lambda *_: np.eye(n)
    solver.energy_nuc = lambda *_: 0.0
    solver._eri = ao2mo.restore(8, _repulsion(model, np.eye(n), np.eye(n)), n)
    return solver


def _unrestricted_starts(model: Hubbard) -> list[np.ndarray]:
    """Densities of either spin, shape (2, n_sites, n_sites)."""
    restricted = restricted_problem(model)
    assert restricted.orbitals is not None
    occupied = [restricted.orbitals[:, :n] for n in (model.n_alpha, model.n_beta)]
    signs = np.array([1.0 if colour == 0 else -1.0 for colour in _alternating(model)])
    filling = model.n_electrons / (2.0 * model.n_sites)
    polarised = [np.diag(filling * (1.0 + sign * _POLARISATION * signs)) for sign in (1.0, -1.0)]
    return [np.array(polarised), np.array([columns @ columns.T for columns in occupied])]


def _alternating(model: Hubbard) -> tuple[int, ...]:
    """The sublattices, or alternate sites where there are none."""
    return model.lattice.sublattice or tuple(site % 2 for site in range(model.n_sites))


def _ordered(coefficients: np.ndarray, occupations: np.ndarray) -> np.ndarray:
    """Occupied orbitals first."""
    return _with_fixed_signs(coefficients[:, np.argsort(-occupations, kind="stable")])
