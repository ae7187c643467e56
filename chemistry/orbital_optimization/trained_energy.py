"""The energy of a circuit that is trained anew for each set of orbitals, as a function of the orbitals alone.

Its derivative is that of the energy at fixed parameters, since the trained energy is stationary in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chemistry.orbital_optimization.active_search import ActiveSearch
from chemistry.orbital_optimization.circuit_states import ActiveIntegrals
from chemistry.orbital_optimization.orbital_energy import OrbitalEnergy, Place, symmetrized

if TYPE_CHECKING:
    from chemistry.orbital_optimization.limits import Budget
    from chemistry.orbital_optimization.orbital_space import OrbitalSpace
    from runtime import Status

_LOOSEST = 1e-4  # hartree per radian, to which circuits are trained at least
_SHARE = 0.01  # of the last gradient by the orbitals, to which they are trained


class LimitReachedError(Exception):
    """A limit ends the search."""

    def __init__(self, status: Status) -> None:
        self.status = status


class TrainedEnergy:
    """E(rotations between frozen, active and empty orbitals), from a place.

    Args:
        energy: Of parameters and orbitals.
        start: Where all rotations are zero, and where the first training begins.
        curvatures: Estimates of the energy's second derivatives by the circuit's parameters.
        tightest: Hartree per radian, to which circuits are trained near the minimum.
        slope: The largest component of the energy's gradient at the start.
        budget: Of all training.

    Attributes:
        place: The best so far.
    """

    def __init__(
        self,
        energy: OrbitalEnergy,
        start: Place,
        curvatures: np.ndarray,
        *,
        tightest: float,
        slope: float,
        budget: Budget,
    ) -> None:
        space = start.space
        p, q = energy.rotations
        within = (q >= space.n_frozen) & (p < space.n_frozen + space.n_active)
        self._energy, self._base, self._budget = energy, space, budget
        self._between = p[~within], q[~within]
        self.outside = np.flatnonzero(~within)  # of the energy's rotations
        self._tightest, self._slope = tightest, slope
        pairs = p[within] - space.n_frozen, q[within] - space.n_frozen
        self._training = ActiveSearch(energy.states, start.params, curvatures, pairs, space.n_active)
        self._lowest = np.inf
        self.place = start

    def value_and_grad(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The energy in hartree and its gradient.

        Args:
            x: Rotations in radians, shape (n_rotations_between,).

        Raises:
            LimitReachedError: If a limit was reached; `place` is the best so far.
        """
        from scipy.linalg import expm, expm_frechet

        p, q = self._between
        generator = np.zeros((self._base.n_orbitals,) * 2)
        generator[p, q], generator[q, p] = x, -x
        unitary = expm(generator)
        space = self._base.rotated(unitary)
        active = slice(space.n_frozen, space.n_frozen + space.n_active)
        constant, felt = self._energy.of_frozen(space)
        felt = space.coefficients.T @ felt @ space.coefficients
        mixed = self._energy.integrals(space.active, space.active, space.active, space.coefficients)  # (tu|vm)
        integrals = ActiveIntegrals(constant, felt[active, active], symmetrized(mixed[:, :, :, active]))
        trained = self._training.minimize(
            integrals,
            self._energy.response(space),
            gradient_tolerance=min(_LOOSEST, max(self._tightest, _SHARE * self._slope if len(x) else 0.0)),
            max_evaluations=self._budget.left,
            deadline=self._budget.deadline,
        )
        self._budget.spend(trained)
        turned = self._training.unitary
        one, two = self._energy.states.mean_densities(self._training.params)
        one = turned @ one @ turned.T
        for _ in range(4):
            two = np.tensordot(two, turned, axes=(0, 1))
        by_orbitals = self._by_orbitals(space, felt, mixed, one, two)
        by_generator = expm_frechet(generator.T, unitary @ by_orbitals, compute_expm=False)
        gradient = by_generator[p, q] - by_generator[q, p]
        self._slope = float(np.abs(gradient).max(initial=0.0))
        if trained.value < self._lowest or self._slope <= self._budget.limits.gradient_tolerance:
            rotation = np.eye(space.n_orbitals)
            rotation[active, active] = turned
            self._lowest, self.place = trained.value, Place(self._training.params.copy(), space.rotated(rotation))
        if self._budget.over is not None:
            raise LimitReachedError(self._budget.over)
        return trained.value, gradient

    def _by_orbitals(
        self, space: OrbitalSpace, felt: np.ndarray, mixed: np.ndarray, one: np.ndarray, two: np.ndarray
    ) -> np.ndarray:
        """C^T dE/dC, shape (n_orbitals,) * 2."""
        orbitals, active = space.coefficients, slice(space.n_frozen, space.n_frozen + space.n_active)
        valence = space.active @ one @ space.active.T
        coulomb, exchange = self._energy.coulomb_and_exchange(valence[None])
        potential = sum((e.potential_change(valence) for e in self._energy.environments), np.zeros_like(valence))
        felt = felt + orbitals.T @ potential @ orbitals
        fock = felt + orbitals.T @ (coulomb[0] - 0.5 * exchange[0]) @ orbitals
        matrix = np.zeros((space.n_orbitals,) * 2)
        matrix[:, : space.n_frozen] = 4.0 * fock[:, : space.n_frozen]
        by_active = felt[:, active] @ one + np.tensordot(mixed, two, axes=([0, 1, 2], [2, 3, 1]))
        matrix[:, active] = 2.0 * by_active
        return matrix
