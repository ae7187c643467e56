"""The lowest restricted field that several searches find.

A self-consistent field depends on where its search begins: an open shell of a transition metal has many stable ones,
tenths of a hartree apart, with the same number of electrons in each irrep or with others. So searches begin from
several guesses and from rotated orbitals, electrons are moved between irreps, unstable solutions are followed downhill,
and the lowest is kept. Rotations are the same on every run, and end when many in a row have found nothing lower.

A closed shell of an atom or a linear molecule that has its whole symmetry keeps it: one in which a pi bond is broken
along one axis and not along the other may lie far lower, as in stretched N2, but it is no state of the molecule, and
what perturbation theory and coupled cluster make of it is not what is published.

A closed shell with a wide gap, or with some gap and stable against unrestricted solutions as well, is taken as the
usual search and the moves between irreps leave it; decision 14 says what was tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hartree_fock.continuous_symmetry import is_round
from chemistry.hartree_fock.direct_minimization import minimized
from chemistry.hartree_fock.occupation_search import FAR, Occupation, irreps_of, settle_occupations
from chemistry.hartree_fock.self_consistency import converged_field, second_order_field, with_fitted_integrals
from chemistry.hartree_fock.stability import restricted_descent, spin_descent

if TYPE_CHECKING:
    from pyscf import gto

_GUESSES = ("atom", "1e", "huckel")  # besides the usual one, of atoms in a minimal basis
_MAX_STABILITY_RESTARTS = 5
# Hartree between the highest occupied and the lowest empty orbital of a closed shell, from which on it is taken to be
# the lowest: where it is stable against unrestricted solutions, and where it is not.
_SAFE_GAP, _SAFE_GAP_IF_UNSTABLE = 0.2, 0.35
_LARGE_BASIS = 120  # functions, beyond which only the usual search is affordable
_SMALLEST_TURN, _LARGEST_TURN = 0.1, 0.6  # radians, the deviation of the angles by which orbitals are rotated
_MOST_FREE_CYCLES = 6  # in which electrons find their irreps, after a rotation
_FEWEST_IN_VAIN, _IN_VAIN_PER_MINIMUM, _MOST_IN_VAIN = 6, 2, 24  # starts in a row, after which the search ends
_LOWER = 1e-5  # hartree, by which fields differ
_PROMISING = 0.05  # hartree above the lowest field
_PUSH = 0.05  # radians, by which orbitals are turned off a saddle
_NEAR = 1e-4  # hartree, the norm of a gradient near enough to know the energy by
_MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class FollowedField:
    """A self-consistent field that was followed downhill."""

    solver: Any  # of PySCF
    stable: bool  # against rotations that keep spin and symmetry restricted
    spin_stable: bool  # False: a lower unrestricted solution exists
    restarts: int  # how often an unstable solution was left


def lowest_field(mol: gto.Mole) -> FollowedField:
    """The lowest field that was found.

    Args:
        mol: A PySCF molecule built with one of the abelian groups.
    """
    usual = converged_field(_field(mol))
    found = _followed(settle_occupations(usual, partial(_solved_like, usual)))
    if _is_alone(found) or mol.nao > _LARGE_BASIS:
        return found
    search = _Search(found)
    search.settle(found.solver)
    for guess in _GUESSES:
        search.look(_from_guess(found.solver, guess))
    random = np.random.default_rng(0)
    while not search.is_over:
        search.look(_rotated(search.origin, random))
    return search.best


class _Search:
    """The fields that are known, and how long nothing lower was found."""

    def __init__(self, first: FollowedField) -> None:
        self._usual = first.solver
        self._followed = [first]  # the lowest first
        self._energies = [float(first.solver.e_tot)]  # of all minima that differ
        self._tried: set[Occupation] = set()
        self._n_looks = self._in_vain = 0

    @property
    def best(self) -> FollowedField:
        """The lowest field."""
        return self._followed[0]

    @property
    def origin(self) -> Any:
        """Each field that was once the lowest, in turn."""
        return self._followed[self._n_looks % len(self._followed)].solver

    @property
    def is_over(self) -> bool:
        """Whether so many starts in a row have found nothing lower as the number of different minima asks for."""
        return self._in_vain >= min(_FEWEST_IN_VAIN + _IN_VAIN_PER_MINIMUM * (len(self._energies) - 1), _MOST_IN_VAIN)

    def look(self, start: Any) -> None:
        """Go downhill from orbitals; what comes out lower than anything known becomes the best."""
        self._n_looks += 1
        self._in_vain += 1
        if start is None:
            return
        near = _solved_like(self._usual, start, start.mo_coeff, start.mo_occ)
        if not near.converged or any(abs(near.e_tot - energy) < _LOWER for energy in self._energies):
            return
        self._energies.append(float(near.e_tot))
        if near.e_tot < self.best.solver.e_tot + _PROMISING:
            self.settle(near)

    def settle(self, near: Any) -> None:
        """Move electrons between irreps, and follow what comes out lower than anything known."""
        settled = settle_occupations(near, partial(_solved_like, self._usual), FAR, self._tried)
        if settled.e_tot > self.best.solver.e_tot - _LOWER:
            return
        found = _followed(second_order_field(_copy(settled), settled.mo_coeff, settled.mo_occ))
        if found.solver.converged and found.solver.e_tot < self.best.solver.e_tot - _LOWER:
            self._followed.insert(0, found)
            self._in_vain = 0


def _is_alone(found: FollowedField) -> bool:
    solver = found.solver
    occupied, empty = solver.mo_energy[solver.mo_occ > 0], solver.mo_energy[solver.mo_occ == 0]
    if not len(empty):
        return True
    safe = _SAFE_GAP if found.spin_stable else _SAFE_GAP_IF_UNSTABLE
    return solver.mol.spin == 0 and float(empty.min() - occupied.max()) > safe


def _from_guess(solver: Any, guess: str) -> Any:
    """Orbitals after some cycles from one of PySCF's guesses; None where it has none for these elements."""
    other = _copy(solver)
    try:
        other.kernel(other.get_init_guess(other.mol, guess))
    except (AttributeError, KeyError, NotImplementedError, RuntimeError, ValueError, np.linalg.LinAlgError):
        return None
    return other


