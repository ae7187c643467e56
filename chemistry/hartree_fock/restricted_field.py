"""The restricted Hartree-Fock reference: converged, stable, and with orbitals that come out the same on every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.hartree_fock.canonical_orbitals import canonical_orbitals
from chemistry.hartree_fock.field_search import FollowedField, lowest_field
from chemistry.hartree_fock.occupation_search import irreps_of
from chemistry.threads import SMALL_BASIS, one_thread_if

if TYPE_CHECKING:
    from pyscf import gto


@dataclass(frozen=True, kw_only=True)
class MeanField:
    """A restricted Hartree-Fock solution (restricted open-shell where the spin is not zero)."""

    coefficients: np.ndarray  # shape: (n_basis_functions, n_orbitals)
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree
    occupations: np.ndarray  # shape: (n_orbitals,), 2, 1 or 0 electrons
    irreps: np.ndarray  # shape: (n_orbitals,), numbers whose product is their exclusive or
    irrep_names: tuple[str, ...]  # one per orbital
    point_group: str  # the abelian group in use
    energy: float  # hartree
    converged: bool
    stable: bool  # against rotations that keep spin and symmetry restricted
    stability_restarts: int  # how often an unstable solution was followed to a lower one
    spin_stable: bool  # False: a lower unrestricted solution exists, the reference is strongly correlated
    scf: Any  # the PySCF object, whose orbitals are those above

    @property
    def occupied_irreps(self) -> dict[str, tuple[int, int]]:
        """Electrons of spin up and of spin down, by irrep, its names in order."""
        return electrons_by_irrep(self.irrep_names, self.occupations)

    @cached_property
    def unrestricted_lowering(self) -> float:
        """How far the lowest unrestricted solution that is found lies below this one, in hartree.

        A few millihartree are spin polarization; more is strong correlation, or a sign that a lower restricted
        solution was missed.
        """
        from chemistry.hartree_fock.unrestricted_field import unrestricted_hartree_fock

        return max(0.0, self.energy - unrestricted_hartree_fock(self).energy)


def electrons_by_irrep(names: Sequence[str], occupations: Iterable[float]) -> dict[str, tuple[int, int]]:
    """Electrons of spin up and of spin down in each irrep.

    Args:
        names: The irrep of each orbital.
        occupations: 2, 1 or 0 electrons in each; what is left out is empty.
    """
    counts: dict[str, tuple[int, int]] = {}
    for name, electrons in zip(names, occupations, strict=False):
        if electrons:
            up, down = counts.get(name, (0, 0))
            counts[name] = (up + 1, down + int(electrons == 2))
    return dict(sorted(counts.items()))


def hartree_fock(mol: gto.Mole) -> MeanField:
    """Solve the restricted Hartree-Fock equations within the molecule's abelian point group.

    The lowest of several searches; see `chemistry.hartree_fock.field_search`. An internally unstable solution is
    followed downhill until it is stable, at most five times.

    Args:
        mol: A PySCF molecule built with one of the abelian groups.
    """
    with one_thread_if(mol.nao <= SMALL_BASIS):
        return _canonical(lowest_field(mol), mol)


def _canonical(found: FollowedField, mol: gto.Mole) -> MeanField:
    solver = found.solver
    irreps = irreps_of(solver)
    fixed = canonical_orbitals(mol, solver.mo_coeff, solver.mo_energy, solver.mo_occ, irreps)
    coefficients, energies, occupations, irreps = fixed
    solver.mo_coeff, solver.mo_energy, solver.mo_occ = coefficients, energies, occupations
    names = dict(zip(mol.irrep_id, mol.irrep_name, strict=True))
    return MeanField(
        coefficients=coefficients,
        orbital_energies=energies,
        occupations=occupations,
        irreps=irreps,
        irrep_names=tuple(names[irrep] for irrep in irreps),
        point_group=mol.groupname,
        energy=float(solver.e_tot),
        converged=bool(solver.converged),
        stable=found.stable,
        stability_restarts=found.restarts,
        spin_stable=found.spin_stable,
        scf=solver,
    )
