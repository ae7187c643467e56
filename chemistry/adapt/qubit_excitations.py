"""Qubit excitations: excitations between wires that leave out the signs of the electrons in between."""

from __future__ import annotations

from typing import Any

from chemistry.excitations import Excitation


class QubitExcitation(Excitation):
    """One or two excitations of qubits moved from source to target wires, both in ascending order.

    It stands for tau = Q†_a Q†_b Q_j Q_i with Q = |0><1| on each wire, and its gate for exp(amplitude (tau - tau†)).
    Without the Jordan-Wigner strings its circuit does not grow with the distance of the wires.

    Yordanov, Armaos, Barnes and Arvidsson-Shukur, Communications Physics 4, 228 (2021).
    """

    def spin_flipped(self) -> QubitExcitation:
        """The same excitation of the other spin."""
        flipped = super().spin_flipped()
        return QubitExcitation(flipped.sources, flipped.targets)

    def spin_flip_sign(self) -> int:
        """Always +1: excitations of different qubits commute."""
        return 1

    def apply(self, amplitude: Any) -> None:
        """Apply its gate; the amplitude may be a number or a parameter of a circuit that is being recorded."""
        import pennylane as qml

        gate = qml.SingleExcitation if len(self.sources) == 1 else qml.DoubleExcitation
        gate(2.0 * amplitude, wires=[*self.targets, *self.sources])
