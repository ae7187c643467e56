"""The mappings by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.mappings.mapping import Mapping
from chemistry.mappings.pauli_words import MAX_WIRES
from chemistry.mappings.tapering import taper
from chemistry.problem import ElectronicProblem

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz


def jordan_wigner(problem: ElectronicProblem) -> Mapping:
    """Each qubit holds the occupation of one spin orbital: wire 2p spin up of orbital p, wire 2p + 1 spin down.

    Jordan and Wigner, Z. Phys. 47, 631 (1928).
    """
    n = _n_modes(problem)
    return Mapping(name="Jordan-Wigner", matrix=np.eye(n, dtype=np.uint8), kept=tuple(range(n)))


def parity(problem: ElectronicProblem, *, reduced: bool = False) -> Mapping:
    """Each qubit holds the parity of all spin orbitals up to its own, those of spin up first, then those of spin down.

    The last qubit of spin up is then the parity of the electrons of spin up, and the very last that of all electrons:
    both are conserved, and reduced leaves them out.

    Seeley, Richard and Love, J. Chem. Phys. 137, 224109 (2012); the reduction: Bravyi, Gambetta, Mezzacapo and Temme,
    arXiv:1701.08213.

    Args:
        problem: The electronic problem; its numbers of electrons fix the two qubits.
        reduced: Whether to leave the two qubits out.

    Raises:
        ValueError: If nothing would be left.
    """
    n = _n_modes(problem)
    order = [*range(0, n, 2), *range(1, n, 2)]
    matrix = np.zeros((n, n), dtype=np.uint8)
    matrix[:, order] = np.tri(n, dtype=np.uint8)
    if not reduced:
        return Mapping(name="parity", matrix=matrix, kept=tuple(range(n)))
    if n == 2:
        raise ValueError(
            "The two-qubit reduction of one orbital would leave no qubit: its energy needs no computer, or use a"
            " mapping that is not reduced."
        )
    return Mapping(
        name="parity, two qubits reduced",
        matrix=matrix,
        kept=tuple(i for i in range(n) if i not in (n // 2 - 1, n - 1)),
        fixed=(problem.n_alpha % 2, problem.n_electrons % 2),
    )


def bravyi_kitaev(problem: ElectronicProblem) -> Mapping:
    """Qubit j holds the parity of the spin orbitals of a binary tree's branch that ends at j, in the order of wires.

    With m the largest power of two that divides j + 1, these are j - m + 1 to j, so operators act on logarithmically
    many qubits. The tree of a number of wires that is not a power of two is that of the next power of two, cut off.

    Bravyi and Kitaev, Ann. Phys. 298, 210 (2002); Seeley, Richard and Love, J. Chem. Phys. 137, 224109 (2012).
    """
    n = _n_modes(problem)
    matrix = np.zeros((n, n), dtype=np.uint8)
    for j in range(n):
        largest_power = (j + 1) & -(j + 1)
        matrix[j, j + 1 - largest_power : j + 1] = 1
    return Mapping(name="Bravyi-Kitaev", matrix=matrix, kept=tuple(range(n)))


def _n_modes(problem: ElectronicProblem) -> int:
    if problem.n_wires > MAX_WIRES:
        raise ValueError(
            f"Mappings are offered for at most {MAX_WIRES} spin orbitals, but there are {problem.n_wires}: choose a"
            " smaller active space."
        )
    return problem.n_wires


def _reduced_parity(problem: ElectronicProblem) -> Mapping:
    return parity(problem, reduced=True)


@dataclass(frozen=True)
class Encoding:
    """A mapping before it knows its problem."""

    of: Callable[[ElectronicProblem], Mapping]
    tapered: bool = False

    def __call__(self, problem: ElectronicProblem, ansatz: Ansatz | None = None) -> Mapping:
        """The mapping for a problem.

        Args:
            problem: The electronic problem.
            ansatz: The circuit that is to run on it, if there is one: tapering leaves out only what it conserves.
        """
        mapping = self.of(problem)
        return taper(problem, mapping, ansatz=ansatz) if self.tapered else mapping


MAPPINGS = {
    "jordan-wigner": Encoding(jordan_wigner),
    "parity": Encoding(parity),
    "bravyi-kitaev": Encoding(bravyi_kitaev),
    "parity-reduced": Encoding(_reduced_parity),
    "jordan-wigner-tapered": Encoding(jordan_wigner, tapered=True),
    "parity-tapered": Encoding(parity, tapered=True),
    "bravyi-kitaev-tapered": Encoding(bravyi_kitaev, tapered=True),
}
