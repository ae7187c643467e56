"""States and their derivatives on default.qubit's own functions, without automatic differentiation.

Derivatives are central differences of fourth order of the state: right to about 1e-10, and independent of how anybody
differentiates. Only operations whose numbers change are run again.
"""

import numpy as np
import pennylane as qml
from pennylane.devices.default_qubit import stopping_condition
from pennylane.devices.preprocess import decompose
from pennylane.devices.qubit import apply_operation
from pennylane.operation import StatePrepBase

SLOPE_STEP, BEND_STEP = 2.5e-4, 1e-3  # of first and second derivatives


class Reference:
    """The dense twin of a circuit at one point."""

    def __init__(self, circuit, params):
        self.circuit = circuit
        self.params = np.asarray(params, dtype=float)
        self._gates = {}
        self._numbers = [self._numbers_of(o, self.params) for o in circuit.placed]
        self._before = [self._zero()]  # the state before each operation
        for k in range(len(circuit.placed)):
            self._before.append(self._through(k, self._before[-1], self._numbers[k], self.params))
        self.state = self._before[-1].reshape(-1)

    def jacobian(self):
        """The derivatives of the state by the parameters, shape (n_params, 2^n)."""
        return np.array([self._slope(e) for e in np.eye(len(self.params))]).reshape(-1, self.state.size)

    def curvature(self, direction):
        """The derivatives by each parameter of the derivative along a direction, shape (n_params, 2^n)."""
        n = len(self.params)
        units = np.eye(n)
        second = np.empty((n, n, self.state.size), dtype=complex)
        for i in range(n):
            second[i, i] = self._bend(units[i])
        for i in range(n):
            for j in range(i):
                both = self._bend(units[i] + units[j])
                second[i, j] = second[j, i] = (both - second[i, i] - second[j, j]) / 2
        return np.einsum("ijs,j->is", second, direction)

    def _slope(self, unit):
        a, b, c, d = self._line(unit, SLOPE_STEP)
        return (a - 8 * b + 8 * c - d) / (12 * SLOPE_STEP)

    def _bend(self, unit):
        a, b, c, d = self._line(unit, BEND_STEP)
        return (-a + 16 * b - 30 * self.state + 16 * c - d) / (12 * BEND_STEP**2)

    def _line(self, unit, step):
        """States at two points on either side."""
        return [self._at(self.params + t * step * unit) for t in (-2, -1, 1, 2)]

    def _at(self, params):
        numbers = [self._numbers_of(o, params) for o in self.circuit.placed]
        changed = [k for k, (new, old) in enumerate(zip(numbers, self._numbers, strict=True)) if new != old]
        if not changed:
            return self.state
        state = self._before[changed[0]]
        for k in range(changed[0], len(numbers)):
            state = self._through(k, state, numbers[k], params)
        return state.reshape(-1)

    @staticmethod
    def _numbers_of(placed, params):
        return tuple(float(n.of(params)) for n in placed.numbers)

    def _zero(self):
        state = np.zeros((2,) * self.circuit.n_wires, dtype=complex)
        state[(0,) * self.circuit.n_wires] = 1.0
        return state

    def _through(self, k, state, numbers, params):
        for gate in self._gates_of(k, numbers, params):
            if isinstance(gate, StatePrepBase):
                vector = gate.state_vector(wire_order=range(self.circuit.n_wires))
                state = np.asarray(vector, dtype=complex).reshape(state.shape)
            else:
                state = apply_operation(gate, state)
        return state

    def _gates_of(self, k, numbers, params):
        """An operation as default.qubit runs it."""
        if (k, numbers) not in self._gates:
            placed = self.circuit.placed[k]
            with qml.QueuingManager.stop_recording():
                operator = placed.operator([float(p) for p in params], twin=True)
                tape = qml.tape.QuantumScript([operator])
                [tape], _ = decompose(
                    tape, stopping_condition=stopping_condition, skip_initial_state_prep=k == 0, name="default.qubit"
                )
            self._gates[k, numbers] = tape.operations
        return self._gates[k, numbers]


def image(observable, state, n_wires):
    """What an observable makes of a state."""
    wires = observable.wires.tolist()
    k = len(wires)
    matrix = np.asarray(qml.matrix(observable, wire_order=wires))
    tensor = matrix.reshape((2,) * (2 * k))
    turned = np.tensordot(tensor, state.reshape((2,) * n_wires), axes=(range(k, 2 * k), wires))
    return np.moveaxis(turned, range(k), wires).reshape(-1)


class Expected:
    """Everything that is asked of a circuit with some observables, from its reference."""

    def __init__(self, circuit, observables, params):
        self.reference = Reference(circuit, params)
        self.state = self.reference.state
        self.images = [image(o, self.state, circuit.n_wires) for o in observables]
        self.observables = observables
        self.n_wires = circuit.n_wires
        self.values = np.array([np.vdot(self.state, a).real for a in self.images])
        self.variances = np.array([np.vdot(a, a).real for a in self.images]) - self.values**2
        self.slopes = self.reference.jacobian()
        self.gradients = np.array([2 * np.real(self.slopes @ a.conj()) for a in self.images])

    def metric(self):
        along = self.slopes @ self.state.conj()
        return np.real(self.slopes.conj() @ self.slopes.T - np.outer(along.conj(), along))

    def hessian_times(self, direction):
        """Of the first observable."""
        curved = self.reference.curvature(direction)
        moved = image(self.observables[0], direction @ self.slopes, self.n_wires)
        return 2 * np.real(self.slopes.conj() @ moved + curved @ self.images[0].conj())

    def marginal(self, wires):
        others = [w for w in range(self.n_wires) if w not in wires]
        axes = np.transpose((np.abs(self.state) ** 2).reshape((2,) * self.n_wires), [*wires, *others])
        return axes.reshape(2 ** len(wires), -1).sum(axis=1)
