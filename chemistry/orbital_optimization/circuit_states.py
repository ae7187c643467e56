"""One state, or several with equal weights, that a circuit makes of one parameter vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

import runtime
from chemistry.states.ci_vectors import CiVector
from chemistry.states.determinant_order import DeterminantOrder
from chemistry.states.quantum_numbers import spin_squared_from

if TYPE_CHECKING:
    from chemistry.ansatz import Ansatz
    from chemistry.problem import ElectronicProblem
    from runtime.sector_program import SectorProgram


@dataclass(frozen=True, eq=False)
class ActiveIntegrals:
    """The Hamiltonian of the active electrons, or a change of it along a direction; hartree."""

    constant: float
    one_body: np.ndarray  # shape: (n_active,) * 2
    two_body: np.ndarray  # shape: (n_active,) * 4, (pq|rs)


@dataclass(frozen=True, eq=False)
class CircuitStates:
    """Circuits over the same orbitals and parameters, ready for any integrals.

    Attributes:
        programs: The compiled circuits.
        spin_penalty: Hartree, times <S^2> less the least value that it can have, is part of the mean energy and of its
            derivatives. Orbitals do not change it.
    """

    programs: tuple[SectorProgram, ...]
    spin_penalty: float = 0.0

    @classmethod
    def of(cls, circuits: Sequence[Ansatz], problem: ElectronicProblem) -> CircuitStates:
        """Compile circuits for a problem, without a penalty.

        Raises:
            ValueError: If a circuit uses other wires than the problem has, does not conserve the electrons of each
                spin, or would not fit in memory.
        """
        states = cls(tuple(runtime.compile(c, problem.hamiltonian) for c in circuits))  # type: ignore[misc]
        _ = states._orders  # refuses what cannot be ordered
        return states

    @property
    def n_params(self) -> int:
        """Shared by all states."""
        return self.programs[0].n_params

    @property
    def dimension(self) -> int:
        """Determinants that the largest circuit reaches."""
        return max(program.sector.dimension for program in self.programs)

    @cached_property
    def _orders(self) -> tuple[DeterminantOrder, ...]:
        return tuple(DeterminantOrder.of(program.sector) for program in self.programs)

    def mean_value_and_grad(self, hamiltonian: ActiveIntegrals, params: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean of the states' energies in hartree, and its gradient, shape (n_params,)."""
        value, gradient = 0.0, np.zeros(self.n_params)
        for program, order in zip(self.programs, self._orders, strict=True):
            here = program.with_objectives([hamiltonian], [_Energy(order, hamiltonian, self.spin_penalty)])
            energy, slope = here.value_and_grad(params)
            value += float(np.sum(energy)) / len(self.programs)
            gradient += np.reshape(slope, self.n_params) / len(self.programs)
        return value, gradient

    def mean_gradient_change(
        self, hamiltonian: ActiveIntegrals, change: ActiveIntegrals, params: np.ndarray, tangent: np.ndarray
    ) -> np.ndarray:
        """How fast the mean energy's gradient changes where parameters and integrals do.

        Args:
            hamiltonian: The integrals.
            change: How fast they change.
            params: Shape (n_params,).
            tangent: How fast the parameters change, shape (n_params,).

        Returns:
            Shape (n_params,), hartree.
        """
        total = np.zeros(self.n_params)
        for program, order in zip(self.programs, self._orders, strict=True):
            energy, moving = _Energy(order, hamiltonian, self.spin_penalty), _Energy(order, change)

            def bras(
                state: np.ndarray, moved: np.ndarray, energy: _Energy = energy, moving: _Energy = moving
            ) -> tuple[np.ndarray, np.ndarray]:
                return energy.applied(state), energy.applied(moved) + moving.applied(state)

            total += program.hvp_of(params, tangent, bras)[1] / len(self.programs)
        return total

    def vectors(self, params: np.ndarray) -> list[CiVector]:
        """Each state as PySCF's matrix of determinants."""
        return [
            CiVector(*order.electrons, order.matrix(program.state(params)))
            for program, order in zip(self.programs, self._orders, strict=True)
        ]

    def mean_densities(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean one- and two-particle density matrices over the active orbitals, real parts, both spins."""
        return mean_density_matrices(self.vectors(params), self._orders[0].n_orbitals)

    def mean_density_changes(self, params: np.ndarray, tangent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How fast `mean_densities` change along a direction in the space of parameters."""
        from pyscf.fci import direct_spin1

        n = self._orders[0].n_orbitals
        one, two = np.zeros((n,) * 2), np.zeros((n,) * 4)
        for program, order in zip(self.programs, self._orders, strict=True):
            both = (order.matrix(part) for part in program.state_and_tangent(params, tangent))
            state, moved = (CiVector(*order.electrons, matrix) for matrix in both)
            for part, moved_part in zip(state.real_parts, moved.real_parts, strict=True):
                first, second = direct_spin1.trans_rdm12(moved_part, part, n, order.electrons)
                one += (first + first.T) / len(self.programs)
                two += (second + second.transpose(1, 0, 3, 2)) / len(self.programs)
        return one, two

    def penalty(self, one: np.ndarray, two: np.ndarray) -> float:
        """What the penalty adds to the mean energy, hartree, from the mean density matrices."""
        return self.spin_penalty * (spin_squared_from(one, two) - self._orders[0].least_spin_squared)

    def eigenstates(self, hamiltonian: ActiveIntegrals, params: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """The Hamiltonian's eigenvalues and eigenvectors in the span of the states.

        The mean is the same for any orthonormal states of a span, so that it is trained, and these are the states.

        Returns:
            Energies in hartree, ascending, shape (n_states,), and matrices of determinants.
        """
        states = np.array([v.coefficients for v in self.vectors(params)])
        products = np.array([_Energy(self._orders[0], hamiltonian).times(state) for state in states])
        matrix = states.reshape(len(states), -1).conj() @ products.reshape(len(states), -1).T
        energies, mixing = np.linalg.eigh(0.5 * (matrix + matrix.conj().T))
        return energies, list(np.tensordot(mixing.T, states, axes=1))


class _Energy:
    """The energy of a state over a sector as an objective of the runtime; PySCF contracts its integrals.

    Orbitals move with every step, so a matrix in the sector would be used a few times only and cost more to make.
    """

    is_real = True
    is_diagonal = False
    nbytes = 0

    def __init__(self, order: DeterminantOrder, integrals: ActiveIntegrals, spin_penalty: float = 0.0) -> None:
        self._order, self._penalty = order, spin_penalty
        self._constant = integrals.constant - spin_penalty * order.least_spin_squared
        from pyscf.fci import direct_spin1

        self._absorbed = direct_spin1.absorb_h1e(
            integrals.one_body, integrals.two_body, order.n_orbitals, order.electrons, 0.5
        )

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `runtime.objectives.Objective`."""
        out[:] = self.applied(state)
        return float(np.vdot(state, out).real)

    def applied(self, state: np.ndarray) -> np.ndarray:
        """H |state> within the sector, shape (dimension,)."""
        return self._order.amplitudes(self.times(self._order.matrix(state)))

    def times(self, matrix: np.ndarray) -> np.ndarray:
        """H times a matrix of determinants."""
        if np.iscomplexobj(matrix):
            return self._contracted(matrix.real) + 1j * self._contracted(matrix.imag)
        return self._contracted(matrix)

    def _contracted(self, matrix: np.ndarray) -> np.ndarray:
        from pyscf.fci import direct_spin1, spin_op

        space = self._order.n_orbitals, self._order.electrons
        matrix = np.ascontiguousarray(matrix)
        product = direct_spin1.contract_2e(self._absorbed, matrix, *space) + self._constant * matrix
        return product + self._penalty * spin_op.contract_ss(matrix, *space) if self._penalty else product


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
