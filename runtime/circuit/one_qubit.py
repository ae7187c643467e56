"""Matrices on one wire that depend on the parameters, as rotations by angles that are smooth functions of them.

A unitary is exp(i alpha) RZ(c) RY(b) RX(a). The rotation matrix R_jk = tr(s_j U s_k U*) / 2 of the Pauli matrices s has
the angles of Tait and Bryan, which are smooth at the identity, where searches begin; those about two axes are not.
They are singular where b is a quarter turn, so near it a quarter turn RY goes in front, and b is that of the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pennylane as qml

STEEP = 0.8  # the sine of an angle b that a quarter turn is taken from; that of the rest is 0.6 at most
SHORT = 1e-6  # a squared length so small that three terms of the series of sine and cosine are all


def rotations_of(matrix: Any, wire: Any) -> list[Any]:
    """A unitary on one wire as rotations and a global phase, in the order in which they act.

    Args:
        matrix: Shape (2, 2), of any interface.
        wire: Where it acts.
    """
    conj, real, imag, arctan2 = qml.math.conj, qml.math.real, qml.math.imag, qml.math.arctan2
    p, q, r, s = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    sine = real(r * conj(s) - p * conj(q))
    # A number that its interface follows, though its slope is zero: another value is then no other circuit.
    first = 0.0 * sine + np.pi / 2 * qml.math.cast(qml.math.abs(sine) > STEEP, float)
    half_c, half_s = qml.math.cos(first / 2), qml.math.sin(first / 2)
    p, q, r, s = p * half_c - q * half_s, p * half_s + q * half_c, r * half_c - s * half_s, r * half_s + s * half_c
    of_x = r * conj(q) + s * conj(p)  # <1| U X U* |0>
    along = p * conj(q) - r * conj(s)
    # Zeros of either sign are a half turn apart, so they are made positive.
    r_xx, r_yx, r_zx, r_zy = real(of_x), imag(of_x) + 0.0, real(along), imag(along) + 0.0
    r_zz = real(p * conj(p) + s * conj(s) - q * conj(q) - r * conj(r)) / 2
    a = arctan2(r_zy, r_zz)
    b = arctan2(-r_zx, qml.math.sqrt(r_xx**2 + r_yx**2))
    c = arctan2(r_yx, r_xx)
    phase = _overlap((p, q, r, s), a, b, c)
    return [
        qml.RY(first, wires=wire),
        qml.RX(a, wires=wire),
        qml.RY(b, wires=wire),
        qml.RZ(c, wires=wire),
        qml.GlobalPhase(-arctan2(imag(phase), real(phase)), wires=wire),
    ]


def exponential_of_paulis(theta: Any) -> Any:
    """exp(i (theta_0 X + theta_1 Y + theta_2 Z)), shape (2, 2), with derivatives at zero as well."""
    x, y, z = theta[0], theta[1], theta[2]
    square = x**2 + y**2 + z**2
    short = square < SHORT
    length = qml.math.sqrt(qml.math.where(short, 1.0 + 0.0 * square, square))
    cosine = qml.math.where(short, 1 - square / 2 + square**2 / 24, qml.math.cos(length))
    sine = qml.math.where(short, 1 - square / 6 + square**2 / 120, qml.math.sin(length) / length)
    upper = qml.math.stack([cosine + 1j * sine * z, 1j * sine * x + sine * y])
    lower = qml.math.stack([1j * sine * x - sine * y, cosine - 1j * sine * z])
    return qml.math.stack([upper, lower])


def _overlap(matrix: tuple[Any, Any, Any, Any], a: Any, b: Any, c: Any) -> Any:
    """Half the trace of W* U for W = RZ(c) RY(b) RX(a)."""
    sin, cos, conj = qml.math.sin, qml.math.cos, qml.math.conj
    p, q, r, s = matrix
    # The first column of W is (u, v), its second (-v*, u*).
    turn_u, turn_v = cos(c / 2) - 1j * sin(c / 2), cos(c / 2) + 1j * sin(c / 2)
    u = turn_u * (cos(b / 2) * cos(a / 2) + 1j * sin(b / 2) * sin(a / 2))
    v = turn_v * (sin(b / 2) * cos(a / 2) - 1j * cos(b / 2) * sin(a / 2))
    return (conj(u) * p + conj(v) * r - v * q + u * s) / 2
