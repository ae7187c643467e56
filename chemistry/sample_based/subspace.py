"""A subspace of products of occupation strings, and the lowest state in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chemistry.baselines.pyscf_reference import on_few_threads
from chemistry.baselines.string_products import ProductState, lowest_product_states
from chemistry.problem import ElectronicProblem
from chemistry.sample_based.bit_strings import bits_of

_BYTES_PER_DETERMINANT = 8 * 60  # trial vectors, what the Hamiltonian makes of them, and the diagonal
_ROOTS_LOOKED_AT = 2  # the first that is found need not be the lowest


@dataclass(frozen=True, eq=False, kw_only=True)
class Subspace:
    """The lowest state among all products of some strings of spin up with some of spin down."""

    kind: str  # samples, uniform or selected CI
    energy: float  # hartree, bounded from below by the exact one
    s_squared: float
    converged: bool
    iteration: int
    batch: int
    alpha_strings: np.ndarray = field(repr=False)  # shape: (n_alpha_strings,), int64, bit p for orbital p
    beta_strings: np.ndarray = field(repr=False)  # shape: (n_beta_strings,), int64
    coefficients: np.ndarray = field(repr=False)  # shape: (n_alpha_strings, n_beta_strings)

    @property
    def determinants(self) -> int:
        """The dimension."""
        return int(self.coefficients.size)

    def occupations(self, n_orbitals: int) -> np.ndarray:
        """The average occupation of each orbital with spin up and spin down, shape (2, n_orbitals)."""
        weights = self.coefficients**2
        return np.array(
            [
                weights.sum(axis=1) @ bits_of(self.alpha_strings, n_orbitals),
                weights.sum(axis=0) @ bits_of(self.beta_strings, n_orbitals),
            ]
        )


def diagonalised(
    problem: ElectronicProblem, alpha: np.ndarray, beta: np.ndarray, *, kind: str, iteration: int, batch: int
) -> Subspace:
    """Diagonalise among the products of strings.

    Args:
        problem: With electrons of both spins, in the same orbitals.
        alpha: Strings of spin up, each once, int64.
        beta: Strings of spin down.
        kind: As in `Subspace`, as are the following.
        iteration: Counted from 0.
        batch: Counted from 0.

    Raises:
        DoesNotFitError: If there are more products than memory holds; a `ValueError`.
    """
    alpha, beta = np.sort(alpha), np.sort(beta)
    refuse_beyond_memory(len(alpha) * len(beta))
    state = _lowest(problem, alpha, beta)
    return Subspace(
        kind=kind, energy=state.energy, s_squared=state.s_squared, converged=state.converged, iteration=iteration,
        batch=batch, alpha_strings=alpha, beta_strings=beta, coefficients=state.coefficients,
    )  # fmt: skip


@on_few_threads
def _lowest(problem: ElectronicProblem, alpha: np.ndarray, beta: np.ndarray) -> ProductState:
    return lowest_product_states(problem, alpha, beta, n_roots=_ROOTS_LOOKED_AT)[0]


def refuse_beyond_memory(determinants: int) -> None:
    """Refuse a subspace that would not fit.

    Raises:
        DoesNotFitError: With the bytes needed and the bytes there; a `ValueError`.
    """
    from runtime.memory import HEADROOM, DoesNotFitError, available_bytes, human

    needed, room = determinants * _BYTES_PER_DETERMINANT, int(HEADROOM * available_bytes())
    if needed > room:
        raise DoesNotFitError(
            f"The samples span {determinants:,} determinants, which need {human(needed)} where {human(room)} are free: "
            "give a smaller batch_size, or fewer shots."
        )
