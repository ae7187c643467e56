"""The molecular Hamiltonian on the qubits of a mapping.

A mapping takes determinants to basis states, so the matrix elements stay what they are: in a sector they come from the
Slater-Condon rules, and the Pauli words are made only when a device asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pennylane.wires import Wires
from scipy.sparse import csr_array

from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
from chemistry.hamiltonian.occupation_strings import Sector
from chemistry.mappings.binary_matrices import times_masks
from chemistry.mappings.pauli_words import PauliWords

if TYPE_CHECKING:
    from chemistry.mappings.mapping import Mapping


@dataclass(frozen=True, eq=False)
class _Determinants:
    """A sector of the spin orbitals."""

    keys: np.ndarray
    wires: tuple[int, ...]

    @property
    def dimension(self) -> int:
        return len(self.keys)


class MappedHamiltonian(MolecularHamiltonian):
    """A molecular Hamiltonian on wires 0 to mapping.n_wires - 1, in hartree.

    Args:
        hamiltonian: Under the Jordan-Wigner transformation.
        mapping: Of as many spin orbitals.
    """

    def __init__(self, hamiltonian: MolecularHamiltonian, mapping: Mapping) -> None:
        if len(hamiltonian.wires) != mapping.n_modes:
            raise ValueError(
                f"The mapping is for {mapping.n_modes} spin orbitals, but the Hamiltonian has {len(hamiltonian.wires)}."
            )
        super().__init__(hamiltonian.constant, hamiltonian.one_body, hamiltonian.two_body, hamiltonian.beta)
        self.unmapped = hamiltonian
        self.mapping = mapping
        self._wires = Wires(range(mapping.n_wires))
        # Here, rather than at the first run, where an operator that does not conserve the symmetry would be too late.
        self.words = mapping.words(PauliWords.of(hamiltonian, mapping.n_modes))

    @cached_property
    def _terms(self) -> tuple[np.ndarray, list[Any], Any]:
        return self.words.terms()

    def sector_matrix(self, sector: Sector) -> csr_array:
        """See `MolecularHamiltonian.sector_matrix`."""
        return self.unmapped.sector_matrix(self._determinants(sector))

    def sector_objective(self, sector: Sector) -> Any:
        """See `MolecularHamiltonian.sector_objective`."""
        return self.unmapped.sector_objective(self._determinants(sector))

    def stays_in(self, sector: Sector) -> bool:
        """See `MolecularHamiltonian.stays_in`."""
        return len(sector.wires) == len(self._wires) and self.unmapped.stays_in(self._determinants(sector))

    def _determinants(self, sector: Sector) -> _Determinants:
        """The determinants that a sector's basis states stand for, in its order."""
        self._check_wires(sector)
        mapping = self.mapping
        bits = np.zeros(sector.dimension, dtype=np.uint64)  # bit r: row r of the mapping
        for place, wire in enumerate(sector.wires):
            column = (sector.keys[:, place // 64] >> np.uint64(63 - place % 64)) & np.uint64(1)
            bits |= column << np.uint64(mapping.kept[wire])
        bits |= np.uint64(sum(value << row for row, value in zip(mapping.removed, mapping.fixed, strict=True)))
        occupations = times_masks(mapping.inverse, bits)
        keys = np.zeros_like(occupations)
        for wire in range(mapping.n_modes):
            keys |= ((occupations >> np.uint64(wire)) & np.uint64(1)) << np.uint64(63 - wire)
        return _Determinants(keys[:, None], tuple(range(mapping.n_modes)))

    def __repr__(self) -> str:
        return f"MappedHamiltonian({len(self.one_body)} orbitals, {self.mapping.name}, {len(self._wires)} wires)"
