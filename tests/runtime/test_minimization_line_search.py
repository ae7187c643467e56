import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.minimization.evaluations import Evaluations
from runtime.minimization.line_search import CURVATURE, DECREASE, line_search


def evaluations_of(function):
    return Evaluations(
        function,
        tolerance=0.0,
        limit=10**6,
        deadline=None,
        callback=None,
        before=0,
        start=np.zeros(1),
        seed=(7, 0),
    )


@settings(deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=2, max_size=4).filter(lambda roots: np.ptp(roots) > 0.1),
    st.floats(1e-6, 1e3),
    st.floats(-5, 5),
)
def test_the_step_meets_both_conditions(roots, step, where):
    """On quartics (and quadratics) with up to two wells, from anywhere, whatever the first step."""
    polynomial = np.polynomial.Polynomial.fromroots([*roots, *roots])
    slopes = polynomial.deriv()
    evaluations = evaluations_of(lambda x: (float(polynomial(x[0])), np.array([slopes(x[0])])))
    if abs(slopes(where)) < 1e-3:
        return
    origin = evaluations.point(np.array([where]))
    direction = -origin.gradient
    found = line_search(evaluations, origin, direction, step)
    assert found is not None
    accepted, reached = found
    slope, reached_slope = float(origin.gradient @ direction), float(reached.gradient @ direction)
    assert reached.value <= origin.value + DECREASE * accepted * slope + 1e-12 * abs(origin.value)
    assert reached_slope >= CURVATURE * slope
    np.testing.assert_array_equal(reached.parameters, origin.parameters + accepted * direction)


def test_the_first_step_is_taken_when_it_is_good():
    evaluations = evaluations_of(lambda x: (float(x @ x), 2 * x))
    origin = evaluations.point(np.array([1.0, -2.0]))
    step, reached = line_search(evaluations, origin, -origin.gradient, 0.4)
    assert step == 0.4
    assert len(evaluations.trace) == 2
    np.testing.assert_allclose(reached.parameters, [0.2, -0.4])


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_where_values_differ_by_rounding_alone_the_slopes_decide(offset):
    """A well 1e-13 deep beside an offset of 1e6: no value tells that the step descends."""
    evaluations = evaluations_of(lambda x: (offset + float(x @ x), 2 * x))
    origin = evaluations.point(np.array([3e-7]))
    step, reached = line_search(evaluations, origin, -origin.gradient, 1e-3)
    assert abs(reached.gradient[0]) < abs(origin.gradient[0])
    assert step > 1e-3


def test_a_direction_that_only_climbs_is_given_up():
    """The gradient says descend, the values climb: a wrong gradient must not loop for ever."""
    evaluations = evaluations_of(lambda x: (float(x[0]), np.array([-1.0])))
    origin = evaluations.point(np.array([0.5]))
    assert line_search(evaluations, origin, np.array([1.0]), 1.0) is None
    assert len(evaluations.trace) < 100
