"""Random circuits of several families, for comparing engines. A circuit is a callable with n_params."""

import numpy as np
import pennylane as qml

CONSERVING = {
    "SingleExcitation": 2,
    "SingleExcitationPlus": 2,
    "SingleExcitationMinus": 2,
    "DoubleExcitation": 4,
    "DoubleExcitationPlus": 4,
    "DoubleExcitationMinus": 4,
    "IsingXY": 2,
    "IsingZZ": 2,
    "FermionicSWAP": 2,
    "OrbitalRotation": 4,
    "PSWAP": 2,
    "RZ": 1,
    "PhaseShift": 1,
    "ControlledPhaseShift": 2,
    "CRZ": 2,
    "MultiRZ": 3,
    "CPhaseShift10": 2,
}
FIXED_CONSERVING = {"SWAP": 2, "ISWAP": 2, "SISWAP": 2, "CZ": 2, "CCZ": 3, "S": 1, "T": 1, "Z": 1, "CSWAP": 3}
PERMUTING = {"X": 1, "CNOT": 2, "Toffoli": 3, "SWAP": 2, "Y": 1, "CSWAP": 3}
GENERAL = {"RX": 1, "RY": 1, "RZ": 1, "IsingXX": 2, "IsingYY": 2, "CRX": 2, "SingleExcitation": 2, "CRY": 2}


class RandomCircuit:
    """A list of gates drawn once; angles are affine in the parameters unless `affine` is False."""

    def __init__(self, family, n_wires, n_gates, n_params, rng, affine=True):
        self.n_params = n_params
        self.n_wires = n_wires
        self.family = family
        self.affine = affine
        self.start = np.zeros(n_wires, dtype=int)
        self.start[rng.choice(n_wires, size=rng.integers(1, n_wires), replace=False)] = 1
        self.gates = [self._draw(rng) for _ in range(n_gates)]

    def _draw(self, rng):
        scale, shift, which, other = rng.normal(), rng.choice([0.0, rng.normal()]), *rng.integers(self.n_params, size=2)
        angle = (scale, shift, int(which), int(other))
        if self.family == "general":
            name, arity = self._pick(GENERAL, rng)
        elif self.family == "permuting" and rng.random() < 0.5:
            name, arity = self._pick(PERMUTING, rng)
            angle = None
        elif self.family == "pauli":
            name, arity = "hop of two Pauli rotations", 2
        elif self.family == "wrapped" and self.n_wires >= 3:
            name, arity = str(rng.choice(["controlled", "adjoint", "fermionic single", "fermionic double"])), 3
            if name == "fermionic double":
                arity = 4
            if arity > self.n_wires:
                name, arity = "fermionic single", 3
        elif rng.random() < 0.2:
            name, arity = self._pick(FIXED_CONSERVING, rng)
            angle = None
        else:
            name, arity = self._pick(CONSERVING, rng)
        wires = [int(w) for w in rng.permutation(self.n_wires)[:arity]]
        return name, wires, angle, int(rng.integers(2))

    def _pick(self, table, rng):
        names = [n for n, arity in table.items() if arity <= self.n_wires]
        name = str(rng.choice(names))
        return name, table[name]

    def __call__(self, params):
        qml.BasisState(self.start, wires=range(self.n_wires))
        for name, wires, angle, bit in self.gates:
            if angle is None:
                getattr(qml, name)(wires=wires)
                continue
            scale, shift, i, j = angle
            value = scale * params[i] + shift if self.affine else scale * qml.math.sin(params[i]) * params[j] + shift
            if name == "controlled":
                qml.ctrl(qml.SingleExcitation(value, wires=wires[1:]), control=wires[0], control_values=[bit])
            elif name == "adjoint":
                qml.adjoint(qml.IsingXY(value, wires=wires[:2]))
            elif name == "fermionic single":
                qml.FermionicSingleExcitation(value, wires=sorted(wires))
            elif name == "fermionic double":
                a, b, c, d = sorted(wires)
                qml.FermionicDoubleExcitation(value, wires1=list(range(a, b + 1)), wires2=list(range(c, d + 1)))
            elif name == "hop of two Pauli rotations":
                qml.PauliRot(value, "XX", wires=wires)
                qml.PauliRot(value, "YY", wires=wires)
            else:
                getattr(qml, name)(value, wires=wires)


def random_observables(n_wires, rng):
    """A diagonal one, a Pauli sum, and a Hermitian matrix on two wires."""
    wires = range(n_wires)
    diagonal = qml.dot(rng.normal(size=n_wires), [qml.Z(w) @ qml.Z((w + 1) % n_wires) for w in wires])
    words = []
    for _ in range(4):
        letters = rng.choice(["I", "X", "Y", "Z"], size=n_wires)
        words.append(
            qml.pauli.PauliWord({w: str(p) for w, p in enumerate(letters) if p != "I"}).operation(wire_order=wires)
        )
    matrix = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    return [
        diagonal,
        qml.dot(rng.normal(size=4), words),
        qml.Hermitian(matrix + matrix.conj().T, wires=[0, n_wires - 1]),
    ]
