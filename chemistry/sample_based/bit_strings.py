"""Measured bit strings: where they come from, and what they say of either spin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import runtime
from runtime import Program

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem


def measured_bits(
    problem: ElectronicProblem, source: Any, params: Any, *, shots: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The bits of spin up and of spin down of each sample, two arrays of shape (shots, n_orbitals), uint8.

    Args:
        problem: The electronic problem.
        source: A compiled program, an ansatz, or bit strings that were measured elsewhere, shape (shots, n_wires).
        params: Of the circuit, shape (n_params,); None for an ansatz's own, and for bit strings.
        shots: Of the circuit.
        seed: Of its measurement.

    Raises:
        ValueError: If there are no shots, bit strings have another shape or other values than 0 and 1, or the circuit
            is on other wires.
    """
    if isinstance(source, Program) or callable(source):
        if shots < 1:
            raise ValueError(f"At least one shot is needed, but shots={shots} was given.")
        bits = _of_circuit(problem, source, params, shots, seed)
    else:
        bits = _checked(problem, source)
    return bits[:, 0::2], bits[:, 1::2]


def strings_of(bits: np.ndarray) -> np.ndarray:
    """Occupation strings, bit p for orbital p, of rows of bits: shape (n,), int64."""
    return bits.astype(np.int64) @ (np.int64(1) << np.arange(bits.shape[1], dtype=np.int64))


def bits_of(strings: np.ndarray, n_orbitals: int) -> np.ndarray:
    """Rows of bits of occupation strings: shape (n, n_orbitals), uint8."""
    return (np.asarray(strings)[:, None] >> np.arange(n_orbitals) & 1).astype(np.uint8)


def _of_circuit(problem: ElectronicProblem, source: Any, params: Any, shots: int, seed: int) -> np.ndarray:
    program = source if isinstance(source, Program) else runtime.compile(source, problem.hamiltonian)
    if params is None:
        params = getattr(source, "initial_params", None)
        if params is None:
            raise ValueError("A program is measured at given parameters: give params, of shape (n_params,).")
    measured = program.sample(params, shots=shots, seed=seed)
    wires = list(program.sector.wires)
    strangers = [wire for wire in wires if wire not in range(problem.n_wires)]
    if strangers:
        raise ValueError(
            f"The problem has wires 0 to {problem.n_wires - 1}, but the circuit is also on {strangers[0]!r}: "
            "give a circuit for this problem."
        )
    bits = np.zeros((shots, problem.n_wires), dtype=np.uint8)
    bits[:, np.array(wires, dtype=np.int64)] = measured
    return bits


def _checked(problem: ElectronicProblem, source: Any) -> np.ndarray:
    bits = np.asarray(source)
    if bits.ndim != 2 or bits.shape[1] != problem.n_wires or len(bits) == 0:
        raise ValueError(
            f"Bit strings of this problem have shape (shots, {problem.n_wires}), wire 2p spin up of orbital p and wire "
            f"2p + 1 spin down, got shape {bits.shape}."
        )
    if bits.dtype.kind not in "biuf" or not np.isin(bits, (0, 1)).all():
        raise ValueError("Bit strings hold 0 and 1 only: give one column for each wire, not numbers or text.")
    return bits.astype(np.uint8)
