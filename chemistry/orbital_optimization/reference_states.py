"""Several orthogonal references for one circuit, each a spin eigenfunction: what averaging over states starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.excitations import Excitation

if TYPE_CHECKING:
    from chemistry.ansatz import Ansatz
    from chemistry.problem import ElectronicProblem


@dataclass(frozen=True)
class Reference:
    """A determinant, or the singlet that two unpaired electrons make."""

    occupation: tuple[int, ...]  # one per wire
    pairing: Excitation | None  # turns the determinant into its partner with both unpaired spins reversed
    energy: float  # hartree

    def apply(self) -> None:
        """Apply the PennyLane operations that prepare it."""
        import pennylane as qml

        qml.BasisState(np.array(self.occupation), wires=range(len(self.occupation)))
        if self.pairing is not None:
            self.pairing.apply(_SINGLET_ANGLE)


# The sign with which the two determinants make a singlet and not a triplet, as creators are ordered here.
_SINGLET_ANGLE = -np.pi / 4


@dataclass(frozen=True, kw_only=True)
class FromReference:
    """An ansatz that begins with another reference."""

    ansatz: Ansatz = field(repr=False)
    reference: Reference = field(repr=False)

    @property
    def name(self) -> str:
        """As a reader would call it."""
        return f"{self.ansatz.name}, from another reference"

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return self.ansatz.n_params

    @property
    def initial_params(self) -> np.ndarray:
        """Those of the ansatz, shape (n_params,)."""
        return self.ansatz.initial_params

    def __call__(self, params: Any) -> None:
        """Apply the reference, and the ansatz without its own."""
        import pennylane as qml

        with qml.QueuingManager.stop_recording(), qml.queuing.AnnotatedQueue() as queue:
            self.ansatz(params)
        first, *others = qml.tape.QuantumScript.from_queue(queue).operations
        if first.name != "BasisState":
            raise ValueError(
                f"Several states need an ansatz that begins with a determinant, but {self.ansatz.name} begins with "
                f"{first.name}."
            )
        self.reference.apply()
        for operation in others:
            qml.apply(operation)


def lowest_references(problem: ElectronicProblem, n_states: int) -> list[Reference]:
    """The references of the problem's spin that lie lowest in energy, itself among them.

    They are determinants with as many unpaired electrons as the problem's spin needs and, for singlets, the singlets of
    two unpaired electrons, up to double excitations from the problem's own reference.

    Raises:
        ValueError: If there are not so many.
    """
    found = _restricted_determinants(problem)
    if problem.n_alpha == problem.n_beta:
        found += _open_shell_singlets(problem)
    found.sort(key=lambda reference: reference.energy)
    if n_states < 1 or len(found) < n_states:
        raise ValueError(
            f"{n_states} states were asked for, but {problem.n_electrons} electrons in {problem.n_orbitals} orbitals "
            f"have between 1 and {len(found)} references of this spin to average over."
        )
    return found[:n_states]


def _restricted_determinants(problem: ElectronicProblem) -> list[Reference]:
    n, n_open = problem.n_orbitals, problem.n_alpha - problem.n_beta
    before = (problem.reference_occupation[::2] + problem.reference_occupation[1::2]).tolist()
    found = []
    for single in combinations(range(n), n_open):
        rest = [p for p in range(n) if p not in single]
        for double in combinations(rest, problem.n_beta):
            electrons = [2 if p in double else 1 if p in single else 0 for p in range(n)]
            if sum(abs(a - b) for a, b in zip(electrons, before, strict=True)) <= 4:
                found.append(_reference(problem, {*double, *single}, set(double)))
    return found


def _open_shell_singlets(problem: ElectronicProblem) -> list[Reference]:
    found = []
    n_pairs = problem.n_beta
    for left in range(n_pairs):
        for entered in range(n_pairs, problem.n_orbitals):
            up = {*range(n_pairs), entered} - {left}
            pairing = Excitation((2 * left + 1, 2 * entered), (2 * left, 2 * entered + 1))
            found.append(_reference(problem, up, set(range(n_pairs)), pairing))
    return found


def _reference(
    problem: ElectronicProblem, up: set[int], down: set[int], pairing: Excitation | None = None
) -> Reference:
    occupied = np.zeros((2, problem.n_orbitals))
    occupied[0, sorted(up)] = 1.0
    occupied[1, sorted(down)] = 1.0
    coulomb = np.einsum("iijj->ij", problem.two_body)
    exchange = np.einsum("ijji->ij", problem.two_body)
    both = occupied.sum(axis=0)
    energy = problem.constant + both @ np.diag(problem.one_body) + 0.5 * both @ coulomb @ both
    energy -= 0.5 * sum(spin @ exchange @ spin for spin in occupied)
    if pairing is not None:
        energy += exchange[pairing.targets[0] // 2, pairing.targets[1] // 2]
    return Reference(tuple(occupied.T.astype(int).ravel().tolist()), pairing, float(energy))
