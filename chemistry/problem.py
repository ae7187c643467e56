"""The electronic problem: integrals over the active orbitals, and who occupies them in the reference determinant."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space import ActiveSpace
from chemistry.mean_field import MeanField

if TYPE_CHECKING:
    from chemistry.hamiltonian import MolecularHamiltonian

# An integral that symmetry forbids is zero; what quadrature and rounding leave there is smaller than this.
_SYMMETRY_NOISE = 1e-7


@dataclass(frozen=True, kw_only=True)
class ElectronicProblem:
    """Electrons in orthonormal orbitals, of which the first are occupied in the reference determinant.

    H = constant + sum_pq h_pq E_pq + 1/2 sum_pqrs (pq|rs) (E_pq E_rs - delta_qr E_ps), with E_pq summed over spin.
    """

    constant: float  # hartree: nuclear repulsion and, if there is one, the frozen core
    one_body: np.ndarray  # shape: (n_orbitals, n_orbitals), hartree
    two_body: np.ndarray  # shape: (n_orbitals,) * 4, hartree, chemists' notation (pq|rs)
    n_alpha: int  # the reference occupies orbitals 0 .. n_alpha-1 with spin up,
    n_beta: int  # and 0 .. n_beta-1 with spin down
    orbital_energies: np.ndarray  # shape: (n_orbitals,), hartree
    irreps: np.ndarray  # shape: (n_orbitals,); the irrep of a product is the exclusive or
    irrep_names: tuple[str, ...] = ()  # one per orbital
    point_group: str = "C1"
    mean_field: MeanField | None = field(default=None, repr=False, compare=False)  # None for bare integrals

    @property
    def n_orbitals(self) -> int:
        """Spatial orbitals."""
        return len(self.one_body)

    @property
    def n_electrons(self) -> int:
        """Electrons of both spins."""
        return self.n_alpha + self.n_beta

    @property
    def n_wires(self) -> int:
        """One wire per spin orbital: spin up of orbital p on wire 2p, spin down on wire 2p + 1."""
        return 2 * self.n_orbitals

    @cached_property
    def reference_occupation(self) -> np.ndarray:
        """The reference determinant as wires occupied (1) or empty (0), shape (n_wires,)."""
        occupation = np.zeros(self.n_wires, dtype=np.int64)
        occupation[0 : 2 * self.n_alpha : 2] = 1
        occupation[1 : 2 * self.n_beta : 2] = 1
        return occupation

    @cached_property
    def reference_energy(self) -> float:
        """The energy of the reference determinant in hartree; Hartree-Fock's, if the orbitals are canonical."""
        alpha, beta = slice(0, self.n_alpha), slice(0, self.n_beta)
        coulomb = np.einsum("iijj->ij", self.two_body)
        exchange = np.einsum("ijji->ij", self.two_body)
        diagonal = np.diag(self.one_body)
        energy = self.constant + diagonal[alpha].sum() + diagonal[beta].sum()
        for occupied in (alpha, beta):
            energy += 0.5 * (coulomb - exchange)[occupied, occupied].sum()
        return float(energy + coulomb[alpha, beta].sum())

    @cached_property
    def hamiltonian(self) -> MolecularHamiltonian:
        """The Hamiltonian as a PennyLane observable on wires 0 .. n_wires-1, in hartree, constant included."""
        from chemistry.hamiltonian import MolecularHamiltonian

        return MolecularHamiltonian(self.constant, self.one_body, self.two_body)


def electronic_problem(mean_field: MeanField, space: ActiveSpace) -> ElectronicProblem:
    """Transform the integrals of a molecule to the active orbitals of its mean field.

    Args:
        mean_field: The Hartree-Fock solution.
        space: The window of orbitals.
    """
    from pyscf import ao2mo, mcscf

    n_active = space.n_orbitals
    solver = mcscf.CASCI(mean_field.scf, n_active, (space.n_alpha, space.n_beta), ncore=space.n_frozen)
    one_body, constant = solver.get_h1eff(mean_field.coefficients)
    two_body = ao2mo.restore(1, np.asarray(solver.get_h2eff(mean_field.coefficients)), n_active)
    window = slice(space.n_frozen, space.n_frozen + n_active)
    irreps = mean_field.irreps[window]
    product = irreps[:, None] ^ irreps[None, :]
    return ElectronicProblem(
        constant=float(constant),
        one_body=_without_noise(np.asarray(one_body), product != 0),
        two_body=_without_noise(two_body, product[:, :, None, None] != product[None, None, :, :]),
        n_alpha=space.n_alpha,
        n_beta=space.n_beta,
        orbital_energies=mean_field.orbital_energies[window],
        irreps=irreps,
        irrep_names=mean_field.irrep_names[window],
        point_group=mean_field.point_group,
        mean_field=mean_field,
    )


def _without_noise(integrals: np.ndarray, forbidden: np.ndarray) -> np.ndarray:
    noise = float(np.abs(integrals[forbidden]).max(initial=0.0))
    if noise > _SYMMETRY_NOISE:
        raise ArithmeticError(f"Integrals that symmetry forbids reach {noise:.1e} hartree: the orbitals are mixed.")
    return np.where(forbidden, 0.0, integrals)
