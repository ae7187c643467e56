"""Charges and spins of atoms, by Mulliken's and by Löwdin's partition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from chemistry.properties.atomic_orbitals import molecule_of, spin_densities

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from chemistry.states.density_matrices import DensityMatrices

Scheme = Literal["mulliken", "lowdin"]
SCHEMES: tuple[Scheme, ...] = ("mulliken", "lowdin")


@dataclass(frozen=True, eq=False, kw_only=True)
class AtomicPopulations:
    """Charges and spins of atoms; they depend on the basis set, Mulliken's badly so on diffuse ones."""

    scheme: Scheme
    symbols: tuple[str, ...]
    charges: np.ndarray  # shape: (n_atoms,), elementary charges; they add up to that of the molecule
    spins: np.ndarray  # shape: (n_atoms,), electrons of spin up less those of spin down; they add up to 2 S_z

    def table(self) -> str:
        """The atoms as text, one per line, counted from 1."""
        lines = ["atom      charge    spin"]
        for number, (symbol, charge, spin) in enumerate(zip(self.symbols, self.charges, self.spins, strict=True), 1):
            lines.append(f"{number:>3} {symbol:<3} {charge:>+8.4f} {spin:>+8.4f}")
        return "\n".join(lines)


def atomic_populations(
    problem: ElectronicProblem, densities: DensityMatrices, *, scheme: Scheme = "mulliken"
) -> AtomicPopulations:
    """How a state's electrons and its spin are spread over the atoms.

    Mulliken, J. Chem. Phys. 23, 1833 (1955); Löwdin, J. Chem. Phys. 18, 365 (1950).

    Args:
        problem: The electronic problem, made from a molecule.
        densities: Of the state, as from `reduced_density_matrices` or an excited state.
        scheme: "mulliken" or "lowdin".

    Raises:
        ValueError: If the scheme is another, or the problem does not know its orbitals.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"Populations are by 'mulliken' or 'lowdin', but {scheme!r} was given.")
    mol = molecule_of(problem)
    overlap = mol.intor_symmetric("int1e_ovlp")
    if scheme == "mulliken":
        by_function = [np.einsum("ij,ji->i", density, overlap) for density in spin_densities(problem, densities)]
    else:
        values, columns = np.linalg.eigh(overlap)
        root = columns @ np.diag(np.sqrt(values.clip(0.0))) @ columns.T
        by_function = [np.diag(root @ density @ root) for density in spin_densities(problem, densities)]
    first = mol.aoslice_by_atom()[:, 2:]
    up, down = (np.array([part[start:stop].sum() for start, stop in first]) for part in by_function)
    return AtomicPopulations(
        scheme=scheme,
        symbols=tuple(mol.atom_pure_symbol(atom).replace("GHOST", "Ghost") for atom in range(mol.natm)),
        charges=mol.atom_charges() - up - down,
        spins=up - down,
    )
