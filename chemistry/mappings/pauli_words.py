"""Sums of Pauli words as arrays of bit masks, and back to PennyLane.

Bit w of the masks x and z is wire w: X where only x is set, Z where only z is, Y where both are. A word is i^y X^x Z^z
for y wires with Y, which is how words are multiplied and mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_WIRES = 64  # bits of a mask
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, eq=False)
class PauliWords:
    """A Hermitian sum of Pauli words on wires 0 to n_wires - 1."""

    n_wires: int
    coefficients: np.ndarray  # shape: (m,), float64
    x: np.ndarray  # shape: (m,), uint64
    z: np.ndarray  # shape: (m,), uint64

    @classmethod
    def of(cls, operator: Any, n_wires: int) -> PauliWords:
        """The words of a PennyLane operator.

        Args:
            operator: The molecular Hamiltonian, or any Hermitian operator made of Pauli words.
            n_wires: Its wires are among 0 to n_wires - 1.

        Raises:
            ValueError: If it is neither, acts on other wires, or there are more than 64 wires.
        """
        from chemistry.hamiltonian.jordan_wigner import pauli_words
        from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian

        if n_wires > MAX_WIRES:
            raise ValueError(
                f"Mappings are offered for at most {MAX_WIRES} spin orbitals, but there are {n_wires}: choose a smaller"
                " active space."
            )
        outside = [wire for wire in operator.wires if not isinstance(wire, int) or not 0 <= wire < n_wires]
        if outside:
            raise ValueError(f"This operator acts on wires {outside}, but the mapping is of wires 0 to {n_wires - 1}.")
        if type(operator) is MolecularHamiltonian:
            values, x, z = pauli_words(operator.constant, operator.one_body, operator.two_body, operator.beta)
            return cls(n_wires, values, x, z)
        sentence = operator.pauli_rep
        if sentence is None:
            raise ValueError(f"A mapping takes operators made of Pauli words, got {operator}.")
        if any(abs(np.imag(c)) > NEGLIGIBLE for c in sentence.values()):
            raise ValueError(f"A mapping takes Hermitian operators, got {operator}.")
        return cls.of_sentence(sentence, n_wires)

    @classmethod
    def of_sentence(cls, sentence: Any, n_wires: int) -> PauliWords:
        """The words of a PennyLane Pauli sentence with real coefficients, in its order."""
        x = [sum(1 << wire for wire, letter in word.items() if letter != "Z") for word in sentence]
        z = [sum(1 << wire for wire, letter in word.items() if letter != "X") for word in sentence]
        values = [float(np.real(c)) for c in sentence.values()]
        return cls(n_wires, np.array(values), np.array(x, dtype=np.uint64), np.array(z, dtype=np.uint64))

    def __len__(self) -> int:
        return len(self.coefficients)

    @property
    def one_norm(self) -> float:
        """The sum of |coefficient| over all words but the identity."""
        return float(np.abs(self.coefficients[(self.x | self.z) != 0]).sum())

    def collected(self) -> PauliWords:
        """The same sum with equal words added up, and those that cancel dropped."""
        if not len(self):
            return self
        order = np.lexsort((self.z, self.x))
        x, z, values = self.x[order], self.z[order], self.coefficients[order]
        first = np.concatenate(([True], (x[1:] != x[:-1]) | (z[1:] != z[:-1])))
        total = np.add.reduceat(values, np.flatnonzero(first))
        kept = np.abs(total) > NEGLIGIBLE
        return PauliWords(self.n_wires, total[kept], x[first][kept], z[first][kept])

    def part(self, chosen: np.ndarray) -> PauliWords:
        """Some of the words."""
        return PauliWords(self.n_wires, self.coefficients[chosen], self.x[chosen], self.z[chosen])

    def letters(self) -> list[str]:
        """One string over I, X, Y and Z for each word, wire 0 first."""
        bits = np.arange(self.n_wires, dtype=np.uint64)
        one = np.uint64(1)
        numbers = ((self.x[:, None] >> bits) & one) + 2 * ((self.z[:, None] >> bits) & one)
        return ["".join("IXZY"[n] for n in row) for row in numbers.tolist()]

    def pennylane_words(self) -> list[Any]:
        """One `PauliWord` for each word."""
        from pennylane.pauli import PauliWord

        return [PauliWord({w: c for w, c in enumerate(letters) if c != "I"}) for letters in self.letters()]

    def terms(self) -> tuple[np.ndarray, list[Any], Any]:
        """Coefficients, PennyLane operators, and the same as a Pauli sentence."""
        import pennylane as qml

        words = self.pennylane_words()
        with qml.QueuingManager.stop_recording():
            operators = [word.operation(wire_order=range(self.n_wires)) for word in words]
        sentence = qml.pauli.PauliSentence(dict(zip(words, self.coefficients.tolist(), strict=True)))
        return self.coefficients, operators, sentence

    def operator(self) -> Any:
        """The sum as a PennyLane `LinearCombination`."""
        from pennylane.ops import LinearCombination

        coefficients, operators, sentence = self.terms()
        return LinearCombination(coefficients, operators, _pauli_rep=sentence)


def qubit_wise_commuting(words: PauliWords, i: int, others: np.ndarray) -> np.ndarray:
    """Whether word i has the same letter as each of the others wherever both have one, shape (len(others),)."""
    x, z = words.x, words.z
    both = (x[i] | z[i]) & (x[others] | z[others])
    return (((x[i] ^ x[others]) | (z[i] ^ z[others])) & both) == 0


def commuting(words: PauliWords, i: int, others: np.ndarray) -> np.ndarray:
    """Whether word i commutes with each of the others, shape (len(others),)."""
    x, z = words.x, words.z
    return (np.bitwise_count(x[i] & z[others]) + np.bitwise_count(z[i] & x[others])) % 2 == 0
