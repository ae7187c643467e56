"""The molecular Hamiltonian applied to a state without its matrix.

With the state as a matrix C, strings of one spin in rows and of the other in columns,

    H C = T C + C T' + sum_pq,rs (pq|rs) E_pq C E'_rs

where T holds the one-body and same-spin part between strings, and E_pq the signs of hops from q to p. For each pair pq
the sum over rs is one sparse matrix over the column strings; it is applied to eight rows at a time, every step on whole
registers. The work is that of the sparse Hamiltonian, the memory that of the strings.

Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984); Olsen et al., J. Chem. Phys. 89, 2185 (1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chemistry.hamiltonian.kernels.block_order import from_blocks, to_blocks
from chemistry.hamiltonian.kernels.spin_products import Columns, Rows, Sparse, add_product
from chemistry.hamiltonian.slater_condon import Links, links_of, occupations
from chemistry.hamiltonian.spin_blocks import SpinBlocks
from chemistry.integrals.spin_integrals import BetaIntegrals, by_spin


@dataclass(frozen=True, eq=False)
class MatrixFreeEnergy:
    """The expectation value of a molecular Hamiltonian, hartree; an objective of the runtime."""

    blocks: SpinBlocks
    rows: Rows
    columns: Columns
    within_rows: Sparse  # one-body and same-spin elements, hartree
    within_columns: Sparse
    integrals: np.ndarray  # shape: (n_pairs, n_pairs), hartree; (pq|rs) for p >= q of the rows, r >= s of the columns
    is_real = True
    is_diagonal = False

    @property
    def nbytes(self) -> int:
        """Bytes held, and those of the two vectors in block order that a product needs."""
        tables = [*self.rows, *self.columns, *self.within_rows, *self.within_columns]
        return self.blocks.nbytes + self.integrals.nbytes + sum(t.nbytes for t in tables) + 16 * len(self.blocks.phase)

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """Write H state into `out`, and return the energy."""
        if not np.iscomplexobj(state):
            return self._product(state, out)
        return self._product(state.real, out.real) + self._product(state.imag, out.imag)

    def _product(self, vector: np.ndarray, out: np.ndarray) -> float:
        b = self.blocks
        ordered = np.empty(len(vector))
        to_blocks(vector, b.phase, b.place, ordered)
        product = np.zeros(len(vector))
        tables = (self.rows, self.columns, self.within_rows, self.within_columns, self.integrals)
        add_product(ordered, product, b.start, b.first_row, b.first_column, *tables)
        return from_blocks(product, b.phase, b.place, vector, out)


def matrix_free_energy(
    blocks: SpinBlocks,
    constant: float,
    one_body: np.ndarray,
    two_body: np.ndarray,
    beta: BetaIntegrals | None = None,
) -> MatrixFreeEnergy:
    """The Hamiltonian on a set of determinants.

    Args:
        blocks: the determinants.
        constant: added to the diagonal, hartree.
        one_body: shape (n, n), hartree.
        two_body: shape (n, n, n, n), hartree, chemists' notation.
        beta: the integrals of spin down, if it has orbitals of its own.
    """
    p, q = np.tril_indices(len(one_body))
    one_bodies, (up_up, mixed, down_down) = by_spin(one_body, two_body, beta)
    same_spin = (up_up, down_down)
    row, column = (0, 1) if blocks.up_first else (1, 0)
    if not blocks.up_first:
        mixed = mixed.transpose(2, 3, 0, 1)
    row_spin = _Spin.of(blocks.rows, blocks.first_row, one_bodies[row], same_spin[row])
    column_spin = _Spin.of(blocks.columns, blocks.first_column, one_bodies[column], same_spin[column])
    return MatrixFreeEnergy(
        blocks,
        row_spin.as_rows(),
        column_spin.as_columns(),
        row_spin.within(constant),
        column_spin.within(0.0),
        np.ascontiguousarray(mixed[p, q][:, p, q]),
    )


@dataclass(frozen=True, eq=False)
class _Spin:
    """Hops and same-spin elements between the strings of one spin, numbered as in the blocks."""

    n_orbitals: int
    first: np.ndarray
    groups: np.ndarray
    strings: np.ndarray
    links: Links
    number: np.ndarray  # of each string in ascending order: its number in the blocks

    @classmethod
    def of(cls, strings: np.ndarray, first: np.ndarray, one_body: np.ndarray, two_body: np.ndarray) -> _Spin:
        order = np.argsort(strings)
        groups = np.repeat(np.arange(len(first) - 1), np.diff(first))
        return cls(len(one_body), first, groups, strings, links_of(strings[order], one_body, two_body), order)

    def hops(self) -> tuple[np.ndarray, ...]:
        """Source, target, pair p >= q and sign of every hop, those from an orbital to itself included."""
        links = self.links
        source = self.number[np.repeat(np.arange(len(self.strings)), np.diff(links.single_start))]
        p, q = np.divmod(links.single_pair.astype(np.int64), self.n_orbitals)
        still, orbital = np.nonzero(occupations(self.strings, self.n_orbitals))
        high, low = np.maximum(p, q), np.minimum(p, q)
        return (
            np.concatenate([source, still]),
            np.concatenate([self.number[links.single_target], still]),
            np.concatenate([high * (high + 1) // 2 + low, orbital * (orbital + 3) // 2]),
            np.concatenate([links.single_sign, np.ones(len(still))]),
        )

    def within(self, constant: float) -> Sparse:
        """One-body and same-spin elements, by target; only those within a group."""
        links = self.links
        counts = [np.diff(links.single_start), np.diff(links.double_start)]
        ascending = np.arange(len(self.strings))
        source = np.concatenate([self.number, *(self.number[np.repeat(ascending, c)] for c in counts)])
        target = np.concatenate([self.number, self.number[links.single_target], self.number[links.double_target]])
        value = np.concatenate([links.energy + constant, links.single_value, links.double_value])
        kept = self.groups[source] == self.groups[target]
        return _by_target(
            target[kept], (source - self.first[self.groups[source]])[kept], value[kept], len(self.strings)
        )

    def as_rows(self) -> Rows:
        """The hops by pair and by the groups that they join."""
        source, target, pair, sign = self.hops()
        leaves, enters = self.groups[source], self.groups[target]
        order = np.lexsort((source, enters, leaves, pair))
        keys = np.stack([pair, leaves, enters], axis=1)[order]
        new = np.ones(len(keys), dtype=bool)
        new[1:] = (np.diff(keys, axis=0) != 0).any(axis=1)
        ends = np.append(np.flatnonzero(new), len(keys))
        return Rows(
            runs=np.c_[keys[new], ends[:-1], ends[1:]],
            source=(source - self.first[leaves])[order],
            target=(target - self.first[enters])[order],
            sign=sign[order],
        )

    def as_columns(self) -> Columns:
        """The hops by target."""
        source, target, pair, sign = self.hops()
        order = np.argsort(target, kind="stable")
        return Columns(
            start=np.searchsorted(target[order], np.arange(len(self.strings) + 1)),
            source=(source - self.first[self.groups[source]])[order].astype(np.uint32),
            group=self.groups[source][order].astype(np.int32),
            pair=pair[order].astype(np.int32),
            sign=sign[order],
        )


def _by_target(target: np.ndarray, source: np.ndarray, value: np.ndarray, n_targets: int) -> Sparse:
    order = np.argsort(target, kind="stable")
    return Sparse(
        np.searchsorted(target[order], np.arange(n_targets + 1)), source[order].astype(np.uint32), value[order]
    )
