"""Random circuits of several families, for comparing engines. A circuit is a callable with n_params.

Angles are shared, scaled, shifted or fixed functions of the parameters; those of circuits with `affine=False` contain
products and sines of them as well.
"""

from dataclasses import dataclass, replace

import numpy as np
import pennylane as qml

# What keeps the number of ones, by the number of wires it acts on.
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
FIXED_CONSERVING = {
    "SWAP": 2,
    "ISWAP": 2,
    "SISWAP": 2,
    "CZ": 2,
    "CCZ": 3,
    "S": 1,
    "T": 1,
    "Z": 1,
    "CSWAP": 3,
    "root of SWAP": 2,
    "block unitary": 2,
}
PERMUTING = {"X": 1, "CNOT": 2, "Toffoli": 3, "SWAP": 2, "Y": 1, "CSWAP": 3, "CY": 2, "open control": 3, "half turn": 1}
DIAGONAL = {
    "RZ": 1,
    "PhaseShift": 1,
    "IsingZZ": 2,
    "CRZ": 2,
    "MultiRZ": 3,
    "ControlledPhaseShift": 2,
    "CPhaseShift00": 2,
    "CPhaseShift01": 2,
    "ZZZ": 3,
    "projected phase": 2,
    "controlled phase": 3,
    "GlobalPhase": 1,
}
FIXED_DIAGONAL = {"Z": 1, "S": 1, "T": 1, "CZ": 2, "CCZ": 3, "diagonal": 2}
GENERAL = {"RX": 1, "RY": 1, "RZ": 1, "IsingXX": 2, "IsingYY": 2, "CRX": 2, "SingleExcitation": 2, "CRY": 2, "Rot": 1}
PAULI = {"hop": 2, "current": 2, "double": 4, "IsingZZ": 2, "RZ": 1, "ZZZ": 3, "CZ": 2}
WRAPPED = {"controlled": 3, "adjoint": 2, "fermionic single": 3, "fermionic double": 4, "exponential": 2, "select": 3}
NATIVE = ("conserving", "wrapped", "pauli", "diagonal")  # families that must run in a sector
FAMILIES = (*NATIVE, "permuting", "general")
# The eight words of a double excitation in Pauli rotations, with their signs.
DOUBLE = {"XXXY": 1, "XXYX": 1, "XYXX": -1, "YXXX": -1, "XYYY": 1, "YXYY": 1, "YYXY": -1, "YYYX": -1}


@dataclass(frozen=True)
class Gate:
    """One entry of a random circuit; `word` and `half` tell the parts of a split excitation apart."""

    name: str
    wires: tuple
    angle: tuple | None = None  # scale, shift, first parameter, second parameter
    seed: int = 0
    word: str = ""

    def apply(self, params, affine):
        value = None
        if self.angle is not None:
            scale, shift, i, j = self.angle
            value = scale * params[i] + shift if affine else scale * qml.math.sin(params[i]) * params[j] + shift
        wires, bit = list(self.wires), self.seed % 2
        special = {
            "controlled": lambda: qml.ctrl(qml.SingleExcitation(value, wires[1:]), wires[0], control_values=[bit]),
            "adjoint": lambda: qml.adjoint(qml.IsingXY(value, wires)),
            "fermionic single": lambda: qml.FermionicSingleExcitation(value, wires),
            "fermionic double": lambda: qml.FermionicDoubleExcitation(value, wires[:2], wires[2:]),
            "exponential": lambda: qml.evolve(
                qml.X(wires[0]) @ qml.Y(wires[1]) - qml.Y(wires[0]) @ qml.X(wires[1]), 0.3
            ),
            "select": lambda: qml.Select([qml.SWAP(wires[1:]), qml.IsingXY(value, wires[1:])], wires[:1]),
            "word": lambda: qml.PauliRot(value, self.word, wires),
            "ZZZ": lambda: qml.PauliRot(value, "ZZZ", wires),
            "projected phase": lambda: qml.PCPhase(value, 3, wires),
            "controlled phase": lambda: qml.ctrl(qml.RZ(value, wires[0]), wires[1:], control_values=[bit, 1]),
            "root of SWAP": lambda: qml.pow(qml.SWAP(wires), 0.5),
            "block unitary": lambda: qml.QubitUnitary(conserving_unitary(self.seed), wires),
            "diagonal": lambda: qml.DiagonalQubitUnitary(np.exp(1j * np.arange(4) * (1 + self.seed)), wires),
            "open control": lambda: qml.MultiControlledX(wires, control_values=[bit, 1 - bit]),
            "half turn": lambda: qml.RX(np.pi, wires),
            "Rot": lambda: qml.Rot(value, 0.3, 2 * value, wires),
        }
        if self.name in special:
            special[self.name]()
        elif value is None:
            getattr(qml, self.name)(wires=wires)
        else:
            getattr(qml, self.name)(value, wires=wires)


