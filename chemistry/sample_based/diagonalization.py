"""Sample-based quantum diagonalisation, with its controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chemistry.integrals.spin_integrals import check_shared_orbitals
from chemistry.problem import ElectronicProblem
from chemistry.sample_based.bit_strings import measured_bits, strings_of
from chemistry.sample_based.controls import selected_subspace, uniform_subspace
from chemistry.sample_based.recovery import recovered_bits
from chemistry.sample_based.subspace import Subspace, diagonalised

_SETTLED = 1e-6  # hartree, between iterations of the recovery
_SAME = 1e-6  # hartree
_OTHER_SPIN = 0.1  # of S^2, beyond what an incomplete set of determinants mixes in


@dataclass(frozen=True, eq=False, kw_only=True)
class SampleBasedResult:
    """The lowest state that the samples led to, beside what as many determinants give without them."""

    energy: float  # hartree, of `best`
    converged: bool
    status: str  # sentences
    best: Subspace  # of the samples
    uniform: Subspace  # the best of as many subspaces of uniformly random determinants, each of the same dimension
    selected: Subspace  # selected CI with the dimension of `best`, or less
    rows: tuple[Subspace, ...] = field(repr=False)  # all subspaces, those of the controls included
    occupations: np.ndarray = field(repr=False)  # shape: (2, n_orbitals), spin up and down, of `best`
    shots: int
    right_shots: int  # with the right number of electrons of either spin, as measured
    configurations: int  # different ones, in the last iteration

    @property
    def beats_chance(self) -> bool:
        """Whether the samples led lower than uniformly random determinants."""
        return self.energy < self.uniform.energy - _SAME


def sample_based_diagonalization(
    problem: ElectronicProblem,
    source: Any,
    params: Any = None,
    *,
    shots: int = 10_000,
    seed: int = 7,
    recover: bool = True,
    n_batches: int = 3,
    batch_size: int | None = None,
    max_iterations: int = 5,
) -> SampleBasedResult:
    """Diagonalise among the determinants that a circuit's samples name, and beside them the controls.

    Samples with the wrong number of electrons are mended by the average occupations of the last iteration's states, at
    first those of the samples that are right; then batches of different configurations are drawn by how often each was
    seen, and the Hamiltonian is diagonalised among all products of their spin-up strings with their spin-down strings.
    In a closed shell both spins take the strings of either, as the state does not tell the spins apart. Every one of
    these diagonalisations is done as well with as many uniformly random strings, and the lowest of each is reported.

    Kanno et al., arXiv:2302.11320; Robledo-Moreno et al., Science Advances 11, eadu9991 (2025).

    Args:
        problem: With electrons of both spins, in the same orbitals.
        source: A compiled program or an ansatz, which is sampled; or bit strings that were measured elsewhere, shape
            (shots, n_wires), such as those of a machine with errors.
        params: Of the circuit, shape (n_params,); None: the ansatz's initial ones.
        shots: Of the circuit.
        seed: Of the measurement, the recovery, the batches and the control.
        recover: Mend samples with the wrong number of electrons; otherwise they are left out.
        n_batches: Subspaces in each iteration.
        batch_size: Configurations in each; None: all, in a single batch.
        max_iterations: Of the recovery. Without anything to mend there is one.

    Returns:
        The lowest state of all batches and iterations, and the controls. The status says where chance does as well.

    Raises:
        ValueError: If a number is not positive, the reference is unrestricted or has electrons of one spin only, the
            bit strings are not as wanted, or none has the right number of electrons and they are not to be recovered.
        DoesNotFitError: If the determinants would not fit in memory; a `ValueError`.
    """
    numbers = {"n_batches": n_batches, "max_iterations": max_iterations}
    numbers |= {} if batch_size is None else {"batch_size": batch_size}
    if min(numbers.values()) < 1:
        given = ", ".join(f"{name}={value}" for name, value in numbers.items())
        raise ValueError(f"The numbers of batches, iterations and configurations are positive, but {given} were given.")
    check_shared_orbitals(problem.beta, "Sample-based diagonalisation")
    electrons = (problem.n_alpha, problem.n_beta)
    if 0 in electrons:
        raise ValueError(
            "Sample-based diagonalisation needs electrons of both spins, but the problem has "
            f"{electrons[0]} of spin up and {electrons[1]} of spin down: use full_ci."
        )
    measured = measured_bits(problem, source, params, shots=shots, seed=seed)
    right = np.logical_and(*(bits.sum(axis=1) == n for bits, n in zip(measured, electrons, strict=True)))
    if not right.any() and not recover:
        raise ValueError(
            f"None of the {len(right)} samples has {electrons[0]} electrons of spin up and {electrons[1]} of spin "
            "down: recover them, or give others."
        )
    mend = recover and not right.all()
    rng, chance = (np.random.default_rng([seed, stream]) for stream in (1, 2))
    occupations = _first_occupations(problem, [bits[right] for bits in measured])
    rows: list[Subspace] = []
    controls: list[Subspace] = []
    for iteration in range(max_iterations if mend else 1):
        here = [bits if mend else bits[right] for bits in measured]
        if mend:
            here = [recovered_bits(b, n, o, rng) for b, n, o in zip(here, electrons, occupations, strict=True)]
        configurations, counts = np.unique(np.stack([strings_of(b) for b in here], axis=1), axis=0, return_counts=True)
        states = [
            diagonalised(problem, *_strings(problem, chosen), kind="samples", iteration=iteration, batch=batch)
            for batch, chosen in enumerate(_batches(configurations, counts, n_batches, batch_size, rng))
        ]
        rows += states
        controls += [uniform_subspace(problem, state, chance) for state in states]
        occupations = np.mean([state.occupations(problem.n_orbitals) for state in states], axis=0)
        lowest = min(state.energy for state in states)
        before = [row.energy for row in rows if row.iteration == iteration - 1]
        if before and abs(lowest - min(before)) < _SETTLED:
            break
    best, uniform = (min(group, key=lambda row: row.energy) for group in (rows, controls))
    selected = selected_subspace(problem, best)
    return SampleBasedResult(
        energy=best.energy,
        converged=best.converged,
        status=_status(problem, best, uniform, selected, right, mend),
        best=best,
        uniform=uniform,
        selected=selected,
        rows=(*rows, *controls, selected),
        occupations=best.occupations(problem.n_orbitals),
        shots=len(right),
        right_shots=int(right.sum()),
        configurations=len(configurations),
    )


def _first_occupations(problem: ElectronicProblem, right: list[np.ndarray]) -> np.ndarray:
    """Of the samples with the right number of electrons; where there are none, of the reference determinant."""
    if len(right[0]):
        return np.array([bits.mean(axis=0) for bits in right])
    return np.stack([problem.reference_occupation[0::2], problem.reference_occupation[1::2]]).astype(float)


def _batches(
    configurations: np.ndarray, counts: np.ndarray, n_batches: int, batch_size: int | None, rng: np.random.Generator
) -> list[np.ndarray]:
    """Different configurations, drawn by how often each was seen, shape (batch_size, 2); all of them at once if few."""
    if batch_size is None or batch_size >= len(configurations):
        return [configurations]
    chosen = [
        rng.choice(len(configurations), size=batch_size, replace=False, p=counts / counts.sum())
        for _ in range(n_batches)
    ]
    return [configurations[rows] for rows in chosen]


def _strings(problem: ElectronicProblem, configurations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if problem.n_alpha == problem.n_beta:
        both = np.unique(configurations)
        return both, both
    return np.unique(configurations[:, 0]), np.unique(configurations[:, 1])


def _status(
    problem: ElectronicProblem, best: Subspace, uniform: Subspace, selected: Subspace, right: np.ndarray, mend: bool
) -> str:
    sentences = ["Converged." if best.converged else "Not converged."]
    wrong = int((~right).sum())
    if wrong:
        done = "were mended" if mend else "were left out"
        sentences.append(f"{wrong:,} of {len(right):,} samples had the wrong number of electrons and {done}.")
    spin = 0.5 * abs(problem.n_alpha - problem.n_beta)
    if abs(best.s_squared - spin * (spin + 1)) > _OTHER_SPIN:
        sentences.append(
            f"The state has S² = {best.s_squared:.2f}, not the {spin * (spin + 1):.2f} of its unpaired electrons."
        )
    ahead = 1e3 * (best.energy - uniform.energy)
    if ahead > -1e3 * _SAME:
        how = f"{ahead:.2f} mHa lower" if ahead > 1e3 * _SAME else "the same energy"
        sentences.append(f"As many uniformly random determinants reach {how}: the samples add nothing here.")
    excess = 1e3 * (best.energy - selected.energy)
    if excess > 1e3 * _SAME:
        sentences.append(f"Selected CI with {selected.determinants:,} determinants lies {excess:.2f} mHa lower.")
    return " ".join(sentences)
