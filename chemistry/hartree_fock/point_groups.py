"""The abelian point groups, and what is left of one when some of its symmetry is broken.

The irreps of these groups multiply by exclusive or, and an operation is as well a mask of bits: its character in an
irrep is -1 to the power of how many of the mask's bits the irrep has. What couples two irreps has their product as its
own irrep, and leaves of the group the operations that have the character +1 there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Irreps by number, and the kind of operation of each mask: r(otation by 180 degrees), m(irror) or i(nversion).
_IRREPS = {
    "D2h": ("Ag", "B1g", "B2g", "B3g", "Au", "B1u", "B2u", "B3u"),
    "C2v": ("A1", "A2", "B1", "B2"),
    "C2h": ("Ag", "Bg", "Au", "Bu"),
    "D2": ("A", "B1", "B2", "B3"),
    "C2": ("A", "B"),
    "Cs": ("A'", 'A"'),
    "Ci": ("Ag", "Au"),
    "C1": ("A",),
}
_OPERATIONS = {
    "D2h": "errrimmm",
    "C2v": "emrm",
    "C2h": "erim",
    "D2": "errr",
    "C2": "er",
    "Cs": "em",
    "Ci": "ei",
    "C1": "e",
}


@dataclass(frozen=True)
class Subgroup:
    """A subgroup, and what the irreps of the whole group become in it."""

    name: str
    label_of: tuple[int, ...]  # one per irrep of the whole group
    irrep_names: tuple[str, ...]  # one per irrep of the subgroup


def subgroup_that_allows(point_group: str, coupled: Iterable[int]) -> Subgroup:
    """The largest subgroup that forbids nothing of what is there.

    Args:
        point_group: The name of an abelian group.
        coupled: Irreps whose operators are there, though the group forbids them.
    """
    coupled = tuple(coupled)
    kinds = _OPERATIONS[point_group]
    kept = [mask for mask in range(len(kinds)) if all(_parity(mask & irrep) == 0 for irrep in coupled)]
    name = next(
        name
        for name, operations in _OPERATIONS.items()
        if sorted(operations) == sorted(kinds[mask] for mask in kept)
    )  # fmt: skip
    generators = _generators(kinds, kept, _OPERATIONS[name])
    labels = tuple(
        sum(_parity(mask & irrep) << place for place, mask in enumerate(generators)) for irrep in range(len(kinds))
    )
    return Subgroup(name, labels, _IRREPS[name])


def _generators(kinds: str, kept: list[int], operations: str) -> list[int]:
    """Operations that stand for the masks 1, 2 and 4 of the subgroup, of the same kinds and independent."""
    generators: list[int] = []
    spanned = {0}
    for mask in (1, 2, 4):
        if mask >= len(operations):
            break
        generator = next(k for k in kept if k not in spanned and kinds[k] == operations[mask])
        generators.append(generator)
        spanned |= {generator ^ other for other in spanned}
    return generators


def _parity(number: int) -> int:
    return number.bit_count() & 1
