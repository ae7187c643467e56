"""Sites and the bonds between them: chains, ladders and squares, open or periodic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

Bond = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """Sites, counted from 0, and the pairs of them that are neighbours."""

    name: str  # as a reader would call it
    n_sites: int
    bonds: tuple[Bond, ...] = field(repr=False)  # nearest neighbours, the lower site first
    second_bonds: tuple[Bond, ...] = field(default=(), repr=False)  # next-nearest: two steps, or across a square
    # Permutations of the sites that map bonds to bonds, are their own inverses and commute, at most three: those that
    # stand for the masks 1, 2 and 4 of the point group.
    symmetries: tuple[tuple[int, ...], ...] = field(default=(), repr=False)
    point_group: str = "C1"

    @property
    def bond_groups(self) -> tuple[tuple[Bond, ...], ...]:
        """The bonds in groups that share no site, as gates that act at the same time must be."""
        return disjoint_groups(self.bonds)

    @property
    def sublattice(self) -> tuple[int, ...] | None:
        """0 or 1 for each site so that neighbours differ, from 0; None where rings of odd length forbid it."""
        colours: dict[int, int] = {}
        neighbours: dict[int, list[int]] = {site: [] for site in range(self.n_sites)}
        for one, other in self.bonds:
            neighbours[one].append(other)
            neighbours[other].append(one)
        for first in range(self.n_sites):
            colours.setdefault(first, 0)
            waiting = [first]
            while waiting:
                site = waiting.pop()
                for other in neighbours[site]:
                    if other not in colours:
                        colours[other] = 1 - colours[site]
                        waiting.append(other)
                    elif colours[other] == colours[site]:
                        return None
        return tuple(colours[site] for site in range(self.n_sites))


def chain(n_sites: int, *, periodic: bool = False) -> Lattice:
    """Sites in a row; if periodic, a ring.

    Args:
        n_sites: At least 1; at least 3 for a ring.
        periodic: Whether the last site is a neighbour of the first.

    Raises:
        ValueError: If there are too few sites.
    """
    n = _checked_length(n_sites, "A chain", "sites", periodic)
    bonds = _steps(range(n), 1, periodic)
    reversal = tuple(range(n - 1, -1, -1))
    symmetries = [reversal] if n > 1 else []
    if periodic and n % 2 == 0:
        symmetries.append(_shifted(n, n // 2))
    return Lattice(
        name=f"{'ring' if periodic else 'chain'} of {n} site{'s' if n > 1 else ''}",
        n_sites=n,
        bonds=bonds,
        second_bonds=tuple(bond for bond in _steps(range(n), 2, periodic) if bond not in bonds),
        symmetries=tuple(symmetries),
        point_group=("C1", "Cs", "C2v")[len(symmetries)],
    )


def ladder(n_rungs: int, *, periodic: bool = False) -> Lattice:
    """Two rows of sites, neighbours joined by rungs; rung r holds the sites 2 r and 2 r + 1.

    Args:
        n_rungs: At least 2; at least 3 if periodic.
        periodic: Whether the last rung is a neighbour of the first.

    Raises:
        ValueError: If there are too few rungs.
    """
    n = _checked_length(n_rungs, "A ladder", "rungs", periodic, least=2)
    legs = [range(leg, 2 * n, 2) for leg in (0, 1)]
    rungs = [(2 * r, 2 * r + 1) for r in range(n)]
    other_leg = tuple(site ^ 1 for site in range(2 * n))
    reversal = tuple(2 * (n - 1 - site // 2) + site % 2 for site in range(2 * n))
    symmetries: tuple[tuple[int, ...], ...] = (other_leg, _product(other_leg, reversal))
    group = "C2v"
    if periodic and n % 2 == 0:
        half_turn = _shifted(2 * n, n)
        # Two half turns about axes at right angles, and the inversion.
        symmetries = (half_turn, _product(other_leg, reversal), _product(half_turn, other_leg))
        group = "D2h"
    steps = _steps(range(n), 1, periodic)
    diagonals = [(2 * one + leg, 2 * other + 1 - leg) for one, other in steps for leg in (0, 1)]
    return Lattice(
        name=f"{'periodic ' if periodic else ''}ladder of {n} rungs",
        n_sites=2 * n,
        bonds=(*rungs, *_steps(legs[0], 1, periodic), *_steps(legs[1], 1, periodic)),
        second_bonds=_ascending(diagonals),
        symmetries=symmetries,
        point_group=group,
    )


def square(n_rows: int, n_columns: int | None = None, *, periodic: bool = False) -> Lattice:
    """A rectangle of the square lattice; site n_columns r + c stands in row r and column c.

    Args:
        n_rows: At least 2; at least 3 if periodic.
        n_columns: The same; None: as many as rows.
        periodic: Whether opposite edges are joined.

    Raises:
        ValueError: If there are too few rows or columns.
    """
    rows = _checked_length(n_rows, "A square lattice", "rows", periodic, least=2)
    columns = _checked_length(
        n_rows if n_columns is None else n_columns, "A square lattice", "columns", periodic, least=2
    )
    n = rows * columns
    lines = [range(r * columns, (r + 1) * columns) for r in range(rows)]
    files = [range(c, n, columns) for c in range(columns)]
    upside_down = tuple((rows - 1 - site // columns) * columns + site % columns for site in range(n))
    right = [(site, (site // columns) * columns + (site + 1) % columns) for site in range(n)]
    right = [(site, beside) for site, beside in right if periodic or beside > site]
    diagonals = [
        pair
        for site, beside in right
        if periodic or site + columns < n
        for pair in ((site, (beside + columns) % n), (beside, (site + columns) % n))
    ]
    return Lattice(
        name=f"{'periodic ' if periodic else ''}{rows} by {columns} square lattice",
        n_sites=n,
        bonds=tuple(bond for line in (*lines, *files) for bond in _steps(line, 1, periodic)),
        second_bonds=_ascending(diagonals),
        symmetries=(upside_down, tuple(range(n - 1, -1, -1))),
        point_group="C2v",
    )


def disjoint_groups(bonds: Iterable[Bond]) -> tuple[tuple[Bond, ...], ...]:
    """Bonds in groups that share no site: each joins the first group that has room for it."""
    groups: list[list[Bond]] = []
    taken: list[set[int]] = []
    for bond in bonds:
        place = next((k for k, sites in enumerate(taken) if sites.isdisjoint(bond)), len(groups))
        if place == len(groups):
            groups.append([])
            taken.append(set())
        groups[place].append(bond)
        taken[place].update(bond)
    return tuple(map(tuple, groups))


def _checked_length(length: Any, what: str, of: str, periodic: bool, *, least: int = 1) -> int:
    least = max(least, 3) if periodic else least
    if isinstance(length, bool) or not isinstance(length, Integral) or length < least:
        kind = " that is periodic" if periodic else ""
        raise ValueError(f"{what}{kind} has a whole number of {of}, at least {least}, but {length!r} was given.")
    return int(length)


def _steps(sites: range, step: int, periodic: bool) -> tuple[Bond, ...]:
    """Pairs of sites so many steps apart in a row."""
    n = len(sites)
    last = n if periodic else n - step
    return _ascending((sites[place], sites[(place + step) % n]) for place in range(max(last, 0)))


def _ascending(pairs: Iterable[Bond]) -> tuple[Bond, ...]:
    """Each pair once and with the lower site first; none of a site with itself."""
    return tuple(dict.fromkeys((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]))


def _shifted(n_sites: int, by: int) -> tuple[int, ...]:
    return tuple((site + by) % n_sites for site in range(n_sites))


def _product(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one[site] for site in other)
