"""The electronic problem: integrals over the active orbitals, and who occupies them in the reference determinant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.active_space import ActiveSpace
from chemistry.hartree_fock.restricted_field import MeanField, electrons_by_irrep
from chemistry.integrals.forbidden_integrals import symmetry_note, symmetry_of, without_forbidden
from chemistry.integrals.repulsion_integrals import repulsion_integrals
from chemistry.integrals.spin_integrals import BetaIntegrals, by_spin

if TYPE_CHECKING:
    from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
    from chemistry.hartree_fock.unrestricted_field import UnrestrictedMeanField


@dataclass(frozen=True, kw_only=True)
class ElectronicProblem:
    """Electrons in orthonormal orbitals, of which the first are occupied in the reference determinant.

    H = constant + sum_pq h_pq E_pq + 1/2 sum_pqrs (pq|rs) (E_pq E_rs - delta_qr E_ps), with E_pq summed over spin.
    Where spin down has orbitals of its own, `beta` holds them, and what is said here is of spin up.
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
    # None for bare integrals.
    mean_field: MeanField | UnrestrictedMeanField | None = field(default=None, repr=False, compare=False)
    # What the orbitals are made of, where that is known; both have shape (n_basis_functions, ...).
    orbitals: np.ndarray | None = field(default=None, repr=False, compare=False)  # active ones
    frozen_orbitals: np.ndarray | None = field(default=None, repr=False, compare=False)  # doubly occupied below them
    beta: BetaIntegrals | None = None  # None: both spins share the orbitals
    notes: tuple[str, ...] = ()  # sentences on how it was made, for a reader
    # The same problem over the mean field's own orbitals, where circuits begin from another field's; classical methods
    # begin from these, as anyone would run them.
    canonical: ElectronicProblem | None = field(default=None, repr=False, compare=False)

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
    def wire_energies(self) -> np.ndarray:
        """The orbital energy of each wire, hartree, shape (n_wires,)."""
        down = self.orbital_energies if self.beta is None else self.beta.orbital_energies
        return np.stack([self.orbital_energies, down], axis=1).ravel()

    @cached_property
    def wire_irreps(self) -> np.ndarray:
        """The irrep of each wire's orbital, shape (n_wires,)."""
        down = self.irreps if self.beta is None else self.beta.irreps
        return np.stack([self.irreps, down], axis=1).ravel()

    def repulsion(self, p: int, q: int, r: int, s: int) -> float:
        """(pq|rs) of four wires in hartree: zero unless p and q have the same spin, and r and s."""
        if (p ^ q | r ^ s) & 1:
            return 0.0
        p, q, r, s, first, second = p >> 1, q >> 1, r >> 1, s >> 1, p & 1, r & 1
        if self.beta is None or not (first or second):
            return float(self.two_body[p, q, r, s])
        if first and second:
            return float(self.beta.two_body[p, q, r, s])
        return float(self.beta.mixed[r, s, p, q] if first else self.beta.mixed[p, q, r, s])

    @cached_property
    def reference_irrep(self) -> int:
        """The irrep of the reference determinant."""
        return int(np.bitwise_xor.reduce(self.wire_irreps[self.reference_occupation == 1], initial=0))

    @property
    def occupied_irreps(self) -> dict[str, tuple[int, int]]:
        """Active electrons of spin up and of spin down in the reference determinant, by irrep, its names in order."""
        names = self.irrep_names or ("A",) * self.n_orbitals
        return electrons_by_irrep(names, [2] * self.n_beta + [1] * (self.n_alpha - self.n_beta))

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
        one_bodies, (up_up, mixed, down_down) = by_spin(self.one_body, self.two_body, self.beta)
        energy = self.constant
        for one_body, two_body, electrons in zip(
            one_bodies, (up_up, down_down), (self.n_alpha, self.n_beta), strict=True
        ):
            coulomb = np.einsum("iijj->ij", two_body)
            exchange = np.einsum("ijji->ij", two_body)
            energy += np.diag(one_body)[:electrons].sum() + 0.5 * (coulomb - exchange)[:electrons, :electrons].sum()
        return float(energy + np.einsum("iijj->ij", mixed)[: self.n_alpha, : self.n_beta].sum())

    @cached_property
    def hamiltonian(self) -> MolecularHamiltonian:
        """The Hamiltonian as a PennyLane observable on wires 0 .. n_wires-1, in hartree, constant included."""
        from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian

        return MolecularHamiltonian(self.constant, self.one_body, self.two_body, self.beta)


