"""What may be asked of a program besides PennyLane's own observables."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class DiagonalObservable:
    """An observable f(x) that is diagonal in the computational basis.

    Args:
        function: maps bit strings of shape (m, n_wires), uint8, to values of shape (m,).
        wires: the wires that the bits are read from.
    """

    function: Callable[[np.ndarray], np.ndarray]
    wires: tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class CVaR:
    """The mean of the best (lowest) fraction alpha of a diagonal observable's distribution.

    Barkoutsos et al., "Improving variational quantum optimization using CVaR", Quantum 4, 256 (2020).

    Args:
        diagonal: a PennyLane observable made of Z words, or a `DiagonalObservable`.
        alpha: 0 < alpha <= 1; 1 is the expectation value.
    """

    diagonal: Any
    alpha: float

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise ValueError(f"CVaR needs 0 < alpha <= 1, got alpha={self.alpha}.")


@dataclass(frozen=True, eq=False)
class Gibbs:
    """-log of the mean of exp(-eta f): an objective that rewards weight on low values.

    Li et al., "Quantum optimization with a novel Gibbs objective function and ansatz architecture search", Phys. Rev.
    Research 2, 023074 (2020).

    Args:
        diagonal: a PennyLane observable made of Z words, or a `DiagonalObservable`.
        eta: the inverse temperature, in one over the unit of f, positive.
    """

    diagonal: Any
    eta: float

    def __post_init__(self) -> None:
        if not self.eta > 0:
            raise ValueError(f"The Gibbs objective needs eta > 0, got eta={self.eta}.")


def observable_wires(observables: Sequence[Any]) -> list[Hashable]:
    """All wires that observables and objectives act on."""
    return [w for o in observables for w in (o.diagonal.wires if isinstance(o, CVaR | Gibbs) else o.wires)]
