"""The lowest states among all determinants, of given irreps and each with its spin.

Each irrep is searched by itself and, with as many electrons of spin up as down, states of even spin apart from those of
odd spin; `sector_search` says what makes sure that none is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chemistry.baselines.determinant_sector import Determinants, DeterminantSector
from chemistry.baselines.energy import SAME_SPIN
from chemistry.baselines.pyscf_reference import SMALL_DIMENSION, n_determinants
from chemistry.baselines.sector_search import Eigenpairs, SectorSearch
from chemistry.problem import ElectronicProblem
from chemistry.states.quantum_numbers import spin_squared_of

_MOST_ORBITALS = 63  # of a determinant in PySCF, one bit each
_CANDIDATES = 2  # for each state that is sought, by the upper bounds known before any search
_MORE_OF_ANY_SPIN = 3  # states, where a search cannot be kept to one spin
_MOST_MORE = 16  # states sought beyond those asked for, to complete a level of several spins
_SPIN_PENALTY = 0.5  # hartree for each unit of S^2 above the wanted one
_DEGENERATE = 1e-8  # hartree
_FEW = 20_000  # determinants, of which vectors take no memory worth saving
_SHARP = 1e-4  # of S^2, up to which a state is not mixed of several spins


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
    return Determinants(problem).irreps


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


class StateSearch:
    """A search for the lowest states of one sector.

    Args:
        determinants: All determinants of the problem.
        irrep: The irrep of the states.
        exchange: +1 for states of even spin, -1 for states of odd spin, 0 for both; one of `determinants.exchanges`.
    """

    def __init__(self, determinants: Determinants, irrep: int, exchange: int) -> None:
        self.problem, self.irrep, self.exchange = determinants.problem, irrep, exchange
        self._sector = DeterminantSector(determinants, irrep, exchange)
        self.dimension = self._sector.dimension
        self._max_vectors = _vectors_kept(n_determinants(self.problem))
        self._search = SectorSearch(self._sector, max_vectors=self._max_vectors)
        self._known: list[ExactState] = []

    @property
    def first_energies(self) -> np.ndarray:
        """Upper bounds of the lowest energies, hartree, ascending."""
        return self._search.first_energies + self.problem.constant

    def lowest(self, n_states: int) -> list[ExactState]:
        """The lowest states by energy, or all there are.

        Where several spins share an energy, the states are eigenstates of S^2.
        """
        n_states = min(n_states, self.dimension)
        if len(self._known) >= n_states:
            return self._known[:n_states]
        for more in (0, 2, 6, _MOST_MORE):
            asked = min(n_states + more, self.dimension)
            states = self._states(self._search.lowest(asked))[:n_states]
            if asked == self.dimension or all(self._is_sharp(state) for state in states):
                break
        self._known = states
        return states

    def lowest_of_wanted_spin(self, n_states: int) -> list[ExactState]:
        """The lowest states that have the spin of the reference's unpaired electrons.

        Where the orbitals of both spins differ, fewer may be found than there are.
        """
        if self._search.is_dense:
            return self._listed_of_wanted_spin(n_states)
        if self.problem.beta is not None:
            return self._wanted(self.lowest(n_states + _MORE_OF_ANY_SPIN))[:n_states]
        n_states = min(n_states, self.dimension)
        starts = self._starts_of_wanted_spin(n_states)
        states = self._states(self._search.lowest(n_states, starts=starts))
        if len(wanted := self._wanted(states)) < n_states:
            # States of higher spin lie among the lowest: raise them out of the way.
            search = SectorSearch(self._sector, max_vectors=self._max_vectors, penalty=self._excess_of_spin)
            wanted = self._wanted(self._states(search.lowest(n_states, starts=starts), penalized=True))
        return wanted

    def _listed_of_wanted_spin(self, n_states: int) -> list[ExactState]:
        asked, found = n_states, list[ExactState]()
        while len(found) < n_states and asked < 4 * self.dimension:
            found = self._wanted(self.lowest(asked))
            asked *= 4
        return found[:n_states]

    def _wanted(self, states: list[ExactState]) -> list[ExactState]:
        return [state for state in states if has_wanted_spin(self.problem, state.s_squared)]

    def _is_sharp(self, state: ExactState) -> bool:
        if self.problem.beta is not None:
            return True
        spin = 0.5 * (np.sqrt(4.0 * max(state.s_squared, 0.0) + 1.0) - 1.0)
        half = round(2.0 * spin) / 2.0
        return abs(state.s_squared - half * (half + 1.0)) < _SHARP

    def _states(self, pairs: Eigenpairs, *, penalized: bool = False) -> list[ExactState]:
        vectors = [self._sector.vector(row) for row in pairs.vectors]
        energies = pairs.energies.copy()
        levels = np.split(np.arange(len(energies)), 1 + np.flatnonzero(np.diff(energies) > _DEGENERATE))
        for level in levels:
            if len(level) > 1 and self.problem.beta is None:
                group = eigenstates_of_spin(self.problem, [vectors[place] for place in level])
                for place, vector in zip(level.tolist(), group, strict=True):
                    vectors[place] = vector
        s_squared = [spin_squared(self.problem, vector) for vector in vectors]
        if penalized:
            energies -= _SPIN_PENALTY * (np.array(s_squared) - wanted_spin_squared(self.problem))
        return [
            ExactState(
                energy=float(energy + self.problem.constant),
                s_squared=spin,
                irrep=self.irrep,
                converged=bool(converged),
                vector=vector,
            )
            for energy, spin, converged, vector in zip(energies, s_squared, pairs.converged, vectors, strict=True)
        ]

    def _starts_of_wanted_spin(self, n_states: int) -> np.ndarray:
        """The lowest eigenvectors among the determinants of lowest energy that are rather of the wanted spin."""
        starts = []
        wanted = wanted_spin_squared(self.problem)
        for start in self._search.starts():
            if abs(spin_squared(self.problem, self._sector.vector(start)) - wanted) < _half_way(self.problem):
                starts.append(start)
            if len(starts) == n_states:
                break
        return np.array(starts).reshape(-1, self.dimension)

    def _excess_of_spin(self, coordinates: np.ndarray) -> np.ndarray:
        from pyscf.fci import spin_op

        electrons = (self.problem.n_alpha, self.problem.n_beta)
        image = spin_op.contract_ss(self._sector.vector(coordinates), self.problem.n_orbitals, electrons)
        excess = self._sector.coordinates(image) - wanted_spin_squared(self.problem) * coordinates
        return np.asarray(_SPIN_PENALTY * excess)


def lowest_of(searches: Sequence[StateSearch], n_states: int) -> list[ExactState]:
    """The lowest states of several sectors by energy: no state of theirs is missing among the first `n_states`.

    Args:
        searches: One for each sector.
        n_states: How many, or all there are; the lowest of each sector is found in any case.
    """
    searches = [search for search in searches if search.dimension]
    bounds = np.sort(np.concatenate([search.first_energies for search in searches]))
    highest = bounds[min(_CANDIDATES * n_states, len(bounds)) - 1]
    wanted = [min(max(int((search.first_energies <= highest).sum()), 1), n_states) for search in searches]
    while True:
        found = [search.lowest(count) for search, count in zip(searches, wanted, strict=True)]
        states = sorted((state for part in found for state in part), key=lambda state: state.energy)
        last = states[n_states - 1].energy if len(states) >= n_states else np.inf
        # A sector is exhausted when the highest state found lies above those sought.
        open_ = [
            place
            for place, (search, part) in enumerate(zip(searches, found, strict=True))
            if len(part) < search.dimension and part[-1].energy < last
        ]
        if not open_:
            return states
        for place in open_:
            wanted[place] += 1


def lowest_states(
    problem: ElectronicProblem, irrep: int, n_roots: int, *, only_wanted_spin: bool = False
) -> list[ExactState]:
    """The lowest states of one irrep, by energy.

    Args:
        problem: The electronic problem.
        irrep: The irrep of the states.
        n_roots: How many, or all there are.
        only_wanted_spin: Leave out states without the spin of the reference's unpaired electrons; where the orbitals of
            both spins differ, fewer may remain than were asked for.
    """
    determinants = Determinants(problem)
    if only_wanted_spin:
        return StateSearch(determinants, irrep, determinants.exchanges[0]).lowest_of_wanted_spin(n_roots)
    searches = [StateSearch(determinants, irrep, exchange) for exchange in determinants.exchanges]
    return lowest_of(searches, n_roots)[:n_roots]


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


def eigenstates_of_spin(problem: ElectronicProblem, group: list[np.ndarray]) -> list[np.ndarray]:
    """Degenerate states mixed to eigenstates of S^2, those of low spin first."""
    from pyscf.fci import spin_op

    electrons = (problem.n_alpha, problem.n_beta)
    images = [np.asarray(spin_op.contract_ss(state, problem.n_orbitals, electrons)).ravel() for state in group]
    basis = np.array([state.ravel() for state in group])
    matrix = basis @ np.array(images).T
    _, rotation = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return [row.reshape(group[0].shape) for row in rotation.T @ basis]


def _n_irreps(problem: ElectronicProblem) -> int:
    """Of the smallest group whose irreps the orbitals have."""
    return 1 << int(np.bitwise_or.reduce(problem.wire_irreps, initial=0)).bit_length()


def _vectors_kept(dimension: int) -> int:
    return 60 if dimension <= _FEW else 30 if dimension <= SMALL_DIMENSION else 12
