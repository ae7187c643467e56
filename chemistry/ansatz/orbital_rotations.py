"""Orbital rotations as networks of Givens rotations between neighbours.

A network is a sequence of gates on rows (p, p + 1): a real rotation, then a phase on row p + 1. As an orbital rotation
a gate multiplies from the left, so the first gate stands rightmost in the product.
"""

from __future__ import annotations

import numpy as np


def rotation_network(n_orbitals: int, n_columns: int) -> tuple[int, ...]:
    """The rows p of the gates that make any n_columns orthonormal columns out of the first unit vectors, in order."""
    eliminated = [
        row for column in range(min(n_columns, n_orbitals - 1)) for row in range(n_orbitals - 2, column - 1, -1)
    ]
    return tuple(reversed(eliminated))


def slater_network(n_orbitals: int, n_occupied: int) -> tuple[int, ...]:
    """The same for the space that the columns span: n_occupied (n_orbitals - n_occupied) gates suffice."""
    n_empty = n_orbitals - n_occupied
    eliminated = [row for column in range(n_occupied) for row in range(column + n_empty - 1, column - 1, -1)]
    return tuple(reversed(eliminated))


def network_angles(rotation: np.ndarray, rows: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The angles that make a network equal to an orbital rotation.

    Givens rotations eliminate the elements below the diagonal, column by column and each from the bottom upwards;
    undone in the opposite order they are the network (Reck, Zeilinger, Bernstein and Bertani, Phys. Rev. Lett. 73, 58
    (1994)).

    Args:
        rotation: Unitary, shape (n, n), or its first columns, shape (n, n_columns).
        rows: From `rotation_network`, or from `slater_network` for what `slater_columns` made.

    Returns:
        Rotations and phases, each of shape (n_gates,), and the phases of columns that remain, shape (n_columns,): the
        rotation is the network times diag(exp(i remaining)).
    """
    left = np.array(rotation, dtype=np.complex128)
    angles, phases = np.zeros(len(rows)), np.zeros(len(rows))
    column = 0
    for gate in range(len(rows) - 1, -1, -1):
        row = rows[gate]
        if gate + 1 < len(rows) and row >= rows[gate + 1]:
            column += 1
        upper, lower = left[row, column], left[row + 1, column]
        angles[gate] = np.arctan2(abs(lower), abs(upper))
        phases[gate] = np.angle(lower) - np.angle(upper) if abs(lower) > 1e-12 and abs(upper) > 1e-12 else 0.0
        c, s = np.cos(angles[gate]), np.sin(angles[gate])
        left[row + 1] *= np.exp(-1j * phases[gate])
        left[[row, row + 1]] = np.array([[c, s], [-s, c]]) @ left[[row, row + 1]]
    return angles, phases, np.angle(np.diagonal(left))


def slater_columns(rotation: np.ndarray, n_occupied: int) -> np.ndarray:
    """Other columns that span the same space as a rotation's first ones, with zeros where `slater_network` needs them.

    Returns:
        Shape (n_orbitals, n_occupied).
    """
    from scipy.linalg import rq

    columns = np.asarray(rotation, dtype=np.complex128)[:, :n_occupied]
    _, turn = rq(columns[len(columns) - n_occupied :])
    return columns @ turn.conj().T
