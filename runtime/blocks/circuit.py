"""A circuit as moves between strings with the same charges."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

from runtime.blocks.charges import Step, Steps, conserved
from runtime.blocks.moves import Move, moves_of, steps_of
from runtime.blocks.sector import BlockSector
from runtime.blocks.start import Start, start_of
from runtime.circuit.actions import Action, Cost, Rotation, Term
from runtime.circuit.phases import fuse_phases

DIGITS = 14  # of coefficients; layers of the same diagonal differ by rounding errors

Flips = Sequence[tuple[int, Sequence[Term]]]


@dataclass(frozen=True, eq=False)
class BlockCircuit:
    """A circuit that a block sector can take."""

    start: Start
    gates: list[tuple[Rotation | Cost, list[Move]]]  # after the preparations; no moves for a phase
    sector: BlockSector  # all basis states with the charges of the start

    @cached_property
    def enlarging(self) -> tuple[tuple[str, int], ...]:
        """Operators that broke what was conserved until then, and the sector's dimension after each."""
        wires = self.sector.wires
        span = Steps(len(wires))
        for step in self.start.steps():
            span.enter(step)
        found: list[tuple[str, int]] = []
        for action, moves in self.gates:
            if isinstance(action, Rotation) and sum(span.enter(move.step) for move in moves):
                sector = BlockSector.of(span.conserved(), self.start.first, wires)
                found.append((action.origin, self.sector.dimension if sector is None else sector.dimension))
        return tuple(found)

    @cached_property
    def diagonals(self) -> dict[Hashable, Cost | tuple[Term, ...]]:
        """What the circuit's phases turn by, once each."""
        return {key: what for action, moves in self.gates if not moves for key, what in [diagonal_of(action)]}


def block_circuit(actions: Sequence[Action], also: Flips, wires: Sequence[Hashable]) -> BlockCircuit | None:
    """The circuit as moves between strings with the same charges, or None if it is not of that form.

    Args:
        actions: of the whole circuit, rotations merged.
        also: operators that must not leave the sector either, as flips and terms.
        wires: labels of the wires.
    """
    prepared = start_of(actions)
    if prepared is None:
        return None
    start, rest = prepared
    gates: list[tuple[Rotation | Cost, list[Move]]] = []
    steps: list[Step] = list(start.steps())
    for action in fuse_phases(rest):
        if isinstance(action, Cost) or (isinstance(action, Rotation) and not action.flip):
            gates.append((action, []))
            continue
        if not isinstance(action, Rotation) or action.guarded or (moves := moves_of(action.flip, action.terms)) is None:
            return None
        steps += [move.step for move in moves]
        if moves:
            gates.append((action, moves))
    for flip, terms in also:
        further = steps_of(flip, terms)
        if further is None:
            return None
        steps += further
    sector = BlockSector.of(conserved(steps, len(wires)), start.first, wires)
    return None if sector is None else BlockCircuit(start, gates, sector)


def diagonal_of(action: Rotation | Cost) -> tuple[Hashable, Cost | tuple[Term, ...]]:
    """What a phase turns by, and a name for it; terms with the first coefficient scaled to one: layers share them."""
    if isinstance(action, Cost):
        return (id(action.function), action.wires), action
    unit = action.terms[0].coefficient.real
    scaled = tuple(
        Term(float(f"{t.coefficient.real / unit:.{DIGITS}g}"), t.mask, t.value, t.parity) for t in action.terms
    )
    return scaled, scaled
