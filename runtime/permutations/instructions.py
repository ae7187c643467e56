"""What a circuit on permutations consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runtime.circuit.affine import Affine


@dataclass(frozen=True)
class Swap:
    """exp(i angle SWAP) of two positions, the first the smaller."""

    angle: Affine
    first: int
    second: int


@dataclass(frozen=True, eq=False)
class Phase:
    """exp(i angle F) for a diagonal F."""

    angle: Affine
    values: np.ndarray  # shape: (dimension,)


@dataclass(frozen=True)
class Reflect:
    """exp(i angle |s><s|) for the uniform superposition s."""

    angle: Affine


Instruction = Swap | Phase | Reflect
