"""A brick wall of tiles on neighbouring orbitals: what tiled product states and fabrics share."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chemistry.ansatz.excitation_groups import Group, orbital_rotation, pair_exchange
from chemistry.problem import ElectronicProblem

Part = Literal["rotation", "pair"]
_GATES = {"rotation": orbital_rotation, "pair": pair_exchange}


def tiles(problem: ElectronicProblem, parts: tuple[Part, ...]) -> list[list[Group]]:
    """One layer: a tile on the first and second, third and fourth, ... orbital, then on the second and third, ...

    Args:
        problem: The electronic problem.
        parts: What a tile applies to its two orbitals, in order.

    Returns:
        The groups of each tile.
    """
    row = perfect_pairing_row(problem)
    neighbours = [row[i : i + 2] for first in (0, 1) for i in range(first, len(row) - 1, 2)]
    return [[group for part in parts for group in _GATES[part](problem, p, q)] for p, q in neighbours]


def perfect_pairing_row(problem: ElectronicProblem) -> tuple[int, ...]:
    """The orbitals in a row, each doubly occupied one beside the empty one that it correlates with most.

    Partners are those with the largest sum of exchange integrals (ia|ia), which move a pair of electrons from i to a.
    Singly occupied orbitals and those without a partner follow.

    Hurley, Lennard-Jones and Pople, Proc. R. Soc. A 220, 446 (1953), introduced perfect pairing.

    Returns:
        The orbital at each place, n_orbitals of them.
    """
    from scipy.optimize import linear_sum_assignment

    n_pairs, n_occupied = sorted((problem.n_alpha, problem.n_beta))
    exchange = np.einsum("iaia->ia", problem.two_body)[:n_pairs, n_occupied:]
    partner = dict(zip(*(side.tolist() for side in linear_sum_assignment(-exchange)), strict=True))
    row = [orbital for i in range(n_pairs) if i in partner for orbital in (i, n_occupied + partner[i])]
    return (*row, *(orbital for orbital in range(problem.n_orbitals) if orbital not in row))
