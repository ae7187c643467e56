"""Quadratic problems of binary variables, with groups of which a given number is chosen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np

from optimization.alternating import AlternatingAnsatz, Mixer
from optimization.feasible_set import ROWS_PER_BLOCK, FeasibleSet, Group, check_groups

if TYPE_CHECKING:
    from optimization.solution import Solution

__all__ = ["BinaryProblem", "Group", "Ising"]

Sense = Literal["minimize", "maximize"]


@dataclass(frozen=True, kw_only=True)
class Ising:
    """A cost offset + sum_i fields_i z_i + sum_{i<j} couplings_ij z_i z_j, to be minimized, with z = 1 - 2x."""

    offset: float
    fields: np.ndarray  # shape: (n_variables,)
    couplings: np.ndarray  # shape: (n_variables, n_variables), strictly upper triangular


def sense_message(sense: object) -> str:
    """What to say of a sense that is none."""
    american = str(sense).replace("mise", "mize")
    hint = f": write {american!r}" if american in get_args(Sense) else ""
    return f"sense must be 'minimize' or 'maximize', but is {sense!r}{hint}."


@dataclass(frozen=True, kw_only=True, eq=False)
class BinaryProblem:
    """Optimize offset + sum_i linear_i x_i + sum_{i<j} quadratic_ij x_i x_j over bits x, groups holding fixed counts.

    The objective is in the user's units and sense; costs that solvers minimize are its negative where it is maximized.

    Args:
        linear: Coefficients of x_i, (n_variables,).
        quadratic: Coefficients of x_i x_j for i < j, (n_variables, n_variables), strictly upper triangular
            (`from_matrix` takes any square matrix).
        offset: The objective of all zeros.
        sense: "minimize" or "maximize".
        groups: Disjoint groups of variables with their chosen counts; the other variables are free.
        names: One name per variable; x0, x1, ... where none are given.
        unit: Unit of the objective, for people.

    Raises:
        ValueError: On shapes that do not agree, entries on or below the diagonal, values that are not finite, groups
            that overlap, or names that repeat.
    """

    linear: np.ndarray
    quadratic: np.ndarray
    offset: float = 0.0
    sense: Sense = "minimize"
    groups: tuple[Group, ...] = ()
    names: tuple[str, ...] = ()
    unit: str = ""
    feasible: FeasibleSet = field(init=False, repr=False)

    def __post_init__(self) -> None:
        linear = np.array(self.linear, dtype=np.float64)
        quadratic = np.array(self.quadratic, dtype=np.float64)
        if linear.ndim != 1 or not len(linear):
            raise ValueError(f"linear needs one coefficient per variable, shape (n,), but has shape {linear.shape}.")
        n_variables = len(linear)
        if quadratic.shape != (n_variables, n_variables):
            raise ValueError(
                f"quadratic needs shape {(n_variables, n_variables)} for {n_variables} variables, but has shape "
                f"{quadratic.shape}."
            )
        for label, values in (("linear", linear), ("quadratic", quadratic), ("offset", np.array(self.offset))):
            if not np.all(np.isfinite(values)):
                raise ValueError(f"{label} needs finite numbers, but holds NaN or infinity.")
        if np.any(np.tril(quadratic)):
            raise ValueError(
                "quadratic needs zeros on and below its diagonal; use BinaryProblem.from_matrix for a full matrix."
            )
        if self.sense not in ("minimize", "maximize"):
            raise ValueError(sense_message(self.sense))
        check_groups(self.groups, n_variables)
        names = tuple(str(name) for name in self.names) or tuple(f"x{i}" for i in range(n_variables))
        if len(names) != n_variables or len(set(names)) != n_variables:
            raise ValueError(
                f"names needs {n_variables} distinct names, but {len(names)} were given, {len(set(names))} distinct."
            )
        linear.flags.writeable = quadratic.flags.writeable = False
        for attribute, value in (
            ("linear", linear),
            ("quadratic", quadratic),
            ("offset", float(self.offset)),
            ("groups", tuple(self.groups)),
            ("names", names),
            ("feasible", FeasibleSet(n_variables, tuple(self.groups))),
        ):
            object.__setattr__(self, attribute, value)

    @classmethod
    def from_matrix(cls, matrix: np.ndarray, **settings: Any) -> Self:
        """Build the problem x.matrix.x (+ linear.x), folding the diagonal into the linear part (x_i^2 = x_i).

        Args:
            matrix: Any square matrix, (n_variables, n_variables).
            **settings: The other arguments of the class; `linear` is optional here.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            raise ValueError(f"matrix must be square, but has shape {matrix.shape}.")
        linear = np.diag(matrix) + settings.pop("linear", 0.0)
        return cls(linear=linear, quadratic=np.triu(matrix + matrix.T, 1), **settings)

    @property
    def n_variables(self) -> int:
        """The number of binary variables, one qubit each."""
        return len(self.linear)

    @property
    def sign(self) -> float:
        """What turns an objective into a cost to minimize: 1 or -1."""
        return 1.0 if self.sense == "minimize" else -1.0

    def objective(self, bitstrings: np.ndarray) -> np.ndarray:
        """Evaluate the objective in its own unit and sense, feasible or not.

        Args:
            bitstrings: Zeros and ones, (..., n_variables).

        Returns:
            float64, (...).
        """
        rows = self._checked(bitstrings).reshape(-1, self.n_variables)
        values = np.empty(len(rows))
        for start in range(0, len(rows), ROWS_PER_BLOCK):
            x = rows[start : start + ROWS_PER_BLOCK].astype(np.float64)
            values[start : start + len(x)] = x @ self.linear + np.einsum("mi,mi->m", x @ self.quadratic, x)
        return (values + self.offset).reshape(np.shape(bitstrings)[:-1])

    def cost(self, bitstrings: np.ndarray) -> np.ndarray:
        """Evaluate what solvers minimize: the objective, negated where it is maximized."""
        return self.sign * self.objective(bitstrings)

    def is_feasible(self, bitstrings: np.ndarray) -> np.ndarray:
        """Tell for each bitstring, (..., n_variables), whether every group holds its chosen count; bool, (...)."""
        return self.feasible.contains(self._checked(bitstrings))

    def chosen(self, bitstring: np.ndarray) -> tuple[str, ...]:
        """Name the variables that are one."""
        return tuple(name for name, bit in zip(self.names, self._checked(bitstring), strict=True) if bit)

    @cached_property
    def uniform_mean(self) -> float:
        """The mean objective over the feasible set, in closed form."""
        first, second = self.feasible.moments()
        return self.offset + float(self.linear @ first + np.sum(self.quadratic * second))

    def gap(self, objective: np.ndarray | float, best: float) -> np.ndarray:
        """Place an objective between the best one (gap 0) and the mean of uniform sampling (gap 1).

        (f - f_best) / (f_uniform_mean - f_best): unlike a relative error it stands when the objective crosses zero.
        """
        spread = self.uniform_mean - best
        excess = np.asarray(objective, dtype=np.float64) - best
        return excess / spread if spread else np.zeros_like(excess)

    def uniform(self, shots: int, seed: int) -> np.ndarray:
        """Draw feasible bitstrings uniformly and independently; uint8, (shots, n_variables)."""
        return self.feasible.sample(shots, np.random.default_rng(seed))

    def ising(self) -> Ising:
        """Write the cost in spins z = 1 - 2x, so that bit 0 is spin +1 as in PennyLane's Z."""
        linear, quadratic = self.sign * self.linear, self.sign * self.quadratic
        both = quadratic + quadratic.T
        return Ising(
            offset=float(self.sign * self.offset + linear.sum() / 2 + quadratic.sum() / 4),
            fields=-linear / 2 - both.sum(axis=1) / 4,
            couplings=quadratic / 4,
        )

    def observable(self) -> Any:
        """The cost as a PennyLane observable of Z and ZZ words, on wires 0 to n_variables - 1, to be minimized."""
        import pennylane as qml

        ising = self.ising()
        words = [(ising.offset, qml.Identity(0))]
        words += [(ising.fields[i], qml.Z(i)) for i in np.flatnonzero(ising.fields)]
        words += [(ising.couplings[i, j], qml.Z(i) @ qml.Z(j)) for i, j in np.argwhere(ising.couplings)]
        coefficients, operators = zip(*words, strict=True)
        return qml.ops.LinearCombination(np.array(coefficients), list(operators))

    def ansatz(self, depth: int, mixer: Mixer | None = None) -> AlternatingAnsatz:
        """The circuit of `depth` layers: see `optimization.mixers` for the mixers and the initial states."""
        from optimization.mixers import binary_ansatz

        return binary_ansatz(self, depth, mixer)

    def solve_exact(self, *, time_limit: float | None = None) -> "Solution":
        """Find the certified optimum: by enumeration where the feasible set can be listed, else by SCIP.

        Args:
            time_limit: Seconds after which the best found so far is returned, with its status and bound.
        """
        from optimization.baselines import enumeration, mixed_integer

        if self.feasible.size <= enumeration.LISTABLE:
            return enumeration.enumerate_optimum(self, time_limit=time_limit)
        return mixed_integer.solve_scip(self, time_limit=time_limit)

    def to_json(self) -> str:
        """Write the problem as JSON; `from_json` restores every number exactly."""
        return json.dumps(
            {
                "linear": self.linear.tolist(),
                "quadratic": [[int(i), int(j), self.quadratic[i, j]] for i, j in np.argwhere(self.quadratic)],
                "offset": self.offset,
                "sense": self.sense,
                "groups": [
                    {"variables": group.variables, "n_chosen": group.n_chosen, "name": group.name}
                    for group in self.groups
                ],
                "names": self.names,
                "unit": self.unit,
            }
        )

    @staticmethod
    def from_json(text: str) -> "BinaryProblem":
        """Read what `to_json` wrote."""
        stored = json.loads(text)
        n_variables = len(stored["linear"])
        quadratic = np.zeros((n_variables, n_variables))
        for i, j, coefficient in stored["quadratic"]:
            quadratic[i, j] = coefficient
        groups = tuple(Group(tuple(entry.pop("variables")), **entry) for entry in stored.pop("groups"))
        return BinaryProblem(**{**stored, "quadratic": quadratic, "groups": groups})

    def _checked(self, bitstrings: np.ndarray | Sequence[int]) -> np.ndarray:
        bits = np.asarray(bitstrings)
        if bits.ndim == 0 or bits.shape[-1] != self.n_variables:
            raise ValueError(f"Bitstrings need shape (..., {self.n_variables}), but have shape {bits.shape}.")
        if bits.size and not (bits.min() >= 0 and bits.max() <= 1):
            raise ValueError(f"Bitstrings hold zeros and ones, but go from {bits.min()} to {bits.max()}.")
        return bits.astype(np.uint8, copy=False)
