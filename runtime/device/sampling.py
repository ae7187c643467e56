"""What circuits with shots give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pennylane as qml
from pennylane.devices.qubit.sampling import measure_with_samples
from pennylane.measurements import CountsMP, ExpectationMP, ProbabilityMP, SampleMP, VarianceMP

if TYPE_CHECKING:
    from runtime.device.recorded_circuit import RecordedCircuit


def sampled_results(recorded: RecordedCircuit, tape: qml.tape.QuantumScript, rng: np.random.Generator) -> Any:
    """What a circuit with shots gives, in PennyLane's shapes.

    Samples of the computational basis are drawn from the sector; other bases need all amplitudes.
    """
    state = recorded.state(tape)
    if all(map(is_sampled, tape.measurements)):
        samples = recorded.sample(state, tape.shots.total_shots, rng)
        order = qml.wires.Wires(recorded.wires)
        results = [[m.process_samples(samples[a:b], order) for m in tape.measurements] for a, b in tape.shots.bins()]
    elif all(_is_expected_word_by_word(m) for m in tape.measurements):
        means = [_means_of_words(m.obs, recorded.dense(state), recorded.wires) for m in tape.measurements]
        results = [[_mean_of_shots(*of, b - a, rng) for of in means] for a, b in tape.shots.bins()]
    else:
        positions = {w: i for i, w in enumerate(recorded.wires)}
        everywhere = [
            m if m.wires or m.obs is not None else type(m)(wires=qml.wires.Wires(recorded.wires))
            for m in tape.measurements
        ]
        measurements = [qml.map_wires(m, positions) for m in everywhere]
        found = measure_with_samples(measurements, recorded.dense(state), tape.shots, rng=rng)
        results = [list(r) for r in found] if tape.shots.has_partitioned_shots else [list(found)]
    shaped = tuple(r[0] if len(r) == 1 else tuple(r) for r in results)
    return shaped if tape.shots.has_partitioned_shots else shaped[0]


def is_sampled(measurement: Any) -> bool:
    """Whether a measurement is made from samples of the computational basis."""
    return isinstance(measurement, SampleMP | CountsMP | ProbabilityMP | ExpectationMP | VarianceMP) and (
        measurement.obs is None or _is_z_word(measurement.obs)
    )


def _is_z_word(observable: Any) -> bool:
    sentence = observable.pauli_rep
    return sentence is not None and len(sentence) == 1 and all(set(w.values()) <= {"Z"} for w in sentence)


def _is_expected_word_by_word(measurement: Any) -> bool:
    return isinstance(measurement, ExpectationMP) and measurement.obs is not None and bool(measurement.obs.pauli_rep)


def _means_of_words(observable: Any, dense: np.ndarray, wires: Any) -> tuple[float, np.ndarray, np.ndarray]:
    """The constant of a sum of Pauli words, the words' coefficients, and their exact means, shapes (n_words,)."""
    vector = dense.reshape(-1)
    numbers = np.arange(len(vector))
    bits = {wire: 1 << (len(wires) - 1 - i) for i, wire in enumerate(wires)}
    constant, coefficients, means = 0.0, [], []
    for word, coefficient in observable.pauli_rep.items():
        if not word:
            constant += float(np.real(coefficient))
            continue
        flip = sum(bits[w] for w, letter in word.items() if letter in "XY")
        parity = sum(bits[w] for w, letter in word.items() if letter in "YZ")
        signs = 1 - 2 * (np.bitwise_count(numbers & parity).astype(int) % 2)
        phase = 1j ** sum(letter == "Y" for letter in word.values())
        means.append(float((phase * np.vdot(vector[numbers ^ flip], signs * vector)).real))
        coefficients.append(float(np.real(coefficient)))
    return constant, np.array(coefficients), np.clip(means, -1.0, 1.0)


def _mean_of_shots(
    constant: float, coefficients: np.ndarray, means: np.ndarray, shots: int, rng: np.random.Generator
) -> np.float64:
    """The mean of a sum of Pauli words, each of which is measured with all shots: outcomes are 1 or -1."""
    ups = rng.binomial(shots, (1.0 + means) / 2.0)
    return np.float64(constant + coefficients @ (2.0 * ups / shots - 1.0))
