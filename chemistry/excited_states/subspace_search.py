"""Subspace-search VQE: one circuit turns several orthogonal configurations into several states at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import runtime
from chemistry.excited_states.configurations import Configuration, StartedFrom
from chemistry.excited_states.determinant_vector import DeterminantVector
from chemistry.excited_states.generalised_circuit import circuit_for
from chemistry.excited_states.penalties import PenalisedHamiltonian
from chemistry.excited_states.ranking import ranked_configurations
from chemistry.excited_states.requirements import check_shared_orbitals, check_states, check_structure
from chemistry.excited_states.state import ExcitedStates, Found, ascending, described
from runtime.minimization import BFGS, LBFGS

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz
    from chemistry.problem import ElectronicProblem

_MOST_DENSE_PARAMETERS = 2000  # an inverse Hessian of 32 MB; beyond it, the method of limited memory
_NEARLY_DEGENERATE = 0.05  # hartree; configurations this near the last one needed are taken along
_UNCOUPLED = 1e-9  # hartree; states with smaller elements between them belong to different symmetries


def ssvqe(
    problem: ElectronicProblem,
    ansatz: Ansatz | None = None,
    *,
    n_states: int = 4,
    multiplicity: int | None = None,
    weights: Sequence[float] | None = None,
    initial_params: np.ndarray | None = None,
    seed: int = 7,
    gradient_tolerance: float = 1e-5,
    max_evaluations: int = 4000,
    time_limit: float | None = None,
) -> ExcitedStates:
    """The lowest states by subspace search, or by state averaging where all weights are equal.

    The circuit U is trained to minimize sum_k w_k <k|U+ H U|k> over orthogonal configurations k; as U keeps them
    orthogonal no state can collapse onto another. The Hamiltonian between the trained states is then diagonalised,
    which needs only overlaps of few states and finishes what equal weights leave open. Configurations nearly degenerate
    with the last one needed are taken along, so that no part of a degenerate level is left out.

    Nakanishi, Mitarai and Fujii, Phys. Rev. Research 1, 033062 (2019); with the diagonalisation: Parrish, Hohenstein,
    McMahon and Martinez, Phys. Rev. Lett. 122, 230401 (2019).

    Args:
        problem: The electronic problem; all states have its numbers of electrons of either spin.
        ansatz: A circuit that begins with `qml.BasisState`; None: generalised singles and doubles, repeated as
            so many states at once ask for.
        n_states: How many states, the lowest included.
        multiplicity: 2 S + 1 of all states, held by a penalty on S^2; None: any.
        weights: One for each configuration in ascending order of energy, positive and not ascending; None: equal ones.
            Where they are given their number says how many configurations are used.
        initial_params: Where the training starts, shape (n_params,); None: near zero.
        seed: Of the small displacement of the start.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        max_evaluations: Of the weighted energy and its gradient.
        time_limit: Seconds, for the training.

    Returns:
        The lowest `n_states` of the subspace, lowest first.

    Raises:
        ValueError: If there are fewer configurations than states, the weights are not positive and descending, both
            spins have orbitals of their own, or the ansatz has another beginning or no structure.
    """
    check_shared_orbitals(problem)
    check_states(problem, n_states, multiplicity)
    chosen = _chosen(problem, n_states, multiplicity, None if weights is None else len(weights))
    shares = np.ones(len(chosen)) if weights is None else _checked_weights(weights, n_states)
    circuit = circuit_for(problem, Counter(c.irrep for c in chosen)) if ansatz is None else ansatz
    start = np.zeros(circuit.n_params) if initial_params is None else np.asarray(initial_params, dtype=np.float64)
    if start.shape != (circuit.n_params,):
        raise ValueError(f"{circuit.name} takes {circuit.n_params} parameters, but the start has shape {start.shape}.")
    if initial_params is None:
        start = start + np.random.default_rng(seed).normal(scale=0.03, size=start.shape)
    circuits = [StartedFrom(ansatz=circuit, configuration=configuration) for configuration in chosen]
    programs = [runtime.compile(one, problem.hamiltonian) for one in circuits]
    for program in programs:
        check_structure(program, "Subspace search")
    trained_for = programs
    if multiplicity is not None:
        held = PenalisedHamiltonian(problem, multiplicity=multiplicity)
        trained_for = [runtime.compile(one, held) for one in circuits]
    shares = shares / shares.sum()

    def weighted(params: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = 0.0, np.zeros(circuit.n_params)
        for share, program in zip(shares, trained_for, strict=True):
            one, slope = program.value_and_grad(params)
            value += share * one
            gradient += share * slope
        return value, gradient

    method = BFGS if circuit.n_params <= _MOST_DENSE_PARAMETERS else LBFGS
    minimum = runtime.minimize(
        weighted, start, method=method(), gradient_tolerance=gradient_tolerance / len(chosen),
        max_evaluations=max_evaluations, time_limit=time_limit,
    )  # fmt: skip
    trained = [DeterminantVector.of_program(program, minimum.parameters) for program in programs]
    states = [
        Found(vector=vector, energy=energy, converged=minimum.status.converged, status=minimum.status.value)
        for energy, vector in diagonalised(problem, trained)
    ]
    return ExcitedStates(
        method="SSVQE" if weights is not None else "state-averaged SSVQE",
        states=described(problem, ascending(states)[:n_states]),
        n_params=circuit.n_params,
        n_evaluations=minimum.n_evaluations,
        status=f"{len(chosen)} configurations through one circuit. {minimum.status.value}",
    )


def diagonalised(
    problem: ElectronicProblem, vectors: Sequence[DeterminantVector]
) -> list[tuple[float, DeterminantVector]]:
    """The eigenstates of the Hamiltonian between orthonormal states, with their energies in hartree.

    States that the Hamiltonian does not couple are never mixed, however close their energies.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    images = [vector.times_hamiltonian(problem) for vector in vectors]
    matrix = np.array([[left.dot(image) for image in images] for left in vectors])
    matrix = 0.5 * (matrix + matrix.conj().T)
    n_blocks, block_of = connected_components(csr_array(np.abs(matrix) > _UNCOUPLED), directed=False)
    results = []
    for block in range(n_blocks):
        members = np.flatnonzero(block_of == block).tolist()
        energies, columns = np.linalg.eigh(matrix[np.ix_(members, members)])
        for energy, column in zip(energies, columns.T, strict=True):
            results.append((float(energy), DeterminantVector.combined([vectors[i] for i in members], column)))
    return results


