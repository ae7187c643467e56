"""When the growth of a circuit ends, and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite

from chemistry.adapt.record import AdaptStatus, AdaptStep

_PATIENCE = 3  # steps in a row that must gain less than the energy tolerance
# The variance of the energy per electron above which small gradients are a trough. Runs that came within a millihartree
# of exact (LiH, BeH2, H2O, N2, O2, H6) ended below a third of it; pools that could lead no further, and stretched H6 at
# a loose tolerance, 16 to 49 millihartree away, above four times.
_TROUGH = 1e-3  # hartree^2
_LOOSE = 10.0  # times the squared tolerance: at a tolerance this loose gradients were not asked to be small


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a caller of `adapt_vqe` asked for."""

    n_electrons: int
    gradient_tolerance: float
    energy_tolerance: float | None
    target_energy: float | None
    max_operators: int
    max_evaluations: int | None
    time_limit: float | None
    began: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        if not self.gradient_tolerance > 0 or (self.energy_tolerance is not None and not self.energy_tolerance > 0):
            raise ValueError(
                "gradient_tolerance and energy_tolerance must be positive, "
                f"but {self.gradient_tolerance} and {self.energy_tolerance} were given."
            )
        if self.target_energy is not None and not isfinite(self.target_energy):
            raise ValueError(f"target_energy is a finite number of hartree, but {self.target_energy} was given.")
        for name in ("max_operators", "max_evaluations", "time_limit"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be positive, but {value} was given.")

    def seconds_used(self) -> float:
        """Since the beginning."""
        return time.perf_counter() - self.began

    def seconds_left(self) -> float | None:
        """Until the time limit."""
        return None if self.time_limit is None else self.time_limit - self.seconds_used()

    def ended(self, steps: Sequence[AdaptStep], n_evaluations: int) -> AdaptStatus | None:
        """Why to stop after these steps; None to go on."""
        last = steps[-1]
        if self.target_energy is not None and last.energy <= self.target_energy:
            return AdaptStatus.TARGET_REACHED
        if last.largest_gradient < self.gradient_tolerance and last.own_gradient < self.gradient_tolerance:
            bound = self.n_electrons * max(_TROUGH, _LOOSE * self.gradient_tolerance**2)
            return AdaptStatus.GRADIENT_TROUGH if last.variance > bound else AdaptStatus.CONVERGED
        if last.n_params >= self.max_operators:
            return AdaptStatus.OPERATOR_LIMIT
        if self.max_evaluations is not None and n_evaluations >= self.max_evaluations:
            return AdaptStatus.EVALUATION_LIMIT
        left = self.seconds_left()
        if left is not None and left <= 0:
            return AdaptStatus.TIME_LIMIT
        gains = [a.energy - b.energy for a, b in pairwise(steps)][-_PATIENCE:]
        if self.energy_tolerance is not None and len(gains) == _PATIENCE and max(gains) < self.energy_tolerance:
            return AdaptStatus.ENERGY_CHANGE
        return None
