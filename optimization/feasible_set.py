"""The feasible set of grouped binary variables: counting, listing, sampling and averaging over it.

Each group of variables holds exactly its chosen count of ones; a variable outside every group is free. The set is a
product of blocks, one per group and one per free variable, so that a position in it is a mixed-radix number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np

ROWS_PER_BLOCK = 1 << 16  # bitstrings handled at once, so that temporary arrays stay in the tens of megabytes


@dataclass(frozen=True)
class Group:
    """Variables of which exactly `n_chosen` are one: a budget of assets, or a one-hot register with `n_chosen=1`."""

    variables: tuple[int, ...]
    n_chosen: int
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(int(variable) for variable in self.variables))
        label = f"group {self.name!r}" if self.name else "a group"
        if not self.variables:
            raise ValueError(f"{label} needs at least one variable, but none was given.")
        if len(set(self.variables)) != len(self.variables):
            raise ValueError(f"{label} needs distinct variables, but {list(self.variables)} repeats one.")
        if not 0 <= self.n_chosen <= len(self.variables):
            raise ValueError(
                f"{label} has {len(self.variables)} variables, so n_chosen must lie between 0 and "
                f"{len(self.variables)}, but is {self.n_chosen}."
            )


@dataclass(frozen=True)
class FeasibleSet:
    """All bitstrings of `n_variables` bits in which every group holds its chosen count.

    Args:
        n_variables: Length of the bitstrings.
        groups: Disjoint groups; variables in none of them are free.
    """

    n_variables: int
    groups: tuple[Group, ...] = ()

    @property
    def free(self) -> tuple[int, ...]:
        """The variables that belong to no group."""
        grouped = {variable for group in self.groups for variable in group.variables}
        return tuple(variable for variable in range(self.n_variables) if variable not in grouped)

    @property
    def size(self) -> int:
        """The number of feasible bitstrings, as an exact (arbitrarily large) integer."""
        return prod(comb(len(group.variables), group.n_chosen) for group in self.groups) * 2 ** len(self.free)

    def contains(self, bitstrings: np.ndarray) -> np.ndarray:
        """Tell for each bitstring, (..., n_variables), whether every group holds its chosen count; bool, (...)."""
        feasible = np.ones(bitstrings.shape[:-1], dtype=bool)
        for group in self.groups:
            feasible &= bitstrings[..., list(group.variables)].sum(axis=-1, dtype=np.int64) == group.n_chosen
        return feasible

    def bitstrings(self) -> np.ndarray:
        """List every feasible bitstring; uint8, (size, n_variables)."""
        return next(self.blocks(self.size))

    def blocks(self, rows: int | None = None) -> Iterator[np.ndarray]:
        """List the feasible bitstrings in blocks of at most `rows` of them; uint8, (rows, n_variables)."""
        rows = rows or ROWS_PER_BLOCK
        tables = [fixed_weight_bitstrings(len(group.variables), group.n_chosen) for group in self.groups]
        for start in range(0, self.size, rows):
            position = np.arange(start, min(start + rows, self.size), dtype=np.int64)
            listed = np.empty((len(position), self.n_variables), dtype=np.uint8)
            for variable in reversed(self.free):
                position, listed[:, variable] = np.divmod(position, 2)
            for group, table in zip(reversed(self.groups), reversed(tables), strict=True):
                position, row = np.divmod(position, len(table))
                listed[:, list(group.variables)] = table[row]
            yield listed

    def sample(self, shots: int, rng: np.random.Generator) -> np.ndarray:
        """Draw bitstrings uniformly and independently; uint8, (shots, n_variables)."""
        drawn = np.zeros((shots, self.n_variables), dtype=np.uint8)
        free = list(self.free)
        drawn[:, free] = rng.integers(0, 2, size=(shots, len(free)), dtype=np.uint8)
        for group in self.groups:
            # The positions of the n_chosen smallest of independent uniform keys are a uniform subset.
            order = rng.random((shots, len(group.variables))).argsort(axis=1)[:, : group.n_chosen]
            np.put_along_axis(drawn, np.asarray(group.variables)[order], 1, axis=1)
        return drawn

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean of x_i and of x_i x_j (i != j) over the whole set, in closed form.

        Returns:
            First moments (n_variables,) and second moments (n_variables, n_variables).
        """
        first = np.full(self.n_variables, 0.5)
        for group in self.groups:
            first[list(group.variables)] = group.n_chosen / len(group.variables)
        second = np.outer(first, first)
        for group in self.groups:
            size, chosen = len(group.variables), group.n_chosen
            if size > 1:
                # Within a group the choices are drawn without replacement.
                second[np.ix_(group.variables, group.variables)] = chosen * (chosen - 1) / (size * (size - 1))
        np.fill_diagonal(second, first)
        return first, second


def check_groups(groups: Sequence[Group], n_variables: int) -> None:
    """Refuse groups that overlap or name variables that do not exist."""
    seen: set[int] = set()
    for group in groups:
        for variable in group.variables:
            if not 0 <= variable < n_variables:
                raise ValueError(f"Groups hold variables 0 to {n_variables - 1}, but one names variable {variable}.")
            if variable in seen:
                raise ValueError(f"Groups must be disjoint, but variable {variable} belongs to two of them.")
            seen.add(variable)


def fixed_weight_bitstrings(n_bits: int, weight: int) -> np.ndarray:
    """List the bitstrings with `weight` ones in ascending order of their value; uint8, (comb(n_bits, weight), n_bits).

    Built by Pascal's rule, one leading bit at a time, so that no Python loop runs over the bitstrings.
    """
    tables = {0: np.zeros((1, 0), dtype=np.uint8)}
    for length in range(1, n_bits + 1):
        longer = {}
        # Only weights from which `weight` can still be reached by the bits to come are kept.
        for ones in range(max(0, weight - (n_bits - length)), min(weight, length) + 1):
            parts = [
                np.insert(tables[fewer], 0, bit, axis=1)
                for bit, fewer in ((0, ones), (1, ones - 1))
                if fewer in tables and tables[fewer].shape[1] == length - 1
            ]
            longer[ones] = np.concatenate(parts)
        tables = longer
    return tables[weight]
