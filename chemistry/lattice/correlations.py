"""What electrons on sites do: how many are where, how often two meet, and how spins and charges follow each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from chemistry.lattice.hubbard_model import fills_in_part
from chemistry.problem import ElectronicProblem
from chemistry.states.ci_vectors import CiVector
from chemistry.states.density_matrices import DensityMatrices, density_matrices_of

_HINT = 2e-4  # of the band's width; the double occupancy is off by less than that


@dataclass(frozen=True, eq=False, kw_only=True)
class SiteCorrelations:
    """Expectation values of a state over the sites of a lattice."""

    occupations: np.ndarray = field(repr=False)  # shape: (2, n_sites), electrons of spin up and of spin down
    double_occupancy: np.ndarray = field(repr=False)  # shape: (n_sites,), <n_up n_down>
    spin_z: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), <S^z_i S^z_j>, in units of hbar^2
    spin: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), <S_i . S_j>, in units of hbar^2
    charge: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), <n_i n_j> - <n_i> <n_j>

    @property
    def local_moment(self) -> np.ndarray:
        """<(n_up - n_down)^2> of each site, shape (n_sites,): 1 for one electron, 0 for none or a pair."""
        return self.occupations.sum(axis=0) - 2.0 * self.double_occupancy

    @property
    def mean_double_occupancy(self) -> float:
        """<n_up n_down>, the mean over sites: 1/4 without repulsion at half filling, 0 where electrons never meet."""
        return float(self.double_occupancy.mean())


def site_correlations(problem: ElectronicProblem, density: DensityMatrices) -> SiteCorrelations:
    """The correlations between sites of a state of a Hubbard model.

    Args:
        problem: From `Hubbard.problem`, over any of its orbitals.
        density: Of the state, over the problem's orbitals, as `reduced_density_matrices` gives it.

    Raises:
        ValueError: If the problem's orbitals are not known or are others than the density's.
    """
    up = problem.orbitals
    down = up if problem.beta is None else problem.beta.orbitals
    if up is None or down is None:
        raise ValueError(
            "Correlations between sites need the orbitals over sites: take the problem of a Hubbard model."
        )
    if len(density.one_alpha) != up.shape[1]:
        raise ValueError(
            f"The density matrices are over {len(density.one_alpha)} orbitals, but the problem has {up.shape[1]}."
        )
    n = len(up)
    occupations = np.array([np.einsum("ip,pq,iq->i", c, one.real, c) for c, one in (
        (up, density.one_alpha), (down, density.one_beta)
    )])  # fmt: skip
    same = {
        spin: _pairs(two, c, c) + np.diag(occupations[spin])
        for spin, (two, c) in enumerate(((density.two_alpha_alpha, up), (density.two_beta_beta, down)))
    }
    mixed = _pairs(density.two_alpha_beta, up, down)
    spin_z = 0.25 * (same[0] + same[1] - mixed - mixed.T)
    # S+_i S-_j = delta_ij n_i,up - a+_i,up a_j,up a+_j,down a_i,down
    exchanged = np.einsum("pqrs,ip,jq,jr,is->ij", density.two_alpha_beta, up, up, down, down, optimize=True).real
    flips = np.diag(occupations[0]) - exchanged
    both = occupations.sum(axis=0)
    # S-_i S+_j follows by exchanging spins in the products of n, and its mean with S+_i S-_j is what S . S holds.
    flips_back = np.diag(occupations[1]) - exchanged.T
    return SiteCorrelations(
        occupations=occupations,
        double_occupancy=np.diag(mixed)[:n].copy(),
        spin_z=spin_z,
        spin=spin_z + 0.5 * (flips + flips_back),
        charge=same[0] + same[1] + mixed + mixed.T - np.outer(both, both),
    )


def determinant_correlations(problem: ElectronicProblem) -> SiteCorrelations:
    """Those of the reference determinant, as of a restricted or unrestricted mean field."""
    from math import comb

    vector = np.zeros((comb(problem.n_orbitals, problem.n_alpha), comb(problem.n_orbitals, problem.n_beta)))
    vector[0, 0] = 1.0
    return vector_correlations(problem, vector)


def exact_correlations(problem: ElectronicProblem) -> SiteCorrelations:
    """Those of the lowest state with the problem's electrons of each spin, by full CI.

    Of degenerate states the one with the spin of the reference's unpaired electrons is taken, if it is among them.
    Without any repulsion a level that is partly filled holds many states, which differ in all that is asked here: then
    it is the one that an infinitesimal repulsion on every site selects, so that the double occupancy is dE/dU at
    U -> 0+.

    Raises:
        DoesNotFitError: If there are more determinants than memory holds; a `ValueError`.
    """
    from chemistry.baselines.determinant_states import (
        check_listable,
        lowest_states,
        present_irreps,
        wanted_spin_squared,
    )

    check_listable(problem, "Full CI")
    if _is_undecided(problem):
        problem = _with_hint_of_repulsion(problem)
    wanted = wanted_spin_squared(problem)
    states = [state for irrep in present_irreps(problem) for state in lowest_states(problem, irrep, 2)]
    best = min(states, key=lambda state: (round(state.energy, 8), abs(state.s_squared - wanted)))
    return vector_correlations(problem, best.vector)


def _is_undecided(problem: ElectronicProblem) -> bool:
    """Whether electrons that do not repel each other fill a level of several orbitals in part."""
    if problem.beta is not None or problem.orbitals is None or np.abs(problem.two_body).max(initial=0.0) > 0.0:
        return False
    return any(fills_in_part(problem.one_body, electrons) for electrons in (problem.n_alpha, problem.n_beta))


def _with_hint_of_repulsion(problem: ElectronicProblem) -> ElectronicProblem:
    """The same with a repulsion on every site that does little but choose among the states of a level.

    Were it smaller, states which part at second order only, such as those of different spin, could not be told apart.
    """
    over = np.asarray(problem.orbitals)
    strength = _HINT * np.ptp(np.linalg.eigvalsh(problem.one_body))
    return replace(problem, two_body=strength * np.einsum("ip,iq,ir,is->pqrs", over, over, over, over, optimize=True))


def vector_correlations(problem: ElectronicProblem, vector: np.ndarray) -> SiteCorrelations:
    """Those of a full CI vector over the problem's orbitals.

    Args:
        problem: From `Hubbard.problem`.
        vector: Shape (n_alpha_strings, n_beta_strings), in PySCF's order.
    """
    ci = CiVector(problem.n_alpha, problem.n_beta, np.ascontiguousarray(vector))
    return site_correlations(problem, density_matrices_of(problem.n_orbitals, [ci]))


def _pairs(two: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """<n_i n_j> for i of the first spin and j of the second, shape (n_sites, n_sites), up to i = j of one spin."""
    first = np.einsum("pqrs,ip,iq->irs", two, left, left, optimize=True)
    return np.einsum("irs,jr,js->ij", first, right, right, optimize=True).real
