"""Active orbitals for a bond in which an electron may change sides, in vacuum or in a solvent.

Pulled apart, Li+ O2- becomes Li and O2: an electron goes back, and orbitals and solvent that suit one side of the
transfer do not suit the other. Hartree-Fock of the given spin finds the ions, and of two unpaired electrons more the
neutral fragments, whose spins only have to be coupled anew. A circuit begins on each side, its orbitals are optimized
along with it in a solvent that is in equilibrium with its density, and the side that ends lower is taken.

The problem that comes out holds the solvent's field as it then is, so every method solves the same electrons, and full
CI proves what the lowest energy is in that field. Held fixed, the field costs a state of another density at least what
a solvent in equilibrium with that density would (Tomasi, Mennucci and Cammi, Chem. Rev. 105, 2999 (2005)).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.integrals.orbital_rotation import determinant_energy, rotated_problem
from chemistry.integrals.spin_integrals import BetaIntegrals
from chemistry.problem import ElectronicProblem, problem_in_orbitals, reference_fock
from chemistry.states.density_matrices import DensityMatrices

if TYPE_CHECKING:
    from chemistry.active_space import ActiveSpaceMethod
    from chemistry.baselines import Energy
    from chemistry.hartree_fock.restricted_field import MeanField
    from chemistry.molecule import Molecule
    from chemistry.orbital_optimization import Solvent

_WORTH_RELAXING = 0.055  # hartree above the lowest determinant, before orbitals relax
_GRADIENT_TOLERANCE = 2e-4  # hartree per radian; the energy is then known to a hundredth of that


@dataclass(frozen=True, kw_only=True)
class BondPoint:
    """One geometry in one environment, ready for any method."""

    problem: ElectronicProblem = field(repr=False)  # the solvent's field included
    solvation: float  # hartree, of the solvent with its charges; zero in vacuum
    converged: bool  # whether orbitals and solvent are
    n_evaluations: int  # of the circuit, for the orbitals


def bond_point(
    molecule: Molecule,
    *,
    bound: Molecule | None = None,
    active_space: tuple[int, int] | str | ActiveSpaceMethod | None,
    solvent: Solvent | None = None,
    max_evaluations: int = 200,
) -> BondPoint:
    """Optimize orbitals on both sides of a charge transfer and give the problem of the lower one.

    Args:
        molecule: With the spin that it has before the bond breaks.
        bound: The same molecule before its bond is pulled, whose orbitals are the first start; None: as it is.
        active_space: As in `Molecule.problem`.
        solvent: None: vacuum.
        max_evaluations: Of energy and gradient, from each start.

    Returns:
        The problem over the optimized orbitals, which uses no point group, with the determinant of the lowest energy as
        its reference: spin down may have the same orbitals in another order.

    Raises:
        ValueError: If there is no such space, or the problem would not fit in memory.
    """
    found = [
        _optimized(start, solvent, max_evaluations) for start in _worth_relaxing(molecule, bound, active_space, solvent)
    ]
    best = min(found, key=lambda result: result.energy)
    problem, solvation = _in_field(best.problem, solvent, best.density)
    return BondPoint(
        problem=with_lowest_determinant(problem),
        solvation=solvation,
        converged=best.converged,
        n_evaluations=sum(result.n_evaluations for result in found),
    )


@dataclass(frozen=True)
class _Start:
    problem: ElectronicProblem
    transferred: bool  # one electron of spin down is on the other side
    energy: float  # hartree, of the determinant, in a solvent in equilibrium with it


@dataclass(frozen=True, eq=False)
class _Optimized:
    problem: ElectronicProblem  # without the solvent's field
    energy: float  # hartree, the solvent's included
    density: np.ndarray  # over basis functions, both spins
    converged: bool
    n_evaluations: int


def _starting_problems(molecule: Molecule, bound: Molecule, active_space: Any) -> list[ElectronicProblem]:
    """The active orbitals of two mean fields, with equally many electrons in equally many orbitals."""
    first = _active_problem(bound, active_space)
    if molecule.spin + 2 > molecule.n_electrons:
        return [_moved(first, molecule.mean_field)]
    try:
        other = replace(molecule, spin=molecule.spin + 2)
        second = _active_problem(other, active_space)
    except ValueError:  # no such space, or no orbital to unpair an electron into
        return [_moved(first, molecule.mean_field)]
    # A method may count a doubly occupied orbital more or less: the lowest ones are frozen in the larger space.
    spare = (second.n_electrons - first.n_electrons) // 2
    if spare > 0:
        second = _with_frozen(second, spare)
    elif spare < 0:
        first = _with_frozen(first, -spare)
    here = _moved(first, other.mean_field)
    if second.n_orbitals != first.n_orbitals or second.n_alpha != first.n_alpha + 1 or not first.n_beta:
        return [here]
    return [here, _with_electrons(second, other.mean_field, first)]


def _active_problem(molecule: Molecule, active_space: Any) -> ElectronicProblem:
    from chemistry.active_space import ActiveSpaceMethod
    from chemistry.active_space.settings import read_active_space
    from chemistry.problem import electronic_problem
    from chemistry.size import check_fits

    space = molecule.active_space(active_space=active_space)
    check_fits(molecule, space, symmetric=False)
    chosen = read_active_space(active_space)
    if isinstance(chosen, ActiveSpaceMethod):
        return molecule.selected_orbitals(chosen).problem(molecule.mean_field)
    return electronic_problem(molecule.mean_field, space)


def _with_frozen(problem: ElectronicProblem, n: int) -> ElectronicProblem:
    """The lowest doubly occupied active orbitals frozen as well."""
    n = min(n, problem.n_beta)
    frozen = np.hstack([problem.frozen_orbitals, problem.orbitals[:, :n]])  # type: ignore[index, list-item]
    return problem_in_orbitals(
        problem.mean_field,  # type: ignore[arg-type]
        frozen=frozen,
        active=problem.orbitals[:, n:],  # type: ignore[index]
        n_alpha=problem.n_alpha - n,
        n_beta=problem.n_beta - n,
    )


def _with_electrons(problem: ElectronicProblem, mean_field: MeanField, as_in: ElectronicProblem) -> ElectronicProblem:
    """A problem's orbitals with another's numbers of electrons."""
    return problem_in_orbitals(
        mean_field,
        frozen=problem.frozen_orbitals,  # type: ignore[arg-type]
        active=problem.orbitals,  # type: ignore[arg-type]
        n_alpha=as_in.n_alpha,
        n_beta=as_in.n_beta,
    )


def _moved(problem: ElectronicProblem, mean_field: MeanField) -> ElectronicProblem:
    """The same combinations of basis functions around nuclei elsewhere, made orthonormal there."""
    frozen, active = problem.frozen_orbitals, problem.orbitals
    both = np.hstack([frozen, active])  # type: ignore[list-item]
    overlap = mean_field.scf.mol.intor_symmetric("int1e_ovlp")
    values, vectors = np.linalg.eigh(both.T @ overlap @ both)
    both = both @ (vectors / np.sqrt(values)) @ vectors.T
    split = frozen.shape[1]  # type: ignore[union-attr]
    carried = replace(problem, frozen_orbitals=both[:, :split], orbitals=both[:, split:])
    return _with_electrons(carried, mean_field, problem)


def _worth_relaxing(
    molecule: Molecule, bound: Molecule | None, active_space: Any, solvent: Solvent | None
) -> list[_Start]:
    """For each side the orbitals in which its determinant lies lowest, if that is not far above the other side's."""
    lowest: dict[bool, _Start] = {}
    for problem in _starting_problems(molecule, bound or molecule, active_space):
        for transferred in (False, True):
            if transferred and not _may_transfer(problem):
                continue
            there, _ = _in_field(problem, solvent, _determinant_density(problem, transferred))
            down = list(range(problem.n_beta))
            if transferred:
                down[-1] = problem.n_alpha
            energy = determinant_energy(there, list(range(problem.n_alpha)), down)
            if transferred not in lowest or energy < lowest[transferred].energy:
                lowest[transferred] = _Start(problem, transferred, energy)
    limit = min(start.energy for start in lowest.values()) + _WORTH_RELAXING
    return [start for start in lowest.values() if start.energy <= limit]


