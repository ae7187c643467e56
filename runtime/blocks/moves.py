"""The normal form of a rotation: which local pattern goes to which, under what condition, with what sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from runtime.blocks.charges import Step
from runtime.circuit.actions import Term

MAX_FLIPPED = 8  # wires flipped by one gate; more would make too many patterns
NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class Move:
    """strength * (-1)^popcount(x & parity) * |x ^ flip><x| where x & mask == value, and its reverse.

    The mask covers the flip, and the parity lies outside of it; the first flipped wire is 0 in x.
    """

    strength: complex
    flip: int
    mask: int
    value: int
    parity: int

    def commutes_with(self, other: Move) -> bool:
        """Whether neither flips what the other looks at, up to signs that cancel."""
        signs = (self.flip & other.parity).bit_count() + (other.flip & self.parity).bit_count()
        return not self.flip & other.mask and not other.flip & self.mask and signs % 2 == 0

    def excludes(self, other: Move) -> bool:
        """Whether no basis state starts both."""
        return bool(self.mask & other.mask & (self.value ^ other.value))

    @property
    def step(self) -> Step:
        """How each flipped wire changes, +1 or -1, by position."""
        return {w: -1 if self.value >> w & 1 else 1 for w in bits_of(self.flip)}


def bits_of(mask: int) -> Iterator[int]:
    """The positions of the ones of a mask, in ascending order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def moves_of(flip: int, terms: Sequence[Term]) -> list[Move] | None:
    """The moves of a Hermitian sum_t g_t(x) |x ^ flip><x|; None if a state would start several."""
    wires = list(bits_of(flip))
    if len(wires) > MAX_FLIPPED:
        return None
    moves: list[Move] = []
    for pattern in _patterns(wires, terms):
        found = _from_pattern(pattern, flip, terms)
        if not all(a.excludes(b) for a, b in combinations(found, 2)):
            return None
        moves += found
    return moves


def steps_of(flip: int, terms: Sequence[Term]) -> list[Step] | None:
    """How an operator, Hermitian or not, changes the flipped wires; None if there are too many ways."""
    wires = list(bits_of(flip))
    if len(wires) > MAX_FLIPPED:
        return None
    found = [
        _from_pattern(pattern, flip, terms) or _from_pattern(pattern ^ flip, flip, terms)
        for pattern in _patterns(wires, terms)
    ]
    return [moves[0].step for moves in found if moves]


def _from_pattern(pattern: int, flip: int, terms: Sequence[Term]) -> list[Move]:
    """What moves a pattern on the flipped wires, one entry for each condition on the others."""
    sums: dict[tuple[int, int, int], complex] = {}
    for term in terms:
        if term.mask & flip & (pattern ^ term.value):
            continue
        sign = -1 if (pattern & term.parity).bit_count() % 2 else 1
        key = (term.mask & ~flip, term.value & ~flip, term.parity & ~flip)
        sums[key] = sums.get(key, 0.0) + sign * term.coefficient
    return [
        Move(c, flip, mask | flip, value | pattern, parity)
        for (mask, value, parity), c in sums.items()
        if abs(c) > NEGLIGIBLE
    ]


def _patterns(wires: Sequence[int], terms: Iterable[Term]) -> list[int]:
    """Patterns on the flipped wires that a term may match, or whose reverse it may match, the first wire 0."""
    flip = sum(1 << w for w in wires)
    if all(t.mask & flip == flip for t in terms):
        return sorted({t.value & flip ^ (flip if t.value >> wires[0] & 1 else 0) for t in terms})
    patterns = [0]
    for w in wires[1:]:
        patterns += [p | 1 << w for p in patterns]
    return patterns
