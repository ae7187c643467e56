"""The exponential of an operator whose coefficients are held fixed."""

from __future__ import annotations

from typing import Any

import pennylane as qml
from pennylane.operation import Operation

from runtime.circuit.dependence import is_open


class HeldEvolution(Operation):
    r""":math:`\exp(-i x G)`, as `qml.evolve(G, x)`, with x alone among its data.

    PennyLane's `Evolution` looks for the coefficients of G among its data when new parameters are bound, as they are at
    every differentiated execution, and does not find them there.

    Args:
        x: the evolution parameter.
        generator: G, Hermitian.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(self, x: Any, generator: Any, id: str | None = None) -> None:
        super().__init__(x, wires=generator.wires, id=id)
        self._hyperparameters = {"generator": generator}

    def decomposition(self) -> list[Any]:
        """PennyLane's own operator."""
        return [qml.ops.Evolution(self.hyperparameters["generator"], self.data[0])]

    @property
    def has_decomposition(self) -> bool:
        """Always."""
        return True

    def _flatten(self) -> tuple[Any, ...]:
        return self.data, (self.hyperparameters["generator"],)

    @classmethod
    def _unflatten(cls, data: Any, metadata: Any) -> HeldEvolution:
        return cls(data[0], metadata[0])

    @classmethod
    def held(cls, operator: Any) -> Any:
        """An operator in which an `Evolution` of something with fixed coefficients is what stands for it here."""
        with qml.QueuingManager.stop_recording():
            if isinstance(operator, qml.ops.Adjoint | qml.ops.Controlled):
                base = cls.held(operator.base)
                return operator if base is operator.base else with_base(operator, base)
            if isinstance(operator, qml.ops.Evolution) and operator.base.data:
                return operator if any(map(is_open, operator.base.data)) else cls(operator.data[0], operator.base)
        return operator


def with_base(operator: Any, base: Any) -> Any:
    """The adjoint of another base, or another base under the same control."""
    if isinstance(operator, qml.ops.Adjoint):
        return qml.ops.Adjoint(base)
    return qml.ops.Controlled(base, operator.control_wires, operator.control_values, operator.work_wires)
