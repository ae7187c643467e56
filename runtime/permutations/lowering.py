"""Recognising circuits on permutations, and lowering them to instructions on ranks."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.circuit.actions import (
    Action,
    Cost,
    Exchange,
    PermutationPreparation,
    Preparation,
    Reflection,
    Rotation,
    Term,
)
from runtime.circuit.affine import Affine
from runtime.circuit.merging import ratio_of
from runtime.circuit.phases import fuse_phases
from runtime.memory import refuse_beyond_memory
from runtime.permutations.evolution import PermutationEvolution, is_listed
from runtime.permutations.instructions import Instruction, Phase, Reflect, Swap
from runtime.permutations.sector import PermutationSector, same_function

ROUNDING = 1e-14
DIGITS = 14  # of coefficients; layers of the same diagonal differ by rounding errors

Gate = Swap | Reflection | Cost | Rotation


@dataclass(frozen=True, eq=False)
class _Function:
    """A cost function on some wires, one object for each."""

    function: Callable[[np.ndarray], np.ndarray]
    wires: tuple[int, ...]


Part = _Function | tuple[Term, ...]
Diagonal = tuple[tuple[Part, float], ...]  # parts and their factors


def lower_to_permutations(
    actions: Sequence[Action], wires: Sequence[Hashable], bytes_per_amplitude: int
) -> PermutationEvolution | None:
    """The evolution of a circuit that starts with all permutations, swaps positions, and is diagonal otherwise.

    Args:
        actions: of the circuit, in order.
        wires: the labels of its wires.
        bytes_per_amplitude: 16, or 8 in single precision.

    Returns:
        None if the circuit is not of this kind.

    Raises:
        DoesNotFitError: if it is, and would not fit in memory.
        ValueError: if a gate's angle is not finite.
    """
    start = _start(actions[0]) if actions else None
    if start is None or len(start.wires) != len(wires):
        return None
    places = np.array(start.wires).reshape(start.size, start.size)
    gates: list[Gate] = []
    for action in fuse_phases(actions[1:]):
        if isinstance(action, Exchange):
            positions = _positions(action, places)
            if positions is None:
                return None
            gates.append(Swap(-action.angle, *positions))
        elif isinstance(action, Cost | Reflection) or (isinstance(action, Rotation) and action.flip == 0):
            gates.append(action)
        else:
            return None
    for gate in gates:
        if not math.isfinite(gate.angle.real_constant):
            raise ValueError(f"Gate angles must be finite numbers, got {gate.angle.real_constant}.")
    lowering = _Lowering(gates)
    refuse_beyond_memory((2 * bytes_per_amplitude + lowering.table_bytes) * start.count, len(wires), start.count)
    return lowering.finish(PermutationSector(places, wires), start)


def _start(action: Action) -> PermutationPreparation | None:
    """The preparation of all permutation matrices, which may have been given as a list of them."""
    if isinstance(action, PermutationPreparation):
        return action
    if not isinstance(action, Preparation) or len(action.wires) < 4:
        return None
    start = PermutationPreparation(action.wires, action.origin)
    if start.size**2 != len(action.wires) or len(action.bits) != start.count:
        return None
    if not np.allclose(action.amplitudes, start.count**-0.5, rtol=ROUNDING, atol=0):
        return None
    matrices = action.bits.reshape(-1, start.size, start.size)
    # The strings are distinct, so n! permutation matrices are all of them.
    return start if (matrices.sum(axis=1) == 1).all() and (matrices.sum(axis=2) == 1).all() else None


def _positions(exchange: Exchange, places: np.ndarray) -> tuple[int, int] | None:
    """The two positions whose whole registers are exchanged, item by item, in ascending order."""
    where = {int(w): divmod(k, len(places)) for k, w in enumerate(places.reshape(-1))}
    found = [(where[a], where[b]) for a, b in zip(exchange.first, exchange.second, strict=True)]
    positions = {(p, q) for (p, _), (q, _) in found}
    if len(positions) != 1 or len(found) != len(places) or any(c != d for (_, c), (_, d) in found):
        return None
    p, q = positions.pop()
    return (p, q) if p < q else (q, p)


class _Lowering:
    """The gates of one circuit, neighbouring diagonals joined."""

    def __init__(self, gates: Sequence[Gate]) -> None:
        self._steps: list[Swap | Reflect | tuple[Affine, Diagonal]] = []
        self._waiting: list[tuple[Affine, dict[Part, float]]] = []
        self._functions: list[_Function] = []
        for gate in gates:
            if isinstance(gate, Cost):
                self._wait(-gate.angle, self._entered(gate), 1.0)
            elif isinstance(gate, Rotation):
                unit = complex(gate.terms[0].coefficient).real
                self._wait(gate.angle, _scaled(gate.terms, unit), unit)
            else:
                self._flush()
                self._steps.append(Reflect(-gate.angle) if isinstance(gate, Reflection) else gate)
        self._flush()

    def _entered(self, cost: Cost) -> _Function:
        for known in self._functions:
            if same_function(known.function, cost.function) and known.wires == cost.wires:
                return known
        self._functions.append(_Function(cost.function, cost.wires))
        return self._functions[-1]

    def _wait(self, angle: Affine, part: Part, factor: float) -> None:
        """Join a diagonal to a waiting one that turns by a multiple of the same angle."""
        for unit, parts in self._waiting:
            ratio = ratio_of(angle, unit)
            if ratio is not None:
                parts[part] = parts.get(part, 0.0) + ratio * factor
                return
        self._waiting.append((angle, {part: factor}))

    def _flush(self) -> None:
        for angle, parts in self._waiting:
            used = [(part, factor) for part, factor in parts.items() if factor]
            if used:
                unit = used[0][1]
                relative = tuple((part, float(f"{factor / unit:.{DIGITS}g}")) for part, factor in used)
                self._steps.append((angle * unit, relative))
        self._waiting.clear()

    @property
    def table_bytes(self) -> int:
        """Bytes of all tables for each basis state, an observable's diagonal included."""
        diagonals = {step[1] for step in self._steps if isinstance(step, tuple)}
        lists = {(s.first, s.second) for s in self._steps if isinstance(s, Swap) and is_listed(s)}
        return 8 * max(1, len(diagonals)) + 4 * len(lists)

    def finish(self, sector: PermutationSector, start: PermutationPreparation) -> PermutationEvolution:
        """All diagonals' values, and the evolution."""
        known: dict[Diagonal, np.ndarray] = {}
        instructions: list[Instruction] = []
        for step in self._steps:
            if isinstance(step, tuple):
                angle, diagonal = step
                if diagonal not in known:
                    known[diagonal] = _values(diagonal, sector)
                instructions.append(Phase(angle, known[diagonal]))
            else:
                instructions.append(step)
        enlarging = ((start.origin, sector.dimension),) if sector.dimension > 1 else ()
        return PermutationEvolution(sector=sector, instructions=tuple(instructions), enlarging=enlarging)


def _scaled(terms: Sequence[Term], unit: float) -> tuple[Term, ...]:
    return tuple(
        Term(float(f"{complex(t.coefficient).real / unit:.{DIGITS}g}"), t.mask, t.value, t.parity) for t in terms
    )


def _values(diagonal: Diagonal, sector: PermutationSector) -> np.ndarray:
    vectors = [
        sector.tabulated(part.function, [sector.wires[w] for w in part.wires])
        if isinstance(part, _Function)
        else sector.diagonal(part)
        for part, _ in diagonal
    ]
    if len(vectors) == 1:
        return vectors[0]
    values = vectors[0].copy()
    for vector, (_, factor) in zip(vectors[1:], diagonal[1:], strict=True):
        values += factor * vector
    return values