def _optimized(start: _Start, solvent: Solvent | None, max_evaluations: int) -> _Optimized:
    """Orbitals optimized along with one repetition of coupled cluster that begins on the start's side."""
    from chemistry.ansatz.uccsd import uccsd
    from chemistry.orbital_optimization.limits import SearchLimits
    from chemistry.orbital_optimization.orbital_optimized_vqe import circuit_states, optimized_orbitals
    from chemistry.orbital_optimization.orbital_space import orbital_space

    n = start.problem.n_orbitals
    bare = replace(start.problem, irreps=np.zeros(n, dtype=np.int64), irrep_names=(), point_group="C1")
    ansatz = uccsd(bare)
    params = np.array(ansatz.initial_params)
    if start.transferred:
        # The single excitation turned by a right angle makes the transferred determinant of the other one.
        wires = (2 * bare.n_beta - 1,), (2 * bare.n_alpha + 1,)
        gate = [(one.sources, one.targets) for one in ansatz.excitations].index(wires)
        params[:] = 0.0
        params[ansatz.parameter_of[gate]] = 0.5 * np.pi
    found, solution = optimized_orbitals(
        bare.mean_field.scf.mol,  # type: ignore[union-attr]
        orbital_space(bare),
        circuit_states(bare, ansatz, 1),
        params,
        limits=SearchLimits(gradient_tolerance=_GRADIENT_TOLERANCE, max_evaluations=max_evaluations),
        surroundings=() if solvent is None else solvent,
    )
    relaxed = problem_in_orbitals(
        bare.mean_field,  # type: ignore[arg-type]
        frozen=solution.space.frozen,
        active=solution.space.active,
        n_alpha=bare.n_alpha,
        n_beta=bare.n_beta,
    )
    return _Optimized(relaxed, solution.energy, solution.density, found.status.converged, found.n_evaluations)


