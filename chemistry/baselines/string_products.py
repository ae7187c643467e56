"""The lowest states among all products of given occupation strings of spin up with given ones of spin down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chemistry.baselines.sector_search import SectorSearch
from chemistry.hamiltonian.matrix_free import MatrixFreeEnergy, matrix_free_energy
from chemistry.hamiltonian.slater_condon import hamiltonian_matrix, interleaving_phase
from chemistry.hamiltonian.spin_blocks import SpinBlocks
from chemistry.problem import ElectronicProblem

_VECTORS_KEPT = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class ProductState:
    """A state over products of occupation strings."""

    energy: float  # hartree
    s_squared: float
    converged: bool
    coefficients: np.ndarray  # shape: (n_alpha_strings, n_beta_strings)
    vector: Any  # the same as PySCF's selected CI keeps it, with its strings


def lowest_product_states(
    problem: ElectronicProblem,
    alpha: np.ndarray,
    beta: np.ndarray,
    *,
    n_roots: int = 1,
    guess: np.ndarray | None = None,
) -> list[ProductState]:
    """Diagonalise the Hamiltonian among products of strings whole, or by a search that is challenged.

    Args:
        problem: With electrons of both spins, in the same orbitals.
        alpha: Strings of spin up, ascending, bit p for orbital p, shape (n_alpha_strings,), int64.
        beta: The same for spin down.
        n_roots: How many states, where there are so many products.
        guess: A vector to begin from, shape (n_alpha_strings, n_beta_strings).

    Returns:
        The states by energy.

    Raises:
        ValueError: If there are no electrons of one spin, which PySCF's solver divides by.
    """
    from pyscf import fci

    if 0 in (problem.n_alpha, problem.n_beta):
        raise ValueError(
            "Products of occupation strings need electrons of both spins, but the problem has "
            f"{problem.n_alpha} of spin up and {problem.n_beta} of spin down: use full_ci."
        )
    electrons, n_orbitals = (problem.n_alpha, problem.n_beta), problem.n_orbitals
    strings = (np.asarray(alpha, dtype=np.int64), np.asarray(beta, dtype=np.int64))
    shape = (len(strings[0]), len(strings[1]))
    search = SectorSearch(_Products(problem, *strings), max_vectors=_VECTORS_KEPT)
    found = search.lowest(n_roots, starts=None if guess is None else np.asarray(guess).reshape(1, -1))
    states = []
    for energy, vector, converged in zip(found.energies, found.vectors, found.converged, strict=True):
        coefficients = np.ascontiguousarray(vector.reshape(shape))
        tagged = fci.selected_ci._as_SCIvector(coefficients, strings)
        states.append(
            ProductState(
                energy=float(energy + problem.constant),
                s_squared=float(fci.selected_ci.spin_square(tagged, n_orbitals, electrons)[0]),
                converged=bool(converged),
                coefficients=coefficients,
                vector=tagged,
            )
        )
    return states


class _Products:
    """The Hamiltonian among products of strings."""

    def __init__(self, problem: ElectronicProblem, alpha: np.ndarray, beta: np.ndarray) -> None:
        self._problem, self._alpha, self._beta = problem, alpha, beta
        self.dimension = len(alpha) * len(beta)

    @cached_property
    def diagonal(self) -> np.ndarray:
        """The energy of each product without the constant, hartree, shape (dimension,)."""
        from pyscf.fci import selected_ci

        problem = self._problem
        electrons = (problem.n_alpha, problem.n_beta)
        strings = (self._alpha, self._beta)
        return np.asarray(
            selected_ci.make_hdiag(problem.one_body, problem.two_body, strings, problem.n_orbitals, electrons)
        ).ravel()

    def matrix(self, members: np.ndarray) -> np.ndarray:
        """The Hamiltonian without the constant among some products, hartree, shape (n_members, n_members)."""
        up, down = np.divmod(members, len(self._beta))
        alpha, beta = self._alpha[up].astype(np.uint64), self._beta[down].astype(np.uint64)
        elements = hamiltonian_matrix(alpha, beta, 0.0, self._problem.one_body, self._problem.two_body).toarray()
        # From all spin orbitals in turn to all of spin up, then all of spin down.
        phase = interleaving_phase(alpha, beta, self._problem.n_orbitals).astype(float)
        return np.asarray(phase[:, None] * elements * phase)

    def product(self, vector: np.ndarray) -> np.ndarray:
        """The Hamiltonian without the constant applied to a vector, hartree, shape (dimension,)."""
        image = np.empty(self.dimension)
        self._hamiltonian.apply(np.asarray(vector), image)
        return image

    @cached_property
    def _hamiltonian(self) -> MatrixFreeEnergy:
        blocks = SpinBlocks(
            rows=self._alpha.astype(np.uint64),
            columns=self._beta.astype(np.uint64),
            first_row=np.array([0, len(self._alpha)]),
            first_column=np.array([0, len(self._beta)]),
            start=np.array([0, self.dimension]),
            place=np.zeros(0, dtype=np.int64),
            phase=np.ones(self.dimension, dtype=np.int8),
            up_first=True,
        )
        return matrix_free_energy(blocks, 0.0, self._problem.one_body, self._problem.two_body)
