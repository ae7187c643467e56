"""A product of excitation gates on the reference determinant: the form that every coupled-cluster ansatz takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from chemistry.excitations import Excitation


class Ansatz(Protocol):
    """What `vqe` asks of an ansatz."""

    @property
    def name(self) -> str:
        """As a reader would call it."""

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""

    @property
    def initial_params(self) -> np.ndarray:
        """Where an optimization starts, shape (n_params,)."""

    def __call__(self, params: Any) -> None:
        """Apply the circuit's PennyLane operations."""


@dataclass(frozen=True, kw_only=True)
class ExcitationCircuit:
    """The reference determinant, then excitation gates in order; several gates may share a parameter."""

    name: str
    reference_occupation: np.ndarray = field(repr=False)  # shape: (n_wires,), 0 or 1
    excitations: tuple[Excitation, ...] = field(repr=False)  # the first acts first
    parameter_of: tuple[int, ...] = field(repr=False)  # one per excitation
    factors: tuple[float, ...] = field(repr=False)  # one per excitation: amplitude = factor * parameter
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.initial_params)

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: Cluster amplitudes in radians, shape (n_params,).
        """
        import pennylane as qml

        qml.BasisState(self.reference_occupation, wires=range(len(self.reference_occupation)))
        for excitation, parameter, factor in zip(self.excitations, self.parameter_of, self.factors, strict=True):
            excitation.apply(factor * params[parameter])
