"""The closed inner shells of an atom: what a frozen core leaves out.

The core of an element is the same set of shells in every basis set, and a core potential takes away from it what it
stands for. So the electrons that stay are the same with and without a potential: gold keeps the eleven of 5d and 6s,
whether all the others are explicit (34 frozen orbitals) or a potential stands for 60 of them (5s and 5p are frozen, as
silver's 4s and 4p are). A potential that stands for the whole core, such as lanl2dz's for lead, leaves none to freeze.

| elements | their core | electrons |
|---|---|--:|
| H, He | none | 0 |
| Li to Ne | 1s | 2 |
| Na to Ca | up to 2p | 10 |
| Sc to Kr | up to 3p | 18 |
| Rb, Sr, Y | up to 3d | 28 |
| Zr to Xe | up to 4p | 36 |
| Cs, Ba, La to Lu | up to 4d | 46 |
| Hf to Rn | up to 5p, with 4f | 68 |
| Fr, Ra, Ac to Lr | up to 5d, with 4f | 78 |
| Rf to Og | up to 6p, with 5f | 100 |

That is the noble gas before the element and the f shell that is full since, as Psi4 freezes. Alkali and alkaline earth
metals from potassium on, yttrium, lanthanides and actinides keep the noble gas's outer s and p shell, as ORCA's do: in
their compounds it lies among the valence orbitals of the others (potassium's 3p, yttrium's 4p and lanthanum's 5p above
fluorine's 2s), and orbitals are frozen by their energy. ORCA keeps that shell of all transition metals.
"""

from __future__ import annotations

_NOBLE_GASES = (2, 10, 18, 36, 54, 86)  # electrons
_OUTER_SHELL = 8  # electrons of a noble gas's own s and p shell
_F_SHELL = 14  # electrons


def n_core_orbitals(atomic_number: int, n_replaced: int = 0) -> int:
    """How many orbitals of an atom are frozen by default, by the table above.

    Args:
        atomic_number: The element; 0 for a ghost atom, which has no core.
        n_replaced: Electrons that a core potential stands for; they are no longer there to be frozen.
    """
    return max(0, _core_electrons(atomic_number) - n_replaced) // 2


def _core_electrons(atomic_number: int) -> int:
    noble_gas = max((size for size in _NOBLE_GASES if size < atomic_number), default=0)
    outside = atomic_number - noble_gas
    has_f_shell = noble_gas >= _NOBLE_GASES[4]
    if has_f_shell and outside > _F_SHELL + 3:
        return noble_gas + _F_SHELL
    is_electropositive = outside <= 2 or (outside == 3 and noble_gas >= _NOBLE_GASES[3])
    if has_f_shell or (is_electropositive and noble_gas > _NOBLE_GASES[1]):
        return noble_gas - _OUTER_SHELL
    return noble_gas
