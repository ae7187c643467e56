"""Programs against default.qubit's backpropagation, and objectives that are no observables against differences."""

import numpy as np
import pytest
from dense import default_qubit, finite_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import FAMILIES, NATIVE, RandomCircuit, random_observables

import runtime


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_values_and_gradients_equal_backpropagation(family, seed):
    rng = np.random.default_rng(seed)
    n_wires = int(rng.integers(3, 6))
    circuit = RandomCircuit(family, n_wires, n_gates=int(rng.integers(1, 8)), n_params=3, rng=rng)
    observables = random_observables(n_wires, rng)
    params = rng.normal(size=3)
    program = runtime.compile(circuit, observables)
    if family in NATIVE:
        assert program.engine == "sector"
    values, gradients = program.value_and_grad(params)
    expected_values, expected_gradients = default_qubit(circuit, observables, params)
    np.testing.assert_allclose(values, expected_values, atol=1e-10)
    np.testing.assert_allclose(gradients, expected_gradients, atol=1e-10)
    np.testing.assert_allclose(program.expval(params), expected_values, atol=1e-10)
    np.testing.assert_allclose(program.probabilities(params).sum(), 1.0, atol=1e-12)


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
