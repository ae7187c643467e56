"""Which irreps the electrons of a restricted mean field occupy, the same on every run.

A field keeps the irreps' occupations that its first cycles happen to fall into, and where orbitals are degenerate, as
the pi orbitals of a radical, rounding decides between equals. So one electron or pair at a time is moved between the
frontier orbitals of two irreps. Of equal energies the choice that fills irreps of lower number is kept; a lower energy
is accepted only if the determinant keeps its irrep, for another would be another state, and if it does not split
degenerate orbitals, which would break a symmetry that the abelian group does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_WINDOW = 0.5  # hartree between the orbitals of a move
_EQUAL = 1e-7  # hartree, of the whole molecule
_DEGENERATE = 1e-4  # hartree, of orbitals
_RELAXATION = 0.15  # hartree; more than orbitals gain by following a move
_MOST_MOVES = 20

Occupation = tuple[tuple[int, int], ...]  # electrons of spin up and down in each irrep


def settle_occupations(solver: Any, solve: Callable[[Any, np.ndarray, dict[str, Any]], Any]) -> Any:
    """The solution with the lowest occupations of irreps.

    Args:
        solver: A converged solution of PySCF for a molecule with symmetry, RHF or ROHF.
        solve: From a solution, a density and occupations of irreps to another solution.
    """
    tried = {_occupation(solver)}
    for _ in range(_MOST_MOVES):
        best = solver
        for occupation, splits, density in _moves(solver):
            if occupation in tried:
                continue
            tried.add(occupation)
            if solver.energy_tot(density) > solver.e_tot + _RELAXATION:
                continue
            other = solve(solver, density, _as_pyscf_wants(solver, occupation))
            if not other.converged:
                continue
            gain = best.e_tot - other.e_tot
            is_equal = abs(gain) < _EQUAL and occupation > _occupation(best)
            same_irrep = _irrep(solver, occupation) == _irrep(solver, _occupation(solver))
            is_lower = gain > _EQUAL and same_irrep and not splits
            if is_equal or is_lower:
                best = other
        if best is solver:
            break
        solver = best
    return solver


def _irrep(solver: Any, occupation: Occupation) -> int:
    """Of the determinant."""
    product = 0
    for irrep, (up, down) in zip(solver.mol.irrep_id, occupation, strict=True):
        product ^= int(irrep) * ((up - down) % 2)
    return product


def _irreps(solver: Any) -> np.ndarray:
    from pyscf import symm

    mol = solver.mol
    return np.asarray(symm.label_orb_symm(mol, mol.irrep_id, mol.symm_orb, solver.mo_coeff))


def _occupation(solver: Any) -> Occupation:
    irreps = _irreps(solver)
    up, down = solver.mo_occ > 0, solver.mo_occ == 2
    return tuple((int(up[irreps == i].sum()), int(down[irreps == i].sum())) for i in solver.mol.irrep_id)


def _as_pyscf_wants(solver: Any, occupation: Occupation) -> dict[str, Any]:
    names = solver.mol.irrep_name
    if solver.mol.spin == 0:
        return {name: up + down for name, (up, down) in zip(names, occupation, strict=True)}
    return dict(zip(names, occupation, strict=True))


def _moves(solver: Any) -> Iterator[tuple[Occupation, bool, np.ndarray]]:
    """Occupations one move away, whether the move splits degenerate orbitals, and a density."""
    irreps, occupations, energies = _irreps(solver), solver.mo_occ, solver.mo_energy
    ids = list(solver.mol.irrep_id)
    for source_kind, target_kind, moved in ((2, 0, 2), (1, 0, 1), (2, 1, 1)):
        sources = _frontier(irreps, occupations == source_kind, -energies)
        targets = _frontier(irreps, occupations == target_kind, energies)
        for source in sources:
            for target in targets:
                if irreps[source] == irreps[target] or energies[target] - energies[source] > _WINDOW:
                    continue
                after = occupations.copy()
                after[source] -= moved
                after[target] += moved
                up, down = after > 0, after == 2
                occupation = tuple((int(up[irreps == i].sum()), int(down[irreps == i].sum())) for i in ids)
                splits = _has_partner(solver, source) or _has_partner(solver, target)
                yield occupation, splits, solver.make_rdm1(solver.mo_coeff, after)


def _has_partner(solver: Any, orbital: int) -> bool:
    """Whether another orbital has the same energy and occupation."""
    alike = np.abs(solver.mo_energy - solver.mo_energy[orbital]) < _DEGENERATE
    return bool((alike & (solver.mo_occ == solver.mo_occ[orbital])).sum() > 1)


def _frontier(irreps: np.ndarray, candidates: np.ndarray, order: np.ndarray) -> list[int]:
    """Of each irrep the first orbital in an order."""
    chosen: dict[int, int] = {}
    for place in np.argsort(order, kind="stable"):
        if candidates[place]:
            chosen.setdefault(int(irreps[place]), int(place))
    return list(chosen.values())
