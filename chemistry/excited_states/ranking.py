"""Which configurations lead to the lowest states: a small configuration interaction among them decides.

The energies of single configurations are a poor guide where several of one kind mix, as in degenerate shells: the
lowest states are then those with the strongest coupling. The interaction of the reference with its single and double
excitations, each symmetry and spin for itself, is cheap, and says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.excited_states.configurations import TRIPLET, Configuration, Configurations, configurations

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

_MOST = 1500  # configurations of one symmetry and spin that interact; the lowest are taken
_SAME_WEIGHT = 1e-6


@dataclass(frozen=True, kw_only=True)
class RankedConfiguration:
    """A configuration, and the energy of the state in which it is the leading one."""

    configuration: Configuration
    state_energy: float  # hartree, by configuration interaction


def ranked_configurations(problem: ElectronicProblem, multiplicity: int | None = None) -> list[RankedConfiguration]:
    """The configurations that lead to the lowest states, in that order, all of them in the end.

    Each state is led by its heaviest configuration that leads none below it.

    Args:
        problem: The electronic problem.
        multiplicity: Of the configurations; None: any. Those that mix spins are always included.
    """
    everything = configurations(problem)
    by_kind: dict[tuple[int, bool], list[int]] = {}
    for number, configuration in enumerate(everything.members):
        if multiplicity is None or configuration.multiplicity in (multiplicity, None):
            # Of an open shell's determinants, those that mix spins interact with those that do not.
            odd = problem.n_alpha == problem.n_beta and configuration.multiplicity == TRIPLET
            by_kind.setdefault((configuration.irrep, odd), []).append(number)
    ranked = [one for numbers in by_kind.values() for one in _ranked(everything, numbers)]
    # Rounded, so that the order of degenerate states does not hang on the last digit.
    return sorted(ranked, key=lambda one: (round(one.state_energy, 7), round(one.configuration.energy, 7)))


def _ranked(everything: Configurations, numbers: list[int]) -> list[RankedConfiguration]:
    ascending = sorted(numbers, key=lambda number: round(everything.members[number].energy, 8))
    interacting, rest = ascending[:_MOST], ascending[_MOST:]
    block = everything.interaction[interacting][:, interacting].toarray()
    energies, columns = np.linalg.eigh(0.5 * (block + block.T))
    free = np.ones(len(interacting), dtype=bool)
    results = []
    for energy, column in zip(energies.tolist(), columns.T, strict=True):
        weights = np.where(free, column**2, -1.0)
        # The first of those that weigh the same.
        leader = int(np.argmax(weights > weights.max() - _SAME_WEIGHT))
        free[leader] = False
        member = everything.members[interacting[leader]]
        results.append(RankedConfiguration(configuration=member, state_energy=energy))
    left_out = [everything.members[number] for number in rest]
    return results + [RankedConfiguration(configuration=one, state_energy=one.energy) for one in left_out]
