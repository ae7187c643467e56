"""The one-particle density matrix of second-order perturbation theory, summed over spin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField

_USABLE_MEMORY = 0.8  # of what is free
_BYTES = 8


def perturbed_density(mean_field: MeanField, *, n_core: int) -> np.ndarray:
    """The unrelaxed MP2 density matrix over a mean field's orbitals, shape (n_orbitals, n_orbitals).

    Open shells are treated by unrestricted MP2 over the restricted determinant, with orbitals that are canonical for
    each spin; single excitations, which such orbitals allow, are left out.

    Args:
        mean_field: The Hartree-Fock solution.
        n_core: The lowest so many orbitals are left out.

    Raises:
        ValueError: If the amplitudes would not fit in memory, or diverge.
    """
    occupations = mean_field.occupations
    n_alpha, n_beta = int((occupations > 0).sum()), int((occupations == 2).sum())
    n_orbitals = len(occupations)
    if n_alpha - n_core + n_beta - n_core < 2 or n_orbitals == n_beta or n_alpha == n_core:
        return np.diag(occupations)
    _check_memory(n_alpha - n_core, n_beta - n_core, n_orbitals - n_alpha, n_orbitals - n_beta)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = _closed_shell(mean_field, n_core) if n_alpha == n_beta else _open_shell(mean_field, n_core)
    if not np.isfinite(density).all():
        raise ValueError(
            "MP2 natural orbitals are not defined where occupied and empty orbitals have the same energy: "
            "choose another active space."
        )
    return density


def _closed_shell(mean_field: MeanField, n_core: int) -> np.ndarray:
    from pyscf import mp

    solver = mp.mp2.RMP2(_plain(mean_field), frozen=n_core or None)
    solver.kernel()
    return np.asarray(solver.make_rdm1())


def _open_shell(mean_field: MeanField, n_core: int) -> np.ndarray:
    from pyscf import mp

    field = _plain(mean_field)
    coefficients, occupations = mean_field.coefficients, mean_field.occupations
    spins = np.array([occupations > 0, occupations == 2]).astype(float)
    densities = np.array([(coefficients * spin) @ coefficients.T for spin in spins])
    fock = field.get_hcore() + field.get_veff(dm=densities)
    canonical = [_canonical(coefficients, f, int(spin.sum())) for f, spin in zip(fock, spins, strict=True)]
    rotations, energies = zip(*canonical, strict=True)
    unrestricted = field.to_uhf()
    unrestricted.mo_coeff = tuple(coefficients @ rotation for rotation in rotations)
    unrestricted.mo_energy, unrestricted.mo_occ = energies, spins
    solver = mp.ump2.UMP2(unrestricted, frozen=n_core or None)
    solver.kernel()
    return sum(
        rotation @ np.asarray(density) @ rotation.T
        for rotation, density in zip(rotations, solver.make_rdm1(), strict=True)
    )


def _canonical(coefficients: np.ndarray, fock: np.ndarray, n_occupied: int) -> tuple[np.ndarray, np.ndarray]:
    """Rotations within occupied and within empty orbitals that make a Fock matrix diagonal there, and its diagonal."""
    matrix = coefficients.T @ fock @ coefficients
    rotation, energies = np.zeros_like(matrix), np.zeros(len(matrix))
    for part in (slice(0, n_occupied), slice(n_occupied, len(matrix))):
        energies[part], rotation[part, part] = np.linalg.eigh(matrix[part, part])
    return rotation, energies


def _plain(mean_field: MeanField) -> Any:
    """The PySCF object without a second-order solver around it."""
    return mean_field.scf.remove_soscf()


def _check_memory(n_alpha: int, n_beta: int, empty_alpha: int, empty_beta: int) -> None:
    import psutil

    amplitudes = (n_alpha * empty_alpha) * (n_beta * empty_beta)
    if n_alpha != n_beta:
        amplitudes += (n_alpha * empty_alpha) ** 2 + (n_beta * empty_beta) ** 2
    # The integrals are as many as the amplitudes.
    needed, free = 2 * _BYTES * amplitudes, psutil.virtual_memory().available
    if needed > _USABLE_MEMORY * free:
        raise ValueError(
            f"MP2 natural orbitals of this molecule need {needed / 1e9:.3g} GB, of which {free / 1e9:.3g} GB are free: "
            "choose the active space by electrons and orbitals around the gap, or by atomic orbitals."
        )
