"""Which irreps the electrons of a restricted mean field occupy, the same on every run.

A field keeps the irreps' occupations that its first cycles happen to fall into, and where orbitals are degenerate, as
the pi orbitals of a radical, rounding decides between equals. So one electron or pair at a time is moved between the
frontier orbitals of two irreps. The lowest is kept; of equal energies, the choice that fills irreps of lower number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_EQUAL = 1e-7  # hartree, of the whole molecule
_MOST_MOVES = 20

Occupation = tuple[tuple[int, int], ...]  # electrons of spin up and down in each irrep


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Which moves are tried."""

    window: float  # hartree, at most, between the orbitals of a move
    relaxation: float  # hartree, at most, by which it raises the energy before orbitals follow


NEAR = Reach(window=0.5, relaxation=0.15)
FAR = Reach(window=1.0, relaxation=0.4)
Solve = Callable[[Any, np.ndarray, np.ndarray], Any]


def settle_occupations(solver: Any, solve: Solve, reach: Reach = NEAR, tried: set[Occupation] | None = None) -> Any:
    """The solution with the lowest occupations of irreps.

    Args:
        solver: A converged solution of PySCF for a molecule with symmetry, RHF or ROHF.
        solve: From a solution, orbitals and their occupations to another solution with as many electrons in each irrep.
        reach: Which moves are tried.
        tried: Occupations that are not tried again; those that are come to it.
    """
    tried = set() if tried is None else tried
    tried.add(occupation_of(solver))
    for _ in range(_MOST_MOVES):
        best = solver
        for after in _moves(solver, reach.window):
            occupation = _counted(solver, after)
            if occupation in tried:
                continue
            tried.add(occupation)
            if solver.energy_tot(solver.make_rdm1(solver.mo_coeff, after)) > solver.e_tot + reach.relaxation:
                continue
            other = solve(solver, solver.mo_coeff, after)
            if not other.converged:
                continue
            gain = best.e_tot - other.e_tot
            if gain > _EQUAL or (abs(gain) < _EQUAL and occupation > occupation_of(best)):
                best = other
        if best is solver:
            break
        solver = best
    return solver


def irreps_of(solver: Any) -> np.ndarray:
    """The irrep of each orbital, by PySCF's number."""
    from pyscf import symm

    mol = solver.mol
    return np.asarray(symm.label_orb_symm(mol, mol.irrep_id, mol.symm_orb, solver.mo_coeff))


def occupation_of(solver: Any) -> Occupation:
    """Electrons of spin up and down in each irrep of the molecule."""
    return _counted(solver, solver.mo_occ)


def _counted(solver: Any, occupations: np.ndarray) -> Occupation:
    irreps = irreps_of(solver)
    up, down = occupations > 0, occupations == 2
    return tuple((int(up[irreps == i].sum()), int(down[irreps == i].sum())) for i in solver.mol.irrep_id)


def _moves(solver: Any, window: float) -> Iterator[np.ndarray]:
    """Occupations of the orbitals one move away."""
    irreps, occupations, energies = irreps_of(solver), solver.mo_occ, solver.mo_energy
    for source_kind, target_kind, moved in ((2, 0, 2), (1, 0, 1), (2, 1, 1)):
        sources = _frontier(irreps, occupations == source_kind, -energies)
        targets = _frontier(irreps, occupations == target_kind, energies)
        for source in sources:
            for target in targets:
                if irreps[source] == irreps[target] or energies[target] - energies[source] > window:
                    continue
                after = occupations.copy()
                after[source] -= moved
                after[target] += moved
                yield after


def _frontier(irreps: np.ndarray, candidates: np.ndarray, order: np.ndarray) -> list[int]:
    """Of each irrep the first orbital in an order."""
    chosen: dict[int, int] = {}
    for place in np.argsort(order, kind="stable"):
        if candidates[place]:
            chosen.setdefault(int(irreps[place]), int(place))
    return list(chosen.values())
