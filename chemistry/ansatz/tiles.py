"""A brick wall of tiles on neighbouring orbitals: what tiled product states and fabrics share."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import (
    Group,
    circuit_of_groups,
    displaced_layers,
    orbital_rotation,
    pair_exchange,
)
from chemistry.ansatz.layers import check_layers, layered
from chemistry.problem import ElectronicProblem

Part = Literal["rotation", "pair"]


def tiled(
    problem: ElectronicProblem, tile: tuple[Part, ...], *, layers: int | None, name: str, seed: int
) -> ExcitationCircuit:
    """Layers of a tile on the first and second, third and fourth, ... orbital, then on the second and third, ...

    Args:
        problem: The electronic problem.
        tile: What acts on two orbitals, in order.
        layers: How often; None: as often as there are orbitals.
        name: Of the ansatz.
        seed: Of the displacement of the rotations at the start.
    """
    layers = max(1, problem.n_orbitals) if layers is None else layers
    check_layers(layers, "layers")
    gates = {"rotation": orbital_rotation, "pair": pair_exchange}
    row = perfect_pairing_row(problem)
    neighbours = [row[i : i + 2] for first in (0, 1) for i in range(first, len(row) - 1, 2)]
    once: list[Group] = [group for p, q in neighbours for part in tile for group in gates[part](problem, p, q)]
    start = displaced_layers(problem, once, layers=layers, seed=seed)
    return circuit_of_groups(problem, once * layers, name=layered(name, layers), initial_params=start)


def perfect_pairing_row(problem: ElectronicProblem) -> tuple[int, ...]:
    """The orbitals in a row, each doubly occupied one beside the empty one that it correlates with most.

    Partners are those with the largest sum of exchange integrals (ia|ia), which move a pair of electrons from i to a.
    Singly occupied orbitals and those without a partner follow.

    Hurley, Lennard-Jones and Pople, Proc. R. Soc. A 220, 446 (1953), introduced perfect pairing.
    """
    from scipy.optimize import linear_sum_assignment

    n_pairs, n_occupied = sorted((problem.n_alpha, problem.n_beta))
    exchange = np.einsum("iaia->ia", problem.two_body)[:n_pairs, n_occupied:]
    partner = dict(zip(*(side.tolist() for side in linear_sum_assignment(-exchange)), strict=True))
    row = [orbital for i in range(n_pairs) if i in partner for orbital in (i, n_occupied + partner[i])]
    return (*row, *(orbital for orbital in range(problem.n_orbitals) if orbital not in row))
