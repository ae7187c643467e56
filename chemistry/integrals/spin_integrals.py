"""Integrals of spin down where it has orbitals of its own, as after an unrestricted mean field."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, kw_only=True)
class BetaIntegrals:
    """What an electronic problem says of spin down, if that does not share the orbitals of spin up."""

    one_body: np.ndarray  # shape: (n_orbitals, n_orbitals), hartree, between orbitals of spin down
    two_body: np.ndarray  # shape: (n_orbitals,) * 4, hartree; (pq|rs) with both electrons of spin down
    mixed: np.ndarray  # shape: (n_orbitals,) * 4, hartree; (pq|rs) with p and q of spin up, r and s of spin down
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree
    irreps: np.ndarray  # shape: (n_orbitals,)
    irrep_names: tuple[str, ...] = ()
    # <p|q> of all spin-up orbitals, the frozen ones first, with those of spin down; None where it is not known.
    overlap: np.ndarray | None = field(default=None, repr=False, compare=False)  # shape: (n_frozen + n_orbitals,) * 2
    orbitals: np.ndarray | None = field(default=None, repr=False, compare=False)  # (n_basis_functions, n_orbitals)
    frozen_orbitals: np.ndarray | None = field(default=None, repr=False, compare=False)


def by_spin(
    one_body: np.ndarray, two_body: np.ndarray, beta: BetaIntegrals | None
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The one-body integrals of spin up and down, and the two-body ones (up, up), (up, down) and (down, down).

    Args:
        one_body: Of spin up, shape (n, n).
        two_body: Of spin up, shape (n, n, n, n).
        beta: Of spin down; None: it has the same orbitals.
    """
    if beta is None:
        return (one_body, one_body), (two_body, two_body, two_body)
    return (one_body, beta.one_body), (two_body, beta.mixed, beta.two_body)


def check_shared_orbitals(beta: BetaIntegrals | None, what: str) -> None:
    """Refuse orbitals that differ between the spins where a method has no meaning for them.

    Args:
        beta: An electronic problem's.
        what: The method, to begin the sentence with.

    Raises:
        ValueError: If spin down has orbitals of its own.
    """
    if beta is not None:
        raise ValueError(
            f"{what} needs both spins in the same orbitals, but the reference is unrestricted: "
            "build the problem with reference='restricted'."
        )
