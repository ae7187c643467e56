"""A set of determinants as blocks: all pairs of a string of one spin and a string of the other, of the same group.

All determinants with given numbers of electrons are one block; those of one point-group symmetry are one block for each
symmetry that a string of the first spin may have.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from chemistry.hamiltonian.occupation_strings import Sector, spin_strings
from chemistry.hamiltonian.slater_condon import interleaving_phase, passed
from runtime.blocks.sector import BlockSector


@dataclass(frozen=True, eq=False)
class SpinBlocks:
    """Strings of both spins by group, and where each determinant of a set lies among the blocks.

    Block g is a matrix, strings of the first spin in rows, that begins at `start[g]`.
    """

    rows: np.ndarray  # shape: (n_rows,), uint64, strings of the first spin, ascending within each group
    columns: np.ndarray  # shape: (n_columns,), uint64, strings of the other spin
    first_row: np.ndarray  # shape: (n_groups + 1,); where each group's strings begin
    first_column: np.ndarray  # shape: (n_groups + 1,)
    start: np.ndarray  # shape: (n_groups + 1,)
    place: np.ndarray  # shape: (dimension,); of each determinant; empty if they are in the order of the blocks
    phase: np.ndarray  # shape: (dimension,), int8; the sign from up and down side by side to all up, then all down
    up_first: bool  # whether the strings in rows are those of spin up

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in vars(self).values() if isinstance(array, np.ndarray))

    def n_elements(self, n_orbitals: int) -> int:
        """About how many elements the Hamiltonian's matrix has: symmetry leaves one in as many as there are groups."""
        n_groups = len(self.start) - 1
        if not n_groups:
            return 0
        electrons = [int(np.bitwise_count(strings[0])) for strings in (self.rows, self.columns)]
        singles = [k * (n_orbitals - k) for k in electrons]
        doubles = [comb(k, 2) * comb(n_orbitals - k, 2) for k in electrons]
        return len(self.phase) * (1 + sum(singles) + sum(doubles) + singles[0] * singles[1]) // n_groups


def spin_blocks(sector: Sector) -> SpinBlocks | None:
    """The determinants of a sector as blocks, or None if they are not all pairs of their groups."""
    if isinstance(sector, BlockSector):
        numbers = np.array(sector.wires, dtype=np.int64)
        spins = [set((numbers[list(half.positions)] % 2).tolist()) for half in (sector.left, sector.right)]
        if spins in ([{0}, {1}], [{1}, {0}]):
            return _from_halves(sector, numbers // 2, up_first=spins[0] == {0})
    return _from_list(*spin_strings(sector))


def _from_halves(sector: BlockSector, orbitals: np.ndarray, *, up_first: bool) -> SpinBlocks:
    rows, columns = (
        occupation_strings(half.strings, orbitals[list(half.positions)]) for half in (sector.left, sector.right)
    )
    # A creator of spin up passes all of spin down in lower orbitals.
    up, down = (rows, passed(columns)) if up_first else (passed(rows), columns)
    phase = np.empty(sector.dimension, dtype=np.int8)
    for g in range(sector.n_groups):
        block = phase[sector.start[g] : sector.start[g + 1]].reshape(-1, sector.right.sizes[g])
        for signs, string in zip(block, up[sector.left.span(g)], strict=True):
            signs[:] = 1 - 2 * (np.bitwise_count(string & down[sector.right.span(g)]) & 1).astype(np.int8)
    halves = (rows, columns, sector.left.first, sector.right.first, sector.start)
    return SpinBlocks(*halves, np.zeros(0, np.int64), phase, up_first)


def occupation_strings(strings: np.ndarray, orbitals: np.ndarray) -> np.ndarray:
    """Strings whose first wire is the most significant bit, as occupation strings with bit p for orbital p."""
    occupations = np.zeros(len(strings), dtype=np.uint64)
    for i, p in enumerate(orbitals[::-1].tolist()):
        occupations |= (strings >> np.uint64(i) & np.uint64(1)) << np.uint64(p)
    return occupations


def _from_list(alpha: np.ndarray, beta: np.ndarray) -> SpinBlocks | None:
    rows, row = np.unique(alpha, return_inverse=True)
    columns, column = np.unique(beta, return_inverse=True)
    # Strings of a group have the same partners: the lowest of them names the group.
    lowest = np.full(len(rows), len(columns))
    np.minimum.at(lowest, row, column)
    names, row_group = np.unique(lowest, return_inverse=True)
    column_group = np.zeros(len(columns), dtype=np.int64)
    column_group[column] = row_group[row]
    if (column_group[column] != row_group[row]).any():
        return None
    row_sizes = np.bincount(row_group, minlength=len(names))
    column_sizes = np.bincount(column_group, minlength=len(names))
    if (row_sizes * column_sizes).sum() != len(alpha):
        return None
    row_order, column_order = np.argsort(row_group, kind="stable"), np.argsort(column_group, kind="stable")
    first_row = np.concatenate([[0], np.cumsum(row_sizes)])
    first_column = np.concatenate([[0], np.cumsum(column_sizes)])
    start = np.concatenate([[0], np.cumsum(row_sizes * column_sizes)])
    row_rank, column_rank = np.empty_like(row_order), np.empty_like(column_order)
    row_rank[row_order] = np.arange(len(rows)) - first_row[row_group[row_order]]
    column_rank[column_order] = np.arange(len(columns)) - first_column[column_group[column_order]]
    group = row_group[row]
    place = start[group] + row_rank[row] * column_sizes[group] + column_rank[column]
    n_orbitals = max(int(alpha.max(initial=0)), int(beta.max(initial=0))).bit_length()
    return SpinBlocks(
        rows=rows[row_order],
        columns=columns[column_order],
        first_row=first_row,
        first_column=first_column,
        start=start,
        place=place,
        phase=interleaving_phase(alpha, beta, n_orbitals).astype(np.int8),
        up_first=True,
    )
