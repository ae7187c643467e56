"""Arranging instructions into as few passes over the state as possible.

A wire belongs to the low side of an amplitude's index or to the high one, and a pass turns the wires of one side only;
diagonals can be applied in any pass. Turns commute with one another, so consecutive ones are one layer, and a layer is
two halves whose order is free. A pass finishes the half that the one before it has left over, goes on with whatever
diagonals and halves come next, and ends where a diagonal would overtake a half of the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from runtime.hypercube.instructions import Instruction, Phase, Turn
from runtime.kernels.hypercube import FRAME, HIGH, LAYER, LOW, PHASE, REFLECTION, RUN_BITS

LEAST_WIRES = 5  # a run of amplitudes; vectors of fewer wires are padded with zeros
ONE_SIDE = 14  # up to so many wires, a block holds the whole state
LOW_WIRES, HIGH_WIRES = 14, 9  # at least, and at most until both sides outgrow the second-level cache
BITS = 32  # of a block's floats, at most


@dataclass(frozen=True, eq=False)
class Links:
    """Which qubit of which layer turns with which instruction: by ratio * angle."""

    instructions: np.ndarray  # shape: (n_links,)
    ratios: np.ndarray  # shape: (n_links,)
    places: np.ndarray  # shape: (n_links,); into angles of shape (n_layers, 2, BITS)
    steps: np.ndarray  # shape: (n_links,)
    bits: np.ndarray  # shape: (n_links,); of a block's floats


@dataclass(frozen=True, eq=False)
class Schedule:
    """Passes, their steps, and what each step has to do with the instructions."""

    low_wires: int
    high_wires: int
    n_layers: int
    sweeps: np.ndarray  # shape: (n_sweeps, 3); side, first step, last but one
    kinds: np.ndarray  # shape: (n_steps,)
    rows: np.ndarray  # shape: (n_steps,); a phase's instruction, a layer's number
    signs: np.ndarray  # shape: (n_steps,); of a frame: 1 to leave it
    links: Links


def sides(n_wires: int) -> tuple[int, int]:
    """How many wires the low and the high side have."""
    size = max(n_wires, LEAST_WIRES)
    high = HIGH_WIRES + max(0, size - LOW_WIRES - HIGH_WIRES) // 2
    low = size if size <= ONE_SIDE else max(LOW_WIRES, size - high)
    return low, size - low


def schedule(instructions: Sequence[Instruction], n_wires: int) -> Schedule:
    """The passes for a list of instructions."""
    builder = _Builder(n_wires, *sides(n_wires))
    builder.enter()
    turns: list[int] = []
    for k, instruction in enumerate(instructions):
        if isinstance(instruction, Turn):
            turns.append(k)
            continue
        builder.layer(turns, instructions)
        turns = []
        if isinstance(instruction, Phase):
            builder.diagonal(PHASE, k)
        else:
            builder.reflection(k)
    builder.layer(turns, instructions)
    builder.leave()
    return builder.finish()


@dataclass
class _Builder:
    n_wires: int
    low: int
    high: int
    steps: list[tuple[int, int, float]] = field(default_factory=list)  # kind, row, sign
    sweeps: list[tuple[int, int, int]] = field(default_factory=list)
    links: list[tuple[int, float, int, int, int]] = field(default_factory=list)
    n_layers: int = 0
    side: int = LOW
    first: int = 0
    owed: int | None = None  # the layer whose half on the other side is yet to come

    def enter(self) -> None:
        self._append(FRAME, 0, -1.0)

    def leave(self) -> None:
        self.diagonal(FRAME, 0, 1.0)
        self._end_sweep()

    def diagonal(self, kind: int, row: int, sign: float = 0.0) -> None:
        self._settle()
        self._append(kind, row, sign)

    def reflection(self, k: int) -> None:
        self.leave()
        self._append(FRAME, k)  # never run as a step: it only carries the angle
        self.sweeps.append((REFLECTION, self.first, len(self.steps)))
        self.first = len(self.steps)
        self.enter()

    def layer(self, turns: Sequence[int], instructions: Sequence[Instruction]) -> None:
        """The turns with these numbers, as one layer."""
        places: dict[int, list[tuple[int, float, int]]] = {LOW: [], HIGH: []}
        for k in turns:
            instruction = instructions[k]
            assert isinstance(instruction, Turn)
            for wire, ratio in instruction.ratios.items():
                qubit = self.n_wires - 1 - wire
                side, bit = (LOW, qubit + 1) if qubit < self.low else (HIGH, qubit - self.low + RUN_BITS)
                places[side].append((k, ratio, bit))
        if not turns:
            return
        self._settle()
        number = self.n_layers
        self.n_layers += 1
        here, there = places[self.side], places[1 - self.side]
        if here:
            self._half(self.side, number, here)
        if there:
            self.owed = number
            self._waiting = there

    def _half(self, side: int, number: int, places: list[tuple[int, float, int]]) -> None:
        step = len(self.steps)
        self._append(LAYER, number)
        self.links += [(k, ratio, (2 * number + side) * BITS + bit, step, bit) for k, ratio, bit in places]

    def _settle(self) -> None:
        """Do the half that the other side owes, in a new pass."""
        if self.owed is None:
            return
        self._end_sweep()
        self.side = 1 - self.side
        self._half(self.side, self.owed, self._waiting)
        self.owed = None

    def _end_sweep(self) -> None:
        if len(self.steps) > self.first:
            self.sweeps.append((self.side, self.first, len(self.steps)))
            self.first = len(self.steps)

    def _append(self, kind: int, row: int, sign: float = 0.0) -> None:
        self.steps.append((kind, row, sign))

    def finish(self) -> Schedule:
        kinds, rows, signs = zip(*self.steps, strict=True)
        links = list(zip(*self.links, strict=True)) if self.links else [()] * 5
        return Schedule(
            low_wires=self.low,
            high_wires=self.high,
            n_layers=self.n_layers,
            sweeps=np.array(self.sweeps, dtype=np.int64).reshape(-1, 3),
            kinds=np.array(kinds, dtype=np.int64),
            rows=np.array(rows, dtype=np.int64),
            signs=np.array(signs, dtype=np.float64),
            links=Links(
                instructions=np.array(links[0], dtype=np.int64),
                ratios=np.array(links[1], dtype=np.float64),
                places=np.array(links[2], dtype=np.int64),
                steps=np.array(links[3], dtype=np.int64),
                bits=np.array(links[4], dtype=np.int64),
            ),
        )
