"""A window of orbitals around the gap: all, all but the cores, or so many electrons in so many orbitals."""

from __future__ import annotations

from dataclasses import dataclass

# The spaces offered by name, with what each means.
NAMED_SPACES = {
    "full": "all electrons in all orbitals",
    "frozen-core": "all electrons but those of the atoms' closed inner shells",
    "homo-lumo": "the highest occupied and the lowest empty orbital, and any singly occupied ones between them",
}


@dataclass(frozen=True, kw_only=True)
class ActiveSpace:
    """How many orbitals are doubly occupied and frozen, and how many are treated, with how many electrons."""

    n_frozen: int  # doubly occupied orbitals that are not treated
    n_orbitals: int
    n_alpha: int
    n_beta: int

    @property
    def n_electrons(self) -> int:
        """Electrons that are treated."""
        return self.n_alpha + self.n_beta

    def __str__(self) -> str:
        return f"({self.n_electrons},{self.n_orbitals})"


def choose_active_space(
    *,
    n_alpha: int,
    n_beta: int,
    n_orbitals: int,
    n_core: int,
    frozen_core: bool = False,
    active_space: tuple[int, int] | str | None = None,
) -> ActiveSpace:
    """Turn what a person asks for into a window of orbitals around the gap.

    Args:
        n_alpha: Electrons of spin up in the whole molecule.
        n_beta: Electrons of spin down.
        n_orbitals: Orbitals of the whole molecule.
        n_core: Orbitals of the atoms' closed inner shells.
        frozen_core: Freeze those.
        active_space: (electrons, orbitals), one of `NAMED_SPACES`, or None for all.

    Raises:
        ValueError: If the molecule has no such window, with what it has.
    """
    if active_space == "full":
        active_space = None
    if active_space is not None and frozen_core:
        raise ValueError("An active space already says what is frozen: give frozen_core or active_space, not both.")
    if active_space == "frozen-core":
        active_space, frozen_core = None, True
    if active_space is None:
        n_frozen = min(n_core, n_beta) if frozen_core else 0
        if n_alpha == n_frozen:
            raise ValueError(
                f"The atoms' closed inner shells hold all {n_alpha + n_beta} electrons, so that a frozen core would "
                "leave none to treat: leave frozen_core out."
            )
        return ActiveSpace(
            n_frozen=n_frozen, n_orbitals=n_orbitals - n_frozen, n_alpha=n_alpha - n_frozen, n_beta=n_beta - n_frozen
        )
    if active_space == "homo-lumo":
        unpaired, pair = n_alpha - n_beta, min(1, n_beta)
        active_space = (2 * pair + unpaired, pair + unpaired + 1)
    if isinstance(active_space, str):
        raise TypeError(f"{active_space!r} is a named space without a rule.")
    return window_around_gap(*active_space, n_alpha=n_alpha, n_beta=n_beta, n_orbitals=n_orbitals)


def window_around_gap(n_electrons: int, n_active: int, *, n_alpha: int, n_beta: int, n_orbitals: int) -> ActiveSpace:
    """So many electrons in so many orbitals, the others in doubly occupied orbitals below them.

    Args:
        n_electrons: Electrons to treat.
        n_active: Orbitals to treat.
        n_alpha: Electrons of spin up in the whole molecule.
        n_beta: Electrons of spin down.
        n_orbitals: Orbitals of the whole molecule.

    Raises:
        ValueError: If the molecule does not have them.
    """
    unpaired, total = n_alpha - n_beta, n_alpha + n_beta
    wanted = f"The active space ({n_electrons},{n_active})"
    if n_electrons < 1 or n_active < 1:
        raise ValueError(f"{wanted} is empty: it needs at least one electron and one orbital.")
    if n_electrons > total:
        raise ValueError(f"{wanted} has more electrons than the molecule, which has {total}.")
    if (n_electrons - unpaired) % 2 or n_electrons < unpaired:
        raise ValueError(
            f"{wanted} does not go with {total} electrons of which {unpaired} are unpaired: "
            f"its electrons must be {'odd' if unpaired % 2 else 'even'} and at least {unpaired}."
        )
    n_frozen = (total - n_electrons) // 2
    if n_frozen + n_active > n_orbitals:
        raise ValueError(
            f"{wanted} is larger than the molecule in this basis, which has {n_orbitals} "
            f"orbital{'s' if n_orbitals > 1 else ''}, {n_frozen} of them below it."
        )
    active_alpha, active_beta = n_alpha - n_frozen, n_beta - n_frozen
    if active_alpha > n_active:
        raise ValueError(
            f"{wanted} has more electrons than its {n_active} orbital{'s' if n_active > 1 else ''} can hold."
        )
    return ActiveSpace(n_frozen=n_frozen, n_orbitals=n_active, n_alpha=active_alpha, n_beta=active_beta)
