"""What the advisor says: orbitals by rank, the space it chose, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chemistry.active_space.method import SelectedOrbitals
from chemistry.active_space.window import ActiveSpace

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

_HEADINGS = f"{'rank':>4}  {'orbital':<16}{'irrep':<6}{'energy, Ha':>11}{'electrons':>11}{'entropy':>9}  active"


@dataclass(frozen=True, kw_only=True)
class RankedOrbital:
    """A natural orbital and how entangled it is."""

    rank: int  # 1 is the most entangled
    kind: str  # doubly occupied, singly occupied or empty in the reference determinant
    irrep: str
    energy: float  # hartree, its expectation value of the Fock operator
    occupation: float  # electrons, in the cheap calculation
    entropy: float  # from 0 to ln 4
    chosen: bool

    def __str__(self) -> str:
        mark = "  *" if self.chosen else ""
        return (
            f"{self.rank:>4}  {self.kind:<16}{self.irrep:<6}{self.energy:>11.3f}{self.occupation:>11.3f}"
            f"{self.entropy:>9.4f}{mark}"
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Advice:
    """An active space that the advisor chose for a molecule, to be used as `problem(active_space=advice)`.

    Printed, it is a table of the orbitals that were looked at, and the sentences of `reason`.
    """

    ranking: tuple[RankedOrbital, ...]  # by entropy, the largest first
    space: ActiveSpace
    qubits: int
    n_determinants: int  # with the reference's electrons of each spin and its irrep
    reason: str  # a few sentences
    molecule: Molecule = field(repr=False)  # for which this was found
    orbitals: SelectedOrbitals = field(repr=False)

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons.

        Raises:
            ValueError: If this was found for another molecule.
        """
        self._check(molecule)
        return self.space

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves.

        Raises:
            ValueError: If this was found for another molecule.
        """
        self._check(molecule)
        return self.orbitals

    def __str__(self) -> str:
        return "\n".join([_HEADINGS, *map(str, self.ranking), "", self.reason])

    def _check(self, molecule: Molecule) -> None:
        if molecule != self.molecule:
            raise ValueError(
                f"This advice was found for another geometry or basis of {self.molecule.formula}, or another molecule: "
                f"ask again, or take as many natural orbitals, "
                f"NaturalOrbitals({self.space.n_electrons}, {self.space.n_orbitals})."
            )
