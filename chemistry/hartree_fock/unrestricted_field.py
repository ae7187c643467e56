"""The unrestricted Hartree-Fock reference: spin up and down in orbitals of their own, followed down to a minimum.

Where bonds break, the energy falls when electrons of opposite spin go to different atoms. Such a solution is no state
of definite spin, and seldom has the whole symmetry of the nuclei: the largest part of the point group that both
densities keep is found from them, and the orbitals are made pure in it.

Pople and Nesbet, J. Chem. Phys. 22, 571 (1954); Seeger and Pople, J. Chem. Phys. 66, 3045 (1977).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hartree_fock.canonical_orbitals import canonical_orbitals
from chemistry.hartree_fock.point_groups import subgroup_that_allows
from chemistry.hartree_fock.restricted_field import MeanField
from chemistry.hartree_fock.self_consistency import converged_field, second_order_field
from chemistry.hartree_fock.stability import spin_descent, unrestricted_descent
from chemistry.threads import SMALL_BASIS, one_thread_if

if TYPE_CHECKING:
    from pyscf import gto

_CONTINUOUS_GROUPS = ("Dooh", "Coov", "SO3")
_MAX_STABILITY_RESTARTS = 20
_EQUAL = 1e-7  # hartree
_BROKEN = 1e-5  # electrons between orbitals of two irreps, from which their symmetry is broken
_POLARISED = 1e-4  # electrons
_POLARISATION = 0.5  # of an atom's electrons, where a search begins from polarised atoms


@dataclass(frozen=True, kw_only=True)
class UnrestrictedMeanField:
    """An unrestricted Hartree-Fock solution; arrays begin with spin up, then spin down."""

    coefficients: np.ndarray  # shape: (2, n_basis_functions, n_orbitals)
    orbital_energies: np.ndarray  # shape: (2, n_orbitals), hartree
    occupations: np.ndarray  # shape: (2, n_orbitals), 1 or 0 electrons
    irreps: np.ndarray  # shape: (2, n_orbitals), numbers whose product is their exclusive or
    irrep_names: tuple[tuple[str, ...], tuple[str, ...]]  # one per orbital
    point_group: str  # the abelian group that both densities keep
    energy: float  # hartree
    spin_squared: float  # <S^2> of the determinant
    converged: bool
    stable: bool  # against all real rotations of either spin
    stability_restarts: int  # how often an unstable solution was followed to a lower one
    scf: Any  # the PySCF object, whose orbitals are those above
    spin_stable = True  # it is what an unstable restricted solution would be followed to


def unrestricted_hartree_fock(restricted: MeanField) -> UnrestrictedMeanField:
    """Solve the unrestricted Hartree-Fock equations.

    The search begins from the restricted solution, along its way down if there is one; from atoms of which neighbours
    are polarised oppositely; and, for as many electrons of either spin, from the restricted solution's frontier
    orbitals mixed with opposite signs. Each is followed downhill until it is stable, and the lowest is kept.

    Args:
        restricted: The restricted solution of the same molecule, or the restricted open-shell one.
    """
    with one_thread_if(restricted.scf.mol.nao <= SMALL_BASIS):
        return _solve(restricted)


def _solve(restricted: MeanField) -> UnrestrictedMeanField:
    found: list[tuple[Any, bool, int]] = []
    for density in _starts(restricted):
        solver, stable, restarts = _descend(restricted, density)
        if not found or solver.e_tot < found[0][0].e_tot - _EQUAL:
            found = [(solver, stable, restarts)]
    solver, stable, restarts = found[0]
    solver = _turned(_aligned(solver, restricted), restricted)
    return _canonical(solver, restricted, stable=stable, restarts=restarts)


def _starts(restricted: MeanField) -> Iterator[np.ndarray]:
    """Densities of either spin to begin from, shape (2, n_basis_functions, n_basis_functions)."""
    mol, orbitals = restricted.scf.mol, restricted.coefficients
    downhill = spin_descent(restricted.scf) if mol.spin == 0 else None
    yield _density((orbitals, orbitals) if downhill is None else downhill, mol.nelec)
    if mol.natm > 1:
        yield _polarised_atoms(restricted)
    n_occupied = mol.nelec[0]
    if mol.spin != 0 or n_occupied == orbitals.shape[1]:
        return
    mixed = np.array([orbitals, orbitals])
    homo, lumo = orbitals[:, n_occupied - 1], orbitals[:, n_occupied]
    mixed[0, :, n_occupied - 1] = (homo + lumo) / np.sqrt(2.0)
    mixed[1, :, n_occupied - 1] = (homo - lumo) / np.sqrt(2.0)
    yield _density(mixed, mol.nelec)


def _density(orbitals: Any, electrons: tuple[int, int]) -> np.ndarray:
    occupied = [spin[:, :count] for spin, count in zip(orbitals, electrons, strict=True)]
    return np.array([columns @ columns.T for columns in occupied])


def _polarised_atoms(restricted: MeanField) -> np.ndarray:
    """Densities of atoms, of which neighbours have a surplus of opposite spin."""
    mol = restricted.scf.mol
    signs = np.zeros(mol.nao)
    for (first, last), sign in zip(mol.aoslice_by_atom()[:, 2:], _alternating(mol.atom_coords()), strict=True):
        signs[first:last] = sign
    atoms = restricted.scf.get_init_guess(mol, "minao")
    atoms = np.asarray(atoms if atoms.ndim == 2 else atoms.sum(axis=0))
    return np.array([0.5 * atoms * (1.0 + sign * _POLARISATION * signs) for sign in (1.0, -1.0)])


def _alternating(positions: np.ndarray) -> np.ndarray:
    """+1 or -1 for each atom, opposite along the shortest tree that joins all atoms."""
    distances = np.linalg.norm(positions[:, None] - positions, axis=2)
    signs = np.zeros(len(positions))
    signs[0] = 1.0
    while not signs.all():
        joined, free = np.flatnonzero(signs), np.flatnonzero(signs == 0)
        # Of equal distances, as between equal bonds, the first counts.
        place = np.argmin(np.round(distances[np.ix_(joined, free)], 5))
        near, new = np.unravel_index(place, (len(joined), len(free)))
        signs[free[new]] = -signs[joined[near]]
    return signs


def _descend(restricted: MeanField, density: np.ndarray) -> tuple[Any, bool, int]:
    """The minimum below a density, whether it is one, and how often a saddle was left."""
    solver = converged_field(_field(restricted), density)
    restarts = 0
    while (downhill := unrestricted_descent(solver)) is not None and restarts < _MAX_STABILITY_RESTARTS:
        restarts += 1
        solver = second_order_field(solver, downhill, solver.mo_occ)
    return solver, downhill is None, restarts


def _field(restricted: MeanField) -> Any:
    from pyscf.scf import uhf

    mol = restricted.scf.mol.copy()
    mol.symmetry = False  # the search is free to break it
    solver = uhf.UHF(mol)
    solver._eri = restricted.scf._eri
    return solver


def _aligned(solver: Any, restricted: MeanField) -> Any:
    """The solution turned to the axes, where turning a linear molecule or an atom costs nothing.

    Rounding would decide how it lies. The largest symmetry is sought in which a solution of the same energy exists.
    """
    mol = restricted.scf.mol
    if mol.topgroup not in _CONTINUOUS_GROUPS:
        return solver
    densities = np.asarray(solver.make_rdm1())
    broken = _span(_coupled_irreps(densities, solver.get_ovlp(), mol))
    subspaces = {frozenset(_span(some)) for n in range(3) for some in combinations(sorted(broken), n)}
    for coupled in sorted(subspaces, key=lambda some: (len(some), sorted(some))):
        if len(coupled) == len(broken):
            break
        aligned = _field(restricted)
        blocks = list(_blocks(mol, coupled).values())
        aligned.eig = partial(_eigenvectors, blocks=blocks)
        basis = np.hstack(blocks)
        inverse = np.linalg.inv(basis)
        whole = inverse @ densities @ inverse.T
        kept = np.concatenate([np.full(block.shape[1], label) for label, block in enumerate(blocks)])
        whole *= kept[:, None] == kept
        aligned = converged_field(aligned, basis @ whole @ basis.T)
        same = aligned.converged and abs(aligned.e_tot - solver.e_tot) < _EQUAL
        # Where symmetry has only just been broken, the symmetric saddle is as low, but no minimum.
        if same and unrestricted_descent(aligned) is None:
            return aligned
    return solver


def _turned(solver: Any, restricted: MeanField) -> Any:
    """The same solution of a linear molecule, or that turned by 90 degrees, whichever extends along the first axis."""
    mol = restricted.scf.mol
    if mol.topgroup not in ("Dooh", "Coov"):
        return solver
    first, second, axis = np.asarray(mol._symm_axes)
    with mol.with_common_orig(mol.atom_coord(0)):
        squares = mol.intor("int1e_rr").reshape(3, 3, mol.nao, mol.nao)
    difference = np.einsum("x,y,xypq->pq", first, first, squares) - np.einsum("x,y,xypq->pq", second, second, squares)
    up, down = np.einsum("spq,qp->s", np.asarray(solver.make_rdm1()), difference)
    if up + 0.7 * down > -_BROKEN:
        return solver
    turn = np.outer(second, first) - np.outer(first, second) + np.outer(axis, axis)
    solver.mo_coeff = mol.ao_rotation_matrix(turn) @ np.asarray(solver.mo_coeff)
    return solver


def _span(irreps: Iterable[int]) -> set[int]:
    """All products of irreps."""
    spanned = {0}
    for irrep in irreps:
        spanned |= {irrep ^ other for other in spanned}
    return spanned


def _blocks(mol: gto.Mole, coupled: Iterable[int]) -> dict[int, np.ndarray]:
    """Symmetry-adapted functions of each irrep that is left where some are coupled."""
    label_of = subgroup_that_allows(mol.groupname, coupled).label_of
    labels = [label_of[irrep] for irrep in mol.irrep_id]
    return {
        label: np.hstack([functions for one, functions in zip(labels, mol.symm_orb, strict=True) if one == label])
        for label in sorted(set(labels))
    }


def _eigenvectors(
    focks: np.ndarray, overlap: np.ndarray, *_: Any, blocks: list[np.ndarray], **__: Any
) -> tuple[np.ndarray, np.ndarray]:
    """What PySCF asks of a mean field's `eig`, each block by itself."""
    spins = []
    for fock in focks:
        solved = [_block_orbitals(block, fock, overlap) for block in blocks]
        energies = np.concatenate([energies for _, energies in solved])
        order = np.argsort(energies, kind="stable")
        spins.append((energies[order], np.hstack([orbitals for orbitals, _ in solved])[:, order]))
    energies, orbitals = zip(*spins, strict=True)
    return np.array(energies), np.array(orbitals)


