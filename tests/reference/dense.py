"""Slow, readable twins of what the runtime does fast: dense vectors and matrices over all basis states."""

import warnings

import numpy as np
import pennylane as qml
from scipy.linalg import expm


def index_of(bits):
    """The position of bit strings in PennyLane's order, wire 0 the most significant."""
    bits = np.asarray(bits, dtype=np.int64)
    return bits @ (1 << np.arange(bits.shape[-1] - 1, -1, -1))


def all_bits(n_wires):
    """All bit strings in PennyLane's order, shape (2^n, n)."""
    return (np.arange(2**n_wires)[:, None] >> np.arange(n_wires - 1, -1, -1) & 1).astype(np.uint8)


def embedded(program, params):
    """A program's state on all basis states."""
    n = len(program.sector.wires)
    vector = np.zeros(2**n, dtype=complex)
    vector[index_of(program.sector.bitstrings())] = program.state(params)
    return vector


def default_qubit(circuit, observables, params):
    """Values and Jacobian of a circuit on default.qubit, by backpropagation: shapes (m,), (m, n_params)."""
    from autograd import jacobian

    wires = sorted(
        set(qml.tape.make_qscript(circuit)(np.asarray(params)).wires) | {w for o in observables for w in o.wires}
    )
    device = qml.device("default.qubit", wires=wires)

    @qml.qnode(device, interface="autograd", diff_method="backprop")
    def run(p):
        circuit(p)
        return [qml.expval(o) for o in observables]

    def values(p):
        return qml.math.stack(run(p))

    point = np.asarray(params, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # autograd drops imaginary parts that are zero, and says so
        return np.asarray(values(point)), np.asarray(jacobian(values)(point))


def hop_matrix(n_wires, pairs, wires, reached):
    """The generator of a guarded hop inside a set of reached bit strings."""
    bits = all_bits(n_wires)
    inside = {tuple(int(b) for b in r) for r in reached}
    generator = np.zeros((2**n_wires, 2**n_wires))
    for source in inside:
        for s, t in pairs:
            for a, b in ((s, t), (t, s)):
                if tuple(source[w] for w in wires) == tuple(a):
                    target = list(source)
                    for w, bit in zip(wires, b, strict=True):
                        target[w] = bit
                    if tuple(target) in inside:
                        generator[index_of(target), index_of(source)] = 1.0
    assert np.array_equal(generator, generator.T)
    assert len(bits) == len(generator)
    return generator


def unitary(generator, angle):
    """exp(-i angle G)."""
    return expm(-1j * angle * generator)


def finite_differences(function, params, step=1e-6):
    """Central differences of a scalar function."""
    return np.array(
        [(function(params + step * e) - function(params - step * e)) / (2 * step) for e in np.eye(len(params))]
    )
