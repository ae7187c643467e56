"""Each operation of the campaign's table by itself, in each wrapping, through every entry point."""

import numpy as np
import pennylane as qml
from campaign import ENTRY_POINTS, MEASUREMENTS, Case
from campaign_circuits import WRAPPINGS, Circuit, Number, Placed
from operation_table import TABLE

FORMS = {
    "plain": lambda k: Number("plain", 1.0, 0.0, k % 2, 0),
    "affine": lambda k: Number("affine", 0.7, 0.2 * k, k % 2, 0),
    "sine": lambda k: Number("sine", 0.7, 0.2 * k, k % 2, 0),
    "fixed": lambda k: Number("fixed", 0.0, 0.3 + 0.4 * k, 0, 0),
}


def alone(name, wrapping, form, seed=3):
    """The operation between a superposition and rotations, or None if it has no such wrapping."""
    entry = TABLE[name]
    if (wrapping != "plain" and (not entry.wrap or entry.first)) or (
        form != "plain" and not entry.count(entry.wires[0])
    ):
        return None
    count = entry.wires[0]
    n_controls = 1 if "ctrl" in wrapping else 0
    n_wires = max(2, count + n_controls)
    numbers = tuple(FORMS[form](k) for k in range(entry.count(count)))
    placed = Placed(
        name,
        entry,
        tuple(range(n_controls, n_controls + count)),
        numbers,
        seed,
        wrapping,
        tuple(range(n_controls)),
        (0,) * n_controls,
    )
    everywhere = range(n_wires)
    fixed = Number("fixed", 0.0, 0.6, 0, 0)
    before = [Placed("RY", TABLE["RY"], (w,), (fixed,)) for w in everywhere] if not entry.first else []
    after = [Placed("RX", TABLE["RX"], (w,), (FORMS["affine"](w),)) for w in everywhere]
    return Circuit("any", n_wires, 2, [*before, placed, *after])


def run_alone(name, wrapping, form, tally):
    """All checks of one operation in one wrapping."""
    circuit = alone(name, wrapping, form)
    if circuit is None:
        return
    observables = [qml.Z(0) @ qml.X(1) + 0.3 * qml.Z(1) + 0.2 * qml.Y(0)]
    tally.n_circuits += 1
    tally.operations[name, wrapping] += 1
    case = Case(0, 0, circuit, observables, np.array([0.37, 0.83]), np.random.default_rng(0), tally)
    case.run(ENTRY_POINTS, MEASUREMENTS[0], several=False)


def every_case():
    return [(name, wrapping, form) for name in TABLE for wrapping in WRAPPINGS for form in FORMS]
