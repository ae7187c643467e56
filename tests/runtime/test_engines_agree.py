"""The sector engine against default.qubit, on circuits drawn at random."""

import numpy as np
import pennylane as qml
import pytest
from dense import default_qubit, finite_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import RandomCircuit, random_observables

import runtime

CONSERVING = ("conserving", "wrapped", "pauli")  # these keep the number of ones, so they must run natively


@pytest.mark.parametrize("family", [*CONSERVING, "permuting", "general"])
@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_values_and_gradients_equal_default_qubit(family, seed):
    rng = np.random.default_rng(seed)
    n_wires = int(rng.integers(3, 7))
    circuit = RandomCircuit(family, n_wires, n_gates=int(rng.integers(1, 15)), n_params=3, rng=rng)
    observables = random_observables(n_wires, rng)
    params = rng.normal(size=3)
    program = runtime.compile(circuit, observables)
    if family in CONSERVING:
        assert program.engine == "sector"
    assert (program.engine == "sector") == (program.sector.dimension <= 2**n_wires // 2)
    values, gradients = program.value_and_grad(params)
    expected_values, expected_gradients = default_qubit(circuit, observables, params)
    np.testing.assert_allclose(values, expected_values, atol=1e-10)
    np.testing.assert_allclose(gradients, expected_gradients, atol=1e-10)
    np.testing.assert_allclose(program.expval(params), expected_values, atol=1e-10)
    np.testing.assert_allclose(program.probabilities(params).sum(), 1.0, atol=1e-12)


def test_most_circuits_with_permutations_run_natively():
    engines = []
    for seed in range(40):
        circuit = RandomCircuit("permuting", 6, n_gates=8, n_params=3, rng=np.random.default_rng(seed))
        engines.append(runtime.compile(circuit, qml.Z(0)).engine)
    assert engines.count("sector") >= 30


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_angles_that_are_not_affine(seed):
    rng = np.random.default_rng(seed)
    circuit = RandomCircuit("conserving", 5, n_gates=8, n_params=3, rng=rng, affine=False)
    observables = random_observables(5, rng)
    params = rng.normal(size=3)
    program = runtime.compile(circuit, observables)
    assert program.engine == "sector"
    values, gradients = program.value_and_grad(params)
    expected_values, expected_gradients = default_qubit(circuit, observables, params)
    np.testing.assert_allclose(values, expected_values, atol=1e-10)
    np.testing.assert_allclose(gradients, expected_gradients, atol=1e-10)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients_of_objectives_equal_finite_differences(seed):
    rng = np.random.default_rng(seed)
    circuit = RandomCircuit("conserving", 5, n_gates=10, n_params=3, rng=rng)
    diagonal = random_observables(5, rng)[0]
    params = rng.normal(size=3)
    for objective in (diagonal, runtime.CVaR(diagonal, 0.4), runtime.Gibbs(diagonal, 1.5)):
        program = runtime.compile(circuit, objective)
        value, gradient = program.value_and_grad(params)
        assert value == pytest.approx(program.expval(params), abs=1e-12)
        np.testing.assert_allclose(gradient, finite_differences(program.expval, params), atol=2e-6)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_idle_wire_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    circuit = RandomCircuit("conserving", 4, n_gates=8, n_params=2, rng=rng)
    observable = random_observables(4, rng)[1]
    params = rng.normal(size=2)

    def with_idle_wire(p):
        circuit(p)
        qml.Identity(wires=4)

    one = runtime.compile(circuit, observable).value_and_grad(params)
    other = runtime.compile(with_idle_wire, observable, n_params=2).value_and_grad(params)
    assert one[0] == pytest.approx(other[0], abs=1e-12)
    np.testing.assert_allclose(one[1], other[1], atol=1e-12)
