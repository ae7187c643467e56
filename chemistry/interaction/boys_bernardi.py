"""Interaction energies, and the counterpoise correction for basis functions that fragments borrow from each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chemistry.baselines import ccsd
from chemistry.interaction.fragments import Fragment, check_fragments

if TYPE_CHECKING:
    from chemistry.molecule import Molecule
    from chemistry.problem import ElectronicProblem


@dataclass(frozen=True, kw_only=True)
class InteractionEnergy:
    """The energy of a molecule less that of its fragments where they are in it; negative where they attract."""

    uncorrected: float
    """With each fragment in its own basis functions, hartree."""
    corrected: float
    """With each fragment in the basis functions of the whole molecule, hartree."""
    molecule_energy: float
    """Of the whole molecule, hartree."""
    fragment_energies: tuple[float, ...]
    """Of each fragment in its own basis functions, hartree."""
    ghost_energies: tuple[float, ...]
    """Of each fragment among the ghosts of the others, hartree."""
    converged: bool
    """Whether every calculation did."""

    @property
    def superposition_error(self) -> float:
        """What the fragments gain from each other's basis functions, hartree; positive for a variational method."""
        return self.corrected - self.uncorrected


def counterpoise(
    molecule: Molecule,
    fragments: Iterable[Fragment | Sequence[int]],
    method: Callable[[ElectronicProblem], Any] = ccsd,
    *,
    frozen_core: bool = False,
    reference: str = "restricted",
) -> InteractionEnergy:
    """The interaction energy of a molecule's fragments, with and without the counterpoise correction.

    In a finite basis set a fragment of a molecule also uses the basis functions of the others, so that they seem to
    attract each other. The correction computes each fragment in all basis functions of the molecule, with ghost atoms
    in place of the others: E(molecule) - sum of E(fragment among ghosts). Fragments keep the geometry that they have in
    the molecule, so the energy that deforms them is not in it.

    Args:
        molecule: All fragments together. Ghost atoms that belong to no fragment stay in all calculations but those of
            fragments alone.
        fragments: Lists of atoms, counted from 1, or `Fragment([4, 5], charge=1, spin=1)`, which divide the molecule.
        method: From a problem to what has an `energy`, such as `ccsd`, `full_ci` or `vqe`; a size-consistent one.
        frozen_core: As for `Molecule.problem`; ghosts have no core.
        reference: As for `Molecule.problem`.

    Raises:
        ValueError: If the fragments do not divide the molecule, or one of them cannot be.

    References:
        Boys and Bernardi, Mol. Phys. 19, 553 (1970).
    """
    parts = check_fragments(molecule, fragments)
    molecules = [
        molecule,
        *(part.alone(molecule) for part in parts),
        *(part.among_ghosts(molecule) for part in parts),
    ]
    results = [method(one.problem(frozen_core=frozen_core, reference=reference)) for one in molecules]
    whole, *others = (float(result.energy) for result in results)
    alone, among_ghosts = tuple(others[: len(parts)]), tuple(others[len(parts) :])
    return InteractionEnergy(
        uncorrected=whole - sum(alone),
        corrected=whole - sum(among_ghosts),
        molecule_energy=whole,
        fragment_energies=alone,
        ghost_energies=among_ghosts,
        converged=all(_converged(result) for result in results),
    )


def _converged(result: Any) -> bool:
    """Whether a classical method converged, or the search for a circuit's parameters."""
    return bool(result.converged if hasattr(result, "converged") else result.status.converged)
