"""The search for a minimum over circuit parameters and orbitals, which does not stop at saddle points.

Orbitals move by rotations between frozen, active and empty ones; for each set of them the circuit's parameters, and
rotations among the active orbitals, are trained anew, which needs integrals over the active orbitals only. Parameters
and active orbitals do nearly the same to a state, so their energy has narrow curved valleys, along which every step
would ask for new integrals if all were varied at once; the energy of trained circuits has none, and quasi-Newton steps
settle it in ten to thirty sets of orbitals, as they do in CASSCF (Chaban, Schmidt and Gordon, Theor. Chem. Acc. 97, 88
(1997)).

A start from symmetric orbitals has no gradient towards orbitals of lower symmetry, or towards an exchange of orbitals
of different irreps, however much lower they lie. So the lowest curvature is asked for where a search ends, as is usual
for Hartree-Fock, and where it is negative the search goes on downhill.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from chemistry.orbital_optimization.limits import Budget, SearchLimits
from chemistry.orbital_optimization.lowest_curvature import lowest_curvature
from chemistry.orbital_optimization.orbital_energy import Expansion, OrbitalEnergy, Place
from chemistry.orbital_optimization.shifted import Shifted
from chemistry.orbital_optimization.trained_energy import LimitReachedError, TrainedEnergy
from runtime import Status
from runtime.minimization import BFGS, LBFGS

_MOST_DENSE_PARAMETERS = 2000  # an inverse Hessian of 32 MB; beyond it, the method of limited memory
_NEGATIVE_CURVATURE = 1e-4  # hartree / radian^2
_DOWNHILL = 0.2  # radians, the step from a saddle point
_MOST_RESTARTS = 5
_SMALLEST_CURVATURE = 0.1  # hartree, of a circuit parameter that says nothing or less of itself
_TIGHTEST = 0.3  # of the gradient's tolerance, to which circuits are trained near the minimum
_MOST_ROUNDS = 3  # of searches over orbitals, each with circuits trained ten times as closely as in the last


@dataclass(frozen=True)
class Found:
    """Where a search ended."""

    place: Place
    energy: float  # hartree
    gradient_norm: float  # hartree per radian, largest component, by parameters and all rotations
    status: Status
    stable: bool | None  # None: not asked, or not a stationary point
    n_evaluations: int  # of energy and gradient, and of products of the second derivatives with a direction
    trace: tuple[float, ...]  # hartree, for each set of orbitals


def search(
    energy: OrbitalEnergy,
    params: np.ndarray,
    limits: SearchLimits,
    *,
    curvatures: np.ndarray | None = None,
    follow: bool = True,
) -> Found:
    """Minimize from given circuit parameters and the energy's own orbitals.

    Args:
        energy: What to minimize.
        params: Of the circuit, shape (n_circuit_params,).
        limits: When to end.
        curvatures: Estimates of the energy's second derivatives by the circuit's parameters.
        follow: Ask for the curvature at the end, and go on downhill where it is negative.

    Raises:
        ValueError: If the energy is not finite at the start.
    """
    of_circuit, budget = _known(energy, curvatures), Budget(limits)
    place, stable = Place(params, energy.space), None
    for _ in range(1 + _MOST_RESTARTS):
        place, at, status = _descended(energy, place, of_circuit, budget)
        if not (status.converged and follow):
            break
        lowest, direction, cost = _lowest_curvature(at, of_circuit)
        budget.n_evaluations += cost
        stable = lowest > -_NEGATIVE_CURVATURE
        if stable or budget.over is not None:
            break
        steps = [energy.moved(place, sign * _DOWNHILL * direction) for sign in (1.0, -1.0)]
        place = min(steps, key=lambda step: energy.at(step).energy)
    return Found(
        place=place,
        energy=at.energy,
        gradient_norm=_norm(at),
        status=status,
        stable=stable,
        n_evaluations=budget.n_evaluations,
        trace=tuple(budget.trace),
    )


def is_minimum(energy: OrbitalEnergy, place: Place, curvatures: np.ndarray | None) -> tuple[bool, int]:
    """Whether no curvature is negative, and the products of second derivatives that it took to see.

    Args:
        energy: The function.
        place: A stationary point.
        curvatures: Estimates of the second derivatives by the circuit's parameters.
    """
    lowest, _, cost = _lowest_curvature(energy.at(place), _known(energy, curvatures))
    return lowest > -_NEGATIVE_CURVATURE, cost


def _lowest_curvature(at: Expansion, of_circuit: np.ndarray) -> tuple[float, np.ndarray, int]:
    return lowest_curvature(at.times, np.concatenate([of_circuit, at.curvatures]))


def _known(energy: OrbitalEnergy, curvatures: np.ndarray | None) -> np.ndarray:
    n = energy.states.n_params
    return np.ones(n) if curvatures is None else np.maximum(curvatures, _SMALLEST_CURVATURE)


def _descended(
    energy: OrbitalEnergy, place: Place, of_circuit: np.ndarray, budget: Budget
) -> tuple[Place, Expansion, Status]:
    """Where searches over the orbitals lead, with the energy there and how they ended."""
    tolerance, tightest = budget.limits.gradient_tolerance, _TIGHTEST * budget.limits.gradient_tolerance
    at = energy.at(place)
    for _ in range(_MOST_ROUNDS):
        trained = TrainedEnergy(energy, place, of_circuit, tightest=tightest, slope=_norm(at), budget=budget)
        scales = at.curvatures[trained.outside]
        method = BFGS if len(scales) <= _MOST_DENSE_PARAMETERS else LBFGS
        with suppress(LimitReachedError):
            Shifted(trained.value_and_grad, at.energy).minimized(
                np.zeros(len(scales)),
                method=method(curvatures=scales),
                gradient_tolerance=tolerance,
                max_evaluations=budget.left,
                callback=None,
            )
        place = trained.place
        at = energy.at(place)
        if _norm(at) <= tolerance:
            return place, at, Status.CONVERGED
        if budget.over is not None:
            return place, at, budget.over
        tightest *= 0.1
    return place, at, Status.STALLED


def _norm(at: Expansion) -> float:
    return float(np.abs(at.gradient).max(initial=0.0))