def _rotated(solver: Any, random: np.random.Generator) -> Any:
    """Orbitals rotated at random within irreps, after a few cycles."""
    rotation = _rotation(irreps_of(solver), random, random.uniform(_SMALLEST_TURN, _LARGEST_TURN))
    other = _copy(solver)
    other.max_cycle = int(random.integers(1, _MOST_FREE_CYCLES + 1))
    try:
        other.kernel(solver.make_rdm1(solver.mo_coeff @ rotation, solver.mo_occ))
    except np.linalg.LinAlgError:
        return None
    return other


def _rotation(irreps: np.ndarray, random: np.random.Generator, deviation: float) -> np.ndarray:
    """An orthogonal matrix that turns every pair of orbitals of one irrep by a random angle."""
    from scipy.linalg import expm

    angles = random.normal(size=(len(irreps),) * 2) * deviation * (irreps[:, None] == irreps)
    return np.asarray(expm(angles - angles.T))


def _followed(solver: Any) -> FollowedField:
    restarts = 0
    while (
        downhill := restricted_descent(with_fitted_integrals(solver))
    ) is not None and restarts < _MAX_STABILITY_RESTARTS:
        restarts += 1
        solver = second_order_field(solver, downhill, solver.mo_occ)
    spin_stable = solver.mol.spin != 0 or spin_descent(with_fitted_integrals(solver)) is None
    return FollowedField(solver=solver, stable=downhill is None, spin_stable=spin_stable, restarts=restarts)


def _solved(solver: Any, orbitals: np.ndarray, occupations: np.ndarray) -> Any:
    """The field near some orbitals, with as many electrons in each irrep, nearly to its end."""
    other = _copy(solver)
    other.mo_coeff, other.mo_occ = np.asarray(orbitals), np.asarray(occupations)
    irreps = irreps_of(other)
    pushed = other.mo_coeff @ _rotation(irreps, np.random.default_rng(0), _PUSH)
    minimum = minimized(other, pushed, other.mo_occ, irreps, to=_NEAR, most_steps=_MOST_STEPS)
    other.mo_coeff, other.mo_energy, other.e_tot = minimum.orbitals, minimum.orbital_energies, minimum.energy
    other.converged = minimum.slope < 2 * _NEAR
    return other


def _solved_like(usual: Any, solver: Any, orbitals: np.ndarray, occupations: np.ndarray) -> Any:
    """As `_solved`; a closed shell that breaks a symmetry of the usual one does not count as converged."""
    other = _solved(solver, orbitals, occupations)
    if other.converged and usual.mol.spin == 0 and is_round(usual):
        other.converged = is_round(other)
    return other


def _field(mol: gto.Mole) -> Any:
    from pyscf import scf

    return scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)


def _copy(solver: Any) -> Any:
    """Another search in the same molecule, with the integrals that are known."""
    other = _field(solver.mol)
    other._eri = solver._eri
    return other
