"""How many determinants have the reference's particle numbers and symmetry, counted without listing them."""

from __future__ import annotations

import numpy as np

from chemistry.problem import ElectronicProblem


def sector_dimension(problem: ElectronicProblem) -> int:
    """The number of determinants with the reference's electrons of each spin and its irrep.

    It is exact, and what a symmetry-conserving circuit can reach at most.
    """
    alpha = _strings_by_irrep(problem.wire_irreps[0::2], problem.n_alpha)
    beta = _strings_by_irrep(problem.wire_irreps[1::2], problem.n_beta)
    return sum(count * beta.get(label ^ problem.reference_irrep, 0) for label, count in alpha.items())


def _strings_by_irrep(irreps: np.ndarray, n_electrons: int) -> dict[int, int]:
    """How many ways of occupying so many orbitals have each irrep."""
    counts = {(0, 0): 1}
    for label in irreps.tolist():
        following = dict(counts)
        for (occupied, irrep), count in counts.items():
            if occupied < n_electrons:
                key = occupied + 1, irrep ^ label
                following[key] = following.get(key, 0) + count
        counts = following
    return {irrep: count for (occupied, irrep), count in counts.items() if occupied == n_electrons}
