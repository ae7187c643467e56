"""An energy of a classical method, with what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

# An approximate energy below the exact one by more than this is a failure of the method, not rounding.
BOUND_TOLERANCE = 1e-7  # hartree
_BREAKDOWN = 1.6e-3  # hartree below the exact energy, beyond what is called chemical accuracy
SAME_SPIN = 1e-3  # of S^2, up to which two states are said to have the same spin


@dataclass(frozen=True, kw_only=True)
class Energy:
    """An energy and what is known about it."""

    method: str
    energy: float  # hartree
    converged: bool
    status: str  # sentences
    variational: bool  # whether the method is bounded from below by the exact energy
    below_exact: bool = False  # known only after `against`
    own_orbitals: bool = False  # it optimized the orbitals, so the exact energy over the problem's is no bound for it
    detail: Mapping[str, Any] = field(default_factory=dict)  # for JSON

    @property
    def is_sound(self) -> bool:
        """Whether it may be compared: converged, and not below the exact energy."""
        return self.converged and not self.below_exact

    def against(self, exact: float) -> Energy:
        """The same energy, labelled if it lies below the exact one.

        Args:
            exact: Of the lowest state with the problem's electrons, hartree.

        Raises:
            ArithmeticError: If a variational method lies below it, which cannot be.
        """
        below = exact - self.energy
        if self.own_orbitals or below <= BOUND_TOLERANCE:
            return self
        if self.variational:
            raise ArithmeticError(
                f"{self.method} is bounded by the exact energy {exact:.8f} hartree but gave {self.energy:.8f}."
            )
        verdict = "the method has broken down here" if below > _BREAKDOWN else "the method is not bounded by it"
        sentence = f"Lies {1000 * below:.{2 if below > 1e-5 else 4}f} mHa below the exact energy: {verdict}."
        status = sentence if self.converged else f"{self.status} {sentence}"
        return replace(self, below_exact=True, status=status)


def energy_of(
    method: str,
    energy: float,
    converged: bool,
    *sentences: str,
    variational: bool,
    detail: Mapping[str, Any] | None = None,
    own_orbitals: bool = False,
) -> Energy:
    """An energy whose status begins with whether it converged; what is not finite did not.

    Args:
        method: Its name.
        energy: Hartree.
        converged: As the solver says.
        sentences: What else the status says; empty ones are left out.
        variational: As in `Energy`.
        detail: As in `Energy`.
        own_orbitals: As in `Energy`.
    """
    converged = converged and bool(np.isfinite(energy))
    status = " ".join(filter(None, ("Converged." if converged else "Not converged.", *sentences)))
    return Energy(
        method=method,
        energy=float(energy),
        converged=converged,
        status=status,
        variational=variational,
        own_orbitals=own_orbitals,
        detail=detail or {},
    )
