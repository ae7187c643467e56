"""FCIDUMP, the file by which quantum chemistry programs hand integrals over orbitals to each other.

A header gives the number of orbitals and of electrons, twice the spin projection, and the irrep of each orbital. Then
come lines of a value and four indices from 1: (ij|kl), h_ij where k = l = 0, an orbital energy where only i is not 0,
and the constant where all are 0.

References:
    Knowles and Handy, Comput. Phys. Commun. 54, 75 (1989).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from chemistry.geometry.text_files import read_text
from chemistry.integrals.bare_integrals import forbidden_by, problem_from_integrals
from chemistry.integrals.occupied_orbitals import lowest_determinant, lowest_open_shell
from chemistry.problem import ElectronicProblem, check_problem, reference_fock

_MOST_ORBITALS = 64  # occupation strings are the bits of a word
_SAME_VALUE = 1e-8  # hartree; the same integral given twice must agree to this
_NOISE = 1e-7  # hartree; what rounding leaves of an integral that symmetry forbids

# Molpro's numbers, which the format follows, for the irreps in PySCF's order, which is ours. In both, products are
# exclusive ors: of the number less one, and of the place in the list. The format cannot tell C2v, C2h and D2 apart, nor
# C2, Cs and Ci; the first of each is assumed.
_MOLPRO = {
    "D2h": (1, 4, 6, 7, 8, 5, 3, 2),
    "C2v": (1, 4, 2, 3),
    "C2h": (1, 4, 2, 3),
    "D2": (1, 4, 3, 2),
    "C2": (1, 2),
    "Cs": (1, 2),
    "Ci": (1, 2),
    "C1": (1,),
}


_HEADER = re.compile(r"^[ \t]*[&$]FCI\b(.*?)(?:[&$]END\b|/)", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_READ = ("NORB", "NELEC", "MS2", "ISYM", "ORBSYM", "IUHF", "UHF")  # of the header
_SHOWN = 60  # characters of a title in a note


@dataclass(frozen=True, kw_only=True)
class _Header:
    n_orbitals: int
    n_alpha: int
    n_beta: int
    labels: np.ndarray | None  # ORBSYM; shape: (n_orbitals,)
    state: int  # ISYM
    notes: tuple[str, ...]  # on entries that were not read


@dataclass(frozen=True, kw_only=True)
class _Integrals:
    constant: float
    one_body: np.ndarray  # shape: (n_orbitals, n_orbitals)
    two_body: np.ndarray  # shape: (n_orbitals,) * 4
    orbital_energies: np.ndarray | None  # shape: (n_orbitals,)


@dataclass(frozen=True, kw_only=True)
class _Symmetry:
    irreps: np.ndarray  # shape: (n_orbitals,), in PySCF's order
    point_group: str  # that they are taken for
    state: int | None  # the irrep that ISYM asks for; None: not said


def read_fcidump(path: str | Path, *, keep_order: bool = False) -> ElectronicProblem:
    """Read an electronic problem from an FCIDUMP file of orbitals that both spins share.

    The format does not say which orbitals the reference determinant occupies. Where it has orbital energies, they are
    the lowest; where not, the first, unless the exchange of two orbitals lowers the determinant's energy: then those of
    the lowest determinant found so. Orbitals are reordered if the occupied ones do not come first, each kind by energy.
    Unpaired electrons take orbitals that make ISYM, unless that is 1, which many programs write whatever the state is.

    ORBSYM may be in Molpro's numbers from 1 or in PySCF's from 0. The file names no point group, so that the irreps of
    the problem have the right products, and the names of D2h, C2v or C2.

    Args:
        path: The file.
        keep_order: The first orbitals are the occupied ones, whatever their energies.

    Returns:
        The problem, with a note on what was not read, such as a title before the header, and if orbitals were
        reordered; its orbital energies are the file's, or the diagonal of the reference's Fock matrix.

    Raises:
        ValueError: If there is no such file, it cannot be read, it has no one-body integrals or no constant, as when it
            was cut off, its integrals are complex or differ between the spins, or ORBSYM forbids integrals that are
            there.
    """
    text = read_text(path, "FCIDUMP file")
    # Remarks of a header's lines, `! ...`, become blanks, so that places in the text stay what they are.
    match = _HEADER.search(re.sub(r"![^\n]*", lambda remark: " " * len(remark[0]), text) if "!" in text else text)
    if not match:
        raise ValueError(f"An FCIDUMP file begins with &FCI and a header that ends in &END or /, but {path} does not.")
    header = _parse_header(match[1], path)
    notes = (*_notes_on_title(text[: match.start()], path), *header.notes)
    integrals = _parse_integrals(text[match.end() :], header.n_orbitals, path)
    symmetry = _symmetry(header, integrals, path)
    order = np.arange(header.n_orbitals) if keep_order else _reference_first(header, integrals, symmetry, path)
    irreps = symmetry.irreps[order]
    energies = integrals.orbital_energies
    problem = problem_from_integrals(
        integrals.constant,
        integrals.one_body[np.ix_(order, order)],
        integrals.two_body[np.ix_(order, order, order, order)],
        header.n_alpha,
        header.n_beta,
        orbital_energies=None if energies is None else energies[order],
        irreps=irreps,
        irrep_names=_irrep_names(symmetry.point_group, irreps),
        point_group=symmetry.point_group,
    )
    if (order == np.arange(header.n_orbitals)).all():
        return replace(problem, notes=(*problem.notes, *notes))
    occupied = ", ".join(str(number) for number in np.sort(order[: header.n_alpha]) + 1)
    note = f"Orbitals were reordered: the reference occupies what are numbers {occupied} in the file."
    return replace(problem, notes=(*problem.notes, *notes, note))


def write_fcidump(problem: ElectronicProblem, path: str | Path) -> None:
    """Write a problem as an FCIDUMP file, irreps in Molpro's numbers, to all digits.

    Args:
        problem: Over orbitals that both spins share.
        path: The file, which is replaced if it is there.

    Raises:
        ValueError: If the spins have orbitals of their own, or the path is a folder or in none.
    """
    check_problem(problem, "write_fcidump")
    path = Path(path)
    if path.is_dir() or not path.parent.is_dir():
        trouble = "is a folder" if path.is_dir() else f"is in no folder that exists: make {path.parent} first"
        raise ValueError(f"An FCIDUMP file is written to a path that can be a file, but {path} {trouble}.")
    if problem.beta is not None:
        raise ValueError("An FCIDUMP file is written for orbitals that both spins share: use a restricted reference.")
    labels = _molpro_numbers(problem.point_group, problem.irreps)
    state = int(np.bitwise_xor.reduce(labels[problem.n_beta : problem.n_alpha] - 1, initial=0)) + 1
    lines = [
        f" &FCI NORB={problem.n_orbitals:4d},NELEC={problem.n_electrons:3d},MS2={problem.n_alpha - problem.n_beta:2d},",
        f"  ORBSYM={','.join(map(str, labels.tolist()))},",
        f"  ISYM={state},",
        " &END",
    ]
    i, j = np.tril_indices(problem.n_orbitals)
    pair, other = np.tril_indices(len(i))
    places = np.stack([i[pair], j[pair], i[other], j[other]])
    values = problem.two_body[tuple(places)]
    lines += _lines(values, places + 1)
    # A file without one-body integrals is taken to be cut off, so they are written even if all are zero.
    places = np.stack([i + 1, j + 1, 0 * i, 0 * i])
    lines += _lines(problem.one_body[i, j], places, keep_zero=not problem.one_body.any())
    lines += _lines(np.array([problem.constant]), np.zeros((4, 1), dtype=np.int64), keep_zero=True)
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _lines(values: np.ndarray, places: np.ndarray, *, keep_zero: bool = False) -> list[str]:
    kept = (values != 0) | keep_zero
    return [
        f"{value:24.16e} {i:4d} {j:4d} {k:4d} {l:4d}"
        for value, (i, j, k, l) in zip(values[kept].tolist(), places[:, kept].T.tolist(), strict=True)  # noqa: E741
    ]


def _parse_header(text: str, path: str | Path) -> _Header:
    entries = {
        name.upper(): value.strip(" ,\r\n\t")
        for name, value in re.findall(r"([A-Za-z]\w*)\s*=([^=]*)(?=,?\s*\b[A-Za-z]\w*\s*=|\s*$)", text)
    }
    if entries.get("IUHF", "0") != "0" or entries.get("UHF", "F").strip(".").upper().startswith("T"):
        raise ValueError(f"{path} holds unrestricted orbitals, but only orbitals that both spins share are read.")
    numbers = {}
    for name, default in (("NORB", None), ("NELEC", None), ("MS2", 0), ("ISYM", 1)):
        value = _whole_numbers(entries[name]) if entries.get(name) else [default]
        if value is None or len(value) != 1 or value[0] is None:
            given = f"{name}={entries[name]}" if name in entries else "none"
            raise ValueError(f"The header of an FCIDUMP file gives {name} as a whole number, but {path} has {given}.")
        numbers[name] = value[0]
    n_orbitals, n_electrons, unpaired = numbers["NORB"], numbers["NELEC"], abs(numbers["MS2"])
    if not 1 <= n_orbitals <= _MOST_ORBITALS:
        raise ValueError(f"{path} has {n_orbitals} orbital{_s(n_orbitals)}, but 1 to {_MOST_ORBITALS} are treated.")
    if (n_electrons - unpaired) % 2 or unpaired > n_electrons or n_electrons < 1:
        raise ValueError(f"{path} has NELEC={n_electrons} electrons, of which MS2={unpaired} cannot be unpaired.")
    n_alpha = (n_electrons + unpaired) // 2
    if n_alpha > n_orbitals:
        raise ValueError(f"{path} has {n_alpha} electrons of spin up, but only {n_orbitals} orbital{_s(n_orbitals)}.")
    unread = [f"{name}={value}" for name, value in entries.items() if name not in _READ]
    labels = None
    if entries.get("ORBSYM"):
        numbers_given = _whole_numbers(entries["ORBSYM"])
        if numbers_given is None or len(numbers_given) != n_orbitals or min(numbers_given) < 0:
            raise ValueError(f"ORBSYM is {n_orbitals} numbers, one per orbital, but {path} has {entries['ORBSYM']}.")
        labels = np.array(numbers_given, dtype=np.int64)
    return _Header(
        n_orbitals=n_orbitals,
        n_alpha=n_alpha,
        n_beta=n_electrons - n_alpha,
        labels=labels,
        state=numbers["ISYM"],
        notes=(f"Not read of the file's header: {', '.join(unread)}.",) if unread else (),
    )


def _notes_on_title(text: str, path: str | Path) -> tuple[str, ...]:
    """What stands before the header, which is a title or a comment; numbers there would be integrals."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if re.fullmatch(r"[(]?[+-]?\d*\.?\d+([eEdD][+-]?\d+)?[\s\d+-]*", line):
            raise ValueError(f"{path} has the line {line!r} before &FCI: put integrals after the header.")
    shown = [repr(line if len(line) <= _SHOWN else line[:_SHOWN] + "...") for line in lines]
    return (f"Not read of the file, since it comes before &FCI: {', '.join(shown)}.",) if shown else ()


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _whole_numbers(text: str) -> list[int] | None:
    """A list of Fortran's, in which `3*1` is short for `1,1,1`; None if it is something else."""
    numbers: list[int] = []
    for item in text.replace(",", " ").split():
        match = re.fullmatch(r"(?:(\d+)\*)?([+-]?\d+)", item)
        if not match:
            return None
        numbers += [int(match[2])] * int(match[1] or 1)
    return numbers


def _parse_integrals(text: str, n_orbitals: int, path: str | Path) -> _Integrals:
    rows = [row for row in (line.split() for line in text.splitlines()) if row]
    for number, row in enumerate(rows, start=1):
        if row[0].startswith("("):
            raise ValueError(f"{path} holds complex integrals, as in {' '.join(row)!r}, but only real ones are read.")
        if len(row) != 5:
            last = ", the last, as if it were cut off" if number == len(rows) else ""
            raise ValueError(
                f"A line of an FCIDUMP file is a value and four indices, but {path} has {' '.join(row)!r}{last}."
            )
    try:
        values = np.array([float(row[0].replace("D", "e").replace("d", "e")) for row in rows])
        places = np.array([[int(item) for item in row[1:]] for row in rows], dtype=np.int64).reshape(-1, 4)
    except ValueError:
        raise ValueError(f"A line of an FCIDUMP file is a value and four indices, but {path} has others.") from None
    wrong = (places < 0).any(axis=1) | (places > n_orbitals).any(axis=1) | ~np.isfinite(values)
    kind = (places > 0) @ np.array([8, 4, 2, 1])
    wrong |= ~np.isin(kind, (15, 12, 8, 0))
    if wrong.any():
        row = rows[int(np.argmax(wrong))]
        raise ValueError(f"{path} has {n_orbitals} orbital{_s(n_orbitals)}, but one of its lines is {' '.join(row)!r}.")
    _check_whole(kind, path)
    two_body = np.zeros((n_orbitals,) * 4)
    one_body = np.zeros((n_orbitals,) * 2)
    i, j, k, l = (places[kind == 15] - 1).T  # noqa: E741
    for first, second in (((i, j), (k, l)), ((k, l), (i, j))):
        for left in (first, first[::-1]):
            for right in (second, second[::-1]):
                two_body[*left, *right] = values[kind == 15]
    p, q = (places[kind == 12, :2] - 1).T
    one_body[p, q] = one_body[q, p] = values[kind == 12]
    for array, indices, given in ((two_body, (i, j, k, l), values[kind == 15]), (one_body, (p, q), values[kind == 12])):
        conflict = np.abs(array[indices] - given) > _SAME_VALUE
        if conflict.any():
            place = " ".join(str(int(part[np.argmax(conflict)]) + 1) for part in indices)
            raise ValueError(
                f"{path} gives different values to the integral {place} and one that equals it for real orbitals: "
                "its orbitals are complex, or not the same for both spins."
            )
    return _Integrals(
        constant=float(values[kind == 0][-1]),
        one_body=one_body,
        two_body=two_body,
        orbital_energies=_orbital_energies(places[kind == 8, 0], values[kind == 8], n_orbitals),
    )


def _check_whole(kind: np.ndarray, path: str | Path) -> None:
    """Refuse a file that lacks what comes after the two-body integrals, as one does that was cut off."""
    for code, what, remedy in (
        (12, "one-body integrals, h_ij with the indices i j 0 0", "write '0.0 1 1 0 0' if all are zero"),
        (0, "constant, with the indices 0 0 0 0", "add the line '0.0 0 0 0 0' if it is zero"),
    ):
        if not (kind == code).any():
            raise ValueError(f"{path} has no {what}, and may be cut off: write the file again, or {remedy}.")


def _orbital_energies(orbitals: np.ndarray, values: np.ndarray, n_orbitals: int) -> np.ndarray | None:
    if len(np.unique(orbitals)) < n_orbitals:
        return None
    energies = np.empty(n_orbitals)
    energies[orbitals - 1] = values
    return energies


def _symmetry(header: _Header, integrals: _Integrals, path: str | Path) -> _Symmetry:
    labels, n_orbitals = header.labels, header.n_orbitals
    if labels is None:
        return _Symmetry(irreps=np.zeros(n_orbitals, dtype=np.int64), point_group="C1", state=None)
    readings = []
    if labels.min() > 0 and labels.max() <= 8:
        group = _smallest_group(int(labels.max()))
        irrep_of = np.argsort(_MOLPRO[group])
        state = None
        if header.state > 1:
            if header.state > len(irrep_of):
                raise ValueError(f"ISYM of {path} is {header.state}, which is the irrep of no product of its orbitals.")
            state = int(irrep_of[header.state - 1])
        readings.append(_Symmetry(irreps=irrep_of[labels - 1], point_group=group, state=state))
    # PySCF numbers from 0, in tens for the angular momenta of linear molecules, and gives the state no number.
    numbers = labels % 10
    if numbers.max() < 8:
        readings.append(_Symmetry(irreps=numbers, point_group=_smallest_group(int(numbers.max()) + 1), state=None))
    noise = [forbidden_by(reading.irreps, integrals.one_body, integrals.two_body) for reading in readings]
    for reading, largest in zip(readings, noise, strict=True):
        if largest <= _NOISE:
            return reading
    reach = f"forbids integrals that reach {min(noise):.1e} hartree" if noise else "has numbers beyond 8"
    raise ValueError(f"ORBSYM of {path} {reach}: set all of its numbers to 1 to read the file without symmetry.")


def _smallest_group(n_irreps: int) -> str:
    return next(group for group in ("C1", "C2", "C2v", "D2h") if len(_MOLPRO[group]) >= n_irreps)


def _irrep_names(point_group: str, irreps: np.ndarray) -> tuple[str, ...]:
    from pyscf import symm

    return tuple(str(symm.irrep_id2name(point_group, int(irrep))) for irrep in irreps)


def _molpro_numbers(point_group: str, irreps: np.ndarray) -> np.ndarray:
    table = np.array(_MOLPRO.get(point_group, ()))
    return table[irreps] if irreps.max() < len(table) else irreps + 1


def _reference_first(header: _Header, integrals: _Integrals, symmetry: _Symmetry, path: str | Path) -> np.ndarray:
    """The order in which doubly occupied orbitals come first, then singly occupied ones, then empty ones."""
    n_orbitals, n_alpha, n_beta = header.n_orbitals, header.n_alpha, header.n_beta
    one_body, two_body, energies = integrals.one_body, integrals.two_body, integrals.orbital_energies
    found: tuple[np.ndarray, np.ndarray] | None
    if symmetry.state is not None:
        found = lowest_open_shell(one_body, two_body, n_alpha, n_beta, symmetry.irreps, symmetry.state)
        if found is None:
            raise ValueError(
                f"ISYM of {path} is {header.state}, which no determinant of its {n_alpha - n_beta} unpaired electrons "
                "has: set it to 1 to begin from the lowest determinant."
            )
    elif energies is None:
        found = lowest_determinant(one_body, two_body, n_alpha, n_beta)
    else:
        ranked = np.argsort(energies, kind="stable")
        found = ranked[:n_beta], ranked[n_beta:n_alpha]
    double, single = (np.sort(part) for part in found)
    rest = np.setdiff1d(np.arange(n_orbitals), np.concatenate([double, single]))
    order = np.concatenate([double, single, rest])
    if (order == np.arange(n_orbitals)).all():
        return order
    if energies is None:
        sorted_two_body = two_body[np.ix_(order, order, order, order)]
        energies = np.empty(n_orbitals)
        energies[order] = np.diag(reference_fock(one_body[np.ix_(order, order)], sorted_two_body, n_alpha, n_beta))
    return np.concatenate([part[np.argsort(energies[part], kind="stable")] for part in (double, single, rest)])
