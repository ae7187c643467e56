"""The lowest states among all determinants of one irrep, each with its spin.

PySCF starts every root from one determinant. A determinant of closed shells holds no triplet and one of another irrep
nothing of this one, so such a search can end in a state that is not the lowest. Here each irrep is searched for itself,
from the eigenvectors of the Hamiltonian among its lowest determinants; where these are all there are, nothing is left
to search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chemistry.baselines.energy import SAME_SPIN
from chemistry.baselines.pyscf_reference import SMALL_DIMENSION, n_determinants, silent_mole
from chemistry.integrals.spin_integrals import by_spin
from chemistry.problem import ElectronicProblem
from chemistry.states.quantum_numbers import spin_squared_of

_MOST_ORBITALS = 63  # of a determinant in PySCF, one bit each
_LISTED = 400  # determinants of one irrep among which the search begins, or ends
_MORE_GUESSES = 2  # than roots, for states that come down during the search
_MORE_OF_ANY_SPIN = 3  # roots, where a search cannot be kept to one spin
_SPIN_PENALTY = 0.5  # hartree for each unit of S^2 above the wanted one
_DEGENERATE = 1e-8  # hartree
_ENERGY_TOLERANCE = 1e-11  # hartree


@dataclass(frozen=True, eq=False, kw_only=True)
class ExactState:
    """An eigenstate among all determinants with the problem's electrons."""

    energy: float  # hartree
    s_squared: float  # nan where the orbitals of both spins differ and their overlap is not known
    irrep: int
    converged: bool
    vector: np.ndarray  # shape: (n_alpha_strings, n_beta_strings)


def wanted_spin_squared(problem: ElectronicProblem) -> float:
    """S (S + 1) of the reference determinant's unpaired electrons, all parallel."""
    spin = 0.5 * abs(problem.n_alpha - problem.n_beta)
    return spin * (spin + 1.0)


def has_wanted_spin(problem: ElectronicProblem, s_squared: float) -> bool:
    """Whether a state has the spin of the reference; over unrestricted orbitals, rather that than the next higher.

    A window of unrestricted orbitals holds no state of sharp spin. Where the spin is not known there is nothing to
    object to.
    """
    excess = s_squared - wanted_spin_squared(problem)
    return not abs(excess) > (SAME_SPIN if problem.beta is None else _half_way(problem))


def _half_way(problem: ElectronicProblem) -> float:
    """Half of what S^2 of the next higher spin has more."""
    return 0.5 * abs(problem.n_alpha - problem.n_beta) + 1.0


def present_irreps(problem: ElectronicProblem) -> list[int]:
    """The irreps that determinants with the problem's electrons have."""
    alpha, beta = _string_irreps(problem)
    return sorted({a ^ b for a in set(alpha.tolist()) for b in set(beta.tolist())})


