"""The restricted Hartree-Fock reference: converged, stable, and with orbitals that come out the same on every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hartree_fock.canonical_orbitals import canonical_orbitals
from chemistry.hartree_fock.occupation_search import settle_occupations
from chemistry.hartree_fock.stability import restricted_descent, spin_descent
from chemistry.threads import SMALL_BASIS, one_thread_if

if TYPE_CHECKING:
    from pyscf import gto

# Abelian groups whose irreps multiply by exclusive or; the infinite groups are replaced by their largest such subgroup.
_ABELIAN_SUBGROUP = {"Dooh": "D2h", "Coov": "C2v", "SO3": "D2h"}
_MAX_STABILITY_RESTARTS = 5
_SMALL_BASIS = 40  # functions
_LARGE_BASIS = 120  # functions; beyond, each cycle takes seconds
_ENERGY_TOLERANCE = 1e-11  # hartree
_LARGE_ENERGY_TOLERANCE = 1e-9  # hartree, in large bases, whose energies of a thousand hartree are not known better
_FITTED_ENERGY_TOLERANCE = 1e-8  # hartree, of a first guess
_GRADIENT_TOLERANCE = 1e-7  # hartree, in small bases; so that a curvature near zero is known by its sign
_ENOUGH_GRADIENT = 1e-5  # hartree; what is called converged where rounding stops the search earlier
_MOST_CYCLES = 100


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


def hartree_fock(mol: gto.Mole) -> MeanField:
    """Solve the restricted Hartree-Fock equations within the molecule's abelian point group.

    Electrons are moved between irreps as long as that lowers the energy, and an internally unstable solution is
    followed downhill until it is stable, at most five times.

    Args:
        mol: A PySCF molecule built with one of the abelian groups.
    """
    with one_thread_if(mol.nao <= SMALL_BASIS):
        return _solve(mol)


def _solve(mol: gto.Mole) -> MeanField:
    solver = settle_occupations(converged_field(_field(mol)), _with_occupations)
    restarts = 0
    while (
        downhill := restricted_descent(with_fitted_integrals(solver))
    ) is not None and restarts < _MAX_STABILITY_RESTARTS:
        restarts += 1
        solver = second_order_field(solver, downhill, solver.mo_occ)
    spin_stable = mol.spin != 0 or spin_descent(with_fitted_integrals(solver)) is None
    return _canonical(solver, mol, stable=downhill is None, spin_stable=spin_stable, restarts=restarts)


def _field(mol: gto.Mole) -> Any:
    from pyscf import scf

    return scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)


def _with_occupations(solver: Any, density: np.ndarray, irrep_nelec: dict[str, Any]) -> Any:
    other = _field(solver.mol)
    other.irrep_nelec = irrep_nelec
    return converged_field(other, density)


def _canonical(solver: Any, mol: gto.Mole, *, stable: bool, spin_stable: bool, restarts: int) -> MeanField:
    from pyscf import symm

    irreps = np.asarray(symm.label_orb_symm(mol, mol.irrep_id, mol.symm_orb, solver.mo_coeff))
    fixed = canonical_orbitals(mol, solver.mo_coeff, solver.mo_energy, solver.mo_occ, irreps)
    coefficients, energies, occupations, irreps = fixed
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
