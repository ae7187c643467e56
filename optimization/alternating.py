"""The quantum alternating operator ansatz: a start, then phases by the cost and mixing, in turn.

Hadfield et al. 2019, "From the quantum approximate optimization algorithm to a quantum alternating operator ansatz".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from optimization.solution import Solution

Mixer = str | Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class AlternatingAnsatz:
    """The circuit mix(beta_p) separate(gamma_p) ... mix(beta_1) separate(gamma_1) prepare |0...0>.

    Parameters are (gamma_1 ... gamma_p, beta_1 ... beta_p). By convention, small positive angles with gamma growing and
    beta shrinking approximate an anneal towards low cost, and gamma is scaled so that useful angles are of order one.

    Args:
        depth: The number p of layers.
        prepare: Applies the gates of the initial state.
        separate: Applies exp(-i gamma cost / scale), given gamma.
        mix: Applies the mixer, given beta.
        n_wires: The number of qubits.
        scale: What the cost is divided by in `separate`, and the unit in which training measures progress.
    """

    depth: int
    prepare: Callable[[], Any]
    separate: Callable[[Any], Any]
    mix: Callable[[Any], Any]
    n_wires: int
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise ValueError(f"depth needs at least one layer, but is {self.depth}.")

    @property
    def n_params(self) -> int:
        """Two angles per layer."""
        return 2 * self.depth

    def __call__(self, params: Any) -> None:
        """Apply the circuit's PennyLane operations."""
        self.prepare()
        for layer in range(self.depth):
            self.separate(params[layer])
            self.mix(params[self.depth + layer])


class QaoaProblem(Protocol):
    """What QAOA, its samples and its controls need to know of a problem."""

    @property
    def n_variables(self) -> int:
        """The number of bits, one qubit each."""

    @property
    def sense(self) -> Literal["minimize", "maximize"]:
        """Whether a small or a large objective is wanted."""

    def objective(self, bitstrings: np.ndarray) -> np.ndarray:
        """Evaluate bitstrings, (m, n_variables), in the problem's unit and sense; float64, (m,)."""

    def is_feasible(self, bitstrings: np.ndarray) -> np.ndarray:
        """Tell which bitstrings, (m, n_variables), satisfy every constraint; bool, (m,)."""

    def gap(self, objective: np.ndarray | float, best: float) -> np.ndarray:
        """Place objectives between the best one (0) and the mean of uniform sampling (1)."""

    def uniform(self, shots: int, seed: int) -> np.ndarray:
        """Draw feasible bitstrings uniformly; uint8, (shots, n_variables)."""

    def solve_exact(self, *, time_limit: float | None = None) -> "Solution":
        """The optimum, certified where the time suffices."""

    def observable(self) -> Any:
        """The cost to be minimized, as an observable diagonal in the computational basis."""

    def ansatz(self, depth: int, mixer: Mixer | None = None) -> AlternatingAnsatz:
        """The circuit of `depth` layers; without a mixer, the one that suits the problem."""
