"""The hardware-efficient ansatz: single-qubit rotations between layers of entangling gates on neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chemistry.ansatz.layers import check_layers, layered
from chemistry.problem import ElectronicProblem

_DISPLACEMENT = 0.5  # radians


@dataclass(frozen=True, kw_only=True)
class HardwareEfficient:
    """The reference determinant, RY on every wire, and layers of CZ between neighbours followed by RY on every wire."""

    name: str
    reference_occupation: np.ndarray = field(repr=False)  # shape: (n_wires,), 0 or 1
    layers: int
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.initial_params)

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: Angles in radians, shape (n_params,): for each layer one per wire.
        """
        import pennylane as qml

        n_wires = len(self.reference_occupation)
        qml.BasisState(self.reference_occupation, wires=range(n_wires))
        for layer in range(self.layers + 1):
            if layer:
                for first in (0, 1):
                    for wire in range(first, n_wires - 1, 2):
                        qml.CZ(wires=[wire, wire + 1])
            for wire in range(n_wires):
                qml.RY(params[layer * n_wires + wire], wires=wire)


def hardware_efficient(problem: ElectronicProblem, *, layers: int = 3, seed: int = 7) -> HardwareEfficient:
    """A circuit of what a machine does easily, which knows nothing of electrons.

    It does not conserve the number of electrons, nor their spin or symmetry: what a search finds is the lowest energy
    of any number of electrons that it can reach (from a cation often one electron more), and `expected_quantum_numbers`
    says what came out. It has no structure to compute with either, so it runs on all 2^n amplitudes, and its gradients
    vanish as circuits grow: it is for comparison, on small molecules. Where all angles are zero it leaves the reference
    as it is, which is a minimum of its own, so the start is displaced by more than a little.

    Kandala et al., Nature 549, 242 (2017), here with real amplitudes; McClean et al., Nature Communications 9, 4812
    (2018), for the vanishing gradients.

    Args:
        problem: The electronic problem.
        layers: Of entangling gates; rotations stand before, between and after them.
        seed: Of the displacement.

    Raises:
        ValueError: If there is not at least one layer.
    """
    check_layers(layers, "layers")
    n_params = (layers + 1) * problem.n_wires
    return HardwareEfficient(
        name=layered("Hardware-efficient", layers),
        reference_occupation=problem.reference_occupation,
        layers=layers,
        initial_params=np.random.default_rng(seed).normal(scale=_DISPLACEMENT, size=n_params),
    )
