"""Active orbitals from atomic ones: the part of the molecular orbitals that named atomic orbitals make up.

AVAS (Sayfutyarova, Sun, Chan and Knizia, J. Chem. Theory Comput. 13, 4063 (2017)): the doubly occupied and the empty
orbitals are each rotated to diagonalise their overlap with the named atomic orbitals, and those with a large overlap
are active. Singly occupied orbitals are always active (its option 3), so the reference determinant is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.atomic_orbitals import AtomicOrbitals, atomic_parts
from chemistry.active_space.method import SelectedOrbitals, occupied, selected_orbitals

if TYPE_CHECKING:
    from chemistry.active_space.window import ActiveSpace
    from chemistry.molecule import Molecule


@dataclass(frozen=True)
class Avas:
    """Active orbitals made of atomic valence orbitals.

    Args:
        labels: Atomic orbitals of a minimal basis set: `"O 2p"` for those of all oxygen atoms, `"2 O 2p"` for those of
            the molecule's second atom, `"C 2pz"` for one direction (of the geometry as it was given), `"C 2p pi"` for
            the one perpendicular to the plane of each atom and its neighbours. Shells are counted from 1s, those of the
            electrons that a core potential stands for included: `"Au 5d"`.
        threshold: The least part of an active orbital that they make up.

    Raises:
        ValueError: If there are no labels, one cannot be read, or the threshold is out of range.
    """

    labels: tuple[str, ...]
    threshold: float = 0.2

    def __post_init__(self) -> None:
        labels: Iterable[str] = (self.labels,) if isinstance(self.labels, str) else self.labels
        object.__setattr__(self, "labels", tuple(" ".join(str(label).split()) for label in labels))
        if not self.labels:
            raise ValueError('AVAS needs at least one atomic orbital, such as Avas(("O 2p", "H 1s")).')
        for label in self.labels:
            AtomicOrbitals.read(label)
        if not 0 < self.threshold < 1:
            raise ValueError(
                f"The threshold of AVAS is a part between 0 and 1, as in 0.2, but {self.threshold} was given."
            )

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons; the mean field is solved, because it decides."""
        return molecule.selected_orbitals(self).space

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves.

        Raises:
            ValueError: If the molecule has no such atomic orbitals, or no orbital is made of them.
        """
        field = molecule.mean_field
        parts = atomic_parts(field.scf.mol, self.labels)
        projector = parts @ field.coefficients
        groups = occupied(field)
        doubly, empty = (self._made_of(projector[:, group]) for group in (groups.doubly, groups.empty))
        n_singly = groups.singly.stop - groups.singly.start
        if doubly.shape[1] + n_singly == 0:
            raise ValueError(
                f"No occupied orbital of {molecule.formula} is made of {', '.join(self.labels)} to {self.threshold:g} "
                "or more: name other atomic orbitals or lower the threshold."
            )
        return selected_orbitals(field, doubly, empty)

    def _made_of(self, projector: np.ndarray) -> np.ndarray:
        """The orbitals that the atomic ones make up, as columns over those whose parts are given."""
        weights, vectors = np.linalg.eigh(projector.T @ projector)
        return vectors[:, weights >= self.threshold]
