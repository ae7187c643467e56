"""The electronic problem over unrestricted orbitals: integrals of each spin, and between spins."""

from __future__ import annotations

import numpy as np

from chemistry.active_space import ActiveSpace
from chemistry.hartree_fock.unrestricted_field import UnrestrictedMeanField
from chemistry.integrals.forbidden_integrals import symmetry_note, symmetry_of, without_forbidden
from chemistry.integrals.spin_integrals import BetaIntegrals
from chemistry.problem import ElectronicProblem


def unrestricted_problem(mean_field: UnrestrictedMeanField, space: ActiveSpace) -> ElectronicProblem:
    """Transform the integrals of a molecule to a window of its unrestricted orbitals.

    The frozen orbitals of spin up differ from those of spin down, so their field is another for either spin.

    Args:
        mean_field: The unrestricted Hartree-Fock solution.
        space: The window of orbitals, the same for both spins.
    """
    scf = mean_field.scf
    window = slice(space.n_frozen, space.n_frozen + space.n_orbitals)
    up, down = mean_field.coefficients[:, :, window]
    frozen = mean_field.coefficients[:, :, : space.n_frozen]
    constant, (core_up, core_down) = _frozen_core(mean_field, frozen)
    one_up, one_down = up.T @ core_up @ up, down.T @ core_down @ down
    two_up, mixed, two_down = (_repulsion(scf, *pair) for pair in ((up, up), (up, down), (down, down)))
    a, b = (np.asarray(labels) for labels in mean_field.irreps[:, window])
    integrals = [
        (one_up, (a, a)), (one_down, (b, b)),
        (two_up, (a, a, a, a)), (mixed, (a, a, b, b)), (two_down, (b, b, b, b)),
    ]  # fmt: skip
    group = symmetry_of(integrals, mean_field.point_group)
    a, b = (np.array(group.label_of)[labels] for labels in (a, b))
    names_up, names_down = (tuple(group.irrep_names[label] for label in labels) for labels in (a, b))
    whole_up, whole_down = mean_field.coefficients[:, :, : window.stop]
    energies_up, energies_down = mean_field.orbital_energies[:, window]
    return ElectronicProblem(
        constant=constant,
        one_body=without_forbidden(one_up, (a, a)),
        two_body=without_forbidden(two_up, (a, a, a, a)),
        n_alpha=space.n_alpha,
        n_beta=space.n_beta,
        orbital_energies=energies_up,
        irreps=a,
        irrep_names=names_up,
        point_group=group.name,
        mean_field=mean_field,
        orbitals=up,
        frozen_orbitals=frozen[0],
        beta=BetaIntegrals(
            one_body=without_forbidden(one_down, (b, b)),
            two_body=without_forbidden(two_down, (b, b, b, b)),
            mixed=without_forbidden(mixed, (a, a, b, b)),
            orbital_energies=energies_down,
            irreps=b,
            irrep_names=names_down,
            overlap=whole_up.T @ scf.get_ovlp() @ whole_down,
            orbitals=down,
            frozen_orbitals=frozen[1],
        ),
        notes=symmetry_note(mean_field.point_group, group.name),
    )


def _frozen_core(mean_field: UnrestrictedMeanField, frozen: np.ndarray) -> tuple[float, np.ndarray]:
    """The energy of nuclei and frozen electrons, and the one-body operator of either spin in their field."""
    scf = mean_field.scf
    bare = scf.get_hcore()
    densities = frozen @ frozen.transpose(0, 2, 1)
    coulomb, exchange = scf.get_jk(scf.mol, densities)
    field = coulomb.sum(axis=0) - exchange
    energy = np.einsum("spq,sqp->", densities, bare + 0.5 * field)
    return float(scf.energy_nuc() + energy), bare + field


def _repulsion(scf: object, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(pq|rs) with p and q among the left orbitals, r and s among the right."""
    from pyscf import ao2mo

    atomic = getattr(scf, "_eri", None)
    atomic = scf.mol if atomic is None else atomic  # type: ignore[attr-defined]
    shape = (left.shape[1],) * 2 + (right.shape[1],) * 2
    return np.asarray(ao2mo.kernel(atomic, (left, left, right, right), compact=False)).reshape(shape)
