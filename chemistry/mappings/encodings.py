"""The mappings by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chemistry.mappings.mapping import Mapping
from chemistry.mappings.pauli_words import MAX_WIRES
from chemistry.mappings.tapering import taper
from chemistry.problem import ElectronicProblem


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


def _tapered(mapping: Callable[[ElectronicProblem], Mapping]) -> Callable[[ElectronicProblem], Mapping]:
    def tapered(problem: ElectronicProblem) -> Mapping:
        return taper(problem, mapping(problem))

    return tapered


MAPPINGS: dict[str, Callable[[ElectronicProblem], Mapping]] = {
    "jordan-wigner": jordan_wigner,
    "parity": parity,
    "bravyi-kitaev": bravyi_kitaev,
    "parity-reduced": _reduced_parity,
    "jordan-wigner-tapered": _tapered(jordan_wigner),
    "parity-tapered": _tapered(parity),
    "bravyi-kitaev-tapered": _tapered(bravyi_kitaev),
}
