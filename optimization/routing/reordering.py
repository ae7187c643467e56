"""Subproblems of a tour: which of a few cities comes at which of their positions?

A position's register holds one qubit per city, exactly one of them 1, and the sector holds the permutations and nothing
else (the permutation mixers of S. Hadfield et al., Algorithms 12, 34 (2019)). A tour of up to nine cities is one
subproblem, its first city fixed; a longer one is cut into windows of consecutive positions, and into sets of
neighbouring cities whose positions need not be consecutive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from math import comb
from typing import Any

import numpy as np

from optimization.tabulated_problem import TabulatedProblem

MOST_POSITIONS = 8  # 40,320 permutations on 64 qubits


@dataclass(frozen=True, kw_only=True)
class PositionSwaps:
    """A mixer that lets two neighbouring positions exchange their cities; together they reach every permutation."""

    size: int  # positions, each with a register of as many wires
    kind: str = "swaps of positions"  # angles trained with one kind suit the next mixer of that kind

    @property
    def n_hops(self) -> int:
        """How many hops between two patterns of four wires the swaps are, which commute where they share positions."""
        return (self.size - 1) * comb(self.size, 2)

    def __call__(self, beta: Any) -> None:
        """Apply the swaps one after another; small positive beta mixes towards low cost."""
        from runtime.operations import RegisterSwap

        for p in range(self.size - 1):
            RegisterSwap(-beta, wires=range(p * self.size, (p + 2) * self.size))


@dataclass(frozen=True, kw_only=True, eq=False)
class ReorderingSubproblem:
    """Some positions of a tour, and all ways to deal their cities to them; costs are of the whole tour."""

    table: TabulatedProblem
    tour: tuple[int, ...]
    positions: tuple[int, ...]
    mixer: PositionSwaps
    current_cost: float

    @property
    def n_mixing_gates(self) -> int:
        """Hops in one layer of the mixer: one for each two neighbouring positions and each two values they may hold."""
        return self.mixer.n_hops

    def reordered(self, bitstring: np.ndarray) -> list[int]:
        """Return the tour that a permutation stands for."""
        tour = list(self.tour)
        size = len(self.positions)
        for position, city in zip(self.positions, np.argmax(bitstring.reshape(size, size), axis=1), strict=True):
            tour[position] = self.tour[self.positions[city]]
        return tour


def reordering_subproblem(
    tour: Sequence[int], positions: Sequence[int], travel: np.ndarray, *, unit: str
) -> ReorderingSubproblem:
    """Set up the reordering of some positions of a tour.

    Args:
        tour: all cities, from 0.
        positions: of the cities to reorder, at most `MOST_POSITIONS`.
        travel: shape (n, n); may be asymmetric.
        unit: of the travel.

    Returns:
        The subproblem; bit p * size + c says that position p gets the city that was at position c.
    """
    places = tuple(sorted(positions))
    size = len(places)
    orders = _permutations(size)
    cities = np.asarray(tour)
    dealt = cities[list(places)][orders]  # shape: (size!, size)
    n, costs = len(cities), np.zeros(len(orders))
    column = {place: i for i, place in enumerate(places)}
    for place in range(n):
        following = (place + 1) % n
        start = dealt[:, column[place]] if place in column else cities[place]
        end = dealt[:, column[following]] if following in column else cities[following]
        costs = costs + travel[start, end]
    bits = (orders[:, :, None] == np.arange(size)).astype(np.uint8).reshape(len(orders), -1)
    table = TabulatedProblem(bitstrings=bits, objectives=costs, unit=unit)
    return ReorderingSubproblem(
        table=table,
        tour=tuple(int(city) for city in cities),
        positions=places,
        mixer=PositionSwaps(size=size),
        current_cost=float(costs[0]),  # the first permutation leaves everything where it is
    )


@lru_cache
def _permutations(size: int) -> np.ndarray:
    return np.array(list(permutations(range(size))), dtype=np.int64)
