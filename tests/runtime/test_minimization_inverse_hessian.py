import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.kernels.inverse_hessian import apply_recent, multiply, update
from runtime.minimization.inverse_hessian import Recent, Whole


def updated(inverse, step, change):
    """The textbook's BFGS formula, (1 - s y'/s.y) H (1 - y s'/s.y) + s s'/s.y."""
    product = step @ change
    left = np.eye(len(step)) - np.outer(step, change) / product
    return left @ inverse @ left.T + np.outer(step, step) / product


def pairs(seed, n_params, count):
    """Steps, and the gradient changes of a quadratic."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n_params, n_params))
    steps = rng.normal(size=(count, n_params))
    return steps, steps @ (root @ root.T + np.eye(n_params)), rng.normal(size=n_params)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 5))
def test_updates_in_place_equal_the_textbook(seed, n_params, count):
    steps, changes, vector = pairs(seed, n_params, count)
    fast, slow = np.eye(n_params), np.eye(n_params)
    for step, change in zip(steps, changes, strict=True):
        update(fast, step, change, step @ change)
        slow = updated(slow, step, change)
    np.testing.assert_allclose(fast, slow, rtol=1e-9, atol=1e-9 * np.abs(slow).max())
    np.testing.assert_allclose(multiply(fast, vector), fast @ vector, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fast @ changes[-1], steps[-1], rtol=1e-7, atol=1e-7)  # the secant condition


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 4), st.integers(0, 9))
def test_the_ring_of_pairs_equals_the_textbook_on_the_pairs_it_still_has(seed, n_params, memory, count):
    steps, changes, gradient = pairs(seed, n_params, count)
    ring_s, ring_y, products = np.zeros((memory, n_params)), np.zeros((memory, n_params)), np.ones(memory)
    for k in range(count):
        ring_s[k % memory], ring_y[k % memory], products[k % memory] = steps[k], changes[k], steps[k] @ changes[k]
    kept = slice(max(0, count - memory), count)
    scales = np.random.default_rng(seed + 1).uniform(0.1, 2.0, n_params)
    inverse = np.diag(scales)
    if count:
        inverse *= (steps[-1] @ changes[-1]) / (changes[-1] @ (scales * changes[-1]))
    for step, change in zip(steps[kept], changes[kept], strict=True):
        inverse = updated(inverse, step, change)
    found = apply_recent(gradient, scales, ring_s, ring_y, products, (count - 1) % memory, min(count, memory))
    np.testing.assert_allclose(found, inverse @ gradient, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("make", [Whole, lambda scales, saved: Recent(scales, 2, saved)])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_saved_state_is_all_there_is(make, count):
    steps, changes, gradient = pairs(3, 4, 5)
    original = make(np.array([1.0, 2.0, 3.0, 4.0]), None)
    for step, change in zip(steps[:count], changes[:count], strict=True):
        original.learn(step, change, float(step @ change))
    saved = {name: np.array(value) for name, value in original.state().items()}
    restored = make(np.ones(4), saved)
    assert restored.informed == original.informed == (count > 0)
    for step, change in zip(steps[count:], changes[count:], strict=True):
        np.testing.assert_array_equal(restored.apply(gradient), original.apply(gradient))
        for hessian in (restored, original):
            hessian.learn(step, change, float(step @ change))
    np.testing.assert_array_equal(restored.apply(gradient), original.apply(gradient))
    for hessian in (restored, original):
        hessian.forget()
    np.testing.assert_array_equal(restored.apply(gradient), original.apply(gradient))


@pytest.mark.parametrize("make", [Whole, lambda scales, saved: Recent(scales, 2, saved)])
def test_forgetting_leaves_the_states_given_out_as_they_are(make):
    """A line search may be stopped after it: then the state before it is what is saved."""
    steps, changes, _ = pairs(3, 4, 1)
    hessian = make(np.ones(4), None)
    hessian.learn(steps[0], changes[0], float(steps[0] @ changes[0]))
    given = hessian.state()
    before = {name: np.array(value) for name, value in given.items()}
    hessian.forget()
    assert not hessian.informed
    for name, value in before.items():
        np.testing.assert_array_equal(given[name], value)
