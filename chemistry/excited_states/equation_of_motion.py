"""Excitation energies from the equation of motion, given what excitation operators make of a state.

With operators R_j, excitations and their adjoints alike, O+ = sum_j z_j R_j excites by omega where A z = omega S z,

    A_ij = <0|[R_i+, H, R_j]|0>,    S_ij = <0|[R_i+, R_j]|0>,    2 [A, B, C] = [[A, B], C] + [A, [B, C]].

Sorted into excitations and adjoints, A holds the matrices M and Q of the literature, and S holds V and W.

Rowe, Rev. Mod. Phys. 40, 153 (1968); Ollitrault et al., Phys. Rev. Research 2, 043140 (2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_REDUNDANT = 1e-8  # squared length, of the largest, below which a combination of operators does nothing to the state
_STABLE = 1e-7  # hartree; a smaller curvature counts as none
_DEGENERATE = 1e-5  # hartree, that the curvature may be below zero by: a state of the same energy has none
_REAL = 1e-6  # hartree, of an imaginary part that is rounding
_PROPER = 1e-6  # squared norm from which a solution excites; zero modes and de-excitations have less


@dataclass(frozen=True, eq=False, kw_only=True)
class Images:
    """What operators R_j, their adjoints and the Hamiltonian make of a state |0>, one column for each operator."""

    raised: np.ndarray  # shape: (n_determinants, n_operators); R_j|0>
    lowered: np.ndarray  # R_j+|0>
    energy_raised: np.ndarray  # H R_j|0>, hartree
    energy_lowered: np.ndarray  # H R_j+|0>, hartree
    raised_energy: np.ndarray  # R_j H|0>, hartree
    lowered_energy: np.ndarray  # R_j+ H|0>, hartree

    def with_adjoints(self) -> Images:
        """The operators followed by their adjoints."""
        return Images(
            raised=np.hstack([self.raised, self.lowered]),
            lowered=np.hstack([self.lowered, self.raised]),
            energy_raised=np.hstack([self.energy_raised, self.energy_lowered]),
            energy_lowered=np.hstack([self.energy_lowered, self.energy_raised]),
            raised_energy=np.hstack([self.raised_energy, self.lowered_energy]),
            lowered_energy=np.hstack([self.lowered_energy, self.raised_energy]),
        )

    def curvature(self) -> np.ndarray:
        """The matrix A, hartree, shape (n_operators,) * 2."""
        up, down = self.raised.conj().T, self.lowered.conj().T
        outer = up @ self.energy_raised + (down @ self.energy_lowered).T
        inner = up @ self.raised_energy + (self.lowered_energy.conj().T @ self.lowered).T
        inner = inner + self.raised_energy.conj().T @ self.raised + (down @ self.lowered_energy).T
        matrix = outer - 0.5 * inner
        return 0.5 * (matrix + matrix.conj().T)

    def metric(self) -> np.ndarray:
        """The matrix S, shape (n_operators,) * 2."""
        matrix = self.raised.conj().T @ self.raised - (self.lowered.conj().T @ self.lowered).T
        return 0.5 * (matrix + matrix.conj().T)

    def lengths(self) -> np.ndarray:
        """How much combinations of operators change the state at all, shape (n_operators,) * 2."""
        return self.raised.conj().T @ self.raised + (self.lowered.conj().T @ self.lowered).T


@dataclass(frozen=True, eq=False, kw_only=True)
class Excitations:
    """The solutions of the equation of motion that excite, lowest first."""

    energies: np.ndarray  # shape: (n_solutions,), hartree; below zero where the state is not the lowest
    amplitudes: np.ndarray  # shape: (n_operators, n_solutions), with z+ S z = 1
    stable: bool  # whether no combination of operators lowers the energy
    degenerate: bool = False  # whether one leaves it as it is: such a state has no response of its own


def solve_projected(raised: np.ndarray, energy_raised: np.ndarray, energy: float) -> Excitations:
    """Solve for operators |R_j 0><0| instead of R_j, which annihilate what they lead to.

    Of an exact state nothing is left then but the Hamiltonian between the states R_j|0>: no excitation energy lies
    below the exact one, whatever the operators.

    Ziems, Kjellgren, Reinholdt, Jensen, Sauer, Kongsted and Coriani, J. Chem. Theory Comput. 20, 3551 (2024).

    Args:
        raised: R_j|0> without its part along |0>, shape (n_determinants, n_operators).
        energy_raised: H R_j|0>, of the same vectors, hartree.
        energy: Of |0>, hartree.
    """
    squared, directions = np.linalg.eigh(raised.conj().T @ raised)
    kept = squared > _REDUNDANT * squared.max(initial=0.0)
    basis = directions[:, kept] / np.sqrt(squared[kept])
    matrix = basis.conj().T @ (raised.conj().T @ energy_raised) @ basis
    energies, columns = np.linalg.eigh(0.5 * (matrix + matrix.conj().T))
    stable = bool((energies > energy - _DEGENERATE).all())
    return Excitations(energies=energies - energy, amplitudes=basis @ columns, stable=stable)


def solve(images: Images) -> Excitations:
    """Solve A z = omega S z stably.

    Combinations of operators that do nothing are removed first. Around a minimum A is then positive definite, and
    S z = (1 / omega) A z is a symmetric problem: its eigenvalues are real however badly S is conditioned. Around
    another state the problem is solved as it stands, and solutions with a complex energy are left out.
    """
    import scipy.linalg

    squared, directions = np.linalg.eigh(images.lengths())
    kept = squared > _REDUNDANT * squared.max(initial=0.0)
    basis = directions[:, kept] / np.sqrt(squared[kept])
    curvature, metric = (basis.conj().T @ matrix @ basis for matrix in (images.curvature(), images.metric()))
    if not kept.any():
        return Excitations(energies=np.zeros(0), amplitudes=np.zeros((len(squared), 0)), stable=True)
    curvatures = np.linalg.eigvalsh(curvature)
    lowest = float(curvatures[0])
    if lowest > _STABLE:
        inverse, columns = scipy.linalg.eigh(metric, curvature)
        proper = inverse > _PROPER
        energies, columns = 1.0 / inverse[proper], columns[:, proper]
        norms = inverse[proper]
    else:
        values, columns = scipy.linalg.eig(curvature, metric)
        norms = np.einsum("ik,ij,jk->k", columns.conj(), metric, columns).real
        lengths = np.einsum("ik,ik->k", columns.conj(), columns).real
        with np.errstate(invalid="ignore"):
            proper = np.isfinite(values) & (np.abs(values.imag) < _REAL) & (norms > _PROPER * lengths)
        energies, columns, norms = values[proper].real, columns[:, proper], norms[proper]
        if not np.iscomplexobj(curvature):
            columns = columns.real
    order = np.argsort(energies)
    amplitudes = basis @ (columns / np.sqrt(norms))[:, order]
    return Excitations(
        energies=energies[order],
        amplitudes=amplitudes,
        stable=lowest > -_DEGENERATE,
        degenerate=bool((np.abs(curvatures) <= _DEGENERATE).any()),
    )
