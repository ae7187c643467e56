"""The Hartree-Fock reference: converged, stable, and with orbitals that come out the same on every run.

Orbitals from a self-consistent field are free up to sign, and up to rotation where they are degenerate; threads decide
which ones a run returns. Here they are ordered by occupation, energy and irrep, degenerate ones are fixed by the
position operator, and the first of the largest coefficients is made positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

# Abelian groups whose irreps multiply by exclusive or; the infinite groups are replaced by their largest such subgroup.
_ABELIAN_SUBGROUP = {"Dooh": "D2h", "Coov": "C2v", "SO3": "D2h"}
_DEGENERATE = 1e-5  # hartree
_NEGATIVE_CURVATURE = 1e-5  # hartree
_MAX_STABILITY_RESTARTS = 5
_SMALL_BASIS = 40  # functions
_DENSE_ROTATIONS = 64  # so few orbital rotations have their curvature written out


@dataclass(frozen=True, kw_only=True)
class MeanField:
    """A restricted Hartree-Fock solution (restricted open-shell where the spin is not zero)."""

    coefficients: np.ndarray  # shape: (n_basis_functions, n_orbitals)
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree
    occupations: np.ndarray  # shape: (n_orbitals,), 2, 1 or 0 electrons
    irreps: np.ndarray  # shape: (n_orbitals,), numbers whose product is their exclusive or
    irrep_names: tuple[str, ...]  # one per orbital
    point_group: str  # the abelian group in use
    energy: float  # hartree
    converged: bool
    stable: bool  # against rotations that keep spin and symmetry restricted
    stability_restarts: int  # how often an unstable solution was followed to a lower one
    spin_stable: bool  # False: a lower unrestricted solution exists, the reference is strongly correlated
    scf: Any  # the PySCF object, whose orbitals are those above


def abelian_point_group(mol: gto.Mole) -> str:
    """The largest point group of a molecule, built with symmetry, whose irreps multiply by exclusive or."""
    return _ABELIAN_SUBGROUP.get(mol.groupname, mol.groupname)


def hartree_fock(mol: gto.Mole) -> MeanField:
    """Solve the restricted Hartree-Fock equations within the molecule's abelian point group.

    An internally unstable solution is followed downhill until it is stable, at most five times.

    Args:
        mol: A PySCF molecule built with one of the abelian groups.
    """
    from threadpoolctl import threadpool_limits

    # A small problem is only slowed by threads that wait for each other.
    with threadpool_limits(limits=1 if mol.nao <= _SMALL_BASIS else None):
        return _solve(mol)


def _solve(mol: gto.Mole) -> MeanField:
    from pyscf import scf

    solver = scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)
    solver.conv_tol = 1e-11
    solver.max_cycle = 100
    solver.kernel()
    if not solver.converged:
        solver = solver.newton().run()
    restarts = 0
    while (downhill := _internal_instability(solver)) is not None and restarts < _MAX_STABILITY_RESTARTS:
        restarts += 1
        solver = solver.newton()
        solver.kernel(downhill, solver.mo_occ)
    stable = downhill is None
    return _canonical(solver, mol, stable=stable, spin_stable=_is_spin_stable(solver), restarts=restarts)


def _internal_instability(solver: Any) -> np.ndarray | None:
    """Orbitals rotated along the most negative curvature of the energy, or None if there is none."""
    from pyscf.scf.hf import unpack_uniq_var
    from pyscf.soscf import newton_ah
    from scipy.linalg import expm
    from scipy.sparse.linalg import LinearOperator, eigsh

    generate = newton_ah.gen_g_hop_rhf if solver.mol.spin == 0 else newton_ah.gen_g_hop_rohf
    _, curvature_times, diagonal = generate(solver, solver.mo_coeff, solver.mo_occ, with_symmetry=True)
    n_rotations = len(diagonal)
    if n_rotations <= _DENSE_ROTATIONS:
        curvature = np.array([curvature_times(unit) for unit in np.eye(n_rotations)]).reshape(n_rotations, n_rotations)
        values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    else:
        operator = LinearOperator((n_rotations, n_rotations), matvec=curvature_times, dtype=np.float64)
        start = np.random.default_rng(0).normal(size=n_rotations)
        values, vectors = eigsh(operator, k=1, which="SA", tol=1e-4, v0=start)
    if n_rotations == 0 or values[0] > -_NEGATIVE_CURVATURE:
        return None
    return solver.mo_coeff @ expm(unpack_uniq_var(vectors[:, 0], solver.mo_occ))


def _is_spin_stable(solver: Any) -> bool:
    """Whether no unrestricted solution lies just below; open shells are not asked."""
    from pyscf.scf.stability import rhf_external

    if solver.mol.spin != 0 or not (solver.mo_occ == 0).any():
        return True
    return bool(rhf_external(solver, with_symmetry=False, return_status=True)[1])


def _canonical(solver: Any, mol: gto.Mole, *, stable: bool, spin_stable: bool, restarts: int) -> MeanField:
    from pyscf import symm

    coefficients, energies, occupations = (np.asarray(x) for x in (solver.mo_coeff, solver.mo_energy, solver.mo_occ))
    irreps = np.asarray(symm.label_orb_symm(mol, mol.irrep_id, mol.symm_orb, coefficients))
    order = np.lexsort((irreps, np.round(energies, 5), -occupations))
    coefficients, energies = np.array(coefficients[:, order]), np.array(energies[order])
    occupations, irreps = np.array(occupations[order]), irreps[order]
    _fix_degenerate_rotations(coefficients, energies, occupations, irreps, mol)
    for column in coefficients.T:
        magnitudes = np.abs(column)
        if column[np.argmax(magnitudes > (1 - 1e-4) * magnitudes.max())] < 0:
            column *= -1
    solver.mo_coeff, solver.mo_energy, solver.mo_occ = coefficients, energies, occupations
    names = dict(zip(mol.irrep_id, mol.irrep_name, strict=True))
    return MeanField(
        coefficients=coefficients,
        orbital_energies=energies,
        occupations=occupations,
        irreps=irreps,
        irrep_names=tuple(names[irrep] for irrep in irreps),
        point_group=mol.groupname,
        energy=float(solver.e_tot),
        converged=bool(solver.converged),
        stable=stable,
        stability_restarts=restarts,
        spin_stable=spin_stable,
        scf=solver,
    )


def _fix_degenerate_rotations(
    coefficients: np.ndarray, energies: np.ndarray, occupations: np.ndarray, irreps: np.ndarray, mol: gto.Mole
) -> None:
    """Make degenerate orbitals of one irrep eigenvectors of a position along a direction that no symmetry prefers."""
    position = None
    start = 0
    for stop in range(1, len(energies) + 1):
        if (
            stop < len(energies)
            and energies[stop] - energies[start] < _DEGENERATE
            and irreps[stop] == irreps[start]
            and occupations[stop] == occupations[start]
        ):
            continue
        if stop - start > 1:
            if position is None:
                position = np.einsum("x,xij->ij", [1.0, np.sqrt(2.0), np.sqrt(3.0)], mol.intor("int1e_r"))
            block = coefficients[:, start:stop]
            coefficients[:, start:stop] = block @ np.linalg.eigh(block.T @ position @ block)[1]
        start = stop
