"""When a search over circuits and orbitals ends, and what it has used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from runtime import Minimum, Status


@dataclass(frozen=True)
class SearchLimits:
    """When a search ends; see `oo_vqe`."""

    gradient_tolerance: float = 1e-6
    max_evaluations: int = 50_000
    time_limit: float | None = None
    callback: Callable[[int, float], None] | None = None

    def __post_init__(self) -> None:
        for name in ("gradient_tolerance", "max_evaluations", "time_limit"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be positive, got {value!r}.")

    def after(self, n_evaluations: int, seconds: float) -> SearchLimits | None:
        """What another search has left of them; None if nothing is left."""
        evaluations = self.max_evaluations - n_evaluations
        remaining = None if self.time_limit is None else self.time_limit - seconds
        if evaluations < 1 or (remaining is not None and remaining <= 0):
            return None
        told = self.callback
        callback = None if told is None else lambda number, energy: told(n_evaluations + number, energy)
        return replace(self, max_evaluations=evaluations, time_limit=remaining, callback=callback)


class Budget:
    """What one search has used of its limits.

    Attributes:
        limits: They.
        deadline: Of `time.monotonic`; None: no limit.
        n_evaluations: So far, of energy and gradient, and of products of second derivatives with a direction.
        trace: The trained circuit's energy for each set of orbitals so far, hartree.
    """

    def __init__(self, limits: SearchLimits) -> None:
        self.limits = limits
        self.deadline = None if limits.time_limit is None else time.monotonic() + limits.time_limit
        self.n_evaluations = 0
        self.trace: list[float] = []

    @property
    def left(self) -> int:
        """Evaluations, one at least, so that every search has an energy."""
        return max(self.limits.max_evaluations - self.n_evaluations, 1)

    @property
    def over(self) -> Status | None:
        """The limit that is reached, if one is."""
        if self.n_evaluations >= self.limits.max_evaluations:
            return Status.EVALUATION_LIMIT
        late = self.deadline is not None and time.monotonic() > self.deadline
        return Status.TIME_LIMIT if late else None

    def spend(self, trained: Minimum) -> None:
        """Take down that a circuit was trained for a set of orbitals."""
        self.n_evaluations += trained.n_evaluations
        self.trace.append(trained.value)
        if self.limits.callback is not None:
            self.limits.callback(self.n_evaluations, trained.value)
