"""What PennyLane's own chemistry makes: its molecules, and its Hamiltonians back as electronic problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import index
from typing import Any

import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR
from chemistry.geometry.atoms import atom_at
from chemistry.hamiltonian.jordan_wigner import pauli_words
from chemistry.integrals.bare_integrals import problem_from_integrals
from chemistry.integrals.occupied_orbitals import lowest_determinant
from chemistry.problem import ElectronicProblem

# Coefficients of Pauli words that differ by less are the same; PennyLane leaves out integrals below 1e-12.
_TOLERANCE = 1e-8  # hartree


def molecule_data(molecule: Any) -> dict[str, Any]:
    """What a `qml.qchem.Molecule` is made of, as the arguments of `chemistry.Molecule`.

    Basis sets are taken by name, with spherical functions, as `method="pyscf"` in PennyLane takes them; its own solver
    has Cartesian d functions, which differ from cc-pVDZ onwards.

    Args:
        molecule: A `qml.qchem.Molecule`; its multiplicity is 2S + 1.

    Raises:
        ValueError: If it is not one, or its basis functions were changed by hand.
    """
    import pennylane as qml

    if not isinstance(molecule, qml.qchem.Molecule):
        raise ValueError(f"A qml.qchem.Molecule was expected, but {type(molecule).__name__} was given.")
    _check_named_basis(molecule)
    coordinates = np.asarray(molecule.coordinates, dtype=float).reshape(-1, 3)
    if len(coordinates) != len(molecule.symbols):
        raise ValueError(f"PennyLane's molecule has {len(molecule.symbols)} atoms but {len(coordinates)} positions.")
    # PennyLane keeps bohr whatever was given, and what was given in angstrom goes back by its own value of the bohr.
    scale = qml.qchem.molecule.BOHR_TO_ANG if molecule.unit == "angstrom" else ANGSTROM_PER_BOHR
    atoms = tuple(
        atom_at(symbol, scale * position) for symbol, position in zip(molecule.symbols, coordinates, strict=True)
    )
    return {
        "geometry": atoms,
        "basis": str(molecule.basis_name),
        "charge": int(molecule.charge),
        "spin": int(molecule.mult) - 1,
    }


def _check_named_basis(molecule: Any) -> None:
    """Refuse exponents or coefficients other than those of the basis set's name, which would be lost."""
    from pennylane.qchem.integrals import primitive_norm

    for (momentum, exponents, coefficients), alpha, coeff in zip(
        molecule.basis_data, molecule.alpha, molecule.coeff, strict=True
    ):
        expected = np.asarray(coefficients, dtype=float)
        if molecule.normalize:
            expected = expected * np.asarray(primitive_norm(momentum, np.asarray(exponents)), dtype=float)
        same = np.shape(alpha) == np.shape(exponents) and np.allclose(np.asarray(alpha, dtype=float), exponents)
        if not (same and np.allclose(np.asarray(coeff, dtype=float), expected)):
            raise ValueError(
                "The exponents or coefficients of this PennyLane molecule are not those of "
                f"{molecule.basis_name!r}: build it by name, or give PennyLane's Hamiltonian to problem_from_pennylane."
            )


