"""Every case of the bench, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from workloads.bench.case import Case
from workloads.bench.cases.jastrow import jastrow_case
from workloads.bench.cases.molecules import uccsd_case
from workloads.bench.cases.quadratic import fixed_weight_case, full_space_case

CHAINS, X_MIXER = "UCCSD of hydrogen chains", "QAOA with X mixer, p = 4"
LIGHTNING, QULACS, FFSIM = "lightning.qubit", "qulacs", "ffsim"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A case that is made only when it is wanted."""

    name: str
    make: Callable[[], Case]
    by_default: bool = True  # else with --all, or by name
    slow_peers: frozenset[str] = frozenset()  # these take minutes, and run with --all or by name

    def peers_of(self, everything: bool, peers: Iterable[str]) -> set[str]:
        """The peers that run."""
        return set(peers) if everything else set(peers) - self.slow_peers


def _molecule(molecule: str, *, by_default: bool = True, slow: Iterable[str] = (), **options: bool | str) -> Entry:
    words = "qubit-uccsd" if options.get("qubit_excitations") else "uccsd"
    ending = "" if options.get("symmetric", True) else "-all"
    return Entry(
        name=f"{words}-{molecule.lower()}{ending}",
        make=partial(uccsd_case, molecule, **options),  # type: ignore[arg-type]
        by_default=by_default,
        slow_peers=frozenset(slow),
    )


def _qaoa(n: int, n_chosen: int | None, quantity: str, *, by_default: bool = True, slow: Iterable[str] = ()) -> Entry:
    gradient = quantity == "gradient"
    make: Callable[[], Case]
    if n_chosen is None:
        series = X_MIXER if gradient else None
        name, make = f"qaoa-x-{n}-{quantity}", partial(full_space_case, n, 4, gradient=gradient, series=series)
    else:
        name = f"qaoa-{n_chosen}of{n}-{quantity}"
        make = partial(fixed_weight_case, n, n_chosen, 4, gradient=gradient)
    return Entry(name=name, make=make, by_default=by_default, slow_peers=frozenset(slow))


def _jastrow(
    molecule: str, n_repetitions: int, quantity: str, *, by_default: bool = True, slow: Iterable[str] = ()
) -> Entry:
    return Entry(
        name=f"jastrow{n_repetitions}-{molecule.lower()}-{quantity}",
        make=partial(jastrow_case, molecule, n_repetitions, gradient=quantity == "gradient"),
        by_default=by_default,
        slow_peers=frozenset(slow),
    )


CATALOGUE: tuple[Entry, ...] = (
    _molecule("LiH"),
    _molecule("LiH", qubit_excitations=True),
    _molecule("LiH", symmetric=False),
    _molecule("H2O"),
    _molecule("H2O", qubit_excitations=True),
    _molecule("H2O", symmetric=False),
    _molecule("NH3"),
    _molecule("NH3", symmetric=False, by_default=False),
    _molecule("CH4"),
    _molecule("CH4", symmetric=False, by_default=False),
    _molecule("N2"),
    _molecule("N2", qubit_excitations=True, by_default=False),
    _molecule("N2", symmetric=False, by_default=False),
    _molecule("H4", series=CHAINS),
    _molecule("H6", series=CHAINS),
    _molecule("H8", series=CHAINS),
    _molecule("H8", qubit_excitations=True, by_default=False),
    _molecule("H8", symmetric=False, by_default=False),
    _molecule("H10", series=CHAINS, slow=(LIGHTNING, QULACS)),
    _jastrow("N2", 1, "value", slow=(LIGHTNING, QULACS)),
    _jastrow("N2", 1, "gradient", slow=(LIGHTNING, QULACS)),
    _jastrow("N2", 2, "value", slow=(LIGHTNING, QULACS)),
    _jastrow("H10", 2, "value", by_default=False, slow=(LIGHTNING, QULACS)),
    _qaoa(16, 5, "gradient"),
    _qaoa(24, 8, "value", slow=(LIGHTNING,)),
    _qaoa(24, 8, "gradient", by_default=False),
    _qaoa(12, None, "gradient"),
    _qaoa(16, None, "gradient"),
    _qaoa(20, None, "gradient"),
    _qaoa(24, None, "value", slow=(LIGHTNING,)),
)


def chosen(names: Iterable[str], *, everything: bool) -> list[Entry]:
    """The entries that a command asks for, in the catalogue's order.

    Raises:
        ValueError: if a name is not in the catalogue.
    """
    wanted = list(names)
    known = {entry.name for entry in CATALOGUE}
    for name in wanted:
        if name not in known:
            raise ValueError(f"There is no case {name!r} in the bench; there are {', '.join(sorted(known))}.")
    if wanted:
        return [entry for entry in CATALOGUE if entry.name in wanted]
    return [entry for entry in CATALOGUE if everything or entry.by_default]
