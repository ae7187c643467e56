"""The search for a minimum over circuit parameters and orbitals, which does not stop at saddle points.

A start from symmetric orbitals has no gradient towards orbitals of lower symmetry, or towards an exchange of orbitals
of different irreps, however much lower they lie. So the curvature is asked where a search ends, as is usual for
Hartree-Fock, and where it is negative the search goes on downhill.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import runtime
from chemistry.orbital_optimization.lowest_curvature import lowest_curvature
from chemistry.orbital_optimization.orbital_energy import OrbitalEnergy
from runtime import Minimum
from runtime.minimization import BFGS, LBFGS

_MOST_DENSE_PARAMETERS = 2000  # an inverse Hessian of 32 MB; beyond it, the method of limited memory
_NEGATIVE_CURVATURE = 1e-4  # hartree / radian^2; differences of gradients are good to 1e-6
_DOWNHILL = 0.2  # radians, the step from a saddle point
_MOST_RESTARTS = 5
_ROUNDED = 0.02  # of an energy, the part in which its rounding is believed to be 1e-13
_SMALLEST_CURVATURE = 0.1  # hartree, of a circuit parameter that says nothing or less of itself


Function = Callable[[Any], tuple[float, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Shifted:
    """An energy without the most of its constant part.

    A search believes differences down to a part of the value in which rounding could have made them. Most of a
    molecule's energy is that of its cores, which is rounded less than that, and flat valleys lie below it.
    """

    value_and_gradient: Function
    start: np.ndarray

    @cached_property
    def shift(self) -> float:
        """What is taken off, hartree."""
        energy = float(self.value_and_gradient(self.start)[0])
        return energy + max(1.0, _ROUNDED * abs(energy))

    def value_and_grad(self, x: Any) -> tuple[float, np.ndarray]:
        """The energy less the shift, and its gradient."""
        value, gradient = self.value_and_gradient(x)
        return float(value) - self.shift, gradient

    def minimized(self, *, callback: Callable[[int, float], None] | None, **settings: Any) -> Minimum:
        """`runtime.minimize` from the start, with all energies as they are."""
        told = None if callback is None else lambda number, value: callback(number, value + self.shift)
        minimum = runtime.minimize(self, self.start, callback=told, **settings)
        trace = tuple(value + self.shift for value in minimum.trace)
        return replace(minimum, value=minimum.value + self.shift, trace=trace)


@dataclass(frozen=True)
class SearchLimits:
    """When a search ends; see `oo_vqe`."""

    gradient_tolerance: float = 1e-6
    max_evaluations: int = 2000
    time_limit: float | None = None
    callback: Callable[[int, float], None] | None = None

    def after(self, n_evaluations: int, seconds: float) -> SearchLimits | None:
        """What is left for a further search; None if nothing is."""
        evaluations = self.max_evaluations - n_evaluations
        remaining = None if self.time_limit is None else self.time_limit - seconds
        if evaluations < 1 or (remaining is not None and remaining <= 0):
            return None
        return replace(
            self,
            max_evaluations=evaluations,
            time_limit=remaining,
            callback=_counted(self.callback, n_evaluations),
        )


@dataclass(frozen=True)
class Found:
    """Where a search ended."""

    minimum: Minimum
    stable: bool | None  # None: not asked, or not a stationary point
    n_evaluations: int
    initial_energy: float  # hartree
    trace: tuple[float, ...]  # hartree


def search(
    energy: OrbitalEnergy,
    params: np.ndarray,
    limits: SearchLimits,
    *,
    curvatures: np.ndarray | None = None,
    follow: bool = True,
) -> Found:
    """Minimise from given circuit parameters and the energy's own orbitals.

    Args:
        energy: What to minimise.
        params: Of the circuit, shape (n_circuit_params,).
        limits: When to end.
        curvatures: Estimates of the energy's second derivatives by the circuit's parameters.
        follow: Ask for the curvature at the end, and go on downhill where it is negative.
    """
    began = time.monotonic()
    scales = second_derivatives(energy, params, curvatures)
    method = BFGS if len(scales) <= _MOST_DENSE_PARAMETERS else LBFGS
    start = np.concatenate([params, np.zeros(energy.n_params - len(params))])
    trace: list[float] = []
    asked = 0
    stable: bool | None = None
    for restart in range(1 + _MOST_RESTARTS):
        remaining = None if limits.time_limit is None else limits.time_limit - (time.monotonic() - began)
        left = limits.max_evaluations - len(trace)
        if restart and (left < 1 or (remaining is not None and remaining <= 0)):
            break
        minimum = Shifted(energy.value_and_grad, start).minimized(
            method=method(curvatures=scales),
            gradient_tolerance=limits.gradient_tolerance,
            max_evaluations=left,
            time_limit=None if remaining is None else max(remaining, 1e-3),
            callback=_counted(limits.callback, len(trace)),
        )
        trace += minimum.trace
        if energy.n_params == 0:
            stable = True
        if not follow or not minimum.status.converged or energy.n_params == 0:
            break
        stable, direction, cost = is_minimum(energy, minimum.parameters, scales)
        asked += cost
        if stable:
            break
        steps = [minimum.parameters + sign * _DOWNHILL * direction for sign in (1.0, -1.0)]
        start = min(steps, key=lambda x: energy.value_and_grad(x)[0])
    return Found(minimum, stable, len(trace) + asked, trace[0], tuple(trace))


def second_derivatives(energy: OrbitalEnergy, params: np.ndarray, curvatures: np.ndarray | None) -> np.ndarray:
    """Estimates by circuit parameters, of which little may be known, and by rotations, shape (n_params,)."""
    known = np.ones(len(params)) if curvatures is None else np.asarray(curvatures, dtype=np.float64)
    return np.concatenate([np.maximum(known, _SMALLEST_CURVATURE), energy.curvatures(params)])


def is_minimum(energy: OrbitalEnergy, x: np.ndarray, scales: np.ndarray) -> tuple[bool, np.ndarray, int]:
    """Whether no curvature is negative, the direction of the lowest one, and the evaluations that it took.

    Args:
        energy: The function.
        x: A stationary point, shape (n_params,).
        scales: Estimates of the second derivatives, shape (n_params,).
    """
    lowest, direction, cost = lowest_curvature(lambda at: energy.value_and_grad(at)[1], x, scales)
    return lowest > -_NEGATIVE_CURVATURE, direction, cost


def _counted(callback: Callable[[int, float], None] | None, before: int) -> Callable[[int, float], None] | None:
    if callback is None:
        return None
    return lambda number, value: callback(before + number, value)
