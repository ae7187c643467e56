"""How an observable is measured: groups of Pauli words that are read together, and the shots that they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from chemistry.mappings.pauli_words import PauliWords, commuting, qubit_wise_commuting

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz

Grouping = Literal["qubit-wise", "full"]

CHEMICAL_ACCURACY = 1.6e-3  # hartree


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasurementPlan:
    """An observable's Pauli words in groups that are measured together.

    The constant needs no measurement and is in no group.
    """

    grouping: Grouping
    constant: float  # hartree
    groups: tuple[PauliWords, ...]
    deviations: np.ndarray  # shape: (n_groups,), hartree: the standard deviation of one shot of each group
    error: float  # hartree: the standard error that is wanted

    @property
    def n_words(self) -> int:
        """Pauli words, the identity apart."""
        return sum(len(group) for group in self.groups)

    @property
    def n_groups(self) -> int:
        """Circuits that have to be run."""
        return len(self.groups)

    @property
    def one_norm(self) -> float:
        """The sum of |coefficient| over all words but the identity, hartree."""
        return sum(group.one_norm for group in self.groups)

    @property
    def shots_per_group(self) -> np.ndarray:
        """The shots that reach the error with the fewest in all: in proportion to deviations, shape (n_groups,)."""
        wanted = self.deviations * self.deviations.sum() / self.error**2
        # A value that is certain is read once; the rounding must not make it more.
        return np.maximum(1, np.ceil(wanted - 1e-9)).astype(np.int64)

    @property
    def shots(self) -> int:
        """The shots of all groups."""
        return int(self.shots_per_group.sum())

    def observables(self) -> list[Any]:
        """Each group as a PennyLane `LinearCombination`."""
        return [group.operator() for group in self.groups]

    def __str__(self) -> str:
        return (
            f"{self.n_words} Pauli words in {self.n_groups} groups ({self.grouping} commutation), one-norm"
            f" {self.one_norm:.3f} hartree, {self.shots:,} shots for {1e3 * self.error:.3g} millihartree"
        )


def measurement_plan(
    observable: Any,
    *,
    grouping: Grouping = "qubit-wise",
    error: float = CHEMICAL_ACCURACY,
    circuit: Ansatz | None = None,
    params: Any = None,
) -> MeasurementPlan:
    """Group an observable's Pauli words by sorted insertion, and estimate the shots for a wanted error.

    The words, the largest coefficient first, each go to the first group with which they commute. In a group that
    commutes qubit by qubit all words are read after rotations of single qubits; in one that commutes fully, after a
    Clifford circuit. With standard deviations d of the groups' single shots, (sum d)^2 / error^2 shots are enough.

    Crawford et al., "Efficient quantum measurement of Pauli operators in the presence of finite sampling error",
    Quantum 5, 385 (2021).

    Args:
        observable: `problem.hamiltonian`, a mapping's observable, or any Hermitian operator of Pauli words on wires
            0, 1, ...
        grouping: "qubit-wise" or "full".
        error: The standard error wanted, in the observable's unit; hartree for a Hamiltonian.
        circuit: The circuit that prepares the state, for its deviations; None: the mean over all states, in which the
            variance of a group is the sum of its squared coefficients.
        params: The circuit's, shape (n_params,).

    Raises:
        ValueError: If the observable has no Pauli words, the error is not positive, the grouping is none of the two, or
            a circuit comes without parameters.
    """
    if grouping not in get_args(Grouping):
        raise ValueError(f"Words are grouped 'qubit-wise' or by 'full' commutation, got {grouping!r}.")
    if not (np.isfinite(error) and error > 0):
        raise ValueError(f"The error wanted is a positive number, got {error!r}.")
    if (circuit is None) != (params is None):
        raise ValueError("The deviations of a state need both its circuit and its params.")
    words = words_on_wires(observable)
    is_constant = (words.x | words.z) == 0
    groups = _sorted_insertion(words.part(~is_constant), grouping)
    if circuit is None:
        deviations = np.array([np.linalg.norm(group.coefficients) for group in groups])
    else:
        deviations = _deviations(groups, circuit, params)
    return MeasurementPlan(
        grouping=grouping,
        constant=float(words.coefficients[is_constant].sum()),
        groups=groups,
        deviations=deviations,
        error=float(error),
    )


def words_on_wires(observable: Any) -> PauliWords:
    """An observable's words on wires 0 to the highest that it acts on."""
    from chemistry.mappings.mapped_hamiltonian import MappedHamiltonian

    if isinstance(observable, MappedHamiltonian):
        return observable.words
    numbers = [wire for wire in observable.wires if isinstance(wire, int)]
    return PauliWords.of(observable, max(numbers, default=-1) + 1)


def _sorted_insertion(words: PauliWords, grouping: Grouping) -> tuple[PauliWords, ...]:
    agree = qubit_wise_commuting if grouping == "qubit-wise" else commuting
    words = words.part(np.argsort(-np.abs(words.coefficients), kind="stable"))
    group_of = np.empty(len(words), dtype=np.int64)
    n_groups = 0
    for i in range(len(words)):
        earlier = np.arange(i)
        open_groups = np.ones(n_groups, dtype=bool)
        open_groups[group_of[earlier[~agree(words, i, earlier)]]] = False
        group_of[i] = np.argmax(open_groups) if open_groups.any() else n_groups
        n_groups = max(n_groups, int(group_of[i]) + 1)
    return tuple(words.part(group_of == group) for group in range(n_groups))


def _deviations(groups: tuple[PauliWords, ...], circuit: Ansatz, params: Any) -> np.ndarray:
    """The standard deviation of each group in a circuit's state, exact."""
    import runtime

    if not groups:
        return np.zeros(0)
    program = runtime.compile(circuit, [group.operator() for group in groups])
    return np.sqrt(np.maximum(program.variance(params), 0.0))