def _chosen(
    problem: ElectronicProblem, n_states: int, multiplicity: int | None, count: int | None
) -> list[Configuration]:
    suitable = [
        one
        for one in ranked_configurations(problem, multiplicity)
        if multiplicity is None or one.configuration.multiplicity == multiplicity
    ]
    wanted = n_states if count is None else count
    if wanted > len(suitable):
        spin = "" if multiplicity is None else f" of multiplicity {multiplicity}"
        raise ValueError(
            f"{wanted} configurations{spin} were asked for, but this problem has {len(suitable)} with up to two excited"
            " electrons: ask for fewer states, or take a larger active space."
        )
    if count is None:
        highest = suitable[n_states - 1].state_energy + _NEARLY_DEGENERATE
        wanted = sum(one.state_energy <= highest for one in suitable)
    return [one.configuration for one in suitable[:wanted]]


def _checked_weights(weights: Sequence[float], n_states: int) -> np.ndarray:
    shares = np.asarray(weights, dtype=np.float64)
    good = shares.ndim == 1 and np.isfinite(shares).all() and (shares > 0).all() and (np.diff(shares) <= 0).all()
    if not good or len(shares) < n_states:
        raise ValueError(
            f"Weights are at least {n_states} positive numbers, one for each state and none larger than the one before,"
            f" but {list(weights)} was given."
        )
    return shares
