import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization.schedules import interpolate, linear_ramp


def test_ramp_grows_gamma_and_shrinks_beta_symmetrically() -> None:
    np.testing.assert_allclose(linear_ramp(2, gamma=0.8, beta=0.4), [0.2, 0.6, 0.3, 0.1])


@given(st.integers(1, 6))
def test_interpolating_to_the_same_depth_changes_nothing(depth: int) -> None:
    angles = np.random.default_rng(depth).normal(size=2 * depth)
    np.testing.assert_allclose(interpolate(angles, depth), angles)


@given(st.integers(2, 6), st.integers(2, 12))
def test_interpolated_ramps_stay_on_the_ramp(shallow: int, deep: int) -> None:
    stretched = interpolate(linear_ramp(shallow), deep)
    inner = (np.arange(deep) + 0.5) / deep
    covered = (inner >= 0.5 / shallow) & (inner <= 1 - 0.5 / shallow)
    np.testing.assert_allclose(stretched[:deep][covered], linear_ramp(deep)[:deep][covered])
    assert len(stretched) == 2 * deep


def test_odd_angles_are_refused() -> None:
    with pytest.raises(ValueError, match="an even number of entries"):
        interpolate(np.ones(3), 4)
