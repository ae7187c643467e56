"""The determinants of one irrep, of which the states are even or odd when spin up and down change places.

A state of S_z = 0 keeps its sign under that exchange if its spin S is even, and changes it if S is odd. So singlets and
triplets never meet in one eigenproblem, and each half of the determinants is described by half as many numbers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from chemistry.baselines.pyscf_reference import silent_mole
from chemistry.hamiltonian.matrix_free import MatrixFreeEnergy, matrix_free_energy
from chemistry.hamiltonian.spin_blocks import SpinBlocks
from chemistry.integrals.spin_integrals import by_spin
from chemistry.problem import ElectronicProblem

Sector = tuple[int, int]  # an irrep, and +1 or -1 for even or odd spin or 0 for both


class Determinants:
    """All determinants with the problem's electrons of each spin, numbered as in PySCF's vectors.

    Args:
        problem: The electronic problem.
    """

    def __init__(self, problem: ElectronicProblem) -> None:
        self.problem = problem
        self.electrons = (problem.n_alpha, problem.n_beta)
        self.alpha_irreps, self.beta_irreps = _string_irreps(problem)
        self.shape = (len(self.alpha_irreps), len(self.beta_irreps))

    @property
    def irreps(self) -> list[int]:
        """The irreps that occur."""
        return sorted({a ^ b for a in set(self.alpha_irreps.tolist()) for b in set(self.beta_irreps.tolist())})

    @property
    def sectors(self) -> list[Sector]:
        """The sectors in which there are states."""
        several = np.bincount(self.alpha_irreps).max() > 1
        # Only a pair of different strings has a state of odd spin.
        return [(irrep, x) for irrep in self.irreps for x in self.exchanges if x >= 0 or irrep or several]

    @property
    def reference_sector(self) -> Sector:
        """The sector with the spin and the irrep of the reference determinant."""
        return self.problem.reference_irrep, self.exchanges[0]

    @property
    def exchanges(self) -> tuple[int, ...]:
        """The sectors of each irrep: +1 and -1 where states are even or odd when spin up and down change places."""
        return (1, -1) if self.electrons[0] == self.electrons[1] and self.problem.beta is None else (0,)

    @cached_property
    def energies(self) -> np.ndarray:
        """The energy of each determinant without the constant, hartree, shape (n_determinants,)."""
        solver, integrals = self._solver
        return np.asarray(solver.make_hdiag(*integrals, self.problem.n_orbitals, self.electrons)).ravel()

    def matrix(self, addresses: np.ndarray) -> np.ndarray:
        """The Hamiltonian without the constant among determinants, hartree.

        Args:
            addresses: Their numbers, ascending.
        """
        solver, integrals = self._solver
        wanted_first = np.full(len(self.energies), np.inf)
        wanted_first[addresses] = self.energies[addresses]
        found, elements = solver.pspace(
            *integrals, self.problem.n_orbitals, self.electrons, wanted_first, len(addresses)
        )
        order = np.argsort(found)
        return np.asarray(elements[np.ix_(order, order)])

    @cached_property
    def _solver(self) -> tuple[Any, tuple[Any, Any]]:
        """PySCF's solver that knows no symmetry, and the integrals as it takes them."""
        from pyscf import fci

        problem = self.problem
        integrals = (problem.one_body, problem.two_body)
        if problem.beta is None:
            return fci.direct_spin1.FCISolver(silent_mole()), integrals
        return fci.direct_uhf.FCISolver(silent_mole()), by_spin(*integrals, problem.beta)


