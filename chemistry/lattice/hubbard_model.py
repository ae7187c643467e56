"""The Hubbard model: electrons that hop between sites and repel each other where they meet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from typing import Any

import numpy as np

from chemistry.lattice.lattices import Bond, Lattice, disjoint_groups
from chemistry.problem import ElectronicProblem

_TOLERANCE = 1e-10
_SAME_LEVEL = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Hubbard:
    """H = sum_ij h_ij a+_i a_j + sum_i U_i n_i,up n_i,down + 1/2 sum_ij V_ij n_i n_j, in the unit of its numbers.

    Hopping by an amplitude t lowers the energy, so h_ij = -t between neighbours; h_ii is the energy of a site. All
    energies that are computed from it are in the same unit, where the docstrings of this package say hartree.
    """

    lattice: Lattice
    hopping: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), symmetric
    repulsion: np.ndarray = field(repr=False)  # shape: (n_sites,), U of each site
    neighbour_repulsion: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), symmetric, zero diagonal
    n_alpha: int  # electrons of spin up
    n_beta: int  # electrons of spin down, at most as many

    @property
    def n_sites(self) -> int:
        """Sites, each of which holds up to two electrons."""
        return len(self.hopping)

    @property
    def n_electrons(self) -> int:
        """Electrons of both spins."""
        return self.n_alpha + self.n_beta

    @property
    def hopping_groups(self) -> tuple[tuple[Bond, ...], ...]:
        """The pairs of sites between which electrons hop, in groups that share no site."""
        known = [*self.lattice.bonds, *self.lattice.second_bonds]
        return disjoint_groups(bond for bond in known if abs(self.hopping[bond]) > _TOLERANCE)

    @property
    def interaction(self) -> np.ndarray:
        """W with H_int = 1/2 sum_ij W_ij n_i n_j up to one-body terms: U on the diagonal, V beside it."""
        return np.diag(self.repulsion) + self.neighbour_repulsion

    @cached_property
    def symmetries(self) -> tuple[tuple[int, ...], ...]:
        """The lattice's, if the model has all of them; none otherwise."""
        for permutation in self.lattice.symmetries:
            moved = np.ix_(permutation, permutation)
            if any(np.abs(m - m[moved]).max() > _TOLERANCE for m in (self.hopping, self.interaction)):
                return ()
        return self.lattice.symmetries

    @cached_property
    def is_particle_hole_symmetric(self) -> bool:
        """Whether N + k electrons cost U k more than N - k around half filling: uniform U, no V, two sublattices."""
        colours = np.array(self.lattice.sublattice or np.zeros(self.n_sites))
        within = self.hopping[colours[:, None] == colours[None, :]]
        return not (
            self.lattice.sublattice is None
            or np.abs(within).max(initial=0.0) > _TOLERANCE
            or np.ptp(self.repulsion) > _TOLERANCE
            or np.abs(self.neighbour_repulsion).max(initial=0.0) > _TOLERANCE
        )

    @cached_property
    def has_open_level(self) -> bool:
        """Whether hopping has a level of several orbitals that is filled in part, as on a square of four electrons.

        Without repulsion many states then share the lowest energy.
        """
        return fills_in_part(self.hopping, self.n_alpha) or fills_in_part(self.hopping, self.n_beta)

    def with_electrons(self, n_alpha: int, n_beta: int) -> Hubbard:
        """The same sites with other electrons.

        Raises:
            ValueError: If the sites do not hold so many, or more are of spin down than of spin up.
        """
        n_alpha, n_beta = _checked_electrons(n_alpha, n_beta, self.n_sites)
        return replace(self, n_alpha=n_alpha, n_beta=n_beta)

    def with_repulsion(self, u: Any) -> Hubbard:
        """The same with another repulsion on each site: a number, or one per site."""
        return replace(self, repulsion=_checked_repulsion(u, self.n_sites))

    def problem(self, *, reference: str = "restricted") -> ElectronicProblem:
        """The model as an electronic problem, for every ansatz and every classical method.

        Args:
            reference: `restricted`, over the orbitals of a mean field that both spins share, of which there may be
                several (see `hartree_fock.reference_choice`); `unrestricted`, each spin in its own; or `sites`, the
                sites themselves, whose first ones the reference determinant occupies, for circuits that prepare a
                state of their own.

        Raises:
            ValueError: If there is no such reference.
        """
        from chemistry.lattice import hubbard_references as references

        if reference == "sites":
            return references.site_problem(self)
        if reference == "restricted":
            return references.restricted_problem(self)
        if reference == "unrestricted":
            return references.unrestricted_problem(self)
        raise ValueError(f"The reference is 'restricted', 'unrestricted' or 'sites', but {reference!r} was given.")


