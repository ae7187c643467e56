"""The cheap calculation that the advisor takes entropies from.

It is full configuration interaction among the MP2 natural orbitals whose occupations are farthest from 2 and 0, as many
of them as keep the determinants few. Among them it is exact, so it is as right for broken bonds, where one determinant
misleads CISD and the entropies of MP2, as for closed shells; natural orbitals gather in few of them what electrons do
when they correlate, in large basis sets too; and its cost is bounded whatever the molecule.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.method import occupied
from chemistry.active_space.natural_orbitals import NaturalOccupations

if TYPE_CHECKING:
    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

_MAX_DETERMINANTS = 70_000  # (10,10) has 63,504
_MAX_ORBITALS = 16


def n_candidates(natural: NaturalOccupations, *, n_core: int) -> tuple[int, int]:
    """How many doubly occupied and how many empty natural orbitals the calculation can have.

    Args:
        natural: Natural orbitals, those farthest from 2 and 0 first.
        n_core: The last so many doubly occupied ones are inner shells.
    """
    n_valence = max(0, len(natural.of_doubly) - n_core)
    kinds = [(2 - occupation, 2) for occupation in natural.of_doubly[:n_valence]]
    kinds += [(occupation, 0) for occupation in natural.of_empty]
    # The orbitals next to the gap come first whatever their occupations: without them there is nothing to correlate.
    first = [place for place, count in ((0, n_valence), (n_valence, len(natural.of_empty))) if count]
    rest = sorted(set(range(len(kinds))) - set(first), key=lambda place: (-round(kinds[place][0], 6), place))
    n_doubly = n_empty = 0
    for place in [*first, *rest]:
        doubly, empty = n_doubly + (kinds[place][1] == 2), n_empty + (kinds[place][1] == 0)
        n_orbitals = doubly + natural.n_singly + empty
        determinants = comb(n_orbitals, doubly + natural.n_singly) * comb(n_orbitals, doubly)
        if n_orbitals > 2 and (n_orbitals > _MAX_ORBITALS or determinants > _MAX_DETERMINANTS):
            break
        n_doubly, n_empty = doubly, empty
    return n_doubly, n_empty


def candidate_problem(field: MeanField, natural: NaturalOccupations, n_doubly: int, n_empty: int) -> ElectronicProblem:
    """The electronic problem over natural orbitals as they are, those farthest from 2 and 0 of each kind first."""
    from chemistry.problem import problem_in_orbitals

    groups = occupied(field)
    doubly = field.coefficients[:, groups.doubly] @ natural.doubly
    empty = field.coefficients[:, groups.empty] @ natural.empty[:, :n_empty]
    irreps = np.concatenate(
        [natural.doubly_irreps[:n_doubly], field.irreps[groups.singly], natural.empty_irreps[:n_empty]]
    )
    names = dict(zip(field.irreps.tolist(), field.irrep_names, strict=True))
    return problem_in_orbitals(
        field,
        frozen=doubly[:, n_doubly:],
        active=np.hstack([doubly[:, :n_doubly], field.coefficients[:, groups.singly], empty]),
        n_alpha=n_doubly + natural.n_singly,
        n_beta=n_doubly,
        irreps=irreps,
        irrep_names=tuple(names[label] for label in irreps.tolist()),
    )


def candidate_state(problem: ElectronicProblem) -> DensityMatrices:
    """The density matrices of the lowest state with the reference's irrep and spin.

    Args:
        problem: Over the candidates.
    """
    from pyscf.fci import direct_spin1

    from chemistry.baselines.determinant_states import lowest_states
    from chemistry.states.density_matrices import DensityMatrices
    from chemistry.threads import one_thread_if

    electrons = (problem.n_alpha, problem.n_beta)
    irrep = problem.reference_irrep
    # One thread adds in one order, so that a ranking comes out the same on every run.
    with one_thread_if(True):
        found = lowest_states(problem, irrep, 1, only_wanted_spin=True) or lowest_states(problem, irrep, 1)
        one, two = direct_spin1.make_rdm12s(found[0].vector, problem.n_orbitals, electrons)
    return DensityMatrices(
        one_alpha=one[0], one_beta=one[1], two_alpha_alpha=two[0], two_alpha_beta=two[1], two_beta_beta=two[2]
    )