def problem_from_pennylane(
    hamiltonian: Any, n_electrons: int, *, spin: int = 0, wires: Sequence[Any] | None = None
) -> ElectronicProblem:
    """The electronic problem of a molecular Hamiltonian that PennyLane made, such as `qml.qchem.molecular_hamiltonian`.

    The integrals are read off its matrix elements between determinants of none, one and two electrons; the Hamiltonian
    that they make is then compared with the given one, word by word.

    Args:
        hamiltonian: Under the Jordan-Wigner transformation, spin up of orbital p on wire 2p and spin down on 2p + 1;
            the pair of it and its number of wires that PennyLane returns; or in fermionic operators, as from
            `qml.qchem.fermionic_hamiltonian`.
        n_electrons: Active electrons; they fill the first orbitals in the reference determinant.
        spin: How many of them are unpaired, 2S.
        wires: Its wires in order; None: 0, 1, 2 and so on.

    Returns:
        The problem; with a note where other orbitals than the first make a lower determinant, as they do when the wires
        are in another order.

    Raises:
        ValueError: If it is not such a Hamiltonian: under another mapping, tapered, complex, different for the two
            spins, or not conserving electrons.
    """
    n_wires = None
    if isinstance(hamiltonian, tuple) and len(hamiltonian) == 2:
        hamiltonian, n_wires = hamiltonian
    coefficients, x, z, n_orbitals = _masks(hamiltonian, n_wires, wires)
    try:
        n_electrons, spin = index(n_electrons), index(spin)
    except TypeError:
        raise ValueError(
            f"Electrons are whole numbers, but n_electrons={n_electrons!r} and spin={spin!r} were given."
        ) from None
    if (n_electrons - spin) % 2 or spin < 0 or spin > n_electrons:
        raise ValueError(f"Of {n_electrons} electrons {spin} cannot be unpaired: spin is {n_electrons % 2}, and so on.")
    constant, one_body, two_body = _integrals(coefficients, x, z, n_orbitals)
    _check_same(coefficients, x, z, constant, one_body, two_body)
    problem = problem_from_integrals(constant, one_body, two_body, (n_electrons + spin) // 2, (n_electrons - spin) // 2)
    return replace(problem, notes=(*problem.notes, *_reference_note(problem)))


def _reference_note(problem: ElectronicProblem) -> tuple[str, ...]:
    """A sentence where the determinant of the first orbitals is not the lowest, and nothing where it is."""
    double, single = lowest_determinant(problem.one_body, problem.two_body, problem.n_alpha, problem.n_beta)
    lowest = [*double.tolist(), *single.tolist()]
    if sorted(lowest) == list(range(problem.n_alpha)):
        return ()
    rest = [orbital for orbital in range(problem.n_orbitals) if orbital not in lowest]
    order = np.array([*lowest, *rest])
    excess = (
        problem.reference_energy
        - replace(
            problem, one_body=problem.one_body[np.ix_(order, order)], two_body=problem.two_body[np.ix_(*[order] * 4)]
        ).reference_energy
    )
    numbers = ", ".join(str(orbital + 1) for orbital in sorted(lowest))
    return (
        f"The reference, of the first orbitals, lies {excess:.3f} hartree above the determinant of "
        f"{'orbital' if len(lowest) == 1 else 'orbitals'} {numbers}: if the wires are in another order than the "
        "orbitals, perhaps reversed, give wires=.",
    )


def _masks(
    hamiltonian: Any, n_wires: int | None, wires: Sequence[Any] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Coefficients, masks x and z as in `chemistry.hamiltonian.jordan_wigner`, and the number of orbitals."""
    import pennylane as qml

    if isinstance(hamiltonian, qml.FermiSentence | qml.FermiWord):
        hamiltonian = qml.jordan_wigner(hamiltonian)
    sentence = getattr(hamiltonian, "pauli_rep", None)
    if sentence is None:
        raise ValueError(f"A Hamiltonian made of Pauli words was expected, but {type(hamiltonian).__name__} was given.")
    sentence = {word: complex(value) for word, value in sentence.items()}
    if max((abs(value.imag) for value in sentence.values()), default=0.0) > _TOLERANCE:
        raise ValueError("The Hamiltonian has complex coefficients, so it is not Hermitian.")
    used = {wire for word in sentence for wire in word} | set(hamiltonian.wires)
    if wires is None:
        if not all(isinstance(wire, int | np.integer) and wire >= 0 for wire in used):
            raise ValueError("The Hamiltonian's wires are not 0, 1, 2 and so on: give wires= in order.")
        wires = range(max((max(used, default=-1) + 1, n_wires or 0)))
    wires = list(wires)
    if not used <= set(wires) or len(set(wires)) < len(wires):
        raise ValueError("wires= names each wire of the Hamiltonian once, spin up of the first orbital first.")
    if len(wires) % 2 or not wires:
        raise ValueError(
            f"A molecular Hamiltonian has two wires per orbital, but this has {len(wires)}: "
            "it was tapered, or made under another mapping."
        )
    if len(wires) > 64:
        raise ValueError(f"Hamiltonians of up to 64 wires are read, but this has {len(wires)}.")
    place = {wire: number for number, wire in enumerate(wires)}
    x, z = [], []
    for word in sentence:
        x.append(sum(1 << place[wire] for wire, letter in word.items() if letter in "XY"))
        z.append(sum(1 << place[wire] for wire, letter in word.items() if letter in "YZ"))
    values = np.array([value.real for value in sentence.values()])
    return values, np.array(x, dtype=np.uint64), np.array(z, dtype=np.uint64), len(wires) // 2


def _integrals(
    coefficients: np.ndarray, x: np.ndarray, z: np.ndarray, n_orbitals: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """Constant, one-body and two-body integrals, whatever the Hamiltonian does besides.

    On determinants |p up> and |p up, q down> = a†_p↑ a†_q↓ |vacuum>, whose signs in the computational basis cancel or
    are known, <p|H|q> = constant + h_pq and <p r|H|q s> = constant + h_pq + h_rs + (pq|rs), each term where the other
    electron stays.
    """
    one = np.uint64(1)
    up = one << np.arange(0, 2 * n_orbitals, 2, dtype=np.uint64)
    down = up << one
    constant = float(_elements(coefficients, x, z, np.zeros(1, np.uint64))[0, 0])
    one_body = _elements(coefficients, x, z, up) - constant * np.eye(n_orbitals)
    pairs = (up[:, None] | down[None, :]).ravel()
    # |p up, q down> is the basis state with both bits set, times -1 where the creator of spin up passes spin down.
    sign = np.where(up[:, None] > down[None, :], -1.0, 1.0).ravel()
    matrix = _elements(coefficients, x, z, pairs) * sign[:, None] * sign[None, :]
    two_body = matrix.reshape((n_orbitals,) * 4).transpose(0, 2, 1, 3)  # from <p r|H|q s> to pqrs
    identity = np.eye(n_orbitals)
    two_body = (
        two_body
        - constant * np.einsum("pq,rs->pqrs", identity, identity)
        - np.einsum("pq,rs->pqrs", one_body, identity)
        - np.einsum("pq,rs->pqrs", identity, one_body)
    )
    return constant, one_body, two_body


def _elements(coefficients: np.ndarray, x: np.ndarray, z: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Matrix elements of a sum of Pauli words between basis states, given as masks; shape (n_states, n_states).

    The word of masks x and z takes s to s ^ x, with the sign of the parity of s & z and a factor i for each Y.
    """
    order = np.argsort(states)
    ordered = states[order]
    matrix = np.zeros((len(states), len(states)))
    n_y = np.bitwise_count(x & z).astype(np.int64)
    real = n_y % 2 == 0  # the others make an imaginary matrix
    weights = np.where(real, coefficients * (1.0 - 2.0 * ((n_y // 2) % 2)), 0.0)
    for column, state in enumerate(states):
        images = state ^ x
        rank = np.minimum(np.searchsorted(ordered, images), len(states) - 1)
        hits = ordered[rank] == images
        signs = 1.0 - 2.0 * (np.bitwise_count(z[hits] & state) & 1)
        np.add.at(matrix[:, column], order[rank[hits]], weights[hits] * signs)
    return matrix


def _check_same(
    coefficients: np.ndarray,
    x: np.ndarray,
    z: np.ndarray,
    constant: float,
    one_body: np.ndarray,
    two_body: np.ndarray,
) -> None:
    """Refuse a Hamiltonian that its own integrals do not make."""
    values, made_x, made_z = pauli_words(constant, one_body, two_body)
    difference: dict[tuple[int, int], float] = {}
    for words, sign in (((coefficients, x, z), 1.0), ((values, made_x, made_z), -1.0)):
        for value, mask_x, mask_z in zip(*(part.tolist() for part in words), strict=True):
            difference[mask_x, mask_z] = difference.get((mask_x, mask_z), 0.0) + sign * value
    (mask_x, mask_z), worst = max(difference.items(), key=lambda item: abs(item[1]), default=((0, 0), 0.0))
    if abs(worst) > _TOLERANCE:
        n_wires = 2 * len(one_body)
        letters = ["IXZY"[(mask_x >> wire & 1) + 2 * (mask_z >> wire & 1)] for wire in range(n_wires)]
        word = " ".join(f"{letter}{wire}" for wire, letter in enumerate(letters) if letter != "I") or "I"
        raise ValueError(
            "This is not the Jordan-Wigner image of electrons in orbitals of both spins alike, spin up of orbital p on "
            f"wire 2p and spin down on 2p + 1: its integrals leave {worst:.2e} hartree of {word} unexplained."
        )