def _may_transfer(problem: ElectronicProblem) -> bool:
    return 0 < problem.n_beta <= problem.n_alpha < problem.n_orbitals


def _determinant_density(problem: ElectronicProblem, transferred: bool) -> np.ndarray:
    """The density of a determinant over basis functions, both spins, frozen orbitals included."""
    occupied = np.zeros(problem.n_orbitals)
    occupied[: problem.n_alpha] += 1.0
    occupied[: problem.n_beta] += 1.0
    if transferred:
        occupied[problem.n_beta - 1] -= 1.0
        occupied[problem.n_alpha] += 1.0
    active, frozen = problem.orbitals, problem.frozen_orbitals
    return 2.0 * frozen @ frozen.T + (active * occupied) @ active.T  # type: ignore[union-attr, operator]


def _in_field(
    problem: ElectronicProblem, solvent: Solvent | None, density: np.ndarray
) -> tuple[ElectronicProblem, float]:
    """The problem in the field of a solvent in equilibrium with a density, and the solvent's energy in hartree.

    The energy is that of vacuum and solvent together where the state has this density, and its linear continuation
    elsewhere.
    """
    if solvent is None:
        return problem, 0.0
    active, frozen = problem.orbitals, problem.frozen_orbitals
    around = solvent.around(problem.mean_field.scf.mol)  # type: ignore[union-attr]
    energy, potential = around.energy_and_potential(density)
    fixed = energy - np.einsum("ij,ij", potential, density - 2.0 * frozen @ frozen.T)  # type: ignore[union-attr, operator]
    felt = active.T @ potential @ active  # type: ignore[union-attr]
    one_body = problem.one_body + np.where(problem.irreps[:, None] == problem.irreps, 0.5 * (felt + felt.T), 0.0)
    energies = np.diag(reference_fock(one_body, problem.two_body, problem.n_alpha, problem.n_beta))
    changed = replace(
        problem, constant=float(problem.constant + fixed), one_body=one_body, orbital_energies=np.array(energies)
    )
    return changed, float(energy)


