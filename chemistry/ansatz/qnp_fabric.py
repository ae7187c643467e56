"""Fabrics of gates that preserve quantum numbers."""

from __future__ import annotations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import circuit_of_groups, displaced_layers
from chemistry.ansatz.layers import check_layers, layered
from chemistry.ansatz.tiles import tiles
from chemistry.problem import ElectronicProblem


def qnp_fabric(problem: ElectronicProblem, *, layers: int | None = None, seed: int = 7) -> ExcitationCircuit:
    """Layers of the gate Q on neighbouring orbitals: an exchange of a pair, then a rotation.

    It preserves the numbers of electrons of either spin and S^2, with two parameters per gate, and with enough layers
    it is universal among the states that have these quantum numbers. Orbitals stand in the same row as in `tups`, and
    the pairs of the first layer start from MP2 amplitudes too; the rotations start a little displaced.

    Anselmetti, Wierichs, Gogolin and Parrish, New J. Phys. 23, 113010 (2021).

    Args:
        problem: The electronic problem.
        layers: How many; None: one for each orbital.
        seed: Of the displacement.

    Raises:
        ValueError: If there is not at least one layer.
    """
    layers = max(1, problem.n_orbitals) if layers is None else layers
    check_layers(layers, "layers")
    once = [group for tile in tiles(problem, ("pair", "rotation")) for group in tile]
    return circuit_of_groups(
        problem,
        once * layers,
        name=layered("QNP fabric", layers),
        initial_params=displaced_layers(problem, once, layers=layers, seed=seed),
    )
