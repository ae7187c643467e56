"""lightning.qubit behind the device: made when it is first needed, and not named in its refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import pennylane as qml
from pennylane.devices import Device, ExecutionConfig
from pennylane.exceptions import DeviceError, QuantumFunctionError, WireError

from runtime.circuit.dependence import is_open
from runtime.circuit.for_lightning import counted_rightly
from runtime.circuit.structure_key import plain_key

Prepare = Callable[[qml.tape.QuantumScript], tuple[Any, Any]]
OWN_NAME = "lightning.qubit"


class Lightning:
    """The engine for circuits without structure; a copy of it, in another process or not, begins afresh.

    Args:
        wires: Of the device; None takes them from each circuit.
        name: The device's name, for messages.
    """

    def __init__(self, wires: Any, name: str) -> None:
        self._wires = wires
        self._name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._wires, self._name)

    @cached_property
    def device(self) -> Device:
        """The device itself."""
        wires = self._wires
        if wires is not None and list(wires) == list(range(len(wires))):
            wires = len(wires)  # given their labels, lightning.qubit maps those of every circuit
        return qml.device(OWN_NAME, wires=wires)

    @contextmanager
    def renamed(self) -> Iterator[None]:
        """Refusals inside name the device that the user asked for."""
        try:
            yield
        except (DeviceError, QuantumFunctionError, WireError) as error:
            message = str(error)
            if OWN_NAME not in message:
                raise
            raise type(error)(message.replace(OWN_NAME, self._name)) from error

    def preparation(self, config: ExecutionConfig) -> Prepare:
        """What makes circuits ready for the engine; its transforms are built once, when the first circuit comes."""
        counted = config.use_device_gradient or config.gradient_method == "adjoint"
        built: list[qml.CompilePipeline] = []

        def prepare(tape: qml.tape.QuantumScript) -> tuple[Sequence[qml.tape.QuantumScript], Callable[[Any], Any]]:
            if not built:
                built.append(self.device.preprocess_transforms(config))
            with self.renamed():
                ready = tape if not counted and all(map(plain_key, tape.operations)) else _counted(tape)
                tapes, restore = built[0]((ready,))
            return tapes, lambda results: restore(results)[0]

        return prepare

    def supports_derivatives(self, config: ExecutionConfig, tape: qml.tape.QuantumScript) -> bool:
        """Whether the adjoint method applies to a circuit, once it is ready."""
        return bool(self.device.supports_derivatives(config, _counted(tape)))


def _counted(tape: qml.tape.QuantumScript) -> qml.tape.QuantumScript:
    return tape.copy(operations=[gate for o in tape.operations for gate in counted_rightly(o, is_open)])
