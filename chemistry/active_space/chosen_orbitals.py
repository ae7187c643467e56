"""Active orbitals that a person names by their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chemistry.active_space.method import SelectedOrbitals, occupied, selected_orbitals
from chemistry.active_space.window import ActiveSpace

if TYPE_CHECKING:
    from chemistry.molecule import Molecule


@dataclass(frozen=True)
class ChosenOrbitals:
    """Hartree-Fock orbitals by number, counted from 1 as chemists do; they need not be neighbours.

    The order is that of `Molecule.mean_field`: doubly occupied, singly occupied, empty, each by energy. Doubly occupied
    orbitals that are not chosen are frozen; singly occupied ones must be chosen.

    Args:
        numbers: In any order, each once, such as `(3, 4, 5, 7)`.

    Raises:
        ValueError: If there are none, one is no positive whole number, or one is repeated.
    """

    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        numbers = tuple(self.numbers)
        if not numbers:
            raise ValueError("Chosen orbitals need at least one number, such as ChosenOrbitals((3, 4, 5, 7)).")
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
                raise ValueError(f"Orbitals are counted from 1, but {number!r} was given.")
        repeated = sorted({number for number in numbers if numbers.count(number) > 1})
        if repeated:
            raise ValueError(f"Each orbital is chosen once, but {', '.join(map(str, repeated))} was given repeatedly.")
        object.__setattr__(self, "numbers", tuple(sorted(int(number) for number in numbers)))

    def count(self, molecule: Molecule) -> ActiveSpace:
        """How many orbitals and electrons; nothing is solved.

        Raises:
            ValueError: If the molecule has no such orbital, one with an unpaired electron is left out, or the chosen
                ones hold no electrons.
        """
        mol = molecule._mole
        n_alpha, n_beta = mol.nelec
        if self.numbers[-1] > mol.nao:
            raise ValueError(
                f"Orbital {self.numbers[-1]} was chosen, but {molecule.formula} has {mol.nao} "
                f"orbital{'s' if mol.nao > 1 else ''} in this basis."
            )
        left_out = [number for number in range(n_beta + 1, n_alpha + 1) if number not in self.numbers]
        if left_out:
            raise ValueError(
                f"Orbitals with an unpaired electron must be active, but {', '.join(map(str, left_out))} "
                f"{'was' if len(left_out) == 1 else 'were'} not chosen."
            )
        chosen_alpha = sum(number <= n_alpha for number in self.numbers)
        chosen_beta = sum(number <= n_beta for number in self.numbers)
        if chosen_alpha == 0:
            raise ValueError(
                f"The chosen orbitals hold no electrons: {molecule.formula} occupies orbitals 1 to {n_alpha}, "
                "choose some of them."
            )
        return ActiveSpace(
            n_frozen=n_beta - chosen_beta, n_orbitals=len(self.numbers), n_alpha=chosen_alpha, n_beta=chosen_beta
        )

    def select(self, molecule: Molecule) -> SelectedOrbitals:
        """The orbitals themselves."""
        self.count(molecule)
        field = molecule.mean_field
        groups = occupied(field)
        indices = np.array(self.numbers) - 1
        units = np.eye(len(field.occupations))
        doubly = indices[indices < groups.doubly.stop]
        empty = indices[indices >= groups.empty.start]
        return selected_orbitals(field, units[groups.doubly][:, doubly], units[groups.empty][:, empty])
