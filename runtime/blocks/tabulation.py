"""From a block circuit to the tables that its kernels run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from runtime.blocks.circuit import BlockCircuit, diagonal_of
from runtime.blocks.evolution import BlockEvolution
from runtime.blocks.moves import NEGLIGIBLE, Move
from runtime.blocks.tables import HalfTables
from runtime.circuit.actions import Cost, Rotation
from runtime.circuit.affine import Affine
from runtime.evolution import AngleMap
from runtime.kernels import blocks as kernels
from runtime.kernels.crossings import Columns, Rows
from runtime.kernels.lanes import LANES, Side

BUFFER = 1 << 14  # complex numbers; two such buffers fit in half of a second-level cache of a mebibyte
MAX_EIGHTS = 8
LOOK_BACK = 100  # gates


@dataclass
class _Instruction:
    kind: int
    angle: Affine
    phase: complex = 1.0  # i conj(w)
    left: int = 0
    right: int = 0
    signs: int = 0  # of the other half, for a gate on one
    diagonal: int = 0
    move: Move | None = None


@dataclass
class BlockLowering:
    """Lowers one block circuit."""

    circuit: BlockCircuit
    _instructions: list[_Instruction] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sector = self.circuit.sector
        self._left, self._right = HalfTables(self.sector.left), HalfTables(self.sector.right)
        self._rows_of_diagonals = {key: row for row, key in enumerate(self.circuit.diagonals)}

    def lower(self) -> BlockEvolution:
        """All tables."""
        for action, moves in self.circuit.gates:
            if not math.isfinite(action.angle.real_constant):
                raise ValueError(f"Gate angles must be finite numbers, got {action.angle.real_constant}.")
            if not moves:
                self._phase(action)
            for move in moves:
                self._move(action.angle, move)
        steps = self._instructions
        initial, support = self.circuit.start.on(self.sector)
        right_part = np.array([s.right for s in steps], dtype=np.int64)
        return BlockEvolution(
            sector=self.sector,
            angle_map=AngleMap.of(s.angle for s in steps),
            circuit=self.circuit,
            initial=initial,
            support=support,
            segments=self._segments(),
            phases=np.array([s.phase for s in steps], dtype=np.complex128),
            diagonal_of=np.array([s.diagonal for s in steps], dtype=np.int64),
            diagonals=self._diagonals(),
            left=self._side(self._left, self._right, kernels.LEFT),
            right=self._side(self._right, self._left, kernels.RIGHT),
            rows=self._rows(),
            columns=Columns(self._right.offsets, self._right.first, self._right.second, self._right.signs, right_part),
        )

    def _move(self, angle: Affine, move: Move) -> None:
        """exp(i angle (strength |t><s| + h.c.)): strength = |strength| w, turned by the angle times its size."""
        size = abs(move.strength)
        parts = [
            (half.local(move.flip), half.local(move.mask), half.local(move.value), half.local(move.parity))
            for half in (self.sector.left, self.sector.right)
        ]
        turn, phase = angle * size, 1j * np.conj(move.strength / size)
        if abs(phase.imag) < NEGLIGIBLE:  # a plane rotation, perhaps the other way round: the state stays real
            turn, phase = turn * np.sign(phase.real), 1.0
        step = _Instruction(kernels.BOTH, turn, phase)
        if not any(parts[1][:3]):
            step.kind, step.left = kernels.LEFT, self._left.enter(parts[0])
            step.signs = self._right.enter_signs(parts[1][3])
        elif not any(parts[0][:3]):
            step.kind, step.right = kernels.RIGHT, self._right.enter(parts[1])
            step.signs = self._left.enter_signs(parts[0][3])
        else:
            step.left, step.right = self._left.enter(parts[0]), self._right.enter(parts[1])
        step.move = move
        self._instructions.insert(self._place(step), step)

    def _place(self, step: _Instruction) -> int:
        """Where a gate on one half joins an earlier run of such gates, if it commutes with what lies between."""
        end = len(self._instructions)
        if step.kind == kernels.BOTH or step.move is None:
            return end
        for place in range(end, max(0, end - LOOK_BACK), -1):
            before = self._instructions[place - 1]
            if before.kind == step.kind:
                return place
            if before.move is None or not before.move.commutes_with(step.move):
                break
        return end

    def _phase(self, action: Rotation | Cost) -> None:
        unit = -1.0 if isinstance(action, Cost) else action.terms[0].coefficient.real
        row = self._rows_of_diagonals[diagonal_of(action)[0]]
        self._instructions.append(_Instruction(kernels.PHASE, action.angle * unit, 0.0, diagonal=row))

    def _diagonals(self) -> np.ndarray:
        rows = np.empty((len(self._rows_of_diagonals), self.sector.dimension))
        for row, what in zip(rows, self.circuit.diagonals.values(), strict=True):
            if isinstance(what, Cost):
                row[:] = self.sector.evaluate(what.function, [self.sector.wires[w] for w in what.wires])
            else:
                row[:] = self.sector.diagonal(what)
        return rows

    def _segments(self) -> np.ndarray:
        """Runs of gates on the same half; other instructions one by one."""
        segments: list[tuple[int, int, int]] = []
        numbered = enumerate(self._instructions)
        for kind, run in groupby(numbered, key=lambda pair: pair[1].kind):
            members = [k for k, _ in run]
            if kind in (kernels.LEFT, kernels.RIGHT):
                segments.append((kind, members[0], members[-1] + 1))
            else:
                segments += [(kind, k, k + 1) for k in members]
        return np.array(segments, dtype=np.int64).reshape(-1, 3)

    def _side(self, own: HalfTables, other: HalfTables, kind: int) -> Side:
        """The tables of one half, with the blocks as seen from it."""
        left, right = self.sector.left.sizes, self.sector.right.sizes
        ones = np.ones_like(right)
        on_left = kind == kernels.LEFT
        n_own, n_other, own_step, other_step = (left, right, right, ones) if on_left else (right, left, ones, right)
        items = [
            (g, lane, min(width, n_other[g] - lane))
            for g in range(self.sector.n_groups)
            for width in (_width(int(n_own[g])),)
            for lane in range(0, n_other[g], width)
        ]
        room = max((int(n_own[g]) * -(-lanes // LANES) * LANES for g, _, lanes in items), default=0)
        return Side(
            start=self.sector.start[:-1].copy(),
            n_own=n_own.copy(),
            n_other=n_other.copy(),
            own_step=own_step.copy(),
            other_step=other_step.copy(),
            first_other=other.half.first,
            items=np.array(items, dtype=np.int64).reshape(-1, 3),
            room=room,
            part=np.array([s.left if on_left else s.right for s in self._instructions], dtype=np.int64),
            other_sign=np.array([s.signs for s in self._instructions], dtype=np.int64),
            offsets=own.offsets,
            first=own.first,
            second=own.second,
            signs=own.signs,
            lane_signs=other.rows_of_signs,
        )

    def _rows(self) -> Rows:
        """The left half's tables as places in the state."""
        tables, start, steps = self._left, self.sector.start, self.sector.right.sizes
        offsets = tables.offsets
        return Rows(
            offsets=np.ascontiguousarray(offsets[:, [0, -1]]),
            first=(start[tables.group] + tables.first * steps[tables.group]).astype(np.uint64),
            second=(start[tables.target] + tables.second * steps[tables.target]).astype(np.uint64),
            group=tables.group,
            signs=tables.signs,
            part=np.array([s.left for s in self._instructions], dtype=np.int64),
        )


def _width(n_strings: int) -> int:
    """Lanes to bring to cache at a time: longer runs of memory are faster, as long as two buffers fit."""
    return int(np.clip(BUFFER // (n_strings * LANES), 1, MAX_EIGHTS)) * LANES
