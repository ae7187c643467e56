"""The best circuit parameters and rotations among the active orbitals, for fixed other orbitals.

Nothing but the integrals over the active orbitals is needed, so an evaluation costs little more than the circuit. One
search follows another while the other orbitals move, and begins with the inverse Hessian that the last has learned.
"""

from __future__ import annotations

import numpy as np

from chemistry.orbital_optimization.circuit_states import ActiveIntegrals, CircuitStates
from chemistry.orbital_optimization.shifted import Shifted
from runtime import Minimum
from runtime.minimization import ContinuedSearch

_CURVATURE_OF_ROTATIONS = 0.1  # hartree / radian^2, of the little that they change


class ActiveSearch:
    """Searches over parameters and rotations, one after another.

    Args:
        states: The circuit, or circuits whose mean energy is taken.
        params: Where the first search begins, shape (n_circuit_params,).
        curvatures: Estimates of the energy's second derivatives by the circuit's parameters.
        rotations: The pairs p > q of active orbitals that mix, two arrays.
        n_active: Active orbitals.
    """

    def __init__(
        self,
        states: CircuitStates,
        params: np.ndarray,
        curvatures: np.ndarray,
        rotations: tuple[np.ndarray, np.ndarray],
        n_active: int,
    ) -> None:
        self._states, self._rotations, self._n_active = states, rotations, n_active
        n_rotations = len(rotations[0])
        self._x = np.concatenate([params, np.zeros(n_rotations)])
        scales = np.concatenate([curvatures, np.full(n_rotations, _CURVATURE_OF_ROTATIONS)])
        self._search = ContinuedSearch(self._x, scales)
        self._last: float | None = None  # hartree, where the last search ended

    @property
    def params(self) -> np.ndarray:
        """Where the last search ended, shape (n_circuit_params,)."""
        return self._x[: self._states.n_params]

    @property
    def unitary(self) -> np.ndarray:
        """The active orbitals' rotation where the last search ended, in its columns."""
        from scipy.linalg import expm

        return expm(self._generator(self._x))

    def minimize(
        self,
        integrals: ActiveIntegrals,
        response: np.ndarray | None,
        *,
        gradient_tolerance: float,
        max_evaluations: int,
        deadline: float | None,
    ) -> Minimum:
        """Minimize the energy for given integrals, from where the last search ended.

        Args:
            integrals: Over the active orbitals before they are rotated.
            response: The second derivatives of the surroundings' energy by the active electrons' density matrix, shape
                (n_active,) * 4; None without surroundings that respond.
            gradient_tolerance: Hartree per radian.
            max_evaluations: Of energy and gradient.
            deadline: Of `time.monotonic`.
        """
        from scipy.linalg import expm, expm_frechet

        states, n = self._states, self._states.n_params
        p, q = self._rotations

        def energy(x: np.ndarray) -> tuple[float, np.ndarray]:
            generator = self._generator(x)
            unitary = expm(generator)
            one, two = states.mean_densities(x[:n])
            one_body, own = integrals.one_body, 0.0
            if response is not None:
                density = unitary @ one @ unitary.T
                potential = np.tensordot(response, density, axes=2)
                one_body, own = one_body + potential, 0.5 * float(np.sum(potential * density))
            rotated = integrals_in(ActiveIntegrals(integrals.constant, one_body, integrals.two_body), unitary)
            value, by_params = states.mean_value_and_grad(rotated, x[:n])
            by_orbitals = 2.0 * (rotated.one_body @ one + np.tensordot(rotated.two_body, two, axes=([1, 2, 3],) * 2))
            turned = expm_frechet(generator.T, unitary @ by_orbitals, compute_expm=False)
            return value - own, np.concatenate([by_params, turned[p, q] - turned[q, p]])

        shifted = Shifted(energy, energy(self._x)[0] if self._last is None else self._last)
        found = self._search.minimize(
            shifted.value_and_grad,
            gradient_tolerance=gradient_tolerance,
            max_evaluations=max_evaluations,
            deadline=deadline,
        )
        found = shifted.unshifted(found)
        self._x, self._last = found.parameters, found.value
        return found

    def _generator(self, x: np.ndarray) -> np.ndarray:
        generator = np.zeros((self._n_active,) * 2)
        p, q = self._rotations
        generator[p, q] = x[self._states.n_params :]
        return generator - generator.T


def integrals_in(integrals: ActiveIntegrals, unitary: np.ndarray) -> ActiveIntegrals:
    """The same Hamiltonian over the orbitals in a unitary's columns."""
    two = integrals.two_body
    for _ in range(4):  # the first index goes, and comes back last
        two = np.tensordot(two, unitary, axes=(0, 0))
    return ActiveIntegrals(integrals.constant, unitary.T @ integrals.one_body @ unitary, two)
