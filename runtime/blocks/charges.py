"""What a circuit conserves, found by linear algebra instead of by search.

A charge is an integer weight per wire whose sum over the ones of a basis state never changes; a parity is the same
modulo two. Particle numbers, spins and numbers of chosen assets are charges, point-group symmetries are parities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

Step = Mapping[int, int]  # position of a wire -> how its bit changes


@dataclass(frozen=True, eq=False)
class Charges:
    """Conserved quantities of a circuit on n wires."""

    weights: np.ndarray  # shape: (n_charges, n_wires), int64
    parities: tuple[int, ...]  # masks: bit i is the wire at position i

    def of(self, state: int) -> np.ndarray:
        """Charges and then parities of a basis state, given as a mask, shape (n_charges + n_parities,)."""
        bits = np.array([state >> w & 1 for w in range(self.weights.shape[1])], dtype=np.int64)
        odd = [(state & mask).bit_count() % 2 for mask in self.parities]
        return np.concatenate([self.weights @ bits, np.array(odd, dtype=np.int64)])

    def plus(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The charges of two disjoint parts together."""
        n = len(self.weights)
        return np.concatenate([a[..., :n] + b[..., :n], (a[..., n:] + b[..., n:]) % 2], axis=-1)

    def missing(self, total: np.ndarray, part: np.ndarray) -> np.ndarray:
        """What completes a part to the total."""
        n = len(self.weights)
        return np.concatenate([total[:n] - part[..., :n], (total[n:] + part[..., n:]) % 2], axis=-1)


class Steps:
    """The span of the steps that a circuit takes, over the rationals and over GF(2), as reduced echelon forms."""

    def __init__(self, n_wires: int) -> None:
        self.n_wires = n_wires
        self._rows: dict[int, dict[int, Fraction]] = {}  # pivot -> sparse row with a one there
        self._masks: dict[int, int] = {}  # pivot -> row

    def enter(self, step: Step) -> bool:
        """Add a step; whether it breaks what was conserved before."""
        return self._enter_row(step) | self._enter_mask(sum(1 << w for w, change in step.items() if change % 2))

    def conserved(self) -> Charges:
        """All weights and parities that no step changes: the null spaces."""
        weights = self._weights()
        implied: dict[int, int] = {}
        for row in weights.tolist():
            _enter(sum(1 << i for i, w in enumerate(row) if w % 2), implied)
        free = [f for f in range(self.n_wires) if f not in self._masks]
        found = [1 << f | sum(1 << p for p, r in self._masks.items() if r >> f & 1) for f in free]
        return Charges(weights, tuple(mask for mask in found if _enter(mask, implied)))

    def _weights(self) -> np.ndarray:
        """An integer basis in reduced echelon form, which keeps charges of disjoint sets of wires apart."""
        free = [w for w in range(self.n_wires) if w not in self._rows]
        basis = np.zeros((len(free), self.n_wires), dtype=np.int64)
        for k, f in enumerate(free):
            vector = {f: Fraction(1)} | {pivot: -row[f] for pivot, row in self._rows.items() if f in row}
            scale = lcm(*(c.denominator for c in vector.values()))
            for w, c in vector.items():
                basis[k, w] = int(c * scale)
        return basis

    def _enter_row(self, step: Step) -> bool:
        row = {w: Fraction(c) for w, c in step.items()}
        for pivot in [w for w in row if w in self._rows]:
            _subtract(row, self._rows[pivot], row.get(pivot, Fraction(0)))
        if not row:
            return False
        pivot = min(row)
        row = {w: c / row[pivot] for w, c in row.items()}
        for known in self._rows.values():
            _subtract(known, row, known.get(pivot, Fraction(0)))
        self._rows[pivot] = row
        return True

    def _enter_mask(self, mask: int) -> bool:
        for pivot, row in self._masks.items():
            if mask >> pivot & 1:
                mask ^= row
        if not mask:
            return False
        pivot = mask.bit_length() - 1
        self._masks = {p: r ^ mask if r >> pivot & 1 else r for p, r in self._masks.items()}
        self._masks[pivot] = mask
        return True


def conserved(steps: Iterable[Step], n_wires: int) -> Charges:
    """All weights and parities that no step changes."""
    span = Steps(n_wires)
    for step in {tuple(sorted(step.items())) for step in steps}:
        span.enter(dict(step))
    return span.conserved()


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], factor: Fraction) -> None:
    if not factor:
        return
    for w, c in other.items():
        left = row.get(w, Fraction(0)) - factor * c
        if left:
            row[w] = left
        else:
            row.pop(w, None)


def _enter(mask: int, rows: dict[int, int]) -> bool:
    """Add a mask to an echelon form over GF(2); whether it was independent."""
    while mask and mask.bit_length() in rows:
        mask ^= rows[mask.bit_length()]
    if mask:
        rows[mask.bit_length()] = mask
    return bool(mask)
