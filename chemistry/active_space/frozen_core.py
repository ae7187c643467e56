"""The closed inner shells of an atom: what a frozen core leaves out."""

from __future__ import annotations

_NOBLE_GASES = (2, 10, 18, 36, 54, 86)  # electrons
_OUTER_SHELL = 8  # electrons of a noble gas's own s and p shell


def n_core_orbitals(atomic_number: int, n_replaced: int = 0) -> int:
    """How many orbitals of an atom are frozen by default.

    Those of the noble gas before the atom, so that d and f shells begun after it stay: 1s for lithium to neon, and up
    to 2p for sodium to argon, to 3p for scandium to krypton. From potassium and calcium on, alkali and alkaline earth
    metals keep the noble gas's outer s and p shell as well: in their compounds it lies among the valence orbitals of
    the others (potassium's 3p above fluorine's 2s), and orbitals are frozen by their energy.

    Args:
        atomic_number: The element.
        n_replaced: Electrons that a core potential stands for; they are no longer there to be frozen.
    """
    shell = max((size for size in _NOBLE_GASES if size < atomic_number), default=0)
    if shell > _NOBLE_GASES[1] and atomic_number - shell <= 2:
        shell -= _OUTER_SHELL
    return max(0, shell - n_replaced) // 2
