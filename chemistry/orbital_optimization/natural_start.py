"""A further start for orbitals that are optimized: MP2 natural orbitals.

The orbitals around the gap need not be those that correlate, and a search from them may end in a local minimum that
keeps the wrong ones active, tens of millihartree too high. Natural orbitals with occupations far from 2 and 0 are the
usual start beside them: Jensen, Jørgensen, Ågren and Olsen, J. Chem. Phys. 88, 3834 (1988).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.active_space.frozen_core import n_core_orbitals
from chemistry.active_space.method import selected_orbitals
from chemistry.active_space.natural_orbitals import natural_orbitals

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem


def natural_start(problem: ElectronicProblem) -> ElectronicProblem | None:
    """The problem in as many MP2 natural orbitals, where its own are a window of the mean field's.

    Args:
        problem: Made from a molecule; both spins share its orbitals.

    Returns:
        The other problem; None where all orbitals are active, where somebody chose the orbitals, so that others are not
        asked for, and where the perturbation theory fails.
    """
    field: Any = problem.mean_field
    n_frozen, n_orbitals = problem.frozen_orbitals.shape[1], problem.n_orbitals  # type: ignore[union-attr]
    window = field.coefficients[:, n_frozen : n_frozen + n_orbitals]
    if n_orbitals == field.coefficients.shape[1] or not np.array_equal(problem.orbitals, window):  # type: ignore[arg-type]
        return None
    mol = field.scf.mol
    replaced = [mol.atom_nelec_core(atom) for atom in range(mol.natm)]
    n_core = sum(n_core_orbitals(mol.atom_charge(atom) + n, n) for atom, n in enumerate(replaced))
    try:
        natural = natural_orbitals(field, n_core=min(n_core, n_frozen))
    except ValueError:
        return None
    doubly, empty = problem.n_beta, n_orbitals - problem.n_alpha
    return selected_orbitals(field, natural.doubly[:, :doubly], natural.empty[:, :empty]).problem(field)
