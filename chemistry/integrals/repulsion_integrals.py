"""Two-electron integrals over a few orbitals of a molecule."""

from __future__ import annotations

from typing import Any

import numpy as np

_FEW = 6  # orbitals, 21 pairs of them


def repulsion_integrals(field: Any, orbitals: np.ndarray) -> np.ndarray:
    """The integrals (pq|rs) over real orbitals, in hartree, shape (n_orbitals,) * 4.

    Where the integrals over basis functions do not fit in memory, few orbitals are served from the Coulomb matrices of
    their pairs, at the cost of one cycle of a self-consistent field; a transformation would write them all to disk.

    Args:
        field: PySCF's mean field.
        orbitals: Shape (n_basis_functions, n_orbitals).
    """
    from pyscf import ao2mo

    n_orbitals = orbitals.shape[1]
    if field._eri is None and n_orbitals <= _FEW and not field._is_mem_enough():
        return _from_coulomb_matrices(field, orbitals)
    source = field.mol if field._eri is None else field._eri
    return ao2mo.restore(1, np.asarray(ao2mo.kernel(source, orbitals)), n_orbitals)


def _from_coulomb_matrices(field: Any, orbitals: np.ndarray) -> np.ndarray:
    first, second = np.triu_indices(orbitals.shape[1])
    densities = np.einsum("mi,ni->imn", orbitals[:, first], orbitals[:, second])
    densities = 0.5 * (densities + densities.transpose(0, 2, 1))
    coulomb = np.asarray(field.get_j(field.mol, densities, hermi=1))
    pairs = np.einsum("mr,imn,ns->irs", orbitals, coulomb, orbitals, optimize=True)
    integrals = np.empty((orbitals.shape[1],) * 4)
    integrals[first, second] = integrals[second, first] = pairs
    return integrals
