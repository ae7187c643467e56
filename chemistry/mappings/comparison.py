"""What the mappings cost on a machine, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chemistry.mappings.encodings import MAPPINGS
from chemistry.mappings.machine_gates import machine_circuit
from chemistry.mappings.measurement import measurement_plan

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.problem import ElectronicProblem


@dataclass(frozen=True, kw_only=True)
class MappingCost:
    """One mapping of one problem; a row of a table."""

    mapping: str
    n_qubits: int
    n_saved: int
    n_words: int  # the identity apart
    one_norm: float  # hartree
    n_groups: int  # that commute qubit by qubit
    shots: int  # for 1.6 millihartree, on average over all states
    two_qubit_gates: int | None = None  # of the ansatz; None without one
    two_qubit_depth: int | None = None


def compare_mappings(
    problem: ElectronicProblem, ansatz: Ansatz | None = None, *, names: Sequence[str] | None = None
) -> tuple[MappingCost, ...]:
    """Qubits, Pauli words, groups and shots of each mapping, and the two-qubit gates of an ansatz on it.

    Args:
        problem: The electronic problem.
        ansatz: For this problem.
        names: Of the mappings, among `MAPPINGS`; None: all, but the two-qubit reduction only where it can be made.

    Raises:
        ValueError: If a name is not among them, or a mapping that was named cannot take the ansatz.
    """
    unknown = [name for name in names or () if name not in MAPPINGS]
    if unknown:
        raise ValueError(f"The mappings are {', '.join(MAPPINGS)}; got {', '.join(map(repr, unknown))}.")
    if names is not None:
        return tuple(_cost(name, problem, ansatz) for name in names)
    rows = []
    for name in MAPPINGS:
        # What is not reduced takes everything, so its errors are about the ansatz.
        try:
            rows.append(_cost(name, problem, ansatz))
        except ValueError:
            if name != "parity-reduced":
                raise
    return tuple(rows)


def _cost(name: str, problem: ElectronicProblem, ansatz: Ansatz | None) -> MappingCost:
    mapping = MAPPINGS[name](problem, ansatz)
    plan = measurement_plan(mapping.observable(problem.hamiltonian))
    written = None if ansatz is None else machine_circuit(mapping.circuit(ansatz))
    return MappingCost(
        mapping=name,
        n_qubits=mapping.n_wires,
        n_saved=mapping.n_saved,
        n_words=plan.n_words,
        one_norm=plan.one_norm,
        n_groups=plan.n_groups,
        shots=plan.shots,
        two_qubit_gates=None if written is None else written.two_qubit_gates,
        two_qubit_depth=None if written is None else written.two_qubit_depth,
    )
