"""Configurations of pure spin that a circuit can start from: the reference determinant, and excited ones by energy.

Two unpaired electrons of opposite spin make a singlet or a triplet, each of two determinants, and one gate makes it of
one of them; four make two such pairs. Starting from pure spin and symmetry keeps the search for an excited state away
from states of another kind, and from points where its gradient vanishes by symmetry alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.excitations import Excitation

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.problem import ElectronicProblem

SINGLET, TRIPLET = 1, 3


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A determinant, or one whose unpaired electrons are coupled in pairs to singlets or triplets."""

    occupation: tuple[int, ...] = field(repr=False)  # one per wire, 0 or 1
    pairs: tuple[tuple[int, int, int], ...]  # orbital with spin up, orbital with spin down, multiplicity of the two
    multiplicity: int | None  # None: it mixes spins
    irrep: int
    energy: float  # hartree

    def prepare(self) -> None:
        """Apply the operations that prepare it."""
        import pennylane as qml

        qml.BasisState(np.array(self.occupation), wires=range(len(self.occupation)))
        for p, q, multiplicity in self.pairs:
            # In this order of wires S+ has no signs, so the sum of both determinants is the triplet.
            flip = Excitation((2 * p, 2 * q + 1), (2 * p + 1, 2 * q))
            flip.apply(np.pi / 4 if multiplicity == TRIPLET else -np.pi / 4)


@dataclass(frozen=True, kw_only=True)
class StartedFrom:
    """An ansatz that acts on a configuration in place of the reference determinant."""

    ansatz: Ansatz
    configuration: Configuration

    @property
    def name(self) -> str:
        """That of the ansatz."""
        return self.ansatz.name

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return self.ansatz.n_params

    @property
    def initial_params(self) -> np.ndarray:
        """Those of the ansatz, shape (n_params,)."""
        return self.ansatz.initial_params

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Raises:
            ValueError: If the ansatz does not begin with `qml.BasisState`.
        """
        import pennylane as qml

        with qml.queuing.AnnotatedQueue() as queue:
            self.ansatz(params)
        operations = qml.tape.QuantumScript.from_queue(queue).operations
        if not operations or not isinstance(operations[0], qml.BasisState):
            first = operations[0].name if operations else "nothing"
            raise ValueError(
                f"To act on excited configurations an ansatz begins with qml.BasisState, which is replaced, but"
                f" {self.ansatz.name} begins with {first}."
            )
        self.configuration.prepare()
        for operation in operations[1:]:
            qml.apply(operation)


@dataclass(frozen=True, eq=False, kw_only=True)
class Configurations:
    """Orthogonal configurations, and the Hamiltonian between them."""

    members: tuple[Configuration, ...]
    interaction: csr_array = field(repr=False)  # shape: (n_members, n_members), hartree


def configurations(problem: ElectronicProblem) -> Configurations:
    """The reference and its single and double excitations, as configurations.

    With as many electrons of spin up as down they are coupled to singlets and triplets; two triplet pairs are a mixture
    of spins, and their other components are left out. With unpaired electrons in the reference they are determinants,
    of pure spin where there is no further open shell.
    """
    from scipy.sparse import csr_array

    from chemistry.hamiltonian.slater_condon import hamiltonian_matrix

    kinds = [
        kind
        for strings in _excited_strings(problem.n_orbitals, problem.n_alpha, problem.n_beta)
        for kind in _coupled(strings, problem.n_alpha - problem.n_beta)
    ]
    rows: dict[tuple[int, int], int] = {}
    entries = [
        (rows.setdefault(strings, len(rows)), column, value)
        for column, (strings_up_down, pairs, _) in enumerate(kinds)
        for strings, value in _expansion(strings_up_down, pairs)
    ]
    row, column, value = zip(*entries, strict=True)
    turn = csr_array((value, (row, column)), shape=(len(rows), len(kinds)))
    alpha, beta = np.array(list(rows), dtype=np.uint64).T
    matrix = hamiltonian_matrix(alpha, beta, problem.constant, problem.one_body, problem.two_body)
    interaction = csr_array(turn.T @ matrix @ turn)
    members = []
    for (strings, pairs, multiplicity), energy in zip(kinds, interaction.diagonal().tolist(), strict=True):
        occupied = np.array([[string >> p & 1 for string in strings] for p in range(problem.n_orbitals)])
        unpaired = occupied.sum(axis=1) == 1
        members.append(
            Configuration(
                occupation=tuple(occupied.ravel().tolist()),
                pairs=pairs,
                multiplicity=multiplicity,
                irrep=int(np.bitwise_xor.reduce(problem.irreps[unpaired], initial=0)),
                energy=energy,
            )
        )
    return Configurations(members=tuple(members), interaction=interaction)


def _coupled(
    strings: tuple[int, int], excess: int
) -> list[tuple[tuple[int, int], tuple[tuple[int, int, int], ...], int | None]]:
    """The configurations that a determinant stands for: its strings, the pairs and the multiplicity of each."""
    unpaired = strings[0] ^ strings[1]
    orbitals = [p for p in range(unpaired.bit_length()) if unpaired >> p & 1]
    if excess:
        return [(strings, (), excess + 1 if len(orbitals) == excess else None)]
    ups, downs = orbitals[0::2], orbitals[1::2]
    results = []
    for spins in product((SINGLET, TRIPLET), repeat=len(ups)):
        pairs = tuple(zip(ups, downs, spins, strict=True))
        n_triplets = spins.count(TRIPLET)
        results.append((strings, pairs, (SINGLET, TRIPLET, None)[n_triplets]))
    return results


def _expansion(strings: tuple[int, int], pairs: Sequence[tuple[int, int, int]]) -> list[tuple[tuple[int, int], float]]:
    """The determinants of a configuration, as strings of spin up and down, with their coefficients."""
    terms = [(strings, 1.0)]
    for p, q, multiplicity in pairs:
        swap = 1 << p | 1 << q
        sign = 1.0 if multiplicity == TRIPLET else -1.0
        terms = [
            term
            for (up, down), value in terms
            for term in (((up, down), value / np.sqrt(2)), ((up ^ swap, down ^ swap), sign * value / np.sqrt(2)))
        ]
    return terms


def _excited_strings(n_orbitals: int, n_alpha: int, n_beta: int) -> list[tuple[int, int]]:
    """The reference's strings of spin up and down, and all that differ from its orbitals' occupation by two electrons.

    Spins may differ more: a pair of unpaired electrons is the same configuration whichever of them has spin up.
    """

    def moved(n_electrons: int, rank: int) -> list[int]:
        reference = (1 << n_electrons) - 1
        return [
            reference ^ sum(1 << p for p in (*left, *entered))
            for left in combinations(range(n_electrons), rank)
            for entered in combinations(range(n_electrons, n_orbitals), rank)
        ]

    found = {
        (alpha, beta): None
        for rank_up in range(3)
        for rank_down in range(3 - rank_up)
        for alpha in moved(n_alpha, rank_up)
        for beta in moved(n_beta, rank_down)
    }
    if n_alpha == n_beta:
        found = {_alternating(*strings): None for strings in found}
    return list(found)


def _alternating(alpha: int, beta: int) -> tuple[int, int]:
    """The determinant with the same orbitals occupied whose unpaired electrons have spin up and down in turn."""
    unpaired, both = alpha ^ beta, alpha & beta
    strings = [both, both]
    for place, p in enumerate(p for p in range(unpaired.bit_length()) if unpaired >> p & 1):
        strings[place % 2] |= 1 << p
    return strings[0], strings[1]
