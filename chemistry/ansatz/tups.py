"""Tiled unitary product states."""

from __future__ import annotations

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import Group, circuit_of_groups, starting_amplitudes
from chemistry.ansatz.layers import check_layers, layered
from chemistry.ansatz.tiles import tiles
from chemistry.problem import ElectronicProblem

_TURN = 1.0  # radians


def tups(problem: ElectronicProblem, *, layers: int | None = None, seed: int = 7) -> ExcitationCircuit:
    """Layers of tiles on neighbouring orbitals, each a rotation, an exchange of a pair, and another rotation.

    Every gate keeps S^2, and a layer has three parameters per tile, so parameters and gates grow linearly with the
    orbitals. Neighbours in the row are bonding orbitals and their antibonding partners (perfect pairing), whose pairs
    start from MP2 amplitudes in the first layer.

    All other tiles start by turning their orbitals at random and back. That changes nothing of the state, but where no
    orbital is turned, rotations that point-group symmetry forbids have no gradient, and a search ends in a saddle
    point: on N2 at 1.0 angstrom it stays 0.18 to 2 millihartree above the exact energy.

    Burton, Phys. Rev. Research 6, 023300 (2024).

    Args:
        problem: The electronic problem.
        layers: How many; None: one for each orbital.
        seed: Of the random turns.

    Raises:
        ValueError: If there is not at least one layer.
    """
    layers = max(1, problem.n_orbitals) if layers is None else layers
    check_layers(layers, "layers")
    once = tiles(problem, ("rotation", "pair", "rotation"))
    groups = [group for tile in once for group in tile]
    rng = np.random.default_rng(seed)
    start = [starting_amplitudes(problem, groups)]
    start += [_turned_and_back(tile, rng) for _ in range(layers - 1) for tile in once]
    return circuit_of_groups(
        problem, groups * layers, name=layered("tUPS", layers), initial_params=np.concatenate(start)
    )


def _turned_and_back(tile: list[Group], rng: np.random.Generator) -> np.ndarray:
    """Parameters of a tile that does nothing, shape (n_groups,)."""
    n_rotations = sum(len(group[0][0].sources) == 1 for group in tile) // 2
    turns = rng.normal(scale=_TURN, size=n_rotations)
    return np.concatenate([turns, np.zeros(len(tile) - 2 * n_rotations), -turns])
