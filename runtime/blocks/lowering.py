"""Whether a circuit's sector is a product of blocks that is worth laying out as one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from runtime.circuit.actions import Action
from runtime.memory import refuse_beyond_memory

if TYPE_CHECKING:
    from runtime.blocks.circuit import Flips
    from runtime.blocks.evolution import BlockEvolution

SMALL = 1 << 15  # states of a sector that is worth blocks if the start fills it
LARGE = 1 << 17  # if it does not
BYTES_PER_AMPLITUDE = 40  # two complex vectors and an observable's diagonal


def lower_to_blocks(actions: Sequence[Action], also: Flips, wires: Sequence[Hashable]) -> BlockEvolution | None:
    """A block evolution where that is the better layout, else None.

    Smaller sectors are better searched: from one basis state, early gates reach only a few others, and pairs are listed
    among those alone. Where the start fills the sector, or the sector no longer fits in cache, blocks are better.

    Raises:
        DoesNotFitError: if the sector would not fit in memory.
    """
    if 2 ** len(wires) < SMALL:
        return None
    from runtime.blocks.circuit import block_circuit
    from runtime.circuit.merging import merge_rotations

    circuit = block_circuit(merge_rotations(actions), also, wires)
    if circuit is None:
        return None
    dimension = circuit.sector.dimension
    if dimension >= 2 ** (len(wires) - 1) or dimension < (SMALL if circuit.start.fills(circuit.sector) else LARGE):
        return None
    needed = BYTES_PER_AMPLITUDE + 8 * len(circuit.diagonals)
    refuse_beyond_memory(needed * dimension, len(wires), dimension)
    from runtime.blocks.tabulation import BlockLowering

    return BlockLowering(circuit).lower()
