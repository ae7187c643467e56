"""Whether a window of orbitals holds the d orbitals of a transition metal, which are seldom those around the gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

_OPEN_SHELLS = {3: range(21, 30), 4: range(39, 48), 5: range(72, 80)}  # atomic numbers, by the d shell that is open
_MAINLY = 0.5  # of an orbital, by Löwdin's populations


def missing_metal_note(mol: gto.Mole, active: np.ndarray) -> tuple[str, ...]:
    """A sentence where there is a transition metal and no active orbital is mainly a d orbital of it.

    Args:
        mol: PySCF's molecule.
        active: Shape (n_basis_functions, n_active).
    """
    metals = {}
    for atom in range(mol.natm):
        symbol = mol.atom_pure_symbol(atom)
        number = _atomic_number(symbol)
        shell = next((n for n, numbers in _OPEN_SHELLS.items() if number in numbers), None)
        if shell is not None and not mol.atom_symbol(atom).upper().startswith("GHOST"):
            metals[atom] = f"{symbol} {shell}d"
    if not metals:
        return ()
    overlap = mol.intor_symmetric("int1e_ovlp")
    values, vectors = np.linalg.eigh(overlap)
    populations = ((vectors * np.sqrt(values)) @ vectors.T @ active) ** 2
    labels = mol.ao_labels(fmt=None)
    on_d = np.array([atom in metals and bool(re.match(r"\d+d", shell)) for atom, _, shell, _ in labels])
    if populations[on_d].sum(axis=0).max(initial=0.0) > _MAINLY:
        return ()
    name = next(iter(metals.values()))
    return (
        f"No active orbital is mainly a d orbital of a metal, so their correlation is left out: name them, as in"
        f" active_space='avas:{name}'.",
    )


def _atomic_number(symbol: str) -> int:
    from pyscf.data.elements import charge

    return int(charge(symbol))
