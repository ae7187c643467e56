"""Fabrics of gates that preserve quantum numbers."""

from __future__ import annotations

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.tiles import tiled
from chemistry.problem import ElectronicProblem


def qnp_fabric(problem: ElectronicProblem, *, layers: int | None = None, seed: int = 7) -> ExcitationCircuit:
    """Layers of the gate Q on neighbouring orbitals: an exchange of a pair, then a rotation.

    It preserves the numbers of electrons of either spin and S^2, with two parameters per gate, and with enough layers it
    is universal among the states that have these quantum numbers. Orbitals stand in the same row as in `tups`, and the
    start is the same.

    Anselmetti, Wierichs, Gogolin and Parrish, New J. Phys. 23, 113010 (2021).

    Args:
        problem: The electronic problem.
        layers: How many; None: as many as orbitals, so that every gate can act on every electron.
        seed: Of the displacement of the rotations at the start.

    Raises:
        ValueError: If there is not at least one layer.
    """
    return tiled(problem, ("pair", "rotation"), layers=layers, name="QNP fabric", seed=seed)
