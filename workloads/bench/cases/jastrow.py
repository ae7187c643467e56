"""Orbital rotations and density-density phases: the local cluster Jastrow circuit that ffsim is made for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workloads.bench.case import Case, Gate, Start
from workloads.bench.cases.molecules import matrix_over_all_states, problem_of
from workloads.bench.traffic import Traffic


@dataclass(frozen=True, kw_only=True)
class Jastrow:
    """The same circuit by orbitals: Givens rotations, then phases and Givens rotations `n_repetitions` times.

    Parameters stand in that order; each turns both spins alike.
    """

    problem: Any = field(repr=False)
    n_repetitions: int
    givens: tuple[tuple[int, int], ...]  # neighbouring orbitals, the first pair acts first
    same_spin: tuple[tuple[int, int], ...]  # orbitals whose densities turn the phase
    opposite_spin: tuple[tuple[int, int], ...]


def jastrow_case(molecule: str, n_repetitions: int, *, gradient: bool, series: str | None = None) -> Case:
    """Local unitary cluster Jastrow with full orbital rotations (Motta et al., Chem. Sci. 14, 11213, 2023)."""
    problem = problem_of(molecule)
    n = problem.n_orbitals
    brickwork = tuple((p, p + 1) for layer in range(n) for p in range(layer % 2, n - 1, 2))
    form = Jastrow(
        problem=problem,
        n_repetitions=n_repetitions,
        givens=brickwork,
        same_spin=tuple((p, p + 1) for p in range(n - 1)),
        opposite_spin=tuple((p, p) for p in range(n)),
    )
    gates = jastrow_gates(form)
    n_params = 1 + max(gate.slot or 0 for gate in gates)
    repeated = f"{n_repetitions} repetition{'s' if n_repetitions > 1 else ''}"
    return Case(
        name=f"jastrow{n_repetitions}-{molecule.lower()}-{'gradient' if gradient else 'value'}",
        label=f"Jastrow {molecule}, {repeated}",
        gradient=gradient,
        start=Start(n_wires=problem.n_wires, occupied=tuple(np.flatnonzero(problem.reference_occupation).tolist())),
        gates=gates,
        params=0.1 * np.random.default_rng(2).normal(size=n_params),
        observable=problem.hamiltonian,
        matrix=matrix_over_all_states(problem),
        traffic=Traffic(gates=gates, is_real=False),
        jastrow=form,
        series=series,
        size=problem.n_wires,
    )


def jastrow_gates(form: Jastrow) -> list[Gate]:
    """The circuit in PennyLane's gates: spin up of orbital p is wire 2p, spin down is wire 2p + 1."""
    gates: list[Gate] = []
    slot = 0
    for repetition in range(form.n_repetitions + 1):
        if repetition:
            for p, q in form.same_spin:
                gates += [Gate("ControlledPhaseShift", (2 * p + s, 2 * q + s), slot) for s in (0, 1)]
                slot += 1
            for p, q in form.opposite_spin:
                both = [(2 * p, 2 * q + 1)] if p == q else [(2 * p, 2 * q + 1), (2 * q, 2 * p + 1)]
                gates += [Gate("ControlledPhaseShift", wires, slot) for wires in both]
                slot += 1
        for p, q in form.givens:
            for s in (0, 1):
                gates.append(Gate("FermionicSingleExcitation", tuple(range(2 * p + s, 2 * q + s + 1)), slot, -2.0))
            slot += 1
    return gates
