"""How determinants become states of qubits: a linear map, modulo 2, of occupations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.mappings.binary_matrices import inverse, times_masks
from chemistry.mappings.pauli_words import PauliWords

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.mappings.mapped_circuit import MappedCircuit


@dataclass(frozen=True, kw_only=True, eq=False)
class Mapping:
    """A mapping of spin orbitals to qubits, of which those whose value a symmetry fixes may be left out.

    With n the occupations of spin orbitals 2p (up) and 2p + 1 (down), the bits B n modulo 2 say what the qubits hold:
    each row of B is the parity of some occupations. The determinant |n> becomes the basis state of those bits, so in
    the form X^x Z^z an operator of the Jordan-Wigner transformation becomes X^(B x) Z^(B^-T z), without a sign. A bit
    that symmetry fixes is not given a qubit: Z there is a number.
    """

    name: str
    matrix: np.ndarray  # shape: (n_modes, n_modes), 0 or 1, invertible modulo 2; one row per bit
    kept: tuple[int, ...]  # the rows that have a qubit: wires 0, 1, ...
    fixed: tuple[int, ...] = ()  # the value of each row that has none, in the order of rows

    def __post_init__(self) -> None:
        n = len(self.matrix)
        if self.matrix.shape != (n, n) or len(self.kept) + len(self.fixed) != n:
            raise ValueError(
                f"A mapping has a square matrix, and a qubit or a fixed value for each of its rows; got shape"
                f" {self.matrix.shape} with {len(self.kept)} qubits and {len(self.fixed)} fixed values."
            )

    @property
    def n_modes(self) -> int:
        """Spin orbitals."""
        return len(self.matrix)

    @property
    def n_wires(self) -> int:
        """Qubits."""
        return len(self.kept)

    @property
    def n_saved(self) -> int:
        """How many qubits fewer than spin orbitals."""
        return len(self.fixed)

    @cached_property
    def removed(self) -> tuple[int, ...]:
        """The rows that have no qubit."""
        return tuple(sorted(set(range(self.n_modes)) - set(self.kept)))

    @cached_property
    def inverse(self) -> np.ndarray:
        """From all bits to occupations, shape (n_modes, n_modes)."""
        return inverse(self.matrix)

    def wire_meaning(self, wire: int) -> tuple[int, ...]:
        """The spin orbitals whose parity a qubit holds."""
        return tuple(np.flatnonzero(self.matrix[self.kept[wire]]).tolist())

    def encode(self, occupations: Any) -> np.ndarray:
        """The bits of determinants.

        Args:
            occupations: Shape (..., n_modes), 0 or 1.

        Returns:
            Shape (..., n_wires), int64, 0 or 1.

        Raises:
            ValueError: If the shape is another, or a determinant has other symmetries than the mapping was made for.
        """
        given = np.asarray(occupations)
        if given.ndim == 0 or given.shape[-1] != self.n_modes or not np.isin(given, (0, 1)).all():
            raise ValueError(
                f"{self.name} takes occupations of {self.n_modes} spin orbitals, 0 or 1, got {occupations!r}."
            )
        bits = given.astype(np.int64) @ self.matrix.T.astype(np.int64) & 1
        if (bits[..., list(self.removed)] != np.array(self.fixed, dtype=np.int64)).any():
            raise ValueError(
                f"{self.name} leaves out qubits that are fixed by symmetry, and this determinant has other"
                " symmetries: make the mapping for its sector, or do not reduce it."
            )
        return bits[..., list(self.kept)]

    def decode(self, bits: Any) -> np.ndarray:
        """The inverse of `encode`, from shape (..., n_wires) to shape (..., n_modes), int64."""
        given = np.asarray(bits)
        if given.ndim == 0 or given.shape[-1] != self.n_wires or not np.isin(given, (0, 1)).all():
            raise ValueError(f"{self.name} has {self.n_wires} qubits, 0 or 1 each, got {bits!r}.")
        everything = np.empty((*given.shape[:-1], self.n_modes), dtype=np.int64)
        everything[..., list(self.kept)] = given
        everything[..., list(self.removed)] = self.fixed
        return everything @ self.inverse.T.astype(np.int64) & 1

    def words(self, words: PauliWords) -> PauliWords:
        """Words of the Jordan-Wigner transformation as words on the qubits, collected.

        Raises:
            ValueError: If the sum flips a qubit that is left out.
        """
        dual = self.inverse.T
        kept, removed = list(self.kept), list(self.removed)
        x, z = times_masks(self.matrix[kept], words.x), times_masks(dual[kept], words.z)
        lost_x, lost_z = times_masks(self.matrix[removed], words.x), times_masks(dual[removed], words.z)
        ones = np.uint64(sum(value << i for i, value in enumerate(self.fixed)))
        # i^y X^x Z^z keeps its i^y, and the number of Y of a word is what it says after the mapping.
        turns = np.bitwise_count(words.x & words.z).astype(np.int64) - np.bitwise_count(x & z)
        signs = turns // 2 + np.bitwise_count(lost_z & ones)
        mapped = PauliWords(self.n_wires, words.coefficients * (1.0 - 2.0 * (signs & 1)), x, z)
        if lost_x.any():
            flipping = PauliWords(self.n_modes, words.coefficients, words.x, words.z).part(lost_x != 0).collected()
            if len(flipping):
                raise ValueError(
                    f"{self.name} leaves out qubits that are fixed by symmetry, and this operator or gate does not"
                    " conserve it: use a mapping that is not reduced, or taper(problem, mapping, ansatz=...), which"
                    " leaves out only what the ansatz conserves."
                )
            mapped = mapped.part(lost_x == 0)
        return mapped.collected()

    def observable(self, operator: Any) -> Any:
        """An observable on the qubits.

        Args:
            operator: `problem.hamiltonian`, or any Hermitian PennyLane operator made of Pauli words on the spin
                orbitals' wires.

        Returns:
            A PennyLane `LinearCombination` on wires 0 to n_wires - 1; the molecular Hamiltonian's knows its matrix
            elements, so the runtime needs no Pauli words of it.

        Raises:
            ValueError: If it has no Pauli words, or does not conserve what the mapping takes for fixed.
        """
        from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
        from chemistry.mappings.mapped_hamiltonian import MappedHamiltonian

        if type(operator) is MolecularHamiltonian:
            return MappedHamiltonian(operator, self)
        return self.words(PauliWords.of(operator, self.n_modes)).operator()

    def circuit(self, ansatz: Ansatz) -> MappedCircuit:
        """An ansatz on the qubits: the same states, for the same parameters.

        Raises:
            ValueError: If a gate does not conserve what the mapping takes for fixed, acts on other wires than those of
                the spin orbitals, or has neither a generator nor a decomposition.
        """
        from chemistry.mappings.mapped_circuit import MappedCircuit

        circuit = MappedCircuit(mapping=self, ansatz=ansatz)
        circuit.check()
        return circuit

    def __repr__(self) -> str:
        qubits = f"{self.n_wires} qubit{'s' * (self.n_wires != 1)}" + (f", {self.n_saved} saved" if self.fixed else "")
        return f"Mapping({self.name}: {self.n_modes} spin orbitals on {qubits})"
