"""Which electrons and orbitals are treated exactly: around the gap, chosen by hand, from atomic orbitals, or advised.

`Molecule.problem(active_space=...)` takes all of them: (electrons, orbitals) around the gap or a name, and the methods
`ChosenOrbitals`, `Avas` and `NaturalOrbitals`, each as an object or written as text (`METHODS` says how), or the
`Advice` that `advise` gives. Import what is listed in `__all__`.
"""

from __future__ import annotations

from chemistry.active_space.advice import Advice, RankedOrbital
from chemistry.active_space.advisor import Advised, advise
from chemistry.active_space.avas import Avas
from chemistry.active_space.chosen_orbitals import ChosenOrbitals
from chemistry.active_space.entropies import single_orbital_entropies
from chemistry.active_space.frozen_core import n_core_orbitals
from chemistry.active_space.method import ActiveSpaceMethod, SelectedOrbitals
from chemistry.active_space.natural_orbitals import NaturalOrbitals
from chemistry.active_space.settings import METHODS, parse_active_space, read_active_space
from chemistry.active_space.window import NAMED_SPACES, ActiveSpace, choose_active_space

__all__ = [
    "METHODS",
    "NAMED_SPACES",
    "ActiveSpace",
    "ActiveSpaceMethod",
    "Advice",
    "Advised",
    "Avas",
    "ChosenOrbitals",
    "NaturalOrbitals",
    "RankedOrbital",
    "SelectedOrbitals",
    "advise",
    "choose_active_space",
    "n_core_orbitals",
    "parse_active_space",
    "read_active_space",
    "single_orbital_entropies",
]
