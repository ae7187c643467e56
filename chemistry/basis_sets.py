"""Basis sets: which one each element has, and the core potential that goes with it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from chemistry.geometry import ATOMIC_NUMBERS, Atom

# A basis set is a name that PySCF knows, or what PySCF reads in place of a name: the text of a basis set in NWChem's
# format, or its shells. Where elements differ, it is a mapping from symbols to these, with "default" for the others.
BasisSet = str | Mapping[str, Any]

# Families whose core potential goes by another name than the basis set: what the squeezed name begins and ends with.
_POTENTIAL_OF_FAMILY = (
    ("ccecpcc", "", "ccecp"),
    ("ccecpaug", "", "ccecp"),
    ("bfdv", "", "bfd"),
    ("augccpv", "pp", "cc-pvdz-pp"),
    ("ccpwcv", "pp", "cc-pvdz-pp"),
    ("def2", "", "def2-svp"),
)

# The steepest s function of a basis set for all electrons has an exponent of 1.6 (STO-3G, He) or more times the square
# of the nuclear charge, as the innermost electrons need; of PySCF's sets that lack a core, all but lithium's have less.
_STEEPEST = 1.5


def element_basis_sets(basis: BasisSet, atoms: Iterable[Atom]) -> dict[str, Any]:
    """The basis set of each element of a molecule.

    Args:
        basis: One for all elements, or a mapping from symbols, with `"default"` for those that it does not name.
        atoms: The molecule.

    Raises:
        ValueError: If an element has none, PySCF does not know it, or the mapping names elements that are not there.
    """
    symbols = _symbols(atoms)
    chosen = _for_elements(basis, symbols, what="basis set", example="{'O': '6-31g', 'default': 'sto-3g'}")
    for symbol in symbols:
        if symbol not in chosen:
            raise ValueError(f"The basis set names no {symbol}: add it, or an entry 'default' for all other elements.")
        _shells(chosen[symbol], symbol)
    return {symbol: chosen[symbol] for symbol in symbols}


def element_core_potentials(ecp: BasisSet | None, basis_sets: Mapping[str, Any]) -> dict[str, Any]:
    """The effective core potential of each element that has one.

    A basis set that was made for a core potential is useless without it, so what is not given is looked up by the name
    of the basis set: `def2-svp` brings iodine's, `lanl2dz` zinc's.

    Args:
        ecp: As for a basis set; None: what the basis sets go with.
        basis_sets: That of each element.

    Raises:
        ValueError: If PySCF has no such potential for an element that is named, or a basis set lacks the functions for
            inner electrons and no potential stands for them.
    """
    symbols = list(basis_sets)
    given = {} if ecp is None else _for_elements(ecp, symbols, what="core potential", example="{'I': 'lanl2dz'}")
    for symbol, potential in given.items():
        # One name for all is allowed to leave light elements as they are.
        if isinstance(ecp, Mapping) and not _potential(potential, symbol):
            raise ValueError(
                f"There is no effective core potential {_shown(potential)} for {symbol}: "
                "use one that PySCF knows, such as lanl2dz or def2-svp."
            )
    if given and not any(_potential(potential, symbol) for symbol, potential in given.items()):
        raise ValueError(f"There is no effective core potential {_shown(ecp)} for any of {', '.join(symbols)}.")
    potentials = {}
    for symbol, basis in basis_sets.items():
        name = given[symbol] if symbol in given else _potential_of(basis, symbol)
        if name is not None and _potential(name, symbol):
            potentials[symbol] = name
        elif _lacks_core(basis, symbol):
            raise ValueError(
                f"The basis set {_shown(basis)} has no functions for the inner electrons of {symbol}: name the "
                f"core potential that it was made for, as in ecp={{'{symbol}': 'lanl2dz'}}, or use another basis set."
            )
    return potentials


def core_electrons(potentials: Mapping[str, Any], atoms: Iterable[Atom]) -> int:
    """Electrons that the core potentials of a molecule stand for; a ghost has none, whatever its element."""
    return sum(
        int(_potential(potentials[atom.symbol], atom.symbol)[0])
        for atom in atoms
        if atom.symbol in potentials and not atom.is_ghost
    )


def basis_set_name(basis: BasisSet) -> str:
    """A basis set in a few words, for messages and records: `sto-3g`, or `O: 6-31g, H: sto-3g`."""
    if not isinstance(basis, Mapping):
        return _shown(basis).strip("'")
    return ", ".join(f"{symbol}: {_shown(value)}".replace("'", "") for symbol, value in basis.items())


def _symbols(atoms: Iterable[Atom]) -> list[str]:
    return list(dict.fromkeys(atom.symbol for atom in atoms))


def _for_elements(given: BasisSet, symbols: list[str], *, what: str, example: str) -> dict[str, Any]:
    """What is given for each element, of those that it is given for."""
    if not isinstance(given, Mapping):
        if not isinstance(given, str) or not given.strip():
            raise ValueError(
                f"A {what} is a name or a mapping from elements, as in {example}, but {given!r} was given."
            )
        return dict.fromkeys(symbols, given)
    by_symbol = {str(key).strip().capitalize(): value for key, value in given.items()}
    for key in by_symbol:
        if key != "Default" and key not in ATOMIC_NUMBERS:
            raise ValueError(f"The {what} is given for {key!r}, which is not an element: write it as {example}.")
        if key != "Default" and key not in symbols:
            raise ValueError(f"The {what} is given for {key}, but the molecule is made of {', '.join(symbols)}.")
    default = by_symbol.pop("Default", None)
    return by_symbol | ({} if default is None else {symbol: default for symbol in symbols if symbol not in by_symbol})


def _shells(basis: Any, symbol: str) -> list[Any]:
    """The shells of a basis set as PySCF writes them: angular momentum, then exponents with coefficients."""
    shells = _named_shells(basis, symbol) if isinstance(basis, str) else _parsed_shells(basis, symbol)
    if not shells:
        raise ValueError(
            f"There is no basis set {_shown(basis)} for {symbol}: "
            "use a name that PySCF knows, such as sto-3g, 6-31g or cc-pvdz."
        )
    return shells


@lru_cache(maxsize=256)
def _named_shells(name: str, symbol: str) -> list[Any]:
    return _parsed_shells(name, symbol)


def _parsed_shells(basis: Any, symbol: str) -> list[Any]:
    """As `_shells`; empty where PySCF cannot read it."""
    from pyscf import gto

    try:
        with warnings.catch_warnings():
            # It recommends a package for names that it does not know.
            warnings.simplefilter("ignore")
            return list(gto.format_basis({symbol: basis})[symbol])
    except Exception:
        return []


def _potential(ecp: Any, symbol: str) -> Any:
    """The core potential as PySCF writes it, number of electrons first; None where PySCF has none by that name."""
    return _named_potential(ecp, symbol) if isinstance(ecp, str) else ecp


@lru_cache(maxsize=256)
def _named_potential(name: str, symbol: str) -> Any:
    from pyscf import gto

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return gto.basis.load_ecp(name, symbol) or None
    except Exception:
        return None


def _potential_of(basis: Any, symbol: str) -> str | None:
    """The name of the core potential that a basis set was made for, or None."""
    if not isinstance(basis, str) or "\n" in basis:
        return None
    squeezed = basis.lower().replace("-", "").replace("_", "").replace(" ", "")
    others = [
        name for begin, end, name in _POTENTIAL_OF_FAMILY if squeezed.startswith(begin) and squeezed.endswith(end)
    ]
    return next((name for name in (basis, *others) if _potential(name, symbol)), None)


def _lacks_core(basis: Any, symbol: str) -> bool:
    number = ATOMIC_NUMBERS[symbol]
    exponents = [
        float(primitive[0])
        for shell in _shells(basis, symbol)
        if shell[0] == 0
        for primitive in shell[1:]
        if not isinstance(primitive, int)
    ]
    return number > 2 and max(exponents, default=0.0) < _STEEPEST * number**2


def _shown(value: Any) -> str:
    if isinstance(value, str) and "\n" not in value:
        return repr(value)
    return "as given"