class RandomCircuit:
    """A list of gates drawn once; angles are affine in the parameters unless `affine` is False."""

    def __init__(self, family, n_wires, n_gates, n_params, rng, affine=True):
        self.n_params = n_params
        self.n_wires = n_wires
        self.family = family
        self.affine = affine
        self.wires = tuple(range(n_wires))
        self.start = np.zeros(n_wires, dtype=int)
        self.start[rng.choice(n_wires, size=rng.integers(1, n_wires), replace=False)] = 1
        # A diagonal circuit needs something to interfere: all but one wire in superposition.
        self.spread = n_wires - 1 if family == "diagonal" else 0
        self.gates = [gate for _ in range(n_gates) for gate in self._draw(rng)]

    def _draw(self, rng):
        tables = {
            "general": (GENERAL, GENERAL, 0.0),
            "permuting": (CONSERVING, PERMUTING, 0.5),
            "pauli": (PAULI, FIXED_DIAGONAL, 0.1),
            "diagonal": (DIAGONAL, FIXED_DIAGONAL, 0.3),
            "wrapped": (WRAPPED, FIXED_CONSERVING, 0.2),
            "conserving": (CONSERVING, FIXED_CONSERVING, 0.2),
        }
        turning, fixed, share = tables[self.family]
        is_fixed = bool(rng.random() < share)
        table = fixed if is_fixed else turning
        names = [n for n, arity in table.items() if arity <= self.n_wires]
        name = str(rng.choice(names))
        wires = tuple(int(w) for w in rng.permutation(self.n_wires)[: table[name]])
        scale, shift = rng.normal(), rng.choice([0.0, rng.normal()])
        which = rng.integers(self.n_params, size=2)
        angle = (float(scale * (rng.random() < 0.9)), float(shift), int(which[0]), int(which[1]))
        gate = Gate(name, wires, None if is_fixed or name in ("CZ", "exponential") else angle, int(rng.integers(1000)))
        if name.startswith("fermionic"):
            gate = replace(gate, wires=tuple(sorted(wires)))
        return self._split(gate, rng)

    def _split(self, gate, rng):
        """Excitations of the Pauli family, as rotations about words in random order with something between them."""
        words = {"hop": {"XX": 1, "YY": 1}, "current": {"XY": 1, "YX": -1}, "double": DOUBLE}.get(gate.name)
        if words is None:
            return [gate]
        scale, shift, i, j = gate.angle
        parts = [replace(gate, name="word", word=w, angle=(s * scale, s * shift, i, j)) for w, s in words.items()]
        rng.shuffle(parts)
        others = [w for w in range(self.n_wires) if w not in gate.wires]
        if others:
            parts.insert(int(rng.integers(1, len(parts))), Gate("S", (int(rng.choice(others)),)))
        return parts

    def __call__(self, params):
        qml.BasisState(self.start, wires=self.wires)
        for w in self.wires[: self.spread]:
            qml.Hadamard(w)
        for gate in self.gates:
            gate.apply(params, self.affine)

    def relabelled(self, labels):
        """The same circuit on other wires."""
        other = object.__new__(RandomCircuit)
        other.__dict__.update(self.__dict__)
        other.wires = tuple(labels)
        other.gates = [replace(g, wires=tuple(labels[w] for w in g.wires)) for g in self.gates]
        return other

    def reordered(self, rng):
        """The same circuit with gates on different wires, and diagonal gates, in another order."""
        other = object.__new__(RandomCircuit)
        other.__dict__.update(self.__dict__)
        other.gates = list(self.gates)
        diagonal = set(DIAGONAL) | set(FIXED_DIAGONAL)
        for _ in range(4 * len(other.gates)):
            if len(other.gates) < 2:
                break
            i = int(rng.integers(len(other.gates) - 1))
            a, b = other.gates[i : i + 2]
            if not set(a.wires) & set(b.wires) or {a.name, b.name} <= diagonal:
                other.gates[i : i + 2] = [b, a]
        return other


def current(a, b):
    """The current between two wires, which keeps the number of ones."""
    return qml.X(a) @ qml.Y(b) - qml.Y(a) @ qml.X(b)


def conserving_unitary(seed):
    """A random unitary on two wires that keeps the number of ones."""
    rng = np.random.default_rng(seed)
    matrix = np.diag(np.exp(1j * rng.normal(size=4)))
    matrix[1:3, 1:3] = np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0]
    return matrix


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
