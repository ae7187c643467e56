"""Problems from integrals alone: a model, a file, another program's output."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from chemistry.problem import ElectronicProblem, reference_fock

# Integrals that symmetry makes equal, or zero, are so to this, whatever program wrote them.
_TOLERANCE = 1e-7  # hartree

# How other programs order the indices of (pq|rs), and what brings them back.
_OTHER_NOTATIONS = (
    ("physicists' notation <pr|qs>", (0, 2, 1, 3)),
    ("the order of a†_p a†_r a_s a_q, as PennyLane and OpenFermion have it", (0, 3, 1, 2)),
)


def problem_from_integrals(
    constant: Any,
    one_body: Any,
    two_body: Any,
    n_alpha: int,
    n_beta: int,
    *,
    orbital_energies: Any | None = None,
    irreps: Any | None = None,
    irrep_names: Sequence[str] = (),
    point_group: str = "C1",
) -> ElectronicProblem:
    """The electronic problem of integrals over real orthonormal orbitals, of which the first are occupied.

    H = constant + sum_pq h_pq E_pq + 1/2 sum_pqrs (pq|rs) (E_pq E_rs - delta_qr E_ps), with E_pq summed over spin.

    Args:
        constant: Hartree, or whatever unit the integrals share.
        one_body: Shape (n_orbitals, n_orbitals), symmetric.
        two_body: Shape (n_orbitals,) * 4, chemists' notation (pq|rs), with the eight-fold symmetry of real orbitals.
        n_alpha: Electrons of spin up.
        n_beta: Electrons of spin down, at most as many.
        orbital_energies: Shape (n_orbitals,); None: the diagonal of the reference's Fock matrix.
        irreps: Shape (n_orbitals,), numbers whose product is their exclusive or; None: no symmetry is used.
        irrep_names: One per orbital, if there are irreps.
        point_group: To which the irreps belong.

    Raises:
        ValueError: If shapes, symmetry, reality or electron numbers are wrong, or the irreps forbid integrals that are
            there.
    """
    one_body = _real(one_body, "one_body")
    two_body = _real(two_body, "two_body")
    constant = _real(constant, "constant")
    if constant.size != 1:
        raise ValueError(f"constant is one number, but its shape is {constant.shape}.")
    n = len(one_body) if one_body.ndim else 0
    if one_body.shape != (n, n) or n == 0:
        raise ValueError(f"one_body has the shape (n_orbitals, n_orbitals), but its shape is {one_body.shape}.")
    if two_body.shape != (n,) * 4:
        packed = ": unpack it with pyscf.ao2mo.restore(1, two_body, n_orbitals)" if two_body.ndim < 3 else ""
        raise ValueError(
            f"two_body has the shape {(n,) * 4}, as one_body says, but its shape is {two_body.shape}{packed}."
        )
    _check_symmetric(one_body, two_body)
    one_body = 0.5 * (one_body + one_body.T)
    n_alpha, n_beta = _check_electrons(n_alpha, n_beta, n)
    if irreps is None:
        labels = np.zeros(n, dtype=np.int64)
    else:
        labels = np.asarray(irreps)
        if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer) or (labels < 0).any():
            raise ValueError(f"irreps are {n} numbers from 0, one per orbital, but {irreps!r} was given.")
        one_body, two_body = _without_forbidden(one_body, two_body, labels)
    if irrep_names and len(irrep_names) != n:
        raise ValueError(f"irrep_names are {n}, one per orbital, but {len(irrep_names)} were given.")
    if orbital_energies is None:
        energies = np.diag(reference_fock(one_body, two_body, n_alpha, n_beta)).copy()
    else:
        energies = _real(orbital_energies, "orbital_energies")
        if energies.shape != (n,):
            raise ValueError(f"orbital_energies has the shape ({n},), but its shape is {energies.shape}.")
    return ElectronicProblem(
        constant=float(constant.reshape(())),
        one_body=one_body,
        two_body=two_body,
        n_alpha=n_alpha,
        n_beta=n_beta,
        orbital_energies=energies,
        irreps=labels.astype(np.int64),
        irrep_names=tuple(irrep_names),
        point_group=point_group,
    )


def forbidden_by(irreps: np.ndarray, one_body: np.ndarray, two_body: np.ndarray) -> float:
    """The largest integral in magnitude, hartree, that the orbitals' irreps forbid; noise if they are right."""
    one, two = _forbidden(irreps)
    return max(float(np.abs(one_body[one]).max(initial=0.0)), float(np.abs(two_body[two]).max(initial=0.0)))


def _forbidden(irreps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    product = irreps[:, None] ^ irreps[None, :]
    return product != 0, product[:, :, None, None] != product[None, None, :, :]


def _without_forbidden(one_body: np.ndarray, two_body: np.ndarray, irreps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The integrals with noise removed where symmetry makes them zero."""
    largest = forbidden_by(irreps, one_body, two_body)
    if largest > _TOLERANCE:
        raise ValueError(
            f"The irreps forbid integrals that reach {largest:.1e} hartree: "
            "leave them out, or give those of the orbitals."
        )
    one, two = _forbidden(irreps)
    return np.where(one, 0.0, one_body), np.where(two, 0.0, two_body)


def _real(values: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(values)
        imaginary = array.imag if np.iscomplexobj(array) else np.zeros(())
        array = np.array(array.real, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is made of real numbers, but {type(values).__name__} was given.") from None
    if np.abs(imaginary).max(initial=0.0) > _TOLERANCE:
        raise ValueError(f"{name} is complex, but only real orbitals are treated.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite.")
    return array


def _check_symmetric(one_body: np.ndarray, two_body: np.ndarray) -> None:
    asymmetry = float(np.abs(one_body - one_body.T).max())
    if asymmetry > _TOLERANCE:
        raise ValueError(f"one_body is symmetric, but h_pq and h_qp differ by up to {asymmetry:.1e}.")
    asymmetry = _eightfold_asymmetry(two_body)
    if asymmetry > _TOLERANCE:
        for name, order in _OTHER_NOTATIONS:
            if _eightfold_asymmetry(two_body.transpose(order)) <= _TOLERANCE:
                raise ValueError(
                    f"two_body is in chemists' notation (pq|rs), but this is {name}: give two_body.transpose{order}."
                )
        raise ValueError(
            "two_body has the symmetry (pq|rs) = (qp|rs) = (pq|sr) = (rs|pq) of real orbitals in chemists' notation, "
            f"but equal elements differ by up to {asymmetry:.1e}."
        )


def _eightfold_asymmetry(two_body: np.ndarray) -> float:
    orders = ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1))
    return max(float(np.abs(two_body - two_body.transpose(order)).max()) for order in orders)


def _check_electrons(n_alpha: Any, n_beta: Any, n_orbitals: int) -> tuple[int, int]:
    try:
        n_alpha, n_beta = index(n_alpha), index(n_beta)
    except TypeError:
        raise ValueError(
            f"Electrons of each spin are whole numbers, but n_alpha={n_alpha!r} and n_beta={n_beta!r} were given."
        ) from None
    if n_alpha + n_beta < 1 or n_beta < 0:
        raise ValueError(f"A problem has at least one electron, but n_alpha={n_alpha} and n_beta={n_beta} were given.")
    if n_beta > n_alpha:
        raise ValueError(f"Spin up is the spin of more electrons, but {n_alpha} up and {n_beta} down were given.")
    if n_alpha > n_orbitals:
        raise ValueError(
            f"{n_orbitals} orbitals hold at most {n_orbitals} electrons of spin up, but {n_alpha} were given."
        )
    return n_alpha, n_beta