def check_listable(problem: ElectronicProblem, what: str) -> None:
    """Refuse more determinants than memory holds.

    Args:
        problem: The electronic problem.
        what: The method, to begin the sentence with.

    Raises:
        DoesNotFitError: With the bytes needed and the bytes there; a `ValueError`.
    """
    from runtime.memory import HEADROOM, DoesNotFitError, available_bytes, human

    if problem.n_orbitals > _MOST_ORBITALS:
        raise DoesNotFitError(
            f"{what} takes at most {_MOST_ORBITALS} orbitals, but the problem has {problem.n_orbitals}: "
            "choose a smaller active space."
        )
    dimension = n_determinants(problem)
    # Trial vectors with what the Hamiltonian makes of them, in one irrep at a time, and vectors over all determinants.
    needed = 8 * dimension * (2 * _vectors_kept(dimension) // _n_irreps(problem) + 4)
    room = int(HEADROOM * available_bytes())
    if needed > room:
        count = f"{dimension:,}" if dimension < 10**9 else f"{float(dimension):.1e}"
        raise DoesNotFitError(
            f"{what} over {count} determinants needs at least {human(needed)}, and {human(room)} are free: "
            "choose a smaller active space, or selected CI."
        )


class IrrepSearch:
    """A search for the lowest states of one irrep.

    Args:
        problem: The electronic problem.
        irrep: Of the states.
    """

    def __init__(self, problem: ElectronicProblem, irrep: int) -> None:
        self.problem, self.irrep = problem, irrep
        alpha, beta = _string_irreps(problem)
        self._shape = (len(alpha), len(beta))
        allowed = ((alpha[:, None] ^ beta[None, :]) == irrep).ravel()
        self._n_allowed = int(allowed.sum())
        count = min(_LISTED, self._n_allowed)
        solver, integrals = _solver(problem)
        electrons = (problem.n_alpha, problem.n_beta)
        diagonal = np.asarray(solver.make_hdiag(*integrals, problem.n_orbitals, electrons)).ravel()
        forbidden_last = np.where(allowed, diagonal, np.inf)
        self._addresses, block = solver.pspace(*integrals, problem.n_orbitals, electrons, forbidden_last, count)
        energies, self._columns = np.linalg.eigh(block)
        self.first_energies = energies + problem.constant  # among the lowest determinants: upper bounds

    def lowest(self, n_roots: int, *, only_wanted_spin: bool = False) -> list[ExactState]:
        """The lowest states, by energy.

        Args:
            n_roots: How many, where there are so many determinants.
            only_wanted_spin: Leave out states without the spin of the reference's unpaired electrons; where the
                orbitals of both spins differ, fewer may remain than were asked for.
        """
        n_roots = min(n_roots, self._n_allowed)
        if self._n_allowed <= _LISTED:
            return self._all_listed(n_roots, only_wanted_spin)
        if only_wanted_spin and self.problem.beta is not None:
            n_roots = min(n_roots + _MORE_OF_ANY_SPIN, self._n_allowed)
        guesses = self._guesses(n_roots, only_wanted_spin)
        states = self._searched(n_roots, guesses)
        if only_wanted_spin:
            # From guesses of one spin the search mostly stays there; the penalty costs more than the search itself.
            if self.problem.beta is None and not all(has_wanted_spin(self.problem, s.s_squared) for s in states):
                states = self._searched(n_roots, guesses, penalised=True)
            states = [state for state in states if has_wanted_spin(self.problem, state.s_squared)]
        return sorted(states, key=lambda state: state.energy)

    def _searched(self, n_roots: int, guesses: list[np.ndarray], *, penalised: bool = False) -> list[ExactState]:
        found = _davidson(self.problem, self.irrep, n_roots, guesses, penalised=penalised)
        return [
            ExactState(
                energy=float(energy),
                s_squared=spin_squared(self.problem, vector),
                irrep=self.irrep,
                converged=bool(converged),
                vector=vector,
            )
            for energy, vector, converged in zip(*found, strict=True)
        ]

    def _vector(self, column: int) -> np.ndarray:
        vector = np.zeros(self._shape[0] * self._shape[1])
        vector[self._addresses] = self._columns[:, column]
        return vector.reshape(self._shape)

    def _guesses(self, n_roots: int, only_wanted_spin: bool) -> list[np.ndarray]:
        """The lowest eigenvectors among the lowest determinants, or those that are rather of the wanted spin."""
        wanted = n_roots + _MORE_GUESSES
        if not only_wanted_spin or self.problem.beta is not None:
            return [self._vector(column) for column in range(wanted)]
        guesses: list[np.ndarray] = []
        for column in range(len(self.first_energies)):
            guess = self._vector(column)
            excess = spin_squared(self.problem, guess) - wanted_spin_squared(self.problem)
            if abs(excess) < _half_way(self.problem):
                guesses.append(guess)
            if len(guesses) == wanted:
                break
        return guesses or [self._vector(column) for column in range(n_roots)]

    def _all_listed(self, n_roots: int, only_wanted_spin: bool) -> list[ExactState]:
        """Where nothing is left to search: degenerate states as eigenstates of S^2."""
        energies = self.first_energies
        found: list[ExactState] = []
        start = 0
        while start < len(energies) and len(found) < n_roots:
            stop = start + 1
            while stop < len(energies) and energies[stop] - energies[stop - 1] < _DEGENERATE:
                stop += 1
            group = [self._vector(column) for column in range(start, stop)]
            if len(group) > 1 and self.problem.beta is None:
                group = _eigenstates_of_spin(self.problem, group)
            for energy, vector in zip(energies[start:stop].tolist(), group, strict=True):
                s_squared = spin_squared(self.problem, vector)
                if not only_wanted_spin or has_wanted_spin(self.problem, s_squared):
                    state = ExactState(
                        energy=energy, s_squared=s_squared, irrep=self.irrep, converged=True, vector=vector
                    )
                    found.append(state)
            start = stop
        return found[:n_roots]


def lowest_states(
    problem: ElectronicProblem, irrep: int, n_roots: int, *, only_wanted_spin: bool = False
) -> list[ExactState]:
    """The lowest states of one irrep, by energy; see `IrrepSearch`."""
    return IrrepSearch(problem, irrep).lowest(n_roots, only_wanted_spin=only_wanted_spin)


def spin_squared(problem: ElectronicProblem, vector: np.ndarray) -> float:
    """<S^2> of a full CI vector; nan where the overlap of unrestricted orbitals is not known."""
    from pyscf import fci

    electrons = (problem.n_alpha, problem.n_beta)
    if problem.beta is None:
        return float(fci.spin_op.spin_square0(np.asarray(vector), problem.n_orbitals, electrons)[0])
    if problem.beta.overlap is None:
        return np.nan
    (up, down), (_, mixed, _) = fci.direct_spin1.make_rdm12s(vector, problem.n_orbitals, electrons)
    return spin_squared_of(problem, up, down, mixed)


def _eigenstates_of_spin(problem: ElectronicProblem, group: list[np.ndarray]) -> list[np.ndarray]:
    from pyscf.fci import spin_op

    electrons = (problem.n_alpha, problem.n_beta)
    images = [np.asarray(spin_op.contract_ss(state, problem.n_orbitals, electrons)).ravel() for state in group]
    basis = np.array([state.ravel() for state in group])
    matrix = basis @ np.array(images).T
    _, rotation = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return [row.reshape(group[0].shape) for row in rotation.T @ basis]


def _davidson(
    problem: ElectronicProblem, irrep: int, n_roots: int, guesses: list[np.ndarray], *, penalised: bool
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    from pyscf import fci

    solver, integrals = _solver(problem)
    symmetric = problem.beta is None and _n_irreps(problem) > 1
    if symmetric:
        # Over orbitals of either spin PySCF knows no symmetry, but what starts in an irrep stays in it.
        solver = fci.direct_spin1_symm.FCISolver(silent_mole())
        solver.orbsym, solver.wfnsym = problem.irreps, irrep
    solver.conv_tol, solver.max_cycle = _ENERGY_TOLERANCE, 300
    solver.max_space = _vectors_kept(n_determinants(problem))
    solver.pspace_size = 0
    if penalised and problem.beta is None:
        solver = fci.addons.fix_spin(solver, shift=_SPIN_PENALTY, ss=wanted_spin_squared(problem))
    electrons = (problem.n_alpha, problem.n_beta)
    energies, vectors = solver.kernel(
        *integrals, problem.n_orbitals, electrons, ci0=guesses, ecore=problem.constant, nroots=n_roots
    )
    if n_roots == 1:
        energies, vectors = [energies], [vectors]
    shape = tuple(fci.cistring.num_strings(problem.n_orbitals, n) for n in electrons)
    arrays = [np.asarray(vector).reshape(shape) for vector in vectors]
    return np.asarray(energies, dtype=float), arrays, np.atleast_1d(solver.converged)


def _solver(problem: ElectronicProblem) -> tuple[Any, tuple[Any, Any]]:
    """PySCF's solver that knows no symmetry, and the integrals as it takes them."""
    from pyscf import fci

    shared = problem.beta is None
    module = fci.direct_spin1 if shared else fci.direct_uhf
    integrals = (problem.one_body, problem.two_body)
    return module.FCISolver(silent_mole()), integrals if shared else by_spin(*integrals, problem.beta)


def _string_irreps(problem: ElectronicProblem) -> tuple[np.ndarray, np.ndarray]:
    """The irrep of each occupation string of spin up and of spin down, in PySCF's order."""
    from pyscf.fci import cistring

    irreps = []
    for labels, electrons in (
        (problem.wire_irreps[0::2], problem.n_alpha),
        (problem.wire_irreps[1::2], problem.n_beta),
    ):
        strings = np.asarray(cistring.make_strings(range(problem.n_orbitals), electrons), dtype=np.int64)
        product = np.zeros(len(strings), dtype=np.int64)
        for orbital, label in enumerate(labels.tolist()):
            product ^= np.where(strings >> orbital & 1, label, 0)
        irreps.append(product)
    return irreps[0], irreps[1]


def _n_irreps(problem: ElectronicProblem) -> int:
    """Of the smallest group whose irreps the orbitals have."""
    return 1 << int(np.bitwise_or.reduce(problem.wire_irreps, initial=0)).bit_length()


def _vectors_kept(dimension: int) -> int:
    return 30 if dimension <= SMALL_DIMENSION else 12
