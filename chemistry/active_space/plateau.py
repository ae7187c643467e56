"""Where to end a list of orbitals that is sorted by entropy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# A plateau in the sense of autoCAS: no entropy within a range of a tenth of the largest.
PLATEAU = 0.1
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Plateau:
    """So many orbitals, and how clearly they stand apart."""

    members: tuple[int, ...]  # places in the ranking, counted from 0
    step: float  # from the least entropy inside to the largest outside, in units of the largest
    is_plateau: bool
    beyond_budget: int | None  # orbitals of the largest space that ends at a plateau, if the budget forbids it


def find_plateau(
    entropies: np.ndarray, occupations: np.ndarray, *, max_orbitals: int, complete: bool = True
) -> Plateau:
    """The largest space within the budget that ends at a plateau, or else at the widest step.

    Args:
        entropies: Descending, shape (n_orbitals,).
        occupations: Of each in the reference determinant, 2, 1 or 0; those with 1 are always taken, and one of each
            other kind, as far as the budget goes.
        max_orbitals: The most orbitals to take.
        complete: Whether these are all orbitals; if not, the last is not known to stand apart from what follows.
    """
    scale = max(float(entropies[0]), 1e-12)
    paired = np.flatnonzero(occupations != 1)
    singly = np.flatnonzero(occupations == 1)
    kinds = set(occupations[paired].tolist())
    options = []
    for n_taken in range(1, len(paired) + 1):
        taken = paired[:n_taken]
        if set(occupations[taken].tolist()) != kinds:
            continue
        unlisted = 0.0 if complete else float(entropies[taken[-1]])
        following = float(entropies[paired[n_taken]]) if n_taken < len(paired) else unlisted
        step = (float(entropies[taken[-1]]) - following) / scale
        options.append((len(singly) + n_taken, step, tuple(sorted([*taken.tolist(), *singly.tolist()]))))
    within = [option for option in options if option[0] <= max_orbitals]
    plateaus = [option for option in within if option[1] >= PLATEAU - _ROUNDING]
    beyond = [n for n, step, _ in options if step >= PLATEAU - _ROUNDING and n > max_orbitals]
    if plateaus:
        _, step, members = plateaus[-1]
    elif within:
        _, step, members = max(within, key=lambda option: option[1])
    else:
        firsts = sorted(int(np.flatnonzero(occupations == kind)[0]) for kind in kinds)
        step, members = 0.0, tuple(sorted([*firsts[: max_orbitals - len(singly)], *singly.tolist()]))
    return Plateau(members=members, step=step, is_plateau=bool(plateaus), beyond_budget=beyond[-1] if beyond else None)
