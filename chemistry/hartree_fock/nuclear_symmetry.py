"""A PySCF molecule in the largest abelian point group that its nuclei really have.

PySCF takes nuclei for symmetric that are so to 1e-5 bohr, but their integrals then are not, and what follows from
the group holds in one place and not in another. Here they must be so to 1e-6, and what is left of the difference,
which no energy shows, is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pyscf import gto

# Abelian groups whose irreps multiply by exclusive or; the infinite groups are replaced by their largest such subgroup.
_ABELIAN_SUBGROUP = {"Dooh": "D2h", "Coov": "C2v", "SO3": "D2h"}
# The coordinates along the group's axes whose sign each operation changes.
_OPERATIONS = {
    "D2h": ("", "x", "y", "z", "xy", "xz", "yz", "xyz"),
    "C2v": ("", "x", "y", "xy"),
    "C2h": ("", "z", "xy", "xyz"),
    "D2": ("", "xy", "xz", "yz"),
    "C2": ("", "xy"),
    "Cs": ("", "z"),
    "Ci": ("", "xyz"),
    "C1": ("",),
}
_SYMMETRIC_TO = 1e-6  # bohr
_STRAIGHT_TO = 1e-4  # radians
_ROUNDING = 1e-13  # bohr
_MOST_ROUNDS = 5
_ALONE = Lock()  # PySCF's tolerance is one for all threads


def symmetric_mole(settings: Mapping[str, Any]) -> gto.Mole:
    """Build a molecule with symmetry.

    Args:
        settings: Of PySCF's `gto.M`, the symmetry apart; its atoms as pairs of a label and a position.
    """
    from pyscf import gto, lib, symm
    from pyscf.lib.exceptions import PointGroupSymmetryError

    with _ALONE, lib.temporary_env(symm.geom, TOLERANCE=_SYMMETRIC_TO):
        try:
            found = gto.M(symmetry=True, **settings).groupname
            mole = gto.M(symmetry=_ABELIAN_SUBGROUP.get(found, found), **settings)
            for _ in range(_MOST_ROUNDS):
                positions = _symmetrized(mole)
                if np.abs(positions - mole.atom_coords()).max() < _ROUNDING:
                    break
                # PySCF may now lay the axes a little differently.
                atoms = [(label, place) for (label, _), place in zip(settings["atom"], positions.tolist(), strict=True)]
                mole = gto.M(symmetry=mole.groupname, **{**settings, "atom": atoms, "unit": "bohr"})
        except (IndexError, PointGroupSymmetryError):
            # PySCF fails where nuclei keep a symmetry to just its tolerance, as on the way to a minimum.
            return gto.M(symmetry="C1", **settings)
    return mole


def _symmetrized(mole: gto.Mole) -> np.ndarray:
    """Positions in bohr, each the mean of what the operations of the molecule's group make of its equivalents."""
    axes, symbols = np.asarray(mole._symm_axes), np.array([mole.atom_symbol(i) for i in range(mole.natm)])
    local = (mole.atom_coords() - mole._symm_orig) @ axes.T
    images = []
    for operation in _OPERATIONS[mole.groupname]:
        moved = local * [-1.0 if axis in operation else 1.0 for axis in "xyz"]
        distances = np.linalg.norm(local[:, None] - moved[None, :], axis=2)
        distances[symbols[:, None] != symbols[None, :]] = np.inf
        images.append(moved[distances.argmin(axis=1)])
    # Axes that are nearly those of the coordinates become so: PySCF drops what little it would have to mix.
    straight = np.rint(axes)
    if np.abs(axes - straight).max() < _STRAIGHT_TO:
        axes = straight
    return np.asarray(np.mean(images, axis=0) @ axes + mole._symm_orig)
