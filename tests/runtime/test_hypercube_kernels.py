"""The kernels on all amplitudes against their slow twins."""

import numpy as np
import pytest
from numba import njit

from runtime.kernels.registers import load, store
from runtime.kernels.rotation_tangents import pull_block, push_block
from runtime.kernels.rotations import turn_block
from runtime.kernels.rotations_back import turn_block_back
from runtime.kernels.sincos import cosine_and_sine
from runtime.kernels.walsh_hadamard import transform


@njit
def eight(turns, cosines, sines):
    c, s = cosine_and_sine(load(turns, 0))
    store(cosines, 0, c)
    store(sines, 0, s)


@pytest.mark.parametrize("size", [0.0, 1e-9, 0.1, 1.0, 50.0, 1e5])
def test_cosine_and_sine_are_right_to_the_last_digits(size):
    rng = np.random.default_rng(0)
    c, s = np.empty((2, 8))
    for _ in range(200):
        turns = size * rng.uniform(-1, 1, size=8)
        eight(turns, c, s)
        rest = 2 * np.pi * (turns - np.rint(turns))  # exact up to here
        np.testing.assert_allclose(c, np.cos(rest), rtol=0, atol=1e-15)
        np.testing.assert_allclose(s, np.sin(rest), rtol=0, atol=1e-15)


def turned(a, low, high, c, s):
    """The slow twin of `turn_block`: one qubit at a time."""
    for bit in range(low, high):
        pairs = a.reshape(-1, 2, 1 << bit)
        x, y = pairs[:, 0].copy(), pairs[:, 1].copy()
        pairs[:, 0], pairs[:, 1] = c[bit] * x - s[bit] * y, c[bit] * y + s[bit] * x
    return a


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("low", "high"), [(1, 4), (1, 5), (1, 11), (1, 13), (1, 14), (4, 5), (4, 6), (4, 12), (4, 14)])
def test_blocks_turn_as_their_twin(dtype, low, high):
    rng = np.random.default_rng(high)
    angles = np.zeros(32)
    angles[low:high] = rng.normal(size=high - low) * (rng.random(high - low) < 0.7)
    c, s = np.cos(angles).astype(dtype), np.sin(angles).astype(dtype)
    a, b = rng.normal(size=(2, 3 << high)).astype(dtype)
    expected = a.astype(float)
    turned(expected[1 << high : 2 << high], low, high, c, s)
    once = a.copy()
    turn_block(once, 1 << high, low, high, c, s)
    to = 1e-13 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(once, expected, atol=to)
    sums = np.zeros(32)
    ket, bra = a.copy(), b.copy()
    turn_block_back(ket, bra, 1 << high, low, high, c, s, sums)
    np.testing.assert_allclose(ket, expected, atol=to)
    for bit in range(low, high):
        x = a[1 << high : 2 << high].astype(float).reshape(-1, 2, 1 << bit)
        y = b[1 << high : 2 << high].astype(float).reshape(-1, 2, 1 << bit)
        slope = (y[:, 1] * x[:, 0] - y[:, 0] * x[:, 1]).sum()
        assert sums[bit] == pytest.approx(slope, abs=1e-9 if dtype == np.float64 else 5e-3)


def generated(a, bit):
    """The generator of a qubit's rotation: (x, y) to (-y, x)."""
    pairs = a.reshape(-1, 2, 1 << bit)
    return np.stack([-pairs[:, 1], pairs[:, 0]], axis=1).reshape(-1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("low", "high"), [(1, 4), (1, 5), (1, 11), (1, 13), (1, 14), (4, 5), (4, 6), (4, 12), (4, 14)])
def test_blocks_turn_with_their_derivatives_as_their_twin(dtype, low, high):
    rng = np.random.default_rng(high)
    angles, r = np.zeros((2, 32))
    angles[low:high], r[low:high] = rng.normal(size=(2, high - low))
    c, s, r = (numbers.astype(dtype) for numbers in (np.cos(angles), np.sin(angles), r))
    size, inside = 3 << high, slice(1 << high, 2 << high)
    vectors = rng.normal(size=(4, size)).astype(dtype)
    expected = vectors.astype(float)
    for row in expected:
        turned(row[inside], low, high, c, s)
    for state, tangent in (expected[:2, inside], expected[2:, inside]):
        tangent += sum(r[bit] * generated(state, bit) for bit in range(low, high))
    to = 1e-12 if dtype == np.float64 else 1e-3
    a, da, b, db = vectors.copy()
    push_block(a, da, 1 << high, low, high, c, s, r)
    np.testing.assert_allclose([a, da], expected[:2], atol=to)
    a, da, b, db = vectors.copy()
    slopes, changes = np.zeros((2, 32))
    pull_block(a, da, b, db, 1 << high, low, high, c, s, r, slopes, changes)
    np.testing.assert_allclose([a, da, b, db], expected, atol=to)
    x, dx, u, du = vectors[:, inside].astype(float)
    for bit in range(low, high):
        gx, gdx = generated(x, bit), generated(dx, bit)
        to = 1e-9 if dtype == np.float64 else 2e-2
        assert slopes[bit] == pytest.approx(u @ gx, abs=to)
        assert changes[bit] == pytest.approx(du @ gx + u @ gdx, abs=to)


@pytest.mark.parametrize("n", [6, 7, 11, 14, 15, 16, 17])
def test_the_transform_gives_the_sum_of_words(n):
    rng = np.random.default_rng(n)
    words = rng.choice(2**n, size=6, replace=False)
    coefficients = rng.normal(size=6)
    values = np.zeros(2**n)
    expected = np.zeros(2**n)
    for word, c in zip(words.tolist(), coefficients, strict=True):
        values[word] = -c if word.bit_count() % 2 else c
        expected += c * (-1.0) ** np.bitwise_count(np.arange(2**n) & word)
    transform(values)
    np.testing.assert_allclose(values, expected, atol=1e-12)