def _canonical(solver: Any, restricted: MeanField, *, stable: bool, restarts: int) -> UnrestrictedMeanField:
    mol = restricted.scf.mol
    densities = np.asarray(solver.make_rdm1())
    focks = np.asarray(solver.get_fock())
    if mol.spin == 0 and _first_atom_is_down(mol, densities):
        densities, focks = densities[::-1], focks[::-1]
    overlap = solver.get_ovlp()
    coupled = _coupled_irreps(densities, overlap, mol)
    group = subgroup_that_allows(mol.groupname, coupled)
    spins = []
    for density, fock in zip(densities, focks, strict=True):
        columns, levels, filled, labels = [], [], [], []
        for label, basis in _blocks(mol, coupled).items():
            orbitals, values = _block_orbitals(basis, fock, overlap)
            n_occupied = round(float(np.einsum("pi,pq,qi->", overlap @ orbitals, density, overlap @ orbitals)))
            columns.append(orbitals)
            levels.append(values)
            filled.append((np.arange(len(values)) < n_occupied).astype(float))
            labels.append(np.full(len(values), label))
        whole = np.concatenate(levels), np.concatenate(filled), np.concatenate(labels)
        spins.append(canonical_orbitals(mol, np.hstack(columns), *whole))
    coefficients, energies, occupations, irreps = (np.array(pair) for pair in zip(*spins, strict=True))
    solver.mo_coeff, solver.mo_energy, solver.mo_occ = coefficients, energies, occupations
    names = tuple(tuple(group.irrep_names[label] for label in row) for row in irreps)
    return UnrestrictedMeanField(
        coefficients=coefficients,
        orbital_energies=energies,
        occupations=occupations,
        irreps=irreps,
        irrep_names=(names[0], names[1]),
        point_group=group.name,
        energy=float(solver.e_tot),
        spin_squared=float(solver.spin_square()[0]),
        converged=bool(solver.converged),
        stable=stable,
        stability_restarts=restarts,
        scf=solver,
    )


