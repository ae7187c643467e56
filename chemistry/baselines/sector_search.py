"""The lowest eigenpairs in a sector: of its whole matrix where it is small, otherwise by a search that is challenged.

A Davidson search never leaves the symmetry of its guesses, and a molecule has more symmetry than its Abelian point
group: the angular momentum of an atom or a linear molecule, the irreps of a larger group, the separate spins of distant
fragments. If all guesses share such a symmetry, the search converges and misses a lower state of another one.

So what was found is challenged by a second search, from random vectors orthogonal to the states found, which contain
every symmetry. It divides its residuals by the distance from the highest energy found rather than from its own, which
favors what lies lower. If it finds a lower state, the first search continues with it; the states count as converged
only once a challenge has ended above them.

Davidson, J. Comput. Phys. 17, 87 (1975); Olsen, Jorgensen and Simons, Chem. Phys. Lett. 169, 463 (1990).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Protocol

import numpy as np
from scipy.linalg import eigh

from chemistry.baselines.krylov_space import KrylovSpace, RitzStates

DENSE = 800  # basis vectors up to which the whole matrix is diagonalized, in 0.06 s; a search takes as long at 600
_LISTED = 400  # basis vectors of lowest energy from whose matrix a search begins
_RESIDUAL = 3e-6  # hartree; of a converged state
_LOWER = 1e-9  # hartree, by which a challenger must be lower to count
_SHARE = 0.02  # of a challenger's distance above the states found, that its residual may have at the end
_CHALLENGERS = 3  # at once, in sectors where they cost little
_MANY = 20_000  # basis vectors of a sector beyond which there is one challenger
_SMALLEST_RESIDUAL, _LARGEST_RESIDUAL = 1e-5, 1e-4  # hartree; of a challenger very close to the states found
_MOST_CYCLES = 300
_MOST_CHALLENGES = 20
_SPREAD = 0.5  # hartree above the lowest determinants, over which the weights in a random vector fall off
_CLOSEST = 1e-2  # hartree; smallest distance in energy to divide by
_MORE_KEPT = 3  # at least, than the states that are sought, when the space of a search is full; half of it, if more
_FIRST = 8  # eigenpairs of a whole matrix that are computed at once
_SEED = 7

Change = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False, kw_only=True)
class Eigenpairs:
    """The lowest eigenpairs of a sector."""

    energies: np.ndarray
    """Without the constant, hartree, ascending, shape (n,)."""
    vectors: np.ndarray
    """Orthonormal, shape (n, dimension)."""
    converged: np.ndarray
    """Whether each is an eigenpair and a challenge of all of them found nothing lower, shape (n,)."""

    def first(self, count: int) -> Eigenpairs:
        """The lowest of them."""
        return Eigenpairs(
            energies=self.energies[:count], vectors=self.vectors[:count], converged=self.converged[:count]
        )


class Operator(Protocol):
    """A Hamiltonian over a basis, such as a `DeterminantSector`."""

    dimension: int

    @property
    def diagonal(self) -> np.ndarray:
        """The diagonal, or nearly so, hartree, shape (dimension,)."""

    def matrix(self, members: np.ndarray) -> np.ndarray:
        """The elements among some basis vectors, hartree, shape (n_members, n_members)."""

    def product(self, coordinates: np.ndarray) -> np.ndarray:
        """The operator applied to a vector, hartree, shape (dimension,)."""


class SectorSearch:
    """The lowest eigenpairs of a sector. What was found helps the next call.

    Args:
        sector: The Hamiltonian over the basis of a sector.
        max_vectors: How many vectors may be held, each with its image.
        penalty: An operator to add to the Hamiltonian, applied to a vector of shape (dimension,).
    """

    def __init__(self, sector: Operator, *, max_vectors: int, penalty: Change | None = None) -> None:
        self.sector, self._max_vectors, self._penalty = sector, max_vectors, penalty
        self._found: Eigenpairs | None = None

    @property
    def is_dense(self) -> bool:
        """Whether the whole matrix is diagonalized."""
        return self.sector.dimension <= DENSE and self._penalty is None

    @property
    def first_energies(self) -> np.ndarray:
        """Upper bounds of the lowest energies without the constant, hartree, ascending; exact if `is_dense`."""
        return self.lowest(_FIRST).energies if self.is_dense else self._listed_eigenpairs[0]

    def lowest(self, n_states: int, *, starts: np.ndarray | None = None) -> Eigenpairs:
        """The lowest eigenpairs.

        Args:
            n_states: How many, or all there are.
            starts: Vectors that a search begins from, shape (n_starts, dimension); None: the lowest eigenvectors among
                the determinants of lowest energy.
        """
        n_states = min(n_states, self.sector.dimension)
        if self._found is None or len(self._found.energies) < n_states:
            self._found = self._diagonalized(n_states) if self.is_dense else self._searched(n_states, starts)
        return self._found.first(n_states)

    def starts(self) -> Iterator[np.ndarray]:
        """The eigenvectors among the determinants of lowest energy, lowest first, each of shape (dimension,)."""
        for column in self._listed_eigenpairs[1].T:
            start = np.zeros(self.sector.dimension)
            start[self._listed] = column
            yield start

    def _diagonalized(self, n_states: int) -> Eigenpairs:
        count = min(max(n_states, _FIRST), self.sector.dimension)
        energies, columns = eigh(self._matrix, subset_by_index=(0, count - 1))
        return Eigenpairs(energies=energies, vectors=columns.T, converged=np.ones(count, dtype=bool))

    @cached_property
    def _matrix(self) -> np.ndarray:
        return self.sector.matrix(np.arange(self.sector.dimension))

    @cached_property
    def _listed(self) -> np.ndarray:
        return np.sort(np.argsort(self.sector.diagonal, kind="stable")[:_LISTED])

    @cached_property
    def _listed_eigenpairs(self) -> tuple[np.ndarray, np.ndarray]:
        energies, columns = np.linalg.eigh(self.sector.matrix(self._listed))
        return energies, columns

    def _searched(self, n_states: int, starts: np.ndarray | None) -> Eigenpairs:
        if starts is None:
            starts = np.array(list(islice(self.starts(), n_states)))
        if self._found is not None:
            starts = np.vstack([self._found.vectors, starts])
        rng = np.random.default_rng([_SEED, n_states])
        above = False
        for _ in range(_MOST_CHALLENGES):
            found = self._davidson(starts, n_states, rng)
            challenger = self._challenger(found, rng)
            above = challenger is None
            if above and found.converged.all():
                break
            starts = found.vectors if challenger is None else np.vstack([found.vectors, challenger])
        return Eigenpairs(energies=found.energies, vectors=found.vectors, converged=found.converged & above)

    def _davidson(self, starts: np.ndarray, n_states: int, rng: np.random.Generator) -> Eigenpairs:
        space = self._space(n_states)
        for start in starts:
            space.add(start)
        for _ in range(_MOST_CYCLES):
            states = space.lowest(n_states)
            if len(states.energies) < n_states:
                space.add(self._random(rng))
                continue
            open_ = np.flatnonzero(states.errors > _RESIDUAL).tolist()
            if not self._extended(space, states, open_, states.energies):
                break
        return Eigenpairs(energies=states.energies, vectors=states.vectors, converged=states.errors <= _RESIDUAL)

    def _challenger(self, found: Eigenpairs, rng: np.random.Generator) -> np.ndarray | None:
        """A vector orthogonal to the states found whose energy is below the highest of them, if a search has one."""
        highest = found.energies[-1]
        count = _CHALLENGERS if self.sector.dimension <= _MANY else 1
        space = self._space(count, orthogonal_to=found.vectors)
        added = sum(space.add(self._random(rng)) for _ in range(count)) > 0
        for _ in range(_MOST_CYCLES):
            if not added:
                return None  # nothing more is orthogonal to the states found
            states = space.lowest(count)
            distances = states.energies - highest
            if distances[0] < -_LOWER:
                return states.vectors[:1]
            settled = np.maximum(_SHARE * distances, np.clip(0.5 * distances, _SMALLEST_RESIDUAL, _LARGEST_RESIDUAL))
            open_ = np.flatnonzero(states.errors > settled).tolist()
            if not open_:
                return None
            added = self._extended(space, states, open_, np.full(count, highest))
        return states.vectors[:1]  # undecided: the search goes on

    def _extended(self, space: KrylovSpace, states: RitzStates, open_: list[int], energies: np.ndarray) -> bool:
        """Improve some states of a space, each with a step at an energy; False if there was nothing to add."""
        steps = [(self._step(states.residuals[k], states.vectors[k], energies[k]), states.residuals[k]) for k in open_]
        added = False
        for step, residual in steps:
            # Where the step lies in the space already, the residual itself never does.
            added |= space.add(step) or space.add(residual)
        return added

    def _space(self, n_states: int, *, orthogonal_to: np.ndarray | None = None) -> KrylovSpace:
        kept = max(n_states + _MORE_KEPT, self._max_vectors // 2)
        return KrylovSpace(
            self._product,
            self.sector.dimension,
            capacity=max(self._max_vectors, 2 * kept),
            kept=kept,
            orthogonal_to=orthogonal_to,
        )

    def _product(self, vector: np.ndarray) -> np.ndarray:
        image = self.sector.product(vector)
        return image if self._penalty is None else image + self._penalty(vector)

    def _step(self, residual: np.ndarray, vector: np.ndarray, energy: float) -> np.ndarray:
        """The first-order correction of a vector, orthogonal to it: without that, it may be the vector itself."""
        step, along = self._divided(residual, energy), self._divided(vector, energy)
        overlap = vector @ along
        return step - (vector @ step) / overlap * along if abs(overlap) > 0.0 else step

    def _divided(self, vector: np.ndarray, energy: float) -> np.ndarray:
        """Divided by an approximate Hamiltonian less an energy: whole among the listed determinants, else diagonal."""
        energies, columns = self._listed_eigenpairs
        divided = vector / _away_from_zero(self.sector.diagonal - energy)
        divided[self._listed] = columns @ (columns.T @ vector[self._listed] / _away_from_zero(energies - energy))
        return divided

    def _random(self, rng: np.random.Generator) -> np.ndarray:
        """A random vector with a part of every symmetry and most of its weight at low energies."""
        energies, columns = self._listed_eigenpairs
        noise = rng.normal(size=self.sector.dimension)
        vector = noise / (np.maximum(self.sector.diagonal - energies[0], 0.0) / _SPREAD + 1.0) ** 2
        vector[self._listed] = columns @ (noise[self._listed] / ((energies - energies[0]) / _SPREAD + 1.0) ** 2)
        return vector


def _away_from_zero(values: np.ndarray) -> np.ndarray:
    return np.where(np.abs(values) < _CLOSEST, np.copysign(_CLOSEST, values), values)
