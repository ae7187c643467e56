"""From the actions of a circuit to the tables that the kernels run."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.basis_states import lexicographic_order
from runtime.circuit.actions import (
    Action,
    AnyPreparation,
    Cost,
    Exchange,
    ListablePreparation,
    Mixing,
    Permutation,
    Preparation,
    Reflection,
    Rotation,
    Term,
)
from runtime.circuit.affine import Affine
from runtime.circuit.merging import merge_rotations, ratio_of
from runtime.circuit.phases import fuse_phases
from runtime.circuit.structure import NoStructureError
from runtime.evolution import AngleMap
from runtime.explicit.bounds import least_reach
from runtime.explicit.evolution import PairEvolution
from runtime.explicit.reach import Pairs, Reach
from runtime.kernels.evolution import HOP, MATRIX, PHASE, REFLECTION, ROTATION, TILTED
from runtime.memory import BYTES_PER_STATE, refuse_beyond_memory
from runtime.sector import Sector

NEGLIGIBLE = 1e-12
NO_ENTRIES = (0j, 0j, 0j, 0j)


@dataclass
class _Instruction:
    code: int
    start: int
    stop: int
    angle: Affine
    entries: tuple[complex, complex, complex, complex] = NO_ENTRIES


class Lowering:
    """Lowers one circuit.

    Args:
        n_wires: wires of the circuit.
        limit: the most basis states to reach.
    """

    def __init__(self, n_wires: int, limit: int) -> None:
        self.reach = Reach(n_wires, limit)
        self._instructions: list[_Instruction] = []
        self._pairs: list[Pairs] = []
        self._n_pairs = 0
        self._diagonals: list[np.ndarray] = []
        self._known_pairs: dict[tuple[object, ...], list[tuple[int, int, complex]]] = {}
        self._known_diagonals: dict[tuple[object, ...], np.ndarray] = {}
        self._phases: list[tuple[Affine, np.ndarray]] = []  # diagonals that wait for the next gate that is not one
        self._enlarging: list[tuple[str, int]] = []

    def lower(self, actions: Iterable[Action]) -> None:
        """Append a circuit's actions.

        Preparations act on wires that nothing has touched before, so they commute with all that comes before them, and
        go first: they make the set a product, and rows must keep their numbers once gates refer to them.
        """
        merged = fuse_phases(merge_rotations(actions))
        merged.sort(key=lambda action: not isinstance(action, AnyPreparation))
        at_least = 2 ** least_reach(merged)
        if at_least > self.reach.limit:
            raise NoStructureError(f"The circuit reaches all basis states of its {self.reach.n_wires} wires.")
        self._refuse_too_many(at_least)
        for action in merged:
            before = self.reach.count
            if isinstance(action, ListablePreparation):
                self._refuse_too_many(action.count)
                self.reach.prepare(action.listed())
            elif isinstance(action, Preparation):
                self.reach.prepare(action)
            elif isinstance(action, Permutation):
                self._permute(action)
            elif isinstance(action, Cost):
                self._add_phase(-action.angle, self._cost(action))
            elif isinstance(action, Reflection):
                self._reflect(action)
            elif isinstance(action, Exchange):
                self._exchange(action)
            elif isinstance(action, Mixing):
                self._mix(action)
            elif action.flip == 0:
                self._add_phase(action.angle, self._diagonal(action.terms))
            else:
                self._rotate(action)
            if self.reach.count != before and not isinstance(action, Permutation | Cost | Reflection):
                self._enlarging.append((action.origin, self.reach.count))

    def _refuse_too_many(self, dimension: int) -> None:
        refuse_beyond_memory(BYTES_PER_STATE * dimension, self.reach.n_wires, dimension)

    def finish(self, wires: Sequence[Hashable]) -> PairEvolution:
        """Sort the sector and renumber everything by it."""
        self._flush_phases()
        order = lexicographic_order(self.reach.keys)
        rank = np.empty(len(order), dtype=np.uint32)
        rank[order] = np.arange(len(order), dtype=np.uint32)
        amplitudes = self.reach.state()[order]
        diagonals = np.zeros((len(self._diagonals), len(order)))
        for row, values in zip(diagonals, self._diagonals, strict=True):
            row[rank[: len(values)]] = values
        steps = self._instructions
        return PairEvolution(
            sector=Sector(np.ascontiguousarray(self.reach.keys[order]), wires),
            angle_map=AngleMap.of(s.angle for s in steps),
            enlarging=tuple(self._enlarging),
            initial=amplitudes.real.copy() if np.isrealobj(amplitudes) or not amplitudes.imag.any() else amplitudes,
            codes=np.array([s.code for s in steps], dtype=np.int64),
            starts=np.array([s.start for s in steps], dtype=np.int64),
            stops=np.array([s.stop for s in steps], dtype=np.int64),
            first=self._renumbered(rank, [p.first for p in self._pairs]),
            second=self._renumbered(rank, [p.second for p in self._pairs]),
            diagonals=diagonals,
            entries=np.array([s.entries for s in steps], dtype=np.complex128).reshape(-1, 4),
        )

    @staticmethod
    def _renumbered(rank: np.ndarray, tables: Sequence[np.ndarray]) -> np.ndarray:
        return rank[np.concatenate(tables)] if tables else np.zeros(0, dtype=np.uint32)

    def _rotate(self, action: Rotation) -> None:
        """One instruction for each strength with which the gate couples its pairs."""
        self._flush_phases()
        for start, stop, strength in self._coupled(action.flip, action.terms, guarded=action.guarded):
            size = abs(strength)
            if abs(strength.real) < NEGLIGIBLE:
                self._append(ROTATION, start, stop, action.angle * size)
            elif abs(strength.imag) < NEGLIGIBLE:
                self._append(HOP, start, stop, action.angle * strength.real)
            else:
                entries = (strength / size, 0j, 0j, 0j)
                self._append(TILTED, start, stop, action.angle * size, entries)

    def _mix(self, action: Mixing) -> None:
        self._flush_phases()
        # Imaginary amplitudes of opposite sign fix which state of a pair comes first.
        flipped = action.value ^ (action.flip & action.mask)
        terms = (Term(1j, action.mask, action.value), Term(-1j, action.mask, flipped))
        for start, stop, _ in self._coupled(action.flip, terms, guarded=False):
            self._append(MATRIX, start, stop, Affine({}), action.matrix)

    def _reflect(self, action: Reflection) -> None:
        self._flush_phases()
        row = self._diagonal_row(np.full(self.reach.count, 1 / math.sqrt(self.reach.count)))
        self._append(REFLECTION, row, row, -action.angle)

    def _exchange(self, action: Exchange) -> None:
        """A hop between each state and its partner; states that are their own partner turn by a phase."""
        self._flush_phases()
        key = (action.first, action.second, self.reach.version)
        if key not in self._known_pairs:
            pairs, self._known_diagonals[key] = self.reach.exchange(action.first, action.second)
            self._known_pairs[key] = self._entered([pairs])
        for start, stop, _ in self._known_pairs[key]:
            self._append(HOP, start, stop, -action.angle)
        self._add_phase(-action.angle, self._known_diagonals[key])

    def _coupled(self, flip: int, terms: tuple[Term, ...], *, guarded: bool) -> list[tuple[int, int, complex]]:
        """Pair tables as (start, stop, strength), taken from an earlier gate if it did just the same."""
        key = (flip, terms, guarded, self.reach.version)
        if key not in self._known_pairs:
            self._known_pairs[key] = self._entered(self.reach.couple(flip, terms, guarded=guarded))
        return self._known_pairs[key]

    def _entered(self, found: Sequence[Pairs]) -> list[tuple[int, int, complex]]:
        """Where new pair tables begin and end."""
        spans = []
        for pairs in found:
            self._pairs.append(pairs)
            spans.append((self._n_pairs, self._n_pairs + len(pairs.first), pairs.strength))
            self._n_pairs += len(pairs.first)
        refuse_beyond_memory(
            16 * self._n_pairs + BYTES_PER_STATE * self.reach.count, self.reach.n_wires, self.reach.count
        )
        return spans

    def _permute(self, action: Permutation) -> None:
        phases = self.reach.permute(action.cases)
        if np.abs(phases - 1).max() > NEGLIGIBLE:
            self._add_phase(Affine({}, 1.0), np.angle(phases))

    def _diagonal(self, terms: tuple[Term, ...]) -> np.ndarray:
        key = (terms, self.reach.version)
        if key not in self._known_diagonals:
            self._known_diagonals[key] = self.reach.diagonal(terms)
        return self._known_diagonals[key]

    def _cost(self, action: Cost) -> np.ndarray:
        key = (id(action.function), action.wires, self.reach.version)
        if key not in self._known_diagonals:
            self._known_diagonals[key] = self.reach.evaluate(action.function, action.wires)
        return self._known_diagonals[key]

    def _add_phase(self, angle: Affine, values: np.ndarray) -> None:
        """Join a diagonal to a waiting one that turns by a multiple of the same angle."""
        for i, (unit, sums) in enumerate(self._phases):
            ratio = ratio_of(angle, unit)
            if ratio is not None:
                self._phases[i] = (unit, sums + ratio * values)
                return
        self._phases.append((angle, values))

    def _flush_phases(self) -> None:
        for angle, values in self._phases:
            if not values.any():
                continue
            row = self._diagonal_row(values)
            self._append(PHASE, row, row, angle)
        self._phases.clear()

    def _diagonal_row(self, values: np.ndarray) -> int:
        """Where a vector is among the diagonals, entered if it is new."""
        for row, known in enumerate(self._diagonals):
            if _same(known, values):
                return row
        self._diagonals.append(values)
        return len(self._diagonals) - 1

    def _append(
        self, code: int, start: int, stop: int, angle: Affine, entries: tuple[complex, ...] = NO_ENTRIES
    ) -> None:
        if not math.isfinite(angle.real_constant):
            raise ValueError(f"Gate angles must be finite numbers, got {angle.real_constant}.")
        self._instructions.append(_Instruction(code, start, stop, angle, entries))  # type: ignore[arg-type]


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a is b or (a.shape == b.shape and np.array_equal(a, b))