def _first_atom_is_down(mol: gto.Mole, densities: np.ndarray) -> bool:
    """Whether the first atom that has more electrons of one spin than of the other has them of spin down."""
    populations = np.einsum("pq,qp->p", densities[0] - densities[1], mol.intor("int1e_ovlp"))
    for first, last in mol.aoslice_by_atom()[:, 2:]:
        if abs(surplus := populations[first:last].sum()) > _POLARISED:
            return bool(surplus < 0)
    return False


def _coupled_irreps(densities: np.ndarray, overlap: np.ndarray, mol: gto.Mole) -> set[int]:
    """Products of irreps between which a density has elements."""
    projected = overlap @ densities @ overlap
    irreps = [int(irrep) for irrep in mol.irrep_id]
    return {
        one ^ other
        for one, left in zip(irreps, mol.symm_orb, strict=True)
        for other, right in zip(irreps, mol.symm_orb, strict=True)
        if one < other and np.abs(left.T @ projected @ right).max(initial=0.0) > _BROKEN
    }


def _block_orbitals(basis: np.ndarray, fock: np.ndarray, overlap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and energies of the orbitals of one irrep, ascending."""
    from scipy.linalg import eigh

    energies, vectors = eigh(basis.T @ fock @ basis, basis.T @ overlap @ basis)
    return basis @ vectors, energies
