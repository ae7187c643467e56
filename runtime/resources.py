"""What a circuit costs on a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml

if TYPE_CHECKING:
    from runtime.circuit.tracing import Trace
    from runtime.program import Program

MACHINE_GATES = {"RX", "RY", "RZ", "CNOT", "Hadamard", "PauliX"}


@dataclass(frozen=True, kw_only=True)
class Resources:
    """A circuit after decomposition into CNOT and single-qubit gates, and the sector that it reaches."""

    qubits: int
    depth: int | None  # None where a gate has no affordable decomposition
    gates: Mapping[str, int]  # name -> count
    two_qubit_gates: int | None  # None where a gate has no affordable decomposition
    sector_dimension: int
    engine: str
    enlarging_gates: tuple[tuple[str, int], ...]  # operators that enlarged the sector, and its dimension after each


def count_resources(program: Program, trace: Trace, enlarging: tuple[tuple[str, int], ...]) -> Resources:
    """Decompose a recorded circuit and count. Operators that differ only in wires and angles are decomposed once."""
    gates: Counter[str] = Counter()
    levels: dict[Any, int] = dict.fromkeys(trace.wires, 0)
    known: dict[Any, list[tuple[str, tuple[int, ...]]]] = {}
    for operator in trace.operators:
        pattern = _pattern(operator)
        if pattern not in known:
            positions = {w: i for i, w in enumerate(operator.wires)}
            parts = _decomposed(_with_numbers(operator))
            known[pattern] = [(name, tuple(positions[w] for w in wires)) for name, wires in parts]
        for name, places in known[pattern]:
            wires = [operator.wires[i] for i in places]
            gates[name] += 1
            level = 1 + max(levels[w] for w in wires)
            levels.update(dict.fromkeys(wires, level))
    affordable = set(gates) <= MACHINE_GATES
    return Resources(
        qubits=len(trace.wires),
        depth=max(levels.values(), default=0) if affordable else None,
        gates=dict(sorted(gates.items())),
        two_qubit_gates=gates["CNOT"] if affordable else None,
        sector_dimension=program.sector.dimension if program.engine == "sector" else 2 ** len(trace.wires),
        engine=program.engine,
        enlarging_gates=enlarging,
    )


def _pattern(operator: Any) -> Hashable:
    """What an operator's decomposition depends on, up to the labels of its wires."""
    positions = {w: i for i, w in enumerate(operator.wires)}
    arrays = tuple(np.asarray(d).tobytes() for d in operator.data if np.ndim(d) > 0)
    extras = []
    for name, value in operator.hyperparameters.items():
        if isinstance(value, qml.operation.Operator):
            extras.append((name, _pattern(value)))
        elif isinstance(value, qml.wires.Wires):
            extras.append((name, tuple(positions[w] for w in value if w in positions)))
        else:
            extras.append((name, value.tobytes() if isinstance(value, np.ndarray) else repr(value)))
    return type(operator), operator.name, len(operator.wires), arrays, tuple(extras)


def _with_numbers(operator: Any) -> Any:
    """The operator at a generic angle: counts must not profit from special ones."""
    if not operator.data:
        return operator
    with qml.QueuingManager.stop_recording():
        data = [0.37 if np.ndim(d) == 0 else d for d in operator.data]
        return qml.ops.functions.bind_new_parameters(operator, data)


def _decomposed(operator: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """Names and wires of an operator's machine gates; an operator without decomposition stands for itself."""
    if operator.name in ("GlobalPhase", "Identity", "Barrier"):
        return []
    if operator.name in MACHINE_GATES or not operator.has_decomposition:
        return [(operator.name, tuple(operator.wires))]
    with qml.QueuingManager.stop_recording():
        parts = operator.decomposition()
    if len(parts) == 1 and parts[0].name == operator.name:
        return [(operator.name, tuple(operator.wires))]
    return [gate for part in parts for gate in _decomposed(part)]
