"""Problems given by a list of their feasible bitstrings and what each one costs."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

import numpy as np

from optimization.alternating import AlternatingAnsatz, Mixer
from optimization.binary_problem import sense_message
from optimization.solution import Solution, SolverStatus


@dataclass(frozen=True, kw_only=True, eq=False)
class TabulatedProblem:
    """Choose the best of a listed feasible set, for constraints and costs that no small quadratic form holds.

    QAOA on it starts from the uniform superposition of the list and takes its phases from the table. Its mixer is
    "grover", or a function that applies operations given beta, such as guarded hops between neighbouring solutions.

    Args:
        bitstrings: The feasible bitstrings, distinct, zeros and ones, (m, n_variables).
        objectives: What each is worth, (m,).
        sense: "minimize" or "maximize".
        unit: Unit of the objective, for people.
    """

    bitstrings: np.ndarray
    objectives: np.ndarray
    sense: Literal["minimize", "maximize"] = "minimize"
    unit: str = ""
    keys: np.ndarray = field(init=False, repr=False)  # shape: (m,), the packed bitstrings in ascending order

    def __post_init__(self) -> None:
        bitstrings = np.array(self.bitstrings, dtype=np.uint8)
        objectives = np.array(self.objectives, dtype=np.float64)
        if bitstrings.ndim != 2 or not bitstrings.size or bitstrings.max() > 1:
            raise ValueError(
                f"bitstrings need zeros and ones in shape (m, n_variables), but have shape {bitstrings.shape}."
            )
        if objectives.shape != (len(bitstrings),) or not np.all(np.isfinite(objectives)):
            raise ValueError(
                f"objectives need one finite number for each of {len(bitstrings)} bitstrings, but have shape "
                f"{objectives.shape}{'' if np.all(np.isfinite(objectives)) else ' and hold NaN or infinity'}."
            )
        if self.sense not in ("minimize", "maximize"):
            raise ValueError(sense_message(self.sense))
        keys = _keys(bitstrings)
        order = np.argsort(keys)
        if np.any(keys[order][1:] == keys[order][:-1]):
            raise ValueError("bitstrings need to be distinct, but at least one is listed twice.")
        bitstrings, objectives = bitstrings[order], objectives[order]
        bitstrings.flags.writeable = objectives.flags.writeable = False
        for attribute, value in (("bitstrings", bitstrings), ("objectives", objectives), ("keys", keys[order])):
            object.__setattr__(self, attribute, value)

    @property
    def n_variables(self) -> int:
        """The number of bits, one qubit each."""
        return self.bitstrings.shape[1]

    @property
    def sign(self) -> float:
        """What turns an objective into a cost to minimize: 1 or -1."""
        return 1.0 if self.sense == "minimize" else -1.0

    @property
    def uniform_mean(self) -> float:
        """The mean objective over the feasible set."""
        return float(self.objectives.mean())

    def objective(self, bitstrings: np.ndarray) -> np.ndarray:
        """Look the objectives of (m, n_variables) bitstrings up; NaN for those that are not listed."""
        position, found = self._locate(bitstrings)
        return np.where(found, self.objectives[position], np.nan)

    def is_feasible(self, bitstrings: np.ndarray) -> np.ndarray:
        """Tell which of (m, n_variables) bitstrings are listed; bool, (m,)."""
        return self._locate(bitstrings)[1]

    def gap(self, objective: np.ndarray | float, best: float) -> np.ndarray:
        """Place objectives between the best one (0) and the mean of the list (1)."""
        spread = self.uniform_mean - best
        excess = np.asarray(objective, dtype=np.float64) - best
        return excess / spread if spread else np.zeros_like(excess)

    def uniform(self, shots: int, seed: int) -> np.ndarray:
        """Draw listed bitstrings uniformly and independently; uint8, (shots, n_variables)."""
        return self.bitstrings[np.random.default_rng(seed).integers(len(self.bitstrings), size=shots)]

    def solve_exact(self, *, time_limit: float | None = None) -> Solution:  # noqa: ARG002
        """Read the optimum off the table; `time_limit` is there for the sake of a common face."""
        started = perf_counter()
        best = int(np.argmin(self.sign * self.objectives))
        return Solution(
            method="enumeration",
            bitstring=self.bitstrings[best],
            objective=float(self.objectives[best]),
            bound=float(self.objectives[best]),
            status=SolverStatus.OPTIMAL,
            n_evaluations=len(self.objectives),
            seconds=perf_counter() - started,
        )

    def observable(self) -> Any:
        """The cost of a bitstring as a diagonal observable, to be minimized."""
        from runtime import DiagonalObservable

        return DiagonalObservable(self._cost, wires=tuple(range(self.n_variables)))

    def ansatz(self, depth: int, mixer: Mixer | None = None) -> AlternatingAnsatz:
        """The circuit of `depth` layers that starts from the uniform superposition of the list.

        Args:
            depth: The number of layers.
            mixer: "grover" (the default), or a function that applies a mixer's operations given beta.
        """
        if mixer not in (None, "grover") and not callable(mixer):
            raise ValueError(f"mixer of a tabulated problem must be 'grover' or a function of beta, but is {mixer!r}.")
        from runtime.operations import DiagonalCost, UniformSuperposition

        wires = range(self.n_variables)
        scale = float(self.objectives.std()) or 1.0

        def grover(beta: Any) -> None:
            from runtime.operations import GroverMixer

            # The sign makes small positive beta mix towards low cost, as the convention of the ansatz asks.
            GroverMixer(-beta, wires=wires)

        return AlternatingAnsatz(
            depth=depth,
            prepare=lambda: UniformSuperposition(self.bitstrings, wires=wires),
            separate=lambda gamma: DiagonalCost(gamma / scale, self._cost, wires=wires),
            mix=mixer if callable(mixer) else grover,
            n_wires=self.n_variables,
            scale=scale,
        )

    def _cost(self, bitstrings: np.ndarray) -> np.ndarray:
        return self.sign * self.objective(bitstrings)

    def _locate(self, bitstrings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bits = np.asarray(bitstrings)
        if bits.ndim != 2 or bits.shape[1] != self.n_variables:
            raise ValueError(f"Bitstrings need shape (m, {self.n_variables}), but have shape {bits.shape}.")
        keys = _keys(bits.astype(np.uint8, copy=False))
        position = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return position, self.keys[position] == keys


def _keys(bitstrings: np.ndarray) -> np.ndarray:
    """Pack rows of bits into byte strings that sort as the bitstrings do; numpy bytes, (m,)."""
    packed = np.packbits(bitstrings, axis=1)
    # A trailing one keeps numpy's byte strings from dropping trailing zero bytes when they compare.
    padded = np.concatenate([packed, np.ones((len(packed), 1), dtype=np.uint8)], axis=1)
    return np.ascontiguousarray(padded).view(f"S{padded.shape[1]}").ravel()
