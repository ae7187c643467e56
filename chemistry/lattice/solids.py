"""Crystals: the electronic problem of a periodic cell, from PySCF's integrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import index
from typing import Any

import numpy as np

from chemistry.integrals.bare_integrals import problem_from_integrals
from chemistry.problem import ElectronicProblem

_ENERGY_TOLERANCE = 1e-10  # hartree
_SMALLEST_VOLUME = 1e-3  # cubic angstrom
_SMALLEST_DISTANCE = 0.3  # angstrom
_SAME_POINT = 1e-9
_BOHR = 0.529177210903  # angstrom


def solid_problem(
    atoms: str,
    lattice_vectors: Any,
    *,
    basis: str = "gth-szv",
    pseudo: str | None = "gth-pade",
    supercell: Sequence[int] = (1, 1, 1),
    k_point: Sequence[float] = (0.0, 0.0, 0.0),
    active_space: tuple[int, int] | None = None,
) -> ElectronicProblem:
    """The electronic problem of one cell of a crystal over the orbitals of its periodic Hartree-Fock field.

    Orbitals are real at the gamma point, and at the others whose phase from cell to cell is 1 or -1; a k-mesh is asked
    for as a supercell, whose gamma point holds its k-points. Two-electron integrals are density-fitted with mixed
    Gaussians and plane waves. The exchange energy's divergence at zero wave vector is left out (PySCF's
    `exxdiv=None`), in the mean field and hence in every method, so energies of small cells converge slowly with size:
    methods can be compared in them, but their energies are not the crystal's.

    Sun, Berkelbach, McClain and Chan, J. Chem. Phys. 147, 164119 (2017), for the density fitting.

    Args:
        atoms: A geometry in angstrom, as in "C 0 0 0; C 0.89 0.89 0.89".
        lattice_vectors: Shape (3, 3), one per row, angstrom; space is left beside a chain or a sheet.
        basis: PySCF's name of a basis set for solids.
        pseudo: Its pseudopotential; None: all electrons.
        supercell: How often the cell is repeated along each vector.
        k_point: In fractions of the reciprocal vectors.
        active_space: (electrons, orbitals) around the gap; None: all.

    Returns:
        Energies are those of the whole supercell, in hartree.

    Raises:
        ValueError: If the geometry cannot be read, electrons are unpaired, the orbitals are complex, the field does not
            converge or there is no such active space.
    """
    from pyscf.pbc import scf, tools

    cell = _cell(atoms, lattice_vectors, basis, pseudo)
    repeats = _checked_repeats(supercell)
    if repeats != (1, 1, 1):
        cell = tools.super_cell(cell, list(repeats))
    absolute = cell.get_abs_kpts(_checked_k_point(k_point))
    if cell.nelectron % 2:
        raise ValueError(
            f"As many electrons of spin up as of spin down are treated, but the cell has {cell.nelectron}: double it "
            "with supercell=(1, 1, 2)."
        )
    n_core, n_active, n_pairs = _window(cell.nao, cell.nelectron // 2, active_space)
    field = scf.RHF(cell, kpt=absolute, exxdiv=None).density_fit()
    field.conv_tol = _ENERGY_TOLERANCE
    field.kernel()
    if not field.converged:
        raise ValueError("The mean field of the cell did not converge: look at its distances and lattice vectors.")
    orbitals = _real_orbitals(field)
    core, active = orbitals[:, :n_core], orbitals[:, n_core : n_core + n_active]
    one_body, constant = _one_body(field, core)
    two_body = field.with_df.get_mo_eri(active, kpts=[absolute] * 4, compact=False).reshape((n_active,) * 4)
    problem = problem_from_integrals(
        constant, active.T @ one_body @ active, two_body, n_pairs, n_pairs,
        orbital_energies=field.mo_energy[n_core : n_core + n_active],
    )  # fmt: skip
    return replace(problem, orbitals=active, frozen_orbitals=core)


def _cell(atoms: str, lattice_vectors: Any, basis: str, pseudo: str | None) -> Any:
    from pyscf.pbc import gto

    try:
        vectors = np.array(lattice_vectors, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("The lattice vectors are three rows of three numbers, in angstrom.") from None
    if vectors.shape != (3, 3) or not np.isfinite(vectors).all() or abs(np.linalg.det(vectors)) < _SMALLEST_VOLUME:
        raise ValueError(
            "The lattice vectors are three rows of three numbers in angstrom that span a volume, but "
            f"{np.array(lattice_vectors).tolist()} were given."
        )
    cell = gto.Cell()
    cell.atom, cell.a, cell.basis, cell.pseudo = atoms, vectors, basis, pseudo
    cell.verbose, cell.max_memory = 0, 100_000
    cell.spin = None  # whatever the number of electrons allows; what is odd is refused in our own words
    try:
        cell.build(dump_input=False, parse_arg=False)
    except Exception as error:  # PySCF raises whatever its parsers meet
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"PySCF cannot build this cell with the basis {basis!r} and the pseudopotential {pseudo!r}: {reason}."
        ) from None
    _check_distances(cell)
    return cell


def _check_distances(cell: Any) -> None:
    """Refuse atoms that stand on each other, or on their images in the neighbouring cells."""
    positions = cell.atom_coords(unit="angstrom")
    steps = np.array([(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)])
    images = steps @ (cell.lattice_vectors() * _BOHR)
    separations = np.linalg.norm(positions[:, None, None] - positions[None, :, None] - images, axis=-1)
    separations[np.arange(len(positions)), np.arange(len(positions)), len(steps) // 2] = np.inf
    nearest = float(separations.min())
    if nearest < _SMALLEST_DISTANCE:
        raise ValueError(
            f"Two atoms of the crystal are only {nearest:.3f} angstrom apart: look at positions and lattice vectors."
        )


def _checked_repeats(supercell: Any) -> tuple[int, int, int]:
    try:
        repeats = tuple(index(n) for n in supercell)
    except TypeError:
        repeats = ()
    if len(repeats) != 3 or min(repeats) < 1:
        raise ValueError(f"A supercell is three whole numbers of at least 1, but {supercell!r} was given.")
    return repeats[0], repeats[1], repeats[2]


def _checked_k_point(k_point: Any) -> np.ndarray:
    try:
        fractions = np.array(k_point, dtype=np.float64)
    except (TypeError, ValueError):
        fractions = np.zeros(0)
    if fractions.shape != (3,) or not np.isfinite(fractions).all():
        raise ValueError(f"A k-point is three fractions of the reciprocal vectors, but {k_point!r} was given.")
    if np.abs(2.0 * fractions - np.round(2.0 * fractions)).max() > _SAME_POINT:
        raise ValueError(
            f"Only real orbitals are treated, and at the k-point {fractions.tolist()} they are complex: give multiples "
            "of one half, or ask for a supercell, whose gamma point holds a k-mesh."
        )
    return fractions


def _window(n_orbitals: int, n_pairs: int, active_space: tuple[int, int] | None) -> tuple[int, int, int]:
    """Frozen orbitals, active ones, and pairs of electrons in these."""
    if active_space is None:
        return 0, n_orbitals, n_pairs
    from chemistry.active_space.window import choose_active_space

    space = choose_active_space(
        n_alpha=n_pairs, n_beta=n_pairs, n_orbitals=n_orbitals, n_core=0, frozen_core=False, active_space=active_space
    )
    return space.n_frozen, space.n_orbitals, space.n_alpha


def _real_orbitals(field: Any) -> np.ndarray:
    """The orbitals with phases taken off, shape (n_basis_functions, n_orbitals)."""
    coefficients = np.asarray(field.mo_coeff)
    largest = coefficients[np.abs(coefficients).argmax(axis=0), np.arange(coefficients.shape[1])]
    coefficients = coefficients * (np.abs(largest) / largest)
    return np.ascontiguousarray(coefficients.real)


def _one_body(field: Any, core: np.ndarray) -> tuple[np.ndarray, float]:
    """The one-body operator in the field of frozen electrons, and their energy with that of the nuclei."""
    bare = np.asarray(field.get_hcore()).real
    constant = float(np.real(field.energy_nuc()))
    if not core.shape[1]:
        return bare, constant
    density = 2.0 * core @ core.T
    felt = bare + np.asarray(field.get_veff(field.cell, density)).real
    return felt, constant + float(0.5 * np.sum(density * (bare + felt)))
