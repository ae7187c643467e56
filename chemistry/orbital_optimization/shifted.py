"""An energy without the most of its constant part, so that small differences are believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import runtime
from runtime import Minimum

_ROUNDED = 0.02  # of an energy, the part in which its rounding is believed to be 1e-13

Function = Callable[[Any], tuple[float, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Shifted:
    """An energy without the most of its constant part.

    A search believes differences down to a part of the value in which rounding could have made them. Most of a
    molecule's energy is that of its cores, which is rounded less than that, and flat valleys lie below it.
    """

    value_and_gradient: Function
    near: float  # hartree, an energy that is known

    @property
    def shift(self) -> float:
        """What is taken off, hartree."""
        return self.near + max(1.0, _ROUNDED * abs(self.near))

    def value_and_grad(self, x: Any) -> tuple[float, np.ndarray]:
        """The energy less the shift, and its gradient."""
        value, gradient = self.value_and_gradient(x)
        return float(value) - self.shift, gradient

    def minimized(
        self, start: np.ndarray, *, callback: Callable[[int, float], None] | None, **settings: Any
    ) -> Minimum:
        """`runtime.minimize` from a start, with all energies as they are."""
        told = None if callback is None else lambda number, value: callback(number, value + self.shift)
        return self.unshifted(runtime.minimize(self, start, callback=told, **settings))

    def unshifted(self, minimum: Minimum) -> Minimum:
        """A minimum of `value_and_grad` with all energies as they are."""
        trace = tuple(value + self.shift for value in minimum.trace)
        return replace(minimum, value=minimum.value + self.shift, trace=trace)
