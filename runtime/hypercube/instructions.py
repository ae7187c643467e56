"""What a circuit on all basis states consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.circuit.affine import Affine

if TYPE_CHECKING:
    from runtime.hypercube.sector import Diagonal


@dataclass(frozen=True)
class Phase:
    """exp(i angle F) for a diagonal F."""

    angle: Affine
    diagonal: Diagonal


@dataclass(frozen=True)
class Turn:
    """exp(i angle sum_w ratio_w X_w), wires by position."""

    angle: Affine
    ratios: Mapping[int, float]


@dataclass(frozen=True)
class Reflect:
    """exp(i angle |s><s|) for the uniform superposition s."""

    angle: Affine


Instruction = Phase | Turn | Reflect
