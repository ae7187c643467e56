"""Between a sector's amplitudes and PySCF's matrix of determinants, for circuits that conserve electrons.

The two differ in order and by a sign for each determinant; see `chemistry.states.ci_vectors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hamiltonian.occupation_strings import spin_strings
from chemistry.hamiltonian.slater_condon import interleaving_phase

if TYPE_CHECKING:
    from runtime.sector import Sector


@dataclass(frozen=True, eq=False)
class DeterminantOrder:
    """Where each of a sector's basis states stands in the matrix of determinants of its electrons."""

    n_orbitals: int
    electrons: tuple[int, int]  # of spin up and down
    shape: tuple[int, int]  # strings of either spin
    places: np.ndarray  # shape: (dimension,), in the flattened matrix
    phases: np.ndarray  # shape: (dimension,), 1 or -1

    @property
    def least_spin_squared(self) -> float:
        """<S^2> of the lowest spin that the electrons can have."""
        least = 0.5 * abs(self.electrons[0] - self.electrons[1])
        return least * (least + 1.0)

    @classmethod
    def of(cls, sector: Sector) -> DeterminantOrder:
        """The order of a sector on wires 2p (spin up of orbital p) and 2p + 1 (spin down).

        Raises:
            ValueError: If the sector holds several numbers of electrons of either spin.
        """
        from pyscf.fci import cistring

        alpha, beta = spin_strings(sector)
        wires: Sequence[Any] = sector.wires
        n_orbitals = int(max(wires)) // 2 + 1
        counts = np.unique(np.bitwise_count(np.stack([alpha, beta])), axis=1).T.tolist()
        if len(counts) != 1:
            numbers = ", ".join(f"({up}, {down})" for up, down in counts[:4])
            raise ValueError(
                "An ansatz whose orbitals are optimized conserves the electrons of each spin, but this one mixes "
                f"{numbers}: choose one that conserves them."
            )
        electrons = (int(counts[0][0]), int(counts[0][1]))
        rows, columns = (
            cistring.strs2addr(n_orbitals, n, strings.astype(np.int64))
            for n, strings in zip(electrons, (alpha, beta), strict=True)
        )
        shape = (
            int(cistring.num_strings(n_orbitals, electrons[0])),
            int(cistring.num_strings(n_orbitals, electrons[1])),
        )
        return cls(n_orbitals, electrons, shape, rows * shape[1] + columns, interleaving_phase(alpha, beta, n_orbitals))

    def matrix(self, amplitudes: np.ndarray) -> np.ndarray:
        """Amplitudes over the sector as a matrix of determinants."""
        flat = np.zeros(self.shape[0] * self.shape[1], dtype=np.result_type(amplitudes, np.float64))
        flat[self.places] = amplitudes * self.phases
        return flat.reshape(self.shape)

    def amplitudes(self, matrix: np.ndarray) -> np.ndarray:
        """The part of a matrix of determinants that lies in the sector, as amplitudes."""
        return matrix.ravel()[self.places] * self.phases
