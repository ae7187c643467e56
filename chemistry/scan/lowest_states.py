"""The lowest exact states of a problem, each of one irrep and one spin, so that it can be followed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chemistry.baselines import determinant_states
from chemistry.baselines.pyscf_reference import n_determinants
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension

_SAME_ENERGY = 1e-6  # hartree
_LARGEST = 5_000_000  # determinants


@dataclass(frozen=True, kw_only=True)
class ExactState:
    """An eigenstate in the active space."""

    energy: float  # hartree
    spin_squared: float  # in units of hbar^2
    irrep: int
    converged: bool
    vector: np.ndarray = field(repr=False)  # shape: (n_alpha_strings, n_beta_strings), in PySCF's order

    @property
    def multiplicity(self) -> int:
        """2S + 1."""
        return round(float(np.sqrt(4.0 * max(self.spin_squared, 0.0) + 1.0)))


def lowest_states(problem: ElectronicProblem, n_states: int) -> tuple[ExactState, ...]:
    """The lowest eigenstates with the problem's electrons of each spin, by full CI in each irrep apart.

    A solver that treats all irreps at once mixes degenerate states of several.

    Args:
        problem: Over orbitals that both spins share.
        n_states: How many, or all there are.

    Raises:
        ValueError: If the determinants would be too many.
    """
    if (count := n_determinants(problem)) > _LARGEST:
        raise ValueError(
            f"Exact states of {count:,} determinants, of which the reference's irrep has "
            f"{sector_dimension(problem):,}, are too many to follow: ask for no states, or for a smaller active space."
        )
    found = [
        ExactState(
            energy=state.energy,
            spin_squared=state.s_squared,
            irrep=irrep,
            converged=state.converged,
            vector=state.vector,
        )
        for irrep in determinant_states.present_irreps(problem)
        for state in determinant_states.lowest_states(problem, irrep, n_states)
    ]
    # Degenerate states in the order of their irreps and spins, on every run.
    found.sort(key=lambda state: (round(state.energy / _SAME_ENERGY), state.irrep, state.multiplicity))
    return tuple(found[:n_states])
