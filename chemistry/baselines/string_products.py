"""The lowest states among all products of given occupation strings of spin up with given ones of spin down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chemistry.baselines.pyscf_reference import silent_mole
from chemistry.problem import ElectronicProblem

_DENSE = 200  # determinants up to which the matrix is written out
_ENERGY_TOLERANCE = 1e-10  # hartree


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
    """Diagonalise the Hamiltonian among products of strings by PySCF.

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
    selected = fci.selected_ci
    electrons, n_orbitals = (problem.n_alpha, problem.n_beta), problem.n_orbitals
    strings = (np.asarray(alpha, dtype=np.int64), np.asarray(beta, dtype=np.int64))
    shape = (len(strings[0]), len(strings[1]))
    dimension = shape[0] * shape[1]
    n_roots = min(n_roots, dimension)
    solver = selected.SelectedCI(silent_mole())
    solver.conv_tol, solver.max_cycle, solver.max_space = _ENERGY_TOLERANCE, 300, 20
    if dimension <= _DENSE:
        values, columns = np.linalg.eigh(_matrix(solver, problem, strings))
        energies: Any = values[:n_roots] + problem.constant
        vectors: Any = columns.T[:n_roots]
        converged = [True] * n_roots
    else:
        energies, vectors = solver.kernel_fixed_space(
            problem.one_body, problem.two_body, n_orbitals, electrons, strings,
            ci0=_guesses(problem, strings, n_roots, guess), nroots=n_roots, ecore=problem.constant,
        )  # fmt: skip
        energies, vectors = (energies, vectors) if n_roots > 1 else ([energies], [vectors])
        converged = np.atleast_1d(solver.converged).tolist()
    states = []
    for energy, vector, good in zip(energies, vectors, converged, strict=True):
        coefficients = np.ascontiguousarray(np.asarray(vector).reshape(shape))
        tagged = selected._as_SCIvector(coefficients, strings)
        s_squared = float(selected.spin_square(tagged, n_orbitals, electrons)[0])
        states.append(
            ProductState(
                energy=float(energy), s_squared=s_squared, converged=bool(good), coefficients=coefficients,
                vector=tagged,
            )
        )  # fmt: skip
    return sorted(states, key=lambda state: state.energy)


def _matrix(solver: Any, problem: ElectronicProblem, strings: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The Hamiltonian without its constant, column by column."""
    from pyscf.fci import direct_spin1, selected_ci

    electrons, n_orbitals = (problem.n_alpha, problem.n_beta), problem.n_orbitals
    both = direct_spin1.absorb_h1e(problem.one_body, problem.two_body, n_orbitals, electrons, 0.5)
    links = selected_ci._all_linkstr_index(strings, n_orbitals, electrons)
    dimension = len(strings[0]) * len(strings[1])
    matrix = np.empty((dimension, dimension))
    for column in range(dimension):
        unit = np.zeros((len(strings[0]), len(strings[1])))
        unit.flat[column] = 1.0
        image = solver.contract_2e(both, selected_ci._as_SCIvector(unit, strings), n_orbitals, electrons, links)
        matrix[:, column] = np.asarray(image).ravel()
    return 0.5 * (matrix + matrix.T)


def _guesses(
    problem: ElectronicProblem, strings: tuple[np.ndarray, np.ndarray], n_roots: int, guess: np.ndarray | None
) -> Any:
    """The given vector, and the determinants of lowest energy."""
    from pyscf.fci import selected_ci

    electrons = (problem.n_alpha, problem.n_beta)
    shape = (len(strings[0]), len(strings[1]))
    diagonal = selected_ci.make_hdiag(problem.one_body, problem.two_body, strings, problem.n_orbitals, electrons)
    lowest = np.argsort(diagonal, kind="stable")[: n_roots + 1]
    vectors = np.zeros((len(lowest), diagonal.size))
    vectors[np.arange(len(lowest)), lowest] = 1.0
    if guess is not None:
        vectors = np.vstack([np.asarray(guess).reshape(1, -1), vectors])
    return selected_ci._as_SCIvector(vectors.reshape(-1, *shape), strings)
