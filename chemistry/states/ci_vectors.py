"""A program's state as PySCF's matrices of determinants, one for each number of electrons of either spin.

PySCF numbers the occupation strings of each spin in ascending order of their integers (bit p is orbital p) and creates
all electrons of spin up before those of spin down; the wires hold both spins of an orbital side by side. The two orders
differ by a sign for each determinant, and within one matrix by a common sign that no expectation value sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hamiltonian.occupation_strings import spin_strings
from chemistry.hamiltonian.slater_condon import interleaving_phase

if TYPE_CHECKING:
    from runtime import Program


@dataclass(frozen=True, eq=False)
class CiVector:
    """The part of a state that has a given number of electrons of either spin."""

    n_alpha: int
    n_beta: int
    coefficients: np.ndarray  # shape: (n_alpha_strings, n_beta_strings), real or complex

    @property
    def weight(self) -> float:
        """The probability of these numbers of electrons."""
        return float(np.linalg.norm(self.coefficients) ** 2)

    @property
    def real_parts(self) -> tuple[np.ndarray, ...]:
        """The real part, and the imaginary part of a complex state, each in C order."""
        parts = (self.coefficients.real, self.coefficients.imag)
        return tuple(np.ascontiguousarray(p) for p in parts[: 2 if np.iscomplexobj(self.coefficients) else 1])


def ci_vectors(program: Program, params: Any) -> tuple[int, list[CiVector]]:
    """The number of orbitals, and a program's state by its numbers of electrons.

    Args:
        program: on wires 2p (spin up of orbital p) and 2p + 1 (spin down).
        params: shape (n_params,).

    Raises:
        ValueError: if it is no program, the wires are not numbers, or `params` has another shape or is not finite.
    """
    from pyscf.fci import cistring

    if not (hasattr(program, "sector") and hasattr(program, "state")):
        raise ValueError(
            "A state is that of a program, as from runtime.compile(ansatz, problem.hamiltonian), and of its parameters,"
            f" but a {type(program).__name__} was given."
        )
    sector = program.sector
    wires: Sequence[Any] = sector.wires
    amplitudes = np.asarray(program.state(params))
    alpha, beta = spin_strings(sector)
    n_orbitals = int(max(wires)) // 2 + 1
    amplitudes = amplitudes * interleaving_phase(alpha, beta, n_orbitals)
    electrons = np.stack([np.bitwise_count(alpha), np.bitwise_count(beta)], axis=1).astype(np.int64)
    vectors = []
    for n_alpha, n_beta in np.unique(electrons, axis=0).tolist():
        here = (electrons == (n_alpha, n_beta)).all(axis=1)
        rows, columns = (
            cistring.strs2addr(n_orbitals, n, strings[here].astype(np.int64))
            for n, strings in ((n_alpha, alpha), (n_beta, beta))
        )
        shape = cistring.num_strings(n_orbitals, n_alpha), cistring.num_strings(n_orbitals, n_beta)
        coefficients = np.zeros(shape, dtype=np.result_type(amplitudes, np.float64))
        coefficients[rows, columns] = amplitudes[here]
        vectors.append(CiVector(n_alpha, n_beta, coefficients))
    return n_orbitals, vectors