def with_lowest_determinant(problem: ElectronicProblem) -> ElectronicProblem:
    """The same electrons and orbitals, in the order in which the determinant of the lowest energy comes first.

    Args:
        problem: Over orbitals that both spins share; up to some hundred thousand determinants.

    Returns:
        The problem with its orbitals reordered. Where spin down occupies others than spin up it has its own order of
        them, with which circuits and coupled cluster begin as from an unrestricted field; no exact energy changes.
    """
    from pyscf.fci import cistring, direct_spin1

    n, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    diagonal = np.asarray(direct_spin1.make_hdiag(problem.one_body, problem.two_body, n, electrons))
    strings = [cistring.make_strings(range(n), count) for count in electrons]
    places = np.unravel_index(int(np.argmin(diagonal)), (len(strings[0]), len(strings[1])))
    up, down = ([p for p in range(n) if int(strings[spin][place]) >> p & 1] for spin, place in enumerate(places))
    paired = [p for p in up if p in down]
    order = [*paired, *(p for p in up if p not in down), *(p for p in range(n) if p not in up)]
    ordered = _reordered(problem, order)
    if len(paired) == problem.n_beta:
        return ordered
    own = [*down, *(p for p in order if p not in down)]
    return _with_spin_down_reordered(ordered, np.array([order.index(p) for p in own]))


def _reordered(problem: ElectronicProblem, order: list[int]) -> ElectronicProblem:
    rotation = np.eye(problem.n_orbitals)[:, order]
    return rotated_problem(problem, rotation, irreps=problem.irreps[order], fix_signs=False)


def _with_spin_down_reordered(problem: ElectronicProblem, order: np.ndarray) -> ElectronicProblem:
    one, two = problem.one_body, problem.two_body
    up, down = np.zeros(len(order)), np.zeros(len(order))
    up[: problem.n_alpha] = 1.0
    down[order[: problem.n_beta]] = 1.0
    coulomb = np.diag(one) + np.einsum("ppqq,q->p", two, up + down)
    exchange = np.einsum("pqqp->pq", two)
    n_frozen = 0 if problem.frozen_orbitals is None else problem.frozen_orbitals.shape[1]
    everywhere = np.concatenate([np.arange(n_frozen), n_frozen + order])
    return replace(
        problem,
        orbital_energies=coulomb - exchange @ up,
        beta=BetaIntegrals(
            one_body=one[np.ix_(order, order)],
            two_body=two[np.ix_(order, order, order, order)],
            mixed=two[:, :, order][:, :, :, order],
            orbital_energies=(coulomb - exchange @ down)[order],
            irreps=problem.irreps[order],
            irrep_names=tuple(problem.irrep_names[p] for p in order) if problem.irrep_names else (),
            overlap=np.eye(n_frozen + len(order))[:, everywhere],
            orbitals=None if problem.orbitals is None else problem.orbitals[:, order],
            frozen_orbitals=problem.frozen_orbitals,
        ),
    )


def natural_occupations(problem: ElectronicProblem, densities: DensityMatrices) -> np.ndarray:
    """The occupations of the natural orbitals within the active ones, the fullest first, shape (n_orbitals,).

    Args:
        problem: Also one whose spin down has the same orbitals in another order.
        densities: Of the state.
    """
    down = np.real(densities.one_beta)
    if problem.beta is not None:
        n = problem.n_orbitals
        between = problem.beta.overlap[-n:, -n:]  # type: ignore[index]
        down = between @ down @ between.T
    return np.linalg.eigvalsh(np.real(densities.one_alpha) + down)[::-1]


def active_hartree_fock(problem: ElectronicProblem) -> Energy:
    """Hartree-Fock for the active electrons, unrestricted where some are unpaired, from the problem's reference.

    It is what coupled cluster starts from where the orbitals are not those of a mean field.
    """
    from chemistry.baselines.energy import energy_of
    from chemistry.baselines.pyscf_reference import pyscf_reference

    field = pyscf_reference(problem)
    return energy_of("HF", float(field.e_tot), bool(field.converged), variational=True)
