"""States, values, variances and gradients on default.qubit's own functions, without a QNode around each observable.

A QNode would diagonalise every sum of Pauli words; here the observables are applied to the state directly, and their
images are the cotangents of one adjoint pass through the circuit.
"""

import numpy as np
import pennylane as qml
from dense import index_of
from pennylane.devices import ExecutionConfig
from pennylane.devices.qubit.adjoint_jacobian import adjoint_vjp
from pennylane.devices.qubit.simulate import get_final_state


def applied(observable, state, n_wires):
    """What an observable, a sum of Pauli words or a matrix on two wires, makes of a state over wires 0, 1, ..."""
    if observable.pauli_rep is None:
        tensor = np.reshape(qml.matrix(observable), (2, 2, 2, 2))
        turned = np.tensordot(tensor, state.reshape((2,) * n_wires), axes=((2, 3), observable.wires.tolist()))
        return np.moveaxis(turned, (0, 1), observable.wires.tolist()).reshape(-1)
    numbers = np.arange(2**n_wires)
    image = np.zeros(2**n_wires, dtype=complex)
    for word, coefficient in observable.pauli_rep.items():
        flip, parity = (
            int(index_of([word.get(w, "I") in letters for w in range(n_wires)])) for letters in ("XY", "YZ")
        )
        signs = 1 - 2 * (np.bitwise_count(numbers & parity).astype(int) % 2)
        image[numbers ^ flip] += coefficient * 1j ** sum(p == "Y" for p in word.values()) * signs * state
    return image


def state_and_moments(circuit, observables, params):
    """The state, shape (2^n,), and of m observables the values, variances, and gradients, shape (m, n_params)."""
    n_wires = circuit.n_wires
    point = qml.numpy.array(params, dtype=float, requires_grad=True)  # what is not trainable is not decomposed
    tape = _decomposed(circuit, point, n_wires)
    final = get_final_state(tape)[0]
    state = np.reshape(final, -1)
    images = [applied(o, state, n_wires) for o in observables]
    values = np.array([np.vdot(state, image).real for image in images])
    variances = np.array([np.vdot(image, image).real for image in images]) - values**2
    angles = tape.get_parameters()
    slopes = np.zeros((len(observables), len(angles)))
    if angles:
        cotangents = np.array([2 * image.conj() for image in images])
        slopes = np.array([np.real(adjoint_vjp(tape, c, state=final)) for c in cotangents])
    return state, values, variances, _chained(circuit, slopes, point, n_wires)


def _decomposed(circuit, params, n_wires):
    """The tape of gates that the adjoint method differentiates, its state measured."""
    tape = qml.tape.make_qscript(circuit)(params)
    tape = qml.tape.QuantumScript(tape.operations, [qml.expval(qml.Z(0))])
    device = qml.device("default.qubit", wires=n_wires)
    config = ExecutionConfig(gradient_method="adjoint", use_device_gradient=True)
    [tape], _ = device.preprocess_transforms(config)([tape])
    idle = [qml.Identity(w) for w in range(n_wires)]
    angles = [i for i, d in enumerate(tape.get_parameters(trainable_only=False)) if np.ndim(d) == 0]
    return qml.tape.QuantumScript([*tape.operations, *idle], [qml.state()], trainable_params=angles)


def _chained(circuit, slopes, params, n_wires):
    """From slopes by angles to gradients by parameters, with autograd through the construction of the tape."""
    from autograd import jacobian
    from autograd import numpy as anp

    if not slopes.shape[1]:
        return np.zeros((len(slopes), len(params)))

    def weighted(p):
        angles = anp.array(_decomposed(circuit, p, n_wires).get_parameters())
        return anp.dot(slopes, angles) + 0.0 * anp.sum(p)

    return jacobian(weighted)(np.asarray(params))
