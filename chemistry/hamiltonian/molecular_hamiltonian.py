"""The molecular Hamiltonian as a PennyLane observable that can also restrict itself to a sector.

Every PennyLane device accepts a `LinearCombination`, and of the ways to make an observable of one's own only a subclass
of it is accepted by default.qubit and by lightning. Its Pauli words are made when a device first asks for them; a run
in a sector never does.
"""

from __future__ import annotations

from functools import cached_property
from math import comb
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.ops import LinearCombination
from pennylane.wires import Wires
from scipy.sparse import csr_array

from chemistry.hamiltonian.jordan_wigner import pauli_words
from chemistry.hamiltonian.matrix_free import matrix_free_energy
from chemistry.hamiltonian.occupation_strings import Sector, spin_strings
from chemistry.hamiltonian.slater_condon import hamiltonian_matrix
from chemistry.hamiltonian.spin_blocks import spin_blocks
from chemistry.integrals.spin_integrals import BetaIntegrals

SMALL_MATRIX = 1_000_000  # elements, 12 MB: up to here the sparse matrix stays in cache, and is faster


class MolecularHamiltonian(LinearCombination):
    """The electronic Hamiltonian of a molecule under the Jordan-Wigner transformation, in hartree.

    Spin up of orbital p is wire 2p, spin down is wire 2p + 1.

    Args:
        constant: Energy of nuclei and frozen electrons, hartree.
        one_body: Shape (n, n), hartree.
        two_body: Shape (n, n, n, n), hartree, chemists' notation (pq|rs).
        beta: The integrals of spin down, if it has orbitals of its own; the others are then those of spin up.
    """

    def __init__(
        self, constant: float, one_body: np.ndarray, two_body: np.ndarray, beta: BetaIntegrals | None = None
    ) -> None:
        # The parent's constructor would build every term; what it sets is offered below as properties instead.
        self.constant = float(constant)
        self.one_body = np.asarray(one_body, dtype=np.float64)
        self.two_body = np.asarray(two_body, dtype=np.float64)
        self.beta = beta
        self._id = None
        self._name = "LinearCombination"
        self._wires = Wires(range(2 * len(self.one_body)))
        self._hash = None
        self._has_overlapping_wires = None
        self._overlapping_ops = None
        self._grouping_indices = None
        self._batch_size = None
        self.queue()

    def sector_matrix(self, sector: Sector) -> csr_array:
        """The Hamiltonian restricted to a sector, by the Slater-Condon rules.

        Args:
            sector: Its wires must be among the Hamiltonian's; those it does not have are empty.

        Returns:
            A real symmetric matrix, shape (D, D), in the order of `sector.keys`.
        """
        alpha, beta = self._strings(sector)
        return hamiltonian_matrix(alpha, beta, self.constant, self.one_body, self.two_body, self.beta)

    def sector_objective(self, sector: Sector) -> Any:
        """The energy as an objective of the runtime: matrix-free where the matrix would not stay in cache.

        Args:
            sector: as for `sector_matrix`.
        """
        from runtime.objectives import SparseExpectation

        self._check_wires(sector)
        blocks = spin_blocks(sector)
        if blocks is None or blocks.n_elements(len(self.one_body)) <= SMALL_MATRIX:
            return SparseExpectation(self.sector_matrix(sector))
        return matrix_free_energy(blocks, self.constant, self.one_body, self.two_body, self.beta)

    def stays_in(self, sector: Sector) -> bool:
        """Whether a sector holds all determinants with the electrons of each that it holds, so H leads nowhere else."""
        n_orbitals = len(self.one_body)
        if len(sector.wires) != 2 * n_orbitals:
            return False
        electrons = np.unique(np.bitwise_count(np.stack(self._strings(sector))), axis=1)
        return sector.dimension == sum(comb(n_orbitals, int(a)) * comb(n_orbitals, int(b)) for a, b in electrons.T)

    def _strings(self, sector: Sector) -> tuple[np.ndarray, np.ndarray]:
        self._check_wires(sector)
        return spin_strings(sector)

    def _check_wires(self, sector: Sector) -> None:
        for wire in sector.wires:
            if wire not in self._wires:
                raise ValueError(
                    f"The Hamiltonian acts on wires 0 to {len(self._wires) - 1}, but the circuit also uses {wire!r}."
                )

    @cached_property
    def _terms(self) -> tuple[np.ndarray, list[Any], Any]:
        """Coefficients, operators, and the same as a Pauli sentence."""
        values, x, z = pauli_words(self.constant, self.one_body, self.two_body, self.beta)
        n_wires = len(self._wires)
        bits = np.arange(n_wires, dtype=np.uint64)
        letters = ((x[:, None] >> bits) & np.uint64(1)) + 2 * ((z[:, None] >> bits) & np.uint64(1))
        words = [
            qml.pauli.PauliWord({wire: "IXZY"[row[wire]] for wire in np.flatnonzero(row).tolist()})
            for row in letters.astype(np.int64)
        ]
        with qml.QueuingManager.stop_recording():
            operators = [word.operation(wire_order=self._wires) for word in words]
        return values, operators, qml.pauli.PauliSentence(dict(zip(words, values.tolist(), strict=True)))

    @property
    def _coeffs(self) -> np.ndarray:
        return self._terms[0]

    @property
    def _ops(self) -> list[Any]:
        return self._terms[1]

    @property
    def _pauli_rep(self) -> Any:
        return self._terms[2]

    @property
    def _hyperparameters(self) -> dict[str, Any]:
        return {"ops": self._ops}

    @cached_property
    def operands(self) -> tuple[Any, ...]:
        """The terms as scalar products, which is how PennyLane iterates over a sum."""
        with qml.QueuingManager.stop_recording():
            return tuple(qml.ops.SProd(value, op) for value, op in zip(self._coeffs, self._ops, strict=True))

    @property
    def data(self) -> tuple[Any, ...]:
        """None: no coefficient can be trained, and PennyLane asks for all of them several times at each run."""
        return ()

    @property
    def num_params(self) -> int:
        """See `data`."""
        return 0

    def queue(self, context: Any = qml.QueuingManager) -> MolecularHamiltonian:
        """Record this observable; its terms were never recorded."""
        if qml.QueuingManager.recording():
            context.append(self)
        return self

    def __copy__(self) -> MolecularHamiltonian:
        # Nothing in it changes, so a copy may share the terms.
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def map_wires(self, wire_map: dict[Any, Any]) -> LinearCombination:
        """On other wires it is an ordinary linear combination."""
        return LinearCombination(self._coeffs, self._ops).map_wires(wire_map)

    @classmethod
    def _unflatten(cls, data: Any, metadata: Any) -> LinearCombination:
        return LinearCombination._unflatten(data, metadata)

    def __repr__(self) -> str:
        return f"MolecularHamiltonian({len(self.one_body)} orbitals, wires 0 to {len(self._wires) - 1})"
