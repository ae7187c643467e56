"""The rotations about an axis, or about all, that an abelian point group does not know."""

from __future__ import annotations

from typing import Any

import numpy as np

_DEVIATION = 1e-2  # electrons; what a search that is nearly at its end leaves is far less
_TURNS = ((0, 1, 1.0), (1, 2, 0.7))  # two axes of a plane and radians in it; the second for atoms only


def is_round(solver: Any) -> bool:
    """Whether the density of an atom or a linear molecule keeps its rotations; of other molecules, always.

    Args:
        solver: A closed shell of PySCF for a molecule with symmetry.
    """
    mol = solver.mol
    if mol.topgroup not in ("Dooh", "Coov", "SO3"):
        return True
    density = solver.make_rdm1()
    frame = np.asarray(mol._symm_axes)  # a linear molecule lies along the last
    for first, second, angle in _TURNS[: 2 if mol.topgroup == "SO3" else 1]:
        local = np.eye(3)
        local[np.ix_([first, second], [first, second])] = [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
        turn = mol.ao_rotation_matrix(frame.T @ local @ frame)
        change = density - turn @ density @ turn.T
        overlap = solver.get_ovlp()
        if abs(np.einsum("pq,qr,rs,sp->", change, overlap, change, overlap)) > _DEVIATION**2:
            return False
    return True
