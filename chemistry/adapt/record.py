"""What an adaptive run gives: every step as a row, and the circuit that came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.adapt.cnot_decomposition import CnotCircuit, cnot_circuit
from chemistry.ansatz.excitation_circuit import ExcitationCircuit

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime import Program


class AdaptStatus(Enum):
    """How the growth of a circuit ended."""

    CONVERGED = "The largest gradient of the pool is smaller than asked for."
    TARGET_REACHED = "The energy is as low as asked for."
    ENERGY_CHANGE = "The last operators lowered the energy by less than asked for; the pool's gradients are not small."
    GRADIENT_TROUGH = (
        "The pool's gradients are small, but the state is far from an eigenstate: a gradient trough, in which every"
        " operator is flat to first order: take another pool or start."
    )
    STALLED = "No operator whose gradient is not small lowers the energy any more."
    OPERATOR_LIMIT = "The limit on operators was reached first."
    EVALUATION_LIMIT = "The limit on evaluations was reached first."
    TIME_LIMIT = "The time limit was reached first."
    EMPTY_POOL = "Symmetry leaves no operator in the pool: the reference determinant is the result."

    @property
    def converged(self) -> bool:
        """Whether the run came to the end that was asked for, with nothing left to gain to first order."""
        return self in (AdaptStatus.CONVERGED, AdaptStatus.TARGET_REACHED, AdaptStatus.EMPTY_POOL)


@dataclass(frozen=True, kw_only=True)
class AdaptStep:
    """The circuit after operators were added and all parameters optimized; step 0 is where the run began."""

    number: int
    operators: tuple[str, ...]  # added in this step
    gradients: tuple[float, ...]  # hartree per radian, of each when it was chosen
    energy: float  # hartree
    largest_gradient: float  # hartree per radian, of the pool at this state
    own_gradient: float  # hartree per radian, the largest of the circuit's own parameters
    variance: float  # hartree^2, of the energy in this state
    n_params: int
    n_evaluations: int  # of energy and gradient, in this step
    n_cnots: int  # of `cnot_circuit`, the shortest circuits known
    depth: int  # of the same
    seconds: float  # in this step
    parameters: np.ndarray = field(repr=False, compare=False)  # shape: (n_params,)


@dataclass(frozen=True, kw_only=True)
class AdaptResult:
    """A circuit grown to a molecule, and how it grew."""

    pool: str
    energy: float  # hartree, nuclear repulsion included
    status: AdaptStatus
    steps: tuple[AdaptStep, ...] = field(repr=False)
    ansatz: ExcitationCircuit = field(repr=False)  # its initial parameters are the optimized ones
    program: Program = field(repr=False)  # for its sector, resources and state
    n_evaluations: int  # of energy and gradient; each step applies the Hamiltonian once more for the pool
    seconds: float
    problem: ElectronicProblem = field(repr=False)

    @property
    def parameters(self) -> np.ndarray:
        """The optimized parameters, shape (n_params,)."""
        return self.ansatz.initial_params

    @cached_property
    def spin_squared(self) -> float:
        """<S^2> of the state, computed when it is first asked for."""
        from chemistry.states.quantum_numbers import expected_quantum_numbers

        return expected_quantum_numbers(self.program, self.parameters, problem=self.problem).spin_squared

    @property
    def keeps_spin(self) -> bool:
        """Whether <S^2> is within 0.1 of that of the problem's unpaired electrons; see `VqeResult.keeps_spin`."""
        from chemistry.states.quantum_numbers import has_spin_asked_for

        return has_spin_asked_for(self.problem, self.spin_squared)

    @property
    def cnot_circuit(self) -> CnotCircuit:
        """The ansatz in CNOTs and rotations, by the shortest circuits known."""
        return cnot_circuit(self.ansatz)

    def rows(self) -> list[dict[str, Any]]:
        """The steps as rows of a table, with the totals so far; parameters are left out."""
        rows, evaluations, seconds = [], 0, 0.0
        for step in self.steps:
            evaluations, seconds = evaluations + step.n_evaluations, seconds + step.seconds
            rows.append(
                {
                    "step": step.number,
                    "operators": "; ".join(step.operators),
                    "gradient": max(map(abs, step.gradients), default=float("nan")),
                    "energy": step.energy,
                    "largest_gradient": step.largest_gradient,
                    "variance": step.variance,
                    "n_params": step.n_params,
                    "evaluations": evaluations,
                    "cnots": step.n_cnots,
                    "depth": step.depth,
                    "seconds": seconds,
                }
            )
        return rows


def operator_counts(
    results: Iterable[AdaptResult], exact_energy: float, *, within: float = 1e-3
) -> list[dict[str, Any]]:
    """What each run needed until its energy was within a bound of the exact one, as rows of one table.

    Args:
        results: Runs of the same problem.
        exact_energy: Hartree.
        within: Hartree.

    Returns:
        A row for each run: its pool, parameters, CNOTs, depth and evaluations at the first step within the bound (None
        if there is none), and the error in hartree at which the run ended, with its status.
    """
    rows = []
    for result in results:
        reached = next((row for row in result.rows() if row["energy"] - exact_energy <= within), None)
        rows.append(
            {
                "pool": result.pool,
                **{key: reached and reached[key] for key in ("step", "n_params", "cnots", "depth", "evaluations")},
                "final_error": result.energy - exact_energy,
                "final_n_params": result.ansatz.n_params,
                "status": result.status.value,
                "seconds": result.seconds,
            }
        )
    return rows
