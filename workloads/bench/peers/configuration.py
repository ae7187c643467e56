"""One way to run a peer on a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.vectors import scattered

if TYPE_CHECKING:
    from workloads.bench.case import Case


@dataclass(frozen=True)
class Configuration:
    """A prepared run: what is timed is `run` alone; its outcome is checked before."""

    name: str
    run: Callable[[], Any]
    # Of what `run` returns, the value, and the gradient of shape (n_params,) if there is one.
    outcome: Callable[[Any], tuple[float, np.ndarray | None]]
    compiles: bool = False  # in its first call, which then is no measure of the others


class NotForThisPeerError(Exception):
    """The peer cannot do the case; the message says why, for the table's notes."""


def gradient_of(case: Case, slots: list[int], factors: list[float], slopes: np.ndarray) -> np.ndarray:
    """The gradient by the parameters, from the slopes by angles that are each a multiple of one parameter."""
    return scattered(np.asarray(slots), np.asarray(factors) * slopes, case.n_params)
