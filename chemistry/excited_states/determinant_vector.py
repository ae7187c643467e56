"""States over all determinants of the active orbitals, whatever circuit or method they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.states.ci_vectors import CiVector, ci_vectors
from chemistry.states.quantum_numbers import QuantumNumbers

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices
    from runtime import Program

_PRESENT = 1e-6  # the weight of an irrep from which a state is said to have it
_PURE = 1e-3  # the weight outside an irrep up to which a state is said to belong to it

# The coefficients of a state by its numbers of electrons of spin up and down: PySCF's matrices of determinants, shape
# (n_alpha_strings, n_beta_strings). A circuit that conserves both numbers has one.
Parts = Mapping[tuple[int, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class DeterminantVector:
    """A state over all determinants, by its numbers of electrons of either spin."""

    n_orbitals: int
    parts: Parts

    @classmethod
    def of_program(cls, program: Program, params: Any) -> DeterminantVector:
        """The state that a program prepares."""
        n_orbitals, vectors = ci_vectors(program, params)
        return cls(n_orbitals, {(v.n_alpha, v.n_beta): v.coefficients for v in vectors if v.weight > 0})

    @classmethod
    def combined(cls, vectors: Sequence[DeterminantVector], factors: Sequence[Any]) -> DeterminantVector:
        """A linear combination."""
        parts: dict[tuple[int, int], np.ndarray] = {}
        for vector, factor in zip(vectors, factors, strict=True):
            for electrons, coefficients in vector.parts.items():
                scaled = factor * coefficients
                parts[electrons] = parts[electrons] + scaled if electrons in parts else scaled
        return cls(vectors[0].n_orbitals, parts)

    def dot(self, other: DeterminantVector) -> complex | float:
        """The scalar product <self|other>; a float where both are real."""
        shared = self.parts.keys() & other.parts.keys()
        total = sum(np.vdot(self.parts[k], other.parts[k]) for k in shared)
        return complex(total) if np.iscomplexobj(total) else float(total)

    @property
    def norm(self) -> float:
        """Its length."""
        return float(np.sqrt(sum(np.linalg.norm(c) ** 2 for c in self.parts.values())))

    def normalised(self) -> DeterminantVector:
        """The same state with length 1."""
        return DeterminantVector.combined([self], [1.0 / self.norm])

    def times_hamiltonian(self, problem: ElectronicProblem) -> DeterminantVector:
        """H|self>, hartree; exact, as no determinant is left out."""
        from pyscf.fci import direct_spin1

        def product(part: np.ndarray, electrons: tuple[int, int]) -> np.ndarray:
            if not sum(electrons):
                return problem.constant * part
            merged = direct_spin1.absorb_h1e(problem.one_body, problem.two_body, self.n_orbitals, electrons, 0.5)
            return direct_spin1.contract_2e(merged, part, self.n_orbitals, electrons) + problem.constant * part

        return self._mapped(product)

    def times_one_body(self, matrix: np.ndarray) -> DeterminantVector:
        """A|self> for A = sum_pq matrix[p, q] E_pq, with a symmetric matrix of shape (n_orbitals, n_orbitals)."""
        from pyscf.fci import direct_spin1

        return self._mapped(lambda part, k: direct_spin1.contract_1e(matrix, part, self.n_orbitals, k))

    def quantum_numbers(self) -> QuantumNumbers:
        """Particle number, S_z and S^2 of the state, which must have length 1."""
        from pyscf.fci import spin_op

        vectors = self.ci_vectors()
        squared = sum(
            spin_op.spin_square0(part, self.n_orbitals, (v.n_alpha, v.n_beta))[0]
            for v in vectors
            for part in v.real_parts
        )
        return QuantumNumbers(
            n_electrons=sum(v.weight * (v.n_alpha + v.n_beta) for v in vectors),
            spin_projection=sum(v.weight * (v.n_alpha - v.n_beta) / 2 for v in vectors),
            spin_squared=float(squared),
        )

    def irrep(self, irreps: np.ndarray) -> int | None:
        """The irrep of the state, or None if it mixes several.

        Args:
            irreps: Of the orbitals, shape (n_orbitals,).
        """
        weights: dict[int, float] = {}
        for (n_alpha, n_beta), coefficients in self.parts.items():
            rows, columns = (string_irreps(irreps, n) for n in (n_alpha, n_beta))
            labels = rows[:, None] ^ columns[None, :]
            for label in np.unique(labels).tolist():
                weight = float(np.linalg.norm(coefficients[labels == label]) ** 2)
                if weight > _PRESENT:
                    weights[label] = weights.get(label, 0.0) + weight
        largest = max(weights, key=lambda label: weights[label])
        return largest if weights[largest] >= (1.0 - _PURE) * sum(weights.values()) else None

    def density_matrices(self) -> DensityMatrices:
        """Its reduced density matrices."""
        from chemistry.states.density_matrices import density_matrices_of

        return density_matrices_of(self.n_orbitals, self.ci_vectors())

    def ci_vectors(self) -> list[CiVector]:
        """The same as a list."""
        return [CiVector(*electrons, coefficients) for electrons, coefficients in self.parts.items()]

    def _mapped(self, linear: Any) -> DeterminantVector:
        """A real linear map of each part, applied to the real and the imaginary part of its coefficients."""
        parts = {}
        for vector in self.ci_vectors():
            electrons = (vector.n_alpha, vector.n_beta)
            mapped = [np.asarray(linear(part, electrons)).reshape(part.shape) for part in vector.real_parts]
            parts[electrons] = mapped[0] if len(mapped) == 1 else mapped[0] + 1j * mapped[1]
        return DeterminantVector(self.n_orbitals, parts)


def string_irreps(irreps: np.ndarray, n_electrons: int) -> np.ndarray:
    """The irrep of each occupation string in PySCF's order, shape (n_strings,)."""
    from pyscf.fci import cistring

    strings = np.asarray(cistring.make_strings(range(len(irreps)), n_electrons), dtype=np.int64)
    labels = np.zeros(len(strings), dtype=np.int64)
    for orbital, irrep in enumerate(np.asarray(irreps).tolist()):
        labels ^= np.where(strings >> orbital & 1, irrep, 0)
    return labels
