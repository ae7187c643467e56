"""Tiled unitary product states."""

from __future__ import annotations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.tiles import tiled
from chemistry.problem import ElectronicProblem


def tups(problem: ElectronicProblem, *, layers: int | None = None, seed: int = 7) -> ExcitationCircuit:
    """Layers of tiles on neighbouring orbitals, each a rotation, an exchange of a pair, and another rotation.

    Every gate keeps S^2, and a layer has three parameters per tile, so parameters and gates grow linearly with the
    orbitals. Neighbours in the row are bonding orbitals and their antibonding partners (perfect pairing), where the
    pairs start from MP2 amplitudes; the rotations, most of them forbidden by symmetry and without a gradient at zero,
    start displaced a little.

    Burton, Phys. Rev. Research 6, 023300 (2024).

    Args:
        problem: The electronic problem.
        layers: How many; None: as many as orbitals, so that every tile can act on every electron.
        seed: Of the displacement.

    Raises:
        ValueError: If there is not at least one layer.
    """
    return tiled(problem, ("rotation", "pair", "rotation"), layers=layers, name="tUPS", seed=seed)
