"""Products of hops between orbitals, applied to states over all determinants.

A hop of spin up acts on the rows of a matrix of determinants, one of spin down on its columns; either maps each
occupation string to at most one other, with a sign. Hops conserve the electrons of each spin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

Hop = tuple[int, int]  # from one orbital to another


@dataclass(frozen=True)
class ExcitationOperator:
    """A product of hops, those of spin up and those of spin down; between different orbitals they commute."""

    up: tuple[Hop, ...]
    down: tuple[Hop, ...]

    def adjoint(self) -> ExcitationOperator:
        """The hops back, in reverse order."""
        return ExcitationOperator(_back(self.up), _back(self.down))

    def spin_flipped(self) -> ExcitationOperator:
        """The same hops of the other spin."""
        return ExcitationOperator(self.down, self.up)

    def irrep(self, irreps: np.ndarray) -> int:
        """The irrep of the operator, given those of the orbitals."""
        return int(np.bitwise_xor.reduce([irreps[p] for hop in (*self.up, *self.down) for p in hop], initial=0))

    def apply(self, coefficients: np.ndarray, n_orbitals: int, electrons: tuple[int, int]) -> np.ndarray:
        """The product with a state.

        Args:
            coefficients: Shape (n_alpha_strings, n_beta_strings).
            n_orbitals: The number of orbitals.
            electrons: Of spin up and down.
        """
        result = np.zeros_like(coefficients)
        from_rows, to_rows, row_signs = _moved(n_orbitals, electrons[0], self.up)
        from_columns, to_columns, column_signs = _moved(n_orbitals, electrons[1], self.down)
        block = coefficients[np.ix_(from_rows, from_columns)]
        result[np.ix_(to_rows, to_columns)] = row_signs[:, None] * block * column_signs
        return result


def excitation_operators(
    problem: ElectronicProblem, rank: int, *, generalised: bool = False
) -> list[ExcitationOperator]:
    """Products of up to `rank` hops of either spin.

    Args:
        problem: The electronic problem.
        rank: At least 1.
        generalised: Between all orbitals, up and down; otherwise from the reference's occupied to its empty orbitals.
    """
    up, down = (
        [list((_any_hops if generalised else _hops)(n_electrons, problem.n_orbitals, k)) for k in range(rank + 1)]
        for n_electrons in (problem.n_alpha, problem.n_beta)
    )
    return [
        ExcitationOperator(left, right)
        for total in range(1, rank + 1)
        for k in range(total + 1)
        for left in up[total - k]
        for right in down[k]
    ]


def _hops(n_electrons: int, n_orbitals: int, count: int) -> Iterable[tuple[Hop, ...]]:
    for sources in combinations(range(n_electrons), count):
        for targets in combinations(range(n_electrons, n_orbitals), count):
            yield tuple(zip(sources, targets, strict=True))


def _any_hops(n_electrons: int, n_orbitals: int, count: int) -> Iterable[tuple[Hop, ...]]:
    if count > min(n_electrons, n_orbitals - n_electrons):
        return
    for sources in combinations(range(n_orbitals), count):
        for targets in combinations(sorted(set(range(n_orbitals)) - set(sources)), count):
            yield tuple(zip(sources, targets, strict=True))


def _back(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    return tuple((target, source) for source, target in reversed(hops))


@lru_cache(maxsize=4096)
def _moved(n_orbitals: int, n_electrons: int, hops: tuple[Hop, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The strings that hops do not annihilate, those that they lead to, and the signs, three arrays.

    A hop's sign is that of the electrons between its two orbitals, whichever way the creators of a string are ordered.
    """
    from pyscf.fci import cistring

    strings = np.asarray(cistring.make_strings(range(n_orbitals), n_electrons), dtype=np.int64)
    places = np.arange(len(strings))
    moved, signs = strings, np.ones(len(strings))
    for source, target in hops:
        alive = (moved >> source & 1).astype(bool) & ~(moved >> target & 1).astype(bool)
        places, moved, signs = places[alive], moved[alive], signs[alive]
        low, high = sorted((source, target))
        between = (1 << high) - (1 << (low + 1))
        signs = signs * (1.0 - 2.0 * (np.bitwise_count((moved & between).astype(np.uint64)) & 1))
        moved = moved ^ (1 << source | 1 << target)
    return places, np.searchsorted(strings, moved), signs
