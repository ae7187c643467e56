"""The bytes that an evaluation must move at the least, and whether memory is what bounds it.

The model, in one place. Let an amplitude have b bytes (8 real, 16 complex), a sector D amplitudes, and a copy be
counted as the bytes read and the bytes written. A forward sweep moves

    a run of gates between phases   2 b D        one pass: at best, all its gates are done while a piece is in cache
    phase of a diagonal             8 D          within that pass, the diagonal itself
    X mixer and the phase before    4 b D + 8 D  two passes, as the qubits of a state larger than the cache do not fit
                                                 in one, and one read of the diagonal
    value of a diagonal             b D + 8 D
    value of a matrix               b D

A gradient by the adjoint method writes a second vector (b D) and runs the gates back on both: the sweep twice more,
with the diagonals read once more. What the program holds beside its two vectors (tables, the matrix; predicted by
`program.memory_bytes`) is read once. If what an evaluation touches fits in the last-level cache, memory bounds nothing,
and no bound is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workloads.bench.case import Gate

DIAGONAL_GATES = ("RZ", "IsingZZ", "ControlledPhaseShift")
UNKNOWN_CACHE = 32 * 2**20  # bytes, where the system does not say


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What a circuit's sweeps touch; see the module's docstring."""

    gates: Sequence[Gate]
    is_real: bool
    whole_space: bool = False  # X mixers on all basis states: blocked passes instead of gate by gate

    def least_bytes(self, program: Any, *, gradient: bool) -> float:
        """The bytes that one evaluation moves at the least."""
        b = 8 if self.is_real else 16
        size = program.sector.dimension
        if self.whole_space:
            layers = sum(gate.kind == "RX" for gate in self.gates) / len(program.sector.wires)
            sweep, diagonals, held = 4 * b * size * layers, 8 * size * layers, 8 * size
        else:
            phases = self._phases()
            sweep = 2 * b * size * max(phases, 1)
            diagonals, held = 8 * size * max(phases - 1, 0), max(program.memory_bytes - 2 * b * size, 0)
        total = sweep + diagonals + held + b * size
        if gradient:
            total += b * size + 2 * sweep + diagonals
        return float(total)

    def bounds(self, program: Any, *, gradient: bool) -> bool:
        """Whether memory bounds an evaluation: on this runtime's own engine, if it does not all fit in the cache."""
        second_vector = 0 if gradient else (8 if self.is_real else 16) * program.sector.dimension
        return program.engine == "sector" and program.memory_bytes - second_vector >= last_level_cache()

    def _phases(self) -> int:
        """How many runs of neighbouring diagonal gates there are: each is one phase."""
        marks = [gate.kind in DIAGONAL_GATES for gate in self.gates]
        return sum(here and not before for before, here in zip([False, *marks], marks, strict=False))


def last_level_cache() -> int:
    """The size of the largest cache of the first core, bytes."""
    sizes = []
    for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = path.read_text().strip()
        sizes.append(int(text.rstrip("KMG")) * {"K": 2**10, "M": 2**20, "G": 2**30}.get(text[-1], 1))
    return max(sizes, default=UNKNOWN_CACHE)
