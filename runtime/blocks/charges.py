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


def conserved(steps: Iterable[Step], n_wires: int) -> Charges:
    """All weights and parities that no step changes: the null space of the steps over the rationals and over GF(2)."""
    distinct = {tuple(sorted(step.items())) for step in steps}
    weights = _null_space(distinct, n_wires)
    flips = {sum(1 << w for w, change in step if change % 2) for step in distinct}
    implied = [sum(1 << i for i, w in enumerate(row) if w % 2) for row in weights.tolist()]
    return Charges(weights, _parities(flips, n_wires, implied))


def _null_space(steps: set[tuple[tuple[int, int], ...]], n_wires: int) -> np.ndarray:
    """An integer basis in reduced echelon form, which keeps charges of disjoint sets of wires apart."""
    rows: dict[int, dict[int, Fraction]] = {}  # pivot -> sparse row with a one there
    for step in steps:
        row = _reduced({w: Fraction(c) for w, c in step}, rows)
        if not row:
            continue
        pivot = min(row)
        row = {w: c / row[pivot] for w, c in row.items()}
        for known in rows.values():
            _subtract(known, row, known.get(pivot, Fraction(0)))
        rows[pivot] = row
    free = [w for w in range(n_wires) if w not in rows]
    basis = np.zeros((len(free), n_wires), dtype=np.int64)
    for k, f in enumerate(free):
        vector = {f: Fraction(1)} | {pivot: -row[f] for pivot, row in rows.items() if f in row}
        scale = lcm(*(c.denominator for c in vector.values()))
        for w, c in vector.items():
            basis[k, w] = int(c * scale)
    return basis


def _reduced(row: dict[int, Fraction], rows: Mapping[int, dict[int, Fraction]]) -> dict[int, Fraction]:
    for pivot in [w for w in row if w in rows]:
        _subtract(row, rows[pivot], row.get(pivot, Fraction(0)))
    return row


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], factor: Fraction) -> None:
    if not factor:
        return
    for w, c in other.items():
        left = row.get(w, Fraction(0)) - factor * c
        if left:
            row[w] = left
        else:
            row.pop(w, None)


def _parities(flips: Iterable[int], n_wires: int, implied: Iterable[int]) -> tuple[int, ...]:
    """A basis of the masks with an even overlap with every flip, beyond those that the charges imply."""
    rows: dict[int, int] = {}  # pivot bit -> reduced row
    for flip in flips:
        reduced = _reduced_mask(flip, rows)
        if reduced:
            pivot = reduced.bit_length() - 1
            rows = {p: r ^ reduced if r >> pivot & 1 else r for p, r in rows.items()}
            rows[pivot] = reduced
    free = [f for f in range(n_wires) if f not in rows]
    found = [1 << f | sum(1 << p for p, r in rows.items() if r >> f & 1) for f in free]
    known: dict[int, int] = {}
    for mask in implied:
        _enter(mask, known)
    return tuple(mask for mask in found if _enter(mask, known))


def _reduced_mask(mask: int, rows: Mapping[int, int]) -> int:
    for pivot, row in rows.items():
        if mask >> pivot & 1:
            mask ^= row
    return mask


def _enter(mask: int, rows: dict[int, int]) -> bool:
    """Add a mask to an echelon form over GF(2); whether it was independent."""
    while mask and mask.bit_length() in rows:
        mask ^= rows[mask.bit_length()]
    if mask:
        rows[mask.bit_length()] = mask
    return bool(mask)
