"""Gates with angles, and gates with none."""

import numpy as np
import pennylane as qml
from operation_entries import Entry, random_bits, random_word


def _gate(name, n_wires, numbers=1, kind="general", **options):
    wires = n_wires if isinstance(n_wires, tuple) else (n_wires, n_wires)
    batch = numbers > 0
    return Entry(lambda x, w, s: getattr(qml, name)(*x, wires=w), wires, numbers, kind, batch=batch, **options)


def _fermionic_double(x, w, s):
    half = 2 + s % (len(w) - 3)
    return qml.FermionicDoubleExcitation(x[0], wires1=w[:half], wires2=w[half:])


ROTATIONS = {
    "RX": _gate("RX", 1),
    "RY": _gate("RY", 1),
    "RZ": _gate("RZ", 1, kind="diagonal"),
    "PhaseShift": _gate("PhaseShift", 1, kind="diagonal"),
    "U1": _gate("U1", 1, kind="diagonal"),
    "U2": _gate("U2", 1, 2),
    "U3": _gate("U3", 1, 3),
    "Rot": _gate("Rot", 1, 3),
    "CRX": _gate("CRX", 2),
    "CRY": _gate("CRY", 2),
    "CRZ": _gate("CRZ", 2, kind="diagonal"),
    "CRot": _gate("CRot", 2, 3),
    "ControlledPhaseShift": _gate("ControlledPhaseShift", 2, kind="diagonal"),
    "CPhaseShift00": _gate("CPhaseShift00", 2, kind="diagonal"),
    "CPhaseShift01": _gate("CPhaseShift01", 2, kind="diagonal"),
    "CPhaseShift10": _gate("CPhaseShift10", 2, kind="diagonal"),
    "IsingXX": _gate("IsingXX", 2),
    "IsingYY": _gate("IsingYY", 2),
    "IsingZZ": _gate("IsingZZ", 2, kind="diagonal"),
    "IsingXY": _gate("IsingXY", 2, kind="conserving"),
    "PSWAP": _gate("PSWAP", 2, kind="conserving"),
    "SingleExcitation": _gate("SingleExcitation", 2, kind="conserving"),
    "SingleExcitationPlus": _gate("SingleExcitationPlus", 2, kind="conserving"),
    "SingleExcitationMinus": _gate("SingleExcitationMinus", 2, kind="conserving"),
    "DoubleExcitation": _gate("DoubleExcitation", 4, kind="conserving"),
    "DoubleExcitationPlus": _gate("DoubleExcitationPlus", 4, kind="conserving"),
    "DoubleExcitationMinus": _gate("DoubleExcitationMinus", 4, kind="conserving"),
    "FermionicSWAP": _gate("FermionicSWAP", 2, kind="conserving"),
    "OrbitalRotation": _gate("OrbitalRotation", 4, kind="conserving"),
    "MultiRZ": _gate("MultiRZ", (1, 4), kind="diagonal"),
    "GlobalPhase": Entry(
        lambda x, w, s: qml.GlobalPhase(x[0], wires=w if s % 2 else []), (1, 2), kind="diagonal", batch=True
    ),
    "PauliRot": Entry(lambda x, w, s: qml.PauliRot(x[0], random_word(len(w), s), w), (1, 4), batch=True),
    "PauliRot of Z": Entry(
        lambda x, w, s: qml.PauliRot(x[0], random_word(len(w), s, "IZ"), w), (1, 4), kind="diagonal", batch=True
    ),
    "PauliRot of I": Entry(lambda x, w, s: qml.PauliRot(x[0], "I" * len(w), w), (1, 2), kind="diagonal", batch=True),
    "PCPhase": Entry(lambda x, w, s: qml.PCPhase(x[0], 1 + s % 2 ** len(w), w), (1, 3), kind="diagonal", batch=True),
    "FermionicSingleExcitation": Entry(
        lambda x, w, s: qml.FermionicSingleExcitation(x[0], w), (2, 4), kind="conserving"
    ),
    "FermionicDoubleExcitation": Entry(_fermionic_double, (4, 6), kind="conserving"),
}

FIXED = {
    name: _gate(name, n_wires, 0, kind)
    for kind, gates in {
        "diagonal": {"Z": 1, "S": 1, "T": 1, "CZ": 2, "CCZ": 3},
        "permuting": {"X": 1, "Y": 1, "CNOT": 2, "CY": 2, "Toffoli": 3},
        "conserving": {"SWAP": 2, "ISWAP": 2, "SISWAP": 2, "CSWAP": 3, "Identity": 1},
        "general": {"Hadamard": 1, "SX": 1, "ECR": 2, "CH": 2, "QFT": (1, 3), "GroverOperator": (2, 3)},
    }.items()
    for name, n_wires in gates.items()
}
FIXED |= {
    "MultiControlledX": Entry(
        lambda x, w, s: qml.MultiControlledX(w, control_values=random_bits(len(w) - 1, s).tolist()),
        (2, 4),
        0,
        "permuting",
    ),
    "Permute": Entry(
        lambda x, w, s: qml.Permute([w[i] for i in np.random.default_rng(s).permutation(len(w))], w),
        (2, 4),
        0,
        "conserving",
    ),
    "FlipSign": Entry(lambda x, w, s: qml.FlipSign(random_bits(len(w), s).tolist(), w), (1, 3), 0, "diagonal"),
    "AQFT": Entry(lambda x, w, s: qml.AQFT(1, w), (3, 3), 0),
    "QubitSum": _gate("QubitSum", 3, 0, "permuting"),
    "QubitCarry": _gate("QubitCarry", 4, 0, "permuting"),
    "Adder": Entry(lambda x, w, s: qml.Adder(1 + s % 3, w), (2, 3), 0, "permuting"),
    "IntegerComparator": Entry(
        lambda x, w, s: qml.IntegerComparator(s % 4, wires=w, geq=bool(s % 2)), (3, 3), 0, "permuting"
    ),
    "BasisState": Entry(lambda x, w, s: qml.BasisState(random_bits(len(w), s), w), (1, 3), 0, "permuting"),
    "TemporaryAND": _gate("TemporaryAND", 3, 0, wrap=False),
}
