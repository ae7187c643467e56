"""How large a problem is, said before anything is allocated, and what would fit instead."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

from chemistry.active_space import ActiveSpace

if TYPE_CHECKING:
    from chemistry.molecule import Molecule

# A determinant is kept in one machine word, two bits per orbital.
MAX_ORBITALS = 32
# Measured on two cores, the default ansatz included.
_BYTES_PER_ELEMENT, _LARGEST_MATRIX = 16, 1_000_000  # of the Hamiltonian; beyond, it is applied without its matrix
_BYTES_PER_PAIR = 0.4  # a gate's table for each determinant, in sectors that are kept as lists
_LARGEST_LIST = 1 << 17  # determinants; beyond, a sector is kept as products of blocks, whose tables are small
_BYTES_PER_DETERMINANT = 100  # the sector itself, the state, its adjoint and what they need
_SECONDS_PER_ELEMENT = 1e-9  # of energy and gradient, for each element of the Hamiltonian
_MOST_EVALUATIONS = 6000
_PYSCF_MEMORY = 4_000_000_000  # bytes up to which PySCF keeps integrals by default
_USABLE_MEMORY = 0.8  # of what is free


@dataclass(frozen=True, kw_only=True)
class Size:
    """The cost of simulating a problem."""

    qubits: int
    sector_dimension: int  # determinants of the right number, spin and symmetry, estimated
    memory_bytes: int  # predicted peak
    seconds: float  # one optimization on two cores, an order of magnitude


def problem_size(space: ActiveSpace, *, n_irreps: int, n_basis_functions: int) -> Size:
    """Estimate the size of an active space.

    Args:
        space: The window of orbitals.
        n_irreps: Irreps of the point group, over which the determinants spread about evenly.
        n_basis_functions: Of the whole molecule, for the integrals.
    """
    n, n_alpha, n_beta = space.n_orbitals, space.n_alpha, space.n_beta
    determinants = comb(n, n_alpha) * comb(n, n_beta)
    dimension = max(1, round(determinants / n_irreps))
    single_alpha, single_beta = n_alpha * (n - n_alpha), n_beta * (n - n_beta)
    double_alpha = comb(n_alpha, 2) * comb(n - n_alpha, 2)
    double_beta = comb(n_beta, 2) * comb(n - n_beta, 2)
    connected = 1 + single_alpha + single_beta + double_alpha + double_beta + single_alpha * single_beta
    elements = dimension * max(1, connected // n_irreps)
    # Two-electron integrals of the atomic orbitals with their eightfold symmetry, if PySCF does not compute them again
    # whenever it needs them, and those of the active ones.
    integrals = min(n_basis_functions**4, _PYSCF_MEMORY) + 3 * 8 * n**4
    parameters = (single_alpha + single_beta + single_alpha * single_beta) / n_irreps
    evaluations = min(50 + 10 * parameters, _MOST_EVALUATIONS)
    pairs = 4 * connected / n_irreps * dimension if dimension <= _LARGEST_LIST else 0.0
    held = min(elements, _LARGEST_MATRIX) * _BYTES_PER_ELEMENT + pairs * _BYTES_PER_PAIR
    return Size(
        qubits=2 * n,
        sector_dimension=dimension,
        memory_bytes=int(held) + dimension * _BYTES_PER_DETERMINANT + integrals,
        seconds=1.0 + evaluations * (5e-5 + elements * _SECONDS_PER_ELEMENT),
    )


def fits(size: Size) -> bool:
    """Whether a problem of this size can be simulated in the memory that is free now."""
    import psutil

    return size.qubits <= 2 * MAX_ORBITALS and size.memory_bytes <= _USABLE_MEMORY * psutil.virtual_memory().available


def largest_space_that_fits(molecule: Molecule, *, seconds: float = 600.0) -> tuple[ActiveSpace, Size] | None:
    """The largest space of as many electrons as orbitals around the gap that fits and ends within `seconds`."""
    best = None
    unpaired = molecule.spin
    for n_electrons in range(max(2, unpaired) + (max(2, unpaired) - unpaired) % 2, molecule.n_electrons + 1, 2):
        try:
            space = molecule.active_space(active_space=(n_electrons, n_electrons))
        except ValueError:
            break
        size = molecule.size(active_space=(n_electrons, n_electrons))
        if not fits(size) or size.seconds > seconds:
            break
        best = space, size
    return best


def what_would_fit(molecule: Molecule) -> str:
    """One sentence that names active spaces that fit, as settings to paste, and what they cost."""
    spaces: dict[str, Size] = {}
    with suppress(ValueError):  # an atom such as helium has no empty orbital in a minimal basis
        spaces["homo-lumo"] = molecule.size(active_space="homo-lumo")
    found = largest_space_that_fits(molecule)
    if found is not None and found[0].n_orbitals > 2:
        spaces[f"{found[0].n_electrons},{found[0].n_orbitals}"] = found[1]
    if not spaces:
        return "active_space=full would fit"
    offers = [
        f"active_space={name} ({size.qubits} qubits, {_determinants(size.sector_dimension)}, "
        f"{format_bytes(size.memory_bytes)}, about {size.seconds:.0f} s)"
        for name, size in spaces.items()
    ]
    return " or ".join(offers) + " would fit"


def check_fits(molecule: Molecule, space: ActiveSpace, *, symmetric: bool = True) -> None:
    """Refuse a problem that cannot be simulated here, before anything is allocated.

    Args:
        molecule: The molecule.
        space: The window of orbitals.
        symmetric: Whether the orbitals keep the nuclei's point group, as those of each spin need not.

    Raises:
        ValueError: With the bytes needed, the bytes there, and what would fit.
    """
    import psutil

    size = problem_size(space, n_irreps=molecule._n_irreps if symmetric else 1, n_basis_functions=molecule._mole.nao)
    if fits(size):
        return
    limit = (
        f"more than the {2 * MAX_ORBITALS} qubits that a determinant can have here"
        if size.qubits > 2 * MAX_ORBITALS
        else f"which need {format_bytes(size.memory_bytes)} of which "
        f"{format_bytes(psutil.virtual_memory().available)} are free"
    )
    raise ValueError(
        f"{molecule.formula} in {molecule.basis_name} has {space} electrons and orbitals: {size.qubits} qubits and "
        f"about {_count(size.sector_dimension)} determinants, {limit}; {what_would_fit(molecule)}."
    )


def format_bytes(number: int) -> str:
    """A size in memory with its unit, as in `1.2 GB`."""
    value = float(number)
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if value < 1000:
            break
        if unit != "PB":
            value /= 1000
    return f"{value:.3g} {unit}" if value < 1e6 else f"{value:.1e} {unit}"


def _determinants(number: int) -> str:
    return f"{number:,} determinant{'' if number == 1 else 's'}"


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**9 else f"{float(number):.1e}"
