"""All determinants of the reference's electrons and symmetry, and the pairs of them that excitations couple.

The Hamiltonian does not lead out of this space, nor does any operator of a pool: gradients are right here from the
first step on, where the circuit's own reach, one determinant, would show them all as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chemistry.adapt.pools import string_wires
from chemistry.adapt.qubit_excitations import QubitExcitation
from chemistry.excitations import Excitation
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension

if TYPE_CHECKING:
    from runtime.sector import Sector


class Pairs(NamedTuple):
    """The pairs that some excitations couple; each leads from `second` to `first`."""

    start: np.ndarray  # shape: (n_excitations,)
    stop: np.ndarray  # shape: (n_excitations,)
    first: np.ndarray  # shape: (n_pairs,), uint32
    second: np.ndarray  # shape: (n_pairs,), uint32


class Gates(NamedTuple):
    """Excitations as masks of wires, in the layout of a sector's keys."""

    sources: np.ndarray  # shape: (n_excitations, n_words)
    targets: np.ndarray
    strings: np.ndarray  # wires whose electrons each give a sign
    counts: np.ndarray  # shape: (n_excitations,); pairs of determinants

    def some(self, chosen: slice) -> Gates:
        """A part of them."""
        return Gates(*(array[chosen] for array in self))


class DeterminantSpace:
    """The determinants that an adaptive circuit may reach.

    Args:
        problem: The electronic problem.

    Raises:
        DoesNotFitError: If they would not fit in memory; a `ValueError`.
    """

    def __init__(self, problem: ElectronicProblem) -> None:
        from runtime.basis_states import bits_to_keys
        from runtime.kernels.boundary import rows_of

        self.sector = _symmetric_determinants(problem)
        self._hamiltonian = problem.hamiltonian
        row = np.empty(1, dtype=np.int64)
        reference = bits_to_keys(problem.reference_occupation[None].astype(np.uint8))
        rows_of(self.sector.keys, self.sector.table, reference, row)
        self.reference_row = int(row[0])

    @cached_property
    def energy(self) -> Any:
        """The Hamiltonian on the space, as an objective of the runtime."""
        return self._hamiltonian.sector_objective(self.sector)

    def gates(self, excitations: Sequence[Excitation]) -> Gates:
        """Excitations, with the number of pairs of each."""
        from chemistry.adapt.kernels.pairs import count_pairs

        width = len(self.sector.wires)
        sources, targets = (_masks([getattr(e, end) for e in excitations], width) for end in ("sources", "targets"))
        strings = [() if isinstance(e, QubitExcitation) else string_wires(e) for e in excitations]
        counts = np.zeros(len(excitations), dtype=np.int64)
        count_pairs(self.sector.keys, sources, targets, counts)
        return Gates(sources, targets, _masks(strings, width), counts)

    def pairs(self, gates: Gates) -> Pairs:
        """The pairs that excitations couple; the sign of each without electrons on its string is `fixed_sign`."""
        from chemistry.adapt.kernels.pairs import write_pairs

        stop = np.cumsum(gates.counts)
        start = stop - gates.counts
        first, second = np.empty((2, int(gates.counts.sum())), dtype=np.uint32)
        tables = gates.sources, gates.targets, gates.strings
        write_pairs(self.sector.keys, self.sector.table, *tables, start, first, second)
        return Pairs(start, stop, first, second)


def fixed_sign(excitation: Excitation) -> int:
    """The sign of a fermionic excitation with no electron on its string; +1 for qubits.

    tau = a†_a a†_b a_j a_i acts on a determinant that holds i < j alone: each operator passes the electrons below.
    """
    if isinstance(excitation, QubitExcitation):
        return 1
    occupied = set(excitation.sources)
    passed = 0
    for wire in excitation.sources:  # a_i first
        occupied.remove(wire)
        passed += sum(other < wire for other in occupied)
    for wire in reversed(excitation.targets):  # a†_b first
        passed += sum(other < wire for other in occupied)
        occupied.add(wire)
    return -1 if passed % 2 else 1


def _symmetric_determinants(problem: ElectronicProblem) -> Sector:
    from runtime.basis_states import bits_to_keys, lexicographic_order
    from runtime.memory import BYTES_PER_STATE, refuse_beyond_memory
    from runtime.sector import Sector

    dimension = sector_dimension(problem)
    refuse_beyond_memory(BYTES_PER_STATE * dimension, problem.n_wires, dimension)
    alpha = _strings_by_irrep(problem.wire_irreps[0::2], problem.n_alpha)
    beta = _strings_by_irrep(problem.wire_irreps[1::2], problem.n_beta)
    found = []
    for irrep, up in alpha.items():
        down = beta.get(irrep ^ problem.reference_irrep)
        if down is not None:
            bits = np.zeros((len(up), len(down), problem.n_wires), dtype=np.uint8)
            bits[:, :, 0::2] = up[:, None]
            bits[:, :, 1::2] = down[None, :]
            found.append(bits_to_keys(bits.reshape(-1, problem.n_wires)))
    keys = np.concatenate(found)
    return Sector(np.ascontiguousarray(keys[lexicographic_order(keys)]), range(problem.n_wires))


def _strings_by_irrep(irreps: np.ndarray, n_electrons: int) -> dict[int, np.ndarray]:
    """The ways of occupying orbitals with so many electrons, by irrep, each of shape (n_strings, n_orbitals)."""
    strings: dict[int, list[tuple[int, ...]]] = {}
    for occupied in combinations(range(len(irreps)), n_electrons):
        irrep = int(np.bitwise_xor.reduce(irreps[list(occupied)], initial=0))
        strings.setdefault(irrep, []).append(occupied)
    found = {}
    for label, members in strings.items():
        bits = np.zeros((len(members), len(irreps)), dtype=np.uint8)
        np.put_along_axis(bits, np.array(members, dtype=np.int64).reshape(len(members), n_electrons), 1, axis=1)
        found[label] = bits
    return found


def _masks(wires: Sequence[tuple[int, ...]], width: int) -> np.ndarray:
    from runtime.basis_states import bits_to_keys

    bits = np.zeros((len(wires), width), dtype=np.uint8)
    for row, chosen in zip(bits, wires, strict=True):
        row[list(chosen)] = 1
    return bits_to_keys(bits)
