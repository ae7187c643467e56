"""Excitations between spin orbitals: which ones symmetry allows, their MP2 amplitudes, and the gates that apply them.

Spin up of orbital p is wire 2p, spin down is wire 2p + 1. An excitation with sources i < j and targets a < b stands for
tau = a†_a a†_b a_j a_i, and its gate for exp(amplitude (tau - tau†)).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from chemistry.problem import ElectronicProblem


@dataclass(frozen=True)
class Excitation:
    """One or two electrons moved from source to target wires, both in ascending order."""

    sources: tuple[int, ...]
    targets: tuple[int, ...]

    def spin_flipped(self) -> Excitation:
        """The same excitation of the other spin."""
        return Excitation(_flipped(self.sources), _flipped(self.targets))

    def spin_flip_sign(self) -> int:
        """The factor -1 for each pair whose order the flip reverses: then its creators (annihilators) change places."""
        reversed_pairs = sum(
            len(wires) == 2 and (wires[0] ^ 1) > (wires[1] ^ 1) for wires in (self.sources, self.targets)
        )
        return -1 if reversed_pairs == 1 else 1

    def apply(self, amplitude: Any) -> None:
        """Apply its gate; the amplitude may be a number or a parameter of a circuit that is being recorded."""
        import pennylane as qml

        if len(self.sources) == 1:
            (source,), (target,) = self.sources, self.targets
            wires = list(range(min(source, target), max(source, target) + 1))
            qml.FermionicSingleExcitation((2.0 if target > source else -2.0) * amplitude, wires=wires)
            return
        # Only the ends of the two wire lists are excited; whatever stands between them carries the Jordan-Wigner
        # string, which is the wires between the lowest two and between the highest two.
        lowest, second, third, highest = sorted(self.sources + self.targets)
        string = [*range(lowest + 1, second), *range(third + 1, highest)]
        if not string:  # as where a pair changes its orbital; this gate takes less than a third of the CNOTs
            qml.DoubleExcitation(2.0 * amplitude, wires=[*self.targets, *self.sources])
            return
        qml.FermionicDoubleExcitation(
            -2.0 * amplitude, wires1=[self.sources[0], *string, self.sources[1]], wires2=list(self.targets)
        )


def reference_excitations(problem: ElectronicProblem) -> tuple[list[Excitation], list[Excitation]]:
    """Singles and doubles from the reference determinant that keep spin and point-group symmetry."""
    occupied = np.flatnonzero(problem.reference_occupation == 1).tolist()
    empty = np.flatnonzero(problem.reference_occupation == 0).tolist()
    singles = [Excitation((i,), (a,)) for i in occupied for a in empty if is_allowed(problem, (i,), (a,))]
    doubles = [
        Excitation(sources, targets)
        for sources in combinations(occupied, 2)
        for targets in combinations(empty, 2)
        if is_allowed(problem, sources, targets)
    ]
    return singles, doubles


def is_allowed(problem: ElectronicProblem, sources: tuple[int, ...], targets: tuple[int, ...]) -> bool:
    """Whether moving electrons from source to target wires keeps S_z and the point group's symmetry."""
    if sum(w % 2 for w in sources) != sum(w % 2 for w in targets):
        return False
    product = 0
    for wire in sources + targets:
        product ^= int(problem.wire_irreps[wire])
    return product == 0


def mp2_amplitude(problem: ElectronicProblem, excitation: Excitation) -> float:
    """The first-order amplitude <ab||ij> / (e_i + e_j - e_a - e_b); zero for a single.

    Møller and Plesset, Phys. Rev. 46, 618 (1934).
    """
    coupling, gap = _coupling_and_gap(problem, excitation)
    return coupling / gap if coupling else 0.0


def starting_amplitude(problem: ElectronicProblem, excitation: Excitation) -> float:
    """The MP2 amplitude, kept finite where orbitals are nearly degenerate.

    It is the angle that diagonalises the reference and the excited determinant with MP2's energy gap between them:
    atan(2 t) / 2, which is t for a small t and never more than pi / 4.
    """
    coupling, gap = _coupling_and_gap(problem, excitation)
    return -0.5 * float(np.arctan2(2.0 * coupling, -gap)) if coupling else 0.0


def starting_gain(problem: ElectronicProblem, excitation: Excitation) -> float:
    """By how much a starting amplitude by itself lowers the energy with MP2's gap, hartree, at least zero."""
    coupling, gap = _coupling_and_gap(problem, excitation)
    return float(np.hypot(coupling, 0.5 * gap) - 0.5 * abs(gap)) if coupling else 0.0


def _coupling_and_gap(problem: ElectronicProblem, excitation: Excitation) -> tuple[float, float]:
    if len(excitation.sources) == 1:
        return 0.0, 1.0
    (i, j), (a, b) = excitation.sources, excitation.targets
    energies = problem.wire_energies
    coupling = problem.repulsion(a, i, b, j) - problem.repulsion(a, j, b, i)
    return coupling, float(energies[i] + energies[j] - energies[a] - energies[b])


def _flipped(wires: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(wire ^ 1 for wire in wires))
