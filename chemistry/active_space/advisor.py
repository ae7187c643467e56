"""Advice on the active space: orbitals ranked by how entangled they are in a cheap calculation.

The calculation is that of `chemistry.active_space.candidate_state`. The ranking by single-orbital entropy and the
plateau are those of Stein and Reiher, J. Chem. Theory Comput. 12, 1760 (2016), whose cheap calculation is a partly
converged DMRG of the valence orbitals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.advice import Advice, RankedOrbital
from chemistry.active_space.candidate_state import candidate_problem, candidate_state, n_candidates
from chemistry.active_space.entropies import MAX_ENTROPY, single_orbital_entropies
from chemistry.active_space.method import SelectedOrbitals, selected_orbitals
from chemistry.active_space.natural_orbitals import n_core_uncorrelated, natural_orbitals
from chemistry.active_space.plateau import Plateau, find_plateau
from chemistry.active_space.window import ActiveSpace

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

DEFAULT_MAX_ORBITALS = 8
_WEAK = 0.14  # a tenth of ln 4: if no entropy is larger, one determinant describes the molecule
_SAME_ENTROPY = 1e-3  # of the largest


@dataclass(frozen=True)
class Advised:
    """The space that `advise` chooses, as an active space.

    Args:
        max_orbitals: The most orbitals it may have.

    Raises:
        ValueError: If these are fewer than two.
    """

    max_orbitals: int = DEFAULT_MAX_ORBITALS

    def __post_init__(self) -> None:
        _check_budget(self.max_orbitals)

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons; everything is solved for it, because it decides."""
        return molecule.selected_orbitals(self).space

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves."""
        return advise(molecule, max_orbitals=self.max_orbitals).orbitals


def advise(molecule: Molecule, *, max_orbitals: int = DEFAULT_MAX_ORBITALS) -> Advice:
    """Rank orbitals by single-orbital entropy and choose an active space.

    The choice ends at a plateau: the least entropy chosen is larger than the next by a tenth of the largest or more.
    Of several within the budget it is the last; if there is none, the widest step is taken. Singly occupied orbitals
    are always in the space.

    Args:
        molecule: The molecule.
        max_orbitals: The most orbitals that the space may have.

    Returns:
        The ranking and the space, usable as `molecule.problem(active_space=advice)`.

    Raises:
        ValueError: If the budget is too small, or the molecule has no empty orbital.
    """
    from chemistry.sector_size import sector_dimension

    _check_budget(max_orbitals)
    field = molecule.mean_field
    n_core = n_core_uncorrelated(molecule)
    natural = natural_orbitals(field, n_core=n_core)
    n_doubly, n_empty = n_candidates(natural, n_core=n_core)
    if natural.n_singly > max_orbitals or (natural.n_singly == max_orbitals and n_doubly + n_empty > 0):
        raise ValueError(
            f"{molecule.formula} has {natural.n_singly} unpaired electrons, each with an orbital: "
            f"allow at least {natural.n_singly + 1} orbitals instead of {max_orbitals}."
        )
    if n_empty + natural.n_singly == 0 or n_doubly + n_empty + natural.n_singly < 2:
        raise ValueError(f"{molecule.formula} has no empty orbital in this basis: there is no space to choose.")
    problem = candidate_problem(field, natural, n_doubly, n_empty)
    matrices = candidate_state(problem)
    entropies = single_orbital_entropies(matrices)
    kinds = np.repeat([2, 1, 0], [n_doubly, natural.n_singly, n_empty])
    order = np.lexsort((np.arange(len(entropies)), -np.round(entropies, 6)))
    complete = n_doubly + n_empty == len(natural.of_doubly) - n_core + len(natural.of_empty)
    plateau = find_plateau(entropies[order], kinds[order], max_orbitals=max_orbitals, complete=complete)
    chosen = np.zeros(len(entropies), dtype=bool)
    chosen[[order[place] for place in plateau.members]] = True
    orbitals = selected_orbitals(
        field,
        natural.doubly[:, :n_doubly][:, chosen[kinds == 2]],
        natural.empty[:, :n_empty][:, chosen[kinds == 0]],
    )
    occupations = np.diag(matrices.one_body)
    names = {2: "doubly occupied", 1: "singly occupied", 0: "empty"}
    ranking = tuple(
        RankedOrbital(
            rank=rank,
            kind=names[int(kinds[index])],
            irrep=problem.irrep_names[index],
            energy=float(problem.orbital_energies[index]),
            occupation=float(occupations[index]),
            entropy=float(entropies[index]),
            chosen=bool(chosen[index]),
        )
        for rank, index in enumerate(order.tolist(), start=1)
    )
    n_determinants = sector_dimension(orbitals.problem(field))
    return Advice(
        ranking=ranking,
        space=orbitals.space,
        qubits=2 * orbitals.space.n_orbitals,
        n_determinants=n_determinants,
        reason=_reason(molecule, ranking, plateau, orbitals.space, n_determinants),
        molecule=molecule,
        orbitals=orbitals,
    )


def _check_budget(max_orbitals: int) -> None:
    if max_orbitals < 2:
        raise ValueError(f"An active space has at least two orbitals to be advised on, but {max_orbitals} was given.")


def _reason(
    molecule: Molecule, ranking: tuple[RankedOrbital, ...], plateau: Plateau, space: ActiveSpace, n_determinants: int
) -> str:
    step = f"{100 * plateau.step:.0f} % of the largest entropy"
    how = (
        f"the next entropy is smaller by {step}, a plateau"
        if plateau.is_plateau
        else f"within the budget there is no plateau, and the step that follows, {step}, is the widest"
    )
    sentences = [
        f"{space} for {molecule.formula}, {2 * space.n_orbitals} qubits and {n_determinants:,} "
        f"determinant{'' if n_determinants == 1 else 's'}: {how}.",
        f"{len(ranking)} of {molecule.mean_field.coefficients.shape[1]} MP2 natural orbitals were looked at.",
    ]
    if plateau.step < _SAME_ENTROPY:
        sentences.append("Orbitals as entangled as those chosen were left out: allow more, or fewer.")
    if plateau.beyond_budget is not None:
        sentences.append(f"A space of {plateau.beyond_budget} orbitals also ends at a plateau, beyond the budget.")
    if ranking[0].entropy < _WEAK:
        sentences.append(
            f"No entropy is above {ranking[0].entropy:.2f} of at most {MAX_ENTROPY:.2f}: "
            "one determinant already describes the molecule well."
        )
    return " ".join(sentences)
