"""One state, or several with equal weights, that a circuit makes of one parameter vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import runtime
from chemistry.states.ci_vectors import ci_vectors

if TYPE_CHECKING:
    from chemistry.ansatz import Ansatz
    from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
    from chemistry.problem import ElectronicProblem
    from chemistry.states.ci_vectors import CiVector
    from runtime import Program


@dataclass(frozen=True, eq=False)
class CircuitStates:
    """Circuits over the same orbitals and parameters, ready for any integrals."""

    programs: tuple[Program, ...]
    circuits: tuple[Ansatz, ...]

    @classmethod
    def of(cls, circuits: Sequence[Ansatz], problem: ElectronicProblem) -> CircuitStates:
        """Compile circuits for a problem.

        Raises:
            ValueError: If a circuit uses other wires than the problem has, or would not fit in memory.
        """
        return cls(tuple(runtime.compile(c, problem.hamiltonian) for c in circuits), tuple(circuits))

    @property
    def n_params(self) -> int:
        """Shared by all states."""
        return self.programs[0].n_params

    @property
    def dimension(self) -> int:
        """Determinants that the largest circuit reaches."""
        return max(program.sector.dimension for program in self.programs)

    def mean_value_and_grad(self, hamiltonian: MolecularHamiltonian, params: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean of the states' energies in hartree, and its gradient, shape (n_params,)."""
        value, gradient = 0.0, np.zeros(self.n_params)
        for program, circuit in zip(self.programs, self.circuits, strict=True):
            here = _with_hamiltonian(program, circuit, hamiltonian)
            energy, slope = here.value_and_grad(params)
            value += float(np.sum(energy)) / len(self.programs)
            gradient += np.reshape(slope, self.n_params) / len(self.programs)
        return value, gradient

    def vectors(self, params: np.ndarray) -> list[CiVector]:
        """Each state as PySCF's matrix of determinants.

        Raises:
            ValueError: If a state has no definite number of electrons of either spin.
        """
        return [_only(ci_vectors(program, params)[1]) for program in self.programs]

    def mean_densities(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean one- and two-particle density matrices over the active orbitals, real parts, both spins."""
        n_orbitals = len(self.programs[0].sector.wires) // 2
        return mean_density_matrices(self.vectors(params), n_orbitals)

    def eigenstates(self, hamiltonian: MolecularHamiltonian, params: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """The Hamiltonian's eigenvalues and eigenvectors in the span of the states.

        The mean is the same for any orthonormal states of a span, so that it is trained, and these are the states.

        Returns:
            Energies in hartree, ascending, shape (n_states,), and matrices of determinants.
        """
        from pyscf.fci import direct_spin1

        vectors = self.vectors(params)
        states = np.array([v.coefficients for v in vectors])
        electrons, n_orbitals = (vectors[0].n_alpha, vectors[0].n_beta), len(hamiltonian.one_body)
        absorbed = direct_spin1.absorb_h1e(hamiltonian.one_body, hamiltonian.two_body, n_orbitals, electrons, 0.5)

        def applied(part: np.ndarray) -> np.ndarray:
            return direct_spin1.contract_2e(absorbed, np.ascontiguousarray(part), n_orbitals, electrons)

        products = np.array([applied(s.real) + (1j * applied(s.imag) if np.iscomplexobj(s) else 0.0) for s in states])
        flat = states.reshape(len(states), -1)
        matrix = flat.conj() @ products.reshape(len(states), -1).T
        energies, mixing = np.linalg.eigh(0.5 * (matrix + matrix.conj().T))
        return energies + hamiltonian.constant, list(np.tensordot(mixing.T, states, axes=1))


def mean_density_matrices(vectors: Sequence[CiVector], n_orbitals: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean of several states' density matrices: real parts, which are all that real integrals see."""
    from pyscf.fci import direct_spin1

    one, two = np.zeros((n_orbitals,) * 2), np.zeros((n_orbitals,) * 4)
    for vector in vectors:
        for part in vector.real_parts:
            first, second = direct_spin1.make_rdm12(part, n_orbitals, (vector.n_alpha, vector.n_beta))
            one += first / len(vectors)
            two += second / len(vectors)
    return 0.5 * (one + one.T), 0.5 * (two + two.transpose(1, 0, 3, 2))


def _with_hamiltonian(program: Any, circuit: Ansatz, hamiltonian: MolecularHamiltonian) -> Any:
    """The same circuit for other integrals; only the observable is new."""
    if program.engine == "sector":
        return program.with_objectives([hamiltonian], [hamiltonian.sector_objective(program.sector)])
    return runtime.compile(circuit, hamiltonian)


def _only(vectors: list[CiVector]) -> CiVector:
    if len(vectors) != 1:
        numbers = ", ".join(f"({v.n_alpha}, {v.n_beta})" for v in vectors[:4])
        raise ValueError(
            "An ansatz whose orbitals are optimised conserves the electrons of each spin, but this one mixes "
            f"{numbers}: choose one that conserves them."
        )
    return vectors[0]
