"""Integrals that symmetry forbids: set to zero where they are noise, and the symmetry given up where they are not.

Nuclei that are symmetric to five digits pass for symmetric, but their integrals are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chemistry.hartree_fock.point_groups import Subgroup, subgroup_that_allows

# An integral that symmetry forbids is zero; what quadrature and rounding leave there is smaller than this.
_SYMMETRY_NOISE = 1e-7  # hartree

Labelled = tuple[np.ndarray, Sequence[np.ndarray]]  # integrals, and the irreps of each index


def symmetry_of(integrals: Sequence[Labelled], point_group: str) -> Subgroup:
    """The part of a point group that integrals really have.

    Args:
        integrals: With the irreps in that group of each index.
        point_group: The group that they should have.
    """
    coupled: set[int] = set()
    for values, irreps in integrals:
        product = _products(irreps)
        for irrep in np.unique(product[product != 0]).tolist():
            if np.abs(values[product == irrep]).max() > _SYMMETRY_NOISE:
                coupled.add(irrep)
    return subgroup_that_allows(point_group, coupled)


def without_forbidden(values: np.ndarray, irreps: Sequence[np.ndarray]) -> np.ndarray:
    """Integrals with zeros where the irreps of the indices do not multiply to the totally symmetric one."""
    return np.where(_products(irreps) == 0, values, 0.0)


def symmetry_note(point_group: str, kept: str) -> tuple[str, ...]:
    """What a reader should know of the symmetry that was given up, if any."""
    if point_group == kept:
        return ()
    return (f"The integrals break the {point_group} symmetry of the nuclei, so only {kept} is used.",)


def _products(irreps: Sequence[np.ndarray]) -> np.ndarray:
    product = np.zeros((1,) * len(irreps), dtype=np.int64)
    for axis, labels in enumerate(irreps):
        shape = [1] * len(irreps)
        shape[axis] = len(labels)
        product = product ^ np.asarray(labels, dtype=np.int64).reshape(shape)
    return product
