"""The lowest exact states of a problem, each of one irrep and one spin, so that it can be followed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chemistry.excited_states.determinant_vector import string_irreps
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension

_SAME_ENERGY = 1e-6  # hartree
_DENSE = 800  # determinants of which the Hamiltonian is written out
_LARGEST = 5_000_000  # determinants
_MOST_CYCLES = 300


@dataclass(frozen=True, kw_only=True)
class ExactState:
    """An eigenstate in the active space."""

    energy: float  # hartree
    spin_squared: float  # in units of hbar^2
    irrep: int
    converged: bool
    vector: np.ndarray = field(repr=False)  # shape: (n_alpha_strings, n_beta_strings), in PySCF's order

    @property
    def multiplicity(self) -> int:
        """2S + 1."""
        return round(float(np.sqrt(4.0 * max(self.spin_squared, 0.0) + 1.0)))


def lowest_states(problem: ElectronicProblem, n_states: int) -> tuple[ExactState, ...]:
    """The lowest eigenstates with the problem's electrons of each spin, by full CI in each irrep apart.

    A solver that treats all irreps at once mixes degenerate states of several and can miss one of them.

    Args:
        problem: Over orbitals that both spins share.
        n_states: How many, or all there are.

    Raises:
        ValueError: If the determinants would be too many.
    """
    n_alpha, n_beta = problem.n_alpha, problem.n_beta
    labels = string_irreps(problem.irreps, n_alpha)[:, None] ^ string_irreps(problem.irreps, n_beta)[None, :]
    if labels.size > _LARGEST:
        raise ValueError(
            f"Exact states of {labels.size:,} determinants, of which the reference's irrep has "
            f"{sector_dimension(problem):,}, are too many to follow: ask for no states, or for a smaller active space."
        )
    found = [
        state
        for irrep in np.unique(labels).tolist()
        for state in _states_of_irrep(problem, irrep, min(n_states, int((labels == irrep).sum())))
    ]
    # Degenerate states in the order of their irreps, on every run.
    found.sort(key=lambda state: (round(state.energy / _SAME_ENERGY), state.irrep))
    return tuple(found[:n_states])


def _states_of_irrep(problem: ElectronicProblem, irrep: int, n_states: int) -> list[ExactState]:
    from pyscf import fci, gto

    electrons = (problem.n_alpha, problem.n_beta)
    mol = gto.M(verbose=0)
    mol.max_memory = 100_000
    solver = fci.direct_spin1_symm.FCISolver(mol)
    solver.conv_tol, solver.max_cycle, solver.max_space = 1e-11, _MOST_CYCLES, 30
    solver.pspace_size = _DENSE
    energies, vectors = solver.kernel(
        problem.one_body, problem.two_body, problem.n_orbitals, electrons,
        ecore=problem.constant, orbsym=problem.irreps, wfnsym=irrep, nroots=n_states,
    )  # fmt: skip
    vectors = [np.asarray(vector) for vector in ([vectors] if n_states == 1 else vectors)]
    energies, converged = np.atleast_1d(energies).astype(float), np.broadcast_to(solver.converged, (n_states,))
    states: list[ExactState] = []
    start = 0
    for stop in range(1, len(vectors) + 1):
        if stop < len(vectors) and energies[stop] - energies[start] < _SAME_ENERGY:
            continue
        for vector, spin_squared in _of_one_spin(vectors[start:stop], problem.n_orbitals, electrons):
            energy = float(energies[start:stop].mean())
            ended = bool(converged[start:stop].all())
            states.append(
                ExactState(energy=energy, spin_squared=spin_squared, irrep=irrep, converged=ended, vector=vector)
            )
        start = stop
    return states


def _of_one_spin(
    vectors: list[np.ndarray], n_orbitals: int, electrons: tuple[int, int]
) -> list[tuple[np.ndarray, float]]:
    """Degenerate states mixed so that each has one spin, lowest first."""
    from pyscf.fci import spin_op

    images = [spin_op.contract_ss(vector, n_orbitals, electrons) for vector in vectors]
    matrix = np.array([[np.vdot(bra, image) for image in images] for bra in vectors])
    values, rotation = np.linalg.eigh(0.5 * (matrix + matrix.T))
    mixed = np.einsum("kij,kl->lij", np.array(vectors), rotation)
    return [(np.ascontiguousarray(vector), float(value)) for vector, value in zip(mixed, values, strict=True)]