def hubbard(
    lattice: Lattice,
    *,
    u: Any,
    t: float = 1.0,
    n_electrons: int | None = None,
    spin: int | None = None,
    second_t: float = 0.0,
    v: float = 0.0,
) -> Hubbard:
    """The Hubbard model of a lattice.

    Hubbard, Proc. R. Soc. A 276, 238 (1963).

    Args:
        lattice: Sites and bonds, such as `chain(6)`.
        u: Repulsion of two electrons on a site; a number, or one per site. Negative: they attract each other.
        t: Hopping amplitude between nearest neighbours.
        n_electrons: None: one per site (half filling).
        spin: Unpaired electrons; None: as few as possible.
        second_t: Hopping amplitude between next-nearest neighbours, called t'.
        v: Repulsion of electrons on neighbouring sites.

    Raises:
        ValueError: If a number is not finite, or the sites do not hold such electrons.
    """
    n = lattice.n_sites
    amplitudes = [_checked_number(value, name) for value, name in ((t, "t"), (second_t, "second_t"), (v, "v"))]
    hopping, neighbours = np.zeros((n, n)), np.zeros((n, n))
    for matrix, value, bonds in (
        (hopping, -amplitudes[1], lattice.second_bonds),
        (hopping, -amplitudes[0], lattice.bonds),
        (neighbours, amplitudes[2], lattice.bonds),
    ):
        for one, other in bonds:
            matrix[one, other] = matrix[other, one] = value
    n_alpha, n_beta = _electrons_of(n, n_electrons, spin)
    return Hubbard(
        lattice=lattice,
        hopping=hopping,
        repulsion=_checked_repulsion(u, n),
        neighbour_repulsion=neighbours,
        n_alpha=n_alpha,
        n_beta=n_beta,
    )


def hubbard_from_hopping(hopping: Any, *, u: Any, n_electrons: int | None = None, spin: int | None = None) -> Hubbard:
    """The Hubbard model of a hopping matrix, such as one from Wannier functions of a band structure.

    Args:
        hopping: Real and symmetric, shape (n_sites, n_sites): the one-body Hamiltonian between sites, site energies on
            the diagonal. Hopping by t is the element -t.
        u: as in `hubbard`, as are the following.
        n_electrons: Electrons of both spins.
        spin: Unpaired electrons.

    Raises:
        ValueError: If the matrix is not square, symmetric, real and finite, or the sites do not hold such electrons.
    """
    try:
        matrix = np.array(hopping)
        imaginary = np.abs(matrix.imag).max(initial=0.0) if np.iscomplexobj(matrix) else 0.0
        matrix = np.array(matrix.real, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("A hopping matrix holds numbers, one row and one column for each site.") from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"A hopping matrix has the shape (n_sites, n_sites), but its shape is {matrix.shape}.")
    if imaginary > _TOLERANCE:
        raise ValueError("The hopping matrix is complex, but only real hopping is treated.")
    if not np.isfinite(matrix).all():
        raise ValueError("The hopping matrix holds numbers that are not finite.")
    asymmetry = float(np.abs(matrix - matrix.T).max())
    if asymmetry > 1e-8 * max(1.0, float(np.abs(matrix).max())):
        raise ValueError(f"A hopping matrix is symmetric, but h_ij and h_ji differ by up to {asymmetry:.1e}.")
    matrix = 0.5 * (matrix + matrix.T)
    n = len(matrix)
    bonds = tuple((i, j) for step in range(1, n) for i in range(n - step) if abs(matrix[i, j := i + step]) > _TOLERANCE)
    n_alpha, n_beta = _electrons_of(n, n_electrons, spin)
    return Hubbard(
        lattice=Lattice(name=f"{n} given site{'s' if n > 1 else ''}", n_sites=n, bonds=bonds),
        hopping=matrix,
        repulsion=_checked_repulsion(u, n),
        neighbour_repulsion=np.zeros((n, n)),
        n_alpha=n_alpha,
        n_beta=n_beta,
    )


def fills_in_part(one_body: np.ndarray, electrons: int) -> bool:
    """Whether electrons of one spin leave the highest level of a one-body matrix that they reach partly empty."""
    levels = np.linalg.eigvalsh(one_body)
    return 0 < electrons < len(levels) and bool(levels[electrons] - levels[electrons - 1] < _SAME_LEVEL)


def _electrons_of(n_sites: int, n_electrons: Any, spin: Any) -> tuple[int, int]:
    try:
        n_electrons = n_sites if n_electrons is None else index(n_electrons)
        spin = n_electrons % 2 if spin is None else index(spin)
    except TypeError:
        raise ValueError(
            f"Electrons are counted in whole numbers, but n_electrons={n_electrons!r} and spin={spin!r} were given."
        ) from None
    if spin < 0 or (n_electrons - spin) % 2:
        raise ValueError(f"{n_electrons} electrons cannot have {spin} unpaired ones: both are odd, or both even.")
    return _checked_electrons((n_electrons + spin) // 2, (n_electrons - spin) // 2, n_sites)


def _checked_electrons(n_alpha: Any, n_beta: Any, n_sites: int) -> tuple[int, int]:
    if n_alpha + n_beta < 1 or not 0 <= n_beta <= n_alpha <= n_sites:
        raise ValueError(
            f"{n_sites} sites hold 1 to {2 * n_sites} electrons, up to {n_sites} of each spin and not fewer of spin up "
            f"than of spin down, but {n_alpha} and {n_beta} were given."
        )
    return int(n_alpha), int(n_beta)


def _checked_repulsion(u: Any, n_sites: int) -> np.ndarray:
    try:
        values = np.array(u, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"The repulsion u is a number or one for each site, but {u!r} was given.") from None
    if values.shape not in ((), (n_sites,)) or not np.isfinite(values).all():
        raise ValueError(
            f"The repulsion u is a finite number or one for each of {n_sites} sites, but its shape is {values.shape}"
            f"{'' if np.isfinite(values).all() else ' and it is not finite'}."
        )
    return np.broadcast_to(values, (n_sites,)).copy()


def _checked_number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is a number, but {value!r} was given.") from None
    if not np.isfinite(number):
        raise ValueError(f"{name} is a finite number, but {value!r} was given.")
    return number