def check_problem(problem: Any, what: str) -> None:
    """Refuse what is no electronic problem, such as the molecule that it is made from.

    Args:
        problem: What a caller gave.
        what: The method, to begin the sentence with.

    Raises:
        ValueError: If it is something else.
    """
    if not isinstance(problem, ElectronicProblem):
        remedy = ": give molecule.problem()" if hasattr(problem, "problem") else ""
        raise ValueError(f"{what} takes an electronic problem, but a {type(problem).__name__} was given{remedy}.")


def electronic_problem(mean_field: MeanField, space: ActiveSpace) -> ElectronicProblem:
    """Transform the integrals of a molecule to a window of its mean field's orbitals.

    Args:
        mean_field: The Hartree-Fock solution.
        space: The window of orbitals.
    """
    from chemistry.active_space.metal_orbitals import missing_metal_note

    window = slice(space.n_frozen, space.n_frozen + space.n_orbitals)
    notes = missing_metal_note(mean_field.scf.mol, mean_field.coefficients[:, window])
    problem = problem_in_orbitals(
        mean_field,
        frozen=mean_field.coefficients[:, : space.n_frozen],
        active=mean_field.coefficients[:, window],
        n_alpha=space.n_alpha,
        n_beta=space.n_beta,
        orbital_energies=mean_field.orbital_energies[window],
        irreps=mean_field.irreps[window],
        irrep_names=mean_field.irrep_names[window],
    )
    return replace(problem, notes=(*problem.notes, *notes)) if notes else problem


def problem_in_orbitals(
    mean_field: MeanField,
    *,
    frozen: np.ndarray,
    active: np.ndarray,
    n_alpha: int,
    n_beta: int,
    orbital_energies: np.ndarray | None = None,
    irreps: np.ndarray | None = None,
    irrep_names: tuple[str, ...] = (),
    point_group: str | None = None,
) -> ElectronicProblem:
    """Transform the integrals of a molecule to any orthonormal orbitals, of which the first active ones are occupied.

    Args:
        mean_field: The Hartree-Fock solution, for the molecule and its point group.
        frozen: Doubly occupied orbitals, shape (n_basis_functions, n_frozen).
        active: Shape (n_basis_functions, n_orbitals).
        n_alpha: Electrons of spin up in the active orbitals.
        n_beta: Electrons of spin down.
        orbital_energies: Of the active orbitals, hartree; None: that of the reference's Fock matrix.
        irreps: Of the active orbitals; None: no symmetry is used.
        irrep_names: One per active orbital, if there are irreps.
        point_group: To which the irreps belong; None: that of the mean field.

    Returns:
        The problem, in a smaller point group and with a note where the integrals do not have all of the symmetry.
    """
    from pyscf import mcscf

    n_frozen, n_active = frozen.shape[1], active.shape[1]
    coefficients = np.hstack([frozen, active])
    solver = mcscf.CASCI(mean_field.scf, n_active, (n_alpha, n_beta), ncore=n_frozen)
    one_body, constant = solver.get_h1eff(coefficients)
    two_body = repulsion_integrals(mean_field.scf, active)
    labels = np.zeros(n_active, dtype=np.int64) if irreps is None else np.asarray(irreps)
    whole_group = "C1" if irreps is None else point_group or mean_field.point_group
    group = symmetry_of([(np.asarray(one_body), (labels,) * 2), (two_body, (labels,) * 4)], whole_group)
    if group.name != whole_group:
        labels = np.array(group.label_of)[labels]
        irrep_names = tuple(group.irrep_names[label] for label in labels)
    one_body = without_forbidden(np.asarray(one_body), (labels,) * 2)
    two_body = without_forbidden(two_body, (labels,) * 4)
    if orbital_energies is None:
        orbital_energies = np.diag(reference_fock(one_body, two_body, n_alpha, n_beta))
    return ElectronicProblem(
        constant=float(constant),
        one_body=one_body,
        two_body=two_body,
        n_alpha=n_alpha,
        n_beta=n_beta,
        orbital_energies=np.asarray(orbital_energies),
        irreps=labels,
        irrep_names=irrep_names,
        point_group=group.name,
        mean_field=mean_field,
        orbitals=active,
        frozen_orbitals=frozen,
        notes=symmetry_note(whole_group, group.name),
    )


def reference_fock(one_body: np.ndarray, two_body: np.ndarray, n_alpha: int, n_beta: int) -> np.ndarray:
    """The reference determinant's Fock matrix in hartree, the mean of both spins, shape (n_orbitals, n_orbitals)."""
    density = np.zeros(len(one_body))
    density[:n_alpha] += 1
    density[:n_beta] += 1
    coulomb = np.einsum("pqrr,r->pq", two_body, density)
    return one_body + coulomb - 0.5 * np.einsum("prrq,r->pq", two_body, density)
