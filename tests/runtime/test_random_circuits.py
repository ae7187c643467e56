"""Two thousand random circuits: every program agrees with default.qubit, whichever engine runs it.

A few hundred run by default, all of them with `-m slow`. Circuit number i is always the same one.
"""

from collections import Counter

import numpy as np
import pennylane as qml
import pytest
from adjoint import state_and_moments
from dense import embedded
from random_circuits import NATIVE, RandomCircuit, random_observables

import runtime

N_CIRCUITS = 2000
BY_DEFAULT = 240
# How the circuits are spread over the families; all of `NATIVE` and most of "permuting" run in a sector.
FAMILIES = ("conserving", "conserving", "permuting", "permuting", "diagonal", "diagonal", "pauli", "wrapped", "general")
STEP = 1e-5


def circuit_number(i):
    rng = np.random.default_rng(i)
    family = FAMILIES[i % len(FAMILIES)]
    n_wires = int(rng.integers(2, 11))
    circuit = RandomCircuit(family, n_wires, int(rng.integers(1, 16)), 3, rng, affine=rng.random() < 0.75)
    return circuit, random_observables(n_wires, rng), rng.normal(size=3), rng


def check(i):
    """One circuit; returns its family and the engine that ran it."""
    circuit, observables, params, rng = circuit_number(i)
    state, values, variances, jacobian = state_and_moments(circuit, observables, params)
    program = runtime.compile(circuit, observables)
    found, gradients = program.value_and_grad(params)
    np.testing.assert_allclose(found, values, atol=1e-10, err_msg=f"values of circuit {i}")
    np.testing.assert_allclose(gradients, jacobian, atol=1e-8, err_msg=f"gradients of circuit {i}")
    np.testing.assert_allclose(embedded(program, params), state, atol=1e-10, err_msg=f"state of circuit {i}")
    direction = rng.normal(size=3)
    slope = (program.expval(params + STEP * direction) - program.expval(params - STEP * direction)) / (2 * STEP)
    np.testing.assert_allclose(gradients @ direction, slope, atol=3e-6, err_msg=f"differences of circuit {i}")
    check_measurements(i, circuit, observables, params, rng, state, variances)
    (check_permuted_wires, check_reordered_gates, check_idle_wire)[i % 3](circuit, observables, params, rng, found)
    return circuit.family, program.engine


def check_measurements(i, circuit, observables, params, rng, state, variances):
    """Marginals, and variances of observables diagonal and not, through the device."""
    n_wires = circuit.n_wires
    some = [int(w) for w in rng.permutation(n_wires)[: rng.integers(1, min(n_wires, 3) + 1)]]

    @qml.qnode(qml.device("kaname.sector", wires=n_wires), diff_method=None)
    def node(p):
        circuit(p)
        return qml.probs(wires=some), *(qml.var(o) for o in observables)

    marginal, *found = node(params)
    others = [w for w in range(n_wires) if w not in some]
    axes = np.transpose((np.abs(state) ** 2).reshape((2,) * n_wires), [*some, *others])
    expected = axes.reshape(2 ** len(some), -1).sum(axis=1)
    np.testing.assert_allclose(marginal, expected, atol=1e-10, err_msg=f"marginal of circuit {i}")
    np.testing.assert_allclose(found, variances, atol=1e-10, err_msg=f"variances of circuit {i}")


def check_permuted_wires(circuit, observables, params, rng, expected):
    labels = [int(w) for w in rng.permutation(circuit.n_wires)]
    moved = [qml.map_wires(o, dict(enumerate(labels))) for o in observables]
    found = runtime.compile(circuit.relabelled(labels), moved).expval(params)
    np.testing.assert_allclose(found, expected, atol=1e-10, err_msg="permuted wires")


def check_reordered_gates(circuit, observables, params, rng, expected):
    found = runtime.compile(circuit.reordered(rng), observables).expval(params)
    np.testing.assert_allclose(found, expected, atol=1e-10, err_msg="reordered gates")


def check_idle_wire(circuit, observables, params, rng, expected):
    def wider(p):
        circuit(p)
        qml.Identity("idle")

    found = runtime.compile(wider, observables, n_params=3).expval(params)
    np.testing.assert_allclose(found, expected, atol=1e-10, err_msg="an idle wire")


def check_all(numbers):
    engines = Counter(check(i) for i in numbers)
    by_family = Counter(family for family, _ in engines.elements())
    for family in NATIVE:
        assert engines[family, "sector"] == by_family[family], f"{family}: {engines}"
    assert engines["permuting", "sector"] >= 0.85 * by_family["permuting"], engines
    assert sum(engines[f, "sector"] for f in by_family) >= 0.75 * engines.total(), engines
    return engines


@pytest.mark.parametrize("part", range(4))
def test_random_circuits(part):
    check_all(range(part, BY_DEFAULT, 4))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_all_random_circuits(part):
    check_all(range(part, N_CIRCUITS, 10))
