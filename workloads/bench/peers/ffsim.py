"""ffsim: a simulator of fermions that, as this runtime does, keeps particle number and spin only.

It has no factorised excitation gates, so coupled cluster is not compared. Its own circuits are Givens rotations, joined
to one orbital rotation per layer, and density-density phases; the Hamiltonian is applied by PySCF's contractions. For
one repetition it also has energy and gradient without a state vector, compiled by JAX, and the faster of the two is
taken; that gradient is by ffsim's own coordinates, and is compared through the derivative of those by ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from workloads.bench.case import Case
from workloads.bench.cases.jastrow import Jastrow
from workloads.bench.peers.configuration import Configuration, NotForThisPeerError

NAME, MODULE, DISTRIBUTION = "ffsim", "ffsim", "ffsim"
LEAST_THREADS = 8
STEP = 2e-3  # of the fourth-order differences that translate its gradient


def configurations(case: Case) -> Iterator[Configuration]:
    """Every configuration that may be the fastest, the likeliest first.

    Raises:
        NotForThisPeerError: if the circuit is none of ffsim's.
    """
    # Its compiled gradient never returns where JAX's pool has two threads: they wait for each other. JAX reads the size
    # of the pool here when it first computes.
    os.environ.setdefault("NPROC", str(max(LEAST_THREADS, os.cpu_count() or 1)))
    form = case.jastrow
    if form is None:
        raise NotForThisPeerError("no factorised excitation gates, and no qubits")
    if case.gradient and form.n_repetitions != 1:
        raise NotForThisPeerError("a gradient for one repetition only")
    if case.gradient:
        yield _without_state_gradient(case, form)
        return
    yield _by_state(case, form)
    if form.n_repetitions == 1:
        yield _without_state(case, form)


def _by_state(case: Case, form: Jastrow) -> Configuration:
    import ffsim

    n, electrons = form.problem.n_orbitals, (form.problem.n_alpha, form.problem.n_beta)
    matrix = ffsim.linear_operator(_hamiltonian(form), norb=n, nelec=electrons)
    start = ffsim.hartree_fock_state(n, electrons)

    def run() -> float:
        vector = start.astype(np.complex128)
        for operator in _operators(case.params, form):
            vector = ffsim.apply_unitary(vector, operator, norb=n, nelec=electrons, copy=False)
        return float(np.vdot(vector, matrix @ vector).real)

    return Configuration("state vector", run, lambda value: (value, None))


def _without_state(case: Case, form: Jastrow) -> Configuration:
    import ffsim

    hamiltonian, electrons = _hamiltonian(form), (form.problem.n_alpha, form.problem.n_beta)

    def run() -> float:
        return float(ffsim.ucj_energy_spin_balanced(_joined(case.params, form), hamiltonian, electrons))

    return Configuration("without a state vector", run, lambda value: (value, None), compiles=True)


def _without_state_gradient(case: Case, form: Jastrow) -> Configuration:
    import ffsim

    pairs = (list(form.same_spin), list(form.opposite_spin))
    evaluate = ffsim.ucj_energy_and_grad_func_spin_balanced(
        _hamiltonian(form),
        (form.problem.n_alpha, form.problem.n_beta),
        interaction_pairs=pairs,
        with_final_orbital_rotation=True,
    )

    def coordinates(params: np.ndarray) -> np.ndarray:
        return np.asarray(_joined(params, form).to_parameters(interaction_pairs=pairs))

    here = coordinates(case.params)

    def outcome(found: Any) -> tuple[float, np.ndarray]:
        value, slopes = found
        gradient = np.empty(case.n_params)
        for k in range(case.n_params):
            step = np.zeros(case.n_params)
            step[k] = STEP
            near = coordinates(case.params + step) - coordinates(case.params - step)
            far = coordinates(case.params + 2 * step) - coordinates(case.params - 2 * step)
            gradient[k] = slopes @ (8 * near - far) / (12 * STEP)
        return float(value), gradient

    return Configuration("without a state vector", lambda: evaluate(here), outcome, compiles=True)


def _hamiltonian(form: Jastrow) -> Any:
    import ffsim

    problem = form.problem
    return ffsim.MolecularHamiltonian(problem.one_body, problem.two_body, constant=problem.constant)


def _operators(params: np.ndarray, form: Jastrow) -> Iterator[Any]:
    """The circuit's layers as ffsim's operators, in order."""
    import ffsim

    n, taken = form.problem.n_orbitals, 0

    def take(count: int) -> np.ndarray:
        nonlocal taken
        taken += count
        return params[taken - count : taken]

    for repetition in range(form.n_repetitions + 1):
        if repetition:
            yield ffsim.NumNumAnsatzOpSpinBalanced(
                norb=n,
                interaction_pairs=(list(form.same_spin), list(form.opposite_spin)),
                thetas=(take(len(form.same_spin)), take(len(form.opposite_spin))),
            )
        yield ffsim.GivensAnsatzOp(
            norb=n,
            interaction_pairs=list(form.givens),
            thetas=take(len(form.givens)),
            phis=None,
            phase_angles=None,
        )


def _joined(params: np.ndarray, form: Jastrow) -> Any:
    """One repetition, second rotation * phases * first rotation, in ffsim's form final * U * phases * U^dagger."""
    import ffsim

    first, phases, second = _operators(params, form)
    one, two = first.to_orbital_rotation(), second.to_orbital_rotation()
    return ffsim.UCJOpSpinBalanced(
        diag_coulomb_mats=phases.to_diag_coulomb_mats()[None],
        orbital_rotations=one.conj().T[None],
        final_orbital_rotation=two @ one,
    )
