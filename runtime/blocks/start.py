"""The basis states with which a circuit begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.blocks.charges import Step
from runtime.blocks.moves import bits_of
from runtime.blocks.sector import BlockSector
from runtime.circuit.actions import Action, Case, DickePreparation, Permutation, Preparation, mask_of

MAX_LISTED = 4096  # basis states in a superposition that is written out


@dataclass(frozen=True, eq=False)
class Start:
    """Listed basis states with amplitudes, times Dicke states on other wires."""

    states: tuple[int, ...]  # masks; without the ones of the Dicke states
    amplitudes: np.ndarray  # shape: (len(states),)
    dicke: tuple[DickePreparation, ...]

    @property
    def first(self) -> int:
        """One basis state of the start, as a mask."""
        return self.states[0] | sum(1 << w for d in self.dicke for w in d.wires[: d.n_chosen])

    def steps(self) -> Iterator[Step]:
        """Differences that lead from one basis state of the start to all others."""
        for other in self.states[1:]:
            yield {w: 1 if other >> w & 1 else -1 for w in bits_of(other ^ self.states[0])}
        for d in self.dicke:
            if 0 < d.n_chosen < len(d.wires):
                yield from ({a: 1, b: -1} for a, b in zip(d.wires, d.wires[1:], strict=False))

    def fills(self, sector: BlockSector) -> bool:
        """Whether at least half of a sector's states are among the start's."""
        return 2 * len(self.states) * int(np.prod([d.count for d in self.dicke])) >= sector.dimension

    def on(self, sector: BlockSector) -> tuple[np.ndarray | float, np.ndarray | None]:
        """The amplitudes on a sector, a number if they are all the same, and the rows that have them, None for all."""
        if not self.dicke:
            return self.amplitudes, sector.rows_of(self.states)
        scale = float(np.prod([d.count for d in self.dicke]) ** -0.5) * self.amplitudes[0].item()
        if sector.dimension == np.prod([d.count for d in self.dicke]):
            return scale, None
        fixed = ~sum(1 << w for d in self.dicke for w in d.wires)
        conditions = [(sum(1 << w for w in d.wires), d.n_chosen) for d in self.dicke]
        vector = np.full(sector.dimension, scale)
        for g in range(sector.n_groups):
            rows, columns = sector.left, sector.right
            block = vector[sector.start[g] : sector.start[g + 1]].reshape(rows.sizes[g], columns.sizes[g])
            for half in (rows, columns):
                keep = half.local(fixed)
                matches = half.strings[half.span(g)] & np.uint64(keep) == np.uint64(half.local(self.states[0]))
                block *= matches[:, None] if half is rows else matches[None, :]
            for mask, n_chosen in conditions:
                counts = [half.ones(half.local(mask))[half.span(g)] for half in (rows, columns)]
                block *= np.add.outer(*counts) == n_chosen
        support = np.flatnonzero(vector)
        return scale, support


def start_of(actions: Sequence[Action]) -> tuple[Start, list[Action]] | None:
    """The preparations of a circuit, with permutations before the first other gate, and the other actions."""
    states, amplitudes = [0], np.ones(1)
    dicke: list[DickePreparation] = []
    preparations = [a for a in actions if isinstance(a, Preparation | DickePreparation)]
    rest: list[Action] = [a for a in actions if not isinstance(a, Preparation | DickePreparation)]
    for action in preparations:
        if isinstance(action, DickePreparation):
            dicke.append(action)
            continue
        if len(states) * len(action.bits) > MAX_LISTED:
            return None
        added = [mask_of(action.wires, bits) for bits in action.bits]
        states = [s | a for s in states for a in added]
        amplitudes = np.multiply.outer(amplitudes, action.amplitudes).reshape(-1)
    while rest and isinstance(permutation := rest[0], Permutation) and not dicke:
        moved = [_moved(state, permutation.cases) for state in states]
        states = [state for state, _ in moved]
        factors = np.array([factor for _, factor in moved])
        amplitudes = amplitudes * (factors.real if not factors.imag.any() else factors)
        rest = rest[1:]
    if dicke and len(states) > 1:
        return None
    if np.iscomplexobj(amplitudes) and not amplitudes.imag.any():
        amplitudes = amplitudes.real.copy()
    return Start(tuple(states), amplitudes, tuple(dicke)), rest


def _moved(state: int, cases: Sequence[Case]) -> tuple[int, complex]:
    """Where a permutation takes a basis state, and with what phase."""
    for case in cases:
        if state & case.mask == case.value:
            return state ^ case.flip, complex(case.phase)
    return state, 1.0 + 0j
