"""Natural orbitals of a state: the orbitals in which its electrons have occupations, and what those say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chemistry.properties.atomic_orbitals import check_orbitals

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

_SAME_OCCUPATION = 1e-7  # electrons


@dataclass(frozen=True, eq=False, kw_only=True)
class NaturalOrbitalAnalysis:
    """Eigenvectors of the one-particle density matrix in the active orbitals, the fullest first."""

    occupations: np.ndarray  # shape: (n_orbitals,), electrons of both spins, from 2 to 0
    rotation: np.ndarray = field(repr=False)  # shape: (n_orbitals, n_orbitals), a column for each natural orbital
    coefficients: np.ndarray | None = field(repr=False)  # shape: (n_basis_functions, n_orbitals); None: not known
    irreps: np.ndarray  # shape: (n_orbitals,)
    irrep_names: tuple[str, ...]  # one per orbital

    @property
    def unpaired_electrons(self) -> float:
        """sum_i min(n_i, 2 - n_i): 0 for a closed shell, 2 for a diradical.

        Head-Gordon, Chem. Phys. Lett. 372, 508 (2003).
        """
        return float(np.minimum(self.occupations, 2.0 - self.occupations).clip(0.0).sum())

    def table(self) -> str:
        """The orbitals as text, one per line, counted from 1."""
        lines = ["orbital  irrep  occupation"]
        for number, (name, occupation) in enumerate(zip(self.irrep_names, self.occupations, strict=True), 1):
            lines.append(f"{number:>7}  {name:<5}  {occupation:>10.5f}")
        return "\n".join(lines)


def natural_orbitals(problem: ElectronicProblem, densities: DensityMatrices) -> NaturalOrbitalAnalysis:
    """The natural orbitals of a state within the active orbitals, each of one irrep.

    Löwdin, Phys. Rev. 97, 1474 (1955).

    Args:
        problem: The electronic problem.
        densities: Of the state, as from `reduced_density_matrices` or an excited state.

    Raises:
        ValueError: If spin down has orbitals of its own, or the density matrices are over other orbitals.
    """
    from chemistry.excited_states.state import irrep_name

    check_orbitals(problem, densities)
    if problem.beta is not None:
        raise ValueError(
            "Natural orbitals of both spins need orbitals that the spins share, and this problem has those of an"
            " unrestricted reference: take a restricted one."
        )
    n = problem.n_orbitals
    density = np.real(densities.one_body)
    occupations, rotation, labels = np.zeros(n), np.zeros((n, n)), np.zeros(n, dtype=np.int64)
    filled = 0
    # A state that mixes irreps has a density between orbitals of different ones, and its orbitals have none.
    mixed = np.abs(density[problem.irreps[:, None] != problem.irreps[None, :]]).max(initial=0.0) > _SAME_OCCUPATION
    irreps = np.zeros(n, dtype=np.int64) if mixed else np.asarray(problem.irreps)
    for irrep in np.unique(irreps).tolist():
        members = np.flatnonzero(irreps == irrep)
        place = slice(filled, filled + len(members))
        values, columns = np.linalg.eigh(density[np.ix_(members, members)])
        occupations[place], labels[place] = values, irrep
        rotation[members, place] = columns
        filled += len(members)
    order = np.lexsort((labels, -np.round(occupations, 6)))
    occupations, rotation, labels = occupations[order], rotation[:, order], labels[order]
    coefficients = None if problem.orbitals is None else problem.orbitals @ rotation
    shown = rotation if coefficients is None else coefficients
    for column, turned in zip(shown.T, rotation.T, strict=True):
        # The first of the largest coefficients is positive.
        magnitudes = np.abs(column)
        if column[np.argmax(magnitudes > (1 - 1e-4) * magnitudes.max())] < 0:
            turned *= -1
    names = ("mixed",) * n if mixed else tuple(irrep_name(problem.point_group, int(label)) for label in labels)
    return NaturalOrbitalAnalysis(
        occupations=occupations,
        rotation=rotation,
        coefficients=None if problem.orbitals is None else problem.orbitals @ rotation,
        irreps=labels,
        irrep_names=names,
    )
