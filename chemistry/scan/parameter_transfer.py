"""The parameters of a circuit at one geometry as those of the circuit at another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from chemistry.ansatz.excitation_circuit import Ansatz, ExcitationCircuit


def parameter_labels(ansatz: Ansatz) -> tuple[str, ...]:
    """What each parameter means, shape (n_params,).

    A parameter of excitations is told by their wires and by how often the same have occurred before, since symmetry and
    the choice of the largest amplitudes may leave out different ones at different geometries. Any other is told by its
    place in a circuit with as many parameters.
    """
    if not isinstance(ansatz, ExcitationCircuit):
        return tuple(f"{number} of {ansatz.n_params}" for number in range(ansatz.n_params))
    gates: list[list[str]] = [[] for _ in range(ansatz.n_params)]
    for excitation, parameter, factor in zip(ansatz.excitations, ansatz.parameter_of, ansatz.factors, strict=True):
        wires = (" ".join(map(str, part)) for part in (excitation.sources, excitation.targets))
        gates[parameter].append(f"{factor:+.6g} {' > '.join(wires)}")
    seen: Counter[str] = Counter()
    labels = []
    for group in gates:
        name = ", ".join(group)
        labels.append(f"{name} ({seen[name]})")
        seen[name] += 1
    return tuple(labels)


def transferred(labels: Sequence[str], params: np.ndarray, ansatz: Ansatz) -> np.ndarray | None:
    """A start for an ansatz from parameters of another that mean the same; what the other lacks is zero.

    Args:
        labels: The other's, from `parameter_labels`.
        params: The other's.
        ansatz: Over orbitals that follow those of the other.

    Returns:
        Shape (n_params,), or None where no parameter means the same.
    """
    known = dict(zip(labels, params, strict=True))
    wanted = parameter_labels(ansatz)
    if not any(label in known for label in wanted):
        return None
    return np.array([known.get(label, 0.0) for label in wanted])
