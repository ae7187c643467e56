"""Estimating an observable from shots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.observables import CVaR, DiagonalObservable, Gibbs

if TYPE_CHECKING:
    from runtime.program import Program

MAX_ROTATED_WIRES = 24  # rotating to another measurement basis leaves the sector and needs all amplitudes
RESAMPLES = 200


@dataclass(frozen=True)
class Estimate:
    """A value measured with shots."""

    value: float
    standard_error: float  # zero on the exact machine


def estimate(program: Program, observable: Any, params: Any, shots: int, seed: int | None) -> Estimate:
    """Mean and standard error of an observable or objective, from `shots` measurements in all."""
    rng = np.random.default_rng(seed)
    weights = program.probabilities(params)
    weights = weights / weights.sum()
    if isinstance(observable, CVaR | Gibbs | DiagonalObservable) or _is_diagonal(observable):
        from runtime.restriction import restrict

        objective = restrict(observable, program.sector)
        counts = rng.multinomial(shots, weights)
        return _of_diagonal(observable, objective, counts, shots, rng)
    return _of_pauli_words(program, observable, params, shots, rng)


def _is_diagonal(observable: Any) -> bool:
    sentence = observable.pauli_rep
    return sentence is not None and all(set(word.values()) <= {"Z"} for word in sentence)


def _of_diagonal(observable: Any, objective: Any, counts: np.ndarray, shots: int, rng: np.random.Generator) -> Estimate:
    frequencies = counts / shots
    value = objective.of(frequencies)
    if not isinstance(observable, CVaR | Gibbs):
        if shots == 1:
            return Estimate(value, float("inf"))
        variance = float(frequencies @ (objective.diagonal - value) ** 2)
        return Estimate(value, float(np.sqrt(variance / (shots - 1))))
    # CVaR and Gibbs are not means: the bootstrap gives their scatter.
    scattered = [objective.of(rng.multinomial(shots, frequencies) / shots) for _ in range(RESAMPLES)]
    return Estimate(value, float(np.std(scattered, ddof=1)))


def _of_pauli_words(program: Program, observable: Any, params: Any, shots: int, rng: np.random.Generator) -> Estimate:
    import pennylane as qml

    n = len(program.sector.wires)
    sentence = observable.pauli_rep
    if sentence is None:
        raise ValueError(f"Shots can be simulated for observables made of Pauli words, got {observable}.")
    if n > MAX_ROTATED_WIRES:
        raise ValueError(
            f"Measuring an observable that is not diagonal needs all amplitudes of its {n} wires, and at most"
            f" {MAX_ROTATED_WIRES} fit: use the exact machine, or a smaller active space."
        )
    words = [(dict(word), float(np.real(c))) for word, c in sentence.items()]
    constant = sum(c for word, c in words if not word)
    words = [(w, c) for w, c in words if w]
    groups = qml.pauli.group_observables([qml.pauli.PauliWord(w).operation() for w, _ in words], grouping_type="qwc")
    coefficients = {qml.pauli.PauliWord(w): c for w, c in words}
    groups_as_words = [[next(iter(o.pauli_rep)) for o in group] for group in groups]
    sizes = np.array([sum(abs(coefficients[w]) for w in group) for group in groups_as_words])
    allotted = _allotted(shots, sizes)
    dense = np.zeros(2**n, dtype=np.complex128)
    shifts = np.arange(n - 1, -1, -1)
    dense[program.sector.numbers()] = program.state(params)
    position = {w: i for i, w in enumerate(program.sector.wires)}
    value, variance = constant, 0.0
    for group, group_shots in zip(groups_as_words, allotted, strict=True):
        basis = {position[w]: letter for word in group for w, letter in word.items()}
        weights = np.abs(_rotated(dense.reshape((2,) * n), basis).reshape(-1)) ** 2
        counts = rng.multinomial(group_shots, weights / weights.sum())
        seen = np.flatnonzero(counts)
        bits = seen[:, None] >> shifts & 1
        outcomes = np.zeros(len(seen))
        for word in group:
            signs = 1 - 2 * (bits[:, [position[w] for w in word]].sum(axis=1) % 2)
            outcomes += coefficients[word] * signs
        frequencies = counts[seen] / group_shots
        mean = float(frequencies @ outcomes)
        value += mean
        variance += float(frequencies @ (outcomes - mean) ** 2) / (group_shots - 1)
    return Estimate(float(value), float(np.sqrt(variance)))


def _allotted(shots: int, sizes: np.ndarray) -> np.ndarray:
    """Shots for each group, at least two, else in proportion to its weight; their sum is `shots`."""
    if shots < 2 * len(sizes):
        raise ValueError(
            f"The observable is measured in {len(sizes)} groups of Pauli words, each at least twice to know its"
            f" scatter: at least {2 * len(sizes)} shots are needed, got {shots}."
        )
    shares = (shots - 2 * len(sizes)) * sizes / sizes.sum()
    allotted = 2 + np.floor(shares).astype(int)
    largest_remainders = np.argsort(np.floor(shares) - shares, kind="stable")
    allotted[largest_remainders[: shots - allotted.sum()]] += 1
    return allotted


def _rotated(state: np.ndarray, basis: dict[int, str]) -> np.ndarray:
    """The state with the eigenbases of X and Y turned into that of Z on the wires that say so."""
    root = 1 / np.sqrt(2)
    turns = {"X": root * np.array([[1, 1], [1, -1]]), "Y": root * np.array([[1, -1j], [1, 1j]])}
    for axis, letter in basis.items():
        if letter in turns:
            state = np.moveaxis(np.tensordot(turns[letter], state, axes=(1, axis)), 0, axis)
    return state
