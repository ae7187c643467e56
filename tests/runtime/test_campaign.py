"""A thousand circuits of the random campaign; `python tests/campaign` runs as many as you like.

Any operation of PennyLane, in any wrapping, through every entry point and every layout, against default.qubit.
"""

import inspect
import warnings

import numpy as np
import pennylane as qml
import pytest
from campaign import ENTRY_POINTS, MEASUREMENTS, Tally, run_circuit
from campaign_circuits import circuit_number
from campaign_observables import random_observables
from campaign_reference import Expected
from campaign_refusals import DERIVATIVES_LOST_BY_PENNYLANE, WRONG_BY_BACKPROPAGATION
from operation_exclusions import EXCLUDED
from operation_table import TABLE

SEED = 1
PARTS, EACH = 10, 100
LEAST = {"explicit": 30, "permutations": 3, "hypercube": 4, "blocks": 1, "lightning.qubit": 3}


@pytest.mark.parametrize("part", range(PARTS))
def test_random_circuits_agree_with_default_qubit(part):
    tally = Tally()
    for i in range(part, PARTS * EACH, PARTS):
        run_circuit(SEED, i, tally)
    assert not tally.failures, "\n".join(str(f) for f in tally.failures)
    for layouts in (tally.compiled, tally.on_device):
        for layout, least in LEAST.items():
            assert layouts[layout] >= least, f"{layout}: {layouts}"
    for name in (*ENTRY_POINTS, *(f"device: {m}" for m in MEASUREMENTS)):
        assert tally.checks[name] >= 5, f"{name}: {tally.checks}"


def test_the_judge_agrees_with_default_qubit_differentiated_by_autograd():
    differentiated = sum(agrees_with_backpropagation(i) for i in range(60))
    assert differentiated >= 15


def agrees_with_backpropagation(i):
    """Compare one circuit's reference; False if autograd cannot differentiate it on default.qubit."""
    circuit, rng = circuit_number(SEED, i)
    params = rng.normal(size=circuit.n_params)
    observables = random_observables(circuit.n_wires, rng)[0]
    expected = Expected(circuit, observables, params)
    if any(o.name in (*DERIVATIVES_LOST_BY_PENNYLANE, *WRONG_BY_BACKPROPAGATION) for o in circuit.placed):
        return False

    @qml.qnode(qml.device("default.qubit", wires=circuit.n_wires), diff_method="backprop")
    def node(p):
        for placed in circuit.placed:
            with qml.QueuingManager.stop_recording():
                operator = placed.operator(p, twin=True)
            qml.apply(operator)
        return tuple(qml.expval(o) for o in observables)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # autograd drops imaginary parts that are zero, and says so
        np.testing.assert_allclose(node(params), expected.values, atol=1e-12)
        try:
            found = qml.jacobian(lambda p: qml.math.stack(node(p)))(qml.numpy.array(params, requires_grad=True))
        except (NotImplementedError, ValueError, TypeError, qml.exceptions.DeviceError):
            return False
    np.testing.assert_allclose(found, expected.gradients, atol=1e-9)
    return True


def classes_of(operator):
    """The classes of an operator and of all that it is made of."""
    found = {type(operator).__name__}
    inner = [getattr(operator, "base", None), *getattr(operator, "operands", ())]
    inner += [v for v in operator.hyperparameters.values() if isinstance(v, qml.operation.Operator)]
    for values in operator.hyperparameters.values():
        if isinstance(values, list | tuple):
            inner += [v for v in values if isinstance(v, qml.operation.Operator)]
    for part in inner:
        if part is not None:
            found |= classes_of(part)
    return found


def test_every_operation_of_pennylane_is_in_the_table_or_left_out_for_a_reason():
    reachable = {
        o.__name__
        for module in (qml, qml.ops, qml.templates)
        for o in vars(module).values()
        if inspect.isclass(o) and issubclass(o, qml.operation.Operator)
    }
    covered = set()
    for name, entry in TABLE.items():
        n_wires = entry.wires[0]
        with qml.QueuingManager.stop_recording():
            operator = entry.build([0.1 * (k + 1) for k in range(entry.count(n_wires))], list(range(n_wires)), 1)
        assert len(set(operator.wires)) <= n_wires, name
        covered |= classes_of(operator)
        covered |= classes_of(qml.adjoint(operator)) if entry.wrap and not entry.first else set()
    missing = reachable - covered - set(EXCLUDED)
    assert not missing, f"neither in the table nor left out: {sorted(missing)}"
    assert not (set(EXCLUDED) & covered), f"in the table and left out: {sorted(set(EXCLUDED) & covered)}"
