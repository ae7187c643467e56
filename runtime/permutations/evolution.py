"""A circuit of diagonal gates and swaps of positions, run on all permutations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from runtime.evolution import AngleMap, Evolution
from runtime.kernels import position_swaps as kernels
from runtime.kernels.phase_tangents import pull_phase, push_phase
from runtime.kernels.position_swap_tangents import EARLY, LISTED, pull_swaps, push_swaps
from runtime.kernels.position_swap_tangents import LAST as LAST_POSITIONS
from runtime.permutations.instructions import Instruction, Phase, Swap
from runtime.permutations.sector import PermutationSector
from runtime.vectors import empty_vector

LAST = 8  # positions whose 40,320 orders fit in cache; their swaps share one pass

KINDS = {"last": LAST_POSITIONS, "early": EARLY, "listed": LISTED}

Pass = tuple[str, int, int]  # what it does, and its first and last instruction + 1


def is_listed(swap: Swap) -> bool:
    """Whether a swap needs a list of pairs: that of neighbours is index arithmetic."""
    return swap.second != swap.first + 1


@dataclass(frozen=True, eq=False, kw_only=True)
class PermutationEvolution(Evolution):
    """Instructions on the ranks of permutations; its only tables are diagonals, and lists for swaps across a gap."""

    sector: PermutationSector
    instructions: tuple[Instruction, ...]
    enlarging: tuple[tuple[str, int], ...]

    is_real = False

    @cached_property
    def angle_map(self) -> AngleMap:  # type: ignore[override]
        """See `Evolution`."""
        return AngleMap.of(i.angle for i in self.instructions)

    @cached_property
    def _lists(self) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray]]:
        """For each swap of positions that are no neighbours, the pairs that it exchanges; layers share them."""
        wanted = {(i.first, i.second) for i in self.instructions if isinstance(i, Swap) and is_listed(i)}
        return {positions: self.sector.pairs(*positions) for positions in sorted(wanted)}

    @property
    def nbytes(self) -> int:
        """Bytes of the lists, and of the diagonals that no observable holds."""
        own = {id(i.values): i.values for i in self.instructions if isinstance(i, Phase)}
        diagonals = sum(v.nbytes for v in own.values() if not self.sector.is_shared(v))
        return self.sector.nbytes + diagonals + sum(a.nbytes + b.nbytes for a, b in self._lists.values())

    def prepared(self, dtype: type) -> np.ndarray:
        """See `Evolution.prepared`."""
        state = empty_vector(self.sector.dimension, dtype)
        state[:] = self.sector.dimension**-0.5
        return state

    def run(self, state: np.ndarray, angles: np.ndarray) -> None:
        """See `Evolution.run`."""
        turns = _Turns(state, angles)
        for step in self._passes:
            self._forth(step, state, turns)

    def run_back(self, state: np.ndarray, bra: np.ndarray, angles: np.ndarray) -> np.ndarray:
        """See `Evolution.run_back`."""
        slopes = np.empty(len(angles))
        turns = _Turns(state, angles)
        for step in reversed(self._passes):
            self._back(step, state, bra, turns, slopes)
        return slopes

    def push(self, state: np.ndarray, tangent: np.ndarray, angles: np.ndarray, rates: np.ndarray) -> None:
        """See `Evolution.push`."""
        turns = _Turns(state, angles, rates)
        floats = turns.floats(state), turns.floats(tangent)
        for kind, k, end in self._passes:
            instruction = self.instructions[k]
            if isinstance(instruction, Phase):
                push_phase(state, tangent, instruction.values, angles[k], rates[k])
            elif not isinstance(instruction, Swap):
                _push_reflection(state, tangent, angles[k], rates[k])
            else:
                push_swaps(KINDS[kind], *floats, *self._swaps(slice(k, end)), *turns.of(slice(k, end)), *self._pairs(k))

    def pull(
        self,
        state: np.ndarray,
        tangent: np.ndarray,
        bra: np.ndarray,
        bra_tangent: np.ndarray,
        angles: np.ndarray,
        rates: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Evolution.pull`."""
        turns = _Turns(state, -angles, -rates)
        vectors = state, tangent, bra, bra_tangent
        floats = [turns.floats(v) for v in vectors]
        slopes, changes = np.empty((2, len(angles)))
        for kind, k, end in reversed(self._passes):
            instruction = self.instructions[k]
            if isinstance(instruction, Phase):
                slope, change = pull_phase(*vectors, instruction.values, angles[k], rates[k])
                slopes[k], changes[k] = 2.0 * slope, 2.0 * change
            elif not isinstance(instruction, Swap):
                ket, moved, other, other_moved = (v.mean() for v in vectors)
                slopes[k] = -2.0 * len(state) * (np.conj(other) * ket).imag
                changes[k] = -2.0 * len(state) * (np.conj(other_moved) * ket + np.conj(other) * moved).imag
                _push_reflection(state, tangent, -angles[k], -rates[k])
                _push_reflection(bra, bra_tangent, -angles[k], -rates[k])
            else:
                back = np.arange(end - 1, k - 1, -1)
                found = np.empty((2, end - k))
                pull_swaps(KINDS[kind], *floats, *self._swaps(back), *turns.of(back), *self._pairs(k), *found)
                slopes[back], changes[back] = found
        return slopes, changes

    def _swaps(self, members: Any) -> tuple[int, np.ndarray, np.ndarray]:
        """What kernels look up of some swaps: a block's size, factorials, and the items behind their positions."""
        return self._block, self.sector.factorials, self._items[members]

    def _pairs(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of a swap that needs a list of them."""
        swap = self.instructions[k]
        nothing = np.zeros(0, dtype=np.uint32)
        return (
            self._lists[swap.first, swap.second] if isinstance(swap, Swap) and is_listed(swap) else (nothing, nothing)
        )

    def apply(self, k: int, vector: np.ndarray, angle: float) -> None:
        """See `Evolution.apply`."""
        angles = np.zeros(len(self.instructions))
        angles[k] = angle
        self._forth((self._kind(self.instructions[k]), k, k + 1), vector, _Turns(vector, angles))

    def generate(self, k: int, vector: np.ndarray, factor: float, out: np.ndarray) -> None:
        """See `Evolution.generate`; of a swap, i SWAP is a quarter turn."""
        instruction = self.instructions[k]
        if isinstance(instruction, Phase):
            out += 1j * factor * instruction.values * vector
        elif isinstance(instruction, Swap):
            turned = vector.copy()
            self.apply(k, turned, np.pi / 2)
            turned *= factor
            out += turned
        else:
            out += 1j * factor * vector.mean()

    @cached_property
    def _passes(self) -> list[Pass]:
        """The instructions in order, swaps of the last positions taken together."""
        passes: list[Pass] = []
        for kind, group in groupby(range(len(self.instructions)), lambda k: self._kind(self.instructions[k])):
            members = list(group)
            if kind == "last":
                passes.append((kind, members[0], members[-1] + 1))
            else:
                passes += [(kind, k, k + 1) for k in members]
        return passes

    def _kind(self, instruction: Instruction) -> str:
        if not isinstance(instruction, Swap):
            return "phase" if isinstance(instruction, Phase) else "reflection"
        if is_listed(instruction):
            return "listed"
        return "last" if instruction.first >= self.sector.size - LAST else "early"

    @cached_property
    def _items(self) -> np.ndarray:
        """For each swap, how many items its positions and those behind them hold, shape (n_instructions,)."""
        n = self.sector.size
        return np.array([n - i.first if isinstance(i, Swap) else 0 for i in self.instructions], dtype=np.int64)

    @property
    def _block(self) -> int:
        return int(self.sector.factorials[min(self.sector.size, LAST)])

    def _forth(self, step: Pass, state: np.ndarray, turns: _Turns) -> None:
        kind, k, end = step
        instruction, factorials, c, s = self.instructions[k], self.sector.factorials, turns.cosines, turns.sines
        if isinstance(instruction, Phase):
            kernels.phase(state, instruction.values, turns.angles[k])
        elif not isinstance(instruction, Swap):
            state += (np.exp(1j * turns.angles[k]) - 1) * state.mean()
        elif kind == "last":
            kernels.swap_last(turns.floats(state), self._block, factorials, self._items[k:end], c[k:end], s[k:end])
        elif kind == "early":
            kernels.swap_early(turns.floats(state), factorials, self._items[k], c[k], s[k])
        else:
            first, second = self._lists[instruction.first, instruction.second]
            kernels.swap_listed(turns.floats(state), first, second, c[k], s[k])

    def _back(self, step: Pass, state: np.ndarray, bra: np.ndarray, turns: _Turns, slopes: np.ndarray) -> None:
        kind, k, end = step
        instruction, factorials, c, s = self.instructions[k], self.sector.factorials, turns.cosines, turns.sines
        vectors = turns.floats(state), turns.floats(bra)
        if isinstance(instruction, Phase):
            slopes[k] = kernels.phase_back(state, bra, instruction.values, turns.angles[k])
        elif not isinstance(instruction, Swap):
            ket_mean, bra_mean, back = state.mean(), bra.mean(), np.exp(-1j * turns.angles[k]) - 1
            slopes[k] = -2.0 * len(state) * float((np.conj(bra_mean) * ket_mean).imag)
            state += back * ket_mean
            bra += back * bra_mean
        elif kind == "last":
            kernels.swap_last_back(
                *vectors, self._block, factorials, self._items[k:end], c[k:end], s[k:end], slopes[k:end]
            )
        elif kind == "early":
            slopes[k] = kernels.swap_early_back(*vectors, factorials, self._items[k], c[k], s[k])
        else:
            first, second = self._lists[instruction.first, instruction.second]
            slopes[k] = kernels.swap_listed_back(*vectors, first, second, c[k], s[k])


def _push_reflection(state: np.ndarray, tangent: np.ndarray, angle: float, rate: float) -> None:
    """The derivative of 1 + (e - 1) |s><s|, e = exp(i angle), is i rate e |s><s|."""
    mean, turn = state.mean(), np.exp(1j * angle)
    tangent += (turn - 1) * tangent.mean() + 1j * rate * turn * mean
    state += (turn - 1) * mean


class _Turns:
    """The angles of the instructions, with cosines, sines and rates in the precision of a state."""

    def __init__(self, state: np.ndarray, angles: np.ndarray, rates: np.ndarray | None = None) -> None:
        self.angles = angles
        self._part: Any = np.float32 if state.dtype == np.complex64 else np.float64
        self.cosines = np.cos(angles).astype(self._part)
        self.sines = np.sin(angles).astype(self._part)
        self.rates = np.zeros(0) if rates is None else rates.astype(self._part)

    def of(self, members: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cosines, sines and rates of some instructions."""
        return self.cosines[members], self.sines[members], self.rates[members]

    def floats(self, vector: np.ndarray) -> np.ndarray:
        """The real and imaginary parts of a vector in turn, shape (2 * dimension,)."""
        return vector.view(self._part)
