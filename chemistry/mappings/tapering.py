"""Qubits that symmetries make superfluous."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.mappings.binary_matrices import as_bits, null_space, row_echelon
from chemistry.mappings.mapped_circuit import flips_of
from chemistry.mappings.mapping import Mapping
from chemistry.mappings.pauli_words import PauliWords
from chemistry.problem import ElectronicProblem

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz


def z2_symmetries(problem: ElectronicProblem, *, ansatz: Ansatz | None = None) -> np.ndarray:
    """The parities of spin orbitals that the Hamiltonian conserves: independent ones, shape (n_symmetries, n_wires).

    A product of Z over spin orbitals s commutes with a Pauli word that flips x if s and x share an even number, so the
    symmetries are the null space, modulo 2, of what the Hamiltonian's words flip. Among them are the parities of
    electrons of spin up and of spin down, and those of the point group.

    Args:
        problem: The electronic problem.
        ansatz: If there is one, only what every gate of it conserves, too.
    """
    flips = np.unique(PauliWords.of(problem.hamiltonian, problem.n_wires).x)
    if ansatz is not None:
        flips = np.union1d(flips, flips_of(ansatz, problem.n_wires))
    return null_space(as_bits(flips, problem.n_wires))


def taper(
    problem: ElectronicProblem, mapping: Mapping, *, ansatz: Ansatz | None = None, occupation: Any = None
) -> Mapping:
    """Leave out one qubit for each parity that the Hamiltonian conserves.

    A change of basis turns each symmetry into Z on a single qubit, which then has the value it has in the sector. One
    qubit is always kept, also where symmetry alone determines the state.

    Bravyi, Gambetta, Mezzacapo and Temme, arXiv:1701.08213; point groups: Setia et al., J. Chem. Theory Comput. 16,
    6091 (2020).

    Args:
        problem: The electronic problem.
        mapping: What to begin with, for this problem; the two qubits that parity may leave out are found here anyway.
        ansatz: The circuit that is to run on it. Layered ansätze that rotate all pairs of orbitals do not conserve the
            point group, although the Hamiltonian does; what they do not conserve then keeps its qubit.
        occupation: A determinant of the sector that is wanted, shape (n_wires,), 0 or 1; None: the reference
            determinant. States of other symmetries are not there any more: the ground state must be of this sector.

    Returns:
        The mapping with fewer qubits; `n_saved` says how many.

    Raises:
        ValueError: If the mapping is for another number of spin orbitals, or the occupation has another shape.
    """
    if mapping.n_modes != problem.n_wires:
        raise ValueError(f"The mapping is for {mapping.n_modes} spin orbitals, but the problem has {problem.n_wires}.")
    determinant = problem.reference_occupation if occupation is None else np.asarray(occupation)
    if determinant.shape != (problem.n_wires,) or not np.isin(determinant, (0, 1)).all():
        raise ValueError(
            f"A sector is given by the occupations of {problem.n_wires} spin orbitals, 0 or 1, got {occupation!r}."
        )
    # In terms of the mapping's own bits; from the last to the first, so that the first keep their meaning.
    symmetries = z2_symmetries(problem, ansatz=ansatz).astype(np.int64) @ mapping.inverse.astype(np.int64) & 1
    reduced, pivots = row_echelon(symmetries[:, ::-1])
    rows = [mapping.n_modes - 1 - pivot for pivot in pivots][: mapping.n_modes - 1]
    replaced = mapping.matrix.copy()
    replaced[rows] = reduced[: len(rows), ::-1].astype(np.int64) @ mapping.matrix.astype(np.int64) & 1
    kept = tuple(row for row in range(mapping.n_modes) if row not in rows)
    values = replaced.astype(np.int64) @ determinant.astype(np.int64) & 1
    return Mapping(
        name=f"{mapping.name.removesuffix(', two qubits reduced')}, tapered",
        matrix=replaced,
        kept=kept,
        fixed=tuple(values[sorted(rows)].tolist()),
    )
