"""Advice on the active space: orbitals ranked by how entangled they are in a cheap calculation.

The calculation is full configuration interaction among the MP2 natural orbitals whose occupations are farthest from 2
and 0, as many of them as keep the determinants few. Among them it is exact, so it is as right for broken bonds, where
one determinant misleads CISD or the entropies of MP2, as for closed shells; natural orbitals gather in few of them what
electrons do when they correlate, in large basis sets too; and its cost is bounded whatever the molecule. The ranking by
single-orbital entropy and the plateau are those of Stein and Reiher, J. Chem. Theory Comput. 12, 1760 (2016), where a
partly converged DMRG of the valence orbitals stands for the cheap calculation.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.advice import Advice, RankedOrbital
from chemistry.active_space.entropies import MAX_ENTROPY, single_orbital_entropies
from chemistry.active_space.method import SelectedOrbitals, occupied, selected_orbitals
from chemistry.active_space.natural_orbitals import NaturalOccupations, n_core_uncorrelated, natural_orbitals
from chemistry.active_space.plateau import Plateau, find_plateau
from chemistry.active_space.window import ActiveSpace

if TYPE_CHECKING:
    from chemistry.density_matrices import DensityMatrices
    from chemistry.mean_field import MeanField
    from chemistry.molecule import Molecule
    from chemistry.problem import ElectronicProblem

DEFAULT_MAX_ORBITALS = 8
_MAX_DETERMINANTS = 70_000  # in the cheap calculation: (10,10) has 63,504
_MAX_CANDIDATES = 16  # orbitals in the cheap calculation
_WEAK = 0.14  # a tenth of ln 4: if no entropy is larger, one determinant describes the molecule
_SAME_ENTROPY = 1e-3  # of the largest
_ROOTS = 3
_SPIN_PENALTY = 0.5  # hartree per unit of S^2


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
    n_doubly, n_empty = _candidates(natural, n_core=n_core)
    if natural.n_singly > max_orbitals or (natural.n_singly == max_orbitals and n_doubly + n_empty > 0):
        raise ValueError(
            f"{molecule.formula} has {natural.n_singly} unpaired electrons, each with an orbital: "
            f"allow at least {natural.n_singly + 1} orbitals instead of {max_orbitals}."
        )
    if n_empty + natural.n_singly == 0 or n_doubly + n_empty + natural.n_singly < 2:
        raise ValueError(f"{molecule.formula} has no empty orbital in this basis: there is no space to choose.")
    problem = _candidate_problem(field, natural, n_doubly, n_empty)
    matrices = _density_matrices(problem)
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


def _candidates(natural: NaturalOccupations, *, n_core: int) -> tuple[int, int]:
    """How many doubly occupied and how many empty natural orbitals the cheap calculation can have."""
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
        if n_orbitals > 2 and (n_orbitals > _MAX_CANDIDATES or determinants > _MAX_DETERMINANTS):
            break
        n_doubly, n_empty = doubly, empty
    return n_doubly, n_empty


def _candidate_problem(field: MeanField, natural: NaturalOccupations, n_doubly: int, n_empty: int) -> ElectronicProblem:
    """The electronic problem over natural orbitals as they are; the first are next to the gap by occupation."""
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


def _density_matrices(problem: ElectronicProblem) -> DensityMatrices:
    """Of the lowest state with the reference's irrep and spin, by full configuration interaction."""
    from pyscf import fci, gto
    from threadpoolctl import threadpool_limits

    from chemistry.density_matrices import DensityMatrices
    from chemistry.sector_size import sector_dimension

    n_orbitals, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    solver = fci.direct_spin1_symm.FCISolver(gto.M(verbose=0))
    solver.conv_tol, solver.max_cycle = 1e-8, 200
    half = 0.5 * (problem.n_alpha - problem.n_beta)
    fci.addons.fix_spin_(solver, shift=_SPIN_PENALTY, ss=half * (half + 1))
    irrep = int(np.bitwise_xor.reduce(problem.irreps[problem.n_beta : problem.n_alpha], initial=0))
    # One thread adds in one order, so that a ranking comes out the same on every run.
    with threadpool_limits(limits=1):
        energies, vectors = solver.kernel(
            problem.one_body, problem.two_body, n_orbitals, electrons,
            ecore=problem.constant, orbsym=problem.irreps, wfnsym=irrep, nroots=min(_ROOTS, sector_dimension(problem)),
        )  # fmt: skip
        vector = vectors if np.ndim(energies) == 0 else vectors[int(np.argmin(energies))]
        one, two = fci.direct_spin1.make_rdm12s(np.asarray(vector), n_orbitals, electrons)
    return DensityMatrices(
        one_alpha=one[0], one_beta=one[1], two_alpha_alpha=two[0], two_alpha_beta=two[1], two_beta_beta=two[2]
    )


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