class DeterminantSector:
    """An orthonormal basis of one irrep, and the Hamiltonian over it.

    Where the states are even or odd under the exchange of spins, a basis vector is a pair of determinants that are each
    other's image, or one that is its own.

    Args:
        determinants: All determinants of the problem.
        irrep: The irrep of those in the sector.
        exchange: +1 for states of even spin, -1 for states of odd spin, 0 for both at once. Anything but 0 needs as
            many electrons of spin up as down, in orbitals that both share.
    """

    def __init__(self, determinants: Determinants, irrep: int, exchange: int) -> None:
        self.determinants, self.irrep, self.exchange = determinants, irrep, exchange
        self._shape = determinants.shape
        alpha, beta = determinants.alpha_irreps, determinants.beta_irreps
        groups = [group for group in np.unique(alpha).tolist() if (beta == group ^ irrep).any()]
        self._rows = [np.flatnonzero(alpha == group) for group in groups]
        self._columns = [np.flatnonzero(beta == group ^ irrep) for group in groups]
        n_columns = self._shape[1]
        blocks = [row[:, None] * n_columns + column for row, column in zip(self._rows, self._columns, strict=True)]
        # In the order of the blocks, the numbers of the determinants.
        self._addresses = np.concatenate([np.zeros(0, dtype=np.int64), *(block.ravel() for block in blocks)])
        first = second = np.arange(len(self._addresses))
        if exchange:
            place_of = np.empty(self._shape[0] * n_columns, dtype=np.int64)
            place_of[self._addresses] = first
            up, down = np.divmod(self._addresses, n_columns)
            second = place_of[down * n_columns + up]
        kept = first <= second if exchange >= 0 else first < second
        self._first, self._second = first[kept], second[kept]
        self._scale = np.where(self._first == self._second, 1.0, np.sqrt(0.5))
        self.dimension = len(self._first)

    @cached_property
    def diagonal(self) -> np.ndarray:
        """The energy of each basis vector's first determinant, without the constant, hartree, shape (dimension,)."""
        return self.determinants.energies[self._addresses[self._first]]

    def vector(self, coordinates: np.ndarray) -> np.ndarray:
        """A state over all determinants, shape (n_alpha_strings, n_beta_strings), in PySCF's order."""
        vector = np.zeros(self._shape[0] * self._shape[1])
        vector[self._addresses] = self._in_blocks(coordinates)
        return vector.reshape(self._shape)

    def coordinates(self, vector: np.ndarray) -> np.ndarray:
        """The part of a state over all determinants that lies in the sector, shape (dimension,)."""
        return self._from_blocks(np.asarray(vector).ravel()[self._addresses])

    def product(self, coordinates: np.ndarray) -> np.ndarray:
        """The Hamiltonian without the constant applied to a vector, hartree, shape (dimension,)."""
        image = np.empty(len(self._addresses))
        self._hamiltonian.apply(self._in_blocks(coordinates), image)
        return self._from_blocks(image)

    def matrix(self, members: np.ndarray) -> np.ndarray:
        """The Hamiltonian without the constant among some basis vectors, hartree, shape (n_members, n_members)."""
        first, second = self._addresses[self._first[members]], self._addresses[self._second[members]]
        places = np.union1d(first, second)
        elements = self.determinants.matrix(places)
        return folded(elements, np.searchsorted(places, first), np.searchsorted(places, second), self.exchange)

    @cached_property
    def _hamiltonian(self) -> MatrixFreeEnergy:
        from pyscf.fci import cistring

        problem = self.determinants.problem
        strings = [
            np.asarray(cistring.make_strings(range(problem.n_orbitals), n), dtype=np.uint64)
            for n in self.determinants.electrons
        ]
        row_counts, column_counts = ([len(part) for part in parts] for parts in (self._rows, self._columns))
        blocks = SpinBlocks(
            rows=strings[0][np.concatenate(self._rows)],
            columns=strings[1][np.concatenate(self._columns)],
            first_row=np.concatenate([[0], np.cumsum(row_counts)]),
            first_column=np.concatenate([[0], np.cumsum(column_counts)]),
            start=np.concatenate([[0], np.cumsum(np.multiply(row_counts, column_counts))]),
            place=np.zeros(0, dtype=np.int64),
            phase=np.ones(len(self._addresses), dtype=np.int8),  # all of spin up, then all of spin down, as in PySCF
            up_first=True,
        )
        return matrix_free_energy(blocks, 0.0, problem.one_body, problem.two_body, problem.beta)

    def _in_blocks(self, coordinates: np.ndarray) -> np.ndarray:
        vector = np.zeros(len(self._addresses))
        scaled = self._scale * coordinates if self.exchange else coordinates
        if self.exchange:
            vector[self._second] = self.exchange * scaled
        vector[self._first] = scaled
        return vector

    def _from_blocks(self, vector: np.ndarray) -> np.ndarray:
        if not self.exchange:
            return vector[self._first]
        # The determinants that are their own images are counted twice here.
        weight = np.where(self._first == self._second, 0.5, self._scale)
        return weight * (vector[self._first] + self.exchange * vector[self._second])


def folded(elements: np.ndarray, first: np.ndarray, second: np.ndarray, exchange: int) -> np.ndarray:
    """The Hamiltonian over pairs of determinants that are each other's images, from that over determinants.

    Args:
        elements: The Hamiltonian among determinants, hartree.
        first: The place of one determinant of each pair, shape (n_pairs,).
        second: The place of its image; the same where a determinant is its own, which only even spin has.
        exchange: As in `DeterminantSector`.
    """
    direct = elements[np.ix_(first, first)]
    if not exchange:
        return direct
    # A determinant that is its own image stands for both of a pair.
    scale = np.where(first == second, np.sqrt(0.5), 1.0)
    return np.asarray(scale[:, None] * (direct + exchange * elements[np.ix_(first, second)]) * scale)


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
